// The two clocks: claims ordered by when they were said, and how they stood at an instant. Both are arranged from one
// small stream that is asked for when it is needed; the columns stay the same objects, so nothing else has to know.
import { answered } from "./ask.mjs";
import { OPEN_END, OPEN_START, orderBy } from "./columns.mjs";
import { read } from "./wire.mjs";

const CLOCKED = 64; // flag of a sort: it states an hour
const STANDING = 15; // flags of a sort: sides and contradicted

export class Clocks {
  constructor(columns, tables) {
    Object.assign(this, { columns, ...tables, base: columns.whole, sorts: new Map(), clock: "happened" });
    this.logs = { said: this.log(tables.said), recorded: this.log(tables.recorded) };
    this.turn("happened");
  }

  /** The clocks of the columns at hand. */
  static async of(columns) {
    const answer = await answered(`/clocks?version=${encodeURIComponent(columns.header.version)}`);
    return new Clocks(columns, (await read(answer.body).next()).value);
  }

  /** The code of a sort that differs from sort `t` in these; it is added where there is none. */
  sort(t, changes) {
    const { sorts } = this.columns;
    const names = Object.keys(sorts);
    if (!this.sorts.size) sorts.kind.forEach((_, k) => this.sorts.set(names.map(name => sorts[name][k]).join(), k));
    const values = { ...Object.fromEntries(names.map(name => [name, sorts[name][t]])), ...changes };
    const key = names.map(name => values[name]).join();
    if (!this.sorts.has(key)) {
      this.sorts.set(key, sorts.kind.length);
      for (const name of names) {
        const longer = new sorts[name].constructor(sorts[name].length + 1);
        longer.set(sorts[name]);
        longer[sorts[name].length] = values[name];
        sorts[name] = longer;
      }
    }
    return this.sorts.get(key);
  }

  /** How claims stood, with the sort each entry leads to and the one it leads from. */
  log({ at, claim, taken, flags }) {
    const {
      base,
      columns: { words, sorts },
    } = this;
    const claimed = words.modality.indexOf("claimed");
    const after = new Uint32Array(at.length);
    const before = new Uint32Array(at.length);
    const last = new Map();
    const made = new Map();
    for (let k = 0; k < at.length; k++) {
      const t = base.sort[claim[k]];
      const key = (t * 2 + taken[k]) * 16 + flags[k];
      if (!made.has(key))
        made.set(
          key,
          this.sort(t, {
            flags: (sorts.flags[t] & ~STANDING) | flags[k],
            ...(taken[k] || claimed < 0 ? {} : { modality: claimed }),
          }),
        );
      after[k] = made.get(key);
      before[k] = last.get(claim[k]) ?? after[k];
      last.set(claim[k], after[k]);
    }
    return { at, claim, after, before };
  }

  /** Order the claims by when they happened or were said. */
  turn(clock) {
    const {
      columns,
      base,
      clocks: { start, end },
    } = this;
    const n = start.length;
    const said = clock === "said";
    const order = said ? orderBy(start) : null;
    const ordered = a => (said ? a.map((_, k) => a[order[k]]) : a);
    this.clock = clock;
    this.plain = said ? this.twins(order) : base.sort;
    columns.original = order;
    columns.placed = said ? inverse(order) : null;
    columns.whole = said
      ? { ...base, start: ordered(start), end: ordered(end), source: ordered(base.source), ...shuffled(base, order, n) }
      : { ...base };
    this.known = null;
    this.stand(this.plain);
    columns.told = null;
    columns.settle();
  }

  stand(sort) {
    this.columns.whole.sort = this.columns.sort = sort;
  }

  /** The claims' sorts in an order by what was said: whether an hour is stated is another question there. */
  twins(order) {
    // none is new while knowledge is played
    for (const { claim, after } of Object.values(this.logs)) claim.forEach((i, k) => this.clocked(after[k], i));
    return Uint32Array.from(order, i => this.clocked(this.base.sort[i], i));
  }

  clocked(t, i) {
    const { start, end } = this.clocks;
    const whole = m => m === OPEN_START || m === OPEN_END || m % 1440 === 0;
    const flag = whole(start[i]) && whole(end[i]) ? 0 : CLOCKED;
    if ((this.columns.sorts.flags[t] & CLOCKED) === flag) return t;
    this.twin ??= new Map();
    if (!this.twin.has(t)) this.twin.set(t, this.sort(t, { flags: this.columns.sorts.flags[t] ^ CLOCKED }));
    return this.twin.get(t);
  }

  /**
   * Make claims stand as they were known at `now` by a clock; null for all that is known. True if that is another order
   * of knowledge than before, so that everything is to be counted anew.
   */
  begin(now, by) {
    const { columns } = this;
    const log = now === null ? null : this.logs[by];
    const told = now === null ? null : by === "said" ? this.clocks.end : this.clocks.recorded;
    if (this.known === log) return false;
    this.known = log;
    columns.told = told && (columns.original ? told.map((_, k) => told[columns.original[k]]) : told);
    columns.now = now;
    this.at = 0;
    this.stand(log ? Uint32Array.from(this.plain) : this.plain);
    if (!log) return true;
    this.byTold = orderBy(columns.told);
    this.extent = columns.n ? [columns.told[this.byTold[0]], this.last()] : [now, now];
    this.replay(log, now);
    return true;
  }

  last() {
    const {
      columns: { told },
      byTold,
    } = this;
    let k = byTold.length - 1;
    while (k > 0 && told[byTold[k]] === OPEN_END) k--;
    return told[byTold[k]];
  }

  replay(log, now) {
    while (this.at < log.at.length && log.at[this.at] <= now) this.apply(log, this.at++, log.after);
    while (this.at > 0 && log.at[this.at - 1] > now) this.apply(log, --this.at, log.before);
  }

  apply(log, k, sorts) {
    const i = this.place(log.claim[k]);
    this.columns.sort[i] = this.clock === "said" ? this.clocked(sorts[k], log.claim[k]) : sorts[k];
  }

  place(ordinal) {
    return this.columns.placed ? this.columns.placed[ordinal] : ordinal;
  }

  /** Claims that move between what is known now and then. */
  distance(now) {
    const {
      columns: { told, now: then },
      byTold,
    } = this;
    return Math.abs(upper(told, byTold, now) - upper(told, byTold, then));
  }

  /** Move what is known to `now`; everything is to be counted anew. */
  jump(now) {
    if (now === null) return;
    this.columns.now = now;
    this.replay(this.known, now);
  }

  /** Move what is known to `now`: `each(i, -1)` for every claim that it bears on, before, and `each(i, 1)` after. */
  learn(now, each) {
    const { columns, byTold, known: log } = this;
    const { told, now: then } = columns;
    const found = new Set();
    const [a, b] = [then, now].map(t => upper(told, byTold, t));
    for (let k = Math.min(a, b); k < Math.max(a, b); k++) found.add(byTold[k]);
    const end = now > then ? bound(log.at, now) : bound(log.at, then);
    for (let k = now > then ? bound(log.at, then) : bound(log.at, now); k < end; k++)
      found.add(this.place(log.claim[k]));
    for (const i of found) each(i, -1);
    columns.now = now;
    this.replay(log, now);
    for (const i of found) each(i, 1);
    return found;
  }

  /** The nearest instant after (1) or before (-1) `t` at which something became known, or null. */
  event(t, direction) {
    const {
      columns: { told },
      byTold,
    } = this;
    const k = upper(told, byTold, direction > 0 ? t : t - 1);
    const i = byTold[direction > 0 ? k : k - 1];
    return i === undefined || told[i] === OPEN_END ? null : told[i];
  }

  /** How many claims were known at an instant, whatever the filters. */
  count(now) {
    return upper(this.columns.told, this.byTold, now);
  }
}

/** First k for which told[order[k]] > t. */
function upper(told, order, t) {
  let lo = 0;
  let hi = order.length;
  while (lo < hi) {
    const mid = (lo + hi) >> 1;
    if (told[order[mid]] > t) hi = mid;
    else lo = mid + 1;
  }
  return lo;
}

/** First k for which a[k] > t. */
function bound(a, t) {
  let lo = 0;
  let hi = a.length;
  while (lo < hi) {
    const mid = (lo + hi) >> 1;
    if (a[mid] > t) hi = mid;
    else lo = mid + 1;
  }
  return lo;
}

function inverse(order) {
  const out = new Uint32Array(order.length);
  order.forEach((i, k) => {
    out[i] = k;
  });
  return out;
}

function shuffled({ firstMark, spot }, order, n) {
  const first = new Uint32Array(n + 1);
  const spots = new spot.constructor(spot.length);
  for (let k = 0, m = 0; k < n; k++) {
    for (let o = firstMark[order[k]]; o < firstMark[order[k] + 1]; o++) spots[m++] = spot[o];
    first[k + 1] = m;
  }
  return { firstMark: first, spot: spots };
}
