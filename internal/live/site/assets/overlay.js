// The board alone, for a picture that is broadcast.

import { Board } from "./board.js";
import { Skew, clockText, readClock } from "./clock.js";
import { Feed } from "./feed.js";
import { Missed, Telling, colorName } from "./game.js";

const root = document.documentElement;
const $ = (id) => document.getElementById(id);
const asked = new URLSearchParams(location.search);
const names = asked.get("names") === "1";
const clocks = asked.get("clocks") === "1";
root.dataset.theme = asked.get("theme") === "dark" ? "dark" : "light";
root.classList.toggle("with-players", names || clocks);

const telling = new Telling();
const skew = new Skew();
const board = new Board($("board"), false);
let link = "connecting";
let told = false;
let periods = [0, 0];

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
  if (change.another) periods = [0, 0];
  (telling.status.clocks ?? []).forEach((c, i) => { periods[i] = Math.max(periods[i], c?.period ?? 0); });
  show(live && change.before.length < telling.end);
  root.dataset.number = telling.number;
  return true;
}

function linked(state) {
  if (state !== "open") told = false;
  if (state === "open" && link !== "open") {
    fetch("/about.json", { cache: "no-store" }).then((a) => { skew.rough(a.headers.get("Date"), Date.now()); tick(); }, () => {});
  }
  link = state;
  $("trouble").hidden = link !== "lost";
  tick();
}

function show(fresh) {
  const begun = telling.size > 0;
  $("board").classList.toggle("waiting", !begun);
  $("players").hidden = !begun || !(names || clocks);
  if (!begun) return;
  board.show(telling, telling.end, { numbers: false, fresh, dead: true });
  $("board").setAttribute("aria-label", `Board after move ${telling.moves(telling.end)}`);
  [["black", telling.black, "B"], ["white", telling.white, "W"]].forEach(([id, who, color], i) => {
    const card = $(id);
    card.querySelector(".name").textContent = names ? who.name || colorName[color] : "";
    card.querySelector(".rank").textContent = names ? who.rank ?? "" : "";
    card.querySelector(".taken").textContent = names ? `${telling.captures(telling.end)[i]} taken` : "";
    card.classList.toggle("turn", !telling.over && telling.toMove(telling.end) === color);
  });
  tick();
}

let ticking;

function tick() {
  clearTimeout(ticking);
  if (!clocks || telling.size === 0) return;
  let runs = false;
  ["black", "white"].forEach((id, i) => {
    const c = telling.status.clocks?.[i];
    const age = (Date.now() - skew.ms - Date.parse(telling.status.clocksAt ?? "")) / 1000 || 0;
    const r = readClock(c, age, periods[i]);
    $(id).querySelector(".clock").textContent = r ? [r.text ?? clockText(r.left), r.reserve].filter(Boolean).join(" ") : "";
    runs ||= Boolean(c?.running && !telling.over);
  });
  if (runs && link === "open") ticking = setTimeout(tick, 100);
}

new Feed("/events", heard, linked);
