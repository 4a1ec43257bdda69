// Lists of claims: the table beside the map, the tray of what is not on it, the claims piled at one place.
import { addressed, answered } from "./ask.mjs";
import { NONE } from "./columns.mjs";
import { byId, el, many, marked, numeral, pops } from "./dom.mjs";
import { tileBox } from "./marks.mjs";
import { knowledge, queryString } from "./state.mjs";

export const PAGE = 60; // rows at first, and more at a time
const TILE = /^@(\d+)\/(\d+)\/(\d+)$/; // the word of the address for a tile of counts
const UNDATED = "No start is stated: these may fall in the window, or later";
const DOTTED = parts => parts.filter(Boolean).join(" · ");

/**
 * A claim as one pressable line: symbol, statement, who, where and when. dashboard/layout/lines.py is its twin in the
 * card.
 */
export function line(row) {
  return el(
    "button",
    { type: "button", class: "claim-line", "data-claim": row.claim_id },
    el("i", { class: `symbol symbol-${row.layer}`, title: row.kind }),
    el(
      "span",
      { class: "line-text" },
      el("span", { class: row.struck ? "what struck" : "what" }, ...marked(row.statement, row.hits)),
      el(
        "span",
        { class: "who" },
        el("b", {}, row.claimant.name),
        el("span", { class: "side-tag" }, ` · ${row.aside}`),
        ...row.flags.map(([word, text]) => el("span", { class: `chip chip-${word}` }, text)),
      ),
      el("span", { class: "where" }, DOTTED([row.kind, row.place, row.happened])),
    ),
  );
}

const more = left =>
  left > 0
    ? el(
        "p",
        { class: "more" },
        el("button", { type: "button", class: "plain", "data-more": "1" }, `Show more (${numeral(left)} left)`),
      )
    : null;
const plainList = rows => el("ul", { class: "plain-list" }, ...rows.map(row => el("li", {}, line(row))));

function empty() {
  if (document.documentElement.hasAttribute("data-empty"))
    return el(
      "div",
      { class: "empty" },
      el("p", { class: "empty-head" }, "The store is empty."),
      el("p", {}, "Fill it with ", el("code", {}, "conflict-map import FILE"), " and reload the page."),
    );
  return el(
    "div",
    { class: "empty" },
    el("p", { class: "empty-head" }, "No claim matches."),
    el("p", {}, "Widen the window or take a filter away."),
    el("button", { type: "button", class: "plain", "data-reset": "1" }, "Clear filters and dates"),
  );
}

/** The map's text alternative: a table of one column, the latest first, those without a stated start apart. */
function table({ total, rows }, best) {
  if (!total) return [empty()];
  const lines = rows.map(row => el("tr", {}, el("td", {}, line(row))));
  const dated = rows.filter(row => !row.undated).length;
  if (dated < rows.length && !best)
    lines.splice(dated, 0, el("tr", {}, el("th", { scope: "rowgroup", class: "divider" }, UNDATED)));
  const head = el(
    "thead",
    { class: "sr" },
    el("tr", {}, el("th", { scope: "col" }, "Claim: statement, who says it, kind, place and time")),
  );
  return [
    el(
      "table",
      { class: "claims" },
      el("caption", { class: "sr" }, best ? "Claims in view, best match first" : "Claims in view, latest first"),
      head,
      el("tbody", {}, ...lines),
    ),
    more(total - rows.length),
  ];
}

function tray(groups) {
  if (!groups.length) return [el("p", { class: "empty" }, "Every claim in view is on the map.")];
  const parts = groups.flatMap(({ reason, total, rows }) => [
    el("h3", {}, reason, el("span", { class: "badge" }, String(total))),
    plainList(rows),
    more(total - rows.length),
  ]);
  return [
    el(
      "p",
      { class: "muted intro" },
      "A claim without a place finer than a country is never drawn as a pin. All of them are here.",
    ),
    ...parts,
  ];
}

const CREDITS = 10; // of one data set shown in the panel
const narrow = matchMedia("(max-width: 900px)");

/** "Data: UCDP GED (CC BY 4.0), VIINA 2.0 (ODbL 1.0) · 2 more" under the map, and the panel that says it all. */
function credits(sets) {
  const name = set => set.dataset || "Unnamed data set";
  const licence = set => set.licence || "licence not stated";
  const brief = set => [el("span", { class: "credit-name" }, name(set)), ` (${licence(set).split(":")[0]})`];
  const named = sets.slice(0, narrow.matches ? 1 : 2);
  const rest = sets.length - named.length;
  const shown = named.flatMap((set, i) => [i ? ", " : "", ...brief(set)]);
  const button = el(
    "button",
    { type: "button", title: "Licences and citations of the data on the map" },
    "Data: ",
    ...shown,
    rest > 0 ? ` · ${rest} more` : "",
  );
  const panel = el(
    "div",
    { id: "credits-panel", class: "pop", role: "dialog", "aria-label": "Data on the map" },
    el("h2", {}, "Data on the map"),
    ...sets.map(set =>
      el(
        "section",
        {},
        el("h3", {}, name(set), el("span", { class: "badge" }, many(set.claims, "claim"))),
        el("p", {}, licence(set)),
        ...set.attributions.slice(0, CREDITS).map(text => el("p", { class: "muted" }, text)),
        set.attributions.length > CREDITS
          ? el("p", { class: "muted" }, `and ${set.attributions.length - CREDITS} more credits, in every export`)
          : null,
        set.citation ? el("p", { class: "muted" }, `Cite as: ${set.citation}`) : null,
      ),
    ),
  );
  pops(button, panel);
  return sets.length ? [button, panel] : [];
}

const fill = (id, nodes) => byId(id).replaceChildren(...nodes.filter(Boolean));

export class Lists {
  constructor() {
    this.shown = PAGE;
  }

  /** Ask for the lists of the state; the answer that was asked for last wins. */
  ask(state, { keep = false } = {}) {
    if (!keep) this.shown = PAGE;
    this.searched = Boolean(state.q);
    this.best = this.searched && state.order === "best";
    const address = addressed("/list", queryString(state), `limit=${this.shown}`, this.best && "order=best");
    if (address === this.address) return this.last;
    this.address = address;
    const answer = answered(address).then(r => r.json());
    this.last = answer;
    return answer;
  }

  async show(answer) {
    const found = await answer;
    if (answer !== this.last) return;
    fill("listing", table(found, this.best));
    byId("list-order").hidden = !this.searched;
    for (const b of byId("list-order").children)
      b.setAttribute("aria-pressed", String((b.dataset.order === "best") === this.best));
    fill("tray", tray(found.tray));
    if (!byId("credits").querySelector(":popover-open")) fill("credits", credits(found.credits));
    byId("list-count").textContent = numeral(found.total);
    byId("tray-count").textContent = numeral(found.tray_total);
    // the count before it names them
    byId("phrase").textContent = found.phrase === "all claims" ? "" : `: ${found.phrase.replace(/^claims,? /, "")}`;
  }

  /** Several claims picked together on the map, by their ordinals; more of them a page at a time. */
  async pile(columns, ordinals, knowledge = "", shown = PAGE) {
    const wanted = (this.piled = ordinals);
    const found = await rows(columns, ordinals.slice(0, shown), knowledge);
    if (wanted !== this.piled) return;
    const places = [...new Set(found.map(row => row.place).filter(Boolean))].slice(0, 2).join(", ");
    const total = ordinals.length;
    const next =
      total > shown
        ? el(
            "p",
            { class: "more" },
            el(
              "button",
              { type: "button", class: "plain", onclick: () => this.pile(columns, ordinals, knowledge, shown + PAGE) },
              `Show more (${(total - shown).toLocaleString("en")} left)`,
            ),
          )
        : null;
    fill("pile", [el("h2", {}, `${numeral(total)} claims${places ? ` at ${places}` : ""}`), plainList(found), next]);
  }

  /** What the address says stands together: in a tile of counts, or in the piles that the map, once there, gathers. */
  together(state, columns, map) {
    const { sel } = state;
    const tile = TILE.exec(sel);
    if (tile) this.tile(state, tile.slice(1).map(Number));
    else if (sel.startsWith("@") && map)
      this.pile(columns, columns.counted ? [] : (map.finder?.gathered(sel) ?? []), knowledge(state));
  }

  /** The claims of a state in a tile of the map, from the server. */
  async tile(state, [zoom, x, y], shown = PAGE) {
    const box = `bbox=${tileBox(zoom, x, y, x, y)}`;
    const address = addressed("/list", queryString(state), box, `limit=${shown}`);
    this.piled = address;
    const { total, rows: found } = await (await fetch(address)).json();
    if (address !== this.piled) return;
    const next =
      total > found.length
        ? el(
            "p",
            { class: "more" },
            el(
              "button",
              { type: "button", class: "plain", onclick: () => this.tile(state, [zoom, x, y], shown + PAGE) },
              `Show more (${(total - found.length).toLocaleString("en")} left)`,
            ),
          )
        : null;
    fill("pile", [el("h2", {}, `${numeral(total)} claims in this square`), plainList(found), next]);
  }

  /** Several claims named one by one in the address. */
  async named(ids, knowledge = "") {
    const { total, rows: found } = await (
      await fetch(
        `/list?claim=${ids.map(encodeURIComponent).join(",")}&limit=${ids.length}${knowledge && `&${knowledge}`}`,
      )
    ).json();
    fill("pile", [el("h2", {}, `${numeral(total)} claims`), plainList(found)]);
  }
}

/** Lines of the claims at these places of the columns. */
export async function rows({ header: { version }, asked }, ordinals, knowledge = "") {
  const at = `at=${ordinals.join(",")}`;
  const answer = await answered(addressed("/rows", `version=${encodeURIComponent(version)}`, at, asked, knowledge));
  return (await answer.json()).rows;
}

/** Where a claim stands in the columns; NONE where it does not. */
export async function ordinalOf({ header: { version }, n, asked }, id) {
  const path = `/claims/${encodeURIComponent(id)}.json`;
  const answer = await fetch(addressed(path, `version=${encodeURIComponent(version)}`, asked));
  const at = answer.ok ? (await answer.json()).at : null;
  return at === null || at >= n ? NONE : at;
}
