// The heads of the table's columns: sorted by, made wider, kept for the next visit.
import { el } from "../app/dom.mjs";

const KEPT = "conflict-map:table";
const WIDTH = {
  happened_start: 142,
  statement: 340,
  claimant_name: 190,
  place: 150,
  kind: 136,
  quote: 340,
  modality: 150,
  url: 240,
  document_title: 240,
  notes: 220,
};
const NARROW = { happened_start: 108, statement: 248, quote: 248 };
const GROWS = ["statement", "quote"];

export const narrow = matchMedia("(max-width: 900px)");

/** True if a column holds sentences: it takes the room that is left. */
export const grows = name => GROWS.includes(name);

const read = () => {
  try {
    return JSON.parse(localStorage.getItem(KEPT)) ?? {};
  } catch {
    return {};
  }
};

export class Heads {
  constructor(table) {
    this.table = table;
    this.kept = { widths: {}, ...read() };
  }

  /** What each column is called, how it sorts, and its menu. */
  show() {
    const { table } = this;
    const { order, byName, state } = table;
    const sorted = new Map(
      order.map((word, k) => [word.replace("-", ""), [word.startsWith("-") ? "descending" : "ascending", k]]),
    );
    table.grid.head.replaceChildren(
      el("span", { class: "grid-corner", role: "presentation" }),
      ...table.drawn.map((name, k) => {
        const c = byName.get(name);
        const [way, rank] = sorted.get(name) ?? [];
        const filtered = c.facet && (state.value.filters[c.facet] ?? []).length && c.facet !== "coding";
        const title = el(
          "button",
          {
            type: "button",
            tabindex: "-1",
            class: "grid-title",
            title: `${c.meaning}${c.sorts ? "; press to sort, with Shift as a further order" : ""}`,
            onclick: e => table.sort(name, e.shiftKey),
          },
          c.title,
          way
            ? el("i", { class: `grid-way ${way}`, "aria-hidden": "true" }, order.length > 1 ? String(rank + 1) : "")
            : null,
        );
        const more = el(
          "button",
          {
            type: "button",
            tabindex: "-1",
            class: filtered ? "grid-more on" : "grid-more",
            "aria-label": `${c.title}: sort, filter, group, move`,
            onclick: () => table.openMenu(k),
          },
          el("i", { class: "icon icon-down" }),
        );
        return el(
          "span",
          {
            class: c.number ? "grid-name number" : "grid-name",
            role: "columnheader",
            "aria-colindex": k + 1,
            "aria-sort": way ?? "none",
          },
          title,
          more,
          this.handle(name),
        );
      }),
    );
  }

  /** The edge by which a column is made wider; pressed twice it is as wide as at first. */
  handle(name) {
    const node = el("i", { class: "grid-edge", "aria-hidden": "true" });
    node.addEventListener("pointerdown", e => {
      node.setPointerCapture(e.pointerId);
      e.preventDefault();
    });
    node.addEventListener("pointermove", e => {
      if (!node.hasPointerCapture(e.pointerId)) return;
      this.widen(name, Math.max(56, Math.round(e.clientX - node.parentElement.getBoundingClientRect().left)));
    });
    node.addEventListener("dblclick", () => this.widen(name, null));
    return node;
  }

  widen(name, width) {
    if (width) this.kept.widths[name] = width;
    else delete this.kept.widths[name];
    this.keep();
    this.measure();
  }

  /** Widths of the columns: as dragged, else as usual; columns of sentences take the room that is left. */
  measure() {
    const { byName, drawn, grid } = this.table;
    const { widths } = this.kept;
    const usual = n => WIDTH[n] ?? (byName.get(n).number ? 104 : 140);
    const width = n => widths[n] ?? ((narrow.matches && NARROW[n]) || usual(n));
    const track = n => (!widths[n] && GROWS.includes(n) ? `minmax(${width(n)}px, 1fr)` : `${width(n)}px`);
    const { style } = grid.node;
    style.setProperty("--tracks", `34px ${drawn.map(track).join(" ")}`);
    style.setProperty("--least", `${34 + drawn.reduce((sum, n) => sum + width(n), 0)}px`);
  }

  keep(more = {}) {
    Object.assign(this.kept, more);
    localStorage.setItem(KEPT, JSON.stringify(this.kept));
  }
}
