// Playing the call's sound, piece by piece as it comes.

const AHEAD = 0.08;

/** How loud an analyser's sound is, from 0 to 1. */
export function loudness(analyser) {
  if (!analyser) return 0;
  const samples = new Float32Array(analyser.fftSize);
  analyser.getFloatTimeDomainData(samples);
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
  return Math.min(1, Math.sqrt(power) * 2.5);
}

export class Speaker {
  analyser = null;
  /** Seconds of sound that were played. */
  played = 0;
  #context = null;
  #until = 0;
  #playing = new Set();

  async open() {
    if (!this.#context) {
      this.#context = new AudioContext();
      this.analyser = this.#context.createAnalyser();
      this.analyser.connect(this.#context.destination);
    }
    await this.#context.resume();
  }

  /** Play samples behind what is being played. */
  play(rate, samples) {
    if (this.#context?.state !== "running" || !samples.length) return;
    const buffer = this.#context.createBuffer(1, samples.length, rate);
    const channel = buffer.getChannelData(0);
    for (let place = 0; place < samples.length; place += 1) channel[place] = samples[place] / 32768;
    const source = this.#context.createBufferSource();
    source.buffer = buffer;
    source.connect(this.analyser);
    const now = this.#context.currentTime;
    // Late by nothing or by a little: pieces of a stream follow each other without a gap.
    const begin = this.#until < now ? now + AHEAD : this.#until;
    source.start(begin);
    this.#until = begin + buffer.duration;
    this.played += buffer.duration;
    this.#playing.add(source);
    source.onended = () => this.#playing.delete(source);
  }

  /** Cut off what is being played. */
  hush() {
    for (const source of this.#playing) source.stop();
    this.#playing.clear();
    this.#until = 0;
  }

  level() {
    return loudness(this.analyser);
  }
}
