// What is said, as it is said, and between it what the application does; and the field for saying something.
//
// Lines grow word by word. A screen reader is told each only once, when it is over.

import { button, make } from "./elements.js";
import { line } from "./line.js";

const HISTORY = 50;

class ConversationView extends HTMLElement {
  connectedCallback() {
    this.rows = new Map();
    this.said = [];
    this.level = make("select", { onchange: () => this.filter() });
    this.level.append(
      new Option("What people say", "people"),
      new Option("And what the application does", "application", true, true),
      new Option("Everything", "all"),
    );
    this.list = make("ol", { className: "lines", tabIndex: 0, "aria-label": "Conversation" });
    this.spoken = make("div", { className: "unseen", "aria-live": "polite" });
    this.party = make("select", { "aria-label": "Who speaks" }, new Option("caller", "caller"));
    this.words = make("input", {
      id: "words",
      autocomplete: "off",
      placeholder: "Say something. Digits are keys; / begins a command",
      "aria-label": "What you say",
      onkeydown: (event) => this.recall(event),
    });
    this.append(
      make("label", { className: "field level" }, make("span", { textContent: "Show" }), this.level),
      this.list,
      this.spoken,
      make(
        "form",
        { className: "say", onsubmit: (event) => this.say(event) },
        this.party,
        this.words,
        make("button", { type: "submit", textContent: "Say" }),
        button("Why the silence?", () => line.ask("line", { text: "/why" }), { className: "quiet" }),
      ),
    );
    line.on("hello", ({ call }) => this.restart(call));
    line.on("placed", (call) => this.restart(call));
    line.on("show", (call) => this.restart(call));
    line.on("line", (told) => this.take(told));
    line.on("now", ({ parties }) => this.offer(parties));
    line.on("playing", ({ party }) => (this.party.value = party));
    this.filter();
  }

  restart(call) {
    this.call = call?.number;
    this.rows.clear();
    this.list.replaceChildren();
    for (const told of call?.lines ?? []) this.draw(told);
    this.offer(call?.now.parties ?? []);
    this.list.scrollTop = this.list.scrollHeight;
  }

  take(told) {
    if (told.call !== this.call) return;
    const atEnd = this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight < 40;
    this.draw(told);
    if (told.over && ["said", "happened", "told", "fault"].includes(told.kind)) {
      this.spoken.textContent = `${told.who} ${told.text}`;
    }
    if (atEnd) this.list.scrollTop = this.list.scrollHeight;
  }

  draw(told) {
    let row = this.rows.get(told.number);
    if (!row) {
      row = make(
        "li",
        { className: `line ${told.kind}` },
        make("span", { className: "at", textContent: told.at.toFixed(2) }),
        make("span", { className: "who" }),
        make("span", { className: "text" }),
      );
      row.dataset.who = told.kind === "said" ? (told.who === "app" ? "app" : "person") : "";
      this.rows.set(told.number, row);
      this.list.append(row);
    }
    const [, who, text] = row.children;
    who.textContent = told.to && told.to !== "caller" ? `${told.who} to ${told.to}` : told.who;
    text.textContent = told.cut ? `${told.text} –` : told.text;
    row.classList.toggle("growing", !told.over);
    row.classList.toggle("cut", told.cut);
  }

  filter() {
    this.list.dataset.level = this.level.value;
    this.list.scrollTop = this.list.scrollHeight;
  }

  offer(parties) {
    const there = ["caller", ...parties.filter((one) => one.state !== "ended").map((one) => one.leg)];
    const legs = [...new Set(there)];
    if (legs.join() === [...this.party.options].map(({ value }) => value).join()) return;
    const before = this.party.value;
    this.party.replaceChildren(...legs.map((leg) => new Option(leg, leg)));
    this.party.value = legs.includes(before) ? before : "caller";
  }

  say(event) {
    event.preventDefault();
    const text = this.words.value.trim();
    if (!text) return;
    line.ask("line", { text, party: this.party.value });
    this.said = [...this.said.filter((one) => one !== text), text].slice(-HISTORY);
    this.place = this.said.length;
    this.words.value = "";
  }

  recall(event) {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!by || !this.said.length) return;
    event.preventDefault();
    this.place = Math.min(Math.max((this.place ?? this.said.length) + by, 0), this.said.length);
    this.words.value = this.said[this.place] ?? "";
  }
}

customElements.define("conversation-view", ConversationView);
