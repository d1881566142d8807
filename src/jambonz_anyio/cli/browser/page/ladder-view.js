// The ladder of a call: who sent what to whom. Each step opens to show its message.

import { make } from "./elements.js";
import { line } from "./line.js";

const LAST = ["jambonz", "app"];

class LadderView extends HTMLElement {
  connectedCallback() {
    this.all = make("input", { type: "checkbox", onchange: () => this.filter() });
    this.head = make("div", { className: "lanes head", "aria-hidden": "true" });
    this.list = make("ol", { className: "steps" });
    this.frame = make("div", { className: "ladder", tabIndex: 0, role: "region", "aria-label": "Steps" });
    this.frame.append(this.head, this.list);
    const every = make("label", { className: "check" }, this.all, make("span", { textContent: "Every step" }));
    this.empty = make("p", { className: "hint", textContent: "The messages of a call are drawn here as they go." });
    this.append(every, this.empty, this.frame);
    line.on("hello", ({ call }) => this.restart(call));
    line.on("placed", (call) => this.restart(call));
    line.on("show", (call) => this.restart(call));
    line.on("step", (step) => this.take(step));
    this.restart(null);
  }

  restart(call) {
    this.call = call?.number;
    this.lanes = [];
    this.list.replaceChildren();
    for (const step of call?.steps ?? []) this.add(step);
    this.head.replaceChildren();
    this.arrange(true);
    this.frame.scrollTop = this.frame.scrollHeight;
  }

  take(step) {
    if (step.call !== this.call) return;
    const atEnd = this.frame.scrollHeight - this.frame.scrollTop - this.frame.clientHeight < 60;
    this.add(step);
    this.arrange(false);
    if (atEnd) this.frame.scrollTop = this.frame.scrollHeight;
  }

  add(step) {
    const alone = step.source === step.target;
    const way = alone ? step.source : `${step.source} to ${step.target}`;
    const latency = step.latency === null ? "" : `${Math.round(step.latency * 1000)} ms`;
    const label = make("span", { className: "label", textContent: step.label });
    const mark = make("span", { className: alone ? "spot" : "arrow" }, label);
    const row = make(
      "button",
      {
        type: "button",
        className: "step",
        "aria-expanded": "false",
        "aria-label": `${step.at.toFixed(2)} s, ${way}: ${step.label}${latency ? `, ${latency}` : ""}`,
      },
      make("span", { className: "at", textContent: step.at.toFixed(2) }),
      make("span", { className: "lanes" }, mark),
      make("span", { className: "latency", textContent: latency }),
    );
    const looks = [step.kind, step.minor ? "minor" : "", step.replaces ? "replaces" : ""].filter(Boolean);
    const item = make("li", { className: looks.join(" ") }, row);
    row.addEventListener("click", () => this.open(item, row, step));
    item.ends = [step.source, step.target];
    item.mark = mark;
    this.list.append(item);
    for (const party of item.ends) {
      if (!this.lanes.includes(party)) {
        this.lanes.push(party);
        this.stale = true;
      }
    }
    if (!this.stale) this.position(item);
  }

  open(item, row, step) {
    const open = row.getAttribute("aria-expanded") === "true";
    row.setAttribute("aria-expanded", String(!open));
    if (open) {
      item.lastChild.remove();
      return;
    }
    const text = typeof step.detail === "string" ? step.detail : JSON.stringify(step.detail, null, 2);
    const head = make("p", { className: "hint", textContent: `line ${step.line} of the journal` });
    const shown = make("pre", { tabIndex: 0, textContent: text && text !== "null" ? text : "no content" });
    item.append(make("div", { className: "message" }, shown, head));
  }

  arrange(always) {
    this.empty.hidden = this.list.children.length > 0;
    this.frame.hidden = !this.empty.hidden;
    if (!this.stale && !always) return;
    this.stale = false;
    const rank = (party) => (party === "caller" ? "" : party);
    const people = this.lanes.filter((party) => !LAST.includes(party));
    people.sort((one, other) => rank(one).localeCompare(rank(other)));
    this.lanes = [...people, ...LAST.filter((party) => this.lanes.includes(party))];
    this.frame.style.setProperty("--lanes", this.lanes.length || 1);
    this.head.replaceChildren(...this.lanes.map((party) => make("span", { textContent: party })));
    for (const item of this.list.children) this.position(item);
    this.filter();
  }

  position(item) {
    const [from, to] = item.ends.map((party) => this.lanes.indexOf(party));
    const { style, classList } = item.mark;
    classList.toggle("back", to < from);
    if (from !== to) {
      style.gridColumn = `${2 * Math.min(from, to) + 2} / ${2 * Math.max(from, to) + 2}`;
    } else if (from === this.lanes.length - 1 && from > 0) {
      classList.add("back");
      style.gridColumn = `${Math.max(2 * from - 2, 1)} / ${2 * from + 2}`;
    } else {
      style.gridColumn = `${2 * from + 2} / ${Math.min(2 * from + 6, 2 * this.lanes.length + 1)}`;
    }
  }

  filter() {
    this.frame.classList.toggle("every", this.all.checked);
  }
}

customElements.define("ladder-view", LadderView);
