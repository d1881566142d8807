// The verbs that run, those that wait behind them, and what runs beside them.

import { make } from "./elements.js";
import { line } from "./line.js";

class VerbsNow extends HTMLElement {
  connectedCallback() {
    this.list = make("ol", { className: "verbs" });
    this.append(make("h3", { textContent: "Verbs" }), this.list);
    line.on("hello", ({ call }) => this.show(call?.state === "over" ? {} : (call?.now ?? {})));
    line.on("placed", () => this.show({}));
    line.on("now", (now) => this.show(now));
    line.on("free", () => this.show({}));
    this.show({});
  }

  show({ running = [], queued = [], beside = [] }) {
    const rows = [
      ...running.map((verb) => [verb, "runs"]),
      ...beside.map((verb) => [verb, "beside"]),
      ...queued.map((verb) => [verb, "waits"]),
    ];
    this.list.replaceChildren(
      ...rows.map(([{ verb, leg, text }, how]) =>
        make(
          "li",
          { className: how },
          make("span", { className: "how", textContent: how }),
          make("b", { textContent: verb }),
          make("span", { className: "text", textContent: `${leg === "caller" ? "" : ` (${leg})`} ${text}` }),
        ),
      ),
    );
    if (!rows.length) this.list.append(make("li", { className: "hint", textContent: "none" }));
  }
}

customElements.define("verbs-now", VerbsNow);
