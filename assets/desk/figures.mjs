// The ledger: numbers as they are claimed, one thing counted at a time, over time and as rows. Nothing is summed.
import { answered } from "../app/ask.mjs";
import { el, many, numeral } from "../app/dom.mjs";
import { queryString } from "../app/state.mjs";
import { Plot, colour, ranges } from "./plot.mjs";

const SHOWN = 5; // measures that have a button; the rest are in the list of more
const said = word => word[0].toUpperCase() + word.slice(1).replaceAll("_", " ");
const unitWord = unit => ({ person: "people", "per cent": "per cent" })[unit] ?? (unit ? `${unit}s` : "");

export function open(node, context) {
  return new Figures(node, context);
}

class Figures {
  constructor(node, context) {
    Object.assign(this, { node, ...context, log: null });
    node.className = "figures-desk";
    this.measures = el("div", { class: "segments", role: "group", "aria-label": "What is counted" });
    this.more = el("select", { "aria-label": "More that is counted", onchange: () => this.choose(this.more.value) });
    this.whose = el("select", { "aria-label": "Of whom", onchange: () => this.choose(this.whose.value) });
    this.scale = el(
      "div",
      { class: "segments", role: "group", "aria-label": "Scale" },
      ...[
        ["linear", false],
        ["log", true],
      ].map(([word, log]) =>
        el(
          "button",
          {
            type: "button",
            onclick: () => {
              this.log = log;
              this.paint();
            },
          },
          said(word),
        ),
      ),
    );
    this.words = el("p", { class: "figures-words", "aria-live": "polite" });
    this.tip = el("div", { class: "figures-tip", hidden: true });
    this.chart = el("div", { class: "figures-plot" }, this.tip);
    this.key = el(
      "p",
      { class: "figures-key" },
      el("span", {}, el("i", { class: "key-dot" }), "running total"),
      el("span", {}, el("i", { class: "key-diamond" }), "single report"),
      el("span", {}, el("i", { class: "key-whisker" }), "the range it can mean"),
      el("span", {}, el("i", { class: "key-split" }), "contradicted"),
      el("span", {}, el("i", { class: "key-struck" }), "retracted or denied"),
    );
    this.table = el("table", { class: "figures-rows" });
    this.table.addEventListener("click", e => {
      const line = e.target.closest("[data-claim]");
      if (line) this.pick(line.dataset.claim);
    });
    this.scroll = el(
      "div",
      { class: "figures-scroll" },
      this.chart,
      el("div", { class: "figures-foot" }, this.words, this.key),
      this.table,
    );
    node.append(
      el(
        "div",
        { class: "figures-bar" },
        this.measures,
        this.more,
        this.whose,
        el("span", { class: "figures-gap" }),
        this.scale,
      ),
      this.scroll,
    );
    this.plot = new Plot(this.chart, { pick: id => this.pick(id), hover: (row, dot) => this.hint(row, dot) });
  }

  get address() {
    const { figure } = this.state.value;
    return [queryString(this.state.value), figure ? `figure=${encodeURIComponent(figure)}` : ""]
      .filter(Boolean)
      .join("&");
  }

  get selected() {
    const { sel } = this.state.value;
    return new Set(sel.startsWith("@") ? [] : sel.split(",").filter(Boolean));
  }

  choose(figure) {
    this.log = null;
    this.state.set({ figure }, { record: true });
  }

  pick(id) {
    const { selected } = this;
    const off = selected.size === 1 && selected.has(id);
    this.state.set({ sel: off ? "" : id, panel: off ? "" : "claims" }, { record: true });
  }

  /** The state has changed and rests. */
  async show() {
    const { address } = this;
    if (address !== this.shown) {
      this.shown = address;
      try {
        const answer = await answered(`/ledger?${address}`);
        const found = await answer.json();
        if (address !== this.shown) return;
        this.found = found;
      } catch (error) {
        this.words.textContent = `The figures could not be shown: ${error.message}`;
        this.shown = null;
        return;
      }
      this.paint();
    }
    this.mark();
  }

  paint() {
    const { series, chosen, total, rows } = this.found;
    const now = series.find(s => s.word === chosen);
    this.node.classList.toggle("none", !now);
    this.words.replaceChildren();
    if (!now) {
      this.words.textContent = "No claim in view states a number. Widen the window or take a filter away.";
      return;
    }
    this.controls(series, now);
    const log = this.log ?? ranges(rows);
    [...this.scale.children].forEach((b, k) => b.setAttribute("aria-pressed", String(log === (k === 1))));
    this.plot.set(rows, { log, selected: this.selected });
    const limited = total > rows.length ? `, the ${numeral(rows.length)} largest of ${numeral(total)}` : "";
    const unit = unitWord(now.unit);
    const about = [now.measure.replaceAll("_", " "), now.whose, unit && `in ${unit}`].filter(Boolean);
    const undated = rows.filter(row => row.at === null).length;
    this.words.append(
      el("b", {}, many(rows.length, "number")),
      ` for ${about.join(", ")}${limited}.`,
      " Each is somebody’s claim; none are added up.",
      undated ? ` ${numeral(undated)} without a date stand in the table alone.` : "",
    );
    this.lines(rows);
  }

  /** What is counted as buttons, the rest as a list; of whom as a list, where there are several. */
  controls(series, now) {
    const best = new Map();
    for (const s of series) if (!best.has(s.measure)) best.set(s.measure, s);
    const measures = [...best.values()];
    const buttons = measures.slice(0, SHOWN);
    const rest = measures.slice(SHOWN);
    const count = measure => series.filter(s => s.measure === measure).reduce((sum, s) => sum + s.numbers, 0);
    this.measures.replaceChildren(
      ...buttons.map(s =>
        el(
          "button",
          { type: "button", "aria-pressed": String(s.measure === now.measure), onclick: () => this.choose(s.word) },
          said(s.measure),
          el("small", {}, numeral(count(s.measure))),
        ),
      ),
    );
    const among = rest.some(s => s.measure === now.measure);
    this.more.hidden = !rest.length;
    this.more.classList.toggle("on", among);
    this.more.replaceChildren(
      el("option", { value: "", disabled: true, selected: !among }, "More"),
      ...rest.map(s =>
        el(
          "option",
          { value: s.word, selected: s.measure === now.measure },
          `${said(s.measure)} (${numeral(count(s.measure))})`,
        ),
      ),
    );
    const same = series.filter(s => s.measure === now.measure);
    const units = new Set(same.map(s => s.unit)).size > 1;
    this.whose.hidden = same.length < 2;
    this.whose.replaceChildren(
      ...same.map(s =>
        el(
          "option",
          { value: s.word, selected: s.word === now.word },
          `${said(s.whose || "nobody named")}${units ? `, ${unitWord(s.unit)}` : ""} (${numeral(s.numbers)})`,
        ),
      ),
    );
  }

  lines(rows) {
    const head = ["Who", "Says", "Range", "Qualifier", "As of", "Through", "Standing"];
    this.table.replaceChildren(
      el("caption", { class: "sr" }, "The numbers, the largest first"),
      el("thead", {}, el("tr", {}, ...head.map(name => el("th", { scope: "col" }, name)))),
      el(
        "tbody",
        {},
        ...rows.map(row =>
          el(
            "tr",
            { "data-claim": row.claim_id },
            el(
              "th",
              { scope: "row" },
              el(
                "button",
                { type: "button", class: "figures-who", title: row.statement },
                el("i", { class: "side-dot", style: `background:${colour(row.side)}` }),
                el("span", {}, row.claimant),
              ),
            ),
            el("td", { class: row.struck ? "figures-says struck" : "figures-says" }, row.says),
            el("td", { class: "figures-range" }, row.range),
            el("td", {}, row.qualifier),
            el("td", {}, row.when || "not stated", row.since ? el("small", {}, `counted since ${row.counted}`) : null),
            el("td", {}, row.relays.join(", then ") || "directly"),
            el(
              "td",
              { class: "figures-standing" },
              ...row.flags.map(([word, text]) => el("span", { class: `chip chip-${word}` }, text)),
              ...row.taken_back.map(([word, text, id]) =>
                el(
                  "button",
                  {
                    type: "button",
                    class: `chip chip-${word} figures-link`,
                    "data-claim": id,
                    title: "Show that claim",
                  },
                  text,
                ),
              ),
            ),
          ),
        ),
      ),
    );
  }

  /** What is selected, in plot and table. */
  mark() {
    const { selected } = this;
    const key = [...selected].join();
    this.plot.mark(selected);
    for (const line of this.table.querySelectorAll("tbody tr")) {
      line.classList.toggle("chosen", selected.has(line.dataset.claim));
      line.setAttribute("aria-current", String(selected.has(line.dataset.claim)));
    }
    if (key !== this.marked && key) this.table.querySelector("tr.chosen")?.scrollIntoView({ block: "nearest" });
    this.marked = key;
  }

  hint(row, dot) {
    this.tip.hidden = !row;
    if (!row) return;
    this.tip.replaceChildren(
      el("b", {}, row.claimant),
      el("p", {}, row.statement),
      el("small", {}, [row.range, row.when, ...row.flags.map(([, text]) => text)].filter(Boolean).join(" · ")),
    );
    const at = dot.getBoundingClientRect();
    const box = this.chart.getBoundingClientRect();
    const inside = (v, most) => Math.round(Math.max(4, Math.min(v, most)));
    const left = inside(at.left + at.width / 2 - box.left + 12, box.width - 268);
    const top = inside(at.top - box.top - 8, box.height - this.tip.offsetHeight - 4);
    this.tip.style.transform = `translate(${left}px, ${top}px)`;
  }

  close() {
    this.node.replaceChildren();
  }
}
