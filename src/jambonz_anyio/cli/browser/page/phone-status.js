// What the page is connected to, and what has just gone wrong.

import { button, make } from "./elements.js";
import { line } from "./line.js";

const STATES = {
  open: "connected",
  closed: "The telephone is gone: start it again in the terminal. This page looks for it.",
  refused: "This browser is not let in: open the link that the terminal shows. Each link is good once.",
};

class PhoneStatus extends HTMLElement {
  connectedCallback() {
    this.name = make("span", { className: "application" });
    this.state = make("p", { className: "state", role: "status", textContent: "connecting …" });
    this.news = make("p", { className: "news", role: "alert" });
    this.link = button("Link for another browser", () => line.ask("link"), { className: "quiet" });
    this.append(this.name, this.state, this.news, this.link);
    this.dataset.state = "closed";
    line.on("state", (state) => {
      this.dataset.state = state;
      this.state.textContent = STATES[state];
      document.body.classList.toggle("away", state !== "open");
    });
    line.on("hello", ({ app, broken }) => {
      this.name.textContent = app;
      document.title = `${app} – phone`;
      this.news.textContent = broken;
    });
    line.on("changed", ({ text }) => this.tell(text));
    line.on("refused", ({ why }) => this.tell(`${why[0].toUpperCase()}${why.slice(1)}.`));
    line.on("placed", () => this.tell(""));
    line.on("test", ({ path }) => this.tell(`The test is in ${path}.`));
    line.on("link", ({ url }) => this.tell(`Good once, on this machine: ${url}`));
  }

  tell(text) {
    this.news.textContent = text.replace(/\.\.$/, ".");
  }
}

customElements.define("phone-status", PhoneStatus);
