// Where symbols stand: marks in Mercator relative to an origin, piled by (place, layer), piles fanned out around a place.
import { PICK_RADIUS, SLOT_STEP, scaleAt } from "./layer.mjs";
import { NONE } from "./columns.mjs";

const SOLID = 0, HOLLOW = 1, HATCHED = 2, STRUCK = new Set(["denied", "retracted"]), TENTATIVE = new Set(["assessed", "forecast", "unconfirmed"]);
const mercatorX = lon => (lon + 180) / 360;
const mercatorY = lat => { const s = Math.sin(lat * Math.PI / 180); return 0.5 - Math.log((1 + s) / (1 - s)) / (4 * Math.PI); };

/** Offsets, in steps of one symbol, of `n` neighbours around a place: alone, side by side, then a ring. */
export function fan(n) {
  if (n === 1) return [[0, 0]];
  if (n === 2) return [[-0.5, 0], [0.5, 0]];
  if (n === 3) return [[-0.5, 0.3], [0.5, 0.3], [0, -0.57]];
  const radius = Math.min(0.98, 0.5 / Math.sin(Math.PI / n));
  return Array.from({ length: n }, (_, k) => [radius * Math.sin(2 * Math.PI * k / n), radius * Math.cos(2 * Math.PI * k / n)]);
}

export class Marks {
  constructor(columns) {
    const { marks, words } = columns, n = marks.claim.length;
    Object.assign(this, { columns, n, claim: marks.claim, lon: marks.lon, lat: marks.lat, shape: marks.shape, precision: marks.precision });
    this.origin = n ? [mercatorX(marks.lon[0]), mercatorY(marks.lat[0])] : [0.5, 0.5];
    this.x = Float32Array.from(marks.lon, v => mercatorX(v) - this.origin[0]);
    this.y = Float32Array.from(marks.lat, v => mercatorY(v) - this.origin[1]);
    const fills = words.modality.map(m => (STRUCK.has(m) ? HOLLOW : TENTATIVE.has(m) ? HATCHED : SOLID));
    this.fill = Uint8Array.from(marks.claim, c => fills[columns.codes.modality[c]]);
    const retreat = words.layer.indexOf("retreat"), turns = new Set(["advance", "retreat", "movement"].map(w => words.layer.indexOf(w)));
    this.turn = Uint8Array.from(marks.bearing, (b, m) => {
      const layer = columns.codes.layer[marks.claim[m]];
      return b < 0 || !turns.has(layer) ? 255 : Math.round(((layer === retreat ? b + 180 : b) % 360) / 360 * 254);
    });
    this.pileUp();
  }

  /** Give every (place, layer) a pile and every pile of a place its own slot; fixed, so that nothing jumps with time. */
  pileUp() {
    const places = new Map(), { columns, n } = this;
    this.pile = new Uint32Array(n);
    this.piles = [];
    this.places = [];
    for (let m = 0; m < n; m++) {
      const key = `${Math.round(this.lon[m] * 2000)},${Math.round(this.lat[m] * 2000)}`, layer = columns.codes.layer[this.claim[m]];
      if (!places.has(key)) places.set(key, new Map());
      const here = places.get(key);
      if (!here.has(layer)) { here.set(layer, this.piles.length); this.piles.push({ layer, x: this.x[m], y: this.y[m], lon: this.lon[m], lat: this.lat[m], marks: [] }); }
      this.pile[m] = here.get(layer);
      this.piles[this.pile[m]].marks.push(m);
    }
    for (const here of places.values()) {
      const slots = fan(here.size), piles = [...here.values()], { x, y, lon, lat } = this.piles[piles[0]];
      this.places.push({ x, y, lon, lat, piles, size: piles.reduce((sum, p) => sum + this.piles[p].marks.length, 0) });
      [...here].sort(([a], [b]) => a - b).forEach(([, p], k) => {
        [this.piles[p].slotX, this.piles[p].slotY] = slots[k].map(v => Math.round(v * 127));
      });
    }
    this.slotX = Int8Array.from(this.pile, p => this.piles[p].slotX);
    this.slotY = Int8Array.from(this.pile, p => this.piles[p].slotY);
  }

  /** Marks that start before `to`: the range of the buffer to draw. */
  before(to) {
    let lo = 0, hi = this.n;
    const last = this.columns.startsBefore(to);
    while (lo < hi) { const mid = (lo + hi) >> 1; if (this.claim[mid] < last) lo = mid + 1; else hi = mid; }
    return lo;
  }

  /** Visible claims counted once a pile and once a group of places: {counts, known, shares}. `known` leaves out those that
   * only an open start lets in; `shares` holds a count a layer for each group. Marks of one claim stand side by side. */
  census(from, to, { groupOf, groups }) {
    const { columns, claim, pile, piles } = this, layers = columns.words.layer.length, end = this.before(to);
    const counts = new Uint32Array(piles.length), known = new Uint32Array(piles.length), shares = new Uint32Array(groups.length * layers);
    const lastOfPile = new Int32Array(piles.length).fill(-1), lastOfGroup = new Int32Array(groups.length).fill(-1);
    for (let m = 0; m < end; m++) {
      const c = claim[m], p = pile[m];
      if (!columns.visible(c, from, to) || lastOfPile[p] === c) continue;
      lastOfPile[p] = c;
      counts[p]++;
      if (columns.known(c, to)) known[p]++;
      const g = groupOf[p];
      if (lastOfGroup[g] === c) continue;
      lastOfGroup[g] = c;
      shares[g * layers + piles[p].layer]++;
    }
    return { counts, known, shares };
  }

  /** Ordinals of the visible claims of some piles, newest first. */
  claimsOf(piles, from, to) {
    const seen = piles.flatMap(p => this.piles[p].marks).sort((a, b) => b - a).map(m => this.claim[m]);
    return [...new Set(seen.filter(c => this.columns.visible(c, from, to)))];
  }

  /** The visible pile nearest to a point of the screen, as a list of one; [] if none is near. */
  pick(map, point, counts, hidden) {
    const scale = scaleAt(map.getZoom()), step = SLOT_STEP * scale;
    let best = -1, nearest = (PICK_RADIUS * scale) ** 2;
    this.piles.forEach((pile, p) => {
      if (!counts[p] || hidden[p]) return;
      const at = map.project([pile.lon, pile.lat]);
      const dx = at.x + pile.slotX * step - point.x, dy = at.y - pile.slotY * step - point.y, d = dx * dx + dy * dy;
      if (d < nearest) { nearest = d; best = p; }
    });
    return best < 0 ? [] : [best];
  }

  /** Claims (ordinals) drawn with the shape `code` that are visible, newest first. */
  ofShape(code, from, to) {
    const seen = [];
    for (let m = 0; m < this.n; m++) if (this.shape[m] === code && this.columns.visible(this.claim[m], from, to)) seen.push(this.claim[m]);
    return [...new Set(seen)].reverse();
  }

  /** Marks that have a shape, as [mark, shape code]. */
  shaped() {
    const out = [];
    for (let m = 0; m < this.n; m++) if (this.shape[m] !== NONE) out.push([m, this.shape[m]]);
    return out;
  }
}
