// Where the map's camera stands: fitted to claims, told to the page's address and to plotly.
import { byId, rested, stillness } from "./dom.mjs";

/** A camera as the page's address says it. */
const place = ({ lng, lat }, zoom) => [zoom, lat, lng].map((v, i) => +v.toFixed(i ? 3 : 2));

export class Camera {
  constructor(view) {
    this.view = view;
    const { map, state } = view;
    map.on("moveend", () => this.remember());
    map.on(
      "moveend",
      rested(() => this.moved(), 150),
    );
    this.home = !state.value.map; // nobody has put it anywhere
    if (this.home) this.fit({ animate: false });
    else this.stand(state.value.map);
    state.on(["map"], ({ map: at }) => at && this.stand(at));
    state.on(["present"], () => this.fitted && map.once("resize", () => this.refit()));
  }

  moved() {
    this.view.state.set({ map: this.at });
  }

  /** Tell plotly where the camera is: it lays the map out anew on every change of size, from what it knows. */
  remember() {
    const { map, gd } = this.view;
    const { lng: lon, lat } = map.getCenter();
    const zoom = map.getZoom();
    for (const layout of [gd.layout, gd._fullLayout]) Object.assign(layout.map, { center: { lon, lat }, zoom });
  }

  /** Stand where the page's address says. */
  stand([zoom, lat, lng]) {
    const { map } = this.view;
    const c = map.getCenter();
    if (Math.abs(c.lat - lat) + Math.abs(c.lng - lng) + Math.abs(map.getZoom() - zoom) > 0.005)
      map.jumpTo({ center: [lng, lat], zoom });
  }

  /** Where it stands. */
  get at() {
    const { map } = this.view;
    return place(map.getCenter(), map.getZoom());
  }

  /** The map has another size: fit it again, if it stands where it was fitted. */
  refit() {
    if (`${this.at}` === this.fitted) this.fit({ animate: !stillness.matches });
  }

  /** Fit the marks drawn in the window; with a single place, come no nearer than zoom 8. */
  fit(options) {
    const { map, beside } = this.view;
    const [west, south, east, north] = beside?.camera.reach(this.reach()) ?? this.reach();
    if (west > east) return;
    const bounds = [
      [west, south],
      [east, north],
    ];
    const room = { padding: this.padding(), maxZoom: 8 };
    const { center, zoom } = map.cameraForBounds(bounds, room);
    this.fitted = `${place(center, zoom)}`;
    map.fitBounds(bounds, { ...room, ...options });
  }

  /** West, south, east and north of the marks drawn in the window, and of what is reached already. */
  reach([west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity]) {
    const {
      window,
      census,
      marks: { lon, lat },
    } = this.view;
    const { atPlace } = census;
    census.move(...window);
    for (let q = 0; q < atPlace.length; q++) {
      if (atPlace[q] === 0) continue;
      [west, south, east, north] = [
        Math.min(west, lon[q]),
        Math.min(south, lat[q]),
        Math.max(east, lon[q]),
        Math.max(north, lat[q]),
      ];
    }
    return [west, south, east, north];
  }

  /** Show a bounding box: west, south, east, north in degrees. */
  fly([west, south, east, north]) {
    this.view.map.fitBounds(
      [
        [west, south],
        [east, north],
      ],
      { padding: this.padding(), maxZoom: 8, animate: !stillness.matches },
    );
  }

  /** Room left free of claims at the edges of the map: for the burned-in words, for thumbs. */
  padding() {
    const { map, state } = this.view;
    const { clientWidth: w, clientHeight: h } = map.getContainer();
    if (state.value.present && w > 900) return { top: h * 0.16, bottom: h * 0.12, left: 60, right: w * 0.31 };
    const room = Math.min(80, w * 0.1, h * 0.12);
    const band = byId("known-band");
    const switches = w < 600 ? h - byId("clocks").offsetTop + 18 : 0;
    return {
      top: room + (band.hidden ? 0 : band.offsetHeight),
      bottom: Math.max(room, switches),
      left: room,
      right: room,
    };
  }
}
