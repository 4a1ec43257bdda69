// The page: columns come once, then every window, filter and picture is made here. Only text is asked from the server.
import { Bars } from "./app/bars.mjs";
import { Clocks } from "./app/clocks.mjs";
import { Columns, NONE } from "./app/columns.mjs";
import { Sentence, applyPanel, applyPresent, applyTheme, keys, revealQuote, wire } from "./app/chrome.mjs";
import { Counts } from "./app/counts.mjs";
import { ZONES } from "./app/dates.mjs";
import { Desk } from "./app/desk.mjs";
import { byId, framed, paced, present, rested, setProps } from "./app/dom.mjs";
import { Facets } from "./app/facets.mjs";
import { markFound } from "./app/found.mjs";
import { Lists, PAGE } from "./app/lists.mjs";
import { MapView, plotlyMap } from "./app/mapview.mjs";
import { Live } from "./app/live.mjs";
import { Marks } from "./app/marks.mjs";
import { PlainMap, canDraw } from "./app/plain.mjs";
import { Notes } from "./app/notes.mjs";
import { Pairs } from "./app/pairs.mjs";
import { savePicture } from "./app/picture.mjs";
import { Player } from "./app/player.mjs";
import { Scope } from "./app/scope.mjs";
import { Split } from "./app/split.mjs";
import { ASKED, State, knowledge, question, several } from "./app/state.mjs";
import { Suggest } from "./app/suggest.mjs";
import { Timeline } from "./app/timeline.mjs";
import { Reading, Transport } from "./app/transport.mjs";
import { Tip } from "./app/tip.mjs";
import { Travel } from "./app/travel.mjs";
import { takeFiles } from "./app/upload.mjs";
import { sinceLastVisit } from "./app/visit.mjs";

const state = new State(location, history);
applyTheme(state.value);
document.documentElement.toggleAttribute("data-present", state.value.present);

const columnsAsked = () => fetch("/columns").then(r => (r.ok ? r.body : Promise.reject(new Error(`/columns answered ${r.status}`))));
const shapesNow = () => fetch("/shapes.geojson").then(r => r.json());
const asked = columnsAsked();
const lists = new Lists(), firstList = lists.ask(state.value);
const shapesAsked = shapesNow();
const config = JSON.parse(byId("config").textContent);
const labels = Object.fromEntries(Object.entries(config.labels).map(([facet, names]) => [facet, word => names[word] ?? (word ? word[0].toUpperCase() + word.slice(1).replaceAll("_", " ") : "Not stated")]));

/** Hand a value to the server's callbacks, through the store component `id`. */
const tell = (id, data) => setProps(id, { data });

const TILE = /^@(\d+)\/(\d+)\/(\d+)$/;   // the word of the address for a tile of counts
const PATIENCE = 1500;   // milliseconds that the map waits for the first list

class Page {
  constructor(columns, scope) {
    Object.assign(this, { columns, scope, drawn: scope?.drawn ?? columns, counts: scope?.counts });
    scope?.follow(this);
    this.bars = new Bars(columns, ZONES[state.value.zone]);
    this.player = new Player(this.bars, state);
    state.on(["zone"], () => this.bars.build(this.player.zone));
    this.timeline = new Timeline(byId("timeline"), columns, this.bars, this.player);
    this.facets = new Facets(byId("facets"), columns, state, labels, this.player);
    this.sentence = new Sentence(columns, this.player, labels);
    this.reading = new Reading(this.player);
    this.transport = new Transport(this.player, this.timeline, state);
    this.travel = new Travel(this.player, () => this.clocks, Boolean(scope), () => { this.ask(); this.desk.rest(); });
    this.rebar = paced(() => this.timeline.filtered(), 250);
    state.on(["clock", "known", "by"], () => this.reckon());
    this.frame = framed(() => this.draw());
    this.count = paced(() => this.recount(), 200);
    this.ask = rested(() => this.asked(), 120);
    state.on(["filters", ...ASKED], () => this.filter());
    state.on(["from", "to", "mode", "zone"], () => this.show());
    state.on(["sel"], ({ sel }) => this.select(sel));
    state.on(["theme"], s => { applyTheme(s); this.timeline.paint(); this.map?.theme(); });
    state.on(["present"], s => { applyPresent(s); this.show(); });
    state.on(["order"], () => this.ask());
    byId("list-order").addEventListener("click", e => { const b = e.target.closest("[data-order]"); if (b) state.set({ order: b.dataset.order }, { record: true }); });
    state.on(["panel"], applyPanel);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { applyTheme(state.value); this.timeline.paint(); this.map?.theme(); });
    wire(state, () => this.map, () => { lists.shown += PAGE; lists.show(lists.ask(state.value, { keep: true })); });
    byId("picture").addEventListener("click", () => this.map?.canvas && savePicture(this.map, { columns: this.columns, counts: this.counts.within(...this.player.window), paths: config.paths, labels }));
    this.notes = new Notes(state);
    new Pairs(state, this.notes, () => this.taken());
    new Suggest(state);
    markFound(state);
    sinceLastVisit(state, columns.header.version);
    addEventListener("conflict-map:notes", () => { if (state.value.tag) this.filter(); this.desk.rest(); });
    this.desk = new Desk({ state, columns, labels, config, player: this.player, travel: this.travel, notes: this.notes, took: () => this.taken() });
    keys(state, this.transport, this.desk, this.travel);
    revealQuote();
    applyPanel(state.value);
    this.tellKnown();
    this.filter().then(() => this.reckon());
    this.select(state.value.sel);
  }

  /** A filter changed: mark the claims that fail, count anew, redraw. */
  async filter() {
    if (this.scope) { this.scope.filter(); this.show(); return; }
    const asked = question(state.value), matches = await this.matching(asked);
    if (asked !== question(state.value)) return;
    this.columns.filter(state.value.filters, matches);
    this.counts = new Counts(this.columns);
    if (this.timeline.filtered()) this.facets.when.fill();
    this.map?.filtered();
    this.split?.filter();
    this.show();
  }

  /** One byte a claim for what only the server can tell, null where nothing is asked of it; the last answer is kept. */
  async matching(asked) {
    if (!asked) { this.matched = null; return null; }
    const { header: { version } } = this.columns;
    if (this.matched?.asked !== asked || this.matched.version !== version) {
      const answer = fetch(`/matches?${asked}`).then(r => (r.ok ? r.arrayBuffer() : Promise.reject(new Error(`/matches answered ${r.status}`))));
      this.matched = { asked, version, bytes: answer.then(body => new Uint8Array(body)) };
    }
    return this.matched.bytes;
  }

  /** The window moved: map and brush at every frame; numbers and words as fast as they are read; the list when the hand rests. */
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
    if (!this.scope && question(state.value) !== (this.matched?.asked ?? "")) this.filter();
    lists.show(lists.ask(state.value));
    this.listPile();
  }

  /** The card is that of what is known. */
  tellKnown() {
    const known = knowledge(state.value);
    if (known !== (this.cardKnows ?? "")) tell("known", this.cardKnows = known);
  }

  /** One subtraction a count. */
  recount() {
    const counts = this.counts.within(...this.player.window);
    this.facets.show(counts);
    if (this.clocks?.known) this.travel.tell(this.columns.n - this.clocks.count(state.value.known));
    this.sentence.show(counts);
    this.split?.say(counts.total);
    this.reading.show();
    this.transport.say();
    this.timeline.say();
  }

  /** The clock was turned, or what is known moved: counted by what has become known since, as a window is. */
  async reckon() {
    if (this.scope) { this.scope.filter(); this.show(); return; }   // who counts is asked: of what was known, by which clock
    if (state.value.clock === "happened" && state.value.known === null && !this.clocks) return;
    const of = this.columns.header.version;
    if (this.columns.n < this.columns.total) return;
    this.clocks ??= await (this.clocksAsked ??= Clocks.of(this.columns).finally(() => { this.clocksAsked = null; }));
    if (of !== this.columns.header.version) return;
    const { clocks, state: { clock, known, by } } = { clocks: this.clocks, state: state.value }, turned = clocks.clock !== clock;
    if (turned) clocks.turn(clock);
    const other = clocks.begin(known, by);
    if (turned || other) this.travel.show();
    if (turned) this.grown();
    else if (other || (known !== null && clocks.distance(known) > this.columns.n / 20)) { clocks.jump(known); for (const map of [this.map, this.split]) map?.learn(null); await this.filter(); }
    else if (known !== null) this.learn(known);
    if (turned || other) this.highlight(state.value.sel);
  }

  /** What is known moved a little. */
  learn(now) {
    const { counts, map, split } = this, found = [...this.clocks.learn(now, (i, d) => { counts.learn(i, d); map?.census?.learn(i, d); split?.count(i, d); })];
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
    if (!this.clocks) this.reckon();
  }

  /** The map has other counts, or claims, to draw. */
  redraw(marks, shapes) {
    this.map?.renew(marks, shapes);
    this.show();
    this.highlight(state.value.sel);
  }

  /** Where a claim stands in the columns; NONE where it does not. */
  async ordinal(id) {
    const { header: { version }, n, counted, asked } = this.drawn;
    if (counted) return NONE;
    const answer = await fetch(`/claims/${encodeURIComponent(id)}.json?version=${encodeURIComponent(version)}${asked && `&${asked}`}`);
    const at = answer.ok ? (await answer.json()).at : null;
    return at === null || at >= n ? NONE : this.columns.placed ? this.columns.placed[at] : at;
  }

  /** Show the card of one claim, or the list of several; the empty selection closes both. */
  select(sel) {
    document.documentElement.dataset.detail = several(sel) ? "pile" : sel ? "card" : "";
    if (sel.startsWith("@")) this.listPile();
    else if (several(sel)) lists.named(sel.split(","), knowledge(state.value));
    else if (sel) tell("selection", sel);
    this.highlight(sel);
  }

  /** Mark on the map the claim that is selected. */
  async highlight(sel) {
    if (!this.map) return;
    const ordinal = !sel || several(sel) ? NONE : await this.ordinal(sel);
    if (sel === state.value.sel) for (const view of [this.map, this.split]) view?.select(ordinal);
  }

  /** List what the address says stands together on the map. */
  listPile() {
    const { sel } = state.value, tile = TILE.exec(sel);
    if (tile) lists.tile(state.value, tile.slice(1).map(Number));
    else if (sel.startsWith("@") && this.map) lists.pile(this.drawn, this.drawn.counted ? [] : this.drawn.ordinals(this.map.finder?.gathered(sel) ?? []), knowledge(state.value));
  }

  /** Take in what the store holds now: window, camera, filters and selection stay. */
  async renew() {
    if (this.scope) { await this.scope.renew(); this.restock(); return this.filter(); }
    const [body, shapes] = await Promise.all([columnsAsked(), shapesNow()]);
    for await (const whole of Columns.arriving(body)) if (whole.n === whole.total) this.columns.become(whole);
    this.clocks = null;
    document.documentElement.toggleAttribute("data-empty", this.columns.n === 0);
    this.restock();
    this.map?.renew(new Marks(this.columns), shapes.features);
    this.highlight(state.value.sel);
    await this.filter();
    await this.reckon();
  }

  /** Something was said here that changes how claims stand: what is shown follows, the card too. */
  async taken() {
    await this.renew();
    this.select(state.value.sel);
    this.desk.renew();
  }

  /** The columns have other words and days. */
  restock() {
    if (this.columns.words.coding.includes("machine")) state.sayCoding();
    this.bars.build(this.player.zone);
    this.facets.renew();
    lists.address = null;
  }

  /** Claims that were handed over here are in: the map goes to them, the window takes them in. */
  async loaded({ result }) {
    await this.renew();
    const { from, to } = state.value;
    if (result?.window) state.set({ from: from === null ? null : Math.min(from, result.window[0]), to: to === null ? null : Math.max(to, result.window[1]), view: null }, { record: true });
    if (result?.bbox) this.map?.camera?.fly(result.bbox);
  }

  /** Hang the claims into plotly's map; onto a plain chart where there is none. */
  async attachMap(graph, asked) {
    const given = () => ({ columns: this.drawn, marks: new Marks(this.drawn), window: this.player.window, state });
    const plain = why => { this.map = new PlainMap(graph, why, given()); };
    if (!canDraw()) plain("This browser cannot draw the map: WebGL2 is missing.");
    else {
      setProps("map-slot", { children: graph });
      try {
        const [found, shapes] = await Promise.all([plotlyMap("#map"), asked]);
        this.map = new MapView(found, { ...given(), shapes: shapes.features, paths: config.paths, tip: new Tip(byId("tip"), this.drawn, () => knowledge(state.value)) });
        if (!this.scope) this.split = new Split(this, state, { labels, graph, paths: config.paths });
      } catch (error) {
        console.error(error);
        plain(`The map cannot be drawn: ${error.message}.`);
      }
    }
    this.scope?.attach(this.map);
    this.listPile();
    await this.highlight(state.value.sel);
    document.documentElement.dataset.ready = "map";
    dispatchEvent(new Event("conflict-map:map"));
  }
}

async function start() {
  const arriving = Columns.arriving(await asked), { value: columns } = await arriving.next();
  document.documentElement.toggleAttribute("data-empty", columns.n === 0);
  await present("#timeline");
  lists.show(firstList);
  if (columns.words.coding.includes("machine")) state.sayCoding();
  if (columns.counted) for await (const _ of arriving);   // the first counts are small: they are taken whole
  const scope = columns.counted ? new Scope(columns, state) : null;
  await scope?.begin();
  const page = new Page(columns, scope);
  const listed = Promise.race([firstList, new Promise(done => setTimeout(done, PATIENCE))]);
  const grown = listed.then(async () => { for await (const _ of arriving) if (!scope) page.grown(); });
  const live = new Live(() => ({ version: page.columns.header.version, claims: page.columns.claims }), () => grown.then(() => page.renew()));
  window.conflictMap = { page, state, live };   // for tests and the curious; nothing in the page reads it
  takeFiles(config.upload_bytes, said => grown.then(() => page.loaded(said)).then(() => live.look()));
  document.documentElement.dataset.ready = "list";
  await listed;
  await Promise.all([page.attachMap(config.graph, shapesAsked), grown]);   // plotly.js is large: it comes after the first list
}

start().catch(error => {
  console.error(error);
  present("#notice").then(node => { node.textContent = `The map could not start: ${error.message}. Reload the page; if it stays, see the server's log.`; });
});
