// A clock as it was told, counted on: package game in Go, and what follows when
// a main time or a period ends before anybody tells of it.

/**
 * Reads a clock age seconds after it was told. Returns undefined where there
 * is no time to show, else what is counting down in seconds, what comes after
 * it, and whether it is overtime. full is how long a whole period is, as far as
 * that was told before; 0 where it was not.
 */
export function readClock(c, age, full = 0) {
  if (!c || c.system === "none") return undefined;
  if (!c.system) return c.text ? { text: c.text, reserve: "" } : undefined;
  if (c.out) return { left: 0, reserve: "time is up", overtime: Boolean(c.overtime) };
  let gone = c.running ? Math.max(0, age) : 0;
  if (!c.overtime) {
    const main = c.main ?? 0;
    if (gone < main || c.system === "main") return { left: Math.max(0, main - gone), reserve: after(c), overtime: false };
    gone -= main;
  }
  const period = c.period ?? 0;
  if (c.system === "canadian") return { left: Math.max(0, period - gone), reserve: stones(c.stones ?? 0), overtime: true };
  let periods = c.periods ?? 1;
  let left = period - gone;
  const whole = Math.max(period, full);
  while (left <= 0 && periods > 1 && whole > 0) {
    left += whole;
    periods--;
  }
  return { left: Math.max(0, left), reserve: periods === 1 ? "last period" : `${periods} periods`, overtime: true };
}

const stones = (n) => n === 1 ? "for 1 stone" : `for ${n} stones`;

function after(c) {
  if (c.system === "byoyomi" && (c.periods ?? 0) > 0) return `+ ${c.periods}×${span(c.period ?? 0)}`;
  if (c.system === "canadian") return `+ ${span(c.period ?? 0)} ${stones(c.stones ?? 0)}`;
  return "";
}

/** Seconds as a reserve is written: "30 s", "5 min", "1:30 min". */
function span(s) {
  s = Math.round(s);
  if (s < 60) return `${s} s`;
  if (s % 60 === 0) return `${s / 60} min`;
  return `${Math.floor(s / 60)}:${two(s % 60)} min`;
}

const two = (n) => String(n).padStart(2, "0");

/** Seconds as a clock shows them: cut off, with tenths at the end. */
export function clockText(left) {
  const s = Math.floor(left);
  if (s < 10) return (Math.floor(left * 10) / 10).toFixed(1);
  if (s >= 48 * 3600) return `${Math.floor(s / 86400)} d ${Math.floor(s / 3600) % 24} h`;
  if (s >= 3600) return `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
  return `${Math.floor(s / 60)}:${two(s % 60)}`;
}

/**
 * Skew is how far this device's clock is ahead of the telling one's, in
 * milliseconds. The answer's Date gives it to a second; events that arrive as
 * they are told give it better, since none arrives before it was told.
 */
export class Skew {
  #rough;
  #fine;

  rough(date, now) {
    const told = Date.parse(date ?? "");
    if (!Number.isNaN(told)) this.#rough = now - told - 500;
    this.#fine = undefined;
  }

  told(time, now) {
    const ahead = now - Date.parse(time);
    if (Number.isNaN(ahead)) return;
    this.#fine = this.#fine === undefined ? ahead : Math.min(this.#fine, ahead);
  }

  get ms() { return this.#fine ?? this.#rough ?? 0; }
}
