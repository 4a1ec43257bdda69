// Who is seen: visible claims counted by pile, place and group of places. A step of time counts only what comes and
// goes.
import { OPEN_START } from "./orders.mjs";

export class Census {
  constructor(marks) {
    this.marks = marks;
    this.columns = marks.columns;
    this.visible = new Int32Array(marks.piles); // claims seen, by pile
    this.alone = new Int32Array(marks.piles); // of these, those with a single mark
    this.pending = new Int32Array(marks.piles); // and those that only an open start lets in
    this.atPlace = new Int32Array(marks.places);
    this.window = null;
    this.regroup({ groupOf: new Uint32Array(marks.places), groups: 1 });
  }

  get counted() {
    return this.columns.counted;
  }

  /** Count by these groups of places from now on. */
  regroup({ groupOf, groups }) {
    Object.assign(this, { groupOf, groups });
    this.shares = new Int32Array(groups * this.marks.layers); // claims seen, by group and layer
    this.pendingIn = new Int32Array(groups);
    this.places = new Int32Array(groups); // places of the group where something is seen
    this.single = new Uint32Array(groups); // exclusive or of those places: the place itself where it is one
    if (this.window) this.sum();
  }

  /** Forget the window: the filters have changed. */
  stale() {
    this.window = null;
  }

  /** Count what is visible in [from, to): what has come and gone since, or afresh where that is less. */
  move(from, to) {
    const { columns, window: old } = this;
    const next = (this.window = columns.place(from, to));
    if (columns.distance(old, next) > columns.effort(from, to)) {
      this.recount();
      return;
    }
    for (const [claims, d] of columns.changes(old, next)) this.count(claims, d);
    next.lookups.forEach(({ openByEnd }, k) => this.wait(openByEnd, old.at[k].known, next.at[k].known));
  }

  recount() {
    const {
      columns,
      alone,
      marks: { pile },
      window: { from, to },
    } = this;
    const { firstMark, weight } = columns;
    const claims = columns.overlapping(from, to);
    const passing = columns.passing(claims);
    alone.fill(0);
    for (let k = 0; k < claims.length; k++) {
      const i = claims[k];
      const m = firstMark[i];
      if (passing[k] === 1 && firstMark[i + 1] - m === 1) alone[pile[m]] += weight === null ? 1 : weight[i];
    }
    this.sum();
  }

  /** Sum up places and groups: from the piles for claims with a single mark, one by one for the others. */
  sum() {
    const {
      columns,
      alone,
      visible,
      atPlace,
      groupOf,
      marks: { place, layer, layers, several },
      window: { lookups, at, from, to },
    } = this;
    for (const counts of [this.pending, atPlace, this.shares, this.pendingIn, this.places, this.single]) counts.fill(0);
    visible.set(alone);
    for (let p = 0; p < alone.length; p++) {
      if (alone[p] === 0) continue;
      const q = place[p];
      const g = groupOf[q];
      if (atPlace[q] === 0) {
        this.places[g]++;
        this.single[g] ^= q;
      }
      atPlace[q] += alone[p];
      this.shares[g * layers + layer[p]] += alone[p];
    }
    this.count(
      several.filter(i => columns.overlaps(i, from, to)),
      1,
    );
    lookups.forEach(({ openByEnd }, k) => this.wait(openByEnd, openByEnd.length, at[k].known));
  }

  /** Count claims that pass the filters in (1) or out (-1): once in each pile and each group they have a mark in. */
  count(claims, sign) {
    const {
      columns,
      alone,
      visible,
      atPlace,
      groupOf,
      shares,
      places,
      single,
      marks: { pile, place, layer, layers },
    } = this;
    const { firstMark, weight } = columns;
    const passing = columns.passing(claims);
    for (let k = 0; k < claims.length; k++) {
      if (passing[k] === 0) continue;
      const i = claims[k];
      const d = weight === null ? sign : sign * weight[i];
      const first = firstMark[i];
      const last = firstMark[i + 1];
      if (last - first === 1) alone[pile[first]] += d;
      for (let m = first; m < last; m++) {
        const p = pile[m];
        if (m > first && this.before(m, first, p)) continue;
        const q = place[p];
        const g = groupOf[q];
        const had = atPlace[q];
        visible[p] += d;
        atPlace[q] = had + d;
        if (had === 0 || had + d === 0) {
          places[g] += sign;
          single[g] ^= q;
        }
        if (m === first || !this.inGroup(m, first, g)) shares[g * layers + layer[p]] += d;
      }
    }
  }

  before(m, first, p) {
    const { pile } = this.marks;
    for (let k = first; k < m; k++) if (pile[k] === p) return true;
    return false;
  }

  inGroup(m, first, g) {
    const { pile, place } = this.marks;
    for (let k = first; k < m; k++) if (this.groupOf[place[pile[k]]] === g) return true;
    return false;
  }

  /**
   * Of the claims without a start, by their ends, the first b are known to fall before the window's end, no more the
   * first a.
   */
  wait(order, a, b) {
    const { weight } = this.columns;
    const sign = b < a ? 1 : -1;
    for (let k = Math.min(a, b); k < Math.max(a, b); k++) {
      this.await(order[k], weight === null ? sign : sign * weight[order[k]]);
    }
  }

  /** Count a claim among those that only their open start lets in. */
  await(i, d) {
    const {
      columns: { firstMark },
      marks: { pile, place },
    } = this;
    const first = firstMark[i];
    if (!this.columns.passes(i)) return;
    for (let m = first; m < firstMark[i + 1]; m++) {
      const g = this.groupOf[place[pile[m]]];
      if (!this.before(m, first, pile[m])) this.pending[pile[m]] += d;
      if (!this.inGroup(m, first, g)) this.pendingIn[g] += d;
    }
  }

  /** Count claims in or out as they are known now. */
  learn(claims, d) {
    if (!this.window) return;
    const {
      columns,
      window: { from, to },
    } = this;
    this.count(
      claims.filter(i => columns.overlaps(i, from, to)),
      d,
    );
    for (const i of claims) if (columns.start[i] === OPEN_START && !columns.known(i, to)) this.await(i, d);
  }

  /** Claims seen in a group. */
  total(g) {
    const { layers } = this.marks;
    let sum = 0;
    for (let l = 0; l < layers; l++) sum += this.shares[g * layers + l];
    return sum;
  }
}
