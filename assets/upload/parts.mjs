// What the dialog shows in each of its states, from what the server said. Nothing here asks or remembers.
import { line } from "../app/lists.mjs";
import { el, many, numeral } from "../app/dom.mjs";
import { rowsTable, section } from "./form.mjs";

const plain = word => word.replaceAll("_", " ");
const button = (act, text, main) =>
  el("button", { type: "button", class: main ? "main" : "plain", "data-act": act }, text);

function size(bytes) {
  if (bytes < 1024) return many(bytes, "byte");
  return bytes < 2 ** 20 ? `${Math.round(bytes / 1024)} KB` : `${(bytes / 2 ** 20).toFixed(1)} MB`;
}

function duration(seconds) {
  if (seconds < 60) return many(Math.max(1, Math.round(seconds)), "second");
  return many(Math.round(seconds / 60), "minute");
}

const title = files => (files.length > 1 ? `${files.length} files` : files[0].name);

export function head({ files, said, chosen, size: bytes }) {
  if (!files.length) return [el("h2", { id: "upload-title" }, "Add data")];
  const { look, subjects = [] } = said;
  const own = look?.mapping;
  const guess =
    own && (look.mapping.guessed ? "their meaning is guessed from names and cells" : "read as you set them");
  const format = look && (own ? `A table of your own, ${many(look.columns.length, "column")}; ${guess}` : look.title);
  const choice = (name, values, now) =>
    el(
      "label",
      {},
      el("span", { class: "sr" }, name),
      el("select", { name, "data-pick": "" }, ...values.map(v => el("option", { value: v, selected: v === now }, v))),
    );
  return [
    el(
      "h2",
      { id: "upload-title" },
      subjects.length > 1 ? (said.file ?? title(files)) : title(files),
      el("span", { class: "size" }, size(bytes)),
    ),
    format ? el("p", { class: "muted format" }, format) : null,
    subjects.length > 1
      ? choice(
          "file",
          subjects.map(([name]) => name),
          said.file,
        )
      : null,
    look?.layers.length > 1 ? choice("layer", look.layers, chosen.layer ?? look.layers[0]) : null,
  ];
}

export function body(dialog) {
  const { said, sent, size: bytes } = dialog;
  if (said.state === "empty") return [invitation(dialog.limit)];
  if (said.state === "loaded" || (said.state === "stopped" && said.added !== undefined)) return [outcome(said, dialog)];
  return [
    said.state === "sending" && sent < bytes ? bar(sent / bytes, "Sending") : null,
    said.error ? trouble(said.error) : null,
    ...(said.subjects?.length ? said.unread : []).map(([name, what]) =>
      el("p", { class: "muted left-out" }, `${name} is left out: ${what}.`),
    ),
    said.look ? held(dialog) : null,
    said.first?.length
      ? section(
          "The first claims, as the lists will show them",
          el("ul", { class: "plain-list first" }, ...said.first.map(firstLine)),
        )
      : null,
    said.document && !dialog.form ? licence(said.document) : null,
    said.report?.refused ? refusals(said.report, dialog) : null,
    dialog.form?.questions,
  ];
}

function invitation(limit) {
  return el(
    "div",
    { class: "invitation" },
    el("p", { class: "empty-head" }, "Drop files anywhere on this page"),
    el(
      "p",
      {},
      "ACLED, UCDP GED, VIINA, GDELT and TimeMap exports, towns and who holds them, GeoJSON and GeoPackage, " +
        "or a table of your own as CSV, Excel or Parquet. Files that belong together may come together, or as a zip.",
    ),
    button("choose", "Choose files", true),
    el(
      "p",
      { class: "muted" },
      `Nothing is added before you have seen it. Up to ${numeral(Math.floor(limit / 2 ** 20))} MB; ` +
        "the files go to this server and nowhere else.",
    ),
  );
}

function held({ said: { look }, form }) {
  if (form) return form.meanings;
  return look.rows.length ? section("As it stands", rowsTable(look)) : el("span", {});
}

/** A claim as in the lists, with no card to open yet, and why it is not on the map where it is not. */
function firstLine(row) {
  const shown = line(row);
  const inside = el("div", { class: "claim-line" });
  inside.append(...shown.childNodes);
  if (row.unplaced)
    inside.lastChild.append(
      el("span", { class: "where" }, `Not on the map: ${row.unplaced[0].toLowerCase()}${row.unplaced.slice(1)}`),
    );
  return el("li", {}, inside);
}

function licence(found) {
  const parts = [found.title, found.publisher, found.licence || "no licence stated", found.attribution];
  return section(
    "Travels with every claim, and is printed with it",
    el("p", { class: "credit" }, parts.filter(Boolean).join(" · ")),
  );
}

function trouble({ what, remedy }) {
  const text = `${what[0].toUpperCase()}${what.slice(1).replace(/\.$/, "")}.`;
  return el("div", { class: "trouble", role: "alert" }, el("b", {}, text), remedy ? ` ${remedy}` : "");
}

function refusals({ reasons, examples, refused }, { talk }) {
  const example = e =>
    el(
      "li",
      {},
      el("span", { class: "at" }, e.row),
      e.field ? el("span", {}, `${e.field} `) : null,
      el("code", {}, e.value),
      el("span", { class: "muted" }, ` ${e.remedy}`),
    );
  const groups = reasons.map(([reason, count]) =>
    el(
      "details",
      { open: reasons.length < 4 },
      el("summary", {}, el("b", {}, numeral(count)), ` ${plain(reason)}`),
      el("ul", {}, ...examples.filter(e => e.reason === reason).map(example)),
    ),
  );
  return el(
    "section",
    { class: "refusals" },
    el("h3", {}, `${many(refused, "row is", "rows are")} refused`),
    el("p", { class: "muted" }, "They are kept with their reason, and the rest can be added. "),
    ...groups,
    el("p", {}, el("a", { href: talk.refused, download: "refused.csv" }, "Download them all as CSV")),
  );
}

function outcome({ result, state, added }, { talk }) {
  if (state === "stopped")
    return el(
      "div",
      { class: "outcome" },
      el(
        "p",
        { class: "big" },
        added ? `Stopped. ${many(added, "claim was", "claims were")} already added.` : "Stopped. Nothing was added.",
      ),
      el("p", { class: "muted" }, "Adding the same file again goes on where it stopped; nothing is added twice."),
    );
  const lines = [
    ["new", "on the map or in the tray"],
    ["changed", "newer wording of claims that were here; the older is kept"],
    ["unchanged", "were here already"],
    ["gone", "are no longer in the file; they stay here as they are"],
    ["refused", "rows, kept with their reason"],
  ];
  return el(
    "div",
    { class: "outcome" },
    el(
      "p",
      { class: "big" },
      result.new || result.changed
        ? `${many(result.new + result.changed, "claim")} added`
        : "Nothing new: everything was here already",
    ),
    el(
      "dl",
      {},
      ...lines
        .filter(([word]) => result[word])
        .flatMap(([word, text]) => [el("dt", {}, numeral(result[word])), el("dd", {}, el("b", {}, word), ` ${text}`)]),
    ),
    result.refused
      ? el("p", {}, el("a", { href: talk.refused, download: "refused.csv" }, "Download the refused rows as CSV"))
      : null,
  );
}

function bar(share, text) {
  return el(
    "div",
    { class: "work" },
    el("progress", share === null ? { "aria-label": text } : { value: share.toFixed(3), "aria-label": text }),
    el("span", { role: "status" }, text),
  );
}

/** "12,000 claims, 4,100 a second, 20 seconds left" */
function pace(word, progress) {
  if (!progress?.seconds) return bar(null, `${word} …`);
  const { share, seconds, claims, refused } = progress;
  const left = share > 0.02 ? seconds / share - seconds : null;
  const parts = [
    many(claims, "claim"),
    refused ? `${numeral(refused)} refused` : "",
    `${numeral(Math.round((claims + refused) / seconds))} rows a second`,
    left === null ? "" : `${duration(left)} left`,
  ];
  return bar(share, `${word}: ${parts.filter(Boolean).join(", ")}`);
}

function summary({ report }) {
  if (!report) return null;
  const off = report.unplaced.reduce((sum, [, count]) => sum + count, 0);
  const here = report.kept - report.new;
  const parts = [
    many(report.kept, "claim"),
    here === report.kept ? "all here already" : here ? `${numeral(here)} of them here already` : "",
    off ? `${numeral(off)} not on the map` : "",
    report.refused ? `${numeral(report.refused)} refused` : "",
  ];
  return el("p", { class: "summary", role: "status" }, parts.filter(Boolean).join(" · "));
}

export function foot({ said, files }) {
  const { state, report, progress, subjects = [] } = said;
  if (state === "empty") return [el("span", { class: "summary" }), button("close", "Close")];
  if (state === "sending") return [bar(null, "Reading …"), button("close", "Cancel")];
  if (state === "checking") return [pace("Reading", progress), button("close", "Cancel")];
  if (state === "waiting")
    return [bar(null, "Somebody else is adding data; yours comes next"), button("stop", "Cancel")];
  if (state === "loading") return [pace("Adding", progress), button("stop", "Cancel")];
  if (state === "stopping") return [bar(null, "Stopping after this batch …")];
  if (state === "loaded" || state === "stopped")
    return [
      el("span", { class: "summary" }),
      subjects.length > 1 || state === "stopped" ? button("again", "Add another") : null,
      button("close", "Done", true),
    ];
  if (state === "checked" && report?.kept)
    return [
      summary(said),
      button("close", "Cancel"),
      button(
        "load",
        report.new + report.changed ? `Add ${many(report.new + report.changed, "claim")}` : "Bring up to date",
        true,
      ),
    ];
  return [
    el("span", { class: "summary" }, state === "checked" ? "No row of this file can be added." : ""),
    files.length ? button("again", "Choose another file") : null,
    button("close", "Close"),
  ];
}
