// The address is the state. Query words are those of geodata.query.PARAMETERS, view words those of dashboard.state.
import { FACETS } from "./columns.mjs";
import { ZONES, fromIso, toIso } from "./dates.mjs";

const VIEW_WORDS = [
  "mode",
  "sel",
  "map",
  "theme",
  "present",
  "panel",
  "split",
  "view",
  "speed",
  "step",
  "beat",
  "play",
  "order",
  "desk",
  "cols",
  "sort",
  "group",
  "figure",
  "across",
  "who",
];
export const MODES = ["window", "cumulative", "moment"];
export const STEPS = ["minute", "hour", "day", "week", "month"];
export const PLAY = ["event", "skip", "loop", "reverse"];
export const SPEEDS = {
  hour: [60, "1 hour"],
  hours: [360, "6 hours"],
  day: [1440, "1 day"],
  days: [4320, "3 days"],
  week: [10080, "1 week"],
  month: [43200, "1 month"],
}; // minutes of time a second of play
const DEFAULTS = {
  q: "",
  place: "",
  tag: "",
  since: "",
  from: null,
  to: null,
  clock: "happened",
  known: null,
  by: "said",
  mode: "window",
  zone: "utc",
  sel: "",
  map: null,
  theme: "",
  present: false,
  panel: "",
  split: "",
  view: null,
  speed: "day",
  step: "day",
  beat: 1,
  play: [],
  order: "",
  desk: "",
  cols: "",
  sort: "",
  group: "",
  figure: "",
  across: "",
  who: "",
};
export const DESKS = ["", "table", "figures", "sources"]; // what may stand under the map
export const BEATS = [0.5, 1, 2, 4]; // seconds a claim

/** The words that ask who else says so: lists of voices (a source, or "side:" and a side) and of standings. */
export const LENS = ["only_by", "all_by", "not_by", "standing"];
export const STANDINGS = ["corroborated", "alone", "contradicted", "retracted", "denied"];
export const EARLIER = { 1: "a day", 7: "a week", 30: "30 days", 365: "a year" }; // days by which a second map may lag
const MOST_SIDES = 9;
export const noLens = () => ({ ...Object.fromEntries(LENS.map(word => [word, []])), min_sides: 0 });

/** Who turned the reports into claims; what a program coded alone is left out unless the address asks for it. */
export const CODINGS = ["hand", "assisted", "machine"];
export const READ = ["hand", "assisted"];

export const isRead = coding => coding.length === READ.length && READ.every(c => coding.includes(c));

const encode = v => encodeURIComponent(v).replace(/%2C/g, ",").replace(/%3A/g, ":").replace(/%2F/g, "/");
const join = pairs =>
  pairs
    .filter(([, v]) => v !== "" && v !== null)
    .map(([k, v]) => `${k}=${encode(v)}`)
    .join("&");

/** Query string -> state; unknown words and unreadable values are left out. */
export function parse(search) {
  const p = new URLSearchParams(search);
  const list = k =>
    p
      .getAll(k)
      .flatMap(v => v.split(","))
      .filter(Boolean);
  const state = { ...DEFAULTS, filters: Object.fromEntries(FACETS.map(f => [f, [...new Set(list(f))]])) };
  if (!state.filters.coding.length) state.filters.coding = [...READ];
  state.lens = {
    ...Object.fromEntries(LENS.map(word => [word, [...new Set(list(word))]])),
    min_sides: Math.min(MOST_SIDES, Number.parseInt(p.get("min_sides") ?? "", 10) || 0),
  };
  state.lens.standing = STANDINGS.filter(word => state.lens.standing.includes(word));
  if (state.lens.min_sides < 2) state.lens.min_sides = 0;
  state.q = (p.get("q") ?? "").trim().replace(/\s+/g, " ");
  for (const k of ["from", "to", "known"]) state[k] = p.has(k) ? fromIso(p.get(k)) : null;
  if (state.from !== null && state.to !== null && state.from >= state.to) state.from = state.to = null;
  for (const [k, words] of [
    ["clock", ["happened", "said"]],
    ["by", state.known === null ? [] : ["said", "recorded"]],
    ["mode", MODES],
    ["zone", Object.keys(ZONES)],
    ["speed", Object.keys(SPEEDS)],
    ["step", STEPS],
  ])
    if (words.includes(p.get(k))) state[k] = p.get(k);
  state.play = PLAY.filter(word => list("play").includes(word));
  if (BEATS.includes(Number(p.get("beat")))) state.beat = Number(p.get("beat"));
  const shown = (p.get("view") ?? "").split("/").map(fromIso);
  state.view = shown.length === 2 && shown.every(t => t !== null) && shown[0] < shown[1] ? shown : null;
  for (const k of ["place", "tag", "since", "sel", "order", "cols", "sort", "group", "figure", "across", "who"])
    state[k] = p.get(k) ?? "";
  if (DESKS.includes(p.get("desk"))) state.desk = p.get("desk");
  const view = (p.get("map") ?? "").split("/").map(Number);
  state.map = view.length === 3 && view.every(Number.isFinite) ? view : null;
  state.split = /^(days:[1-9]\d{0,3}|(source|side):.+)$/.test(p.get("split") ?? "") ? p.get("split") : "";
  state.theme = ["light", "dark"].includes(p.get("theme")) ? p.get("theme") : "";
  state.present = p.get("present") === "1";
  state.panel = ["filters", "claims", "tray", "timeline"].includes(p.get("panel")) ? p.get("panel") : "";
  return state;
}

/** True if what is selected is a pile of claims, by their ids or by where they stand (`@`). */
export const several = sel => sel.startsWith("@") || sel.includes(",");

/**
 * The window a state looks at, [from, to), null = open: cumulative has no start, a moment is the window's last minute.
 */
export function windowOf({ from, to, mode }) {
  return [mode === "cumulative" || (mode === "moment" && to === null) ? null : mode === "moment" ? to - 1 : from, to];
}

const lensPairs = (lens = noLens()) => [
  ...LENS.map(word => [word, lens[word].join(",")]),
  ["min_sides", lens.min_sides ? String(lens.min_sides) : ""],
];

/** What only the server can answer of a state: words searched for and who else says so; "" for nothing asked. */
export const ASKED = ["q", "place", "tag", "since", "lens"];
export const askedOf = ({ q, place, tag, since, lens }) =>
  join([["q", q], ["place", place], ["tag", tag], ["since", since], ...lensPairs(lens)]);
const knowing = ({ known, by }) =>
  known === null
    ? []
    : [
        ["known", toIso(known)],
        ["by", by === "said" ? "" : by],
      ];

/** The part of the address that says what is known when; empty for all. */
export const knowledge = state => join(knowing(state));

/** True if the address asks who else says so. */
export const lensed = ({ lens }) => lensPairs(lens).some(([, v]) => v !== "");

/** What only the server can answer of a state; the lens is that of what was known. */
export const question = state => [askedOf(state), lensed(state) ? knowledge(state) : ""].filter(Boolean).join("&");

/** The query part of the address, as the server's routes take it.
 *  `plain` = leave out who coded where it is the page's own choice, which the routes do not know. */
export function queryString(state, { plain = false } = {}) {
  const pairs = FACETS.map(f => [f, (state.filters[f] ?? []).join(",")]).filter(([f]) => f !== "coding");
  const coding = state.filters.coding?.length ? state.filters.coding : CODINGS;
  if (!plain || !isRead(coding)) pairs.push(["coding", coding.join(",")]);
  pairs.push(...lensPairs(state.lens));
  const [from, to] = windowOf(state).map(t => (t === null ? "" : toIso(t)));
  pairs.push(
    ["from", from],
    ["to", to],
    ["clock", state.clock === "happened" ? "" : state.clock],
    ...knowing(state),
    ["zone", state.zone === "utc" ? "" : state.zone],
    ["q", state.q],
    ["place", state.place],
    ["tag", state.tag],
    ["since", state.since],
  );
  return join(pairs);
}

/** The whole address: query and view. */
export function format(state, options) {
  const view = {
    view: state.view ? state.view.map(toIso).join("/") : "",
    speed: state.speed === "day" ? "" : state.speed,
    step: state.step === "day" ? "" : state.step,
    beat: state.beat === 1 ? "" : String(state.beat),
    play: state.play.join(","),
    mode: state.mode === "window" ? "" : state.mode,
    sel: state.sel,
    theme: state.theme,
    present: state.present ? "1" : "",
    map: state.map ? state.map.map((v, i) => +v.toFixed(i ? 3 : 2)).join("/") : "",
    panel: state.panel,
    split: state.split,
    order: state.order,
    desk: state.desk,
    cols: state.cols,
    sort: state.sort,
    group: state.group,
    figure: state.figure,
    across: state.across,
    who: state.who,
  };
  return [queryString({ ...state, mode: "window" }, options), join(VIEW_WORDS.map(k => [k, view[k]]))]
    .filter(Boolean)
    .join("&");
}

/** Holds the state, tells listeners which words changed, and keeps the address in step. */
export class State {
  constructor(location, history) {
    Object.assign(this, { location, history, listeners: [], value: parse(location.search) });
    addEventListener("popstate", () => {
      clearTimeout(this.timer);
      this.pending = null;
      this.apply(parse(location.search));
    });
  }

  /** The store holds claims that a program coded: from now on the address says whether they are left out. */
  sayCoding() {
    this.machine = true;
    this.pending ??= "replace";
    this.settle();
  }

  on(words, listener) {
    this.listeners.push([words, listener]);
  }

  /** Merge `patch`; `record` = push a history entry, else the present one is replaced once the hand rests. */
  set(patch, { record = false } = {}) {
    if (record) this.settle();
    if (!this.apply({ ...this.value, ...patch })) return;
    clearTimeout(this.timer);
    this.pending = record ? "push" : "replace";
    if (record) this.settle();
    else this.timer = setTimeout(() => this.settle(), 250);
  }

  /** Write what is pending into the address. */
  settle() {
    clearTimeout(this.timer);
    if (!this.pending) return;
    const search = format(this.value, { plain: !this.machine });
    this.history[`${this.pending}State`](null, "", search ? `?${search}` : this.location.pathname);
    this.pending = null;
  }

  apply(next) {
    const changed = Object.keys(next).filter(k => JSON.stringify(next[k]) !== JSON.stringify(this.value[k]));
    if (!changed.length) return false;
    this.value = next;
    for (const [words, listener] of this.listeners) if (words.some(w => changed.includes(w))) listener(next);
    return true;
  }
}
