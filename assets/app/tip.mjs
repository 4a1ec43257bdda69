// The hover note: who says what, asked from the server a claim at a time and kept.
import { el, many, numeral } from "./dom.mjs";
import { rows } from "./lists.mjs";

export class Tip {
  /** `knowledge()` = the part of the address that says what is known when. */
  constructor(node, columns, knowledge = () => "") {
    Object.assign(this, { node, columns, knowledge, notes: new Map() });
  }

  /** The line of a claim, by its ordinal. */
  note(ordinal) {
    const { notes, columns } = this;
    if (!notes.has(ordinal))
      notes.set(
        ordinal,
        rows(columns, [ordinal], this.knowledge()).then(([row]) => row),
      );
    return notes.get(ordinal);
  }

  async show(top, count, point) {
    if (top === undefined) {
      this.hide();
      return;
    }
    this.wanted = top;
    const { node } = this;
    this.put(point);
    if (this.shown !== top || this.count !== count) {
      const note = await this.note(top);
      if (this.wanted !== top) return;
      Object.assign(this, { shown: top, count });
      node.replaceChildren(
        el("p", { class: "tip-who" }, note.claimant.name, el("span", { class: "muted" }, ` · ${note.aside}`)),
        el("p", { class: "tip-what" }, note.statement),
        el("p", { class: "muted" }, [note.place, note.happened].filter(Boolean).join(" · ")),
        count > 1 ? el("p", { class: "tip-more" }, `and ${count - 1} more here — click to list`) : null,
      );
    }
    node.hidden = false;
  }

  put({ x, y }) {
    const left = Math.min(x + 16, this.node.parentElement.clientWidth - 300);
    this.node.style.transform = `translate(${left}px, ${y + 18}px)`;
  }

  /** How many claims, by layer: [count, layer]. */
  tally(shares, point) {
    const total = shares.reduce((sum, [v]) => sum + v, 0);
    this.hide();
    this.put(point);
    this.node.replaceChildren(
      el("p", { class: "tip-who" }, many(total, "claim")),
      el(
        "p",
        { class: "muted tip-shares" },
        ...shares.map(([v, layer]) =>
          el("span", { class: "bar-part" }, el("i", { class: `symbol symbol-${layer}` }), numeral(v)),
        ),
      ),
      el("p", { class: "tip-more" }, "click to list"),
    );
    this.node.hidden = false;
  }

  /** What is known has changed, or where claims stand. */
  forget() {
    this.notes.clear();
  }

  hide() {
    this.wanted = this.shown = undefined;
    this.node.hidden = true;
  }
}
