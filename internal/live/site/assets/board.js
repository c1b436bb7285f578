// The board, drawn as SVG. One unit of the drawing is the distance of two lines.

import { colorName, pointName, pointIndex } from "./game.js";

const ns = "http://www.w3.org/2000/svg";

function draw(name, attributes, parent) {
  const e = document.createElementNS(ns, name);
  for (const [k, v] of Object.entries(attributes)) e.setAttribute(k, v);
  parent?.append(e);
  return e;
}

/** The points with a dot, as boards of wood have them. */
export function hoshi(size) {
  if (size < 7) return size === 5 ? [[2, 2]] : [];
  const edge = size < 13 ? 2 : 3;
  const far = size - 1 - edge;
  const mid = (size - 1) / 2;
  const points = [[edge, edge], [far, edge], [edge, far], [far, far]];
  if (size % 2 === 1 && size >= 9) points.push([mid, mid]);
  if (size % 2 === 1 && size >= 15) points.push([edge, mid], [far, mid], [mid, edge], [mid, far]);
  return points;
}

/** Board shows positions. Every stone has its point and colour as data. */
export class Board {
  #svg;
  #size = 0;
  #coordinates;
  #layers = {};
  #stones = new Map();
  #shown = "";

  constructor(svg, coordinates) {
    this.#svg = svg;
    this.#coordinates = coordinates;
    new ResizeObserver(() => this.#legible()).observe(svg);
  }

  /** Coordinates are never smaller than can be read, and no larger than the other letters need. */
  #legible() {
    const lines = this.#layers.coordinates;
    if (!lines) return;
    const unit = this.#svg.getBoundingClientRect().width / this.#svg.viewBox.baseVal.width;
    const letter = parseFloat(getComputedStyle(document.documentElement).fontSize);
    if (unit > 0) lines.setAttribute("font-size", Math.min(0.57, Math.max(10.5 / unit, Math.min(0.4, 1.35 * letter / unit))).toFixed(3));
  }

  #begin(size) {
    this.#size = size;
    this.#stones.clear();
    this.#svg.replaceChildren();
    const rim = this.#coordinates ? 1.2 : 0.7;
    const span = size - 1 + 2 * rim;
    this.#svg.setAttribute("viewBox", `${-rim} ${-rim} ${span} ${span}`);
    const defs = draw("defs", {}, this.#svg);
    for (const stone of ["black-stone", "white-stone"]) {
      const light = draw("radialGradient", { id: stone, cx: 0.36, cy: 0.3, r: 0.75 }, defs);
      draw("stop", { class: "near", offset: 0 }, light);
      draw("stop", { class: "far", offset: 1 }, light);
    }
    draw("rect", { class: "wood", x: -rim, y: -rim, width: span, height: span, rx: 0.12 }, this.#svg);
    const grid = draw("g", { class: size > 13 ? "grid" : "grid few" }, this.#svg);
    let path = "";
    for (let i = 0; i < size; i++) path += `M0 ${i}H${size - 1}M${i} 0V${size - 1}`;
    draw("path", { d: path }, grid);
    draw("rect", { class: "edge", x: 0, y: 0, width: size - 1, height: size - 1 }, grid);
    for (const [x, y] of hoshi(size)) draw("circle", { cx: x, cy: y, r: size > 13 ? 0.11 : 0.09 }, grid);
    if (this.#coordinates) {
      const g = draw("g", { class: "coordinates" }, this.#svg);
      for (let i = 0; i < size; i++) {
        const name = pointName(i, i, size);
        for (const at of [-0.83, size - 0.17]) {
          draw("text", { x: i, y: at }, g).textContent = name[0];
          draw("text", { x: at, y: i }, g).textContent = name.slice(1);
        }
      }
      this.#layers.coordinates = g;
      this.#legible();
    }
    this.#layers.stones = draw("g", {}, this.#svg);
    this.#layers.marks = draw("g", { class: "marks" }, this.#svg);
  }

  /**
   * Shows the game after its first n steps; options are numbers: with the
   * numbers of the moves, dead: with the stones that are marked as dead,
   * fresh: the last stone has just come.
   */
  show(telling, n, options) {
    if (telling.size !== this.#size) this.#begin(telling.size);
    const position = telling.position(n);
    const step = telling.steps[n - 1];
    position.forEach((color, i) => this.#stone(i, color));
    this.#svg.querySelector(".fresh")?.classList.remove("fresh");
    if (options.fresh && step?.point) this.#stones.get(pointIndex(step.point, this.#size))?.classList.add("fresh");
    const dead = new Set(options.dead ? (telling.status.dead ?? []).map((p) => pointIndex(p, this.#size)) : []);
    for (const [i, g] of this.#stones) g.classList.toggle("dead", dead.has(i));
    this.#mark(telling, n, position, options, dead);
  }

  /** An empty board, for before a game. */
  empty(size) {
    if (this.#size !== size) this.#begin(size);
    for (const i of [...this.#stones.keys()]) this.#stone(i, "");
    this.#layers.marks.replaceChildren();
    this.#shown = "";
  }

  #stone(i, color) {
    const old = this.#stones.get(i);
    if ((old?.dataset.color ?? "") === color) return;
    old?.remove();
    this.#stones.delete(i);
    if (!color) return;
    const x = i % this.#size;
    const y = Math.floor(i / this.#size);
    const g = draw("g", { class: color === "B" ? "stone black" : "stone white" }, this.#layers.stones);
    g.dataset.point = pointName(x, y, this.#size);
    g.dataset.color = color;
    draw("circle", { class: "shadow", cx: x + 0.03, cy: y + 0.05, r: 0.48 }, g);
    draw("circle", { class: "body", cx: x, cy: y, r: 0.475, fill: color === "B" ? "url(#black-stone)" : "url(#white-stone)" }, g);
    this.#stones.set(i, g);
  }

  #mark(telling, n, position, options, dead) {
    const marks = [];
    const step = telling.steps[n - 1];
    const last = step && !step.setup && step.point !== "pass" ? pointIndex(step.point, this.#size) : -1;
    const on = (i) => position[i] === "B" ? "on-black" : position[i] === "W" ? "on-white" : "on-wood";
    if (options.numbers) {
      for (const [i, number] of telling.numbers(n)) if (position[i] && !dead.has(i)) marks.push(["number", i, on(i), String(number)]);
    }
    if (last >= 0 && !dead.has(last)) marks.push([options.numbers ? "last-numbered" : "last", last, on(last)]);
    for (const p of [...(step?.setup?.black ?? []), ...(step?.setup?.white ?? [])]) {
      const i = pointIndex(p, this.#size);
      marks.push(["placed", i, on(i)]);
    }
    for (const p of step?.setup?.empty ?? []) {
      const i = pointIndex(p, this.#size);
      if (!position[i]) marks.push(["removed", i, "on-wood"]);
    }
    for (const i of telling.uncertain(n)) if (position[i]) marks.push(["uncertain", i, on(i)]);
    for (const i of dead) marks.push(["dead-mark", i, on(i)]);
    const shown = JSON.stringify(marks);
    if (shown === this.#shown && this.#layers.marks.childElementCount > 0) return;
    this.#shown = shown;
    this.#layers.marks.replaceChildren(...marks.map((m) => this.#markOf(...m)));
  }

  #markOf(kind, i, on, text) {
    const x = i % this.#size;
    const y = Math.floor(i / this.#size);
    const attributes = { class: `${kind} ${on}`, "data-point": pointName(x, y, this.#size) };
    const cross = (r) => `M${x - r} ${y - r}L${x + r} ${y + r}M${x + r} ${y - r}L${x - r} ${y + r}`;
    switch (kind) {
      case "number": {
        const e = draw("text", { ...attributes, x, y, "font-size": text.length > 2 ? 0.38 : 0.52 });
        e.textContent = text;
        return e;
      }
      case "last": return draw("circle", { ...attributes, cx: x, cy: y, r: 0.26 });
      case "last-numbered": return draw("circle", { ...attributes, cx: x, cy: y, r: 0.435 });
      case "placed": return draw("rect", { ...attributes, x: x - 0.17, y: y - 0.17, width: 0.34, height: 0.34 });
      case "uncertain": return draw("circle", { ...attributes, cx: x + 0.33, cy: y - 0.33, r: 0.13 });
    }
    return draw("path", { ...attributes, d: cross(0.17) });
  }
}

/** The position in two lists, for who hears the page. */
export function stonesInWords(telling, n) {
  const position = telling.position(n);
  const points = { B: [], W: [] };
  for (let x = 0; x < telling.size; x++) {
    for (let y = telling.size - 1; y >= 0; y--) {
      const color = position[y * telling.size + x];
      if (color) points[color].push(pointName(x, y, telling.size));
    }
  }
  return ["B", "W"].map((c) => `${colorName[c]}, ${points[c].length}: ${points[c].join(", ") || "no stones"}`);
}
