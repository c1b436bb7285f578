// The phone's camera: which one, its picture, its light, zoom and focus.

const wanted = { width: { ideal: 1920, max: 2560 }, height: { ideal: 1080 }, frameRate: { ideal: 15, max: 30 } };

/** What is remembered of the camera that was chosen. */
const memory = {
  get(key) { try { return localStorage.getItem(key); } catch { return null; } },
  set(key, value) { try { localStorage.setItem(key, value); } catch { /* forbidden here */ } },
};

/**
 * Camera gives the video element its pictures, again and again: after another
 * app had the camera, or the phone was locked. changed(trouble) is called when
 * there is something else to show; trouble is the browser's error, or undefined.
 */
export class Camera {
  #video;
  #changed;
  #track;
  #timer;
  #tries = 0;
  #opening = false;
  lenses = [];
  locked = false;
  torch = false;
  trouble;

  constructor(video, changed) {
    this.#video = video;
    this.#changed = changed;
    navigator.mediaDevices?.addEventListener?.("devicechange", () => this.#list());
  }

  /** Opens the camera that was chosen last, or the one at the back. */
  async open(id = memory.get("lens")) {
    clearTimeout(this.#timer);
    if (this.#opening) return;
    this.#opening = true;
    try {
      await this.#open(id);
      this.trouble = undefined;
      this.#tries = 0;
    } catch (e) {
      this.trouble = e;
      // Another app may give it back by itself; leave has to be given by hand.
      if (["NotReadableError", "AbortError"].includes(e.name)) this.#timer = setTimeout(() => this.open(), Math.min(5000, 1000 * 2 ** this.#tries++));
    } finally {
      this.#opening = false;
    }
    this.#changed(this.trouble);
  }

  async #open(id) {
    if (!navigator.mediaDevices?.getUserMedia) throw Object.assign(new Error("no camera for pages"), { name: "NotSupportedError" });
    this.close(); // most phones open one at a time
    const which = id ? { deviceId: { exact: id } } : { facingMode: { ideal: "environment" } };
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: { ...wanted, ...which } });
    } catch (e) {
      if (!id || !["OverconstrainedError", "NotFoundError"].includes(e.name)) throw e;
      memory.set("lens", ""); // that one is gone
      return this.#open("");
    }
    const [track] = stream.getVideoTracks();
    this.#track = track;
    track.contentHint = "detail";
    track.addEventListener("ended", () => { if (track === this.#track) this.open(); });
    for (const what of ["mute", "unmute"]) track.addEventListener(what, () => this.#changed(this.trouble));
    this.#video.srcObject = stream;
    await this.#video.play().catch(() => {}); // a page in the back plays later
    this.locked = this.torch = false;
    await this.#list();
  }

  async #list() {
    const all = await navigator.mediaDevices.enumerateDevices().catch(() => []);
    this.lenses = all.filter((d) => d.kind === "videoinput").map((d, i) => ({ id: d.deviceId, name: d.label || `Camera ${i + 1}` }));
    this.#changed(this.trouble);
  }

  close() {
    const track = this.#track;
    this.#track = undefined;
    track?.stop();
    this.#video.srcObject = null;
  }

  choose(id) {
    memory.set("lens", id);
    return this.open(id);
  }

  /** A page that is seen again: some phones ended the camera meanwhile. */
  wake() {
    if (this.trouble?.name === "NotAllowedError") return;
    if (!this.#track || this.#track.readyState === "ended") this.open();
    else this.#video.play().catch(() => {});
  }

  get running() { return this.#track?.readyState === "live"; }
  get paused() { return Boolean(this.#track?.muted); }
  get lens() { return this.#track?.getSettings?.().deviceId ?? ""; }
  get front() { return this.#track?.getSettings?.().facingMode === "user"; }

  get #can() { return this.#track?.getCapabilities?.() ?? {}; }
  #set(...advanced) { return this.#track.applyConstraints({ advanced }); }

  get hasTorch() { return Boolean(this.#can.torch); }

  async light(on) {
    await this.#set({ torch: on });
    this.torch = on;
    this.#changed(this.trouble);
  }

  /** {min, max, step, now}, or undefined where nothing can be zoomed. */
  get zoom() {
    const can = this.#can.zoom;
    if (!can || !(can.max > can.min)) return undefined;
    return { min: can.min, max: can.max, step: can.step || (can.max - can.min) / 50, now: this.#track.getSettings().zoom ?? can.min };
  }

  zoomTo(value) { return this.#set({ zoom: value }); }

  /** What can be held: of focus, exposure and white balance. */
  get #locks() {
    const can = this.#can;
    const has = (modes, mode) => Array.isArray(modes) && modes.includes(mode);
    return [
      ["focusMode", "focusDistance"], ["exposureMode", "exposureTime"], ["whiteBalanceMode", "colorTemperature"],
    ].filter(([mode]) => has(can[mode], "manual") && has(can[mode], "continuous"));
  }

  get canLock() { return this.#locks.length > 0; }

  /** Holds focus, exposure and white balance as they are, or lets go of them. */
  async lock(on) {
    const now = this.#track?.getSettings?.() ?? {};
    for (const [mode, value] of this.#locks) {
      const set = { [mode]: on ? "manual" : "continuous" };
      if (on && now[value] !== undefined && this.#can[value]) set[value] = now[value];
      await this.#set(set).catch(() => {}); // some say that they can and cannot
    }
    this.locked = on;
    this.#changed(this.trouble);
  }
}

/** A picture of the camera's own making, from a file, as JPEG of a side of most pixels at most. */
export async function still(file, most) {
  const image = await createImageBitmap(file, { imageOrientation: "from-image" });
  const by = Math.min(1, most / Math.max(image.width, image.height));
  const canvas = Object.assign(document.createElement("canvas"), { width: Math.round(image.width * by), height: Math.round(image.height * by) });
  const pen = canvas.getContext("2d", { alpha: false });
  pen.imageSmoothingQuality = "high";
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  image.close();
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.92));
  return { jpeg: await blob.arrayBuffer(), width: canvas.width, height: canvas.height };
}
