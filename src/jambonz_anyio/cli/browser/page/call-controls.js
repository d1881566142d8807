// Placing a call, with the variables that the application takes; answering it, and hanging up.

import { button, clock, field, make } from "./elements.js";
import { line } from "./line.js";

const STATES = { calling: "calling …", ringing: "ringing …", answered: "answered", over: "over" };

class CallControls extends HTMLElement {
  connectedCallback() {
    // A path may have parameters, so it can be written as well as chosen.
    this.paths = make("datalist", { id: "paths" });
    this.path = make("input", {
      list: "paths",
      required: true,
      pattern: "/\\S*",
      title: "A path that begins with /",
      autocomplete: "off",
      onchange: () => this.askForVariables(),
    });
    this.direction = make("select", {}, new Option("I call it", "inbound"));
    this.direction.append(new Option("It calls me", "outbound"));
    this.from = make("input", { placeholder: "+15551230001", autocomplete: "off" });
    this.to = make("input", { placeholder: "+15551230002", autocomplete: "off" });
    this.variables = make("div", { className: "variables" });
    this.call = make("button", { type: "submit", textContent: "Call", className: "go" });
    this.hangUp = button("Hang up", () => line.ask("line", { text: "/hangup" }), { className: "stop" });
    this.answer = button("Answer", () => line.ask("line", { text: "/answer" }), { className: "go" });
    this.decline = button("Decline", () => line.ask("line", { text: "/decline" }));
    this.state = make("p", { className: "call-state", role: "status" });
    this.time = make("span", { className: "time", "aria-hidden": "true" });
    const more = make(
      "details",
      {},
      make("summary", { textContent: "Numbers and variables" }),
      field("From", this.from),
      field("To", this.to),
      this.variables,
    );
    this.append(
      make(
        "form",
        { onsubmit: (event) => this.place(event) },
        field("Path", this.path),
        this.paths,
        field("Who calls", this.direction),
        more,
        make("div", { className: "buttons" }, this.call, this.answer, this.decline, this.hangUp),
      ),
      make("div", { className: "call-line" }, this.state, this.time),
    );
    this.show(null, false);
    line.on("hello", ({ paths, call, busy }) => {
      this.offer(paths);
      this.show(call, busy);
    });
    line.on("changed", ({ paths }) => this.offer(paths));
    line.on("placed", (call) => this.show(call, true));
    line.on("call", (call) => this.show(call, this.busy));
    line.on("free", () => this.show(this.shown, false));
    line.on("variables", ({ path, variables }) => this.offerVariables(path, variables));
  }

  offer(paths) {
    const known = [...this.paths.options].some(({ value }) => value === this.path.value);
    const gone = known && !paths.includes(this.path.value);
    this.paths.replaceChildren(...paths.map((path) => new Option(path, path)));
    if (!this.path.value || gone) this.path.value = paths[0] ?? "/";
    this.askForVariables();
  }

  askForVariables() {
    if (this.path.checkValidity()) line.ask("variables", { path: this.path.value });
  }

  offerVariables(path, variables) {
    if (path !== this.path.value) return;
    const before = this.filledIn();
    this.variables.replaceChildren(
      ...Object.entries(variables).map(([name, told]) => {
        const input = told.enum
          ? make("select", { name }, new Option(`default (${told.default ?? "none"})`, ""))
          : make("input", { name, placeholder: String(told.default ?? ""), autocomplete: "off" });
        for (const value of told.enum ?? []) input.append(new Option(value, value));
        if (told.obscure) input.type = "password";
        input.value = before[name] ?? "";
        return field(`${name}${told.required ? " (required)" : ""}`, input, { title: told.description ?? "" });
      }),
    );
  }

  filledIn() {
    const inputs = [...this.variables.querySelectorAll("input, select")];
    return Object.fromEntries(inputs.filter(({ value }) => value).map(({ name, value }) => [name, value]));
  }

  place(event) {
    event.preventDefault();
    this.dispatchEvent(new CustomEvent("place", { bubbles: true }));
    line.ask("call", {
      path: this.path.value,
      direction: this.direction.value,
      from: this.from.value,
      to: this.to.value,
      env: this.filledIn(),
    });
  }

  show(call, busy) {
    this.shown = call;
    this.busy = busy;
    const live = Boolean(call) && call.state !== "over";
    const mine = live && call.direction === "outbound" && call.state !== "answered";
    this.call.hidden = live;
    this.call.disabled = busy;
    this.answer.hidden = this.decline.hidden = !mine;
    this.hangUp.hidden = !live || mine;
    this.state.textContent = call ? `Call ${call.number}: ${call.ended || STATES[call.state]}` : "No call yet";
    this.dataset.state = call?.state ?? "none";
    this.count(live ? call.seconds : null);
  }

  count(seconds) {
    clearInterval(this.timer);
    this.time.textContent = "";
    if (seconds === null) return;
    const began = performance.now() - seconds * 1000;
    const tick = () => (this.time.textContent = clock((performance.now() - began) / 1000));
    tick();
    this.timer = setInterval(tick, 1000);
  }
}

customElements.define("call-controls", CallControls);
