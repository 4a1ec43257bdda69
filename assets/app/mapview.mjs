// The map: finds the MapLibre map that plotly.js made, hangs our layers into it, and answers hover and click.
import { Camera } from "./camera.mjs";
import { Census } from "./census.mjs";
import { Clearance } from "./clearance.mjs";
import { APART, grouping, ringed, stepOf } from "./clusters.mjs";
import { NONE } from "./columns.mjs";
import { css, present, rgb } from "./dom.mjs";
import { Finder } from "./finder.mjs";
import { LAYER_ID, SymbolLayer } from "./layer.mjs";
import { mercatorX, mercatorY } from "./marks.mjs";
import { packBadges, packRings } from "./packing.mjs";
import { Shapes } from "./shapes.mjs";
import { lettering, ringZoom } from "./sizes.mjs";

// plotly-private; plotly is pinned and tests/browser/test_drawn.py fails when this path moves
const mapOf = gd => gd?._fullLayout?.map?._subplot?.map;

const PATIENCE = 20000; // milliseconds until plotly's map is held to be out of reach

/** The MapLibre map inside the graph `selector`, once its style is loaded. */
export async function plotlyMap(selector) {
  const gd = await present(`${selector} .js-plotly-plot`);
  const since = performance.now();
  const map = await new Promise((resolve, reject) => {
    const look = () => {
      if (mapOf(gd)) resolve(mapOf(gd));
      else if (performance.now() - since > PATIENCE) reject(new Error("plotly keeps its map elsewhere"));
      else setTimeout(look, 30);
    };
    look();
  });
  // before that plotly still sets the camera
  if (!map.isStyleLoaded()) await new Promise(resolve => map.once("idle", () => resolve()));
  return { map, gd };
}

export class MapView {
  constructor({ map, gd }, { columns, marks, shapes, paths, window, state, tip }) {
    Object.assign(this, { map, gd, columns, marks, window, state, tip, features: shapes, selected: NONE });
    this.symbols = new SymbolLayer(marks, columns, paths);
    this.shapes = new Shapes(shapes, marks);
    this.census = new Census(marks);
    this.finder = new Finder(this);
    this.clearance = new Clearance(this);
    this.attach();
    map.on("style.load", () => this.attach());
    map.on("mousemove", e => this.hover(e));
    map.on("mouseout", () => this.leave());
    map.on("click", e => this.click(e));
    map.on("zoom", () => this.later());
    map.on("move", () => this.draw());
    this.camera = new Camera(this);
  }

  attach() {
    const { map } = this;
    const labels = map.getStyle().layers.find(l => l.type === "symbol")?.id;
    this.shapes.attach(map, labels);
    if (!map.getLayer(LAYER_ID)) map.addLayer(this.symbols);
    this.clearance.attach(map);
    this.theme();
    this.later();
    this.draw();
  }

  /** Take up other marks: more claims have come. */
  stock(marks) {
    this.marks = marks;
    this.census = new Census(marks);
    this.groups = null;
    this.symbols.stock(marks, this.columns);
    this.shapes = new Shapes(this.features, marks);
    this.shapes.attach(this.map);
    this.draw();
  }

  /** Take up the claims of another version: the ordinals of those before mean nothing any more. */
  renew(marks, features) {
    this.features = features;
    this.tip.notes.clear();
    this.leave();
    this.selected = NONE;
    this.stock(marks);
  }

  /** Fetch what the first view does not need once it is zoomed in; the style names the addresses. */
  later() {
    const { map } = this;
    if (map.getZoom() < 6.5 || this.fetched === map.style) return;
    this.fetched = map.style;
    for (const [name, url] of Object.entries(map.getStyle().metadata.later))
      map.getSource(name).setData(new URL(url, location.href).href);
  }

  /** Take the colours of the page's theme and its size of words; base layers carry both palettes in their metadata. */
  theme() {
    const { map } = this;
    const large = lettering();
    const dark = document.documentElement.dataset.theme === "dark" ? "dark" : "light";
    for (const layer of map.getStyle().layers) {
      for (const [property, value] of Object.entries(layer.metadata?.[dark] ?? {}))
        map.setPaintProperty(layer.id, property, value);
      if (layer.metadata?.size) map.setLayoutProperty(layer.id, "text-size", ["*", large, layer.metadata.size]);
    }
    this.shapes.recolor(map);
    const { theme } = this.symbols;
    this.columns.words.layer.forEach((w, i) => theme.colors.set(rgb(css(`--layer-${w}`)), 3 * i));
    [theme.paper, theme.ink] = [rgb(css("--halo")), rgb(css("--ink"))];
    map.triggerRepaint();
  }

  /** Show the window [from, to) in minutes; the same frame moves symbols, badges and shapes. */
  show(from, to) {
    this.window = [from, to];
    this.step();
  }

  /** Draw the symbols anew; the whole map only where areas or lines change too. */
  step() {
    this.symbols.step(this.map, !this.arrange());
  }

  filtered() {
    this.symbols.filtered();
    this.census.stale();
  }

  /** Claims that what is known now bears on were counted; null for all. */
  learn(claims) {
    this.symbols.learn(claims);
    this.tip.forget();
    this.step();
  }

  /** Select a claim by its ordinal, NONE for none. */
  select(ordinal) {
    this.selected = ordinal;
    this.step();
  }

  draw() {
    this.arrange();
    this.map.triggerRepaint();
  }

  /**
   * Count and pack what the window holds; true if that lights areas or lines anew, which lie among the map's own
   * layers.
   */
  arrange() {
    const {
      map,
      marks,
      census,
      symbols: { view },
    } = this;
    this.regroup();
    view.window = this.window;
    view.first = this.columns.header.extent[0];
    view.worlds = this.worlds();
    this.focus();
    census.move(...this.window);
    ringed(census, this.flags);
    const { rings, badged } = this.crowded();
    const held = new Set(marks.pilesOf(this.selected).map(p => this.groups.groupOf[marks.place[p]]));
    this.rings = rings;
    this.clearance.changed();
    this.symbols.crowd(
      this.flags,
      packRings(marks, census, this.groups, rings, held),
      packBadges(marks, census, badged),
    );
    return this.shapes.show(map, census, this.flags, this.selected);
  }

  /** The marks to draw a halo around: those of the selected claim and of the one pointed at. */
  focus() {
    const { firstMark } = this.columns;
    this.symbols.view.focus = [this.selected, this.hovered ?? NONE].flatMap(i =>
      i === NONE ? [0, 0] : [firstMark[i], firstMark[i + 1]],
    );
  }

  /** Group the places anew where the zoom has come to another step. */
  regroup() {
    const zoom = ringZoom(this.map.getZoom());
    if (this.groups?.step === stepOf(this.marks, zoom)) return;
    this.groups = grouping(this.marks, zoom);
    this.flags = new Uint8Array(this.groups.groups);
    this.census.regroup(this.groups);
    this.symbols.regroup(this.groups.groupOf);
  }

  /** The copies of the world in view: 0 is the one around Greenwich. */
  worlds() {
    const bounds = this.map.getBounds();
    const [first, last] = [bounds.getWest(), bounds.getEast()].map(lon => Math.floor((lon + 180) / 360));
    return Array.from({ length: last - first + 1 }, (_, k) => first + k);
  }

  /** Groups in view that are rings; piles in view with more than one claim. */
  crowded() {
    const {
      marks: { firstPile, within },
      census: { places, single, visible, atPlace },
      flags,
      groups: { step, x, y, groups },
    } = this;
    const rings = [];
    const badged = [];
    const box = this.box();
    const add = q => {
      for (let p = firstPile[q]; p < firstPile[q + 1]; p++) if (visible[p] > 1) badged.push(p);
    };
    if (step === APART && !this.columns.counted) {
      for (const q of within.call(this.marks, ...box)) if (atPlace[q] > 1) add(q);
      return { rings, badged };
    }
    const [west, north, east, south] = box;
    for (let g = 0; g < groups; g++) {
      if (places[g] === 0) continue;
      if (x[g] < west || x[g] > east || y[g] < north || y[g] > south) continue;
      if (flags[g]) rings.push(g);
      else if (places[g] === 1) add(single[g]);
    }
    return { rings, badged };
  }

  /** What is in view, and a little more: west, north, east, south in Mercator relative to the marks' origin. */
  box() {
    const bounds = this.map.getBounds();
    const {
      origin: [x, y],
    } = this.marks;
    const { worlds } = this.symbols.view;
    const more = 60 / this.worldSize;
    const north = mercatorY(bounds.getNorth()) - y - more;
    const south = mercatorY(bounds.getSouth()) - y + more;
    if (worlds.length > 1) return [-Infinity, north, Infinity, south];
    return [
      mercatorX(bounds.getWest()) - worlds[0] - x - more,
      north,
      mercatorX(bounds.getEast()) - worlds[0] - x + more,
      south,
    ];
  }

  /** CSS pixels around the world. */
  get worldSize() {
    return 512 * 2 ** this.map.getZoom();
  }

  hover({ point }) {
    const piles = this.finder.at(point);
    if (this.columns.counted) {
      this.hoverCount(piles, point);
      return;
    }
    const top = this.marks.newest(piles, ...this.window);
    const count = piles.reduce((sum, p) => sum + this.census.visible[p], 0);
    this.map.getCanvas().style.cursor = top === undefined ? "" : "pointer";
    this.point(top);
    this.tip.show(top, count, point);
  }

  /** Counted cells have no claim to name: how many, and of what. */
  hoverCount(piles, point) {
    this.map.getCanvas().style.cursor = piles.length ? "pointer" : "";
    const { words } = this.columns;
    const shares = words.layer
      .map((word, l) => [
        piles.reduce((sum, p) => sum + (this.marks.layer[p] === l ? this.census.visible[p] : 0), 0),
        word,
      ])
      .filter(([v]) => v);
    if (shares.length) this.tip.tally(shares, point);
    else this.tip.hide();
  }

  leave() {
    this.tip.hide();
    this.point(undefined);
  }

  /** Draw a halo around another claim: nothing is counted anew. */
  point(ordinal) {
    if (ordinal === this.hovered) return;
    this.hovered = ordinal;
    this.focus();
    this.symbols.step(this.map, true);
  }

  async click({ point }) {
    const piles = this.finder.at(point);
    const { counted } = this.columns;
    const found = counted ? piles : this.marks.claimsOf(piles, ...this.window);
    this.tip.hide();
    if (!found.length) {
      if (this.state.value.sel) this.state.set({ sel: "" }, { record: true });
      return;
    }
    const sel = !counted && found.length === 1 ? (await this.tip.note(found[0])).claim_id : this.finder.address(piles);
    this.state.set({ sel, panel: "claims" }, { record: true });
  }

  /** The canvas of the map, drawn in this moment: its pixels are gone with the next frame. */
  canvas() {
    this.map.redraw();
    return this.map.getCanvas();
  }
}
