// Areas, wedges and border stretches: few features in ordinary map layers, lit by feature state in the same frame as
// the symbols.
import { LARGE } from "./clusters.mjs";
import { css } from "./dom.mjs";

const SOURCE = "claim-shapes";
export const SHAPE_LAYERS = [
  "claim-areas",
  "claim-hatch",
  "claim-sectors",
  "claim-outline",
  "claim-dashes",
  "claim-lines",
];
const lit = strength => ["*", strength, ["coalesce", ["feature-state", "lit"], 0]];
const width = (w, picked) => ["case", ["boolean", ["feature-state", "picked"], false], picked, w];
// a tint over a third of a country must not shout
const bySize = (small, large) => ["case", ["get", "large"], large, small];
const is = (...kinds) => ["in", ["get", "kind"], ["literal", kinds]];

function hatch(color) {
  const canvas = Object.assign(document.createElement("canvas"), { width: 16, height: 16 });
  const ctx = canvas.getContext("2d");
  ctx.strokeStyle = color;
  ctx.lineWidth = 1.6;
  for (const x of [-16, 0, 16]) {
    ctx.beginPath();
    ctx.moveTo(x, 16);
    ctx.lineTo(x + 16, 0);
    ctx.stroke();
  }
  return ctx.getImageData(0, 0, 16, 16);
}

export class Shapes {
  /** `features` = GeoJSON features with `properties.shape` and `kind`; one drawn feature a pile that has a shape. */
  constructor(features, marks) {
    const geometry = new Map(features.map(f => [f.properties.shape, f]));
    const { words } = marks.columns;
    this.marks = marks;
    this.piles = [...marks.shape.keys()].filter(p => geometry.has(marks.shape[p]));
    this.features = this.piles.map((p, k) => {
      const { geometry: drawn, properties } = geometry.get(marks.shape[p]);
      return {
        type: "Feature",
        id: k + 1,
        geometry: drawn,
        properties: { ...properties, layer: words.layer[marks.layer[p]], pile: p },
      };
    });
    this.forget();
  }

  /** A new style knows no state. */
  forget() {
    this.lit = this.piles.map(() => "");
  }

  attach(map, before) {
    for (const layer of this.marks.columns.words.layer) {
      const name = `hatch-${layer}`;
      const image = hatch(css(`--layer-${layer}`));
      if (map.hasImage(name)) map.updateImage(name, image);
      else map.addImage(name, image, { pixelRatio: 2 });
    }
    this.forget();
    const data = { type: "FeatureCollection", features: this.features };
    if (map.getSource(SOURCE)) {
      map.getSource(SOURCE).setData(data);
      return;
    }
    map.addSource(SOURCE, { type: "geojson", data });
    const color = this.color();
    const add = layer => map.addLayer({ source: SOURCE, ...layer }, before);
    add({
      id: "claim-areas",
      type: "fill",
      filter: is("area"),
      paint: { "fill-color": color, "fill-opacity": lit(bySize(0.14, 0.045)) },
    });
    add({
      id: "claim-hatch",
      type: "fill",
      filter: is("area"),
      paint: { "fill-pattern": ["concat", "hatch-", ["get", "layer"]], "fill-opacity": lit(bySize(0.42, 0.17)) },
    });
    add({
      id: "claim-sectors",
      type: "fill",
      filter: is("sector"),
      paint: { "fill-color": color, "fill-opacity": lit(0.13) },
    });
    add({
      id: "claim-outline",
      type: "line",
      filter: is("area"),
      paint: { "line-color": color, "line-width": width(1, 2.4), "line-opacity": lit(bySize(0.75, 0.5)) },
    });
    add({
      id: "claim-dashes",
      type: "line",
      filter: is("sector"),
      paint: {
        "line-color": color,
        "line-width": width(1.3, 2.6),
        "line-opacity": lit(0.8),
        "line-dasharray": [3, 2.2],
      },
    });
    add({
      id: "claim-lines",
      type: "line",
      filter: is("line"),
      layout: { "line-cap": "round" },
      paint: { "line-color": color, "line-width": width(4, 6), "line-opacity": lit(0.6) },
    });
  }

  color() {
    const words = this.marks.columns.words.layer;
    return ["match", ["get", "layer"], ...words.flatMap(w => [w, css(`--layer-${w}`)]), "#888"];
  }

  recolor(map) {
    for (const id of ["claim-areas", "claim-sectors"]) map.setPaintProperty(id, "fill-color", this.color());
    for (const id of ["claim-outline", "claim-dashes", "claim-lines"])
      map.setPaintProperty(id, "line-color", this.color());
    for (const layer of this.marks.columns.words.layer)
      map.updateImage(`hatch-${layer}`, hatch(css(`--layer-${layer}`)));
  }

  /**
   * Light what a census counts, but for what stands in a large ring; only features whose state changes are touched.
   * True if any is.
   */
  show(map, { visible, pending, groupOf }, flags, selected) {
    const { place } = this.marks;
    const held = new Set(this.marks.pilesOf(selected));
    let touched = false;
    this.piles.forEach((p, k) => {
      const picked = held.has(p) && visible[p] > 0;
      const quiet = flags[groupOf[place[p]]] === LARGE && !picked;
      const strength =
        !visible[p] || quiet ? 0 : (visible[p] === pending[p] ? 0.36 : 1) * (held.size && !picked ? 0.4 : 1);
      const state = `${strength}${picked}`;
      if (state === this.lit[k]) return;
      this.lit[k] = state;
      touched = true;
      map.setFeatureState({ source: SOURCE, id: k + 1 }, { lit: strength, picked });
    });
    return touched;
  }
}
