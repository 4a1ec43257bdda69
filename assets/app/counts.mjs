// How many claims there are, for every facet value and any window, with any filter: sums over sources and sorts.
import { FACETS } from "./columns.mjs";

const OF_SORT = FACETS.map((facet, f) => [facet, f]).filter(([facet]) => facet !== "source" && facet !== "side");
const SOURCE = FACETS.indexOf("source");
const SIDE = FACETS.indexOf("side");

/**
 * Facet counts for any window. Held are a count a source (of claims whose sort passes the filters) and a count a sort
 * (of claims whose source passes), so that each facet can be counted with its own filter left out; a window counts what
 * has come and gone since the last one.
 */
export class Counts {
  constructor(columns) {
    const { sourceFail, sortFail } = columns;
    Object.assign(this, {
      columns,
      window: null,
      bySource: new Int32Array(sourceFail.length),
      bySort: new Int32Array(sortFail.length),
    });
    this.open = new Map();
  }

  /** How many of each prefix of the claims without a start pass the filters. */
  passing(lookup) {
    if (!this.open.has(lookup)) {
      const { openByEnd } = lookup;
      const out = new Uint32Array(openByEnd.length + 1);
      for (let k = 0; k < openByEnd.length; k++) out[k + 1] = out[k] + (this.columns.passes(openByEnd[k]) ? 1 : 0);
      this.open.set(lookup, out);
    }
    return this.open.get(lookup);
  }

  move(from, to) {
    const { columns, bySource, bySort } = this;
    const next = columns.place(from, to);
    if (columns.distance(this.window, next) <= columns.effort(from, to))
      for (const [claims, d] of columns.changes(this.window, next)) this.count(claims, d);
    else {
      bySource.fill(0);
      bySort.fill(0);
      this.count(columns.overlapping(from, to), 1);
    }
    this.window = next;
  }

  /** Count claims in (1) or out (-1). */
  count(claims, d) {
    const {
      columns: { source, sort, sourceFail, sortFail, matches, told, now },
      bySource,
      bySort,
    } = this;
    for (let k = 0; k < claims.length; k++) {
      const i = claims[k];
      if ((matches !== null && matches[i] === 0) || (told !== null && told[i] > now)) continue;
      if (sortFail[sort[i]] === 0) bySource[source[i]] += d;
      if (sourceFail[source[i]] === 0) bySort[sort[i]] += d;
    }
  }

  /** Count claims in or out as they are known now. */
  learn(claims, d) {
    if (!this.window) return;
    const { from, to } = this.window;
    this.count(
      claims.filter(i => this.columns.overlaps(i, from, to)),
      d,
    );
  }

  /** {total, undated, of(facet, code)}: each facet counted with the other filters applied and its own left out. */
  within(from, to) {
    this.move(from, to);
    const {
      columns: { sourceFail, sortFail, sideOf, sorts, words },
      bySource,
      bySort,
      window: { lookups, at },
    } = this;
    const undated = lookups.reduce((sum, lookup, k) => {
      const open = this.passing(lookup);
      return sum + open.at(-1) - open[at[k].known];
    }, 0);
    const counts = Object.fromEntries(FACETS.map(facet => [facet, new Int32Array(words[facet].length)]));
    let total = 0;
    bySource.forEach((v, s) => {
      if ((sourceFail[s] & ~(1 << SOURCE)) === 0) counts.source[s] += v;
      if ((sourceFail[s] & ~(1 << SIDE)) === 0) counts.side[sideOf[s]] += v;
    });
    bySort.forEach((v, t) => {
      if (v === 0) return;
      if (sortFail[t] === 0) total += v;
      for (const [facet, f] of OF_SORT) if ((sortFail[t] & ~(1 << f)) === 0) counts[facet][sorts[facet][t]] += v;
    });
    return { total, undated, of: (facet, code) => counts[facet][code] };
  }
}
