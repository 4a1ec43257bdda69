// The yardstick of the field: deck.gl's ScatterplotLayer with the DataFilterExtension over MapLibre, as kepler.gl has it.
import { DataFilterExtension } from "@deck.gl/extensions";
import { ScatterplotLayer } from "@deck.gl/layers";
import { MapboxOverlay } from "@deck.gl/mapbox";
import { Map, setWorkerUrl } from "maplibre-gl";

setWorkerUrl("/deck/worker.mjs");

window.deckPage = async ({ n, lon, lat, t, layer }, chosen, finish) => {
  const { style, center, zoom } = await (await fetch("/view.json")).json();
  const map = window.deckMap = new Map({ container: "map", style, center, zoom, attributionControl: false });
  await new Promise(done => map.once("idle", () => done()));
  const positions = new Float32Array(2 * n), first = t[0];
  for (let i = 0; i < n; i++) { positions[2 * i] = lon[i]; positions[2 * i + 1] = lat[i]; }
  const attributes = { getPosition: { value: positions, size: 2 }, getFilterValue: { value: Float32Array.from(t, v => v - first), size: 1 }, getFilterCategory: { value: Uint8Array.from(layer), size: 1 } };
  const data = { length: n, attributes }, extensions = [new DataFilterExtension({ filterSize: 1, categorySize: 1 })], layers = [0, 1, 2, 3, 4, 5, 6, 7];
  let range = [0, 0], waiting = [];
  const overlay = new MapboxOverlay({
    interleaved: false, layers: [],
    onAfterRender: ({ device }) => { finish(device.gl); for (const done of waiting.splice(0)) done(); },
  });
  const page = { hovered: null };
  const show = () => overlay.setProps({
    layers: [new ScatterplotLayer({ id: "claims", data, extensions, filterRange: range, filterCategories: layers.filter(l => chosen.has(l)), getFillColor: [163, 21, 21], getRadius: 4, radiusUnits: "pixels", pickable: true, onHover: info => info.index >= 0 && page.hovered?.() })],
  });
  map.addControl(overlay);
  return Object.assign(page, {
    step([from, to]) { range = [from - first, to - first - 0.5]; show(); },
    filter(l) { chosen.toggle(l); show(); },
    drawn: () => new Promise(done => waiting.push(done)),
  });
};
