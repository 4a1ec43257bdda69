// Names of places keep clear of symbols: where these stand, boxes that nobody sees are placed before the names.
import { rested } from "./dom.mjs";
import { latAt, lonAt } from "./marks.mjs";
import { SLOT_STEP, ringRadius, scaleAt } from "./sizes.mjs";

const ID = "claim-clearance";
const REST = 200; // milliseconds without a change after which the boxes follow: while time moves, names stay
const HALF = 11; // CSS pixels from the middle of a symbol to its edge, at scale 1
const SPARE = 6; // that a box is smaller than what it stands for: names keep their own distance from it
const DOT = { width: 1, height: 1, data: new Uint8Array(4) };

const collection = features => ({ type: "FeatureCollection", features });

export class Clearance {
  /** Looks at what a map view shows when it rests. */
  constructor(view) {
    this.view = view;
    this.changed = rested(() => this.place(), REST);
  }

  attach(map) {
    if (map.getLayer(ID)) return;
    this.told = "";
    map.addImage(ID, DOT);
    map.addSource(ID, { type: "geojson", data: collection([]) });
    map.addLayer({
      id: ID,
      type: "symbol",
      source: ID,
      layout: { "icon-image": ID, "icon-size": ["get", "size"], "icon-padding": 0, "icon-allow-overlap": true },
      paint: { "icon-opacity": 0 },
    });
  }

  /** Put the boxes where symbols stand now, if that is elsewhere than before. */
  place() {
    const features = Array.from(this.boxes(), ([size, ...coordinates]) => ({
      type: "Feature",
      properties: { size: Math.ceil(size - SPARE) },
      geometry: { type: "Point", coordinates },
    }));
    const told = JSON.stringify(features);
    if (told === this.told) return;
    this.told = told;
    this.view.map.getSource(ID)?.setData(collection(features));
  }

  /** Of each ring and place in view: the side of its box in CSS pixels, longitude and latitude. */
  *boxes() {
    const {
      map,
      marks,
      marks: { origin, lon, lat },
      census: { atPlace },
      flags,
      groups: { x, y, groupOf },
      rings,
    } = this.view;
    const zoom = map.getZoom();
    for (const g of rings) yield [2 * ringRadius(zoom), lonAt(x[g] + origin[0]), latAt(y[g] + origin[1])];
    for (const q of marks.within(...this.view.box()))
      if (atPlace[q] > 0 && !flags[groupOf[q]]) yield [2 * scaleAt(zoom) * this.reach(q), lon[q], lat[q]];
  }

  /** CSS pixels from a place to the edge of the symbols around it, at scale 1. */
  reach(q) {
    const { firstPile, slotX, slotY } = this.view.marks;
    let furthest = 0;
    for (let p = firstPile[q]; p < firstPile[q + 1]; p++)
      furthest = Math.max(furthest, Math.abs(slotX[p]), Math.abs(slotY[p]));
    return furthest * SLOT_STEP + HALF;
  }
}
