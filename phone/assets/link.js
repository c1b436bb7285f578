// The way to the computer: who this phone is, one WebSocket or, where a browser
// makes none to a certificate of our own, requests and server-sent events; and
// the computer's clock. What is said stands in wire.go.

const openWait = 1800;     // for a WebSocket to tell something, in milliseconds; then requests are tried
const silence = 6000;      // after which a connection is given up
const pingEvery = 2000;
const underWay = 2;        // pictures that may be on their way at once
const longestWait = 3000;  // between two tries

const wait = (ms) => new Promise((done) => setTimeout(done, ms));

/** Refused is what the computer answers instead of doing it, in its words. */
export class Refused extends Error {
  constructor(status, text) {
    super(text.trim());
    this.status = status;
  }
}

async function ask(path, options) {
  const answer = await fetch(path, { cache: "no-store", ...options });
  if (!answer.ok) throw new Refused(answer.status, (await answer.text()).slice(0, 400));
  return answer;
}

let secret; // from the code, until it was used; nowhere else

/**
 * letIn makes this phone known with the secret behind the "#" of the address,
 * which goes from the address and the history at once; or finds that it is
 * known already. Throws Refused where it is not, another error where the
 * computer is not reached: then it can be tried again.
 */
export async function letIn() {
  secret = new URLSearchParams(location.hash.slice(1)).get("k") ?? secret;
  if (location.hash) history.replaceState(null, "", location.pathname);
  if (secret) {
    const more = await navigator.userAgentData?.getHighEntropyValues?.(["model"]).catch(() => undefined);
    const body = JSON.stringify({ k: secret, model: more?.model ?? "", hint: hint() });
    try {
      const answer = await ask("/pair", { method: "POST", body });
      secret = undefined;
      return await answer.json();
    } catch (e) {
      if (!(e instanceof Refused)) throw e;
      secret = undefined;
      // A code that was scanned twice, or is older than the page.
      return ask("/me").then((a) => a.json(), () => { throw e; });
    }
  }
  return (await ask("/me")).json();
}

/** A number of this browser's own: by it a phone that lost its cookie keeps its name. It opens nothing. */
function hint() {
  try {
    let own = localStorage.getItem("phone");
    if (!own) {
      own = [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");
      localStorage.setItem("phone", own);
    }
    return own;
  } catch {
    return "";
  }
}

/**
 * Clock maps performance.now() to the computer's clock. An answer's time lies
 * between question and answer, in the middle for want of better: the shortest
 * of the last round trips says it best.
 */
export class Clock {
  #trips = [];

  /** A pong: asked at sent, answered at there (the computer's), heard at heard. */
  heard(sent, there, heard) {
    this.#trips.push({ trip: heard - sent, offset: there - (sent + heard) / 2 });
    if (this.#trips.length > 30) this.#trips.shift(); // a minute: clocks drift
  }

  /** The phone slept, and its clock may have stood still. */
  forget() { this.#trips = []; }

  get known() { return this.#trips.length > 0; }
  get best() { return this.#trips.reduce((a, b) => b.trip < a.trip ? b : a); }
  /** The shortest round trip, in milliseconds. */
  get trip() { return this.known ? this.best.trip : Infinity; }
  at(now) { return now + this.best.offset; }
}

/**
 * Link connects, and connects again. It calls told(message) for all it hears,
 * and state("connecting" | "open" | "lost" | "unknown" | "over") when that changes;
 * paced() when a picture may be sent.
 */
export class Link {
  clock = new Clock();
  transport = "";
  #told;
  #state;
  #paced;
  #way;             // the connection that there is
  #heard = 0;
  #tries = 0;
  #timer;
  #ended = false;
  #next = Socket;   // the way that is tried next
  #sent = 0;        // pictures of this connection
  #acked = 0;
  #started = [];    // when those under way were sent
  #trips = [];      // how long the last ones took, in milliseconds

  constructor(told, state, paced) {
    this.#told = told;
    this.#state = state;
    this.#paced = paced;
    addEventListener("online", () => this.again());
    setInterval(() => this.#look(), pingEvery);
  }

  /** Connects now. */
  again() {
    if (this.#way?.open) return;
    clearTimeout(this.#timer);
    this.#ended = false;
    this.#connect();
  }

  /** Connects no more by itself: another page has what this one had. */
  end() {
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#drop();
  }

  #connect() {
    this.#drop();
    this.#heard = performance.now();
    this.#sent = this.#acked = 0;
    this.#started = [];
    const way = new this.#next(this);
    this.#way = way;
    way.start();
  }

  /** A way tells that it is open; called by it. */
  opened(way) {
    if (way !== this.#way) return;
    this.transport = way.name;
    this.#tries = 0;
    this.#state("open");
    (async () => {
      for (let i = 0; i < 5 && way === this.#way; i++) {
        this.#ping();
        await wait(120);
      }
    })();
  }

  /** A way heard something. */
  heard(way, text) {
    if (way !== this.#way) return;
    this.#heard = performance.now();
    let m;
    try {
      m = JSON.parse(text);
    } catch {
      return this.lost(way); // cut off in the middle
    }
    if (m.welcome) this.opened(way);
    if (m.pong) {
      this.clock.heard(m.pong[0], m.pong[1], this.#heard);
      this.#paced();
    }
    if (m.ack) this.acked(way, m.ack, m.refused);
    else this.#told(m);
  }

  /** A picture has come: the n-th of its way. */
  acked(way, n, refused) {
    if (way !== this.#way) return;
    this.#heard = performance.now();
    this.#acked = Math.max(this.#acked, n);
    const began = this.#started.shift();
    if (began) {
      this.#trips.push(this.#heard - began);
      if (this.#trips.length > 30) this.#trips.shift();
    }
    if (refused) this.#told({ refused });
    this.#paced();
  }

  /** A way has ended, or never began. */
  lost(way, unknown = false) {
    if (way !== this.#way) return;
    const { open } = way;
    this.#drop();
    if (unknown) return this.#forgotten();
    if (this.#ended) return;
    // Who makes no WebSocket is asked by requests, at once, and the other way
    // round; what worked is no more than a hint that it will.
    this.#next = way instanceof Socket && !open ? Requests : Socket;
    const other = !open && this.#next === Requests;
    this.#state(this.#tries === 0 && other ? "connecting" : "lost");
    const pause = other ? 0 : Math.min(longestWait, 500 * 2 ** this.#tries);
    if (!other) this.#tries++;
    this.#timer = setTimeout(() => this.#connect(), pause);
    // A phone that was forgotten need not knock for ever.
    if (this.#tries > 1 && !other) ask("/me").catch((e) => { if (e.status === 401) this.#forgotten(); });
  }

  #forgotten() {
    this.end();
    this.#state("unknown");
  }

  #drop() {
    const way = this.#way;
    this.#way = undefined;
    way?.stop();
  }

  #look() {
    const way = this.#way;
    if (!way) return;
    if (performance.now() - this.#heard > (way.open ? silence : openWait + 2000)) this.lost(way);
    else if (way.open) this.#ping();
  }

  #ping() { this.#say({ ping: performance.now() }); }

  /** Says something; false where there is no connection. */
  say(message, last = false) {
    if (!this.#way?.open) return false;
    this.#say(message, last);
    return true;
  }

  #say(message, last) { this.#way?.say(JSON.stringify(message), last); }

  /** Whether a picture may be sent now. */
  get ready() { return Boolean(this.#way?.open) && this.clock.known && this.#sent - this.#acked < underWay; }

  /** Pictures on their way. */
  get underWay() { return this.#sent - this.#acked; }

  /** How long a picture takes to be acknowledged, in milliseconds: the middle of the last ones. */
  get took() {
    if (this.#trips.length === 0) return 0;
    return [...this.#trips].sort((a, b) => a - b)[this.#trips.length >> 1];
  }

  /** Sends a picture that was taken at a time of performance.now(). */
  send(jpeg, taken) {
    if (!this.#way?.open || !this.clock.known) return;
    this.#sent++;
    this.#started.push(performance.now());
    this.#way.send(jpeg, Math.round(this.clock.at(taken)));
  }
}

/** Socket is one WebSocket. */
class Socket {
  name = "socket";
  open = false;
  #link;
  #socket;
  #timer;

  constructor(link) { this.#link = link; }

  start() {
    const socket = new WebSocket(`wss://${location.host}/socket`);
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    this.#timer = setTimeout(() => this.#link.lost(this), openWait);
    socket.onmessage = (e) => {
      if (!this.open) {
        clearTimeout(this.#timer);
        this.open = true;
      }
      this.#link.heard(this, e.data);
    };
    socket.onclose = () => {
      clearTimeout(this.#timer);
      this.#link.lost(this);
    };
  }

  say(text) { this.#socket.send(text); }

  send(jpeg, taken) {
    const all = new Uint8Array(8 + jpeg.byteLength);
    new DataView(all.buffer).setBigInt64(0, BigInt(taken));
    all.set(new Uint8Array(jpeg), 8);
    this.#socket.send(all);
  }

  stop() {
    clearTimeout(this.#timer);
    this.#socket.onclose = this.#socket.onmessage = null;
    this.#socket.close();
  }
}

/** Requests are server-sent events and a request for each thing said. */
class Requests {
  name = "requests";
  open = false;
  #link;
  #source;
  #page = "";
  #n = 0;

  constructor(link) { this.#link = link; }

  start() {
    const source = new EventSource("/events");
    this.#source = source;
    source.onmessage = (e) => {
      const begins = !this.open && JSON.parse(e.data).welcome;
      if (begins) {
        this.#page = begins.page;
        this.open = true;
      }
      this.#link.heard(this, e.data);
    };
    source.onerror = () => this.#link.lost(this); // it would go on under another number
  }

  async #post(path, body, headers = {}, last = false) {
    return ask(path, { method: "POST", body, keepalive: last, headers: { "X-Page": this.#page, ...headers } });
  }

  async say(text, last) {
    try {
      const answer = await this.#post("/message", text, { "Content-Type": "application/json" }, last);
      if (answer.status === 200) this.#link.heard(this, await answer.text());
      else if (text.startsWith('{"cmd"')) this.#link.heard(this, JSON.stringify({ told: JSON.parse(text).cmd }));
    } catch (e) {
      this.#failed(e, () => this.#link.heard(this, JSON.stringify({ told: JSON.parse(text).cmd, refused: e.message })));
    }
  }

  async send(jpeg, taken) {
    const n = ++this.#n;
    try {
      await this.#post("/picture", jpeg, { "Content-Type": "image/jpeg", "X-Taken": String(taken) });
      this.#link.acked(this, n);
    } catch (e) {
      this.#failed(e, () => this.#link.acked(this, n, e.message));
    }
  }

  #failed(e, refused) {
    if (!(e instanceof Refused)) this.#link.lost(this); // the network
    else if (e.status === 401) this.#link.lost(this, true);
    else refused();
  }

  stop() {
    this.open = false;
    this.#source.close();
  }
}
