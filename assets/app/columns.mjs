// The claims in memory: typed arrays, one entry a claim, sorted by start. Minutes since 1970 UTC, spans half-open.
// A claim has a source and a sort (kind, actor, precision, modality, coding, flags); every filter is a lookup by these
// two.
import { ARRAYS, read } from "./wire.mjs";

export const OPEN_START = -2147483648;
export const OPEN_END = 2147483647;
export const NONE = 0xffffffff;
export const FAR = 0xffff;
export const FACETS = ["source", "side", "layer", "kind", "actor", "precision", "modality", "coding"];
const CLOCKED = 64; // flag of a sort: its claims state an hour; others are dated to whole days, the same by every clock

/** First index whose value is not below x; `a` ascending. */
export function lowerBound(a, x, n = a.length) {
  let lo = 0;
  let hi = n;
  while (lo < hi) {
    const mid = (lo + hi) >> 1;
    if (a[mid] < x) lo = mid + 1;
    else hi = mid;
  }
  return lo;
}

/**
 * Indices of some int32 keys in their order, equal ones in their own: sorted by one half of the key, then by the other.
 */
export function orderBy(keys) {
  const n = keys.length;
  const first = new Uint32Array(n);
  const second = new Uint32Array(n);
  for (let i = 0; i < n; i++) first[i] = i;
  spread(keys, 0, first, second);
  spread(keys, 16, second, first);
  return first;
}

function spread(keys, shift, from, to) {
  const n = keys.length;
  const slots = new Uint32Array(65537);
  for (let i = 0; i < n; i++) slots[(((keys[i] ^ 0x80000000) >>> shift) & 0xffff) + 1]++;
  for (let d = 0; d < 65536; d++) slots[d + 1] += slots[d];
  for (let k = 0; k < n; k++) {
    const i = from[k];
    to[slots[((keys[i] ^ 0x80000000) >>> shift) & 0xffff]++] = i;
  }
}

/** The instant by which a claim is known: its start, or the last possible minute where the start is open. */
export const knownEdge = (start, end) => (start !== OPEN_START ? start : end !== OPEN_END ? end - 1 : 0);

/** Claims that meet a window by one clock: their orders by start and by end. */
class Clock {
  /**
   * `order` = ordinals by start, null for all claims; `leans` = its claims are dated to whole days, so the zone's clock
   * counts.
   */
  constructor(columns, order, byEnd, leans) {
    Object.assign(this, {
      columns,
      order,
      byEnd,
      leans,
      n: byEnd.length,
      openByEnd: byEnd.filter(i => i < columns.opens),
    });
  }

  /** Number of claims that start before the window's end. */
  started(to) {
    const { start, lean } = this.columns;
    const x = this.leans ? to + lean[1] : to;
    return this.order === null ? lowerBound(start, x) : firstWhere(this.n, k => start[this.order[k]] >= x);
  }

  /** Number of claims that ended by the window's start. */
  ended(from) {
    return this.endedBy(this.byEnd, this.leans ? from + this.columns.lean[0] : from);
  }

  /** Number of claims without a start that are known to fall before the window's end. */
  known(to) {
    return this.endedBy(this.openByEnd, this.leans ? to + this.columns.lean[1] : to);
  }

  endedBy(order, x) {
    const { end } = this.columns;
    return firstWhere(order.length, k => end[order[k]] > x);
  }
}

/** First k below n for which `holds`, which it does for all after it; n if for none. */
function firstWhere(n, holds) {
  let lo = 0;
  let hi = n;
  while (lo < hi) {
    const mid = (lo + hi) >> 1;
    if (holds(mid)) hi = mid;
    else lo = mid + 1;
  }
  return lo;
}

/** Claims a to b of an order come (or go, where b < a); the other way round for `sign` -1. */
function span(order, a, b, sign, each) {
  const d = b < a ? -sign : sign;
  const last = Math.max(a, b);
  for (let k = Math.min(a, b); k < last; k++) each(order === null ? k : order[k], d);
}

export class Columns {
  constructor({ header, sorts, spots }) {
    const { claims, marks, dictionaries: words, chunk, kind_layer } = header;
    const types = Object.fromEntries(chunk);
    const room = (name, size) => new ARRAYS[types[name]](size);
    Object.assign(this, { header, words, spots, total: claims, n: 0, marks: 0 });
    this.whole = {
      start: new Int32Array(claims),
      end: new Int32Array(claims),
      source: room("source", claims),
      sort: room("sort", claims),
      firstMark: new Uint32Array(claims + 1),
      spot: room("spot", marks),
      ...(types.weight ? { weight: room("weight", claims) } : {}),
    };
    this.counted = header.counted ?? null; // what is counted, where an entry stands for `weight` claims
    this.asked = ""; // the query of these columns
    this.sorts = { ...sorts, layer: Uint8Array.from(sorts.kind, k => kind_layer[k]) };
    this.sideOf = Uint8Array.from(words.source, s => words.side.indexOf(s.side));
    this.leaning = [0, 0];
    this.told = this.original = this.placed = null; // see clocks.mjs
    this.filter({}, null);
    this.settle();
  }

  /** The columns of a body of `/columns`: given once the first chunk is in, and again when all are. */
  static async *arriving(body) {
    const parts = read(body);
    const columns = new Columns((await parts.next()).value);
    for await (const chunk of parts) {
      columns.take(chunk);
      if (columns.n < columns.total && columns.n > chunk.start.length) continue;
      columns.settle();
      yield columns;
    }
    if (columns.total === 0) yield columns;
  }

  /** Claims that the store holds. */
  get claims() {
    return this.counted?.claims ?? this.n;
  }

  /** Columns that hold the same and may come to hold something else. */
  twin() {
    return Object.assign(Object.create(Columns.prototype), this);
  }

  /** Hold what other columns hold: the store has another version. */
  become(other) {
    Object.assign(this, other);
    this.settle();
  }

  /** Add the next chunk; call `settle` before the claims are looked at. */
  take({ start, duration, source, sort, marks, spot, weight, end }) {
    const { whole, n } = this;
    whole.start.set(start, n);
    whole.source.set(source, n);
    whole.sort.set(sort, n);
    if (weight) whole.weight.set(weight, n);
    whole.spot.set(spot, this.marks);
    let far = 0;
    for (let i = 0; i < start.length; i++) {
      whole.end[n + i] = duration[i] === FAR ? end[far++] : start[i] + duration[i];
      whole.firstMark[n + i + 1] = whole.firstMark[n + i] + marks[i];
    }
    this.n += start.length;
    this.marks += spot.length;
    return this;
  }

  /** Make what depends on all claims that are here: the orders by end, and which last far. */
  settle() {
    const { whole, n } = this;
    for (const name of ["start", "end", "source", "sort"]) this[name] = whole[name].subarray(0, n);
    this.weight = whole.weight?.subarray(0, n) ?? null;
    this.firstMark = whole.firstMark.subarray(0, n + 1);
    this.spot = whole.spot.subarray(0, this.marks);
    this.opens = lowerBound(this.start, OPEN_START + 1);
    this.far = this.lasting();
    this.byEnd = orderBy(this.end);
    this.wind();
  }

  /**
   * By how many minutes the clock of the window's zone is ahead of UTC at its two ends. Claims without an hour meet the
   * window as that clock shows it, [from + lean[0], to + lean[1]): see geodata.query.Query.meets.
   */
  get lean() {
    return this.leaning;
  }

  set lean(lean) {
    const split = this.clocks.length > 1 || this.clocks[0].leans;
    this.leaning = lean;
    if (!split && lean.some(Boolean)) this.wind();
  }

  /** One clock will do while the zone is UTC; otherwise claims with an hour and those without go by two. */
  wind() {
    const all = this.byEnd;
    const { n } = this;
    if (!this.leaning.some(Boolean)) {
      this.clocks = [new Clock(this, null, all, false)];
      return;
    }
    const hours = all.filter(i => this.clocked(i));
    const days = all.filter(i => !this.clocked(i));
    const ordered = which => (which.length === n ? null : which.slice().sort());
    this.clocks = [
      [hours, false],
      [days, true],
    ]
      .filter(([which]) => which.length)
      .map(([which, leans]) => new Clock(this, ordered(which), which, leans));
  }

  clocked(i) {
    return (this.sorts.flags[this.sort[i]] & CLOCKED) !== 0;
  }

  /** Claims whose span is open or lasts FAR minutes and more. */
  lasting() {
    const { start, end, opens, n } = this;
    const out = [];
    for (let i = 0; i < n; i++) if (i < opens || end[i] - start[i] >= FAR) out.push(i);
    return Uint32Array.from(out);
  }

  /** Code of a facet's value for claim i. */
  code(facet, i) {
    return facet === "source"
      ? this.source[i]
      : facet === "side"
        ? this.sideOf[this.source[i]]
        : this.sorts[facet][this.sort[i]];
  }

  /** Word of a facet value: the id used in URLs. */
  word(facet, code) {
    const w = this.words[facet][code];
    return w.id ?? w;
  }

  /**
   * Bit f of a source's or sort's byte = facet f rejects it; `matches` = one byte a claim, 0 where the text search
   * fails.
   */
  filter(filters, matches) {
    const { sorts, sideOf, words } = this;
    this.sourceFail = new Uint8Array(words.source.length);
    this.sortFail = new Uint8Array(sorts.kind.length);
    this.matches = matches && this.original ? matches.map((_, k) => matches[this.original[k]]) : matches;
    FACETS.forEach((facet, f) => {
      const chosen = filters[facet] ?? [];
      if (!chosen.length) return;
      const refused = words[facet].map((_, c) => (chosen.includes(this.word(facet, c)) ? 0 : 1 << f));
      if (facet === "source")
        this.sourceFail.forEach((_, s) => {
          this.sourceFail[s] |= refused[s];
        });
      else if (facet === "side")
        sideOf.forEach((side, s) => {
          this.sourceFail[s] |= refused[side];
        });
      else
        sorts[facet].forEach((code, t) => {
          this.sortFail[t] |= refused[code];
        });
    });
  }

  passes(i) {
    return (
      (this.matches === null || this.matches[i] === 1) &&
      (this.sourceFail[this.source[i]] | this.sortFail[this.sort[i]]) === 0 &&
      (this.told === null || this.told[i] <= this.now)
    );
  }

  /** One byte a claim: 1 if it passes. */
  passing() {
    const bytes = new Uint8Array(this.n);
    for (let i = 0; i < bytes.length; i++) bytes[i] = this.passes(i) ? 1 : 0;
    return bytes;
  }

  /** Where the claims at these places stand in `/columns`. */
  ordinals(places) {
    return this.original ? Array.from(places, i => this.original[i]) : [...places];
  }

  /** True if the claim is known to fall before `to`: only an open start lets it be visible without that. */
  known(i, to) {
    return this.start[i] !== OPEN_START || this.end[i] <= (this.clocked(i) ? to : to + this.leaning[1]);
  }

  overlaps(i, from, to) {
    if (this.clocked(i)) return this.start[i] < to && this.end[i] > from;
    return this.start[i] < to + this.leaning[1] && this.end[i] > from + this.leaning[0];
  }

  visible(i, from, to) {
    return this.overlaps(i, from, to) && this.passes(i);
  }

  /** Range of the claims that may overlap [from, to), but for those in `far`. */
  near(from, to) {
    const slack = Math.max(...this.leaning.map(Math.abs));
    return [lowerBound(this.start, from - FAR - slack), lowerBound(this.start, to + slack)];
  }

  /** Where a window stands in the orders of the clocks, to go on from with `changes`. */
  place(from, to) {
    const { clocks } = this;
    return {
      from,
      to,
      clocks,
      at: clocks.map(clock => ({ started: clock.started(to), ended: clock.ended(from), known: clock.known(to) })),
    };
  }

  /** Claims that come or go between two windows; Infinity where their places cannot be compared. */
  distance(old, next) {
    if (old?.clocks !== next.clocks) return Infinity;
    return next.at.reduce(
      (sum, now, k) => sum + Math.abs(now.started - old.at[k].started) + Math.abs(now.ended - old.at[k].ended),
      0,
    );
  }

  /**
   * Call `each(i, 1)` for the claims that come and `each(i, -1)` for those that go from a window to the next: each
   * claim that overlaps is told once more often as coming than as going.
   */
  changes(old, next, each) {
    next.clocks.forEach(({ order, byEnd }, k) => {
      span(order, old.at[k].started, next.at[k].started, 1, each);
      span(byEnd, old.at[k].ended, next.at[k].ended, -1, each);
    });
  }

  /** Call `each(i)` for the claims that overlap a window, whatever the filters. */
  overlapping(from, to, each) {
    const { start, end, far, opens, leaning } = this;
    const [a, b] = this.near(from, to);
    const level = leaning[0] === 0 && leaning[1] === 0;
    for (const i of far) if (this.overlaps(i, from, to)) each(i);
    for (let i = Math.max(opens, a); i < b; i++)
      if (end[i] - start[i] < FAR && (level ? end[i] > from && start[i] < to : this.overlaps(i, from, to))) each(i);
  }

  /** What `overlapping` has to look at. */
  effort(from, to) {
    const [a, b] = this.near(from, to);
    return this.far.length + b - a;
  }

  /** Bytes of the arrays held. */
  get bytes() {
    return [
      ...Object.values(this.whole),
      this.far,
      ...this.clocks.flatMap(c => [c.order ?? [], c.byEnd, c.openByEnd]),
    ].reduce((sum, a) => sum + (a.byteLength ?? 0), 0);
  }
}
