// The sound of the call in this page: what is played and spoken, and the microphone.
//
// Texts are spoken by this browser, by the program or by nobody. What you say into the microphone goes to audio
// streams of the application, and can be understood by this browser or by the program.

import { browserEars, browserVoice } from "./browser-speech.js";
import { button, field, make } from "./elements.js";
import { line } from "./line.js";
import { Microphone } from "./microphone.js";
import { Speaker } from "./speaker.js";

const ELSEWHERE =
  "Recognition by the browser may send what you say to its maker. Choose the program's, or type, to keep it on this machine.";

class CallSound extends HTMLElement {
  connectedCallback() {
    this.speaker = new Speaker();
    this.microphone = new Microphone((rate, samples) => line.sendSound(rate, samples));
    this.sound = button("Sound", () => this.turn(!this.on), { "aria-pressed": "false" });
    this.mic = button("Microphone", () => this.talk(!this.microphone.on), { "aria-pressed": "false", disabled: true });
    this.voice = make("select", { onchange: () => this.choose(this.voice) });
    this.ears = make("select", { onchange: () => this.choose(this.ears) });
    this.note = make("p", { className: "hint", role: "status" });
    const meter = (name) => make("meter", { "aria-label": name, min: 0, max: 1, low: 0.02, optimum: 0.5 });
    this.levels = [meter("Loudness of the call"), meter("Loudness of the microphone")];
    this.append(
      make("h3", { textContent: "Sound" }),
      make("div", { className: "sound-row" }, this.sound, this.levels[0]),
      make("div", { className: "sound-row" }, this.mic, this.levels[1]),
      field("Spoken by", this.voice),
      field("Heard by", this.ears),
      this.note,
    );
    this.offer({});
    line.on("hello", ({ sound }) => {
      this.offer(sound);
      this.claim();
    });
    line.on("sound", ({ rate, samples }) => this.speaker.play(rate, samples));
    line.on("speak", ({ text }) => this.on && this.voice.value === "browser" && browserVoice.speak(text));
    line.on("hush", () => this.hush());
    // What the application said last may still be spoken; who hangs up hears no more.
    line.on("call", ({ ended }) => ended === "the caller hung up" && this.hush());
    line.on("silenced", () => {
      this.turn(false, false);
      this.tell("Another page has the sound now.");
    });
    line.on("state", (state) => state !== "open" && this.hush());
  }

  /** What can speak and understand here. */
  offer({ voice = "", recognizer = "" }) {
    const fill = (select, choices) => {
      const before = select.value;
      const there = choices.filter(([, , can]) => can);
      select.replaceChildren(...there.map(([value, text]) => new Option(text, value)));
      const kept = select.chosen && there.some(([value]) => value === before);
      select.value = kept ? before : there.at(-1)[0] === "program" ? "program" : "none";
    };
    fill(this.voice, [
      ["none", "nobody", true],
      ["browser", "this browser", browserVoice.there],
      ["program", voice, voice],
    ]);
    fill(this.ears, [
      ["none", "nobody", true],
      ["browser", "this browser", browserEars.there],
      ["program", recognizer, recognizer],
    ]);
  }

  /** Sound on or off. A browser makes sound only after a click. */
  async turn(on, told = true) {
    this.on = on;
    this.sound.setAttribute("aria-pressed", String(on));
    this.mic.disabled = !on;
    if (on) {
      await this.speaker.open();
      this.measure();
    } else {
      this.hush();
      await this.talk(false);
    }
    this.tell("");
    if (told) line.ask("sound", { on, ...this.chosen() });
  }

  /** The microphone on or off. */
  async talk(on) {
    if (on) {
      this.mic.disabled = true;
      const refused = await this.microphone.open();
      this.mic.disabled = !this.on;
      this.tell(refused ? `The microphone cannot be used (${refused}). Typing works.` : "");
    } else {
      this.microphone.close();
    }
    this.mic.setAttribute("aria-pressed", String(this.microphone.on));
    this.understand();
  }

  choose(select) {
    select.chosen = true;
    this.hush();
    this.claim();
    this.understand();
  }

  claim() {
    if (this.on) line.ask("sound", { on: true, ...this.chosen() });
  }

  chosen() {
    return { voice: this.voice.value === "program", ears: this.ears.value === "program" };
  }

  /** Let the browser understand the microphone, if that was chosen. */
  understand() {
    const wanted = this.microphone.on && this.ears.value === "browser";
    if (wanted) {
      browserEars.listen(
        (text) => line.ask("line", { text }),
        (why) => this.tell(`The browser does not understand you (${why}). Typing works.`),
      );
    } else {
      browserEars.stop();
    }
    if (this.ears.value === "browser") this.tell(ELSEWHERE);
    else if (this.note.textContent === ELSEWHERE) this.tell("");
  }

  hush() {
    this.speaker.hush();
    browserVoice.hush();
  }

  tell(text) {
    this.note.textContent = text;
  }

  measure() {
    const look = () => {
      this.levels[0].value = this.speaker.level();
      this.levels[1].value = this.microphone.level();
      if (this.on) requestAnimationFrame(look);
    };
    look();
  }
}

customElements.define("call-sound", CallSound);
