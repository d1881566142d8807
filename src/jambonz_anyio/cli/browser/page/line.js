// The line to the program: how the page gets in, and what goes over its websocket.
//
// The link that the terminal shows has a token behind its `#`, which is good once. It is exchanged for a key
// that this browser keeps for this address, so that the page can be reloaded and opened twice.

const KEY = "jambonz-phone-key";
const SUBPROTOCOL = "phone.jambonz-anyio";
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 5000;

class Line extends EventTarget {
  /** `closed` before the first connection and when it is lost, `open`, or `refused`: this browser needs a link. */
  state = "closed";
  #socket = null;
  #pause = FIRST_PAUSE;

  /** Connect, and connect again whenever the connection is lost. */
  async open() {
    const found = await this.#key();
    if (found.key) {
      this.#connect(found.key);
    } else if (found.refused) {
      this.#became("refused");
    } else {
      this.#later();
    }
  }

  /** Ask the program for something. */
  ask(wanted, more = {}) {
    this.#send(JSON.stringify({ do: wanted, ...more }));
  }

  /** The journal of a call, as a blob; nothing where there is none. */
  async journal(number) {
    const response = await this.#post("/journal", { key: localStorage.getItem(KEY) ?? "", number: String(number) });
    return response.ok ? response.blob() : null;
  }

  /** Send sound: the samples of a microphone. */
  sendSound(rate, samples) {
    const frame = new ArrayBuffer(8 + samples.length * 2);
    const view = new DataView(frame);
    view.setUint8(0, 1);
    view.setUint32(4, rate, true);
    for (let place = 0; place < samples.length; place += 1) {
      view.setInt16(8 + 2 * place, samples[place], true);
    }
    this.#send(frame);
  }

  /** Call a function with each message of a kind. */
  on(kind, listener) {
    this.addEventListener(kind, (event) => listener(event.detail));
  }

  async #key() {
    const token = location.hash.slice(1);
    if (token) {
      // It is of no use to whoever looks over a shoulder, or into the history.
      history.replaceState(null, "", location.pathname);
    }
    try {
      for (const shown of [{ key: localStorage.getItem(KEY) ?? "" }, { token }]) {
        if (!shown.key && !shown.token) continue;
        const response = await this.#post("/session", shown);
        if (response.ok) {
          const { key } = await response.json();
          localStorage.setItem(KEY, key);
          return { key };
        }
      }
      return { refused: true };
    } catch {
      return {};
    }
  }

  #post(path, shown) {
    const headers = { "Content-Type": "application/json" };
    return fetch(path, { method: "POST", headers, body: JSON.stringify(shown) });
  }

  #connect(key) {
    const socket = new WebSocket(`ws://${location.host}/phone`, [SUBPROTOCOL, `key.${key}`]);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      this.#socket = socket;
      this.#pause = FIRST_PAUSE;
      this.#became("open");
    };
    socket.onmessage = ({ data }) => {
      if (typeof data === "string") {
        const message = JSON.parse(data);
        this.dispatchEvent(new CustomEvent(message.is, { detail: message }));
      } else {
        const view = new DataView(data);
        const detail = {
          kind: view.getUint8(0),
          rate: view.getUint32(4, true),
          samples: new Int16Array(data, 8, (data.byteLength - 8) >> 1),
        };
        this.dispatchEvent(new CustomEvent("sound", { detail }));
      }
    };
    socket.onclose = () => {
      this.#socket = null;
      this.#became("closed");
      this.#later();
    };
  }

  #later() {
    setTimeout(() => this.open(), this.#pause);
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE);
  }

  #send(data) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(data);
  }

  #became(state) {
    if (state !== this.state) {
      this.state = state;
      this.dispatchEvent(new CustomEvent("state", { detail: state }));
    }
  }
}

export const line = new Line();
