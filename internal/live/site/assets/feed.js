// The way to the server: the events of a game, for as long as somebody looks.

const patience = 45000; // without a sign of life for so long, in milliseconds, a connection is given up
const longest = 15000;  // between two tries
const afterEnd = 3000;  // before the first look for the next telling

/**
 * Feed connects, and connects again. It calls tell(event) for every event, and
 * state("connecting" | "open" | "lost" | "ended") when that changes. Where tell returns
 * false, since the event rests on one that was missed, it asks for the whole
 * game. A connection is open only once the game of now has been told over it. Where the telling has ended on purpose, it looks now and then for
 * the next one.
 */
export class Feed {
  #address;
  #tell;
  #state;
  #source;
  #timer;
  #heard = 0;
  #ended = false;
  #wait = 0;

  constructor(address, tell, state) {
    this.#address = address;
    this.#tell = tell;
    this.#state = state;
    addEventListener("online", () => this.#again(0));
    addEventListener("offline", () => this.#lost());
    addEventListener("pagehide", () => this.#close());
    addEventListener("pageshow", (e) => { if (e.persisted) this.#again(0); });
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible" && (!this.#source || this.#silent())) this.#again(0);
    });
    setInterval(() => { if (this.#source && this.#silent()) this.#lost(); }, 5000);
    this.#connect();
  }

  #silent() { return Date.now() - this.#heard > patience; }

  #connect() {
    this.#close();
    this.#heard = Date.now();
    const source = new EventSource(this.#address);
    this.#source = source;
    const alive = () => { this.#heard = Date.now(); };
    source.onopen = alive;
    source.addEventListener("alive", alive);
    source.addEventListener("end", () => this.#end());
    source.onmessage = (m) => {
      alive();
      let event;
      try {
        event = JSON.parse(m.data);
      } catch {
        this.#lost(); // cut off in the middle
        return;
      }
      if (this.#tell(event)) {
        this.#ended = false;
        this.#wait = 0;
        this.#state("open");
      } else this.#lost("connecting");
    };
    source.onerror = () => { if (this.#source === source) this.#lost(); };
  }

  #lost(state = "lost") {
    this.#close();
    this.#state(this.#ended ? "ended" : state);
    this.#wait = Math.min(longest, Math.max(500, this.#wait * 2));
    this.#again(this.#wait * (0.75 + Math.random() / 2)); // not all watchers at once
  }

  #end() {
    this.#close();
    this.#ended = true;
    this.#state("ended");
    this.#wait = afterEnd;
    this.#again(afterEnd);
  }

  #again(ms) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#connect(), ms);
  }

  #close() {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = undefined;
  }
}
