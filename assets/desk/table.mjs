// The table of claims: rows in any order and by groups from the server, what is selected in step with map and timeline.
import { byId, el, many, marked, numeral, pops, put } from "../app/dom.mjs";
import { queryString } from "../app/state.mjs";
import { say } from "../app/transport.mjs";
import { Grid } from "./grid.mjs";
import { Heads, grows, narrow } from "./heads.mjs";
import { columnMenu, columnPicker } from "./menus.mjs";
import { Rows } from "./rows.mjs";

const MANY = 200; // claims that a selection may hold
const BEST = "relevance";
const SEARCH = /[\p{L}\p{N}]/u; // a text without a letter or digit searches for nothing
const split = text => text.split(",").filter(Boolean);

export async function open(node, context) {
  const known = await (await fetch("/table/columns")).json();
  return new Table(node, context, known);
}

class Table {
  constructor(node, context, known) {
    Object.assign(this, { node, known, ...context });
    this.heads = new Heads(this);
    this.byName = new Map(known.columns.map(c => [c.name, c]));
    this.rows = new Rows(() => this.grid.renew());
    node.className = "table";
    this.words = el("p", { class: "table-words", "aria-live": "polite" });
    this.grouping = el(
      "select",
      { "aria-label": "Group by", onchange: () => this.state.set({ group: this.grouping.value }, { record: true }) },
      el("option", { value: "" }, "Not grouped"),
      ...Object.entries(known.groups).map(([word, name]) => el("option", { value: word }, `By ${name.toLowerCase()}`)),
    );
    this.best = el(
      "button",
      {
        type: "button",
        class: "quiet",
        hidden: true,
        title: "What the search finds best comes first",
        onclick: () => this.sortBy(this.order[0] === BEST ? [] : [BEST]),
      },
      "Best match first",
    );
    this.folding = el("button", { type: "button", class: "quiet", onclick: () => this.foldAll() });
    const choose = el("button", { type: "button", class: "quiet" }, "Columns");
    const picker = el("div", { class: "pop table-picker", role: "dialog", "aria-label": "Columns of the table" });
    pops(choose, picker);
    picker.addEventListener("beforetoggle", e => {
      if (e.newState === "open") columnPicker(picker, this);
    });
    this.file = el("a", { class: "quiet", download: "", title: "These rows, columns and order, as CSV" }, "CSV");
    const copy = el(
      "button",
      {
        type: "button",
        class: "quiet",
        title: "Copy the selected rows, or the cell (Ctrl C)",
        onclick: () => this.copy(),
      },
      "Copy",
    );
    this.menu = el("div", { class: "pop table-menu", popover: "", role: "dialog", "aria-label": "Column" });
    const frame = el("div", {
      class: "grid",
      role: "grid",
      tabindex: "0",
      "aria-label": "Claims",
      "aria-multiselectable": "true",
    });
    node.append(
      el(
        "div",
        { class: "table-bar" },
        this.words,
        this.best,
        this.grouping,
        this.folding,
        choose,
        picker,
        copy,
        this.file,
      ),
      frame,
      this.menu,
    );
    this.grid = new Grid(frame, {
      make: i => this.line(i),
      press: (i, e) => this.press(i, e),
      copy: () => this.copy(),
      menu: k => this.openMenu(k),
      sort: (k, more) => this.sort(this.drawn[k], more),
      fold: (i, by) => this.foldLine(i, by),
    });
  }

  /** The columns asked for; those of the rows that are here are `drawn`. */
  get names() {
    const { cols } = this.state.value;
    const names = split(cols || this.heads.kept.cols || "").filter(n => this.byName.has(n));
    if (names.length) return names;
    return narrow.matches ? ["happened_start", "statement", "claimant_name"] : this.known.first;
  }

  get order() {
    const { q, sort } = this.state.value;
    const known = split(sort).filter(w => this.byName.get(w.replace("-", ""))?.sorts || (w === BEST && SEARCH.test(q)));
    return known.length ? known : ["-happened_start"];
  }

  get selected() {
    const { sel } = this.state.value;
    return sel.startsWith("@") ? [] : split(sel);
  }

  get address() {
    const { group } = this.state.value;
    return [
      queryString(this.state.value),
      `cols=${this.names.join(",")}`,
      `sort=${this.order.join(",")}`,
      group in this.known.groups ? `group=${group}` : "",
    ]
      .filter(Boolean)
      .join("&");
  }

  /** The state has changed and rests. */
  async show() {
    const { address, names } = this;
    const { sel } = this.state.value;
    const moved = sel !== this.sel;
    const one = this.selected.length === 1 ? sel : "";
    this.sel = sel;
    if (address === this.shown) {
      if (moved) await this.follow(one);
      return;
    }
    this.shown = address;
    if (this.state.value.group !== this.group) this.rows.closed = new Set();
    this.group = this.state.value.group;
    try {
      const found = await this.rows.ask(address, one);
      if (address !== this.shown) return;
      this.drawn = names;
      this.file.href = `/table.csv?${address}`;
      this.grid.node.scrollTop = 0;
      this.frame();
      if (found !== null) this.grid.reveal(this.rows.lineOf(found), { middle: true });
    } catch (error) {
      this.words.textContent = `The table could not be shown: ${error.message}`;
    }
  }

  /** Head, bar and lines. */
  frame() {
    const {
      drawn,
      rows: { total, groups, lines },
    } = this;
    this.heads.measure();
    this.heads.show();
    put(this.best, { hidden: !SEARCH.test(this.state.value.q), "aria-pressed": this.order[0] === BEST });
    this.grouping.value = this.group in this.known.groups ? this.group : "";
    this.words.replaceChildren(
      el("b", {}, numeral(total)),
      ` ${total === 1 ? "claim" : "claims"}${groups.length ? ` in ${many(groups.length, "group")}` : ""}`,
    );
    this.folding.hidden = !groups.length;
    this.folding.textContent = this.rows.closed.size ? "Open all" : "Close all";
    this.node.classList.toggle("none", total === 0);
    this.grid.set(lines, drawn);
  }

  line(i) {
    const { group, row: n } = this.rows.line(i);
    if (group) {
      const shut = this.rows.closed.has(group.value);
      return el(
        "div",
        { class: "grid-line grid-group", role: "row", "aria-expanded": String(!shut) },
        el(
          "span",
          { role: "gridcell" },
          el("i", { class: "grid-fold", "aria-hidden": "true" }),
          this.group === "layer" ? el("i", { class: `symbol symbol-${group.value}` }) : null,
          el("b", {}, group.label),
          el("span", { class: "badge" }, numeral(group.claims)),
        ),
      );
    }
    const row = this.rows.row(n);
    if (!row)
      return el(
        "div",
        { class: "grid-line waiting", role: "row" },
        el("span", {}),
        ...this.drawn.map(() => el("span", { role: "gridcell" }, el("i", {}))),
      );
    const chosen = this.selected.includes(row.claim_id);
    const wordy = this.drawn.find(name => grows(name));
    return el(
      "div",
      { class: chosen ? "grid-line chosen" : "grid-line", role: "row", "aria-selected": String(chosen) },
      el(
        "span",
        { class: "grid-mark", role: "presentation" },
        el("i", { class: `symbol symbol-${row.layer}`, title: this.labels.layer(row.layer) }),
      ),
      ...this.drawn.map((name, k) => {
        const c = this.byName.get(name);
        const flags =
          name === wordy || (!wordy && k === 0)
            ? row.flags.map(([word, text]) => el("span", { class: `chip chip-${word}` }, text))
            : [];
        const kind = [
          "grid-cell",
          c.number ? "number" : "",
          grows(name) ? "wordy" : "",
          row.struck && name === "statement" ? "struck" : "",
        ]
          .filter(Boolean)
          .join(" ");
        return el(
          "span",
          {
            class: kind,
            role: "gridcell",
            "aria-colindex": k + 1,
            title: row.cells[k].length > 24 ? row.cells[k] : null,
          },
          el("span", {}, ...marked(row.cells[k], row.hits[k])),
          ...flags,
        );
      }),
    );
  }

  /** Select what was pressed: one claim, with Ctrl one more or less, with Shift all up to here. */
  press(i, e) {
    const { group, row: n } = this.rows.line(i);
    if (group) {
      this.rows.turn(group);
      this.frame();
      this.grid.move(i);
      return;
    }
    const row = this.rows.row(n);
    const { selected } = this;
    if (!row) return;
    const id = row.claim_id;
    let next = [id];
    if (e.ctrlKey || e.metaKey) next = selected.includes(id) ? selected.filter(s => s !== id) : [...selected, id];
    else if (e.shiftKey && this.pressed !== undefined) {
      const [a, b] = [Math.min(this.pressed, i), Math.max(this.pressed, i)];
      next = Array.from({ length: Math.min(b - a + 1, MANY) }, (_, k) => this.rows.line(a + k))
        .filter(l => !l.group)
        .map(l => this.rows.row(l.row)?.claim_id)
        .filter(Boolean);
    } else if (selected.length === 1 && selected[0] === id) next = [];
    if (!e.shiftKey) this.pressed = i;
    this.sel = next.slice(0, MANY).join(",");
    this.state.set({ sel: this.sel, panel: this.sel ? "claims" : "" }, { record: true });
    this.grid.renew();
  }

  /** Something was selected elsewhere: mark it and bring it into sight. */
  async follow(id) {
    const n = id ? await this.rows.find(id) : null;
    if (n !== null) {
      const line = this.rows.lineOf(n);
      this.frame();
      this.grid.reveal(line, { middle: true });
      this.grid.at.line = this.pressed = line;
    }
    this.grid.renew();
  }

  foldLine(i, by) {
    const { group } = this.rows.line(i);
    if (!group || this.rows.closed.has(group.value) !== by > 0) return Boolean(group);
    this.rows.turn(group);
    this.frame();
    return true;
  }

  foldAll() {
    this.rows.fold(!this.rows.closed.size);
    this.frame();
    this.grid.move(0);
  }

  sort(name, more = false) {
    if (!this.byName.get(name).sorts) return;
    const held = this.order.find(w => w.replace("-", "") === name);
    const next = held === name ? `-${name}` : name;
    const rest = more ? this.order.filter(w => w.replace("-", "") !== name) : [];
    this.sortBy([...rest, next]);
  }

  sortBy(words) {
    const text = words.join(",");
    this.state.set({ sort: text === "-happened_start" ? "" : text }, { record: true });
  }

  /** Show these columns, here and on the next visit. */
  choose(names) {
    const usual = names.join() === this.known.first.join();
    const cols = usual ? "" : names.join(",");
    this.heads.keep({ cols });
    this.state.set({ cols }, { record: true });
  }

  openMenu(k) {
    const cell = this.grid.head.children[k + 1];
    const box = cell.getBoundingClientRect();
    columnMenu(this.menu, this, this.byName.get(this.drawn[k]));
    this.menu.style.cssText = `left:${Math.max(8, Math.min(box.left, innerWidth - 268))}px;top:${box.bottom + 2}px`;
    this.menu.showPopover();
    this.menu.style.top = `${Math.max(8, Math.min(box.bottom + 2, innerHeight - this.menu.offsetHeight - 8))}px`;
    this.menu.querySelector("button, input")?.focus();
  }

  /** The selected rows, or the cell that keys move from, as text that spreadsheets take. */
  async copy() {
    const chosen = new Set(this.selected);
    const { line, column } = this.grid.at;
    const here = line >= 0 ? this.rows.line(line) : {};
    const tidy = cell => cell.replace(/[\t\r\n]+/g, " ");
    let lines = [...this.rows.pages.entries()]
      .filter(([, rows]) => Array.isArray(rows))
      .sort(([a], [b]) => a - b)
      .flatMap(([, rows]) => rows)
      .filter(row => chosen.has(row.claim_id))
      .map(row => row.cells.map(tidy).join("\t"));
    const one = lines.length
      ? null
      : here.row === undefined
        ? here.group?.label
        : this.rows.row(here.row)?.cells[column];
    if (lines.length) lines = [this.drawn.map(n => this.byName.get(n).title).join("\t"), ...lines];
    else if (one) lines = [one];
    else {
      say("Nothing is selected");
      return;
    }
    try {
      await navigator.clipboard.writeText(lines.join("\n"));
      say(one ? "Cell copied" : `${many(lines.length - 1, "row")} copied`);
    } catch {
      say("The browser does not let the page copy");
    }
  }

  close() {
    byId("desk-room").replaceChildren();
  }
}
