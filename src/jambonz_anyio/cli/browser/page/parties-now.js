// Everybody on the phone, and what the parties that were dialled can do.

import { button, make } from "./elements.js";
import { line } from "./line.js";

class PartiesNow extends HTMLElement {
  connectedCallback() {
    this.list = make("ul", { className: "parties" });
    this.append(make("h3", { textContent: "Parties" }), this.list);
    line.on("hello", ({ call }) => this.show(call?.state === "over" ? {} : (call?.now ?? {})));
    line.on("placed", () => this.show({}));
    line.on("now", (now) => this.show(now));
    line.on("free", () => this.show({}));
    this.show({});
  }

  show({ parties = [] }) {
    const told = JSON.stringify(parties);
    if (told === this.told) return;
    this.told = told;
    const focused = document.activeElement?.dataset?.act;
    this.list.replaceChildren(...parties.map((party) => this.row(party)));
    if (focused) this.list.querySelector(`[data-act="${CSS.escape(focused)}"]`)?.focus();
    if (!parties.length) this.list.append(make("li", { className: "hint", textContent: "nobody" }));
  }

  row({ leg, number, state, heard, keys, with: other }) {
    const takes = [heard && "words", keys && "keys"].filter(Boolean).join(" and ");
    const facts = [
      state,
      other && `with ${other}`,
      state !== "ended" && (takes ? `${takes} are heard` : "nothing is heard"),
    ];
    const buttons = leg === "caller" || state === "ended" ? [] : this.buttons(leg, state);
    return make(
      "li",
      { className: state },
      make("b", { textContent: leg }),
      make("span", { textContent: ` ${number} ` }),
      make("span", { className: "facts", textContent: facts.filter(Boolean).join(", ") }),
      ...buttons,
    );
  }

  buttons(leg, state) {
    const does = (name, text) =>
      button(name, () => line.ask("line", { text, party: leg }), {
        "aria-label": `${leg}: ${name}`,
        "data-act": `${leg} ${name}`,
      });
    if (state === "answered") return [does("Hang up", "/hangup")];
    return [does("Answer", "/answer"), does("Busy", "/busy"), does("Decline", "/decline")];
  }
}

customElements.define("parties-now", PartiesNow);
