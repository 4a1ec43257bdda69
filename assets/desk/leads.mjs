// Who says so first: pairs of sources over the events that both speak of.
import { el, many, numeral } from "../app/dom.mjs";

/** "6 hours", "2.5 days". */
const lag = hours =>
  hours < 1 ? "less than an hour" : hours < 48 ? many(+hours.toFixed(0), "hour") : `${+(hours / 24).toFixed(1)} days`;

/** Who says so first, a line a pair of sources. */
export function leadsTable(leads, visit) {
  const who = (id, name) => el("button", { type: "button", class: "matrix-who", onclick: () => visit(id) }, name);
  const bar = l =>
    el(
      "span",
      { class: "lead-bar", role: "img", "aria-label": `${l.before} before, ${l.together} together, ${l.after} after` },
      ...["before", "together", "after"].map(k => el("i", { class: `lead-${k}`, style: `flex-grow:${l[k]}` })),
    );
  const words = l =>
    l.median_h === null
      ? `too few to say (${numeral(l.events)} shared)`
      : l.median_h === 0
        ? "at the same time"
        : `${lag(l.median_h)} earlier`;
  return el(
    "section",
    { class: "leads" },
    el("h3", {}, "Who says so first"),
    el(
      "p",
      { class: "figures-words" },
      leads.length
        ? "Events that two sources both speak of: when each first does, at the median. " +
            "A report dated to a day counts from its first hour, so hours mean little below a day."
        : "No two sources in view speak of one event.",
    ),
    leads.length
      ? el(
          "div",
          { class: "matrix-frame" },
          el(
            "table",
            { class: "figures-rows leads-rows" },
            el(
              "thead",
              {},
              el(
                "tr",
                {},
                ...["First", "Then", "By", "Before · together · after", "Shared", "Silent"].map(name =>
                  el("th", { scope: "col" }, name),
                ),
              ),
            ),
            el(
              "tbody",
              {},
              ...leads.map(l =>
                el(
                  "tr",
                  {},
                  el("td", {}, who(l.first_id, l.first)),
                  el("td", {}, who(l.second_id, l.second)),
                  el("td", { class: l.median_h === null ? "muted" : "" }, words(l)),
                  el("td", {}, bar(l)),
                  el("td", {}, numeral(l.events)),
                  el(
                    "td",
                    { class: "muted" },
                    l.second_alone || l.first_alone
                      ? `${numeral(l.second_alone)} without the first, ${numeral(l.first_alone)} without the second`
                      : "neither",
                  ),
                ),
              ),
            ),
          ),
        )
      : null,
  );
}
