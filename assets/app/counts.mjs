// How many claims there are, for every facet value and any window, with any filter: sums over sources and sorts.
import { FACETS } from "./columns.mjs";

const ROOM = 1 << 20;   // entries of a table of prefix sums
const OF_SORT = FACETS.map((facet, f) => [facet, f]).filter(([facet]) => facet !== "source" && facet !== "side");
const SOURCE = FACETS.indexOf("source"), SIDE = FACETS.indexOf("side");

/** Counts over every prefix of an order of the claims. A row has a count a source (of claims whose sort passes the filters)
 * and a count a sort (of claims whose source passes), so that each facet can be counted with its own filter left out. */
class Prefix {
  constructor(columns, order) {
    const { sourceFail, sortFail } = columns, n = order?.length ?? columns.n, width = sourceFail.length + sortFail.length;
    const blocks = Math.max(8, Math.min(512, Math.floor(ROOM / Math.max(1, width)))), block = Math.max(256, Math.ceil(n / blocks));
    Object.assign(this, { columns, order, width, block, table: new Int32Array(width * (Math.floor(n / block) + 1)) });
    for (let b = 0; (b + 1) * block <= n; b++) {
      this.table.copyWithin((b + 1) * width, b * width, (b + 1) * width);
      this.add(this.table.subarray((b + 1) * width, (b + 2) * width), b * block, (b + 1) * block);
    }
  }

  /** Add claims a to b of the order to a row. */
  add(row, a, b) {
    const { source, sort, sourceFail, sortFail, matches } = this.columns, { order } = this, sources = sourceFail.length;
    for (let k = a; k < b; k++) {
      const i = order === null ? k : order[k], s = source[i], t = sort[i];
      if (matches !== null && matches[i] === 0) continue;
      if (sortFail[t] === 0) row[s]++;
      if (sourceFail[s] === 0) row[sources + t]++;
    }
  }

  at(k) {
    const { width, block, table } = this, b = Math.floor(k / block), row = table.slice(b * width, (b + 1) * width);
    this.add(row, b * block, k);
    return row;
  }
}

/** Facet counts for any window by subtraction: claims that start before its end, less those that ended by its start. */
export class Counts {
  constructor(columns) {
    this.columns = columns;
    this.sum();
  }

  sum() {
    const { columns } = this;
    this.clocks = columns.clocks;
    this.sums = this.clocks.map(clock => ({ clock, started: new Prefix(columns, clock.order), ended: new Prefix(columns, clock.byEnd), open: this.passing(clock.openByEnd) }));
  }

  /** How many of each prefix of an order pass the filters. */
  passing(order) {
    const out = new Uint32Array(order.length + 1);
    order.forEach((i, k) => { out[k + 1] = out[k] + (this.columns.passes(i) ? 1 : 0); });
    return out;
  }

  /** {total, undated, of(facet, code)}: each facet counted with the other filters applied and its own left out. */
  within(from, to) {
    if (this.clocks !== this.columns.clocks) this.sum();
    const { sourceFail, sortFail, sideOf, sorts, words } = this.columns, sources = sourceFail.length, row = new Int32Array(sources + sortFail.length);
    let undated = 0;
    for (const { clock, started, ended, open } of this.sums) {
      const came = started.at(clock.started(to)), gone = ended.at(clock.ended(from));
      for (let v = 0; v < row.length; v++) row[v] += came[v] - gone[v];
      undated += open.at(-1) - open[clock.known(to)];
    }
    const counts = Object.fromEntries(FACETS.map(facet => [facet, new Int32Array(words[facet].length)]));
    let total = 0;
    for (let s = 0; s < sources; s++) {
      if ((sourceFail[s] & ~(1 << SOURCE)) === 0) counts.source[s] += row[s];
      if ((sourceFail[s] & ~(1 << SIDE)) === 0) counts.side[sideOf[s]] += row[s];
    }
    for (let t = 0; t < sortFail.length; t++) {
      const v = row[sources + t];
      if (v === 0) continue;
      if (sortFail[t] === 0) total += v;
      for (const [facet, f] of OF_SORT) if ((sortFail[t] & ~(1 << f)) === 0) counts[facet][sorts[facet][t]] += v;
    }
    return { total, undated, of: (facet, code) => counts[facet][code] };
  }
}
