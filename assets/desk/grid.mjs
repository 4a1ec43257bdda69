// A grid of any number of lines: only those in sight are elements. Keys and roles as in the ARIA grid pattern.
import { el } from "../app/dom.mjs";

export const LINE = 44;
export const HEAD = 34;
const TALLEST = 12e6; // pixels: browsers draw nothing in an element of some 17 (Firefox) or 33 million (Chromium)
const SPARE = 4; // lines made beyond the edges

export class Grid {
  /**
   * `make`: line number, its element's properties -> element of class grid-line, or null; `acts`: press, sort, menu,
   * copy, escape.
   */
  constructor(node, acts) {
    Object.assign(this, { node, acts, lines: 0, columns: [], made: new Map(), at: { line: 0, column: 0 } });
    this.head = el("div", { class: "grid-head", role: "row", "aria-rowindex": 1 });
    this.body = el("div", { class: "grid-body", role: "rowgroup" });
    node.append(this.head, this.body);
    node.addEventListener("scroll", () => this.draw(), { passive: true });
    node.addEventListener("keydown", e => this.key(e));
    this.body.addEventListener("click", e => this.click(e));
    new ResizeObserver(() => this.draw()).observe(node);
  }

  /** Pixels of scrolling a line. */
  get step() {
    return this.lines * LINE > TALLEST ? (TALLEST - this.room) / Math.max(1, this.lines - this.room / LINE) : LINE;
  }

  get room() {
    return Math.max(LINE, this.node.clientHeight - HEAD);
  }

  set(lines, columns) {
    Object.assign(this, { lines, columns });
    this.node.setAttribute("aria-rowcount", lines + 1);
    this.node.setAttribute("aria-colcount", columns.length);
    this.body.style.height = `${Math.min(lines * LINE, TALLEST)}px`;
    this.at.line = Math.min(this.at.line, lines - 1);
    this.at.column = Math.min(this.at.column, columns.length - 1);
    this.renew();
  }

  /** Make the lines in sight anew. */
  renew() {
    for (const line of this.made.values()) line.remove();
    this.made.clear();
    this.draw();
  }

  draw() {
    if (!this.node.clientHeight) return;
    const { step } = this;
    const top = this.node.scrollTop;
    const first = Math.max(0, Math.floor(top / step) - SPARE);
    const last = Math.min(this.lines, Math.ceil(top / step + this.room / LINE) + SPARE);
    for (const [i, line] of this.made)
      if (i < first || i >= last) {
        line.remove();
        this.made.delete(i);
      }
    for (let i = last - 1, next = null; i >= first; next = this.made.get(i), i--) {
      if (!this.made.has(i)) {
        const line = this.acts.make(i);
        line.setAttribute("aria-rowindex", i + 2);
        line.id = `line-${i}`;
        this.made.set(i, line);
        this.body.insertBefore(line, next);
      }
      this.made.get(i).style.transform = `translateY(${Math.round(top + (i - top / step) * LINE)}px)`;
    }
    this.mark();
  }

  /** The cell that keys move from. */
  mark() {
    this.node.querySelector(".grid-here")?.classList.remove("grid-here");
    const { line, column } = this.at;
    const row = line < 0 ? this.head : this.made.get(line);
    const cell = row?.classList.contains("grid-group") ? row : row?.children[column + 1];
    this.node.toggleAttribute("aria-activedescendant", false);
    if (!cell) return;
    cell.id ||= `cell-${line}-${column}`;
    cell.classList.add("grid-here");
    this.node.setAttribute("aria-activedescendant", cell.id);
  }

  /** Scroll as little as shows a line. */
  reveal(line, { middle = false } = {}) {
    const { step, room } = this;
    const at = line * step;
    const seen = room * (step / LINE);
    const { scrollTop } = this.node;
    if (at < scrollTop) this.node.scrollTop = middle ? at - seen / 2 + step / 2 : at;
    else if (at + step > scrollTop + seen) this.node.scrollTop = middle ? at - seen / 2 + step / 2 : at + step - seen;
    this.draw();
  }

  move(line, column = this.at.column) {
    this.at = {
      line: Math.min(Math.max(line, -1), this.lines - 1),
      column: Math.min(Math.max(column, 0), this.columns.length - 1),
    };
    if (this.at.line >= 0) this.reveal(this.at.line);
    this.mark();
    this.node.querySelector(".grid-here")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  click(e) {
    const row = e.target.closest(".grid-line");
    const cell = e.target.closest("[role=gridcell]");
    if (!row) return;
    const line = Number(row.id.slice(5));
    this.at = { line, column: cell ? Math.max(0, [...row.children].indexOf(cell) - 1) : 0 };
    this.mark();
    this.acts.press(line, e);
  }

  key(e) {
    if (e.target !== this.node) return;
    const { line, column } = this.at;
    const page = Math.max(1, Math.floor(this.room / LINE) - 1);
    const jump = e.ctrlKey || e.metaKey;
    const sideways = by => () => (line >= 0 && this.acts.fold(line, by)) || this.move(line, column + by);
    const moves = {
      ArrowDown: () => (e.altKey ? this.acts.menu(column) : this.move(line + 1)),
      ArrowUp: () => this.move(line - 1),
      ArrowLeft: sideways(-1),
      ArrowRight: sideways(1),
      PageDown: () => this.move(line + page),
      PageUp: () => this.move(line - page),
      Home: () => this.move(jump ? 0 : line, 0),
      End: () => this.move(jump ? this.lines - 1 : line, this.columns.length - 1),
      Enter: () => (line < 0 ? this.acts.sort(column, e.shiftKey) : this.acts.press(line, e)),
      " ": () => (line < 0 ? this.acts.sort(column, e.shiftKey) : this.acts.press(line, e)),
    };
    if (jump && e.key.toLowerCase() === "c" && !String(getSelection())) this.acts.copy();
    else if (moves[e.key] && !(jump && !["Home", "End", "Enter", " "].includes(e.key))) moves[e.key]();
    else return;
    e.preventDefault();
    e.stopPropagation();
  }
}
