// Which claims are of one happening, by hand: a voice is kept apart, a claim is put together with another, either is
// undone.
import { byId, el, rested } from "./dom.mjs";
import { line } from "./lists.mjs";
import { say } from "./transport.mjs";

const SHOWN = 20;
const VERB = { same_event: "Put together", other_event: "Keep apart" };

export class Pairs {
  /** `notes` knows who writes and whether the server lets them; `took(answer)` takes in what has changed. */
  constructor(state, notes, took) {
    Object.assign(this, { notes, took });
    notes.known.then(() => document.documentElement.toggleAttribute("data-writes", notes.writes));
    state.on(["sel"], () => this.form?.remove());
    byId("card").addEventListener("click", e => {
      const b = e.target.closest("[data-pair]");
      if (b) this.press(b);
    });
  }

  press(button) {
    const { pair, of, with: other, near, undo } = button.dataset;
    const told = { claim_id: of, other, type: pair };
    this.form?.remove();
    if (undo && this.notes.author) {
      this.tell({ ...told, removed: true });
      return;
    }
    this.form =
      pair === "same_event" && !undo ? this.joining(of, near) : this.saying(told, undo ? { removed: true } : {});
    button.after(this.form);
    this.form.querySelector("input").focus();
  }

  /** Why, and by whom. */
  saying(told, more = {}) {
    const why = more.removed
      ? null
      : el("input", {
          name: "reason",
          class: "note-field",
          placeholder: "Why (you may leave it out)",
          "aria-label": "Why",
        });
    const form = el(
      "form",
      {
        class: "note-form pair-form",
        onsubmit: e => {
          e.preventDefault();
          this.tell({ ...told, ...more, reason: why?.value.trim() ?? "" });
        },
      },
      why,
      this.notes.signature(),
      el(
        "p",
        { class: "pair-acts" },
        el("button", { class: "plain" }, more.removed ? "Undo" : VERB[told.type]),
        el("button", { type: "button", class: "quiet", onclick: () => form.remove() }, "Cancel"),
      ),
    );
    form.addEventListener("keydown", e => {
      if (e.key === "Escape") {
        e.stopPropagation();
        form.remove();
      }
    });
    return form;
  }

  /** Look for the other claim: those near it in place and time at first, then those with the words typed. */
  joining(of, near) {
    const list = el("ul", { class: "plain-list pair-found", "aria-live": "polite" });
    const choose = (row, li) => {
      this.chosen?.remove();
      for (const other of list.children) other.toggleAttribute("data-chosen", other === li);
      li.append((this.chosen = this.saying({ claim_id: of, other: row.claim_id, type: "same_event" })));
      this.chosen.querySelector("input").focus();
    };
    const look = async () => {
      const words = field.value.trim();
      const asked = (this.asked = `/list?${words ? `q=${encodeURIComponent(words)}` : near}&limit=${SHOWN}`);
      const answer = await fetch(asked);
      if (asked !== this.asked || !answer.ok) return;
      const here = new Set([
        of,
        ...[...byId("card").querySelectorAll(".voice-line, .hands [data-claim]")].map(b => b.dataset.claim),
      ]);
      const rows = (await answer.json()).rows.filter(row => !here.has(row.claim_id));
      list.replaceChildren(
        ...rows.map(row => {
          const button = line(row);
          const li = el("li", {}, button);
          delete button.dataset.claim; // it is chosen here, not opened
          button.addEventListener("click", () => choose(row, li));
          return li;
        }),
      );
      if (!rows.length)
        list.replaceChildren(
          el(
            "li",
            { class: "muted" },
            words ? "No other claim has these words." : "No other claim is near it. Look for one by its words.",
          ),
        );
    };
    const field = el("input", {
      type: "search",
      class: "note-field",
      placeholder: "Look for the other claim",
      "aria-label": "Look for the other claim",
      oninput: rested(look, 200),
    });
    const node = el(
      "div",
      { class: "pair-form" },
      field,
      list,
      el("button", { type: "button", class: "quiet", onclick: () => node.remove() }, "Cancel"),
    );
    look();
    return node;
  }

  async tell(told) {
    const kept = await this.notes.tell("/pairs", told);
    if (!kept) return;
    this.form?.remove();
    say(told.removed ? "Undone" : told.type === "same_event" ? "Put together" : "Kept apart");
    await this.took(kept);
  }
}
