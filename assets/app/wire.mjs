// `/columns` as it comes off the wire, in order of time; dashboard/columns.py documents the form.
export const ARRAYS = {
  i1: Int8Array,
  u1: Uint8Array,
  i2: Int16Array,
  u2: Uint16Array,
  i4: Int32Array,
  u4: Uint32Array,
};
const padded = bytes => (bytes + 7) & ~7;

/** Hands out a body in pieces of the size asked for, each in a buffer of its own. */
class Pieces {
  constructor(body) {
    Object.assign(this, { reader: body.getReader(), held: new Uint8Array(0) });
  }

  async take(size) {
    const out = new Uint8Array(size);
    for (let at = 0; at < size;) {
      if (!this.held.length) {
        const { value, done } = await this.reader.read();
        if (done) throw new Error("the claims ended before they were all there");
        this.held = value;
      }
      const part = this.held.subarray(0, size - at);
      out.set(part, at);
      at += part.length;
      this.held = this.held.subarray(part.length);
    }
    return out.buffer;
  }
}

/**
 * Body of `/columns` -> first {header, sorts, spots}, then one chunk after another: {start, duration, ..., spot, end}.
 */
export async function* read(body) {
  const pieces = new Pieces(body);
  const size = new DataView(await pieces.take(8)).getUint32(4, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(await pieces.take(padded(8 + size) - 8), 0, size)));
  const tables = await pieces.take(header.body);
  const head = { header, sorts: {}, spots: {} };
  for (const [table, name, dtype, offset, count] of header.tables)
    (head[table] ??= {})[name] = new ARRAYS[dtype](tables, offset, count);
  yield head;
  for (let had = 0; had < header.claims;) {
    const [claims, marks, far] = new Uint32Array(await pieces.take(16));
    had += claims;
    yield chunk(
      header.chunk,
      { spot: marks, end: far },
      claims,
      await pieces.take(length(header.chunk, { spot: marks, end: far }, claims)),
    );
  }
}

const length = (layout, counts, claims) =>
  layout.reduce((sum, [name, dtype]) => sum + padded((counts[name] ?? claims) * ARRAYS[dtype].BYTES_PER_ELEMENT), 0);

function chunk(layout, counts, claims, buffer) {
  const out = {};
  let at = 0;
  for (const [name, dtype] of layout) {
    out[name] = new ARRAYS[dtype](buffer, at, counts[name] ?? claims);
    at += padded(out[name].byteLength);
  }
  return out;
}
