// Areas, wedges and border stretches: few features in ordinary map layers, lit by feature state in the same frame as the symbols.
import { NONE } from "./columns.mjs";
import { css } from "./dom.mjs";

const SOURCE = "claim-shapes";
export const SHAPE_LAYERS = ["claim-areas", "claim-hatch", "claim-sectors", "claim-outline", "claim-dashes", "claim-lines"];
const lit = strength => ["*", strength, ["coalesce", ["feature-state", "lit"], 0]];
const width = (w, picked) => ["case", ["boolean", ["feature-state", "picked"], false], picked, w];
const bySize = (small, large) => ["case", ["get", "large"], large, small];   // a tint over a third of a country must not shout
const is = (...kinds) => ["in", ["get", "kind"], ["literal", kinds]];

function hatch(color) {
  const canvas = Object.assign(document.createElement("canvas"), { width: 16, height: 16 }), ctx = canvas.getContext("2d");
  ctx.strokeStyle = color;
  ctx.lineWidth = 1.6;
  for (const x of [-16, 0, 16]) { ctx.beginPath(); ctx.moveTo(x, 16); ctx.lineTo(x + 16, 0); ctx.stroke(); }
  return ctx.getImageData(0, 0, 16, 16);
}

export class Shapes {
  /** `features` = GeoJSON features with `properties.shape` and `kind`; one drawn feature per (shape, layer) in use. */
  constructor(features, marks) {
    this.marks = marks;
    this.byKey = new Map();
    this.features = [];
    const geometry = new Map(features.map(f => [f.properties.shape, f])), { columns } = marks;
    for (const [m, shape] of marks.shaped()) {
      const layer = columns.words.layer[columns.codes.layer[marks.claim[m]]], key = `${shape}/${layer}`, source = geometry.get(shape);
      if (!source) continue;
      if (!this.byKey.has(key)) {
        const id = this.features.length + 1;
        this.byKey.set(key, { id, marks: [], lit: 0, picked: false });
        this.features.push({ type: "Feature", id, geometry: source.geometry, properties: { ...source.properties, layer } });
      }
      this.byKey.get(key).marks.push(m);
    }
  }

  attach(map, before) {
    for (const layer of this.marks.columns.words.layer) {
      const name = `hatch-${layer}`, image = hatch(css(`--layer-${layer}`));
      if (map.hasImage(name)) map.updateImage(name, image); else map.addImage(name, image, { pixelRatio: 2 });
    }
    for (const entry of this.byKey.values()) entry.lit = entry.picked = null;   // a new style has forgotten every state
    if (map.getSource(SOURCE)) return;
    map.addSource(SOURCE, { type: "geojson", data: { type: "FeatureCollection", features: this.features } });
    const color = this.color(), add = layer => map.addLayer({ source: SOURCE, ...layer }, before);
    add({ id: "claim-areas", type: "fill", filter: is("area"), paint: { "fill-color": color, "fill-opacity": lit(bySize(0.14, 0.045)) } });
    add({ id: "claim-hatch", type: "fill", filter: is("area"), paint: { "fill-pattern": ["concat", "hatch-", ["get", "layer"]], "fill-opacity": lit(bySize(0.42, 0.17)) } });
    add({ id: "claim-sectors", type: "fill", filter: is("sector"), paint: { "fill-color": color, "fill-opacity": lit(0.13) } });
    add({ id: "claim-outline", type: "line", filter: is("area"), paint: { "line-color": color, "line-width": width(1, 2.4), "line-opacity": lit(bySize(0.75, 0.5)) } });
    add({ id: "claim-dashes", type: "line", filter: is("sector"), paint: { "line-color": color, "line-width": width(1.3, 2.6), "line-opacity": lit(0.8), "line-dasharray": [3, 2.2] } });
    add({ id: "claim-lines", type: "line", filter: is("line"), layout: { "line-cap": "round" }, paint: { "line-color": color, "line-width": width(4, 6), "line-opacity": lit(0.6) } });
  }

  color() {
    const words = this.marks.columns.words.layer;
    return ["match", ["get", "layer"], ...words.flatMap(w => [w, css(`--layer-${w}`)]), "#888"];
  }

  recolor(map) {
    for (const id of ["claim-areas", "claim-sectors"]) map.setPaintProperty(id, "fill-color", this.color());
    for (const id of ["claim-outline", "claim-dashes", "claim-lines"]) map.setPaintProperty(id, "line-color", this.color());
    for (const layer of this.marks.columns.words.layer) map.updateImage(`hatch-${layer}`, hatch(css(`--layer-${layer}`)));
  }

  /** Light what is visible in [from, to) and not of a `quiet` pile; only features whose state changes are touched. */
  show(map, [from, to], selected, quiet) {
    const { columns, claim, pile } = this.marks, picking = selected !== NONE;
    for (const entry of this.byKey.values()) {
      let strength = 0, picked = false;
      for (const m of entry.marks) {
        const c = claim[m];
        if (!columns.visible(c, from, to) || (quiet[pile[m]] && c !== selected)) continue;
        strength = Math.max(strength, columns.known(c, to) ? 1 : 0.36);
        picked ||= c === selected;
      }
      if (picking && !picked) strength *= 0.4;
      if (strength === entry.lit && picked === entry.picked) continue;
      entry.lit = strength;
      entry.picked = picked;
      map.setFeatureState({ source: SOURCE, id: entry.id }, { lit: strength, picked });
    }
  }
}
