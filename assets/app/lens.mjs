// The lens: who else says so. It sets words of the address; the server answers which claims they let through.
import { el } from "./dom.mjs";
import { EARLIER, STANDINGS, noLens } from "./state.mjs";

const RELATIONS = [
  ["only", "alone", "Said by the first voice and by nobody else"],
  ["not", "but not", "Said by the first voice, not by the second"],
  ["and", "and", "Said by both voices"],
];
const SIDES = [0, 2, 3, 4];
const STANDS = {
  corroborated: "corroborated",
  alone: "by one voice",
  contradicted: "contradicted",
  retracted: "retracted",
  denied: "denied",
};

/** What the two pickers show of a lens: the voices and how they are to stand to each other. */
export function pairOf({ only_by, all_by, not_by }, relation = "and") {
  if (only_by.length) return { a: only_by[0], relation: "only", b: "" };
  if (not_by.length) return { a: all_by[0] ?? "", relation: "not", b: not_by[0] };
  return { a: all_by[0] ?? "", relation: all_by[1] ? "and" : relation, b: all_by[1] ?? "" };
}

/** The words of the address for two voices. */
export function wordsOf({ a, relation, b }) {
  const named = (...voices) => [...new Set(voices.filter(Boolean))];
  if (relation === "only") return { only_by: named(a), all_by: [], not_by: [] };
  return relation === "not"
    ? { only_by: [], all_by: named(a), not_by: named(b) }
    : { only_by: [], all_by: named(a, b), not_by: [] };
}

/** The voices to pick from: sides, then the sources of each side, most claims first; [group, [[value, text], ...]]. */
export function voices({ words, source }, labels) {
  const totals = new Uint32Array(words.source.length);
  const name = side => labels.side(side);
  for (const code of source) totals[code]++;
  const sides = words.side.filter(side => side !== "" && side !== "unknown");
  const said = words.source.map((_, code) => code).filter(code => totals[code] && words.source[code].id !== "unstated");
  said.sort((x, y) => totals[y] - totals[x] || words.source[x].name.localeCompare(words.source[y].name));
  const of = side =>
    said.filter(code => words.source[code].side === side).map(code => [words.source[code].id, words.source[code].name]);
  return [
    ["Sides", sides.map(side => [`side:${side}`, `Any ${name(side)} source`])],
    ...words.side.map(side => [name(side), of(side)]),
  ].filter(([, options]) => options.length);
}

export class Lens {
  constructor(columns, state, labels) {
    Object.assign(this, { state, relation: "and" });
    [this.a, this.b] = [
      ["lens-a", "First voice"],
      ["lens-b", "Second voice"],
    ].map(([id, label]) => el("select", { id, "aria-label": label, onchange: () => this.pair() }));
    this.split = el("select", {
      id: "split",
      "aria-label": "Second map beside this one",
      onchange: () => this.state.set({ split: this.split.value }, { record: true }),
    });
    this.columns = columns;
    this.labels = labels;
    this.swap = el(
      "button",
      {
        type: "button",
        id: "lens-swap",
        class: "plain small",
        title: "Swap the two voices",
        "aria-label": "Swap the two voices",
        onclick: () => this.pair({ a: this.b.value, b: this.a.value }),
      },
      "⇅",
    );
    this.between = this.choice("lens-relation", "How the two voices stand to each other", RELATIONS, relation =>
      this.pair({ relation }),
    );
    this.sides = this.choice(
      "lens-sides",
      "Independent sides that say so, at least",
      SIDES.map(n => [
        String(n),
        n ? String(n) : "any",
        n ? `At least ${n} independent sides say so` : "However many say so",
      ]),
      n => this.set({ min_sides: Number(n) }),
    );
    this.stands = STANDINGS.map(word =>
      el(
        "button",
        { type: "button", class: "pill", "data-standing": word, onclick: () => this.turn(word) },
        STANDS[word],
      ),
    );
    this.clear = el(
      "button",
      {
        class: "clear",
        type: "button",
        hidden: true,
        id: "lens-clear",
        onclick: e => {
          e.preventDefault();
          this.relation = "and";
          this.state.set({ lens: noLens() }, { record: true });
        },
      },
      "clear",
    );
    this.node = el(
      "details",
      { class: "facet facet-lens", open: true },
      el("summary", {}, "Who else says so", this.clear),
      el(
        "div",
        { class: "lens" },
        el("div", { class: "lens-pair" }, this.a, this.swap, this.between.node, this.b),
        el("div", { class: "lens-line" }, el("span", {}, "Independent sides"), this.sides.node),
        el("div", { class: "pills", role: "group", "aria-label": "How a claim stands" }, ...this.stands),
        el("label", { class: "lens-line" }, el("span", {}, "Second map"), this.split),
      ),
    );
    this.fill();
    state.on(["lens", "split"], () => this.show());
  }

  /** Offer the sides and sources that the columns hold now. */
  fill() {
    const groups = voices(this.columns, this.labels);
    const list = (name, options) =>
      el("optgroup", { label: name }, ...options.map(([value, text]) => el("option", { value }, text)));
    const fill = (select, none, more) =>
      select.replaceChildren(el("option", { value: "" }, none), ...more.map(([name, options]) => list(name, options)));
    fill(this.a, "Said by anyone", groups);
    fill(this.b, "Pick a second voice", groups);
    const earlier = ["The same, earlier by", Object.entries(EARLIER).map(([days, text]) => [`days:${days}`, text])];
    fill(this.split, "none", [
      earlier,
      ...groups.map(([name, options]) => [
        name,
        options.map(([value, text]) => [value.startsWith("side:") ? value : `source:${value}`, text]),
      ]),
    ]);
    this.show();
  }

  /** Radio buttons in a row: [value, text, title]. */
  choice(name, label, options, chosen) {
    const inputs = options.map(([value]) => el("input", { type: "radio", name, value, onchange: () => chosen(value) }));
    const node = el(
      "div",
      { class: "choices", role: "radiogroup", "aria-label": label },
      ...options.map(([, text, title], k) => el("label", { title }, inputs[k], el("span", {}, text))),
    );
    return {
      node,
      set: value =>
        inputs.forEach(input => {
          input.checked = input.value === String(value);
        }),
    };
  }

  get lens() {
    return this.state.value.lens;
  }

  set(patch) {
    this.state.set({ lens: { ...this.lens, ...patch } }, { record: true });
  }

  /** The pickers were moved. */
  pair(patch = {}) {
    const next = { a: this.a.value, relation: this.relation, b: this.b.value, ...patch };
    this.relation = next.relation;
    this.other = next.b || this.other;
    this.set(wordsOf(patch.relation ? { ...next, b: next.b || (this.other ?? "") } : next));
    this.show();
  }

  turn(word) {
    const { standing } = this.lens;
    this.set({ standing: STANDINGS.filter(w => standing.includes(w) !== (w === word)) });
  }

  /** Make the controls say what the address says. */
  show() {
    const { lens } = this;
    const { a, relation, b } = pairOf(lens, this.relation);
    this.relation = relation;
    for (const [select, value] of [
      [this.a, a],
      [this.b, b],
      [this.split, this.state.value.split],
    ]) {
      if (value && ![...select.options].some(option => option.value === value))
        select.append(el("option", { value }, value));
      select.value = value;
      select.classList.toggle("unset", !value);
    }
    this.between.set(relation);
    this.b.hidden = relation === "only";
    this.swap.disabled = relation === "only" || !(a || b);
    this.sides.set(SIDES.includes(lens.min_sides) ? lens.min_sides : "");
    for (const button of this.stands)
      button.setAttribute("aria-pressed", lens.standing.includes(button.dataset.standing));
    this.clear.hidden = JSON.stringify(lens) === JSON.stringify(noLens());
  }
}
