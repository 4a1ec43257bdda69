// The menus of the table: which columns, and of one column its order, filter, grouping and place.
import { el } from "../app/dom.mjs";

const LONG = 12; // values from which a filter has a field to look for one

/** Every column, those shown first and in their order. */
export function columnPicker(node, table) {
  const { names } = table;
  const rest = table.known.columns.map(c => c.name).filter(n => !names.includes(n));
  const turn = (name, on) => table.choose(on ? [...table.names, name] : table.names.filter(n => n !== name));
  const item = name => {
    const c = table.byName.get(name);
    const box = el("input", {
      type: "checkbox",
      checked: names.includes(name),
      onchange: () => {
        if (box.checked || table.names.length > 1) turn(name, box.checked);
        else box.checked = true;
      },
    });
    return el(
      "li",
      { "data-name": `${c.title} ${c.meaning}`.toLowerCase() },
      el("label", {}, box, el("span", {}, el("b", {}, c.title), el("small", {}, c.meaning))),
    );
  };
  const list = el("ul", { class: "plain-list" }, ...names.map(item), ...rest.map(item));
  const back = el(
    "button",
    {
      type: "button",
      class: "quiet",
      onclick: () => {
        table.choose(table.known.first);
        columnPicker(node, table);
      },
    },
    "As at first",
  );
  node.replaceChildren(el("h2", {}, "Columns"), seek(list, "Look for a column"), list, back);
}

export function columnMenu(node, table, column) {
  const { name, sorts, facet, group } = column;
  const { names } = table;
  const at = names.indexOf(name);
  const close = () => node.hidePopover();
  const act = (text, task, off = false) =>
    el(
      "li",
      {},
      el(
        "button",
        {
          type: "button",
          disabled: off,
          onclick: () => {
            close();
            task();
            table.grid.node.focus();
          },
        },
        text,
      ),
    );
  const move = by => () => {
    const next = [...names];
    next.splice(at, 1);
    next.splice(at + by, 0, name);
    table.choose(next);
  };
  const ways =
    column.number || name.endsWith("_at") || name === "happened_start"
      ? ["Smallest or earliest first", "Largest or latest first"]
      : ["A to Z", "Z to A"];
  const grouped = table.state.value.group === group;
  node.replaceChildren(
    el("h2", {}, column.title),
    el(
      "ul",
      { class: "plain-list acts" },
      ...(sorts ? [act(ways[0], () => table.sortBy([name])), act(ways[1], () => table.sortBy([`-${name}`]))] : []),
      ...(group
        ? [
            act(grouped ? "Do not group" : `Group by ${table.known.groups[group].toLowerCase()}`, () =>
              table.state.set({ group: grouped ? "" : group }, { record: true }),
            ),
          ]
        : []),
      act("Move to the left", move(-1), at === 0),
      act("Move to the right", move(1), at === names.length - 1),
      act("Hide", () => table.choose(names.filter(n => n !== name)), names.length === 1),
    ),
    ...(facet ? values(table, facet) : []),
  );
}

/** The values of the page's own filter: what is chosen here is chosen there. */
function values(table, facet) {
  const { columns, state, labels } = table;
  const words = columns.words[facet].map((w, code) => columns.word(facet, code)).filter(Boolean);
  const name = value =>
    facet === "source" ? (columns.words.source.find(s => s.id === value)?.name ?? value) : labels[facet](value);
  const item = value => {
    const box = el("input", {
      type: "checkbox",
      checked: (state.value.filters[facet] ?? []).includes(value),
      onchange: () => {
        const { filters } = state.value;
        const chosen = filters[facet] ?? [];
        state.set(
          { filters: { ...filters, [facet]: box.checked ? [...chosen, value] : chosen.filter(v => v !== value) } },
          { record: true },
        );
      },
    });
    return el("li", { "data-name": name(value).toLowerCase() }, el("label", {}, box, el("span", {}, name(value))));
  };
  const list = el(
    "ul",
    { class: "plain-list table-values" },
    ...words.sort((a, b) => name(a).localeCompare(name(b))).map(item),
  );
  return [el("h3", {}, "Show only"), ...(words.length > LONG ? [seek(list, "Look for a value")] : []), list];
}

function seek(list, text) {
  const field = el("input", {
    type: "search",
    class: "table-seek",
    placeholder: text,
    "aria-label": text,
    oninput: () => {
      const word = field.value.trim().toLowerCase();
      for (const li of list.children) li.hidden = !li.dataset.name.includes(word);
    },
  });
  return field;
}
