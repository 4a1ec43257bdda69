// What frames the map: sentence, panels, theme, presenting, keyboard.
import { describe } from "./dates.mjs";
import { byId, el, many, numeral, pops, put, stillness } from "./dom.mjs";
import { READ, noLens, parse, queryString } from "./state.mjs";

/** "12 of 61 claims" in front of the server's phrase. */
export class Sentence {
  constructor(columns, player, labels) {
    Object.assign(this, { columns, player, labels });
    byId("downloads").addEventListener("beforetoggle", e => {
      if (e.newState === "open") this.takeout();
    });
  }

  show(counts) {
    const [from, to] = this.player.named(this.player.window);
    const { claims: n } = this.columns;
    const { zone } = this.player;
    const dated = describe(from, to, zone);
    const tell = (id, textContent) => put(byId(id), { textContent });
    const coming = this.columns.total - this.columns.n;
    const seen = counts.total === n ? numeral(n) : `${numeral(counts.total)} of ${numeral(n)}`;
    tell("count", `${seen} claims${coming ? `, ${numeral(coming)} more arriving` : ""}`);
    const { clock, known } = this.player.state.value;
    const when =
      dated === "at any time"
        ? ""
        : `, ${clock === "said" ? "said " : ""}${dated}${zone.word === "utc" ? "" : `, ${zone.name}`}`;
    tell("when", known === null ? when : `${when}, as known on ${zone.stamp(known)}`);
    tell("undated", counts.undated ? ` (${counts.undated} with no stated start)` : "");
    this.machine(counts);
    this.total = counts.total;
    if (document.documentElement.hasAttribute("data-present")) this.burn(counts);
  }

  /** How many claims a program coded alone, here and now, and whether they are left out. */
  machine(counts) {
    const code = this.columns.words.coding.indexOf("machine");
    const n = code < 0 ? 0 : counts.of("coding", code);
    const out = leavesOut(this.player.state.value);
    const said = n ? `${many(n, "machine-coded claim")} ${out ? "hidden" : "shown"}` : "";
    if (code < 0 || said === this.coded) return;
    byId("machine").hidden = !n;
    byId("machine-said").textContent = this.coded = said;
    byId("machine-turn").textContent = out ? "show" : "hide";
  }

  /** The menu of formats, for what is in view when it opens. */
  takeout() {
    const { total } = this;
    byId("take-count").textContent = total ? `Take out ${many(total, "claim")}` : "Nothing to take out";
    byId("take-what").textContent = total
      ? ["phrase", "when"]
          .map(id => byId(id).textContent)
          .join("")
          .replace(/^[:,] /, "")
      : "No claim matches. Widen the window or take a filter away.";
    for (const a of document.querySelectorAll("[data-export]")) {
      a.setAttribute("aria-disabled", !total);
      if (total) a.href = `/claims.${a.dataset.export}?${queryString(this.player.state.value)}`;
      else a.removeAttribute("href");
    }
  }

  /** Sources and layers in view, for the presented map. */
  burn(counts) {
    const sources = this.columns.words.source
      .map((s, code) => [counts.of("source", code), s.name])
      .filter(([v]) => v)
      .sort((x, y) => y[0] - x[0]);
    byId("burn-sources").replaceChildren(
      ...sources.slice(0, 6).map(([v, name]) => el("li", {}, el("b", {}, numeral(v)), ` ${name}`)),
      sources.length > 6 ? el("li", {}, `and ${numeral(sources.length - 6)} more`) : "",
    );
    if (this.coded) byId("burn-sources").append(el("li", {}, this.coded));
    const layers = this.columns.words.layer.map((w, code) => [counts.of("layer", code), w]).filter(([v]) => v);
    byId("burn-layers").replaceChildren(
      ...layers.map(([v, w]) =>
        el("li", {}, el("i", { class: `symbol symbol-${w}` }), ` ${this.labels.layer(w)} `, el("b", {}, numeral(v))),
      ),
    );
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
  for (const button of document.querySelectorAll("[data-opens]"))
    button.setAttribute("aria-expanded", button.dataset.opens === panel);
}

/** Buttons in the header, rows of the lists, sheets of the phone. */
export function wire(state, view, more) {
  byId("theme").addEventListener("click", () =>
    state.set({ theme: document.documentElement.dataset.theme === "dark" ? "light" : "dark" }, { record: true }),
  );
  byId("present").addEventListener("click", () => state.set({ present: true }, { record: true }));
  byId("share").addEventListener("click", () => share(state));
  for (const [id, act] of [
    ["zoom-in", m => m.zoomIn()],
    ["zoom-out", m => m.zoomOut()],
  ])
    byId(id).addEventListener("click", () => view()?.map && act(view().map));
  byId("fit").addEventListener("click", () => view()?.camera?.fit());
  const search = byId("search");
  search.value = state.value.q;
  search.addEventListener("input", () => {
    clearTimeout(search.timer);
    search.timer = setTimeout(() => state.set({ q: search.value.trim().replace(/\s+/g, " ") }, { record: true }), 220);
  });
  state.on(["q"], ({ q }) => {
    if (document.activeElement !== search) search.value = q;
  });
  document.addEventListener("click", e => {
    const claim = e.target.closest("[data-claim]");
    const opens = e.target.closest("[data-opens]");
    const closes = e.target.closest("[data-close]");
    const tab = e.target.closest("[data-tab]");
    const goes = e.target.closest("[data-goes]");
    if (claim) {
      e.preventDefault();
      state.set({ sel: claim.dataset.claim, panel: "claims" }, { record: true });
    } else if (goes)
      state.set(goes.dataset.goes ? { known: Number(goes.dataset.goes) } : { known: null, by: "said" }, {
        record: true,
      });
    else if (closes) state.set({ [closes.dataset.close]: "" }, { record: true });
    else if (opens)
      state.set({ panel: state.value.panel === opens.dataset.opens ? "" : opens.dataset.opens }, { record: true });
    else if (tab) state.set({ panel: tab.dataset.tab, sel: "" }, { record: true });
    else if (e.target.closest("[data-more]")) more();
    else if (e.target.closest("[data-reset]"))
      state.set(
        {
          filters: parse("").filters,
          lens: noLens(),
          q: "",
          place: "",
          tag: "",
          since: "",
          from: null,
          to: null,
          mode: "window",
        },
        { record: true },
      );
  });
  byId("machine-turn").addEventListener("click", () => {
    const { filters } = state.value;
    state.set(
      { filters: { ...filters, coding: leavesOut(state.value) ? [...filters.coding, "machine"] : [...READ] } },
      { record: true },
    );
  });
  for (const button of document.querySelectorAll("[data-pops]")) pops(button, byId(button.dataset.pops));
}

/** True if the address leaves out what a program coded alone. */
const leavesOut = ({ filters: { coding } }) => Boolean(coding?.length) && !coding.includes("machine");

async function share(state) {
  state.settle();
  const note = byId("notice");
  try {
    await navigator.clipboard.writeText(location.href);
    note.textContent = "Link copied: it opens exactly this picture.";
  } catch {
    note.textContent = "The address bar holds the link to exactly this picture.";
  }
  setTimeout(() => {
    note.textContent = "";
  }, 4000);
}

/** The keys of the page, those of time among them. */
export function keys(state, transport, desk, travel) {
  const acts = {
    ...transport.keys(),
    ...travel.keys(),
    ...desk.keys(),
    p: () => state.set({ present: !state.value.present }, { record: true }),
    t: () => byId("theme").click(),
    "/": () => byId("search").focus(),
    "?": () => byId("help").showModal?.(),
    Escape: () => transport.closes() || escape(state),
  };
  addEventListener("keydown", e => {
    if (e.ctrlKey || e.metaKey || e.altKey || document.querySelector("dialog[open], :popover-open")) return;
    const typing = e.target.matches("input:not([type=checkbox]), select, textarea");
    const pressing = e.key === " " && e.target.closest("button, summary, a, input, [role=slider], dialog");
    const mapKeys =
      e.target.closest(".maplibregl-canvas-container, .maplibregl-canvas") &&
      /^(Arrow|[-+=]$)/.test(e.key) &&
      !state.value.present;
    const act = acts[e.key] ?? acts[e.key.toLowerCase()];
    if (!act || pressing || mapKeys || (typing && e.key !== "Escape")) return;
    e.preventDefault();
    act(e);
  });
}

function escape(state) {
  if (document.activeElement?.matches("input")) {
    document.activeElement.blur();
    return;
  }
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
    const mark = pane.querySelector(".document mark");
    const text = mark?.closest(".document");
    if (mark)
      text.scrollTo({ top: mark.offsetTop - text.clientHeight / 3, behavior: stillness.matches ? "auto" : "smooth" });
  }).observe(pane, { childList: true });
}
