// Who a source is, as somebody describes it: a revision with an author; what was there before stays listed.
import { el, many } from "../app/dom.mjs";
import { say } from "../app/transport.mjs";

/** The form in the place of its button. */
export function describe(place, found, { notes, took }) {
  const options = (words, chosen) =>
    words.map(([word, name]) => el("option", { value: word, selected: word === chosen }, name));
  const labelled = (name, node) => el("label", {}, el("span", {}, name), node);
  const name = el("input", { class: "note-field", required: true, value: found.name });
  const side = el("select", { class: "note-field" }, ...options(found.sides, found.side_word));
  const body = el("select", { class: "note-field" }, ...options(found.bodies, found.body_word));
  const aliases = el(
    "textarea",
    { class: "note-field", rows: Math.min(6, found.aliases.length + 1) },
    found.aliases.join("\n"),
  );
  const reason = el("input", { class: "note-field" });
  const form = el(
    "form",
    {
      class: "note-form source-form",
      onsubmit: async e => {
        e.preventDefault();
        const source = {
          source_id: found.source,
          name: name.value,
          side: side.value,
          body: body.value,
          aliases: aliases.value.split("\n"),
        };
        if (!(await notes.tell("/sources", { source, reason: reason.value }))) return;
        say("Kept");
        await took();
      },
    },
    labelled("Name", name),
    labelled("Side", side),
    labelled("Sort of body", body),
    labelled("Other names, one a line", aliases),
    labelled("Why (you may leave it out)", reason),
    notes.signature(),
    el(
      "p",
      { class: "pair-acts" },
      el("button", { class: "plain" }, "Keep"),
      el(
        "button",
        {
          type: "button",
          class: "quiet",
          onclick: () => {
            form.replaceWith(place);
            place.querySelector("button").focus();
          },
        },
        "Cancel",
      ),
    ),
  );
  form.addEventListener("keydown", e => {
    if (e.key === "Escape") {
      e.stopPropagation();
      form.replaceWith(place);
      place.querySelector("button").focus();
    }
  });
  place.replaceWith(form);
  name.focus();
}

/** What was changed, by whom and when. */
export function history(revisions) {
  if (!revisions.length) return null;
  return el(
    "details",
    { class: "source-history" },
    el(
      "summary",
      {},
      `${many(revisions.length, "revision")}, the last by ${revisions[0].author} on ${revisions[0].day}`,
    ),
    el(
      "ol",
      {},
      ...revisions.map(r =>
        el(
          "li",
          {},
          el("b", {}, `${r.author}, ${r.day}`),
          r.reason ? `: ${r.reason}` : "",
          el(
            "ul",
            {},
            ...r.changes.map(([what, before, after]) =>
              el("li", {}, `${what}: `, el("s", {}, before), " ", el("span", {}, after)),
            ),
          ),
        ),
      ),
    ),
  );
}
