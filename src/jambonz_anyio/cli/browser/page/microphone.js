// The microphone, in pieces of 20 ms at the rate that the machine has.

import { loudness } from "./speaker.js";

export class Microphone {
  #send;
  #context = null;
  #stream = null;
  #analyser = null;

  /** `send(rate, samples)` gets each piece. */
  constructor(send) {
    this.#send = send;
  }

  get on() {
    return this.#stream !== null;
  }

  /** Begin. Gives back why it cannot be used, or nothing. */
  async open() {
    try {
      this.#stream = await navigator.mediaDevices.getUserMedia({
        audio: { echoCancellation: true, noiseSuppression: false, autoGainControl: false, channelCount: 1 },
      });
      this.#context = new AudioContext();
      await this.#context.audioWorklet.addModule("/microphone-worklet.js");
      const source = this.#context.createMediaStreamSource(this.#stream);
      const pieces = new AudioWorkletNode(this.#context, "pieces", { numberOfOutputs: 0 });
      const { sampleRate } = this.#context;
      pieces.port.onmessage = ({ data }) => this.#send(sampleRate, data);
      this.#analyser = this.#context.createAnalyser();
      source.connect(this.#analyser);
      source.connect(pieces);
      return "";
    } catch (error) {
      this.close();
      return error.name === "NotAllowedError" ? "it was refused" : error.message;
    }
  }

  close() {
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#context?.close();
    this.#stream = this.#context = this.#analyser = null;
  }

  level() {
    return loudness(this.#analyser);
  }
}
