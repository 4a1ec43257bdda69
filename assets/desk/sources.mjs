// Sources beside each other: who says what, where and when; who says so first; and the page of one source.
import { fromIso } from "../app/dates.mjs";
import { el, many, numeral } from "../app/dom.mjs";
import { parse, queryString, windowOf } from "../app/state.mjs";
import { leadsTable } from "./leads.mjs";
import { colour } from "./plot.mjs";
import { page } from "./source.mjs";

const ACROSS = { layer: "What", week: "When", place: "Where" };
const SPANS = { week: "weeks", month: "months", year: "years" };

export function open(node, context) {
  return new Sources(node, context);
}

class Sources {
  constructor(node, context) {
    Object.assign(this, { node, ...context });
    node.className = "sources-desk";
    this.segments = el(
      "div",
      { class: "segments", role: "group", "aria-label": "Columns" },
      ...Object.entries(ACROSS).map(([word, name]) =>
        el(
          "button",
          {
            type: "button",
            "data-across": word,
            onclick: () => this.state.set({ across: word === "layer" ? "" : word }, { record: true }),
          },
          name,
        ),
      ),
    );
    this.words = el("p", { class: "figures-words", "aria-live": "polite" });
    this.bar = el("div", { class: "figures-bar" }, this.segments, this.words);
    this.room = el("div", { class: "sources-scroll" });
    node.append(this.bar, this.room);
  }

  get address() {
    const { across, who } = this.state.value;
    return [
      queryString(this.state.value),
      across ? `across=${across}` : "",
      who ? `who=${encodeURIComponent(who)}` : "",
    ]
      .filter(Boolean)
      .join("&");
  }

  get across() {
    const { across } = this.state.value;
    return across in ACROSS ? across : "layer";
  }

  async show() {
    const { address } = this;
    if (address === this.shown) return;
    this.shown = address;
    try {
      const answer = await fetch(`/sources?${address}`);
      const found = await answer.json();
      if (address !== this.shown) return;
      if (!answer.ok) throw new Error(found.error ?? `the server answered ${answer.status}`);
      this.found = found;
      await this.notes.known;
      const { who } = this.state.value;
      const turned = who !== this.who;
      this.who = who;
      this.bar.hidden = Boolean(who);
      if (who) page(this.room, found, this);
      else this.matrix();
      if (turned) this.room.scrollTop = 0;
    } catch (error) {
      this.shown = null;
      this.bar.hidden = false;
      this.words.textContent = `The sources could not be shown: ${error.message}`;
    }
  }

  matrix() {
    const { columns, lines, sources, across, leads } = this.found;
    const most = Math.max(1, ...lines.flatMap(l => l.cells));
    for (const b of this.segments.children) b.setAttribute("aria-pressed", String(b.dataset.across === this.across));
    this.words.replaceChildren(
      el("b", {}, many(lines.length, "source")),
      sources > lines.length ? ` of ${numeral(sources)}, those with the most claims` : "",
      this.said(across),
      ...this.chosen(),
    );
    const [from, to] = windowOf(this.state.value);
    const within = ([word, , end]) => end && from !== null && to !== null && fromIso(word) < to && fromIso(end) > from;
    const head = el(
      "tr",
      {},
      el("th", { scope: "col" }, "Source"),
      ...columns.map(([word, name, end]) =>
        el(
          "th",
          { scope: "col", class: within([word, name, end]) ? "within" : null },
          across === "layer" ? el("i", { class: `symbol symbol-${word}`, "aria-hidden": "true" }) : null,
          el("span", {}, name),
        ),
      ),
      el("th", { scope: "col" }, "All"),
    );
    const body = [];
    let side = null;
    for (const line of lines) {
      if (line.side !== side) {
        side = line.side;
        body.push(
          el(
            "tr",
            { class: "matrix-side" },
            el(
              "th",
              { scope: "rowgroup", colspan: columns.length + 2 },
              el(
                "span",
                {},
                el("i", { class: "side-dot", style: `background:${colour(side)}` }),
                this.labels.side(side),
              ),
            ),
          ),
        );
      }
      body.push(
        el(
          "tr",
          {},
          el(
            "th",
            { scope: "row" },
            el(
              "button",
              {
                type: "button",
                class: "matrix-who",
                title: `${line.name}: the page of this source`,
                onclick: () => this.visit(line.source),
              },
              line.name,
            ),
          ),
          ...line.cells.map((n, k) => el("td", {}, this.cell(line, n, n / most, columns[k]))),
          el("td", {}, this.cell(line, line.claims, 0, null)),
        ),
      );
    }
    const scroll = el(
      "div",
      { class: "matrix-frame", role: "region", tabindex: "0", "aria-label": "Claims by source" },
      el(
        "table",
        { class: "matrix" },
        el("caption", { class: "sr" }, "Claims by source; each number filters the page to them"),
        el("thead", {}, head),
        el("tbody", {}, ...body),
      ),
    );
    this.room.replaceChildren(
      lines.length
        ? scroll
        : el("p", { class: "figures-words" }, "No source has a claim in view. Widen the window or take a filter away."),
      leadsTable(leads, id => this.visit(id)),
    );
  }

  said(across) {
    if (across === "layer") return ". Each number leads to its claims.";
    if (across === "place") return ", at the places most spoken of. Each number leads to its claims.";
    const [from, to] = windowOf(this.state.value);
    const around = from !== null && to !== null ? " in and around the window" : "";
    return `, by ${SPANS[across]} (UTC)${around}. A claim counts in each of the ${SPANS[across]} it may fall in.`;
  }

  /** What a number has filtered the page to, with the ways on and back. */
  chosen() {
    const { place, filters } = this.state.value;
    if (!place && !filters.source.length) return [];
    return [
      " ",
      el(
        "button",
        { type: "button", class: "figures-link", onclick: () => this.state.set({ desk: "table" }, { record: true }) },
        "See the claims as rows",
      ),
      " · ",
      el("button", { type: "button", class: "figures-link", onclick: () => this.clear() }, "Show all again"),
    ];
  }

  visit(who) {
    this.state.set({ who }, { record: true });
  }

  clear() {
    const { filters } = this.state.value;
    const now = { week: { from: null, to: null }, place: { place: "" } }[this.across] ?? {};
    this.state.set(
      { ...now, place: "", filters: { ...filters, source: [], ...(this.across === "layer" ? { layer: [] } : {}) } },
      { record: true },
    );
  }

  /** The state in which map and list show exactly the claims of a cell. */
  target(source, column) {
    const { filters } = this.state.value;
    const patch = { filters: { ...filters, source: [source], side: [] }, sel: "" };
    if (this.across === "layer") patch.filters = { ...patch.filters, layer: column ? [column[0]] : [], kind: [] };
    if (this.across === "place") patch.place = column?.[0] ?? "";
    if (this.across === "week")
      Object.assign(
        patch,
        column
          ? { from: fromIso(column[0]), to: fromIso(column[2]), zone: "utc", mode: "window" }
          : { from: null, to: null, mode: "window" },
      );
    return patch;
  }

  cell(line, n, share, column) {
    if (!n) return el("span", { class: "matrix-none", "aria-label": "none" }, "·");
    const patch = this.target(line.source, column);
    const { value } = this.state;
    const on = Object.keys(patch).every(k => k === "sel" || JSON.stringify(patch[k]) === JSON.stringify(value[k]));
    const where = column ? column[1] : "all";
    return el(
      "a",
      {
        class: column ? "matrix-cell" : "matrix-cell all",
        href: `?${queryString({ ...parse(""), ...value, ...patch })}`,
        "aria-current": on ? "true" : null,
        style: `--share:${Math.round(8 + 62 * Math.sqrt(share))}%`,
        "aria-label": `${line.name}, ${where}: ${many(n, "claim")}`,
        onclick: e => {
          if (e.ctrlKey || e.metaKey || e.shiftKey) return;
          e.preventDefault();
          if (on) this.clear();
          else this.state.set(patch, { record: true });
        },
      },
      numeral(n),
    );
  }

  close() {
    this.node.replaceChildren();
  }
}
