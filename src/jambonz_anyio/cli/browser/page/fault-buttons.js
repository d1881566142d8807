// What can go wrong around a call, one button each.

import { button, field, make } from "./elements.js";
import { line } from "./line.js";

const FAULTS = [
  ["Drop the connection", "/drop", "The connection to the application breaks; the server comes back by itself."],
  ["Recognition fails", "/stt-fails", "The recognizer stops, wherever it is running."],
  ["Speech fails", "/tts-fails", "The next text cannot be spoken."],
  ["Refuse streamed text", "/refuse-tokens 1", "The next streamed text is refused, as if the buffer were full."],
  ["Speech vendor down", "/vendor-down", "The streaming speech vendor goes away."],
  ["Speech vendor up", "/vendor-up", "It can be reached again."],
];

class FaultButtons extends HTMLElement {
  connectedCallback() {
    const seconds = make("input", { type: "number", min: "0", max: "60", step: "0.5", value: "3" });
    const slow = make(
      "form",
      {
        className: "slow",
        onsubmit: (event) => {
          event.preventDefault();
          line.ask("line", { text: `/slow ${seconds.value || 0}` });
        },
      },
      field("Answers are late by (s)", seconds),
      make("button", { type: "submit", textContent: "Set" }),
    );
    const buttons = FAULTS.map(([name, text, title]) => button(name, () => line.ask("line", { text }), { title }));
    this.append(make("div", { className: "buttons" }, ...buttons), slow);
  }
}

customElements.define("fault-buttons", FaultButtons);
