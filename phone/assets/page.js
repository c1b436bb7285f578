// The page that makes a phone the camera, and the player's ear and hand.

import { Camera, still } from "./camera.js";
import { Film } from "./film.js";
import { Link, Refused, letIn } from "./link.js";
import { Buttons, Clocks, drawGrid, showGame, text } from "./view.js";
import { Voice } from "./voice.js";

const $ = (id) => document.getElementById(id);
const page = $("page");
const video = $("view");

const mostStill = 4096;     // pixels of a still's longer side
const noticeFor = 5000;     // milliseconds that a refusal stands there
const lowBattery = 0.15;
const relock = 3000;        // milliseconds for the camera to find light and focus before they are held

let screen = { mode: "aim" };
let role = "";
let roleText = "";
let refused = "";           // the computer's newest "no"
let refusedTimer;
let battery;
let heldWanted = true;      // focus and exposure are to be held once the board is found
let lockTimer;

const voice = new Voice(() => { tools(); status(); });
const camera = new Camera(video, () => { tools(); size(); introduce(); trouble(); });
const link = new Link(told, linked, () => film.take());
const film = new Film(video, link);
const clocks = new Clocks();
const buttons = new Buttons((word) => {
  if (!link.say({ cmd: word })) buttons.told(word);
});

// ---- what the computer says

function told(m) {
  if (m.role) {
    role = m.role.is;
    roleText = m.role.text ?? "";
    if (role === "replaced" || role === "refused") link.end();
    film.active = role === "camera";
    trouble();
  }
  if (m.screen) show(m.screen);
  if (m.say) voice.say(m.say);
  if (m.told) buttons.told(m.told);
  if (m.refused) notice(m.refused);
}

function notice(words) {
  refused = words;
  clearTimeout(refusedTimer);
  refusedTimer = setTimeout(() => { refused = ""; trouble(); }, noticeFor);
  trouble();
}

function show(s) {
  screen = s;
  page.dataset.mode = s.mode === "play" ? "play" : "aim";
  text($("title"), s.title || "gobancam");
  drawGrid(s, video.videoWidth, video.videoHeight);
  const found = Boolean(s.corners || s.lines?.length);
  page.dataset.found = found;
  film.hold(found);
  hold(found);
  $("play").hidden = s.mode !== "play";
  showGame(s);
  const measured = s.clocksat && link.clock.known ? performance.now() - Math.max(0, link.clock.at(performance.now()) - s.clocksat) : performance.now();
  clocks.told(s.clocks, measured);
  buttons.show(s.buttons);
  page.dataset.asked = Boolean(s.question);
  trouble();
}

/** Focus and exposure are held while the board is found, and free while it is dark or blurred. */
function hold(found) {
  const unfit = ["dark", "blurred"].includes(screen.advicekind);
  if (camera.locked && heldWanted && unfit) camera.lock(false);
  if (!found || unfit || !heldWanted || camera.locked || !camera.canLock) {
    if (!found || unfit) {
      clearTimeout(lockTimer);
      lockTimer = undefined;
    }
    return;
  }
  lockTimer ??= setTimeout(() => {
    lockTimer = undefined;
    if (heldWanted && page.dataset.found === "true") camera.lock(true);
  }, relock);
}

// ---- the one line, and what stands before everything

const cameraTrouble = {
  NotAllowedError: ["The camera may not be used.", "Allow it for this page in the browser's settings, then try again."],
  SecurityError: ["The camera may not be used.", "Allow it for this page in the browser's settings, then try again."],
  NotFoundError: ["No camera is there.", "Try again, or take a still."],
  OverconstrainedError: ["No camera fits.", "Try again, or take a still."],
  NotReadableError: ["Another app has the camera.", "Close it: this page tries again by itself."],
  AbortError: ["The camera broke off.", "This page tries again by itself."],
  NotSupportedError: ["This browser gives pages no camera.", "Open the page in Safari, Chrome or Firefox itself, or take a still."],
};

function trouble() {
  const [kind, words] = line();
  text($("advice"), words);
  $("advice").dataset.kind = kind;
  gate();
  const none = camera.paused ? "The phone has paused the camera." : !camera.running && !camera.trouble ? "Waiting for the camera…" : "";
  $("none").hidden = !none;
  text($("none"), none);
}

/** What is most in the way, and what to do. */
function line() {
  if (refused) return ["trouble", refused];
  const state = page.dataset.link;
  if (state === "lost") return ["trouble", "No connection to the computer. Is the phone in its network? Trying again…"];
  if (role === "waiting") return ["trouble", roleText];
  if (camera.trouble && stills > 0) return ["", "The still has been sent."];
  if (camera.paused) return ["trouble", "The phone has paused the camera: end the call or the other app."];
  if (battery && battery.level <= lowBattery && !battery.charging) return ["trouble", `The battery is at ${Math.round(battery.level * 100)} %: plug the phone in.`];
  if (film.slow) return ["trouble", "Pictures come more slowly than asked: the phone may be hot. Let it cool, or take the cover off."];
  return [screen.advicekind ?? "", screen.advice ?? ""];
}

let stills = 0;

function gate() {
  const state = page.dataset.link;
  let what;
  if (state === "unknown") what = ["Scan the code on the computer.", "This phone is not known there, or has been forgotten. In gobancam, open “Phone camera”: it shows a code for this phone's camera.", ""];
  else if (role === "replaced" || role === "refused") what = [roleText, "", role === "refused" ? "Ask again" : "Use this page"];
  else if (screen.mode === "closed") what = ["gobancam has ended.", "Leave this page open, or come back to it: when gobancam runs again, this phone is its camera.", ""];
  else if (camera.trouble && stills === 0) what = [...(cameraTrouble[camera.trouble.name] ?? ["The camera gives no picture.", "Load the page again."]), "Try again"];
  $("gate").hidden = !what;
  if (!what) return;
  text($("gate").querySelector(".words"), what[0]);
  text($("gate").querySelector(".more"), what[1]);
  $("again").hidden = !what[2];
  text($("again"), what[2]);
  $("gate-still").hidden = !(camera.trouble && what[2] === "Try again");
}

$("again").addEventListener("click", () => {
  if (role === "replaced" || role === "refused") {
    role = "";
    link.again();
    gate();
    return;
  }
  camera.open();
});

function linked(state) {
  page.dataset.link = state;
  page.dataset.transport = link.transport;
  linkWords();
  if (state === "open") {
    if (screen.mode === "closed") screen = { mode: "aim" };
    introduce();
    status();
  } else film.active = false;
  buttons.usable(state === "open");
  trouble();
}

/** How the connection is; while it is well, what goes over it. */
function linkWords() {
  const state = page.dataset.link;
  const sends = state === "open" && role === "camera" && film.rate > 0;
  text($("link").querySelector(".words"), sends ? `${film.size.width}×${film.size.height}, ${Math.round(film.rate)} a second`
    : { connecting: "Connecting…", open: "Connected", lost: "No connection", unknown: "Not known" }[state]);
}

// ---- what the page says of itself

function introduce() {
  link.say({ hello: { width: film.size.width, height: film.size.height, rate: film.asked, stream: !camera.trouble } });
  status();
}

function status(closing = false) {
  const s = {
    hidden: document.visibilityState !== "visible", closing, slow: film.slow, camera: stills > 0 ? "" : camera.trouble?.name ?? "",
    rate: Math.round(film.rate * 10) / 10, asked: film.asked, voice: voice.on && voice.heard && voice.speaks, torch: camera.torch, locked: camera.locked, still: stills > 0,
  };
  if (battery) Object.assign(s, { battery: battery.level, charging: battery.charging });
  link.say({ state: s }, closing || s.hidden);
}

document.addEventListener("visibilitychange", () => {
  status();
  film.forget();
  link.clock.forget();
  if (document.visibilityState !== "visible") return;
  link.again();
  camera.wake();
  awake();
  clocks.tick();
});
addEventListener("pagehide", () => status(true));
addEventListener("pageshow", (e) => { if (e.persisted) { link.again(); camera.wake(); } });

navigator.getBattery?.().then((b) => {
  battery = b;
  for (const what of ["levelchange", "chargingchange"]) b.addEventListener(what, () => { status(); trouble(); });
  status();
  trouble();
}, () => {});

let wasSlow = false;
setInterval(() => {
  linkWords();
  page.dataset.rate = film.rate.toFixed(1);
  if (film.slow !== wasSlow) {
    wasSlow = film.slow;
    status();
    trouble();
  }
}, 1000);

let lamp; // keeps the screen on
async function awake() {
  if (!navigator.wakeLock || document.visibilityState !== "visible" || lamp && !lamp.released) return;
  try {
    lamp = await navigator.wakeLock.request("screen");
    page.dataset.awake = "true";
    lamp.addEventListener("release", () => { page.dataset.awake = "false"; });
  } catch { /* a battery that is low: the phone decides */ }
}
addEventListener("pointerup", awake);

// ---- camera and voice by hand

function size() {
  drawGrid(screen, video.videoWidth, video.videoHeight);
}

video.addEventListener("resize", () => {
  // Turned: what was found is elsewhere now, until the computer has found it again.
  screen = { ...screen, corners: undefined, lines: undefined };
  page.dataset.found = "false";
  size();
  introduce();
});

function tools() {
  const heard = voice.on && voice.heard;
  $("voice").setAttribute("aria-pressed", String(heard));
  $("voice").classList.toggle("wanted", voice.on && !voice.heard);
  text($("voice").querySelector(".words"), !voice.on ? "Voice off" : voice.heard ? "Voice on" : "Tap to hear");
  $("torch").hidden = !camera.hasTorch;
  $("torch").setAttribute("aria-pressed", String(camera.torch));
  $("lock").hidden = !camera.canLock;
  $("lock").setAttribute("aria-pressed", String(camera.locked));
  $("still").hidden = !camera.trouble;
  const zoom = camera.running ? camera.zoom : undefined;
  $("zooms").hidden = !zoom;
  if (zoom) {
    Object.assign($("zoom"), { min: zoom.min, max: zoom.max, step: zoom.step });
    if (document.activeElement !== $("zoom")) $("zoom").value = zoom.now;
  }
  $("lenses").hidden = camera.lenses.length < 2;
  const list = JSON.stringify(camera.lenses);
  if ($("lens").dataset.list !== list) {
    $("lens").dataset.list = list;
    $("lens").replaceChildren(...camera.lenses.map((l) => new Option(l.name, l.id)));
  }
  $("lens").value = camera.lens;
}

let wasHeard = false;
$("voice").addEventListener("pointerdown", () => { wasHeard = voice.heard; });
$("voice").addEventListener("click", () => {
  const first = voice.on && !wasHeard; // the touch itself has let it be heard
  wasHeard = true;
  if (!first) voice.turn(!voice.on);
  else voice.say({ text: "The phone speaks.", lang: "en", click: "stone" });
});
$("torch").addEventListener("click", () => camera.light(!camera.torch).catch(() => notice("The phone does not let its light be turned on now.")));
$("lock").addEventListener("click", () => {
  heldWanted = !camera.locked;
  clearTimeout(lockTimer);
  lockTimer = undefined;
  camera.lock(heldWanted).then(() => status());
});
$("zoom").addEventListener("input", (e) => camera.zoomTo(Number(e.target.value)).catch(() => {}));
$("lens").addEventListener("change", (e) => camera.choose(e.target.value));

for (const id of ["file", "gate-file"]) $(id).addEventListener("change", async (e) => {
  const [file] = e.target.files;
  e.target.value = "";
  if (!file) return;
  const taken = performance.now();
  try {
    const s = await still(file, mostStill);
    if (!link.ready) return notice("No connection to the computer: take the still again when there is one.");
    stills++;
    status();
    link.send(s.jpeg, taken);
  } catch {
    notice("The phone gave a picture that its browser cannot read: choose JPEG in the camera's settings.");
  }
  trouble();
});

// ---- the start

async function start() {
  linked("connecting");
  try {
    const me = await letIn();
    page.dataset.phone = me.id;
  } catch (e) {
    if (e instanceof Refused && e.status === 401) return linked("unknown");
    if (e instanceof Refused) {
      linked("unknown");
      notice(e.message);
      text($("gate").querySelector(".more"), e.message);
      return;
    }
    linked("lost");
    setTimeout(start, 2000);
    return;
  }
  link.again();
  film.start();
  await camera.open();
  awake();
}

addEventListener("hashchange", start); // the camera app opens the code's address in the page that is open
tools();
start();
