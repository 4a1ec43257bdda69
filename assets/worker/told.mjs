// Apart from the page: asks for the clocks of its claims and orders them by when they were said and recorded.
import { answered } from "../app/ask.mjs";
import { Order, orderBy } from "../app/orders.mjs";
import { read } from "../app/wire.mjs";

const STANDING = 15; // flags of a sort: sides and contradicted

/** The sorts by their values; `code` adds those that are new. */
class Sorts {
  constructor(sorts, modality) {
    this.names = Object.keys(sorts);
    this.modality = modality;
    this.values = Object.fromEntries(this.names.map(name => [name, Array.from(sorts[name])]));
    this.forms = Object.fromEntries(this.names.map(name => [name, sorts[name].constructor]));
    this.codes = new Map();
    this.values.flags.forEach((_, t) => this.codes.set(this.key(this.of(t)), t));
  }

  of(t) {
    return Object.fromEntries(this.names.map(name => [name, this.values[name][t]]));
  }

  key(values) {
    return this.names.map(name => values[name]).join();
  }

  /** How sort `t` stands with these flags; as merely claimed unless it is taken back. */
  code(t, flags, taken) {
    const now = this.of(t);
    now.flags = (now.flags & ~STANDING) | flags;
    if (!taken && this.modality >= 0) now.modality = this.modality;
    const key = this.key(now);
    if (!this.codes.has(key)) {
      this.codes.set(key, this.values.flags.length);
      for (const name of this.names) this.values[name].push(now[name]);
    }
    return this.codes.get(key);
  }

  get arrays() {
    return Object.fromEntries(this.names.map(name => [name, this.forms[name].from(this.values[name])]));
  }
}

/** How claims stood, with the sort each entry leads to and the one it leads from. */
function log({ at, claim, taken, flags }, sort, sorts) {
  const after = new Uint32Array(at.length);
  const before = new Uint32Array(at.length);
  const last = new Map();
  const made = new Map();
  for (let k = 0; k < at.length; k++) {
    const t = sort[claim[k]];
    const key = (t * 2 + taken[k]) * 16 + flags[k];
    if (!made.has(key)) made.set(key, sorts.code(t, flags[k], taken[k]));
    after[k] = made.get(key);
    before[k] = last.get(claim[k]) ?? after[k];
    last.set(claim[k], after[k]);
  }
  return { at, claim, after, before };
}

async function told({ version, sort, sorts, claimed }) {
  const answer = await answered(`/clocks?version=${encodeURIComponent(version)}`);
  const { clocks, said, recorded } = (await read(answer.body).next()).value;
  const order = Order.of(clocks.start, clocks.end);
  const known = new Sorts(sorts, claimed);
  return {
    said: { order, log: log(said, sort, known) },
    recorded: { told: clocks.recorded, by: orderBy(clocks.recorded), log: log(recorded, sort, known) },
    sorts: known.arrays,
  };
}

/** The buffers of all arrays in a value: they are handed over, not copied. */
const buffers = value =>
  ArrayBuffer.isView(value) ? [value.buffer] : Object.values(value ?? {}).flatMap(part => buffers(part));

addEventListener("message", ({ data }) => {
  told(data).then(
    found => postMessage({ found }, [...new Set(buffers(found))]),
    error => postMessage({ error: error.message }),
  );
});
