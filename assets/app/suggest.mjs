// What typed letters may mean: places, sources, words in claims; keys as in the ARIA combobox pattern.
import { byId, el, numeral, rested } from "./dom.mjs";

export class Suggest {
  constructor(state) {
    Object.assign(this, { state, field: byId("search"), list: byId("suggestions"), at: -1 });
    const { field, list } = this;
    const set = (node, words) => {
      for (const [k, v] of Object.entries(words)) node.setAttribute(k, v);
    };
    set(field, {
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": "suggestions",
      autocomplete: "off",
    });
    set(list, { role: "listbox", "aria-label": "Suggestions" });
    const ask = rested(() => this.ask(), 140);
    field.addEventListener("input", ask);
    field.addEventListener("focus", ask);
    field.addEventListener("blur", () => setTimeout(() => this.show([]), 120));
    field.addEventListener("keydown", e => this.key(e));
    list.addEventListener("pointerdown", e => {
      const option = e.target.closest("[role=option]");
      e.preventDefault();
      if (option) this.take(this.options[Number(option.dataset.k)]);
    });
  }

  async ask() {
    const typed = this.field.value.trim();
    if (typed.length < 2 || document.activeElement !== this.field) {
      this.show([]);
      return;
    }
    const answer = await fetch(`/suggest?q=${encodeURIComponent(typed)}`);
    if (!answer.ok || typed !== this.field.value.trim()) return;
    const { places, sources, claims } = await answer.json();
    const text = q => () => {
      this.field.value = q;
      this.state.set({ q }, { record: true });
    };
    const source = id => () => {
      const { filters } = this.state.value;
      this.field.value = "";
      this.state.set(
        { q: "", filters: { ...filters, source: [...new Set([...(filters.source ?? []), id])] } },
        { record: true },
      );
    };
    this.show([
      ...places.map(p => ({
        group: "Places",
        name: p.name,
        count: p.claims,
        hint: p.near ? "did you mean" : "",
        act: text(`"${p.name}"`),
      })),
      ...sources.map(s => ({ group: "Sources", name: s.name, count: s.claims, act: source(s.id) })),
      ...(claims ? [{ group: "Words in claims", name: `“${typed}”`, count: claims, act: text(typed) }] : []),
    ]);
  }

  show(options) {
    this.options = options;
    this.at = -1;
    let last = "";
    const head = group =>
      group === last ? [] : [el("p", { role: "presentation", class: "suggest-head" }, (last = group))];
    this.list.replaceChildren(
      ...options.flatMap((o, k) => [
        ...head(o.group),
        el(
          "div",
          { role: "option", id: `suggest-${k}`, "data-k": k, "aria-selected": "false" },
          el("span", { class: "name" }, o.hint ? el("small", {}, `${o.hint} `) : null, o.name),
          el("span", { class: "count" }, numeral(o.count)),
        ),
      ]),
    );
    this.field.setAttribute("aria-expanded", String(options.length > 0));
    this.field.removeAttribute("aria-activedescendant");
  }

  take(option) {
    option.act();
    this.show([]);
  }

  key(e) {
    const n = this.options?.length ?? 0;
    const by = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (by && n) {
      this.at = this.at < 0 && by < 0 ? n - 1 : (this.at + by + n) % n;
      for (const node of this.list.querySelectorAll("[role=option]"))
        node.setAttribute("aria-selected", String(Number(node.dataset.k) === this.at));
      this.field.setAttribute("aria-activedescendant", `suggest-${this.at}`);
    } else if (e.key === "Enter" && this.at >= 0) this.take(this.options[this.at]);
    else if (e.key === "Escape" && n) {
      this.show([]);
      e.stopPropagation();
    } else return;
    e.preventDefault();
  }
}
