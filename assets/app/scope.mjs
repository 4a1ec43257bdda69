// More claims than a page should hold: the map draws counts of cells, or the single claims of the view once they are
// few. The server is asked when the view or the query rests; what is overtaken is called off. Moving time asks nothing
// of the map.
import { answered } from "./ask.mjs";
import { cellZoom } from "./clusters.mjs";
import { Columns } from "./columns.mjs";
import { byId, el, numeral, rested } from "./dom.mjs";
import { Marks, mercatorX, mercatorY, tileBox } from "./marks.mjs";
import { queryString } from "./state.mjs";

const REST = 200; // milliseconds
const MARGIN = 0.5; // share of the view asked for beyond each of its edges
const BINS = { 1: "day", 7: "week", 28: "four weeks", 364: "year" };

/** Facet numbers as the server counts them, in the form of Counts. */
class Told {
  constructor(columns, { total, facets }) {
    Object.assign(this, { columns, total, facets, undated: 0 });
  }

  within() {
    return this;
  }

  of(facet, code) {
    return this.facets[facet][this.columns.word(facet, code)] ?? 0;
  }
}

export class Scope {
  /** `columns` = the first counts, of all the claims: their words serve the whole page. `drawn` is what the map has. */
  constructor(columns, state) {
    Object.assign(this, {
      columns,
      state,
      drawn: columns.twin(),
      box: null,
      shapes: [],
      running: {},
      counts: new Told(columns, { total: columns.claims, facets: {} }),
    });
    this.note = el("p", { id: "counting", class: "counting", role: "status" });
    byId("credits").before(this.note);
    this.say();
    this.rest = rested(() => this.look(), REST);
    this.tell = rested(() => this.total(), REST);
  }

  /** What the address asks for apart from time, and with it. */
  get query() {
    return queryString(
      { ...this.state.value, mode: "window", from: null, to: null, zone: "utc" },
      { plain: !this.state.machine },
    );
  }

  get timed() {
    return queryString(this.state.value, { plain: !this.state.machine });
  }

  /**
   * The first answers, before the page is built: the days of all claims and of those asked for, what the map draws of
   * these, and the numbers.
   */
  async begin() {
    const { query, timed } = this;
    Object.assign(this, { dayed: query, told: timed });
    const [all, some, cells] = await Promise.all([
      this.fetch("all", "/timeline?"),
      this.fetch("days", `/timeline?${query}`),
      query ? this.cells(`/columns?${query}`, query) : null,
    ]);
    if (cells) this.take(cells, { asked: query, held: query, box: null });
    this.columns.days = { all, some };
    this.counts = new Told(this.columns, await this.fetch("counts", `/counts?${timed}`));
  }

  /** The page follows: it is told when numbers or days are new, its map when there is other data to draw. */
  follow(page) {
    this.page = page;
  }

  /** The map is there: look at its view, now and whenever it rests. */
  attach(view) {
    this.view = view;
    view.map?.on("moveend", () => this.rest());
    this.look();
  }

  /** A filter changed: other days, other cells. */
  async filter() {
    this.rest();
    const some = this.dayed === this.query ? null : await this.fetch("days", `/timeline?${(this.dayed = this.query)}`);
    if (!some) return;
    this.columns.days.some = some;
    this.page.timeline.filtered();
  }

  async total() {
    const told = this.told === this.timed ? null : await this.fetch("counts", `/counts?${(this.told = this.timed)}`);
    if (!told) return;
    this.counts = this.page.counts = new Told(this.columns, told);
    this.page.recount();
  }

  /** The answer of an address as JSON; undefined if another question of its sort has overtaken it. */
  async fetch(sort, address, read = answer => answer.json()) {
    this.running[sort]?.abort();
    const own = (this.running[sort] = new AbortController());
    try {
      const answer = await answered(address, { signal: own.signal });
      return await read(answer);
    } catch (error) {
      if (error.name !== "AbortError") throw error;
      return undefined;
    }
  }

  /** The view rests: ask for what it needs, unless that is here. */
  async look() {
    const wanted = this.wanted();
    if (!wanted || wanted.address === this.address) return;
    const { address, asked, box } = wanted;
    const held = this.query;
    this.address = address;
    const found = await this.cells(address, asked).catch(error => {
      this.address = null;
      throw error;
    });
    if (!found) return;
    this.take(found, { asked, held, box });
    this.page.redraw(new Marks(this.drawn), this.shapes);
  }

  /** The counts, or claims with their areas and lines, that an address gives. */
  cells(address, asked) {
    return this.fetch("cells", address, async answer => {
      let whole;
      for await (const columns of Columns.arriving(answer.body)) whole = columns;
      const shapes = whole.counted ? [] : (await (await fetch(`/shapes.geojson?${asked}`)).json()).features;
      return { whole, shapes };
    });
  }

  /** Draw these from now on: what was asked, for which query and box. */
  take({ whole, shapes }, { asked, held, box }) {
    this.drawn.become(whole);
    this.drawn.asked = asked;
    Object.assign(this, { shapes, held, box });
    this.say();
  }

  /** {address, asked, box} of what the view needs; null if what is here will do. */
  wanted() {
    const map = this.view?.map; // a plain chart has none
    if (!map) return null;
    const level = cellZoom(map.getZoom());
    const view = tilesOf(map.getBounds(), level, 0);
    const wide = tilesOf(map.getBounds(), level, MARGIN);
    const { counted } = this.drawn;
    const held = (this.held ?? "") === this.query;
    const inside = this.box === null || (view !== null && within(view, level, this.box));
    const few = tiles => counted && held && inside && this.count(tiles, level) <= counted.singles;
    if (held && inside && (!counted || (counted.zoom >= level && !few(view)))) return null;
    const tiles = few(view) && !few(wide) ? view : wide;
    const bbox = tiles === null ? "" : `bbox=${tileBox(level, ...tiles)}`;
    const asked = [this.query, bbox].filter(Boolean).join("&");
    return {
      address: `/columns?${[asked, `cells=${level}`].filter(Boolean).join("&")}`,
      asked,
      box: tiles && { level, tiles },
    };
  }

  /** Claims counted in tiles of a zoom; cells coarser than those count by their middle. */
  count(tiles, level) {
    const {
      spot,
      weight,
      spots: { lon, lat },
    } = this.drawn;
    const scale = 2 ** level;
    const inside = Uint8Array.from(lon, (v, s) =>
      tiles === null ||
      holds(tiles, Math.floor(mercatorX(v / 1e7) * scale), Math.floor(mercatorY(lat[s] / 1e7) * scale))
        ? 1
        : 0,
    );
    let sum = 0;
    for (let i = 0; i < spot.length; i++) if (inside[spot[i]]) sum += weight[i];
    return sum;
  }

  /** Say where the map tells its data that it counts. */
  say() {
    const { counted } = this.drawn;
    this.note.hidden = false;
    this.note.textContent = counted
      ? `Showing counts: a ring is one square’s claims, by the ${BINS[counted.days]} they begin. Zoom in for each.`
      : `Showing the ${numeral(this.drawn.n)} claims around this view one by one.`;
  }

  /** The store holds other claims: take the first counts and all that follows anew. */
  async renew() {
    const whole = await this.fetch("whole", "/columns", async answer => {
      let last;
      for await (const columns of Columns.arriving(answer.body)) last = columns;
      return last;
    });
    if (!whole?.counted) {
      location.reload();
      return;
    }
    this.columns.become(whole);
    await this.begin();
    Object.assign(this, { held: null, address: null });
    await this.look();
  }
}

/**
 * Tiles of a zoom in some bounds and a share of them beyond: [west, north, east, south]; null where they go around the
 * world.
 */
function tilesOf(bounds, level, more) {
  const n = 2 ** level;
  const [west, east] = [bounds.getWest(), bounds.getEast()];
  const [north, south] = [bounds.getNorth(), bounds.getSouth()].map(mercatorY);
  const [x0, x1, y0, y1] = [mercatorX(west) * n, mercatorX(east) * n, north * n, south * n];
  const [dx, dy] = [(x1 - x0) * more, (y1 - y0) * more];
  const tiles = [x0 - dx, y0 - dy, x1 + dx, y1 + dy].map(Math.floor);
  if (tiles[0] < 0 || tiles[2] >= n) return null; // across the edge of the world: ask for all around it
  return [tiles[0], Math.max(0, tiles[1]), tiles[2], Math.min(n - 1, tiles[3])];
}

const holds = ([west, north, east, south], x, y) => x >= west && x <= east && y >= north && y <= south;

/** True if tiles of a zoom lie in a box of tiles of another. */
function within([west, north, east, south], level, { level: other, tiles: [w, n, e, s] }) {
  const scale = 2 ** (level - other);
  return west >= w * scale && north >= n * scale && east + 1 <= (e + 1) * scale && south + 1 <= (s + 1) * scale;
}
