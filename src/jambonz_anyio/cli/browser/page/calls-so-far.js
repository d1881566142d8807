// The calls until now: looking at one again, its journal, and a test that makes it again.

import { button, clock, download, make } from "./elements.js";
import { line } from "./line.js";

class CallsSoFar extends HTMLElement {
  connectedCallback() {
    this.rows = new Map();
    this.list = make("ul", { className: "past" });
    this.hint = make("p", { className: "hint", textContent: "Nobody has called yet." });
    this.append(this.hint, this.list);
    line.on("hello", ({ calls }) => {
      this.rows.clear();
      this.list.replaceChildren();
      for (const call of calls) this.show(call);
    });
    line.on("placed", (call) => this.show(call));
    line.on("call", (call) => this.show(call));
  }

  show(call) {
    this.hint.hidden = true;
    const began = new Date(call.began).toLocaleTimeString();
    const faults = call.faults ? `, ${call.faults} ${call.faults === 1 ? "fault" : "faults"}` : "";
    const hooks = `${call.hooks} ${call.hooks === 1 ? "hook" : "hooks"} answered`;
    const length = call.state === "over" ? `, ${clock(call.seconds)}, ${hooks}${faults}. ${call.ended}` : `, ${call.state}`;
    const name = `call ${call.number}`;
    const does = (text, act) => button(text, act, { "aria-label": `${text}: ${name}` });
    const { number } = call;
    const keep = async () => {
      const journal = await line.journal(number);
      if (journal) download(`call-${number}.jsonl`, journal);
    };
    const row = make(
      "li",
      { className: call.faults ? "faulty" : "" },
      make("b", { textContent: `Call ${call.number}` }),
      make("span", { className: "facts", textContent: ` ${call.path} at ${began}${length}` }),
      make("span", { className: "buttons" }, 
        does("Show", () => line.ask("show", { number })),
        does("Journal", keep),
        does("Save as test", () => line.ask("test", { number })),
      ),
    );
    const before = this.rows.get(call.number);
    this.rows.set(call.number, row);
    if (before) before.replaceWith(row);
    else this.list.prepend(row);
  }
}

customElements.define("calls-so-far", CallsSoFar);
