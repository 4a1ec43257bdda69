// The claims in memory: typed arrays, one entry a claim, sorted by start. Minutes since 1970 UTC, spans half-open.
// A claim has a source and a sort (kind, actor, precision, modality, coding, flags); every filter is a lookup by these
// two.
import { FAR, OPEN_START, Order } from "./orders.mjs";
import { ARRAYS, read } from "./wire.mjs";

export const NONE = 0xffffffff;
const MANY = 4; // from this part of the claims on it is faster to look at all, as they lie in memory
export const FACETS = ["source", "side", "layer", "kind", "actor", "precision", "modality", "coding"];

/** The claims of an order between two places, and whether they come (1) or go (-1) on the way from one to the other. */
const stretch = (order, from, to, sign) =>
  from <= to ? [order.subarray(from, to), sign] : [order.subarray(to, from), -sign];

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
    this.told = null; // see clocks.mjs
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

  /** Make what depends on all claims that are here: the order by when they happened. */
  settle() {
    const { whole, n } = this;
    for (const name of ["source", "sort"]) this[name] = whole[name].subarray(0, n);
    this.weight = whole.weight?.subarray(0, n) ?? null;
    this.firstMark = whole.firstMark.subarray(0, n + 1);
    this.spot = whole.spot.subarray(0, this.marks);
    this.turn(Order.of(whole.start.subarray(0, n), whole.end.subarray(0, n), { natural: true }));
    this.all = this.order.by;
  }

  /** Go by another order: that of when claims happened, or were said. */
  turn(order) {
    Object.assign(this, { order, start: order.start, end: order.end });
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
    this.leaning = lean;
    if (this.lookups === this.order.level) this.wind();
  }

  /** All claims are looked up at once while the zone is UTC; else those with an hour apart from those without. */
  wind() {
    this.lookups = this.leaning.some(Boolean) ? this.order.leaning : this.order.level;
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
    this.matches = matches;
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

  /** One byte for each of these claims: 1 if it passes. Those of all are kept, as long as they hold. */
  passing(claims) {
    const { all, sortFail, told, now } = this;
    if (claims !== all) return this.pass(claims);
    const { kept } = this;
    if (kept?.sortFail === sortFail && kept.told === told && kept.now === now) return kept.bytes;
    this.kept = { sortFail, told, now, bytes: this.pass(all) };
    return this.kept.bytes;
  }

  pass(claims) {
    const { matches, sourceFail, source, sortFail, sort, told, now } = this;
    const bytes = new Uint8Array(claims.length);
    for (let k = 0; k < bytes.length; k++) {
      const i = claims[k];
      const fails = (matches !== null && matches[i] === 0) || (told !== null && told[i] > now);
      bytes[k] = fails || (sourceFail[source[i]] | sortFail[sort[i]]) !== 0 ? 0 : 1;
    }
    return bytes;
  }

  /** True if the claim is known to fall before `to`: only an open start lets it be visible without that. */
  known(i, to) {
    return this.start[i] !== OPEN_START || this.end[i] <= (this.order.clocked(i) ? to : to + this.leaning[1]);
  }

  overlaps(i, from, to) {
    const { start, end, leaning } = this;
    const level = (leaning[0] === 0 && leaning[1] === 0) || this.order.clocked(i);
    return level ? start[i] < to && end[i] > from : start[i] < to + leaning[1] && end[i] > from + leaning[0];
  }

  visible(i, from, to) {
    return this.overlaps(i, from, to) && this.passes(i);
  }

  /** Positions in the order of the claims that may overlap [from, to), but for those that last far. */
  near(from, to) {
    const slack = Math.max(...this.leaning.map(Math.abs));
    return [this.order.from(from - FAR - slack), this.order.from(to + slack)];
  }

  /** Where a window stands in the lookups, to go on from with `changes`. */
  place(from, to) {
    const { lookups, leaning } = this;
    return { from, to, lookups, at: lookups.map(lookup => lookup.place(from, to, leaning)) };
  }

  /** Claims that come or go between two windows; Infinity where their places cannot be compared. */
  distance(old, next) {
    if (old?.lookups !== next.lookups) return Infinity;
    return next.at.reduce(
      (sum, now, k) => sum + Math.abs(now.started - old.at[k].started) + Math.abs(now.ended - old.at[k].ended),
      0,
    );
  }

  /**
   * [claims, 1 or -1] that come or go from a window to the next: each that overlaps is told once more often as coming
   * than as going.
   */
  changes(old, next) {
    return next.lookups.flatMap(({ by, byEnd }, k) => [
      stretch(by, old.at[k].started, next.at[k].started, 1),
      stretch(byEnd, old.at[k].ended, next.at[k].ended, -1),
    ]);
  }

  /** The claims that overlap a window, whatever the filters; good until the next are asked for. */
  overlapping(from, to) {
    if (from === -Infinity && to === Infinity) return this.all;
    const { order } = this;
    const asked = [from, to, ...this.leaning].join();
    if (order.met?.asked !== asked) order.met = { asked, claims: this.meeting(from, to) };
    return order.met.claims;
  }

  meeting(from, to) {
    const {
      n: many,
      start,
      end,
      order: { by, far, opens, natural },
      leaning,
    } = this;
    const [a, b] = this.near(from, to);
    const level = leaning[0] === 0 && leaning[1] === 0;
    const found = new Uint32Array(far.length + b - a);
    let n = 0;
    if (!natural && b - a > many / MANY) {
      for (let i = 0; i < many; i++) if (this.overlaps(i, from, to)) found[n++] = i;
      return found.subarray(0, n);
    }
    for (const k of far) if (this.overlaps(by[k], from, to)) found[n++] = by[k];
    for (let k = Math.max(opens, a); k < b; k++) {
      const i = by[k];
      if (end[i] - start[i] < FAR && (level ? end[i] > from && start[i] < to : this.overlaps(i, from, to)))
        found[n++] = i;
    }
    return found.subarray(0, n);
  }

  /** What `overlapping` has to look at. */
  effort(from, to) {
    const [a, b] = this.near(from, to);
    return this.order.far.length + b - a;
  }
}
