// What the server sent: typed arrays, one entry a claim, sorted by start. Minutes since 1970 UTC, spans half-open.
export const OPEN_START = -2147483648, OPEN_END = 2147483647, NONE = 0xffffffff;
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

  /** First and last+1 ordinal that can overlap [from, to): everything that starts before `to`. */
  startsBefore(to) { return lowerBound(this.start, to); }

  /** True if the claim is known to fall before `to`: only an open start lets it be visible without that. */
  known(i, to) { return this.start[i] !== OPEN_START || this.end[i] <= to; }

  visible(i, from, to) { return this.fail[i] === 0 && this.start[i] < to && this.end[i] > from; }
}

/** Counts over every prefix of an order, by blocks: `at(k)` = counts of the first k claims, for every facet value. */
class Prefix {
  constructor(columns, order, layout) {
    const { n, fail } = columns, block = Math.max(256, Math.ceil(n / 512));
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
    const layout = { offsets, codes, size };
    const open = columns.startsBefore(OPEN_START + 1);
    this.openEnds = columns.end.slice(0, open).filter((_, i) => columns.fail[i] === 0).sort();
    this.started = new Prefix(columns, null, layout);
    this.ended = new Prefix(columns, columns.byEnd, layout);
  }

  /** {total, undated, of(facet, code)}: each facet counted with the other filters applied and its own left out. */
  within(from, to) {
    const c = this.columns, a = this.started.at(lowerBound(c.start, to)), b = this.ended.at(lowerBound(c.endSorted, from + 1));
    for (let v = 0; v < a.length; v++) a[v] -= b[v];
    const undated = this.openEnds.length - lowerBound(this.openEnds, Math.min(to, OPEN_END) + 1);
    return { total: a[0], undated, of: (facet, code) => a[this.offsets[FACETS.indexOf(facet)] + code] };
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
