// A game as it is told: package live in Go, read the other way round. What is
// taken off the board comes with each move, so no rules are needed here.

const letters = "ABCDEFGHJKLMNOPQRSTUVWXYZ";

export const colorName = { B: "Black", W: "White" };

/** A point as players name it; x from the left, y from the top. */
export const pointName = (x, y, size) => letters[x] + (size - y);

/** The index of a point such as "Q16" in a position; -1 for none of this board. */
export function pointIndex(name, size) {
  const x = letters.indexOf(name[0]);
  const y = size - Number(name.slice(1));
  return x >= 0 && x < size && y >= 0 && y < size ? y * size + x : -1;
}

/** Missed says that an event rests on a moment that is not known. */
export class Missed extends Error {}

const list = (points) => points ?? [];
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/**
 * Telling holds the game that was told last. A position is an array with "",
 * "B" or "W" a point, by rows from the top.
 */
export class Telling {
  number = 0;
  head = { id: "", size: 0, players: [{}, {}] };
  steps = [];
  status = {};
  #positions = [];
  #counts = [0];
  #captures = [[0, 0]];

  get size() { return this.head.size ?? 0; }
  get end() { return this.steps.length; }
  get over() { return Boolean(this.status.result || this.status.ending) || this.status.phase === "finished"; }
  get black() { return this.head.players?.[0] ?? {}; }
  get white() { return this.head.players?.[1] ?? {}; }

  /**
   * Takes the next event. Returns what it changed: another game, or from which
   * step on the course is another one, and the steps that were there before.
   */
  apply(e) {
    const before = this.steps;
    const change = { another: false, from: before.length, before, course: false };
    if (e.game) {
      const head = e.game.head ?? {};
      change.another = head.id !== this.head.id || (head.size ?? 0) !== this.size;
      this.head = head;
      this.steps = list(e.game.steps);
      this.status = e.game.status ?? {};
      const most = Math.min(before.length, this.steps.length);
      let from = 0;
      while (!change.another && from < most && same(before[from], this.steps[from])) from++;
      change.from = from;
      this.#restart(change.another || !same(this.#startOf, [head.black, head.white]) ? 0 : from);
    } else {
      if (e.number !== this.number + 1) throw new Missed();
      const from = e.course ? e.course.from ?? 0 : 0;
      if (from > before.length) throw new Missed();
      if (e.head) {
        this.head = e.head;
        if (!same(this.#startOf, [e.head.black, e.head.white])) this.#restart(0);
      }
      if (e.course) {
        this.steps = before.slice(0, from).concat(list(e.course.steps));
        change.from = from;
        this.#restart(from);
      }
      if (e.status) this.status = e.status;
    }
    this.number = e.number;
    change.course = change.from < before.length || change.from < this.steps.length;
    return change;
  }

  #startOf = [];

  /** What is known of the first n steps stays, the rest is found anew. */
  #restart(n) {
    if (n === 0) {
      this.#positions = [];
      this.#startOf = [this.head.black, this.head.white];
    }
    this.#positions.length = Math.min(this.#positions.length, n + 1);
    this.#counts.length = Math.min(this.#counts.length, n + 1);
    this.#captures.length = Math.min(this.#captures.length, n + 1);
    for (let i = this.#counts.length - 1; i < this.steps.length; i++) {
      const s = this.steps[i];
      this.#counts.push(this.#counts[i] + (s.setup ? 0 : 1));
      const [b, w] = this.#captures[i];
      const taken = list(s.taken).length;
      this.#captures.push(s.color === "B" ? [b + taken, w] : [b, w + taken]);
    }
  }

  /** How many moves, passes included, the first n steps hold. */
  moves(n) { return this.#counts[n] ?? 0; }

  /** Stones taken by Black and by White in the first n steps. */
  captures(n) {
    return n === this.end && this.status.captures ? this.status.captures : this.#captures[n] ?? [0, 0];
  }

  /** The stones after the first n steps. */
  position(n) {
    if (this.#positions.length === 0) {
      const start = new Array(this.size * this.size).fill("");
      this.#put(start, this.head.black, "B");
      this.#put(start, this.head.white, "W");
      this.#positions = [start];
    }
    for (let i = this.#positions.length - 1; i < n; i++) {
      const next = this.#positions[i].slice();
      const s = this.steps[i];
      if (s.setup) {
        this.#put(next, s.setup.empty, "");
        this.#put(next, s.setup.black, "B");
        this.#put(next, s.setup.white, "W");
      } else if (s.point !== "pass") {
        this.#put(next, [s.point], s.color);
        this.#put(next, s.taken, "");
      }
      this.#positions.push(next);
    }
    return this.#positions[n];
  }

  #put(position, points, color) {
    for (const p of list(points)) {
      const i = pointIndex(p, this.size);
      if (i >= 0) position[i] = color;
    }
  }

  /** For each point that has a stone of a move among the first n steps: its move. */
  numbers(n) {
    const numbers = new Map();
    for (let i = 0; i < n; i++) {
      const s = this.steps[i];
      if (s.setup) {
        for (const p of [...list(s.setup.black), ...list(s.setup.white), ...list(s.setup.empty)]) numbers.delete(pointIndex(p, this.size));
      } else if (s.point !== "pass") {
        numbers.set(pointIndex(s.point, this.size), this.moves(i + 1));
        for (const p of list(s.taken)) numbers.delete(pointIndex(p, this.size));
      }
    }
    return numbers;
  }

  /** The points whose stones came there by a step that is not certain. */
  uncertain(n) {
    const points = new Set();
    for (let i = 0; i < n; i++) {
      const s = this.steps[i];
      const touched = s.setup ? [...list(s.setup.black), ...list(s.setup.white), ...list(s.setup.empty)] : s.point === "pass" ? [] : [s.point];
      for (const p of touched) {
        if (s.note) points.add(pointIndex(p, this.size));
        else points.delete(pointIndex(p, this.size));
      }
    }
    return points;
  }

  /** Who is to move after the first n steps. */
  toMove(n) {
    if (n === this.end && this.status.toMove) return this.status.toMove;
    const s = this.steps[n - 1];
    if (!s) return this.head.first ?? "B";
    if (s.setup) return s.setup.toMove || this.toMove(n - 1);
    return s.color === "B" ? "W" : "B";
  }

  /** The n-th step in words: "Black Q16, takes 2". */
  words(n) {
    const s = this.steps[n - 1];
    if (!s) return list(this.head.black).length + list(this.head.white).length > 0 ? "Start, with stones on the board" : "Start";
    if (s.setup) {
      const put = list(s.setup.black).length + list(s.setup.white).length;
      const gone = list(s.setup.empty).length;
      const parts = [];
      if (put > 0) parts.push(stones(put) + " placed");
      if (gone > 0) parts.push((put > 0 ? gone : stones(gone)) + " removed");
      return "Set up by hand: " + (parts.join(", ") || "nothing changed");
    }
    if (s.point === "pass") return colorName[s.color] + " passes";
    const taken = list(s.taken).length;
    return `${colorName[s.color]} ${s.point}` + (taken > 0 ? `, takes ${taken}` : "");
  }
}

const stones = (n) => n === 1 ? "1 stone" : n + " stones";
