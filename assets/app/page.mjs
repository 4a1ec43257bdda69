// What stands on the page and how it follows the state: a filter, a step of time, what is known, what has come.
import { answered } from "./ask.mjs";
import { Bars } from "./bars.mjs";
import { Sentence, applyPanel, applyPresent, applyTheme, keys, revealQuote, wire } from "./chrome.mjs";
import { Clocks, tellings } from "./clocks.mjs";
import { Columns, NONE } from "./columns.mjs";
import { Counts } from "./counts.mjs";
import { ZONES } from "./dates.mjs";
import { Desk } from "./desk.mjs";
import { byId, framed, paced, rested, setProps } from "./dom.mjs";
import { Facets } from "./facets.mjs";
import { markFound } from "./found.mjs";
import { PAGE, ordinalOf } from "./lists.mjs";
import { MapView, plotlyMap } from "./mapview.mjs";
import { Marks } from "./marks.mjs";
import { Notes } from "./notes.mjs";
import { Pairs } from "./pairs.mjs";
import { pictured, takePicture } from "./picture.mjs";
import { PlainMap, canDraw } from "./plain.mjs";
import { Player } from "./player.mjs";
import { Split } from "./split.mjs";
import { ASKED, knowledge, question, several } from "./state.mjs";
import { Suggest } from "./suggest.mjs";
import { Timeline } from "./timeline.mjs";
import { Tip } from "./tip.mjs";
import { Reading, Transport } from "./transport.mjs";
import { Travel } from "./travel.mjs";
import { sinceLastVisit } from "./visit.mjs";

export const columnsAsked = () => answered("/columns").then(r => r.body);
export const shapesAsked = () => answered("/shapes.geojson").then(r => r.json());

/** Hand a value to the server's callbacks, through the store component `id`. */
const tell = (id, data) => setProps(id, { data });

export class Page {
  constructor(columns, scope, { state, lists, labels, config }) {
    Object.assign(this, { columns, scope, state, lists, labels, config });
    this.drawn = scope?.drawn ?? columns;
    this.counts = scope?.counts;
    scope?.follow(this);
    this.bars = new Bars(columns, ZONES[state.value.zone]);
    this.player = new Player(this.bars, state);
    state.on(["zone"], () => this.bars.build(this.player.zone));
    this.timeline = new Timeline(byId("timeline"), columns, this.bars, this.player);
    this.facets = new Facets(byId("facets"), columns, state, labels, this.player);
    this.sentence = new Sentence(columns, this.player, labels);
    this.reading = new Reading(this.player);
    this.transport = new Transport(this.player, this.timeline, state);
    const arrived = () => {
      this.ask();
      this.desk.rest();
    };
    this.travel = new Travel(this.player, () => this.clocks, Boolean(scope), arrived);
    this.rebar = paced(() => this.timeline.filtered(), 250);
    state.on(["clock", "known", "by"], () => this.reckon());
    this.frame = framed(() => this.draw());
    this.count = paced(() => this.recount(), 200);
    this.ask = rested(() => this.asked(), 120);
    state.on(["filters", ...ASKED], () => this.filter());
    state.on(["from", "to", "mode", "zone"], () => this.show());
    state.on(["sel"], ({ sel }) => this.select(sel));
    this.listen();
    const { player, travel, notes } = this;
    this.desk = new Desk({ state, columns, labels, config, player, travel, notes, took: () => this.taken() });
    keys(state, this.transport, this.desk, this.travel);
    revealQuote();
    applyPanel(state.value);
    this.tellKnown();
    this.filter().then(() => this.reckon());
    this.select(state.value.sel);
  }

  /** Hear what is pressed and what the state says of it. */
  listen() {
    const { state, lists } = this;
    state.on(["theme"], () => this.theme());
    state.on(["present"], s => {
      applyPresent(s);
      for (const map of [this.map, this.split?.map]) map?.theme();
      this.show();
    });
    state.on(["order"], () => this.ask());
    byId("list-order").addEventListener("click", e => {
      const b = e.target.closest("[data-order]");
      if (b) state.set({ order: b.dataset.order }, { record: true });
    });
    state.on(["panel"], applyPanel);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.theme());
    const more = () => {
      lists.shown += PAGE;
      lists.show(lists.ask(state.value, { keep: true }));
    };
    wire(state, () => this.map, more);
    takePicture(
      () => this.picture(),
      theme => this.theme(theme),
    );
    this.notes = new Notes(state);
    new Pairs(state, this.notes, () => this.taken());
    new Suggest(state);
    markFound(state);
    sinceLastVisit(state, this.columns.header.version);
    addEventListener("conflict-map:notes", () => {
      if (state.value.tag) this.filter();
      this.desk.rest();
    });
  }

  theme(theme = this.state.value.theme) {
    applyTheme({ theme });
    this.timeline.paint();
    this.map?.theme();
  }

  /** The map with its caption; nothing where there is none to take. */
  picture() {
    const { map, columns, player, labels } = this;
    const { paths } = this.config;
    if (!map?.canvas) return null;
    return pictured(map, { columns, counts: this.counts.within(...player.window), paths, labels });
  }

  /** A filter changed: mark the claims that fail. */
  async filter() {
    if (this.scope) {
      this.scope.filter();
      this.show();
      return;
    }
    const asked = question(this.state.value);
    const matches = await this.matching(asked);
    if (asked !== question(this.state.value)) return;
    this.columns.filter(this.state.value.filters, matches);
    this.filtered();
  }

  /** Other claims pass, or they go by another clock: count anew, redraw. */
  filtered() {
    this.counts = new Counts(this.columns);
    if (this.timeline.filtered()) this.facets.when.fill();
    this.map?.filtered();
    this.split?.filter();
    this.show();
  }

  /** One byte a claim for what only the server can tell, null where nothing is asked of it; the last answer is kept. */
  async matching(asked) {
    if (!asked) {
      this.matched = null;
      return null;
    }
    const {
      header: { version },
    } = this.columns;
    if (this.matched?.asked !== asked || this.matched.version !== version) {
      const bytes = answered(`/matches?${asked}`).then(async r => new Uint8Array(await r.arrayBuffer()));
      this.matched = { asked, version, bytes };
    }
    return this.matched.bytes;
  }

  /**
   * The window moved: map and brush at every frame; numbers and words as fast as they are read; the list when the hand
   * rests.
   */
  show() {
    this.frame();
    this.count();
    this.scope?.tell();
    this.ask();
  }

  /** What a step of time draws: uniforms for the map, transforms for the brush. */
  draw() {
    this.drawn.lean = this.player.lean;
    this.timeline.turn();
    this.timeline.place();
    this.map?.show(...this.player.window);
    this.split?.show();
  }

  /** The hand rests: list and card are asked for; while knowledge is played they wait. */
  asked() {
    if (this.travel.playing) return;
    this.tellKnown();
    if (!this.scope && question(this.state.value) !== (this.matched?.asked ?? "")) this.filter();
    this.lists.show(this.lists.ask(this.state.value));
    this.listPile();
  }

  /** The card is that of what is known. */
  tellKnown() {
    const known = knowledge(this.state.value);
    if (known !== (this.cardKnows ?? "")) tell("known", (this.cardKnows = known));
  }

  /** One subtraction a count. */
  recount() {
    const counts = this.counts.within(...this.player.window);
    this.facets.show(counts);
    if (this.clocks?.known) this.travel.tell(this.columns.n - this.clocks.count(this.state.value.known));
    this.sentence.show(counts);
    this.split?.say(counts.total);
    this.reading.show();
    this.transport.say();
    this.timeline.say();
  }

  /** The clock was turned, or what is known moved: counted by what has become known since, as a window is. */
  async reckon() {
    if (this.scope) {
      this.scope.filter();
      this.show();
      return;
    } // who counts is asked: of what was known, by which clock
    if (this.state.value.clock === "happened" && this.state.value.known === null && !this.clocks) return;
    if (this.columns.n < this.columns.total || !(await this.clocksHere())) return;
    const { clocks } = this;
    const { clock, known, by } = this.state.value;
    const turned = clocks.clock !== clock;
    if (turned) clocks.turn(clock);
    const other = clocks.begin(known, by);
    if (turned || other) this.travel.show();
    if (turned) this.split?.turned();
    if (other || (known !== null && (turned || clocks.distance(known) > this.columns.n / 20))) {
      if (known !== null) clocks.jump(known);
      for (const map of [this.map, this.split]) map?.learn(null);
      await this.filter();
    } else if (turned) this.filtered();
    else if (known !== null) this.learn(known);
    if (turned) this.travel.turned();
  }

  /** True once the clocks of the claims at hand are here; false where others are taken in, which are reckoned anew. */
  async clocksHere() {
    if (this.clocks) return true;
    const { version } = this.columns.header;
    if (this.coming?.version !== version) this.coming = { version, told: tellings(this.columns) };
    const { coming } = this;
    const told = await this.travel.until(coming.told);
    if (this.columns.header.version !== version) return false;
    if (told) this.clocks ??= new Clocks(this.columns, told);
    else if (this.coming === coming) {
      this.coming = null;
      if (told === null) await this.renew();
    }
    return Boolean(told);
  }

  /** What is known moved a little. */
  learn(now) {
    const { counts, map, split } = this;
    const found = this.clocks.learn(now, (claims, d) => {
      counts.learn(claims, d);
      map?.census?.learn(claims, d);
      split?.count(claims, d);
    });
    if (!found.length) return;
    counts.open.clear();
    for (const half of [map, split]) half?.learn(found);
    this.rebar();
    this.count();
    this.ask();
  }

  /** More claims have come: count, pile and draw them too. */
  grown() {
    this.bars.build(this.player.zone);
    this.facets.when.fill();
    this.map?.stock(new Marks(this.columns));
    this.split?.turn();
    this.filter();
    this.reckon();
  }

  /** The map has other counts, or claims, to draw. */
  redraw(marks, shapes) {
    this.map?.renew(marks, shapes);
    this.show();
    this.highlight(this.state.value.sel);
  }

  /** Where a claim stands among those drawn; NONE where it does not. */
  ordinal(id) {
    return this.drawn.counted ? NONE : ordinalOf(this.drawn, id);
  }

  /** Show the card of one claim, or the list of several; the empty selection closes both. */
  select(sel) {
    document.documentElement.dataset.detail = several(sel) ? "pile" : sel ? "card" : "";
    if (sel.startsWith("@")) this.listPile();
    else if (several(sel)) this.lists.named(sel.split(","), knowledge(this.state.value));
    else if (sel) tell("selection", sel);
    this.highlight(sel);
  }

  /** Mark on the map the claim that is selected. */
  async highlight(sel) {
    if (!this.map) return;
    const ordinal = !sel || several(sel) ? NONE : await this.ordinal(sel);
    if (sel === this.state.value.sel) for (const view of [this.map, this.split]) view?.select(ordinal);
  }

  /** List what the address says stands together on the map. */
  listPile() {
    this.lists.together(this.state.value, this.drawn, this.map);
  }

  /** Take in what the store holds now: window, camera, filters and selection stay. */
  async renew() {
    if (this.scope) {
      await this.scope.renew();
      this.restock();
      return this.filter();
    }
    const [body, shapes] = await Promise.all([columnsAsked(), shapesAsked()]);
    for await (const whole of Columns.arriving(body)) if (whole.n === whole.total) this.columns.become(whole);
    this.clocks = null;
    document.documentElement.toggleAttribute("data-empty", this.columns.n === 0);
    this.restock();
    this.map?.renew(new Marks(this.columns), shapes.features);
    this.highlight(this.state.value.sel);
    await this.filter();
    await this.reckon();
  }

  /** Something was said here that changes how claims stand: what is shown follows, the card too. */
  async taken() {
    await this.renew();
    this.select(this.state.value.sel);
    this.desk.renew();
  }

  /** The columns have other words and days. */
  restock() {
    if (this.columns.words.coding.includes("machine")) this.state.sayCoding();
    this.bars.build(this.player.zone);
    this.facets.renew();
    this.lists.address = null;
  }

  /** Claims that were handed over here are in: the map goes to them, the window takes them in. */
  async loaded({ result }) {
    await this.renew();
    const { from, to } = this.state.value;
    if (result?.window)
      this.state.set(
        {
          from: from === null ? null : Math.min(from, result.window[0]),
          to: to === null ? null : Math.max(to, result.window[1]),
          view: null,
        },
        { record: true },
      );
    if (result?.bbox) this.map?.camera?.fly(result.bbox);
  }

  /** Hang the claims into plotly's map; onto a plain chart where there is none. */
  async attachMap(graph, asked) {
    const given = () => ({
      columns: this.drawn,
      marks: new Marks(this.drawn),
      window: this.player.window,
      state: this.state,
    });
    const plain = why => {
      this.map = new PlainMap(graph, why, given());
    };
    if (!canDraw()) plain("This browser cannot draw the map: WebGL2 is missing.");
    else {
      setProps("map-slot", { children: graph });
      try {
        const [found, shapes] = await Promise.all([plotlyMap("#map"), asked]);
        this.map = new MapView(found, {
          ...given(),
          shapes: this.scope?.shapes ?? shapes.features,
          paths: this.config.paths,
          tip: new Tip(byId("tip"), this.drawn, () => knowledge(this.state.value)),
        });
        if (!this.scope)
          this.split = new Split(this, this.state, { labels: this.labels, graph, paths: this.config.paths });
      } catch (error) {
        console.error(error);
        plain(`The map cannot be drawn: ${error.message}.`);
      }
    }
    this.scope?.attach(this.map);
    this.listPile();
    await this.highlight(this.state.value.sel);
    document.documentElement.dataset.ready = "map";
    dispatchEvent(new Event("conflict-map:map"));
  }
}
