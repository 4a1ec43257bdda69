// The two clocks: claims ordered by when they happened or were said, and how they stood at an instant. The second order
// and the logs of how claims stood are made in a worker when they are first asked for; a turn of the clock is then one
// order in place of another.
import { answered } from "./ask.mjs";
import { OPEN_END, Order, firstWhere } from "./orders.mjs";

const WORKER = new URL("../worker/told.mjs", import.meta.url);

/** First k for which told[by[k]] > t. */
const upper = ({ told, by }, t) => firstWhere(by.length, k => told[by[k]] > t);

/** First k of a log whose instant is after t. */
const bound = ({ at }, t) => firstWhere(at.length, k => at[k] > t);

/** What the clocks of some columns are made of, from the worker; null where the store holds another version by now. */
export async function tellings({ header, words, sorts, sort }) {
  const { version } = await (await answered("/version")).json();
  if (version !== header.version) return null;
  const worker = new Worker(WORKER, { type: "module" });
  const made = new Promise((resolve, reject) => {
    worker.onerror = () => reject(new Error("this browser starts no worker"));
    worker.onmessage = ({ data: { found, error } }) => (error ? reject(new Error(error)) : resolve(found));
  });
  worker.postMessage({ version, claimed: words.modality.indexOf("claimed"), sorts, sort });
  return made.finally(() => worker.terminate());
}

export class Clocks {
  constructor(columns, { said, recorded, sorts }) {
    const order = new Order(said.order);
    Object.assign(this, { columns, clock: "happened", sort: columns.sort, known: null });
    this.orders = { happened: columns.order, said: order };
    this.tellings = { said: { told: order.end, by: order.byEnd, log: said.log }, recorded };
    columns.sorts = sorts;
  }

  /** Order the claims by when they happened or were said. */
  turn(clock) {
    this.clock = clock;
    this.columns.turn(this.orders[clock]);
  }

  /**
   * Make claims stand as they were known at `now` by a clock; null for all that is known. True if that is another order
   * of knowledge than before, so that everything is to be counted anew.
   */
  begin(now, by) {
    const { columns } = this;
    const known = now === null ? null : this.tellings[by];
    if (this.known === known) return false;
    this.known = known;
    this.at = 0;
    Object.assign(columns, { told: known?.told ?? null, now, sort: known ? new Uint32Array(this.sort) : this.sort });
    if (!known) return true;
    this.extent = columns.n ? [known.told[known.by[0]], this.last()] : [now, now];
    this.replay(now);
    return true;
  }

  last() {
    const { told, by } = this.known;
    let k = by.length - 1;
    while (k > 0 && told[by[k]] === OPEN_END) k--;
    return told[by[k]];
  }

  replay(now) {
    const {
      columns: { sort },
      known: {
        log: { at, claim, after, before },
      },
    } = this;
    for (; this.at < at.length && at[this.at] <= now; this.at++) sort[claim[this.at]] = after[this.at];
    for (; this.at > 0 && at[this.at - 1] > now; this.at--) sort[claim[this.at - 1]] = before[this.at - 1];
  }

  /** Claims that move between what is known now and then. */
  distance(now) {
    return Math.abs(upper(this.known, now) - upper(this.known, this.columns.now));
  }

  /** Move what is known to `now`; everything is to be counted anew. */
  jump(now) {
    this.columns.now = now;
    this.replay(now);
  }

  /** Move what is known to `now`: `count(claims, -1)` of those it bears on before, `count(claims, 1)` after. */
  learn(now, count) {
    const { columns, known } = this;
    const span = [columns.now, now].sort((a, b) => a - b);
    const [from, to] = span.map(t => upper(known, t));
    const [first, last] = span.map(t => bound(known.log, t));
    const found = new Set(known.by.subarray(from, to));
    for (let k = first; k < last; k++) found.add(known.log.claim[k]);
    const claims = Uint32Array.from(found);
    count(claims, -1);
    this.jump(now);
    count(claims, 1);
    return claims;
  }

  /** How many claims were known at an instant, whatever the filters. */
  count(now) {
    return upper(this.known, now);
  }
}
