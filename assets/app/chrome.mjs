// What frames the map: sentence, transport, panels, theme, presenting, keyboard.
import { ZONES, describe, toIso } from "./dates.mjs";
const { longDate } = { longDate: t => ZONES.utc.longDate(t) };
import { byId, el, pops, stillness } from "./dom.mjs";
const SPEEDS = [[360, "6 h/s"], [1440, "1 day/s"], [4320, "3 days/s"], [10080, "1 week/s"]];
import { READ, parse, queryString } from "./state.mjs";

/** "12 of 61 claims" in front of the server's phrase, and the date in large. */
export class Sentence {
  constructor(columns, player, labels) {
    Object.assign(this, { columns, player, labels });
    byId("downloads").addEventListener("beforetoggle", e => { if (e.newState === "open") this.takeout(); });
  }

  show(counts) {
    const [from, to] = this.player.window, { n } = this.columns, dated = describe(from, to);
    byId("count").textContent = counts.total === n ? `${n} claims` : `${counts.total} of ${n} claims`;
    byId("when").textContent = dated === "at any time" ? "" : `, ${dated}`;
    byId("undated").textContent = counts.undated ? ` (${counts.undated} with no stated start)` : "";
    const [a, b] = this.player.handles, cumulative = this.player.state.value.mode === "cumulative";
    const date = byId("date");
    date.textContent = cumulative ? `to ${longDate(b - 1)}` : describe(a, b);
    date.setAttribute("datetime", toIso(b - 1));
    byId("burn-date").textContent = date.textContent;
    this.machine(counts);
    this.total = counts.total;
    if (document.documentElement.hasAttribute("data-present")) this.burn(counts);
  }

  /** How many claims a program coded alone, here and now, and whether they are left out. */
  machine(counts) {
    const code = this.columns.words.coding.indexOf("machine"), n = code < 0 ? 0 : counts.of("coding", code), out = leavesOut(this.player.state.value);
    const said = `${n.toLocaleString("en")} machine-coded ${n === 1 ? "claim" : "claims"} ${out ? "hidden" : "shown"}`;
    if (code < 0 || said === this.coded) return;
    byId("machine").hidden = false;
    byId("machine-said").textContent = this.coded = said;
    byId("machine-turn").textContent = out ? "show" : "hide";
  }

  /** The menu of formats, for what is in view when it opens. */
  takeout() {
    const { total } = this;
    byId("take-count").textContent = total ? `Take out ${total.toLocaleString("en")} ${total === 1 ? "claim" : "claims"}` : "Nothing to take out";
    byId("take-what").textContent = total ? ["phrase", "when"].map(id => byId(id).textContent).join("").replace(/^[:,] /, "") : "No claim matches. Widen the window or take a filter away.";
    for (const a of document.querySelectorAll("[data-export]")) {
      a.setAttribute("aria-disabled", !total);
      if (total) a.href = `/claims.${a.dataset.export}?${queryString(this.player.state.value)}`;
      else a.removeAttribute("href");
    }
  }

  /** Sources and layers in view, for the presented map. */
  burn(counts) {
    const sources = this.columns.words.source.map((s, code) => [counts.of("source", code), s.name]).filter(([v]) => v).sort((x, y) => y[0] - x[0]);
    byId("burn-sources").replaceChildren(...sources.slice(0, 6).map(([v, name]) => el("li", {}, el("b", {}, String(v)), ` ${name}`)), sources.length > 6 ? el("li", {}, `and ${sources.length - 6} more`) : "");
    if (this.columns.words.coding.includes("machine")) byId("burn-sources").append(el("li", {}, this.coded));
    const layers = this.columns.words.layer.map((w, code) => [counts.of("layer", code), w]).filter(([v]) => v);
    byId("burn-layers").replaceChildren(...layers.map(([v, w]) => el("li", {}, el("i", { class: `symbol symbol-${w}` }), ` ${this.labels.layer(w)} `, el("b", {}, String(v)))));
  }
}

/** Play, steps, speed, mode. */
export class Transport {
  constructor(player, state) {
    const on = (id, act) => byId(id).addEventListener("click", act);
    on("play", () => player.toggle());
    on("step-back", () => player.stepDays(-1));
    on("step-on", () => player.stepDays(1));
    on("event-back", () => player.stepEvent(-1));
    on("event-on", () => player.stepEvent(1));
    on("whole", () => state.set({ from: null, to: null, mode: "window" }, { record: true }));
    const speed = byId("speed");
    speed.replaceChildren(...SPEEDS.map(([v, text]) => el("option", { value: v, selected: v === player.speed }, text)));
    speed.addEventListener("change", () => { player.speed = Number(speed.value); });
    for (const mode of ["window", "cumulative"]) on(`mode-${mode}`, () => state.set({ mode, ...(mode === "cumulative" && state.value.to === null ? { to: player.extent[1] } : {}) }, { record: true }));
    player.onPlay(playing => {
      byId("play").setAttribute("aria-pressed", playing);
      byId("play").setAttribute("aria-label", playing ? "Pause" : "Play");
      document.documentElement.classList.toggle("playing", playing);
    });
    this.player = player;
  }

  show({ mode, from, to }) {
    for (const m of ["window", "cumulative"]) byId(`mode-${m}`).setAttribute("aria-pressed", m === mode);
    byId("whole").disabled = from === null && to === null && mode === "window";
  }
}

/** Theme: the address wins, else the viewer's system. */
export function applyTheme({ theme }) {
  const dark = theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = dark ? "dark" : "light";
}

export function applyPresent({ present }) {
  document.documentElement.toggleAttribute("data-present", present);
  byId("map")?.dispatchEvent(new Event("resize"));
  setTimeout(() => dispatchEvent(new Event("resize")), 30);
}

export function applyPanel({ panel }) {
  document.documentElement.dataset.panel = panel || "none";
  for (const button of document.querySelectorAll("[data-opens]")) button.setAttribute("aria-expanded", button.dataset.opens === panel);
}

/** Buttons in the header, rows of the lists, sheets of the phone. */
export function wire(state, view, more) {
  byId("theme").addEventListener("click", () => state.set({ theme: document.documentElement.dataset.theme === "dark" ? "light" : "dark" }, { record: true }));
  byId("present").addEventListener("click", () => state.set({ present: true }, { record: true }));
  byId("share").addEventListener("click", () => share(state));
  for (const [id, act] of [["zoom-in", m => m.zoomIn()], ["zoom-out", m => m.zoomOut()]]) byId(id).addEventListener("click", () => view()?.map && act(view().map));
  byId("fit").addEventListener("click", () => view()?.fit());
  byId("picture").addEventListener("click", () => view() && el("a", { href: view().picture(), download: "conflict-map.png" }).click());
  const search = byId("search");
  search.value = state.value.q;
  search.addEventListener("input", () => { clearTimeout(search.timer); search.timer = setTimeout(() => state.set({ q: search.value.trim().replace(/\s+/g, " ") }, { record: true }), 220); });
  state.on(["q"], ({ q }) => { if (document.activeElement !== search) search.value = q; });
  document.addEventListener("click", e => {
    const claim = e.target.closest("[data-claim]"), opens = e.target.closest("[data-opens]"), closes = e.target.closest("[data-close]"), tab = e.target.closest("[data-tab]");
    if (claim) { e.preventDefault(); state.set({ sel: claim.dataset.claim, panel: "claims" }, { record: true }); }
    else if (closes) state.set({ [closes.dataset.close]: "" }, { record: true });
    else if (opens) state.set({ panel: state.value.panel === opens.dataset.opens ? "" : opens.dataset.opens }, { record: true });
    else if (tab) state.set({ panel: tab.dataset.tab, sel: "" }, { record: true });
    else if (e.target.closest("[data-more]")) more();
    else if (e.target.closest("[data-reset]")) state.set({ filters: parse("").filters, q: "", from: null, to: null, mode: "window" }, { record: true });
  });
  byId("machine-turn").addEventListener("click", () => {
    const { filters } = state.value;
    state.set({ filters: { ...filters, coding: leavesOut(state.value) ? [...filters.coding, "machine"] : [...READ] } }, { record: true });
  });
  for (const button of document.querySelectorAll("[data-pops]")) pops(button, byId(button.dataset.pops));
}

/** True if the address leaves out what a program coded alone. */
const leavesOut = ({ filters: { coding } }) => Boolean(coding?.length) && !coding.includes("machine");

async function share(state) {
  state.settle();
  const note = byId("notice");
  try { await navigator.clipboard.writeText(location.href); note.textContent = "Link copied: it opens exactly this picture."; }
  catch { note.textContent = "The address bar holds the link to exactly this picture."; }
  setTimeout(() => { note.textContent = ""; }, 4000);
}

export function keys(state, player) {
  const acts = {
    " ": () => player.toggle(), ArrowLeft: e => (e.shiftKey ? player.stepEvent(-1) : player.stepDays(-1)), ArrowRight: e => (e.shiftKey ? player.stepEvent(1) : player.stepDays(1)),
    Home: () => player.home(), End: () => player.end(), p: () => state.set({ present: !state.value.present }, { record: true }),
    t: () => byId("theme").click(), "/": () => byId("search").focus(), "?": () => byId("help").showModal?.(),
    Escape: () => escape(state),
  };
  addEventListener("keydown", e => {
    if (e.ctrlKey || e.metaKey || e.altKey || document.querySelector("dialog[open], :popover-open")) return;
    const typing = e.target.matches("input:not([type=checkbox]), select, textarea");
    const pressing = e.key === " " && e.target.closest("button, summary, a, input, [role=slider], dialog");
    const mapKeys = e.target.closest(".maplibregl-canvas-container, .maplibregl-canvas") && e.key.startsWith("Arrow") && !state.value.present;
    if (!acts[e.key] || pressing || mapKeys || (typing && e.key !== "Escape")) return;
    e.preventDefault();
    acts[e.key](e);
  });
}

function escape(state) {
  if (document.activeElement?.matches("input")) { document.activeElement.blur(); return; }
  const { present, sel, panel } = state.value;
  if (present) state.set({ present: false }, { record: true });
  else if (sel) state.set({ sel: "" }, { record: true });
  else if (panel) state.set({ panel: "" }, { record: true });
}

/** The pane with the card scrolls to the words quoted. */
export function revealQuote() {
  const pane = byId("card");
  new MutationObserver(() => {
    pane.closest(".pane-body")?.scrollTo({ top: 0 });
    const mark = pane.querySelector(".document mark"), text = mark?.closest(".document");
    if (mark) text.scrollTo({ top: mark.offsetTop - text.clientHeight / 3, behavior: stillness.matches ? "auto" : "smooth" });
  }).observe(pane, { childList: true });
}
