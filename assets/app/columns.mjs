// What the server sent: typed arrays, one entry a claim, sorted by start. Minutes since 1970 UTC, spans half-open.
export const OPEN_START = -2147483648, OPEN_END = 2147483647, NONE = 0xffffffff;
const DAY = 1440;
export const FACETS = ["source", "side", "layer", "kind", "actor", "precision", "modality", "coding"];
const TEXT_BIT = 1 << FACETS.length;
const ARRAYS = { i1: Int8Array, u1: Uint8Array, i2: Int16Array, u2: Uint16Array, i4: Int32Array, u4: Uint32Array, f4: Float32Array };

/** First index whose value is not below x; `a` ascending. */
export function lowerBound(a, x, n = a.length) {
  let lo = 0, hi = n;
  while (lo < hi) { const mid = (lo + hi) >> 1; if (a[mid] < x) lo = mid + 1; else hi = mid; }
  return lo;
}

/** Bytes of `/columns` -> {header, claims: {...}, marks: {...}, ids: [...]}: views on the buffer, nothing copied. */
export function decode(buffer) {
  const size = new DataView(buffer).getUint32(4, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, size)));
  const base = (8 + size + 7) & ~7, out = { header, claims: {}, marks: {} };
  for (const [table, name, dtype, offset, count] of header.columns) {
    if (dtype === "text") out[name] = count ? new TextDecoder().decode(new Uint8Array(buffer, base + offset, count)).split("\n") : [];
    else out[table][name] = new ARRAYS[dtype](buffer, base + offset, count);
  }
  return out;
}

/** 1 where a claim states an hour; 0 where it is dated to whole days, whose dates are the same by every clock. */
export const clocked = (start, end) => ((start === OPEN_START || start % DAY === 0) && (end === OPEN_END || end % DAY === 0) ? 0 : 1);

/** The instant by which a claim is known: its start, or the last possible minute where the start is open. */
export const knownEdge = (start, end) => (start !== OPEN_START ? start : end !== OPEN_END ? end - 1 : 0);

export class Columns {
  constructor({ header, claims, marks, ids }) {
    Object.assign(this, { header, marks, ids, n: claims.start.length, start: claims.start, end: claims.end, flags: claims.flags });
    const words = header.dictionaries, pick = (codes, table) => Uint8Array.from(codes, c => table[c]);
    this.words = words;
    this.codes = {
      source: claims.source, kind: claims.kind, actor: claims.actor, precision: claims.precision, modality: claims.modality, coding: claims.coding,
      side: pick(claims.source, words.source.map(s => words.side.indexOf(s.side))),
      layer: pick(claims.kind, header.kind_layer),
    };
    this.byEnd = Uint32Array.from({ length: this.n }, (_, i) => i).sort((a, b) => this.end[a] - this.end[b]);
    this.endSorted = Int32Array.from(this.byEnd, i => this.end[i]);
    this.fail = new Uint16Array(this.n);
    this.clocked = Uint8Array.from({ length: this.n }, (_, i) => clocked(this.start[i], this.end[i]));
    this.lean = [0, 0];
    this.position = new Map(ids.map((id, i) => [id, i]));
  }

  /** Word of a facet value: the id used in URLs. */
  word(facet, code) { const w = this.words[facet][code]; return w.id ?? w; }

  /** Set `fail`: bit f set = facet f rejects the claim; the bit after the facets = the text search does. */
  filter(filters, matches) {
    const { fail, n } = this;
    fail.fill(0);
    FACETS.forEach((facet, f) => {
      const chosen = filters[facet] ?? [];
      if (!chosen.length) return;
      const allowed = this.words[facet].map((_, c) => chosen.includes(this.word(facet, c))), codes = this.codes[facet], bit = 1 << f;
      for (let i = 0; i < n; i++) if (!allowed[codes[i]]) fail[i] |= bit;
    });
    if (matches) for (let i = 0; i < n; i++) if (!matches[i]) fail[i] |= TEXT_BIT;
  }

  /** `lean`: minutes by which the clock of the window's zone is ahead of UTC at its two ends. Claims without an hour meet
   * the window as that clock shows it, [from + lean[0], to + lean[1]): see geodata.query.Query.meets. */

  /** First and last+1 ordinal that can overlap [from, to): everything that starts before `to`. */
  startsBefore(to) { return lowerBound(this.start, to + Math.max(0, this.lean[1])); }

  /** True if the claim is known to fall before `to`: only an open start lets it be visible without that. */
  known(i, to) { return this.start[i] !== OPEN_START || this.end[i] <= (this.clocked[i] ? to : to + this.lean[1]); }

  visible(i, from, to) {
    if (this.fail[i] !== 0) return false;
    return this.clocked[i] ? this.start[i] < to && this.end[i] > from : this.start[i] < to + this.lean[1] && this.end[i] > from + this.lean[0];
  }
}

/** Counts over every prefix of an order, by blocks: `at(k)` = counts of the first k claims, for every facet value. */
class Prefix {
  constructor(columns, order, layout) {
    const { fail } = columns, n = order?.length ?? columns.n, block = Math.max(256, Math.ceil(n / 512));
    Object.assign(this, { columns, order, layout, block });
    this.blocks = [new Int32Array(layout.size)];
    const acc = new Int32Array(layout.size);
    for (let k = 0; k < n; k++) {
      this.add(acc, order ? order[k] : k, fail);
      if ((k + 1) % block === 0) this.blocks.push(acc.slice());
    }
  }

  add(acc, i, fail) {
    const bits = fail[i], { offsets, codes } = this.layout;
    if (bits === 0) { acc[0]++; for (let f = 0; f < codes.length; f++) acc[offsets[f] + codes[f][i]]++; }
    else if ((bits & (bits - 1)) === 0 && bits !== TEXT_BIT) { const f = 31 - Math.clz32(bits); acc[offsets[f] + codes[f][i]]++; }
  }

  at(k) {
    const b = Math.floor(k / this.block), acc = this.blocks[b].slice();
    for (let j = b * this.block; j < k; j++) this.add(acc, this.order ? this.order[j] : j, this.columns.fail);
    return acc;
  }
}

/** Facet counts for any window by subtraction: claims that start before its end, less those that ended by its start. */
export class Counts {
  constructor(columns) {
    const offsets = [], codes = FACETS.map(f => columns.codes[f]);
    let size = 1;
    for (const f of FACETS) { offsets.push(size); size += columns.words[f].length; }
    this.columns = columns;
    this.offsets = offsets;
    this.size = size;
    const layout = { offsets, codes, size };
    this.groups = [0, 1].map(hour => this.group(hour, layout)).filter(Boolean);
  }

  /** Prefix sums over the claims that state an hour (1), or over those that do not (0); null where there are none. */
  group(hour, layout) {
    const { columns } = this, { n, start, end, fail, clocked } = columns, mine = i => clocked[i] === hour, size = clocked.reduce((sum, c) => sum + (c === hour), 0);
    if (!size) return null;
    const all = size === n, order = all ? null : Uint32Array.from(start.keys()).filter(mine), byEnd = all ? columns.byEnd : columns.byEnd.filter(mine);
    const starts = all ? start : Int32Array.from(order, i => start[i]), ends = all ? columns.endSorted : Int32Array.from(byEnd, i => end[i]);
    const open = lowerBound(starts, OPEN_START + 1), openEnds = Int32Array.from({ length: open }, (_, k) => (order ? order[k] : k)).filter(i => fail[i] === 0).map(i => end[i]).sort();
    return { hour, starts, ends, openEnds, started: new Prefix(columns, order, layout), ended: new Prefix(columns, byEnd, layout) };
  }

  /** {total, undated, of(facet, code)}: each facet counted with the other filters applied and its own left out. */
  within(from, to) {
    const sum = new Int32Array(this.size);
    let undated = 0;
    for (const { hour, starts, ends, openEnds, started, ended } of this.groups) {
      const [first, last] = hour ? [from, to] : [from + this.columns.lean[0], to + this.columns.lean[1]];
      const a = started.at(lowerBound(starts, last)), b = ended.at(lowerBound(ends, first + 1));
      for (let v = 0; v < sum.length; v++) sum[v] += a[v] - b[v];
      undated += openEnds.length - lowerBound(openEnds, Math.min(last, OPEN_END) + 1);
    }
    return { total: sum[0], undated, of: (facet, code) => sum[this.offsets[FACETS.indexOf(facet)] + code] };
  }
}

/** Bars: claims per bin and layer by known edge -> {bin, first, rows: Int32Array[layer]}; `passing` = filtered ones only. */
export function histogram(columns, [from, to], bin, passing) {
  const bins = Math.ceil((to - from) / bin), rows = columns.words.layer.map(() => new Int32Array(bins));
  const { start, end, fail, codes } = columns;
  for (let i = 0; i < columns.n; i++) {
    if (passing && fail[i]) continue;
    const b = Math.floor((knownEdge(start[i], end[i]) - from) / bin);
    if (b >= 0 && b < bins) rows[codes.layer[i]][b]++;
  }
  return rows;
}
