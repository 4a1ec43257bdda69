// The page of one source: who it is, what it says, how its words fare with others', and where it stands in time.
import { fromIso } from "../app/dates.mjs";
import { el, many, numeral } from "../app/dom.mjs";
import { describe, history } from "./describe.mjs";
import { leadsTable } from "./leads.mjs";
import { colour } from "./plot.mjs";

const NS = "http://www.w3.org/2000/svg";
const STANDING = {
  corroborated: "Said by another voice too",
  contradicted: "Contradicted by others",
  retracted: "Retracted",
  denied: "Denied",
};
const told = ({ claims: n, first, last }) => {
  if (!n) return "";
  return first === last ? `, ${n === 1 ? "of" : "all of"} ${first}` : `, the first of ${first}, the last of ${last}`;
};
const claims = n => many(n, "claim");

export function page(room, found, desk) {
  const { state } = desk;
  const only = patch =>
    state.set(
      { ...patch, filters: { ...state.value.filters, source: [found.source], side: [] }, sel: "" },
      { record: true },
    );
  const on = state.value.filters.source.length === 1 && state.value.filters.source[0] === found.source;
  room.replaceChildren(
    el(
      "div",
      { class: "source-head" },
      el(
        "button",
        { type: "button", class: "figures-link", onclick: () => state.set({ who: "" }, { record: true }) },
        "All sources",
      ),
      el("h2", {}, el("i", { class: "side-dot", style: `background:${colour(found.side_word)}` }), found.name),
      el(
        "p",
        { class: "muted" },
        [found.side, found.body, found.reviewed ? "" : "met in a file, not reviewed"].filter(Boolean).join(" · "),
      ),
      found.aliases.length ? el("p", { class: "muted" }, `Also written ${found.aliases.join(", ")}`) : null,
      desk.notes.writes
        ? el(
            "p",
            {},
            el(
              "button",
              { type: "button", class: "link source-edit", onclick: e => describe(e.target.closest("p"), found, desk) },
              "Edit name, side and other names",
            ),
          )
        : null,
      history(found.revisions),
    ),
    el(
      "div",
      { class: "source-columns" },
      el(
        "section",
        {},
        el("h3", {}, "In view"),
        el("p", { class: "source-count" }, el("b", {}, claims(found.claims)), told(found)),
        sparkline(found.days, found.side_word, state),
        found.claims
          ? el(
              "button",
              {
                type: "button",
                class: "plain",
                "aria-pressed": String(on),
                onclick: () =>
                  on ? state.set({ filters: { ...state.value.filters, source: [] } }, { record: true }) : only({}),
              },
              on ? "Show the other sources too" : "Show it alone on the map",
            )
          : null,
      ),
      el(
        "section",
        {},
        el("h3", {}, "By others’ words"),
        el(
          "ul",
          { class: "source-standing" },
          ...Object.entries(STANDING).map(([word, name]) => {
            const n = found.standing.find(([w]) => w === word)?.[1] ?? 0;
            return el(
              "li",
              {},
              el("span", {}, name),
              el(
                "span",
                { class: "source-meter", "aria-hidden": "true" },
                el("i", { style: `width:${found.claims ? (100 * n) / found.claims : 0}%` }),
              ),
              el("span", { class: "source-n" }, `${numeral(n)} of ${numeral(found.claims)}`),
            );
          }),
        ),
      ),
      list(
        "Where",
        found.places.map(([id, name, n]) => [name || id, n, () => only({ place: id })]),
      ),
      list(
        "Through whom",
        found.relays.map(([id, name, n]) => [name, n, () => desk.visit(id)]),
        "It is heard directly.",
      ),
    ),
    leadsTable(found.leads, id => desk.visit(id)),
  );
}

function list(title, rows, none = "Nowhere on the map.") {
  return el(
    "section",
    {},
    el("h3", {}, title),
    rows.length
      ? el(
          "ul",
          { class: "source-list" },
          ...rows.map(([name, n, go]) =>
            el(
              "li",
              {},
              el(
                "button",
                { type: "button", onclick: go },
                el("span", {}, name),
                el("span", { class: "source-n" }, numeral(n)),
              ),
            ),
          ),
        )
      : el("p", { class: "muted" }, none),
  );
}

/** Claims by day, from the first to the last; press a stretch to look at it. */
function sparkline(days, side, state) {
  if (days.length < 2) return null;
  const minutes = days.map(([day, n]) => [fromIso(day), n]);
  const first = minutes[0][0];
  const last = minutes.at(-1)[0] + 1440;
  const bins = Math.min(60, (last - first) / 1440);
  const size = (last - first) / bins;
  const counts = new Array(Math.ceil(bins)).fill(0);
  for (const [t, n] of minutes) counts[Math.min(counts.length - 1, Math.floor((t - first) / size))] += n;
  const most = Math.max(...counts);
  const node = document.createElementNS(NS, "svg");
  node.setAttribute("viewBox", `0 0 ${counts.length} 1`);
  node.setAttribute("preserveAspectRatio", "none");
  node.setAttribute("class", "sparkline");
  node.setAttribute("role", "img");
  node.setAttribute("aria-label", `Claims in time: at most ${most} at once`);
  counts.forEach((n, k) => {
    if (!n) return;
    const bar = document.createElementNS(NS, "rect");
    for (const [name, v] of Object.entries({
      x: k + (counts.length > 1 ? 0.08 : 0),
      width: counts.length > 1 ? 0.84 : 1,
      y: 1 - n / most,
      height: n / most,
      fill: colour(side),
    }))
      bar.setAttribute(name, v);
    bar.addEventListener("click", () =>
      state.set(
        {
          from: Math.floor((first + k * size) / 1440) * 1440,
          to: Math.ceil((first + (k + 1) * size) / 1440) * 1440,
          zone: "utc",
          mode: "window",
        },
        { record: true },
      ),
    );
    node.append(bar);
  });
  return node;
}
