// Pictures of the video as JPEG: when one is taken, how large, how good.

const rate = 12;         // pictures a second
const early = 25;        // milliseconds by which a picture may come before its turn: cameras know no such turns
const sizes = [1920, 1280, 960]; // of the longer side, pixels
const qualities = [0.85, 0.7, 0.5];
const fast = 45;         // milliseconds that a picture may take where a larger one is worth a try
const slow = 160;        // beyond which pictures are made smaller
const patience = 24;     // pictures between two changes
const heatWait = 10000;  // milliseconds of too few pictures before it is said
const memory = "picture";

/**
 * Film takes a picture whenever the video has a new one, its turn has come and
 * the link is ready: there is no queue, and what is sent is the newest.
 */
export class Film {
  #video;
  #link;
  #canvas = document.createElement("canvas");
  #pen = this.#canvas.getContext("2d", { alpha: false });
  #due = 0;
  #busy = false;
  #running = false;
  #fresh = false;     // the video has shown a picture that was not sent
  #taken = 0;         // when that one was taken, performance.now()
  #size = 1;          // of sizes
  #quality = 0;       // of qualities
  #since = 0;         // pictures since a change
  #hold = false;      // the size stays: the board was found in it
  #tried = false;     // whether larger ones were tried in vain
  #times = [];        // when the last ones were sent
  #shown = [];        // and when the video showed one
  #poor = 0;          // since when pictures come too slowly; 0 for not
  active = false;

  constructor(video, link) {
    this.#video = video;
    this.#link = link;
    let kept = null;
    try { kept = localStorage.getItem(memory); } catch { /* forbidden here */ }
    if (sizes.includes(Number(kept))) this.#size = sizes.indexOf(Number(kept));
  }

  start() {
    if (this.#running) return;
    this.#running = true;
    const video = this.#video;
    if (video.requestVideoFrameCallback) {
      const frame = (now, about) => {
        this.#seen(about.captureTime > now - 1000 && about.captureTime <= now ? about.captureTime : now);
        video.requestVideoFrameCallback(frame);
      };
      video.requestVideoFrameCallback(frame);
      return;
    }
    let last = -1;
    const look = () => {
      if (video.currentTime !== last) {
        last = video.currentTime;
        this.#seen(performance.now());
      }
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }

  #seen(taken) {
    this.#fresh = true;
    this.#taken = taken;
    this.#shown.push(performance.now());
    if (this.#shown.length > 60) this.#shown.shift();
    this.take();
  }

  /** Takes and sends a picture, if it is time for one. */
  async take() {
    const now = performance.now();
    if (!this.active || !this.#fresh || this.#busy || !this.#link.ready || now < this.#due - early || !this.#video.videoWidth) return;
    this.#due = Math.max(this.#due + 1000 / rate, now);
    this.#fresh = false;
    this.#busy = true;
    try {
      const taken = this.#taken;
      const { width, height } = this.#measure();
      if (this.#canvas.width !== width || this.#canvas.height !== height) Object.assign(this.#canvas, { width, height });
      this.#pen.drawImage(this.#video, 0, 0, width, height);
      const blob = await new Promise((done) => this.#canvas.toBlob(done, "image/jpeg", qualities[this.#quality]));
      if (blob && this.#link.ready && this.active) {
        const jpeg = await blob.arrayBuffer();
        this.#link.send(jpeg, taken);
        this.#times.push(now);
        if (this.#times.length > 40) this.#times.shift();
        this.#adapt();
      }
    } finally {
      this.#busy = false;
    }
  }

  /** The size of a picture: never larger than the camera's, and of even sides. */
  #measure() {
    const { videoWidth, videoHeight } = this.#video;
    const by = Math.min(1, sizes[this.#size] / Math.max(videoWidth, videoHeight));
    return { width: 2 * Math.round(videoWidth * by / 2), height: 2 * Math.round(videoHeight * by / 2) };
  }

  get size() { return this.#measure(); }

  /** The size stays what it is from now on, since the board was found in such pictures; or may change. */
  hold(yes) {
    if (yes === this.#hold) return;
    this.#hold = yes;
    this.#since = 0;
    if (yes) try { localStorage.setItem(memory, String(sizes[this.#size])); } catch { /* forbidden here */ }
  }

  /** Smaller and coarser pictures where they take long, finer and larger ones where they do not. */
  #adapt() {
    if (++this.#since < patience) return;
    const took = this.#link.took;
    const change = () => { this.#since = 0; };
    if (took > slow) {
      if (this.#quality < qualities.length - 1) {
        this.#quality++;
        change();
      } else if (this.#size < sizes.length - 1 && (!this.#hold || this.rate < 3)) { // another size has the board found again
        this.#size++;
        this.#tried = true;
        change();
      }
    } else if (took < fast) {
      if (this.#quality > 0) {
        this.#quality--;
        change();
      } else if (this.#size > 0 && !this.#hold && !this.#tried && Math.max(this.#video.videoWidth, this.#video.videoHeight) > sizes[this.#size]) {
        this.#size--;
        change();
      }
    }
  }

  /** Pictures a second that were sent lately. */
  get rate() { return often(this.#times); }

  get asked() { return rate; }

  /** Whether the phone takes fewer pictures than it is asked for, for a while: the network is not at fault. */
  get slow() {
    const now = performance.now();
    if (!this.active || this.#shown.length < 10 || often(this.#shown) > rate * 0.6) this.#poor = 0;
    else if (this.#poor === 0) this.#poor = now;
    return this.#poor > 0 && now - this.#poor > heatWait;
  }

  /** The page was hidden: what was before says nothing. */
  forget() {
    this.#times = [];
    this.#shown = [];
    this.#poor = 0;
  }
}

function often(times) {
  const since = performance.now() - 4000;
  const lately = times.filter((t) => t > since);
  if (lately.length < 2) return 0;
  return (lately.length - 1) * 1000 / (lately[lately.length - 1] - lately[0]);
}
