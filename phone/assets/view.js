// What the computer has the page show: the grid over the picture, the game.

import { clockText } from "./clock.js";

const $ = (id) => document.getElementById(id);
const ns = "http://www.w3.org/2000/svg";

/** Text is set only where it changes: what is read aloud is read once. */
export function text(e, words) {
  words ??= "";
  if (e.textContent !== words) e.textContent = words;
}

/** What the buttons for commands say; others say their word. */
const labels = {
  pass: "Pass", undo: "Undo", "cancel-undo": "Withdraw undo", pause: "Pause", resume: "Go on", resign: "Resign",
  yes: "Yes", no: "No", accept: "Yes", deny: "No", look: "Look again", trust: "Board is right", there: "They lie there",
  board: "Board is right", "accept-score": "Agree", "reject-score": "Play on", resync: "Fetch game",
};

/** What cannot be taken back wants a second touch: a sleeve passes nothing. */
const twice = new Set(["pass", "resign"]);
const armedFor = 4000; // milliseconds

/** Draws the grid over the video: lines as fractions of the picture. */
export function drawGrid(screen, width, height) {
  const svg = $("grid");
  svg.setAttribute("viewBox", `0 0 ${width || 1} ${height || 1}`);
  const paths = [];
  const at = ([x, y]) => `${(x * width).toFixed(1)} ${(y * height).toFixed(1)}`;
  if (screen.lines?.length) paths.push(["", screen.lines.map((l) => `M${l.map(at).join("L")}`).join("")]);
  else if (screen.corners) paths.push(["", lattice(screen.corners, screen.size).map((l) => `M${l.map(at).join("L")}`).join("")]);
  if (screen.corners) paths.push(["frame", `M${screen.corners.map(at).join("L")}Z`]);
  svg.replaceChildren(...paths.map(([name, d]) => {
    const p = document.createElementNS(ns, "path");
    if (name) p.setAttribute("class", name);
    p.setAttribute("d", d);
    return p;
  }));
}

/** The lines of a board of size lines between four corners, as a plane is seen; without the outermost. */
export function lattice(corners, size) {
  const [[x0, y0], [x1, y1], [x2, y2], [x3, y3]] = corners;
  const dx1 = x1 - x2, dx2 = x3 - x2, sx = x0 - x1 + x2 - x3;
  const dy1 = y1 - y2, dy2 = y3 - y2, sy = y0 - y1 + y2 - y3;
  const det = dx1 * dy2 - dx2 * dy1;
  if (!(size > 2) || det === 0) return [];
  const g = (sx * dy2 - dx2 * sy) / det, h = (dx1 * sy - sx * dy1) / det;
  const a = x1 - x0 + g * x1, b = x3 - x0 + h * x3, d = y1 - y0 + g * y1, e = y3 - y0 + h * y3;
  const point = (u, v) => { const w = g * u + h * v + 1; return [(a * u + b * v + x0) / w, (d * u + e * v + y0) / w]; };
  const lines = [];
  for (let i = 1; i < size - 1; i++) {
    const t = i / (size - 1);
    lines.push([point(t, 0), point(t, 1)], [point(0, t), point(1, t)]);
  }
  return lines;
}

const colour = (name) => name === "black" || name === "white" ? name : "none";
const colourWord = { black: "Black", white: "White" };

/** Shows the game of a screen. */
export function showGame(screen) {
  const last = $("last");
  const words = screen.last ?? "";
  last.hidden = !words;
  last.dataset.words = words.length > 4 ? "long" : "short";
  last.querySelector(".disc").className = `disc ${colour(screen.lastcolor)}`;
  text(last.querySelector(".who"), colourWord[screen.lastcolor] ?? "");
  text(last.querySelector(".point"), words === "pass" ? "Pass" : words);
  text($("turn"), screen.turn);
  $("turn").hidden = !screen.turn;
  text($("question"), screen.question);
  $("question").hidden = !screen.question;
}

/** What stands in a clock's words behind the time: "+ 5×30", "×3", "last". */
const behind = (words) => /^\S+(?: \d\S*)? ([+×/(l].*)$/.exec(words ?? "")?.[1] ?? "";

/**
 * Clocks are counted on: told(screen, since) gives them, since as performance.now()
 * when they were measured.
 */
export class Clocks {
  #clocks = [];
  #since = 0;
  #timer;

  told(clocks, since) {
    this.#clocks = clocks ?? [];
    this.#since = since;
    const box = $("clocks");
    box.hidden = this.#clocks.length === 0;
    while (box.childElementCount > this.#clocks.length) box.lastChild.remove();
    while (box.childElementCount < this.#clocks.length) {
      const card = document.createElement("div");
      card.className = "clock";
      for (const [tag, name] of [["span", "disc"], ["bdi", "name"], ["span", "time"]]) {
        const e = document.createElement(tag);
        e.className = name;
        card.append(e);
      }
      box.append(card);
    }
    this.tick();
  }

  tick() {
    clearTimeout(this.#timer);
    let soon = 0;
    this.#clocks.forEach((c, i) => {
      const card = $("clocks").children[i];
      const left = Math.max(0, c.left - (c.running ? (performance.now() - this.#since) / 1000 : 0));
      card.className = `clock${c.running ? " running" : ""}${c.running && left < 10 ? " short" : ""}`;
      card.querySelector(".disc").className = `disc ${colour(c.color)}`;
      text(card.querySelector(".name"), c.name || colourWord[c.color] || "");
      const time = card.querySelector(".time");
      const words = c.left > 0 || c.running ? clockText(left) : c.text;
      const after = words === c.text ? "" : behind(c.text);
      if (time.dataset.shown !== `${words} ${after}`) {
        time.dataset.shown = `${words} ${after}`;
        time.replaceChildren(words);
        if (after) {
          const reserve = document.createElement("span");
          reserve.className = "reserve";
          reserve.textContent = ` ${after}`;
          time.append(reserve);
        }
      }
      if (c.running) soon = left < 10.5 ? 100 : Math.max(soon, 250);
    });
    if (soon && document.visibilityState === "visible") this.#timer = setTimeout(() => this.tick(), soon);
  }
}

/** Buttons are the commands that are offered. act(word) is called with what is to be sent. */
export class Buttons {
  #act;
  #shown = "";
  #armed;
  #timer;
  #usable = false;
  #sent = new Map();

  constructor(act) { this.#act = act; }

  show(words) {
    const list = words ?? [];
    const shown = list.join(" ");
    $("buttons").hidden = list.length === 0;
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#disarm();
    const had = document.activeElement?.dataset?.word;
    $("buttons").replaceChildren(...list.map((word) => {
      const b = document.createElement("button");
      b.type = "button";
      b.dataset.word = word;
      b.className = list.length <= 2 || ["yes", "no", "accept", "deny"].includes(word) ? "answer" : "";
      b.textContent = labels[word] ?? word;
      b.addEventListener("click", () => this.#touched(b));
      return b;
    }));
    $("buttons").dataset.others = $("buttons").querySelectorAll("button:not(.answer)").length;
    this.usable(this.#usable);
    if (had) this.#button(had)?.focus();
  }

  #button(word) { return [...$("buttons").children].find((b) => b.dataset.word === word); }

  /** Whether anybody hears what is sent. A button that does nothing keeps the focus. */
  usable(yes) {
    this.#usable = yes;
    for (const b of $("buttons").children) b.setAttribute("aria-disabled", String(!yes || this.#sent.has(b.dataset.word)));
  }

  #touched(b) {
    const word = b.dataset.word;
    if (!this.#usable || this.#sent.has(word)) return;
    if (twice.has(word) && this.#armed !== b) {
      this.#disarm();
      this.#armed = b;
      b.classList.add("armed");
      b.textContent = `${labels[word]}: sure?`;
      this.#timer = setTimeout(() => this.#disarm(), armedFor);
      return;
    }
    this.#disarm();
    // Not twice by one touch too many: until it was heard, or is lost.
    this.#sent.set(word, setTimeout(() => this.told(word), 3000));
    this.usable(this.#usable);
    this.#act(word);
  }

  #disarm() {
    clearTimeout(this.#timer);
    const b = this.#armed;
    this.#armed = undefined;
    if (!b) return;
    b.classList.remove("armed");
    b.textContent = labels[b.dataset.word] ?? b.dataset.word;
  }

  /** A command was heard. */
  told(word) {
    clearTimeout(this.#sent.get(word));
    this.#sent.delete(word);
    this.usable(this.#usable);
  }
}
