// What the columns of somebody's own table mean, and what the file does not say of itself: guessed first, set by hand.
import { el } from "../app/dom.mjs";

const ASKED = [
  ["title", "Title of the data"],
  ["publisher", "Published by"],
  ["licence", "Licence, such as CC BY 4.0"],
  ["attribution", "Credit to print with it"],
  ["url", "Address"],
];
const ORDERS = [
  ["", "is refused"],
  ["true", "is 3 April"],
  ["false", "is 4 March"],
];

export const section = (text, ...inside) => el("section", {}, el("h3", {}, text), ...inside);

/** The first rows as they stand; over each column its name and what `over` puts below it. */
export function rowsTable({ columns, rows }, over = () => null, used = () => true) {
  const cells = row =>
    row.map((cell, i) =>
      el("td", { class: used(columns[i]) ? "" : "unread", title: cell.length > 40 ? cell : null }, cell),
    );
  return el(
    "div",
    { class: "rows", tabindex: "0", role: "region", "aria-label": "First rows" },
    el(
      "table",
      {},
      el(
        "thead",
        {},
        el(
          "tr",
          {},
          ...columns.map(name => el("th", { scope: "col" }, el("span", { class: "column" }, name), over(name))),
        ),
      ),
      el("tbody", {}, ...rows.map(row => el("tr", {}, ...cells(row)))),
    ),
  );
}

export class Form {
  constructor(look, changed) {
    Object.assign(this, { look, changed, selects: new Map() });
    const { mapping } = look;
    this.table = rowsTable(
      look,
      name => this.meaning(name),
      name => mapping.columns[name]?.length,
    );
    const claimant = (this.claimant = el("input", {
      type: "text",
      placeholder: "Not stated",
      value: mapping.constants.claimant ?? "",
      oninput: changed,
    }));
    this.constants = mapping.constants;
    this.document = ASKED.map(([word, text]) => [
      word,
      el("input", { type: "text", value: mapping.document[word] ?? "", oninput: changed }),
      text,
    ]);
    this.order = el(
      "select",
      { onchange: changed },
      ...ORDERS.map(([value, text]) =>
        el("option", { value, selected: value === String(mapping.day_first ?? "") }, text),
      ),
    );
    const line = (text, input) => el("label", {}, el("span", {}, text), input);
    this.whose = line("Who says so, in every row", claimant);
    this.meanings = section(
      "As it stands, and what each column means",
      this.table,
      el("div", { class: "questions" }, this.whose, line("A date like 3/4/2022", this.order)),
    );
    this.questions = section(
      "Travels with every claim, and is printed with it",
      el("div", { class: "questions" }, ...this.document.map(([, input, text]) => line(text, input))),
    );
    this.settle();
  }

  /** The choice of what one column means. */
  meaning(name) {
    const { fields, columns } = this.look.mapping;
    const now = (columns[name] ?? []).join(",");
    const options = [
      ["", "not read"],
      ...(now.includes(",")
        ? [[now, columns[name].map(word => fields.find(([w]) => w === word)[1].split(";")[0]).join(" + ")]]
        : []),
      ...fields.map(([word, help]) => [word, help.split(";")[0]]),
    ];
    const select = el(
      "select",
      { "aria-label": `What ${name} means`, onchange: () => this.set(name) },
      ...options.map(([value, text]) => el("option", { value, selected: value === now }, text)),
    );
    this.selects.set(name, select);
    return select;
  }

  /** One column gives a field, unless several may. */
  set(name) {
    const word = this.selects.get(name).value;
    if (word && !this.look.mapping.several.includes(word))
      for (const [other, select] of this.selects)
        if (other !== name && select.value.split(",").includes(word)) select.value = "";
    this.settle();
    this.changed();
  }

  /** Fade what is not read; ask who says so where no column does. */
  settle() {
    [...this.selects.values()].forEach((select, i) => {
      select.classList.toggle("unread", !select.value);
      for (const row of this.table.querySelectorAll("tbody tr")) row.cells[i].classList.toggle("unread", !select.value);
    });
    this.whose.hidden = [...this.selects.values()].some(select => select.value.split(",").includes("claimant"));
  }

  get value() {
    const told = inputs =>
      Object.fromEntries(inputs.map(([word, input]) => [word, input.value.trim()]).filter(([, text]) => text));
    return {
      columns: Object.fromEntries(
        [...this.selects].filter(([, select]) => select.value).map(([name, select]) => [name, select.value.split(",")]),
      ),
      constants: { ...this.constants, claimant: this.whose.hidden ? "" : this.claimant.value.trim() },
      document: told(this.document),
      day_first: this.order.value ? this.order.value === "true" : null,
    };
  }
}
