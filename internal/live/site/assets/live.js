// The page of a game that is being played: what is told, shown.

import { Board, stonesInWords } from "./board.js";
import { Skew, clockText, readClock } from "./clock.js";
import { Feed } from "./feed.js";
import { Missed, Telling, colorName, pointName } from "./game.js";

const root = document.documentElement;
const $ = (id) => document.getElementById(id);

const telling = new Telling();
const skew = new Skew();
const board = new Board($("board"), true);

let link = "connecting"; // "open", "lost", "ended"
let told = false;        // something was told over the connection that is open
let looking = null;      // after how many steps the board is shown; null: at the end
let left = 0;            // how many steps there were, that still are, when the end was left
let numbers = false;
let about = {};
let since;               // when the connection was lost
let periods = [0, 0];    // the longest period of either clock that was told

// ---- what is told

function heard(e) {
  const live = told;
  told = true;
  let change;
  try {
    change = telling.apply(e);
  } catch (error) {
    if (!(error instanceof Missed)) throw error;
    return false;
  }
  if (live) skew.told(e.time, Date.now());
  if (change.another) {
    looking = null;
    periods = [0, 0];
  }
  (telling.status.clocks ?? []).forEach((c, i) => { periods[i] = Math.max(periods[i], c?.period ?? 0); });
  if (looking !== null && change.course) corrected(change);
  show(change.course && looking === null && change.before.length < telling.end);
  tell(change, live);
  root.dataset.number = telling.number;
  return true;
}

/**
 * Who looks at the past keeps what he looks at. If just that was corrected, he
 * sees the last position that both courses share.
 */
function corrected(change) {
  const bare = (s) => s && JSON.stringify([s.color, s.point, s.setup, s.taken]);
  let from = change.from; // the first that is another step, and not only says something else
  while (from < change.before.length && bare(change.before[from]) === bare(telling.steps[from])) from++;
  left = Math.min(left, from);
  looking = Math.min(looking, from);
  if (looking >= telling.end) looking = null;
}

function linked(state) {
  if (state === link) return;
  if (state === "lost" && link !== "lost") {
    since = new Date();
    if (told) say("The connection is lost.");
  }
  if (state !== "open") told = false;
  if (state === "ended") say("The telling has ended.");
  if (state === "open") {
    if (link === "lost") say("The connection is back.");
    learn();
  }
  link = state;
  show(false);
}

async function learn() {
  try {
    const answer = await fetch("/about.json", { cache: "no-store" });
    if (!answer.ok) return;
    skew.rough(answer.headers.get("Date"), Date.now());
    about = await answer.json();
    show(false);
    picture();
  } catch {
    // Without it the page says less.
  }
}

// ---- what is said aloud

let sayings = [];
let saying;

function say(text) {
  sayings.push(text);
  clearTimeout(saying);
  saying = setTimeout(() => {
    $("announce").textContent = sayings.join(" ");
    sayings = [];
  }, 150);
}

const numbered = (n) => telling.words(n) + (telling.steps[n - 1].setup ? "." : `. Move ${telling.moves(n)}.`);

function tell(change, live) {
  const had = result.told;
  result.told = result();
  if (change.another && telling.size > 0) say(live ? "Another game begins." : `${sides()}. ${telling.end > 0 ? numbered(telling.end) : ""}`);
  if (!change.another && change.course) {
    if (change.from < change.before.length) say(`Correction: ${change.from < telling.end ? "another course" : "the game goes back"} after ${change.from > 0 ? "move " + telling.moves(change.from) : "the start"}.`);
    const fresh = telling.end - change.from;
    if (fresh > 3) say(`${fresh} steps. The last:`);
    for (let n = fresh > 3 ? telling.end : change.from + 1; n <= telling.end; n++) {
      say(numbered(n));
      if (telling.steps[n - 1].note) say(telling.steps[n - 1].note);
    }
  }
  if (result.told && result.told !== had) say(result.told + ".");
  const camera = telling.status.camera ?? "";
  if (camera && camera !== tell.camera && live) say(camera);
  tell.camera = camera;
}

// ---- what is shown

const text = (e, words) => { if (e.textContent !== words) e.textContent = words; };
function line(e, words) {
  text(e, words);
  e.hidden = !words;
}

const nameOf = (player, color) => player.name || colorName[color];
const sides = () => `${nameOf(telling.black, "B")} – ${nameOf(telling.white, "W")}`;

function result() {
  const { result = "", ending = "" } = telling.status;
  return ending || spell(result);
}

/** The result as SGF writes it, in words. */
function spell(result) {
  const won = /^([BW])\+(.*)$/.exec(result);
  if (!won) return { "": "", 0: "Jigo", Draw: "Jigo", Void: "No result" }[result] ?? result;
  const how = { "": "", R: " by resignation", Resign: " by resignation", T: " on time", Time: " on time", F: " by forfeit", Forfeit: " by forfeit" }[won[2]];
  return `${colorName[won[1]]} wins${how ?? ` by ${won[2]}`}`;
}

/** What is shown may be old: the game goes on, and nobody tells of it. */
const stale = () => (link === "lost" || link === "ended") && !telling.over;

function show(fresh) {
  const n = looking ?? telling.end;
  const begun = telling.size > 0;
  const past = looking !== null;
  const over = telling.over;
  root.dataset.view = n;
  root.dataset.state = !begun ? "waiting" : past ? "past" : over ? "over" : "live";
  root.dataset.link = link;
  root.dataset.stale = stale();
  $("waiting").hidden = begun;
  if (begun) board.show(telling, n, { numbers, fresh, dead: !past });
  else board.empty(19);
  player("black", telling.black, "B", 0, n);
  player("white", telling.white, "W", 1, n);
  headings(n, past, over, begun);
  controls(n, past, over, begun);
  inWords(n, begun);
  tick();
}

function player(id, who, color, side, n) {
  const card = $(id);
  const name = nameOf(who, color);
  text(card.querySelector(".name"), name);
  card.querySelector(".name").title = name;
  text(card.querySelector(".rank"), who.rank ?? "");
  text(card.querySelector(".count"), String(telling.captures(n)[side]));
  const won = new RegExp(`^${color}\\+`).test(telling.status.result ?? "");
  const turn = !telling.over && telling.size > 0 && looking === null && !stale() && telling.status.phase !== "stone removal" && telling.toMove(n) === color;
  card.classList.toggle("won", won);
  card.classList.toggle("turn", turn);
}

function headings(n, past, over, begun) {
  const title = (about.title !== "A game of Go" && about.title) || [telling.head.event, telling.head.round].filter(Boolean).join(", ") || telling.head.name || "A game of Go";
  text($("title").firstElementChild, title);
  const step = telling.steps[n - 1];
  const moves = telling.moves(telling.end);
  let headline = "";
  const old = stale() && !past;
  const time = since?.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  if (old) headline = link === "lost" ? "No connection" : "The telling has ended";
  else if (!begun) headline = "Waiting for a game";
  else if (past) headline = n === 0 ? "Start" : `Move ${telling.moves(n)} of ${moves}`;
  else if (over) headline = result() || "The game is over";
  else if (telling.status.phase === "stone removal") headline = "Dead stones are being marked";
  else headline = `${colorName[telling.toMove(n)]} to play`;
  text($("headline"), headline);
  $("headline").classList.toggle("result", begun && !past && over);
  $("headline").classList.toggle("trouble", old && link === "lost");
  const words = telling.words(n);
  let what = "";
  if (begun && past) what = words;
  else if (begun) what = telling.end === 0 ? words : step?.setup ? words : `Move ${moves}: ${words}`;
  if (old && link === "lost") what = `${begun ? `${what}; that was at ${time}` : `Since ${time}`}. Trying again.`;
  else if (old) what = begun ? `${what}. Nothing was told after that.` : "";
  line($("what"), what);
  line($("note"), begun ? step?.note ?? "" : "");
  line($("camera-says"), begun && !over && link === "open" ? telling.status.camera ?? "" : "");
  line($("trouble"), link === "lost" && !old ? `No connection since ${time}. Trying again.`
    : link === "ended" && !over && !old ? "The telling has ended." : "");
  $("board").setAttribute("aria-label", !begun ? "An empty board; no game yet"
    : `Board of ${telling.size} by ${telling.size}, ${n === 0 ? "at the start" : `after move ${telling.moves(n)}`}. ${words}.`);
  $("sgf").hidden = !begun;
  $("players").hidden = !begun;
  line($("about"), [past || over ? delayed() : "", about.version ? `gobancam ${about.version}` : ""].filter(Boolean).join(" · "));
  const lead = link === "lost" ? "No connection" : stale() ? "Ended" : !begun ? "" : over ? telling.status.result || result() : moves > 0 ? `${moves}` + lastOf(telling.steps) : "Start";
  const wanted = begun ? [lead, sides()].filter(Boolean).join(" · ") : [lead, title].filter(Boolean).join(" · ");
  if (document.title !== wanted) document.title = wanted;
}

function lastOf(steps) {
  const last = steps[steps.length - 1];
  return last.setup ? "" : ` ${last.color} ${last.point}`;
}

function delayed() {
  const d = about.delay ?? 0;
  if (!(d > 0)) return "";
  const span = d % 60 === 0 ? (d === 60 ? "1 minute" : `${d / 60} minutes`) : `${d} seconds`;
  return `${span} behind`;
}

function controls(n, past, over, begun) {
  const slider = $("slider");
  slider.max = telling.end;
  slider.value = n;
  slider.disabled = telling.end === 0;
  slider.setAttribute("aria-valuetext", n === 0 ? "Start" : `${telling.moves(n)}: ${telling.words(n)}`);
  slider.style.setProperty("--done", telling.end > 0 ? n / telling.end : 1);
  still($("first"), n === 0);
  still($("back"), n === 0);
  still($("forward"), !past);
  const meanwhile = past ? telling.end - left : 0;
  let words;
  if (past) words = (over || link === "ended" ? "End" : delayed() ? "Newest" : "Live") + (meanwhile > 0 ? ` · ${meanwhile} new` : "");
  else if (link === "lost") words = "No connection";
  else if (begun && over) words = "Game over";
  else if (link === "ended") words = "Ended";
  else if (link !== "open") words = "Connecting…";
  else if (!begun) words = "Waiting";
  else words = delayed() || "Live";
  text($("live").querySelector(".unseen"), past ? "Back to: " : "");
  text($("live").querySelector(".words"), words);
  still($("live"), !past);
}

/** A button that does nothing now keeps the focus: it only says that it rests. */
function still(button, yes) { button.setAttribute("aria-disabled", String(yes)); }

// ---- the position as text

function inWords(n, begun) {
  const details = $("as-text");
  details.hidden = !begun;
  if (!begun || !details.open) return;
  const size = telling.size;
  stonesInWords(telling, n).forEach((s, i) => text(details.querySelectorAll(".stones")[i], s));
  const body = details.querySelector("tbody");
  if (body.rows.length !== size) table(details, body, size);
  telling.position(n).forEach((color, i) => {
    const cell = body.rows[Math.floor(i / size)].cells[i % size + 1];
    text(cell.firstElementChild, color ? colorName[color] : "empty");
    cell.className = color === "B" ? "b" : color === "W" ? "w" : "e";
  });
}

function table(details, body, size) {
  const make = (name, words, parent) => {
    const e = document.createElement(name);
    e.textContent = words;
    parent.append(e);
    return e;
  };
  const head = details.querySelector("thead");
  head.replaceChildren();
  body.replaceChildren();
  const row = head.insertRow();
  make("td", "", row);
  for (let x = 0; x < size; x++) make("th", pointName(x, 0, size)[0], row).scope = "col";
  for (let y = 0; y < size; y++) {
    const r = body.insertRow();
    make("th", String(size - y), r).scope = "row";
    for (let x = 0; x < size; x++) make("span", "", r.insertCell()).className = "unseen";
  }
}

// ---- the clocks

let ticking;

function tick() {
  clearTimeout(ticking);
  const clocks = telling.status.clocks ?? [];
  let soon = 0;
  ["black", "white"].forEach((id, i) => {
    const c = clocks[i];
    const card = $(id);
    const e = card.querySelector(".clock");
    const age = (Date.now() - skew.ms - Date.parse(telling.status.clocksAt ?? "")) / 1000 || 0;
    const reading = readClock(c, age, periods[i]);
    e.hidden = !reading;
    const runs = Boolean(c?.running && !c.out && !telling.over);
    card.classList.toggle("running", runs && !stale());
    card.classList.toggle("short", Boolean(reading?.overtime && reading.left < 10 && runs));
    if (!reading) return;
    text(e.querySelector(".left"), stale() ? "–:––" : reading.text ?? clockText(reading.left));
    text(e.querySelector(".reserve"), reading.reserve);
    if (runs) soon = reading.left < 10.5 ? 100 : Math.max(soon, 250);
  });
  // Where nothing is told any more, no clock is known to run.
  if (soon > 0 && link === "open" && document.visibilityState === "visible") ticking = setTimeout(tick, soon);
}

// ---- the camera

let next;

function picture() {
  clearTimeout(next);
  const figure = $("camera");
  figure.hidden = !about.camera;
  text(figure.querySelector("figcaption"), `The camera, ${delayed() || "now"}`);
  if (!about.camera || link !== "open" || document.visibilityState !== "visible") return;
  figure.querySelector("img").src = `/camera.jpg?${Date.now()}`;
}

$("camera").querySelector("img").addEventListener("load", (e) => {
  e.target.classList.remove("gone");
  next = setTimeout(picture, 1000);
});
$("camera").querySelector("img").addEventListener("error", (e) => {
  e.target.classList.add("gone");
  next = setTimeout(picture, 5000);
});
document.addEventListener("visibilitychange", () => { tick(); picture(); });

// ---- stepping

/** Shows the board after n steps; from the end on it is the live one. */
function look(n) {
  n = Math.max(0, n);
  const was = looking ?? telling.end;
  if (telling.size === 0) return;
  if (n >= telling.end) looking = null;
  else {
    if (looking === null) left = telling.end;
    looking = n;
  }
  const now = looking ?? telling.end;
  if (now === was) return;
  show(false);
  say((looking === null ? "Live. " : "") + (now > 0 ? numbered(now) : "Start."));
}

const step = (by) => look((looking ?? telling.end) + by);
const clicked = (id, act) => $(id).addEventListener("click", (e) => { if (e.currentTarget.getAttribute("aria-disabled") !== "true") act(); });
clicked("first", () => look(0));
clicked("back", () => step(-1));
clicked("forward", () => step(1));
clicked("live", () => look(telling.end));
$("slider").addEventListener("input", (e) => look(Number(e.target.value)));

function toggleNumbers() {
  numbers = !numbers;
  $("numbers").setAttribute("aria-pressed", String(numbers));
  show(false);
}
clicked("numbers", toggleNumbers);

// ---- light and dark

const night = matchMedia("(prefers-color-scheme: dark)");
const dark = () => (root.dataset.theme ?? (night.matches ? "dark" : "light")) === "dark";
const named = () => text($("theme"), dark() ? "Light" : "Dark");

function toggleTheme() {
  const theme = dark() ? "light" : "dark";
  // What the device wants by itself needs no choice.
  if ((theme === "dark") === night.matches) delete root.dataset.theme;
  else root.dataset.theme = theme;
  try {
    if (root.dataset.theme) localStorage.setItem("theme", theme);
    else localStorage.removeItem("theme");
  } catch { /* forbidden here */ }
  named();
}
clicked("theme", toggleTheme);
night.addEventListener("change", named);
named();

// ---- keys, wheel and fingers

const keys = {
  ArrowLeft: () => step(-1), ArrowRight: () => step(1), PageUp: () => step(-10), PageDown: () => step(10),
  Home: () => look(0), End: () => look(telling.end),
};
const letterKeys = { n: toggleNumbers, t: toggleTheme };

addEventListener("keydown", (e) => {
  if (e.defaultPrevented || e.ctrlKey || e.metaKey || e.altKey) return;
  const act = keys[e.key] ?? ($("letters").checked && !e.repeat ? letterKeys[e.key.toLowerCase()] : undefined);
  if (!act || e.target.closest?.(".scroll") || e.target === $("slider") && keys[e.key]) return;
  e.preventDefault();
  act();
});

let turned = 0;
$("stage").addEventListener("wheel", (e) => {
  if (e.ctrlKey || e.shiftKey || telling.size === 0 || Math.abs(e.deltaX) > Math.abs(e.deltaY)) return;
  if (e.deltaY > 0 && looking === null) return; // nothing to step to: the page scrolls
  e.preventDefault();
  turned += e.deltaMode === 0 ? e.deltaY : e.deltaY * 40;
  if (Math.abs(turned) < 40) return;
  step(Math.sign(turned));
  turned = 0;
}, { passive: false });

let finger = null;
$("stage").addEventListener("pointerdown", (e) => {
  if (e.isPrimary && e.pointerType !== "mouse") finger = { id: e.pointerId, x: e.clientX };
});
$("stage").addEventListener("pointermove", (e) => {
  if (finger?.id !== e.pointerId) return;
  const way = e.clientX - finger.x;
  const stride = 36;
  if (Math.abs(way) < stride) return;
  finger.x += Math.sign(way) * stride;
  step(way > 0 ? -1 : 1); // as one turns pages
});
for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => { finger = null; });

$("as-text").addEventListener("toggle", () => show(false));

new Feed("/events", heard, linked);
show(false);
