// The filters: one group a facet, one line a value, with counts that follow every other filter and the window.
import { el, numeral, rested } from "./dom.mjs";
import { Lens } from "./lens.mjs";
import { When } from "./when.mjs";
import { READ, isRead } from "./state.mjs";

const TITLES = {
  layer: "What",
  source: "Who says it",
  actor: "About whom",
  precision: "How finely placed",
  modality: "In what voice",
  coding: "Who coded it",
  kind: "Kind in detail",
};
const ORDER = ["layer", "source", "actor", "modality", "coding", "precision", "kind"];
const FIRST = 8; // sources of a side shown before "more"
const FOLDED = new Set(["kind", "actor", "coding", "precision"]);

export class Facets {
  constructor(node, columns, state, labels, player) {
    Object.assign(this, { node, columns, state, labels, player });
    this.when = new When(player);
    // the browser's own fields for dates are slow to write: not while playing
    this.dates = rested(() => this.when.show(), 300);
    this.lens = new Lens(columns, state, labels);
    this.fill();
    node.addEventListener("toggle", () => this.counts && this.show(this.counts), true);
    state.on(["filters"], () => this.check());
  }

  fill() {
    this.lines = [];
    this.node.style.setProperty("--figures", numeral(this.columns.counted?.claims ?? this.columns.total).length);
    const [first, ...rest] = ORDER.filter(f => f !== "coding" || this.columns.words.coding.length > 1).map(facet =>
      this.group(facet),
    );
    this.lens.fill();
    this.node.replaceChildren(first, this.when.node, this.lens.node, ...rest);
    for (const line of this.lines) line.folds = this.folds(line.node);
    this.check();
  }

  /** More claims have come, with values of their own; what is open stays open. */
  renew() {
    const groups = () => [...this.node.querySelectorAll("details.facet")];
    const open = new Map(groups().map(group => [group.className, group.open]));
    const { scrollTop } = this.node.parentElement;
    this.when.fill();
    this.fill();
    for (const group of groups()) group.open = open.get(group.className) ?? group.open;
    this.node.parentElement.scrollTop = scrollTop;
  }

  group(facet) {
    const values = this.columns.words[facet]
      .map((_, code) => code)
      .filter(code => this.columns.word(facet, code) !== "");
    const chosen = this.state.value.filters[facet] ?? [];
    const folded = FOLDED.has(facet) && !chosen.length;
    const body = facet === "source" ? this.bySide(values) : el("ul", {}, ...values.map(code => this.line(facet, code)));
    return el(
      "details",
      { class: `facet facet-${facet}`, open: !folded },
      el(
        "summary",
        {},
        TITLES[facet],
        el(
          "button",
          { class: "clear", type: "button", hidden: true, "data-clear": facet, onclick: e => this.clear(e, facet) },
          "clear",
        ),
      ),
      body,
    );
  }

  /** Sources stand under their side; the side itself is a filter. */
  bySide(values) {
    const sources = this.columns.words.source;
    const totals = new Uint32Array(sources.length);
    if (this.columns.words.totals) totals.set(this.columns.words.totals);
    else for (const code of this.columns.source) totals[code]++;
    const largest = [...values].sort((a, b) => totals[b] - totals[a] || sources[a].name.localeCompare(sources[b].name));
    const list = codes => el("ul", {}, ...codes.map(v => this.line("source", v)));
    const folded = codes =>
      codes.length ? el("details", { class: "rest" }, el("summary", {}, `${codes.length} more`), list(codes)) : null;
    return el(
      "ul",
      {},
      ...this.columns.words.side.map((side, code) =>
        el(
          "li",
          { class: "side" },
          this.line("side", code, "div"),
          ...(mine => [list(mine.slice(0, FIRST)), folded(mine.slice(FIRST))])(
            largest.filter(v => sources[v].side === side),
          ).filter(Boolean),
        ),
      ),
    );
  }

  line(facet, code, tag = "li") {
    const value = this.columns.word(facet, code);
    const id = `f-${facet}-${code}`;
    const count = el("span", { class: "count" });
    const box = el("input", { type: "checkbox", id, onchange: () => this.toggle(facet, value, box.checked) });
    const name = facet === "source" ? this.columns.words.source[code].name : this.labels[facet](value);
    const icon = {
      layer: `symbol symbol-${value}`,
      precision: `shape shape-${value}`,
      modality: `voice voice-${value}`,
    }[facet];
    const node = el(
      tag,
      { class: "value" },
      box,
      el(
        "label",
        { for: id },
        icon ? el("i", { class: icon, "aria-hidden": "true" }) : null,
        el("span", { class: "name" }, name),
        count,
      ),
    );
    this.lines.push({ facet, code, value, box, count, node });
    return node;
  }

  /** What must be open for a line to be seen. */
  folds(node) {
    const fold = node.parentElement.closest("details");
    return fold && this.node.contains(fold) ? [fold, ...this.folds(fold)] : [];
  }

  toggle(facet, value, on) {
    const { filters } = this.state.value;
    const chosen = filters[facet] ?? [];
    this.state.set(
      { filters: { ...filters, [facet]: on ? [...chosen, value] : chosen.filter(v => v !== value) } },
      { record: true },
    );
  }

  clear(event, facet) {
    event.preventDefault();
    const emptied = facet === "source" ? { source: [], side: [] } : { [facet]: facet === "coding" ? [...READ] : [] };
    this.state.set({ filters: { ...this.state.value.filters, ...emptied } }, { record: true });
  }

  check() {
    const { filters } = this.state.value;
    for (const { facet, value, box } of this.lines) box.checked = (filters[facet] ?? []).includes(value);
    for (const button of this.node.querySelectorAll("[data-clear]")) {
      const f = button.dataset.clear;
      button.hidden =
        f === "coding"
          ? isRead(filters.coding ?? [])
          : !(filters[f]?.length || (f === "source" && filters.side?.length));
    }
  }

  /** Counts of what is unfolded; the rest is told when it is opened. */
  show(counts) {
    this.counts = counts;
    this.dates();
    for (const line of this.lines) {
      const n = counts.of(line.facet, line.code);
      if (line.n === n || !line.folds.every(fold => fold.open)) continue;
      if ((line.n === 0) !== (n === 0)) line.node.classList.toggle("none", n === 0);
      line.count.textContent = numeral((line.n = n));
    }
  }
}
