// How many claims begin when: one order by layer and time, with prefix sums of those that pass the filters. Any stretch
// of time is then a few binary searches a layer, whatever the bins and however many the claims.
import { FACETS } from "./columns.mjs";
import { DAY, ZONES } from "./dates.mjs";
import { OPEN_END, OPEN_START, knownEdge, orderBy } from "./orders.mjs";

const CODING = 1 << FACETS.indexOf("coding"); // bit of a sort that who coded it rejects

/** First index in [lo, hi) whose value is not below x. */
function bound(a, x, lo, hi) {
  while (lo < hi) {
    const mid = (lo + hi) >> 1;
    if (a[mid] < x) lo = mid + 1;
    else hi = mid;
  }
  return lo;
}

/**
 * Begins of claims by layer and known edge: `offsets` of the layers, `edges`, sums of what passes, and of all (`held`)
 * where an edge stands for several.
 */
class Edges {
  /** Add what begins between neighbouring `ticks` to `all[bin]` and, of what passes, to `rows[layer][bin]`. */
  add(ticks, all, rows) {
    const { edges, held, passed } = this;
    rows.forEach((row, l) => {
      const end = this.offsets[l + 1];
      let k = bound(edges, ticks[0], this.offsets[l], end);
      for (let b = 0; b < row.length; b++) {
        const next = bound(edges, ticks[b + 1], k, end);
        all[b] += held ? held[next] - held[k] : next - k;
        row[b] += passed[next] - passed[k];
        k = next;
      }
    });
  }

  /** The nearest edge of a passing claim at or after `t` (direction 1) or before it (-1), or null. */
  nearest(t, direction) {
    let best = null;
    for (let l = 0; l + 1 < this.offsets.length; l++) {
      const lo = this.offsets[l];
      const hi = this.offsets[l + 1];
      const k = bound(this.edges, t, lo, hi);
      const sum = this.passed[k];
      if (sum === this.passed[direction > 0 ? hi : lo]) continue;
      const at =
        this.edges[(direction > 0 ? bound(this.passed, sum + 1, k, hi + 1) : bound(this.passed, sum, lo, k)) - 1];
      if (best === null || (at - best) * direction < 0) best = at;
    }
    return best;
  }
}

/**
 * Counts by day and layer as the server has them: `all` of the store, `some` of the query, each {day, layer, claims}.
 */
class Days extends Edges {
  constructor({ words, days: { all } }, zone) {
    super();
    const layers = words.layer.length;
    const order = [...all.day.keys()].sort((a, b) => all.layer[a] - all.layer[b] || all.day[a] - all.day[b]);
    const midnight = midnights(zone);
    Object.assign(this, {
      hour: 0,
      offsets: new Uint32Array(layers + 1),
      edges: Int32Array.from(order, k => midnight(all.day[k] * DAY)),
      held: new Uint32Array(order.length + 1),
      passed: new Uint32Array(order.length + 1),
    });
    this.place = new Map(order.map((k, at) => [all.layer[k] * 1e6 + all.day[k], at]));
    order.forEach((k, at) => {
      this.offsets[all.layer[k] + 1]++;
      this.held[at + 1] = this.held[at] + all.claims[k];
    });
    for (let l = 0; l < layers; l++) this.offsets[l + 1] += this.offsets[l];
  }

  /** Widen [first, last] to the known edges. */
  reach(seen) {
    for (const e of this.edges) {
      seen[0] = Math.min(seen[0], e);
      seen[1] = Math.max(seen[1], e);
    }
  }

  filtered({ days: { some } }) {
    this.passed.fill(0);
    some.day.forEach((day, k) => {
      this.passed[this.place.get(some.layer[k] * 1e6 + day) + 1] = some.claims[k];
    });
    for (let k = 0; k + 1 < this.passed.length; k++) this.passed[k + 1] += this.passed[k];
  }
}

/** Claims that state an hour (1) or do not (0), by layer and known edge. */
class Group extends Edges {
  constructor(columns, hour, begins) {
    super();
    Object.assign(this, { columns, hour, ...begins, passed: new Uint32Array(begins.order.length + 1) });
  }

  /** Widen [first, last] to the known edges of the claims whose sort is not left out. */
  reach(seen, out) {
    const {
      offsets,
      order,
      edges,
      columns: { sort },
    } = this;
    for (let l = 0; l + 1 < offsets.length; l++) {
      let [a, b] = [offsets[l], offsets[l + 1] - 1];
      while (a <= b && out(sort[order[a]])) a++;
      while (a <= b && out(sort[order[b]])) b--;
      if (a > b) continue;
      seen[0] = Math.min(seen[0], edges[a]);
      seen[1] = Math.max(seen[1], edges[b]);
    }
  }

  filtered(_, passing) {
    const { order, passed } = this;
    for (let k = 0, sum = 0; k < order.length; k++) passed[k + 1] = sum += passing[order[k]];
  }
}

const kept = new WeakMap(); // order of claims -> {zone, begins}

/** Begins of the claims without an hour, and of those with one: kept with their order, for the last zone asked for. */
function arranged(columns, zone) {
  const { order } = columns;
  if (kept.get(order)?.zone !== zone) kept.set(order, { zone, begins: arrange(columns, zone) });
  return kept.get(order).begins;
}

/** [{offsets, order, edges}]: rows of a layer each, first those of claims without an hour. */
function arrange({ n, order, start, end, sort, sorts: { layer }, words }, zone) {
  const layers = words.layer.length;
  const rows = 2 * layers; // and one more, of those known at no time
  const rowOf = Uint8Array.from(start, (t, i) =>
    t === OPEN_START && end[i] === OPEN_END ? rows : layer[sort[i]] + (order.clocked(i) ? layers : 0),
  );
  const offsets = new Uint32Array(rows + 2);
  for (let i = 0; i < n; i++) offsets[rowOf[i] + 1]++;
  for (let r = 0; r <= rows; r++) offsets[r + 1] += offsets[r];
  const next = offsets.slice();
  const claims = new Uint32Array(n);
  const edges = new Int32Array(n);
  const midnight = midnights(zone);
  for (let k = 0; k < n; k++) {
    const i = order.by[k];
    const at = next[rowOf[i]]++;
    const edge = knownEdge(start[i], end[i]);
    claims[at] = i;
    edges[at] = rowOf[i] < layers ? midnight(edge) : edge;
  }
  for (let r = 0; r < rows; r++) mend(...[claims, edges].map(list => list.subarray(offsets[r], offsets[r + 1])));
  return [0, layers].map(r => {
    const [a, b] = [offsets[r], offsets[r + layers]];
    const own = offsets.slice(r, r + layers + 1).map(v => v - a);
    return { offsets: own, order: claims.subarray(a, b), edges: edges.subarray(a, b) };
  });
}

/** Claims come by start, so a row is in order but for the open starts. */
function mend(claims, edges) {
  let k = 1;
  while (k < edges.length && edges[k - 1] <= edges[k]) k++;
  if (k >= edges.length) return;
  const by = orderBy(edges);
  const old = [edges.slice(), claims.slice()];
  by.forEach((from, to) => {
    [edges[to], claims[to]] = [old[0][from], old[1][from]];
  });
}

/**
 * minute of a date as UTC -> midnight of that date in the zone; neighbours share a date, so the last answer is kept.
 */
function midnights(zone) {
  let date = NaN;
  let at = 0;
  return edge => {
    const day = Math.floor(edge / DAY);
    if (day !== date) {
      date = day;
      at = zone.instant(day * DAY);
    }
    return at;
  };
}

export class Bars {
  constructor(columns, zone = ZONES.utc) {
    this.columns = columns;
    this.held = new WeakMap(); // order of claims -> {zone, groups}
    this.build(zone);
  }

  /** Order the claims anew: after more have come, or by the clock of another zone. */
  build(zone) {
    this.arrange(zone);
    this.filtered();
  }

  arrange(zone) {
    const { columns, held } = this;
    const { order } = columns;
    if (columns.days || held.get(order)?.zone !== zone) {
      const groups = columns.days
        ? [new Days(columns, zone)]
        : arranged(columns, zone).map((begins, hour) => new Group(columns, hour, begins));
      held.set(order, { zone, groups });
    }
    Object.assign(this, { ...held.get(order), order, left: null });
  }

  /**
   * The days that hold a claim, but for those left out by who coded them: what a program misdated and the page does not
   * show must not stretch the timeline. Other filters leave it as it is, so that it does not jump under the hand.
   */
  reach() {
    const { columns, groups, zone } = this;
    const seen = [Infinity, -Infinity];
    for (const group of groups) group.reach(seen, t => (columns.sortFail[t] & CODING) !== 0);
    return seen[0] <= seen[1]
      ? [zone.floor("day", seen[0]), zone.add("day", zone.floor("day", seen[1]), 1)]
      : columns.header.extent;
  }

  /** True if any claim states an hour: only then are there bars shorter than a day. */
  get timed() {
    return this.groups.some(({ hour, edges }) => hour === 1 && edges.length > 0);
  }

  /** Count what passes the filters; true if the days to show are others, or the clock was turned. */
  filtered() {
    const { columns } = this;
    const turned = this.order !== columns.order;
    if (turned) this.arrange(this.zone);
    const before = String(this.extent);
    const left = columns.sortFail.map(f => f & CODING).join("");
    const passing = columns.days ? null : columns.passing(columns.all);
    for (const group of this.groups) group.filtered(columns, passing);
    if (left !== this.left) Object.assign(this, { left, extent: this.reach() });
    return turned || String(this.extent) !== before;
  }

  /**
   * {all, rows, top}: claims between neighbouring `ticks`, all and those that pass by layer; `hours` = 0 or 1 for one
   * group only.
   */
  stack(ticks, hours = null) {
    const bins = ticks.length - 1;
    const all = new Int32Array(bins);
    const rows = this.columns.words.layer.map(() => new Int32Array(bins));
    for (const group of this.groups) if (hours === null || group.hour === hours) group.add(ticks, all, rows);
    if (this.columns.told)
      all.forEach((_, b) => {
        all[b] = rows.reduce((sum, row) => sum + row[b], 0);
      }); // what is not known yet has no shadow
    return { all, rows, top: all.reduce((a, b) => Math.max(a, b), 0) };
  }

  /** How many passing claims begin in [from, to). */
  count(from, to) {
    return this.stack([from, to]).rows.reduce((sum, row) => sum + row[0], 0);
  }

  /**
   * {at, hour}: when the next passing claim begins at or after `t` (direction 1), or the last before it (-1); null for
   * none.
   */
  event(t, direction) {
    let found = null;
    for (const group of this.groups) {
      const at = group.nearest(t, direction);
      if (at !== null && (found === null || (at - found.at) * direction < 0)) found = { at, hour: group.hour };
    }
    return found;
  }
}
