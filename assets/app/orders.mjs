// When claims begin and end by one clock, and the orders by which a window finds those it meets. Minutes since 1970
// UTC, spans half-open.
export const OPEN_START = -2147483648;
export const OPEN_END = 2147483647;
export const FAR = 0xffff;
const DAY = 1440;

/** First index whose value is not below x; `a` ascending. */
export const lowerBound = (a, x, n = a.length) => firstWhere(n, k => a[k] >= x);

/** First k below n for which `holds`, which it does for all after it; n if for none. */
export function firstWhere(n, holds) {
  let lo = 0;
  let hi = n;
  while (lo < hi) {
    const mid = (lo + hi) >> 1;
    if (holds(mid)) hi = mid;
    else lo = mid + 1;
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

const midnight = t => t % DAY === 0 || t === OPEN_START || t === OPEN_END;

export class Order {
  /**
   * `start` and `end` by claim; `by` and `byEnd` = ordinals by start and by end; `opens` = how many have no start,
   * which come first; `far` = the positions in `by` of those whose span is open or lasts FAR minutes and more;
   * `natural` = the claims lie in memory as they start.
   */
  constructor(arrays) {
    Object.assign(this, arrays);
  }

  static of(start, end, { natural = false } = {}) {
    const by = natural ? Uint32Array.from(start.keys()) : orderBy(start);
    const n = by.length;
    const opens = firstWhere(n, k => start[by[k]] !== OPEN_START);
    const far = [];
    for (let k = 0; k < n; k++) if (k < opens || end[by[k]] - start[by[k]] >= FAR) far.push(k);
    return new Order({ start, end, by, byEnd: orderBy(end), opens, far: Uint32Array.from(far), natural });
  }

  /** Position of the first claim that does not start before x. */
  from(x) {
    const { start, by } = this;
    return firstWhere(by.length, k => start[by[k]] >= x);
  }

  /** True if a claim states an hour; one dated to whole days has the same dates by every zone's clock. */
  clocked(i) {
    return !(midnight(this.start[i]) && midnight(this.end[i]));
  }

  /** True if claim a comes after b. */
  later(a, b) {
    const { start } = this;
    return start[a] > start[b] || (start[a] === start[b] && a > b);
  }

  /** Claims in this order. */
  sorted(claims) {
    return this.natural ? claims.sort() : claims.sort((a, b) => (this.later(a, b) ? 1 : -1));
  }

  /** All claims, to be looked up at once while the zone's clock is that of UTC. */
  get level() {
    this.all ??= [new Lookup(this, this.by, this.byEnd, false)];
    return this.all;
  }

  /** Claims with an hour, and those without, which the zone's clock dates. */
  get leaning() {
    if (!this.two) {
      const hours = Uint8Array.from(this.start, (_, i) => (this.clocked(i) ? 1 : 0));
      const some = hour => [this.by, this.byEnd].map(claims => claims.filter(i => hours[i] === hour));
      this.two = [1, 0].map(hour => new Lookup(this, ...some(hour), hour === 0)).filter(({ by }) => by.length);
    }
    return this.two;
  }
}

/** Claims that meet a window: some of an order, by start and by end. */
class Lookup {
  /** `leans` = the claims are dated by the clock of the window's zone. */
  constructor({ start, end }, by, byEnd, leans) {
    const openByEnd = byEnd.filter(i => start[i] === OPEN_START);
    Object.assign(this, { start, end, by, byEnd, openByEnd, leans });
  }

  /**
   * Where a window stands, its ends `lean` minutes ahead: claims that start before its end, that ended by its start,
   * and those without a start that are known to fall before its end.
   */
  place(from, to, lean) {
    const { start, by, byEnd, openByEnd } = this;
    const [first, last] = this.leans ? [from + lean[0], to + lean[1]] : [from, to];
    return {
      started: firstWhere(by.length, k => start[by[k]] >= last),
      ended: this.endedBy(byEnd, first),
      known: this.endedBy(openByEnd, last),
    };
  }

  endedBy(claims, x) {
    const { end } = this;
    return firstWhere(claims.length, k => end[claims[k]] > x);
  }
}
