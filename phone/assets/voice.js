// What the phone says and how it sounds. A browser lets a page be heard only
// after somebody has touched it. The phone never trembles: it holds the camera.

const longest = 4; // sentences that wait; beyond it the oldest is not said

export class Voice {
  on = true;         // the player wants to hear it
  #audio;
  #waiting = [];
  #speaking = false;
  #guard;
  #changed;
  #touched = false;

  constructor(changed) {
    this.#changed = changed;
    try { this.on = localStorage.getItem("voice") !== "off"; } catch { /* forbidden here */ }
    for (const what of ["pointerup", "keydown"]) addEventListener(what, () => this.touch(), { capture: true });
  }

  /** Whether the browser lets the page be heard. */
  get heard() { return this.#touched; }

  get speaks() { return "speechSynthesis" in window; }

  /** Somebody touches the page: from now on it may be heard. */
  touch() {
    const Context = window.AudioContext ?? window.webkitAudioContext;
    if (!this.#audio && Context) this.#audio = new Context();
    if (this.#audio?.state !== "running") this.#audio?.resume?.().catch?.(() => {});
    if (this.#touched) return;
    this.#touched = true;
    if (this.speaks) {
      const nothing = new SpeechSynthesisUtterance(" "); // iPhones want the first word from a finger
      nothing.volume = 0;
      speechSynthesis.speak(nothing);
    }
    this.#changed();
  }

  turn(on) {
    this.on = on;
    try { localStorage.setItem("voice", on ? "on" : "off"); } catch { /* forbidden here */ }
    if (!on) this.hush();
    this.#changed();
  }

  hush() {
    this.#waiting = [];
    this.#speaking = false;
    clearTimeout(this.#guard);
    if (this.speaks) speechSynthesis.cancel();
  }

  /** Says a sentence after those before it: {text, lang, click}. */
  say(sentence) {
    if (!this.on) return;
    if (sentence.click) this.#click(sentence.click);
    if (!sentence.text || !this.speaks || !this.#touched) return;
    this.#waiting.push(sentence);
    this.#waiting = this.#waiting.slice(-longest);
    this.#next();
  }

  #next() {
    if (this.#speaking || this.#waiting.length === 0) return;
    const { text, lang } = this.#waiting.shift();
    const words = new SpeechSynthesisUtterance(text);
    if (lang) {
      words.lang = lang;
      words.voice = speechSynthesis.getVoices().find((v) => v.lang.toLowerCase().replace("_", "-").startsWith(lang.toLowerCase())) ?? null;
    }
    this.#speaking = true;
    const done = () => {
      if (!this.#speaking) return;
      clearTimeout(this.#guard);
      this.#speaking = false;
      this.#next();
    };
    words.onend = words.onerror = done;
    this.#guard = setTimeout(done, 2000 + 150 * text.length); // some browsers never tell of the end
    speechSynthesis.speak(words);
  }

  #click(kind) {
    const audio = this.#audio;
    if (!audio || audio.state !== "running") return;
    const now = audio.currentTime;
    if (kind === "alarm") {
      this.#tone(now, 392, 0.3);
      this.#tone(now + 0.2, 311.1, 0.4);
      return;
    }
    const length = Math.round(audio.sampleRate * 0.06);
    const noise = audio.createBuffer(1, length, audio.sampleRate);
    const samples = noise.getChannelData(0);
    for (let i = 0; i < length; i++) samples[i] = (Math.random() * 2 - 1) * Math.exp(-i / (audio.sampleRate * 0.006));
    const source = audio.createBufferSource();
    source.buffer = noise;
    const wood = audio.createBiquadFilter();
    Object.assign(wood, { type: "bandpass" });
    wood.frequency.value = 1900;
    wood.Q.value = 1.2;
    source.connect(wood).connect(audio.destination);
    source.start(now);
  }

  #tone(at, frequency, seconds) {
    const tone = this.#audio.createOscillator();
    const loud = this.#audio.createGain();
    tone.frequency.value = frequency;
    loud.gain.setValueAtTime(0.35, at);
    loud.gain.exponentialRampToValueAtTime(0.001, at + seconds);
    tone.connect(loud).connect(this.#audio.destination);
    tone.start(at);
    tone.stop(at + seconds);
  }
}
