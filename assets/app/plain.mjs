// Where no map can be drawn: the window's claims as points on bare axes, by Plotly alone and without WebGL.
import { byId, css, numeral, paced, present, setProps } from "./dom.mjs";
import { rows } from "./lists.mjs";

export const MOST = 5000; // points at a time; the latest are shown
const GRAPH = "map";
const FRAME_MS = 200;

/** True where the browser can draw the map at all. */
export const canDraw = () => Boolean(document.createElement("canvas").getContext("webgl2"));

/** Rings of a GeoJSON as one line, parted by nulls. */
function outline({ features }) {
  const x = [];
  const y = [];
  const walk = part => {
    if (typeof part[0][0] !== "number") {
      part.forEach(walk);
      return;
    }
    for (const [lon, lat] of part) {
      x.push(lon);
      y.push(lat);
    }
    x.push(null);
    y.push(null);
  };
  for (const { geometry } of features) if (geometry && geometry.type !== "Point") walk(geometry.coordinates);
  return { x, y };
}

export class PlainMap {
  /** `graph` = the graph that would have been the map; `why` is told to the viewer. */
  constructor(graph, why, { columns, marks, window, state }) {
    Object.assign(this, { columns, marks, window, state, why, land: { x: [], y: [] } });
    this.draw = paced(() => setProps(GRAPH, { figure: this.figure() }), FRAME_MS);
    setProps("map-slot", { children: { ...graph, props: { ...graph.props, figure: this.figure() } } });
    fetch("/basemap/countries.geojson")
      .then(r => r.json())
      .then(geojson => {
        this.land = outline(geojson);
        this.draw();
      });
    present(`#${GRAPH} .js-plotly-plot`).then(gd =>
      gd.on("plotly_click", ({ points: [{ customdata }] }) => this.choose(customdata)),
    );
  }

  /** Places of the newest visible claims: {x, y, color, claims}; says how many there are. */
  points() {
    const {
      columns,
      marks,
      window: [from, to],
    } = this;
    const { firstMark } = columns;
    const colors = columns.words.layer.map(w => css(`--layer-${w}`));
    const out = { x: [], y: [], color: [], claims: [] };
    let seen = 0;
    for (let k = columns.near(from, to)[1] - 1; k >= 0; k--) {
      const i = columns.order.by[k];
      if (firstMark[i] === firstMark[i + 1] || !columns.visible(i, from, to)) continue;
      if (seen++ >= MOST) continue;
      const p = marks.pile[firstMark[i]];
      const q = marks.place[p];
      out.x.push(marks.lon[q]);
      out.y.push(marks.lat[q]);
      out.color.push(colors[marks.layer[p]]);
      out.claims.push(i);
    }
    const most = seen > MOST ? `; the latest ${numeral(MOST)} of ${numeral(seen)} are shown` : "";
    byId("notice").textContent = `${this.why} Claims stand as points, areas at their middle${most}.`;
    return out;
  }

  figure() {
    const { x, y, color, claims } = this.points();
    const axis = { showgrid: false, zeroline: false, color: css("--muted"), ticksuffix: "°" };
    const { lon, lat } = this.marks;
    const range = values => {
      const [lo, hi] = values.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [Infinity, -Infinity]);
      return lo <= hi ? [lo - 1, hi + 1] : undefined;
    };
    return {
      data: [
        { type: "scatter", mode: "lines", ...this.land, line: { color: css("--line"), width: 1 }, hoverinfo: "skip" },
        {
          type: "scatter",
          mode: "markers",
          x,
          y,
          customdata: claims,
          marker: { color, size: 9, opacity: 0.75 },
          hoverinfo: "x+y",
        },
      ],
      layout: {
        margin: { l: 40, r: 10, t: 10, b: 30 },
        showlegend: false,
        uirevision: "plain",
        paper_bgcolor: "rgba(0,0,0,0)",
        plot_bgcolor: "rgba(0,0,0,0)",
        xaxis: { ...axis, range: range(lon) },
        yaxis: { ...axis, range: range(lat), scaleanchor: "x", scaleratio: 1.52 },
      }, // 1 / cos 49°
    };
  }

  async choose(ordinal) {
    if (ordinal === undefined || this.columns.counted) return;
    const [{ claim_id }] = await rows(this.columns, [ordinal]);
    this.state.set({ sel: claim_id, panel: "claims" }, { record: true });
  }

  show(from, to) {
    this.window = [from, to];
    this.draw();
  }

  stock(marks) {
    this.marks = marks;
    this.draw();
  }

  renew(marks) {
    this.stock(marks);
  }

  filtered() {
    this.draw();
  }

  theme() {
    this.draw();
  }

  learn() {
    this.draw();
  }

  /** Points are not told apart further: nothing is marked as selected. */
  select() {}
}
