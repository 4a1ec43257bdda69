// What stands where: piles under a point of the screen, and the words of the page's address for what stands together.
import { grouping } from "./clusters.mjs";
import { mercatorX, mercatorY } from "./marks.mjs";
import { SHAPE_LAYERS } from "./shapes.mjs";
import { PICK_RADIUS, SLOT_STEP, ringRadius, scaleAt } from "./sizes.mjs";

export class Finder {
  /** Looks at what a map view shows at the moment it is asked. */
  constructor(view) {
    this.view = view;
  }

  /** Where a place stands on the screen, in the copy of the world nearest to a longitude. */
  project(q, near) {
    const {
      map,
      marks: { lon, lat },
    } = this.view;
    return map.project([lon[q] + 360 * Math.round((near - lon[q]) / 360), lat[q]]);
  }

  /** Where a pile's symbol stands on the screen. */
  where(p, near = this.view.map.getCenter().lng) {
    const { map, marks } = this.view;
    const at = this.project(marks.place[p], near);
    const step = SLOT_STEP * scaleAt(map.getZoom());
    return { x: at.x + marks.slotX[p] * step, y: at.y - marks.slotY[p] * step };
  }

  /**
   * Piles at a point of the screen: those of a ring, else of the nearest symbol, else of the areas and lines under it.
   */
  at(point) {
    const { map, marks, groups } = this.view;
    const near = map.unproject(point);
    const group = this.ringAt(near);
    if (group !== undefined) return [...marks.pilesAt(this.placesOf(groups, group))];
    const symbol = this.symbolAt(point, near);
    return symbol === undefined ? this.shapesAt(point) : [symbol];
  }

  ringAt({ lng, lat }) {
    const {
      map,
      worldSize,
      rings,
      marks: { origin },
      groups: { x, y },
    } = this.view;
    const reach = ringRadius(map.getZoom()) / worldSize;
    const [east, south] = [mercatorX(lng) - origin[0], mercatorY(lat) - origin[1]];
    return rings.find(g => {
      const dx = x[g] - east;
      return Math.hypot(dx - Math.round(dx), y[g] - south) < reach;
    });
  }

  placesOf({ groupOf }, group) {
    return [...groupOf.keys()].filter(q => groupOf[q] === group && this.view.census.atPlace[q] > 0);
  }

  symbolAt(point, { lng, lat }) {
    const {
      map,
      worldSize,
      marks,
      census: { visible, atPlace },
      flags,
      groups: { groupOf },
    } = this.view;
    const scale = scaleAt(map.getZoom());
    const reach = ((PICK_RADIUS + 127 * SLOT_STEP) * scale) / worldSize;
    const wrapped = lng - 360 * Math.floor((lng + 180) / 360);
    const [x, y] = [mercatorX(wrapped) - marks.origin[0], mercatorY(lat) - marks.origin[1]];
    let best;
    let nearest = (PICK_RADIUS * scale) ** 2;
    for (const q of marks.within(x - reach, y - reach, x + reach, y + reach)) {
      if (atPlace[q] === 0 || flags[groupOf[q]]) continue;
      for (const p of marks.pilesAt([q])) {
        const at = this.where(p, lng);
        const d = (at.x - point.x) ** 2 + (at.y - point.y) ** 2;
        if (visible[p] > 0 && d < nearest) {
          nearest = d;
          best = p;
        }
      }
    }
    return best;
  }

  shapesAt({ x, y }) {
    const { map, shapes } = this.view;
    if (!shapes.piles.length) return [];
    const layers = SHAPE_LAYERS.filter(l => map.getLayer(l));
    return [
      ...new Set(
        map
          .queryRenderedFeatures(
            [
              [x - 3, y - 3],
              [x + 3, y + 3],
            ],
            { layers },
          )
          .filter(f => f.state.lit > 0)
          .map(f => f.properties.pile),
      ),
    ];
  }

  /**
   * The word of the page's address for what stands together: `@lon,lat,layer` of each pile, or `@lon,lat,zoom` of a
   * ring.
   */
  address(piles) {
    const {
      marks,
      groups,
      flags,
      columns: { counted, words },
    } = this.view;
    const group = groups.groupOf[marks.place[piles[0]]];
    if (counted) return `@${this.tile(group).join("/")}`;
    const spell = (q, word) => `${marks.lon[q].toFixed(5)},${marks.lat[q].toFixed(5)},${word}`;
    if (flags[group] && piles.length > 1) return `@${spell(groups.lead[group], groups.step)}`;
    return `@${piles.map(p => spell(marks.place[p], words.layer[marks.layer[p]])).join(";")}`;
  }

  /** The tile of a group of counted cells: zoom, column and row. */
  tile(group) {
    const {
      columns: { counted, spots },
      marks: { spotOf },
      groups: { lead, step },
    } = this.view;
    const spot = spotOf[lead[group]];
    const far = counted.zoom - step;
    return [step, spots.x[spot] >> far, spots.y[spot] >> far];
  }

  /** Ordinals of the claims an address stands for, newest first. */
  gathered(address) {
    const {
      marks,
      window,
      columns: { words },
    } = this.view;
    const piles = address
      .slice(1)
      .split(";")
      .flatMap(part => {
        const [lon, lat, word] = part.split(",");
        const q = this.placeAt(Number(lon), Number(lat));
        const layer = words.layer.indexOf(word);
        if (q === undefined) return [];
        if (layer >= 0) return [...marks.pilesAt([q])].filter(p => marks.layer[p] === layer);
        const groups = grouping(marks, Number(word));
        return [...marks.pilesAt(this.placesOf(groups, groups.groupOf[q]))];
      });
    return marks.claimsOf(piles, ...window);
  }

  placeAt(lon, lat) {
    const { marks } = this.view;
    const grain = 1e-5 / 360;
    const x = mercatorX(lon) - marks.origin[0];
    const y = mercatorY(lat) - marks.origin[1];
    return [...marks.within(x - grain, y - 2 * grain, x + grain, y + 2 * grain)][0];
  }
}
