// Where symbols stand: marks piled by (place, layer, shape), the piles of a place side by side, places indexed by x.
import { NONE } from "./columns.mjs";
import { lowerBound, orderBy } from "./orders.mjs";

const GRAIN = 5000; // 1e-7 degrees: points nearer than about 50 m are one place
export const mercatorX = lon => (lon + 180) / 360;
export const mercatorY = lat => {
  const s = Math.sin((lat * Math.PI) / 180);
  return 0.5 - Math.log((1 + s) / (1 - s)) / (4 * Math.PI);
};

const GRID = 20; // zoom of the tiles that stores tell apart
export const lonAt = x => x * 360 - 180;
export const latAt = y => (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI;

/**
 * The bounding box (west, south, east, north) of tiles of a zoom from (x0, y0) to (x1, y1), both within: it ends half a
 * tile of the grid before their edges, so that none beyond is touched.
 */
export function tileBox(zoom, x0, y0, x1, y1) {
  const size = 2 ** (GRID - zoom);
  const first = v => (v * size + 0.5) / 2 ** GRID;
  const last = v => ((v + 1) * size - 0.5) / 2 ** GRID;
  return [lonAt(first(x0)), latAt(last(y1)), lonAt(last(x1)), latAt(first(y0))].map(v => +v.toFixed(6));
}

/** Offsets, in steps of one symbol, of `n` neighbours around a place: alone, side by side, then a ring. */
export function fan(n) {
  if (n === 1) return [[0, 0]];
  if (n === 2)
    return [
      [-0.5, 0],
      [0.5, 0],
    ];
  if (n === 3)
    return [
      [-0.5, 0.3],
      [0.5, 0.3],
      [0, -0.57],
    ];
  const radius = Math.min(0.98, 0.5 / Math.sin(Math.PI / n));
  return Array.from({ length: n }, (_, k) => [
    radius * Math.sin((2 * Math.PI * k) / n),
    radius * Math.cos((2 * Math.PI * k) / n),
  ]);
}

/** Offsets of the runs of equal values in `keys` (0 to `size`), and the indices in that order. */
function grouped(keys, size, n = keys.length) {
  const first = new Uint32Array(size + 1);
  const order = new Uint32Array(n);
  for (let i = 0; i < n; i++) first[keys[i] + 1]++;
  for (let k = 0; k < size; k++) first[k + 1] += first[k];
  const at = first.slice();
  for (let i = 0; i < n; i++) order[at[keys[i]]++] = i;
  return { first, order };
}

export class Marks {
  constructor(columns) {
    this.columns = columns;
    this.n = columns.marks;
    this.layers = columns.words.layer.length;
    this.settle(columns.spots);
    this.pileUp(columns.spots);
  }

  /** What is counted, where cells stand for claims: see Columns. */
  get counted() {
    return this.columns.counted;
  }

  /**
   * Places: the distinct points of the spots, in Mercator relative to an origin, so that float32 is exact at any zoom.
   */
  settle({ lon, lat }) {
    const places = new Map();
    const spotOf = [];
    this.placeOfSpot = Uint32Array.from(lon, (v, s) => {
      const key = Math.round(v / GRAIN) * 1e7 + Math.round(lat[s] / GRAIN);
      if (!places.has(key)) {
        places.set(key, spotOf.length);
        spotOf.push(s);
      }
      return places.get(key);
    });
    this.spotOf = Uint32Array.from(spotOf);
    this.lon = Float64Array.from(spotOf, s => lon[s] / 1e7);
    this.lat = Float64Array.from(spotOf, s => lat[s] / 1e7);
    this.origin = spotOf.length ? [mercatorX(this.lon[0]), mercatorY(this.lat[0])] : [0.5, 0.5];
    this.x = Float32Array.from(this.lon, v => mercatorX(v) - this.origin[0]);
    this.y = Float32Array.from(this.lat, v => mercatorY(v) - this.origin[1]);
    this.places = spotOf.length;
    this.byX = orderBy(Int32Array.from(this.x, v => v * 0x40000000));
    this.sortedX = Float32Array.from(this.byX, p => this.x[p]);
  }

  /**
   * Give every (place, shape, layer) in use a pile and every pile of a place its own slot; fixed, so that nothing jumps
   * with time.
   */
  pileUp({ shape, bearing }) {
    const { columns, layers, placeOfSpot } = this;
    const stands = new Map();
    const standPlace = [];
    const standShape = [];
    const standOf = Uint32Array.from(shape, (v, s) => {
      const key = placeOfSpot[s] * 0x100000000 + v;
      if (!stands.has(key)) {
        stands.set(key, standPlace.length);
        standPlace.push(placeOfSpot[s]);
        standShape.push(v);
      }
      return stands.get(key);
    });
    const pileAt = new Uint32Array(standPlace.length * layers);
    const ofMark = (this.pile = new Uint32Array(this.n));
    const {
      n,
      sort,
      firstMark,
      spot,
      sorts: { layer },
    } = columns;
    for (let i = 0; i < n; i++)
      for (let m = firstMark[i]; m < firstMark[i + 1]; m++) {
        ofMark[m] = standOf[spot[m]] * layers + layer[sort[i]];
        pileAt[ofMark[m]] = 1;
      }
    const place = [];
    const kind = [];
    const drawn = [];
    const { order } = grouped(standPlace, this.places);
    for (const stand of order)
      for (let l = 0; l < layers; l++) {
        const at = stand * layers + l;
        if (pileAt[at]) {
          pileAt[at] = place.push(standPlace[stand]) - 1;
          kind.push(l);
          drawn.push(standShape[stand]);
        }
      }
    for (let m = 0; m < this.n; m++) ofMark[m] = pileAt[ofMark[m]];
    Object.assign(this, {
      place: Uint32Array.from(place),
      layer: Uint8Array.from(kind),
      shape: Uint32Array.from(drawn),
      piles: place.length,
    });
    this.firstPile = grouped(this.place, this.places).first;
    this.fanOut();
    this.list();
    this.turnOfSpot = Uint8Array.from(bearing, b => (b < 0 ? 255 : Math.round(((b % 360) / 360) * 254)));
  }

  /** Slots of the piles of each place, in signed bytes: 127 = one step. */
  fanOut() {
    [this.slotX, this.slotY] = [new Int8Array(this.piles), new Int8Array(this.piles)];
    for (let q = 0; q < this.places; q++) {
      const first = this.firstPile[q];
      const n = this.firstPile[q + 1] - first;
      if (n > 1)
        fan(n).forEach(([x, y], k) => {
          this.slotX[first + k] = Math.round(x * 127);
          this.slotY[first + k] = Math.round(y * 127);
        });
    }
  }

  /**
   * The claims of each pile, in order of when they happened; those with several marks; how many marks each place has.
   */
  list() {
    const { firstMark, n } = this.columns;
    const several = [];
    const { first, order } = grouped(this.pile, this.piles, this.n);
    const claimOf = new Uint32Array(this.n);
    for (let i = 0; i < n; i++) {
      if (firstMark[i + 1] - firstMark[i] > 1) several.push(i);
      for (let m = firstMark[i]; m < firstMark[i + 1]; m++) claimOf[m] = i;
    }
    this.several = Uint32Array.from(several);
    for (let k = 0; k < order.length; k++) order[k] = claimOf[order[k]];
    this.firstOfPile = first;
    this.claims = order;
    this.size = Uint32Array.from(
      { length: this.places },
      (_, q) => first[this.firstPile[q + 1]] - first[this.firstPile[q]],
    );
  }

  /** Ordinals of the visible claims of some piles, newest first. */
  claimsOf(piles, from, to) {
    const { columns } = this;
    const seen = new Set();
    for (const p of piles)
      for (let k = this.firstOfPile[p]; k < this.firstOfPile[p + 1]; k++)
        if (columns.visible(this.claims[k], from, to)) seen.add(this.claims[k]);
    return columns.order.sorted(Uint32Array.from(seen)).reverse();
  }

  /** The newest visible claim of some piles, undefined if there is none. */
  newest(piles, from, to) {
    const {
      columns,
      columns: { order },
    } = this;
    let best;
    for (const p of piles)
      for (let k = this.firstOfPile[p + 1] - 1; k >= this.firstOfPile[p]; k--) {
        const i = this.claims[k];
        const later = best === undefined || order.later(i, best);
        if (later && columns.visible(i, from, to)) best = i;
        if (order.natural && (!later || i === best)) break; // those before it in the pile are older
      }
    return best;
  }

  /** Piles that a claim stands in. */
  pilesOf(claim) {
    const { firstMark } = this.columns;
    return claim === NONE || claim === undefined
      ? []
      : [...new Set(this.pile.subarray(firstMark[claim], firstMark[claim + 1]))];
  }

  /** Piles of some places. */
  *pilesAt(places) {
    for (const q of places) for (let p = this.firstPile[q]; p < this.firstPile[q + 1]; p++) yield p;
  }

  /** Places within [west, east] x [north, south], in Mercator relative to the origin. */
  *within(west, north, east, south) {
    const { byX, sortedX, y } = this;
    for (let k = lowerBound(sortedX, west); k < byX.length && sortedX[k] <= east; k++)
      if (y[byX[k]] >= north && y[byX[k]] <= south) yield byX[k];
  }
}
