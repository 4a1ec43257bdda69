// Instants are minutes since 1970 UTC; a window [from, to) is named by its first and last day, on the clock of a zone.
import { many } from "./dom.mjs";

const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];
export const HOUR = 60;
export const DAY = 1440;
export const WEEK = 10080;
const two = n => String(n).padStart(2, "0");
const parts = wall => {
  const d = new Date(wall * 60000);
  return [d.getUTCFullYear(), d.getUTCMonth(), d.getUTCDate()];
};
const midnight = (y, m, d = 1) => Date.UTC(y, m, d) / 60000;

/** A clock: what it shows at an instant ("wall", written as if it were UTC), and the days, weeks and months by it. */
export class Zone {
  constructor(word, name, ids) {
    Object.assign(this, { word, name, years: new Map(), last: [0, 0, 0] });
    for (const timeZone of ids)
      try {
        this.format ??= new Intl.DateTimeFormat("en-GB", {
          timeZone,
          hourCycle: "h23",
          year: "numeric",
          month: "numeric",
          day: "numeric",
          hour: "numeric",
          minute: "numeric",
        });
      } catch {
        /* an engine that knows the older name only */
      }
  }

  /** Minutes by which the clock is ahead of UTC, as the engine's own tables say. */
  asked(minute) {
    const p = Object.fromEntries(
      this.format.formatToParts(minute * 60000).map(({ type, value }) => [type, Number(value)]),
    );
    return Date.UTC(p.year, p.month - 1, p.day, p.hour, p.minute) / 60000 - minute;
  }

  /** The stretches of one UTC year with one offset each, as [from, to, offset]. */
  stretches(year) {
    const out = [];
    const edges = Array.from({ length: 13 }, (_, m) => midnight(year, m));
    for (let m = 0; m < 12; m++) {
      let [lo, hi] = [edges[m], edges[m + 1]];
      const before = this.asked(lo);
      const after = this.asked(hi);
      if (before === after) {
        out.push([lo, hi, before]);
        continue;
      }
      while (hi - lo > 1) {
        const mid = (lo + hi) >> 1;
        if (this.asked(mid) === before) lo = mid;
        else hi = mid;
      }
      out.push([edges[m], hi, before], [hi, edges[m + 1], after]);
    }
    return out;
  }

  offset(minute) {
    if (!Number.isFinite(minute) || this.word === "utc") return 0;
    if (minute >= this.last[0] && minute < this.last[1]) return this.last[2];
    const [year] = parts(minute);
    if (!this.years.has(year)) this.years.set(year, this.stretches(year));
    this.last = this.years.get(year).find(([a, b]) => minute >= a && minute < b);
    return this.last[2];
  }

  wall(minute) {
    return minute + this.offset(minute);
  }

  /**
   * The instant at which the clock shows `wall`: the first where it does twice, the one after the gap where it never
   * does.
   */
  instant(wall) {
    const early = wall - this.offset(wall - DAY);
    const late = wall - this.offset(wall + DAY);
    const [a, b] = early < late ? [early, late] : [late, early];
    return this.wall(a) === wall ? a : this.wall(b) === wall ? b : early;
  }

  /** Start of the minute, hour, day, week (Monday), month or year that holds an instant. */
  floor(unit, minute) {
    const wall = this.wall(minute);
    const down = size => Math.floor(wall / size) * size;
    if (unit === "minute") return Math.floor(minute);
    if (unit === "hour") return down(HOUR) - this.offset(minute);
    if (unit === "day") return this.instant(down(DAY));
    // 1 January 1970 was a Thursday
    if (unit === "week") return this.instant(Math.floor((wall + 3 * DAY) / WEEK) * WEEK - 3 * DAY);
    const [y, m] = parts(wall);
    return this.instant(midnight(y, unit === "month" ? m : 0));
  }

  ceil(unit, minute) {
    const at = this.floor(unit, minute);
    return at === minute ? at : this.add(unit, at, 1);
  }

  /**
   * `count` units later by the clock: a day may have 23 or 25 hours; 31 January and a month is the last of February.
   */
  add(unit, minute, count) {
    if (unit === "minute" || unit === "hour") return minute + count * (unit === "hour" ? HOUR : 1);
    const wall = this.wall(minute);
    if (unit === "day" || unit === "week") return this.instant(wall + count * (unit === "week" ? WEEK : DAY));
    const [y, m, d] = parts(wall);
    const month = m + count * (unit === "year" ? 12 : 1);
    const longest = new Date(Date.UTC(y, month + 1, 0)).getUTCDate();
    return this.instant(midnight(y, month, Math.min(d, longest)) + (wall - midnight(y, m, d)));
  }

  /** Edges of bins of `count` units that cover [from, to); bins shorter than a day begin anew at each midnight. */
  edges(unit, count, from, to) {
    const out = [];
    if (unit === "minute" || unit === "hour") {
      const size = count * (unit === "hour" ? HOUR : 1);
      let day = this.floor("day", from);
      while (day < to) {
        const next = this.add("day", day, 1);
        for (let t = day; t < next && t < to; t += size) if (Math.min(t + size, next) > from) out.push(t);
        day = next;
      }
      out.push(Math.min(out.at(-1) + size, day));
      return out;
    }
    let at = this.floor(unit === "month" ? "year" : unit, from);
    let next = this.add(unit, at, count);
    while (next <= from) [at, next] = [next, this.add(unit, next, count)];
    for (; at < to; at = this.add(unit, at, count)) out.push(at);
    return [...out, at];
  }

  midnight(minute) {
    return this.wall(minute) % DAY === 0;
  }

  day(minute) {
    return parts(this.wall(minute))[2];
  }

  month(minute) {
    return parts(this.wall(minute))[1];
  }

  /** "2022-03-22" and "06:30", as form fields have them, and back. */
  fields(minute) {
    const iso = new Date(this.wall(minute) * 60000).toISOString();
    return [iso.slice(0, 10), iso.slice(11, 16)];
  }

  read(date, time = "") {
    const t = Date.parse(`${date}T${time || "00:00"}Z`);
    return Number.isNaN(t) ? null : this.instant(t / 60000);
  }

  longDate(minute) {
    const [y, m, d] = parts(this.wall(minute));
    return `${d} ${MONTHS[m]} ${y}`;
  }

  shortDate(minute) {
    const [, m, d] = parts(this.wall(minute));
    return `${d} ${MONTHS[m].slice(0, 3)}`;
  }

  monthName(minute) {
    const [y, m] = parts(this.wall(minute));
    return `${MONTHS[m]} ${y}`;
  }

  year(minute) {
    return String(parts(this.wall(minute))[0]);
  }

  clock(minute) {
    const w = this.wall(minute);
    const at = ((w % DAY) + DAY) % DAY;
    return `${two(Math.floor(at / HOUR))}:${two(Math.floor(at % HOUR))}`;
  }

  /** "22 March 2022, 06:30". */
  stamp(minute) {
    return `${this.longDate(minute)}, ${this.clock(minute)}`;
  }
}

export const ZONES = {
  utc: new Zone("utc", "UTC", ["UTC"]),
  kyiv: new Zone("kyiv", "Kyiv time", ["Europe/Kyiv", "Europe/Kiev"]),
};

/**
 * "1 to 22 March 2022", as geodata.spans.Span.describe writes it; hours only where the window has them; ±Infinity or
 * null = open.
 */
export function describe(from, to, zone = ZONES.utc) {
  const first = Number.isFinite(from ?? NaN) ? from : null;
  const end = Number.isFinite(to ?? NaN) ? to : null;
  if (first === null && end === null) return "at any time";
  if (![first, end].every(t => t === null || zone.midnight(t))) return hours(first, end, zone);
  const last = end === null ? null : end - 1;
  if (first === null) return `until ${zone.longDate(last)}`;
  if (last === null) return `from ${zone.longDate(first)}`;
  const [y0, m0, d0] = parts(zone.wall(first));
  const [y1, m1, d1] = parts(zone.wall(last));
  if (y0 === y1 && m0 === m1) return d0 === d1 ? zone.longDate(last) : `${d0} to ${zone.longDate(last)}`;
  return y0 === y1
    ? `${d0} ${MONTHS[m0]} to ${zone.longDate(last)}`
    : `${zone.longDate(first)} to ${zone.longDate(last)}`;
}

function hours(first, end, zone) {
  if (first === null) return `until ${zone.stamp(end)}`;
  if (end === null) return `from ${zone.stamp(first)}`;
  if (end - first <= 1) return zone.stamp(first);
  if (zone.floor("day", first) === zone.floor("day", end)) return `${zone.stamp(first)} to ${zone.clock(end)}`;
  const start =
    zone.year(first) === zone.year(end)
      ? `${zone.longDate(first).slice(0, -5)}, ${zone.clock(first)}`
      : zone.stamp(first);
  return `${start} to ${zone.stamp(end)}`;
}

/** How long [from, to) is, in the largest unit that says it exactly: "7 days", "36 hours", "90 minutes". */
export function lengthWords(from, to, zone = ZONES.utc) {
  const byClock = zone.wall(to) - zone.wall(from);
  const whole = [
    [DAY, "day", byClock],
    [HOUR, "hour", to - from],
  ].find(([size, , v]) => v % size === 0);
  return whole ? many(whole[2] / whole[0], whole[1]) : many(to - from, "minute");
}

const UNITS = [
  ["minute", /^(m|min|mins|minutes?)$/],
  ["hour", /^(h|hr|hrs|hours?)$/],
  ["day", /^(|d|days?)$/],
  ["week", /^(w|wk|weeks?)$/],
  ["month", /^(mo|mon|months?)$/],
  ["year", /^(y|yr|years?)$/],
];

/** "3 d", "36h", "2 weeks", "1 month" -> [count, unit]; null where it says no length. A bare number means days. */
export function readLength(text) {
  const [, count, word] =
    text
      .trim()
      .toLowerCase()
      .match(/^(\d+)\s*([a-z]*)\.?$/) ?? [];
  const unit = UNITS.find(([, pattern]) => word !== undefined && pattern.test(word))?.[0];
  return unit && Number(count) > 0 ? [Number(count), unit] : null;
}

/** ISO for the address: a date where it is midnight, else date and time; always UTC. */
export function toIso(minute) {
  const iso = new Date(minute * 60000).toISOString();
  return minute % DAY === 0 ? iso.slice(0, 10) : `${iso.slice(0, 16)}Z`;
}

/** Minutes of an ISO date or date-time (UTC where no zone is given), or null. */
export function fromIso(text) {
  const t = Date.parse(/T.*(Z|[+-]\d\d:?\d\d)$/.test(text) || !text.includes("T") ? text : `${text}Z`);
  return Number.isNaN(t) ? null : Math.round(t / 60000);
}
