// The map: finds the MapLibre map that plotly.js made, hangs our layers into it, and answers hover and click.
import { byId, css, el, present, rested, rgb } from "./dom.mjs";
import { NONE } from "./columns.mjs";
import { Clusters } from "./clusters.mjs";
import { LAYER_ID, SymbolLayer, ringRadius } from "./layer.mjs";
import { SHAPE_LAYERS, Shapes } from "./shapes.mjs";

// plotly-private; plotly is pinned and tests/browser/test_drawn.py fails when this path moves
const mapOf = gd => gd?._fullLayout?.map?._subplot?.map;

/** The MapLibre map inside the graph `selector`, once its style is loaded. */
export async function plotlyMap(selector) {
  const gd = await present(`${selector} .js-plotly-plot`);
  const map = await new Promise(resolve => {
    const look = () => (mapOf(gd) ? resolve(mapOf(gd)) : setTimeout(look, 30));
    look();
  });
  if (!map.isStyleLoaded()) await new Promise(resolve => map.once("idle", resolve));
  return { map, gd };
}

export class MapView {
  constructor({ map, gd }, { columns, marks, shapes, paths, window, state, tip }) {
    Object.assign(this, { map, gd, columns, marks, window, state, tip });
    this.symbols = new SymbolLayer(marks, columns, paths);
    this.shapes = new Shapes(shapes, marks);
    this.clusters = new Clusters(marks);
    this.attach();
    map.on("style.load", () => this.attach());
    map.on("mousemove", e => this.hover(e));
    map.on("mouseout", () => this.leave());
    map.on("click", e => this.click(e));
    map.on("zoom", () => { this.later(); this.draw(); });
    map.on("moveend", () => this.remember());
    map.on("moveend", rested(() => this.moved(), 150));
    if (state.value.map) this.camera(state.value.map); else this.fit({ animate: false });
    state.on(["map"], ({ map: view }) => view && this.camera(view));
  }

  attach() {
    const { map } = this, labels = map.getStyle().layers.find(l => l.type === "symbol")?.id;
    this.shapes.attach(map, labels);
    if (!map.getLayer(LAYER_ID)) map.addLayer(this.symbols);
    this.theme();
    this.later();
    this.draw();
  }

  /** Fetch what the first view does not need once it is zoomed in; the style names the addresses. */
  later() {
    const { map } = this;
    if (map.getZoom() < 6.5 || this.fetched === map.style) return;
    this.fetched = map.style;
    for (const [name, url] of Object.entries(map.getStyle().metadata.later)) map.getSource(name).setData(new URL(url, location.href).href);
  }

  /** Take the colours of the page's theme; base layers carry both palettes in their metadata. */
  theme() {
    const { map } = this, dark = document.documentElement.dataset.theme === "dark" ? "dark" : "light";
    for (const layer of map.getStyle().layers) {
      for (const [property, value] of Object.entries(layer.metadata?.[dark] ?? {})) map.setPaintProperty(layer.id, property, value);
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
    this.draw();
  }

  filtered() { this.symbols.filtered(); }

  draw() {
    const [from, to] = this.window, { view } = this.symbols;
    const [early, late] = this.columns.lean;
    view.window = [Math.max(from, -2147483647), Math.min(to, 2147483647)];
    view.dated = [Math.max(from + early, -2147483647), Math.min(to + late, 2147483647)];
    view.first = this.columns.header.extent[0];
    view.count = this.marks.before(to);
    const selected = this.columns.position.get(this.state.value.sel) ?? NONE;
    view.focus = [selected, this.hovered ?? NONE];
    this.clusters.regroup(this.map.getZoom());
    this.census = this.marks.census(from, to, this.clusters);
    this.crowd = this.clusters.crowd(this.census);
    this.symbols.crowd(this.crowd, ring => ring.piles.some(p => this.marks.piles[p].marks.some(m => this.marks.claim[m] === selected)));
    this.shapes.show(this.map, [from, to], selected, this.crowd.quiet);
    this.map.triggerRepaint();
  }

  /** Ordinals of the claims at a point of the screen: symbols first, else the area or line under it. */
  at(point) {
    const [from, to] = this.window, near = this.ringAt(point)?.piles ?? this.marks.pick(this.map, point, this.census.counts, this.crowd.hidden);
    if (near.length) return this.marks.claimsOf(near, from, to);
    const box = [[point.x - 3, point.y - 3], [point.x + 3, point.y + 3]];
    const layers = SHAPE_LAYERS.filter(l => this.map.getLayer(l));
    const codes = new Set(this.map.queryRenderedFeatures(box, { layers }).filter(f => f.state.lit > 0).map(f => f.properties.shape));
    return [...new Set([...codes].flatMap(code => this.marks.ofShape(code, from, to)))];
  }

  ringAt(point) {
    const reach = ringRadius(this.map.getZoom());
    return this.crowd.rings.find(ring => { const at = this.map.project([ring.lon, ring.lat]); return Math.hypot(at.x - point.x, at.y - point.y) < reach; });
  }

  hover({ point }) {
    const found = this.at(point), top = found[0];
    this.map.getCanvas().style.cursor = found.length ? "pointer" : "";
    if (top !== this.hovered) { this.hovered = top; this.draw(); }
    this.tip.show(found, point);
  }

  leave() {
    this.tip.hide();
    if (this.hovered !== undefined) { this.hovered = undefined; this.draw(); }
  }

  click({ point }) {
    const found = this.at(point);
    this.tip.hide();
    if (!found.length) { if (this.state.value.sel) this.state.set({ sel: "" }, { record: true }); return; }
    this.state.set({ sel: found.length === 1 ? this.columns.ids[found[0]] : found.map(i => this.columns.ids[i]).join(","), panel: "claims" }, { record: true });
  }

  moved() {
    const { lng, lat } = this.map.getCenter();
    this.state.set({ map: [this.map.getZoom(), lat, lng].map((v, i) => +v.toFixed(i ? 3 : 2)) });
  }

  /** Tell plotly where the camera is: it lays the map out anew on every change of size, from what it knows. */
  remember() {
    const { lng: lon, lat } = this.map.getCenter(), zoom = this.map.getZoom();
    for (const layout of [this.gd.layout, this.gd._fullLayout]) Object.assign(layout.map, { center: { lon, lat }, zoom });
  }

  camera([zoom, lat, lng]) {
    const c = this.map.getCenter();
    if (Math.abs(c.lat - lat) + Math.abs(c.lng - lng) + Math.abs(this.map.getZoom() - zoom) > 0.005) this.map.jumpTo({ center: [lng, lat], zoom });
  }

  /** Fit the marks drawn in the window; with a single place, come no nearer than zoom 8. */
  fit(options) {
    const [from, to] = this.window, lon = [], lat = [];
    for (let m = this.marks.before(to) - 1; m >= 0; m--) if (this.columns.visible(this.marks.claim[m], from, to)) { lon.push(this.marks.lon[m]); lat.push(this.marks.lat[m]); }
    if (lon.length) this.map.fitBounds([[Math.min(...lon), Math.min(...lat)], [Math.max(...lon), Math.max(...lat)]], { padding: this.padding(), maxZoom: 8, ...options });
  }

  /** Room left free of claims at the edges of the map: for the burned-in words, for thumbs. */
  padding() {
    const { clientWidth: w, clientHeight: h } = this.map.getContainer();
    if (this.state.value.present && w > 900) return { top: h * 0.16, bottom: h * 0.17, left: 60, right: w * 0.2 };
    return w < 600 ? 36 : 80;
  }

  /** The map as drawn, our layers included, as a PNG data address. */
  picture() {
    this.map.redraw();
    return this.map.getCanvas().toDataURL("image/png");
  }
}

/** The hover note: who says what, asked from the server a claim at a time and kept. */
export class Tip {
  constructor(node, columns, labels) {
    Object.assign(this, { node, columns, labels, notes: new Map() });
  }

  async show(found, point) {
    if (!found.length) { this.hide(); return; }
    this.wanted = found[0];
    const { columns, node } = this, id = columns.ids[found[0]], source = columns.words.source[columns.codes.source[found[0]]];
    const frame = byId("map").getBoundingClientRect();
    node.style.transform = `translate(${Math.min(point.x + 16, frame.width - 300)}px, ${point.y + 18}px)`;
    if (this.shown !== id) {
      this.shown = id;
      if (!this.notes.has(id)) this.notes.set(id, fetch(`/claims/${encodeURIComponent(id)}.json`).then(r => r.json()));
      const note = await this.notes.get(id);
      if (this.wanted !== found[0]) return;
      node.replaceChildren(
        el("p", { class: "tip-who" }, source.name, el("span", { class: "muted" }, ` · ${this.labels.side(source.side)}`)),
        el("p", { class: "tip-what" }, note.statement),
        el("p", { class: "muted" }, [note.place, note.happened].filter(Boolean).join(" · ")),
        found.length > 1 ? el("p", { class: "tip-more" }, `and ${found.length - 1} more here — click to list`) : null,
      );
    }
    node.hidden = false;
  }

  hide() { this.wanted = this.shown = undefined; this.node.hidden = true; }
}
