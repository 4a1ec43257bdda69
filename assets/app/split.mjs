// Two maps beside each other, locked: the page's own, and one of another voice or of the same some days earlier.
// The second looks at the same columns through filters of its own; nothing is fetched or piled anew.
import { Bars } from "./bars.mjs";
import { Counts } from "./counts.mjs";
import { describe } from "./dates.mjs";
import { byId, el, numeral, setProps } from "./dom.mjs";
import { rows } from "./lists.mjs";
import { EARLIER, knowledge } from "./state.mjs";
import { MapView, plotlyMap } from "./mapview.mjs";
import { Tip } from "./tip.mjs";

const LISTED = 60; // claims that one click on the second map lists

/** What the word `split` of the address asks for: { facet, value } or { days }; null for one map. */
export function otherOf(split) {
  const [sort, ...rest] = split.split(":");
  const value = rest.join(":");
  if (sort === "days") return { days: Number(value) };
  return value ? { facet: sort, value } : null;
}

/** The second map names what it shows by the ids of its claims: the first would gather others. */
class Second extends MapView {
  stock(marks, columns) {
    this.columns = this.tip.columns = columns;
    this.tip.notes.clear();
    super.stock(marks);
  }

  async click({ point }) {
    const found = this.marks.claimsOf(this.finder.at(point), ...this.window);
    const { columns } = this;
    this.tip.hide();
    const sel = found.length
      ? (await rows(columns, found.subarray(0, LISTED), this.tip.knowledge())).map(row => row.claim_id).join(",")
      : "";
    if (sel !== this.state.value.sel) this.state.set(sel ? { sel, panel: "claims" } : { sel }, { record: true });
  }
}

export class Split {
  constructor(page, state, { labels, graph, paths }) {
    Object.assign(this, { page, state, labels, graph, paths });
    this.fresh = page.map.camera.home && Boolean(this.other);
    this.heads = ["first", "second"].map(half => el("p", { class: `half-head ${half}`, "aria-live": "polite" }));
    byId("map-slot").parentElement.append(...this.heads);
    state.on(["split", "zone"], () => this.turn());
    state.on(["theme"], () => this.map?.theme());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.map?.theme());
    this.turn();
  }

  get other() {
    return otherOf(this.state.value.split);
  }

  /** One map becomes two, two become one, or the second shows another. */
  async turn() {
    const { other, page } = this;
    const root = document.documentElement;
    const was = root.hasAttribute("data-split");
    root.toggleAttribute("data-split", Boolean(other));
    if (was !== Boolean(other)) dispatchEvent(new Event("resize"));
    if (!other) {
      page.map.beside = page.timeline.twin = null;
      page.timeline.paint();
      return;
    }
    this.renew();
    if (!this.map && !this.asked) await this.attach();
    page.map.beside = this.other ? this.map : null;
    for (const { map } of [page.map, this.map].filter(Boolean)) map.resize();
    if (this.fresh) page.map.camera.fit({ animate: false });
    this.fresh = false;
    this.show();
    page.count();
  }

  /** Look at the columns anew: another voice, more claims, another clock. */
  renew() {
    const {
      page: { columns, player, timeline },
      state: {
        value: { zone },
      },
      other,
    } = this;
    const half = (this.columns = Object.create(columns));
    this.marks = Object.assign(Object.create(this.page.map.marks), { columns: half });
    this.apart = other.days && zone !== "utc";
    if (this.apart) half.lean = this.lean;
    this.filter(false);
    timeline.twin = { bars: new Bars(half, player.zone), earlier: t => this.earlier(t) };
    timeline.paint();
    this.map?.stock(this.marks, half);
  }

  /** The clock was turned: the second map goes by it too. */
  turned() {
    if (this.apart) this.columns.wind();
  }

  async attach() {
    this.asked = true;
    setProps("split-slot", { children: { ...this.graph, props: { ...this.graph.props, id: "map-second" } } });
    const found = await plotlyMap("#map-second");
    const { page, state, paths } = this;
    this.map = new Second(found, {
      columns: this.columns,
      marks: this.marks,
      shapes: page.map.features,
      paths,
      window: this.window,
      state,
      tip: new Tip(byId("tip-second"), this.columns, () => knowledge(state.value)),
    });
    this.lock(page.map.map, found.map);
    document.documentElement.dataset.split = "map";
  }

  /** What one camera does, the other does too. */
  lock(one, two) {
    let led = false;
    const lead = (from, to) => () => {
      if (led || !this.other) return;
      led = true;
      to.jumpTo({ center: from.getCenter(), zoom: from.getZoom(), bearing: from.getBearing(), pitch: from.getPitch() });
      led = false;
    };
    one.on("move", lead(one, two));
    two.on("move", lead(two, one));
    lead(one, two)();
  }

  /** The same instant in the time of the second map. */
  earlier(t) {
    const { days } = this.other ?? {};
    return days && Number.isFinite(t) ? this.page.player.zone.add("day", t, -days) : t;
  }

  get window() {
    return this.page.player.window.map(t => this.earlier(t));
  }

  get lean() {
    return this.window.map(t => this.page.player.zone.offset(t));
  }

  filters() {
    const { filters } = this.state.value;
    const { facet, value } = this.other;
    return facet ? { ...filters, source: [], side: [], [facet]: [value] } : filters;
  }

  /** The filters or the lens have changed. */
  filter(draw = true) {
    if (!this.other || !this.columns) return;
    this.columns.filter(this.filters(), this.page.columns.matches);
    this.counts = new Counts(this.columns);
    if (!draw) return;
    this.page.timeline.twin?.bars.filtered();
    this.map?.filtered();
  }

  /** How claims count, in (1) or out (-1), as they are known now. */
  count(claims, d) {
    if (!this.other || !this.columns) return;
    this.counts.learn(claims, d);
    this.map?.census.learn(claims, d);
  }

  /** Claims that what is known now bears on were counted; null for all. */
  learn(claims) {
    this.counts?.open.clear();
    this.map?.learn(claims);
  }

  /** The window moved. */
  show() {
    if (!this.other || !this.columns) return;
    if (this.apart) this.columns.lean = this.lean;
    this.map?.show(...this.window);
  }

  /** Title each half with what it shows and how many claims that is. */
  say(total) {
    const {
      other,
      page: { player },
    } = this;
    if (!other || !this.counts) return;
    const {
      filters: { source, side },
    } = this.state.value;
    const dated = window => describe(...player.named(window), player.zone);
    const names = [...source.map(id => this.name("source", id)), ...side.map(word => this.name("side", word))];
    const titles = other.days
      ? [dated(player.window), `${dated(this.window)}, ${EARLIER[other.days] ?? `${other.days} days`} earlier`]
      : [names.join(" or ") || "Every source", this.name(other.facet, other.value)];
    [total, this.counts.within(...this.window).total].forEach((n, k) =>
      this.heads[k].replaceChildren(el("b", {}, numeral(n)), ` ${n === 1 ? "claim" : "claims"} · ${titles[k]}`),
    );
  }

  name(facet, value) {
    if (facet === "side") return `${this.labels.side(value)} sources`;
    return this.page.columns.words.source.find(({ id }) => id === value)?.name ?? value;
  }

  select(ordinal) {
    this.map?.select(ordinal);
  }
}
