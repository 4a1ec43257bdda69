// Places too near to be told apart at a zoom become one count badge: a ring parted by layer, standing at the largest of them.
export const REACH = 34;   // CSS pixels between two places below which they are counted together
export const CROWD = 24;   // claims in a ring from which its areas are left out: they would only cover each other
export const APART = 10;   // zoom from which every place stands for itself

export class Clusters {
  constructor(marks) { Object.assign(this, { marks, zoom: null, groups: [] }); }

  /** Group the places for a zoom; the same zoom step gives the same groups, whatever the window. */
  regroup(zoom) {
    const step = Math.round(zoom * 2) / 2;
    if (step === this.zoom) return;
    this.zoom = step;
    const reach = step >= APART ? 0 : REACH / (512 * 2 ** step), cells = new Map();
    this.groups = [];
    const { places } = this.marks, order = places.map((_, i) => i).sort((a, b) => places[b].size - places[a].size || a - b);
    for (const i of order) {
      const place = places[i], group = reach && this.near(cells, place, reach);
      if (group) { group.places.push(place); continue; }
      const made = { ...place, places: [place] };
      this.groups.push(made);
      if (reach) { const key = this.key(place, reach, 0, 0); cells.set(key, [...(cells.get(key) ?? []), made]); }
    }
    this.index();
  }

  /** Note for every pile the group it belongs to. */
  index() {
    this.groupOf = new Uint32Array(this.marks.piles.length);
    this.groups.forEach((group, g) => { for (const place of group.places) for (const p of place.piles) this.groupOf[p] = g; });
  }

  key({ x, y }, reach, dx, dy) { return `${Math.floor(x / reach) + dx},${Math.floor(y / reach) + dy}`; }

  near(cells, place, reach) {
    let best = null, nearest = reach * reach;
    for (let dx = -1; dx <= 1; dx++) for (let dy = -1; dy <= 1; dy++) {
      for (const g of cells.get(this.key(place, reach, dx, dy)) ?? []) {
        const d = (g.x - place.x) ** 2 + (g.y - place.y) ** 2;
        if (d < nearest) { nearest = d; best = g; }
      }
    }
    return best;
  }

  /** What is crowded in a census of the piles: {rings, badges, hidden, quiet}; `hidden` flags the piles that a ring stands for, `quiet` those of a large one. */
  crowd({ counts, known, shares: all }) {
    const { piles, columns } = this.marks, rings = [], badges = [], hidden = new Uint8Array(piles.length), quiet = new Uint8Array(piles.length), layers = columns.words.layer.length;
    this.groups.forEach((group, g) => {
      const seen = group.places.filter(place => place.piles.some(p => counts[p]));
      const here = seen.flatMap(place => place.piles.filter(p => counts[p]));
      const shares = [...all.subarray(g * layers, (g + 1) * layers)], count = shares.reduce((a, b) => a + b, 0);
      if (seen.length < 2 || count < 2) {
        for (const p of here) if (counts[p] > 1) badges.push({ ...piles[p], count: counts[p], faint: !known[p] });
        return;
      }
      for (const p of here) { hidden[p] = 1; quiet[p] = count > CROWD ? 1 : 0; }
      rings.push({ x: group.x, y: group.y, lon: group.lon, lat: group.lat, piles: here, places: seen.length, faint: !here.some(p => known[p]), shares, count });
    });
    return { rings, badges, hidden, quiet };
  }
}
