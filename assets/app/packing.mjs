// The vertices of marks, badges and rings as the shaders read them.
import { countCell } from "./symbols.mjs";

export const MARK_BYTES = 20;
export const BADGE_BYTES = 20;
export const RING_BYTES = 28;
const FAINT = 0.36; // opacity of what only an open start lets in

/**
 * Static vertices of marks a to b, MARK_BYTES each: position, pile and source, slot, turn and precision.
 */
export function pack(marks, columns, a, b, claim) {
  const buffer = new ArrayBuffer((b - a) * MARK_BYTES);
  const f4 = new Float32Array(buffer);
  const u4 = new Uint32Array(buffer);
  const i1 = new Int8Array(buffer);
  const u1 = new Uint8Array(buffer);
  const { pile, place, layer, x, y, slotX, slotY, turnOfSpot } = marks;
  const {
    words: { layer: words },
    firstMark,
    source,
    spot,
    spots,
  } = columns;
  const retreat = words.indexOf("retreat");
  const turns = new Set(["advance", "retreat", "movement"].map(w => words.indexOf(w)));
  for (let m = a, i = claim, at = 0; m < b; m++, at += MARK_BYTES / 4) {
    while (firstMark[i + 1] <= m) i++;
    const p = pile[m];
    const turn = turnOfSpot[spot[m]];
    f4[at] = x[place[p]];
    f4[at + 1] = y[place[p]];
    u4[at + 2] = p;
    u4[at + 3] = source[i];
    i1[at * 4 + 16] = slotX[p];
    i1[at * 4 + 17] = slotY[p];
    u1[at * 4 + 18] = turn === 255 || !turns.has(layer[p]) ? 255 : layer[p] === retreat ? (turn + 127) % 254 : turn;
    u1[at * 4 + 19] = spots.precision[spot[m]];
  }
  return buffer;
}

/**
 * Marks in an order of claims: `at` = how many come before each position; `order` = first the marks of claims that last
 * far, with `reach` = how many come before each of these, then all, unless they lie so; `span` = start and end by mark.
 */
export function packOrder({ by, start, end, far, natural }, firstMark, claimOf) {
  const reach = marksBefore(
    far.map(k => by[k]),
    firstMark,
  );
  const at = natural ? firstMark : marksBefore(by, firstMark);
  const order = new Uint32Array(reach[far.length] + (natural ? 0 : claimOf.length));
  let next = 0;
  const add = i => {
    for (let m = firstMark[i]; m < firstMark[i + 1]; m++) order[next++] = m;
  };
  for (const k of far) add(by[k]);
  if (!natural) by.forEach(add);
  const span = new Int32Array(2 * claimOf.length);
  for (let m = 0; m < claimOf.length; m++) {
    span[2 * m] = start[claimOf[m]];
    span[2 * m + 1] = end[claimOf[m]];
  }
  return { at, reach, order, span };
}

/** How many marks come before each of these claims, and before the end. */
function marksBefore(claims, firstMark) {
  const sums = new Uint32Array(claims.length + 1);
  claims.forEach((i, k) => {
    sums[k + 1] = sums[k] + firstMark[i + 1] - firstMark[i];
  });
  return sums;
}

/** The badge buffer: the count of each of these piles of a census. */
export function packBadges(marks, { visible, pending }, piles) {
  const data = new ArrayBuffer(piles.length * BADGE_BYTES);
  const f4 = new Float32Array(data);
  const i1 = new Int8Array(data);
  piles.forEach((p, k) => {
    const at = (k * BADGE_BYTES) / 4;
    const q = marks.place[p];
    f4.set([marks.x[q], marks.y[q]], at);
    i1.set([marks.slotX[p], marks.slotY[p]], 4 * at + 8);
    f4.set([countCell(visible[p]), visible[p] === pending[p] ? FAINT : 1], at + 3);
  });
  return { data, count: piles.length };
}

/**
 * The ring buffer: the layers' shares of each of these groups, cumulative in 1/255 of a turn; `held` = groups with the
 * selected claim.
 */
export function packRings(marks, census, { x, y }, groups, held) {
  const data = new ArrayBuffer(groups.length * RING_BYTES);
  const f4 = new Float32Array(data);
  const u1 = new Uint8Array(data);
  const { layers } = marks;
  groups.forEach((g, k) => {
    const at = (k * RING_BYTES) / 4;
    const total = census.total(g);
    f4[at] = x[g];
    f4[at + 1] = y[g];
    for (let l = 0, sum = 0; l < layers; l++)
      u1[4 * at + 8 + l] = Math.round((255 * (sum += census.shares[g * layers + l])) / total);
    f4[at + 4] = countCell(total);
    f4[at + 5] = held.has(g) ? 1 : 0;
    f4[at + 6] = total === census.pendingIn[g] ? FAINT : 1;
  });
  return { data, count: groups.length };
}
