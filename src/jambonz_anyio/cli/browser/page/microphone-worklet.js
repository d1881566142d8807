// Runs beside the page: cuts the microphone's sound into pieces of 20 ms, as 16-bit numbers.

class Pieces extends AudioWorkletProcessor {
  #piece = new Int16Array(Math.round(sampleRate / 50));
  #filled = 0;

  process([[channel]]) {
    for (const sample of channel ?? []) {
      this.#piece[this.#filled] = Math.max(-1, Math.min(1, sample)) * 32767;
      this.#filled += 1;
      if (this.#filled === this.#piece.length) {
        this.port.postMessage(this.#piece.slice());
        this.#filled = 0;
      }
    }
    return true;
  }
}

registerProcessor("pieces", Pieces);
