// The browser's own voice and recognition, where it has them.

const Recognition = globalThis.SpeechRecognition ?? globalThis.webkitSpeechRecognition;

export const browserVoice = {
  get there() {
    return Boolean(globalThis.speechSynthesis);
  },

  /** Say a text behind those that are being said. */
  speak(text) {
    if (this.there) speechSynthesis.speak(new SpeechSynthesisUtterance(text));
  },

  hush() {
    if (this.there) speechSynthesis.cancel();
  },
};

export const browserEars = {
  recognition: null,

  get there() {
    return Boolean(Recognition);
  },

  /** Call `said` with each sentence, until `stop`; `failed` when that cannot go on. */
  listen(said, failed) {
    if (!Recognition || this.recognition) return;
    const recognition = new Recognition();
    recognition.continuous = true;
    recognition.interimResults = false;
    recognition.lang = navigator.language;
    recognition.onresult = ({ results, resultIndex }) => {
      for (const result of [...results].slice(resultIndex)) {
        const text = result[0].transcript.trim();
        if (result.isFinal && text) said(text);
      }
    };
    recognition.onerror = ({ error }) => {
      if (error === "no-speech" || error === "aborted") return;
      this.recognition = null;
      failed(error);
    };
    // Browsers end it after a while, whether or not somebody speaks.
    recognition.onend = () => this.recognition === recognition && recognition.start();
    this.recognition = recognition;
    recognition.start();
  },

  stop() {
    const { recognition } = this;
    this.recognition = null;
    recognition?.stop();
  },
};
