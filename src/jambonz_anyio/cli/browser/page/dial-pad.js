// Twelve keys. With the focus on one of them, the keyboard's own digits work as well.

import { button, make } from "./elements.js";
import { line } from "./line.js";

const KEYS = "123456789*0#";
const NAMES = { "*": "star", "#": "hash" };

class DialPad extends HTMLElement {
  connectedCallback() {
    const pad = make("div", { className: "pad", role: "group", "aria-label": "Dial pad" });
    for (const key of KEYS) {
      pad.append(button(key, () => this.press(key), { "aria-label": NAMES[key] ?? key, value: key }));
    }
    pad.addEventListener("keydown", ({ key, ctrlKey, metaKey, altKey }) => {
      if (key.length === 1 && KEYS.includes(key) && !ctrlKey && !metaKey && !altKey) this.press(key);
    });
    this.append(pad);
  }

  press(key) {
    line.ask("line", { text: key });
    const pressed = this.querySelector(`button[value="${CSS.escape(key)}"]`);
    pressed.classList.add("pressed");
    setTimeout(() => pressed.classList.remove("pressed"), 150);
  }
}

customElements.define("dial-pad", DialPad);
