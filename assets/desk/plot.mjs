// Claimed numbers over time, as SVG: a whisker for what each can mean, running totals of one voice joined by steps.
const NS = "http://www.w3.org/2000/svg";
const DAY = 1440;
const ROOM = { left: 66, top: 16, bottom: 28 };
const NAMES = 210;
const DODGE = 15;
const LINE = 17;
const FEW = 14; // names beside the points up to so many
const END = 9; // CSS pixels, as are those above
const YEARS = 3 * 365 * DAY; // totals that count from longer ago do not stretch the axis
const STEPS = [1, 2, 7, 14].map(n => n * DAY);

function svg(tag, props = {}, ...children) {
  const node = document.createElementNS(NS, tag);
  for (const [k, v] of Object.entries(props)) if (v !== null && v !== undefined && v !== false) node.setAttribute(k, v);
  node.append(...children.filter(Boolean));
  return node;
}

const values = row => [row.least, row.best, row.most].filter(v => v !== null);
const middle = row =>
  row.best ?? (row.least !== null && row.most !== null ? (row.least + row.most) / 2 : (row.most ?? row.least));

export const colour = side => `var(--side-${side}, var(--side-other))`;

/** Numbers far apart are read on a logarithmic scale. */
export function ranges(rows) {
  const known = rows.flatMap(values).filter(v => v > 0);
  return known.length > 1 && Math.max(...known) / Math.min(...known) > 60;
}

/** Round numbers from 0 up, or powers of ten and their parts. */
function rungs(lo, hi, log) {
  if (log) {
    const out = [];
    const wide = Math.log10(hi / lo) > 4;
    for (let e = Math.floor(Math.log10(lo)); e <= Math.ceil(Math.log10(hi)); e++)
      for (const m of wide ? [1] : [1, 3])
        if (m * 10 ** e >= lo * 0.999 && m * 10 ** e <= hi * 1.001) out.push(m * 10 ** e);
    return out;
  }
  const rough = hi / 4;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = unit * [1, 2, 2.5, 5, 10].find(m => m * unit >= rough);
  return Array.from({ length: Math.floor(hi / step + 1e-9) + 1 }, (_, k) => +(k * step).toPrecision(12));
}

/** [[minute, words], ...]: days, weeks, months or years. */
function dates(lo, hi, most) {
  const step = STEPS.find(s => (hi - lo) / s <= most);
  const out = [];
  const words = (t, parts) => new Date(t * 60000).toLocaleDateString("en-GB", { timeZone: "UTC", ...parts });
  if (step) {
    for (let t = Math.ceil(lo / step) * step; t <= hi; t += step)
      out.push([t, words(t, { day: "numeric", month: "short" })]);
    return out;
  }
  const months = [1, 2, 3, 6, 12, 24, 60, 120].find(m => (hi - lo) / (m * 30.4 * DAY) <= most) ?? 240;
  const first = new Date(lo * 60000);
  for (let m = Math.ceil((first.getUTCFullYear() * 12 + first.getUTCMonth()) / months) * months; ; m += months) {
    const t = Date.UTC(Math.floor(m / 12), m % 12) / 60000;
    if (t > hi) return out;
    if (t >= lo)
      out.push([t, months < 12 ? words(t, { month: "short", year: "numeric" }) : words(t, { year: "numeric" })]);
  }
}

const short = n => (n >= 1e6 ? `${+(n / 1e6).toPrecision(3)} m` : n.toLocaleString("en", { maximumFractionDigits: 2 }));

export class Plot {
  constructor(node, { pick, hover }) {
    Object.assign(this, { node, pick, hover, rows: [], selected: new Set(), log: false });
    this.frame = svg("svg", {
      class: "plot",
      role: "group",
      "aria-label": "Numbers over time; the table below holds the same",
    });
    node.append(this.frame);
    node.addEventListener("click", e => {
      const dot = e.target.closest?.("[data-claim]");
      if (dot) pick(dot.dataset.claim);
    });
    node.addEventListener("keydown", e => {
      const dot = e.target.closest?.("[data-claim]");
      if (dot && ["Enter", " "].includes(e.key)) {
        e.preventDefault();
        e.stopPropagation();
        pick(dot.dataset.claim);
      }
    });
    for (const [come, go] of [
      ["pointerover", "pointerout"],
      ["focusin", "focusout"],
    ]) {
      node.addEventListener(come, e => {
        const dot = e.target.closest?.("[data-claim]");
        if (dot) hover(this.byId.get(dot.dataset.claim), dot);
      });
      node.addEventListener(go, e => {
        if (e.target.closest?.("[data-claim]")) hover(null);
      });
    }
    new ResizeObserver(() => this.draw()).observe(node);
  }

  set(rows, { log, selected, unit }) {
    Object.assign(this, { rows, log, unit, selected, byId: new Map(rows.map(row => [row.claim_id, row])) });
    this.draw();
  }

  mark(selected) {
    this.selected = selected;
    for (const dot of this.frame.querySelectorAll("[data-claim]"))
      dot.classList.toggle("chosen", selected.has(dot.dataset.claim));
  }

  draw() {
    const { node, frame } = this;
    const { clientWidth: width, clientHeight: height } = node;
    const rows = this.rows.filter(
      row => row.at !== null && middle(row) !== null && middle(row) !== undefined && (!this.log || middle(row) > 0),
    );
    frame.replaceChildren();
    if (!width || !height || !rows.length) return;
    frame.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const voices = new Set(rows.map(row => row.source));
    const named = rows.length <= FEW || voices.size <= 6;
    Object.assign(this, {
      box: {
        left: ROOM.left,
        right: width - (named ? Math.min(NAMES, width * 0.4) : 16),
        top: ROOM.top,
        bottom: height - ROOM.bottom,
      },
      width,
      named,
    });
    this.scales(rows);
    this.axes();
    const at = this.places(rows);
    this.steps(rows, at);
    for (const row of [...rows].sort((a, b) => this.selected.has(a.claim_id) - this.selected.has(b.claim_id)))
      frame.append(this.point(row, at.get(row)));
    if (named) this.names(rows, at);
  }

  scales(rows) {
    const { left, right, top, bottom } = this.box;
    const known = rows.flatMap(values);
    const times = rows.map(row => row.at);
    const began = rows.map(row => Date.parse(row.since) / 60000).filter(t => t > Math.min(...times) - YEARS);
    const first = Math.min(...times, ...began);
    const last = Math.max(...times);
    const air = Math.max(1.5 * DAY, (last - first) * 0.03);
    [this.from, this.to] = [first - air, last + air];
    let hi = Math.max(...known) * 1.12 || 1;
    let lo = this.log ? Math.min(...known.filter(v => v > 0)) / 1.6 : 0;
    if (this.log && hi / lo < 30) {
      lo /= 3;
      hi *= 2;
    }
    Object.assign(this, { lo, hi });
    this.x = t => left + ((t - this.from) / (this.to - this.from)) * (right - left);
    this.y = v =>
      this.log
        ? bottom - (Math.log(Math.max(v, lo) / lo) / Math.log(hi / lo)) * (bottom - top)
        : bottom - (v / hi) * (bottom - top);
  }

  axes() {
    const { left, right, bottom } = this.box;
    const out = [];
    for (const v of rungs(this.lo || 0, this.hi, this.log)) {
      const y = Math.round(this.y(v)) + 0.5;
      out.push(
        svg("path", { class: "plot-rung", d: `M${left} ${y}H${right}` }),
        svg("text", { class: "plot-tick", x: left - 10, y: y + 4, "text-anchor": "end" }, short(v)),
      );
    }
    out.push(svg("path", { class: "plot-base", d: `M${left} ${Math.round(bottom) + 0.5}H${right}` }));
    for (const [t, words] of dates(this.from, this.to, Math.max(2, Math.floor((right - left) / 92)))) {
      const x = Math.round(this.x(t)) + 0.5;
      out.push(
        svg("path", { class: "plot-base", d: `M${x} ${bottom}v4` }),
        svg("text", { class: "plot-tick", x, y: bottom + 19, "text-anchor": "middle" }, words),
      );
    }
    this.frame.append(...out);
  }

  /** [x, y] of each row; those of one time stand side by side, the largest last. */
  places(rows) {
    const out = new Map();
    const heaps = new Map();
    for (const row of rows) {
      const k = Math.round(this.x(row.at) / 6);
      heaps.set(k, [...(heaps.get(k) ?? []), row]);
    }
    for (const heap of heaps.values()) {
      const side = Math.min(DODGE, 60 / heap.length);
      heap
        .sort((a, b) => middle(a) - middle(b))
        .forEach((row, k) => out.set(row, [this.x(row.at) + (k - (heap.length - 1) / 2) * side, this.y(middle(row))]));
    }
    return out;
  }

  /** A line of steps through the running totals of one voice that count from one day. */
  steps(rows, at) {
    const lines = new Map();
    for (const row of rows)
      if (row.since && !row.struck) {
        const k = `${row.source} ${row.since}`;
        lines.set(k, [...(lines.get(k) ?? []), row]);
      }
    for (const line of lines.values()) {
      if (line.length < 2) continue;
      line.sort((a, b) => a.at - b.at || middle(a) - middle(b));
      const [first, ...rest] = line.map(row => at.get(row));
      this.frame.append(
        svg("path", {
          class: "plot-steps",
          style: `stroke:${colour(line[0].side)}`,
          d: `M${first.join(" ")}${rest.map(([x, y]) => `H${x}V${y}`).join("")}`,
        }),
      );
    }
  }

  point(row, [x, y]) {
    const tops = [row.least, row.most].map(v => (v === null ? null : this.y(v)));
    const many = this.rows.length > 120;
    const r = many ? 3 : 4.5;
    const parts = [];
    const [low, high] = [tops[0] ?? this.box.bottom, tops[1] ?? this.box.top];
    if (low - high > 2 * r && (row.least !== null || row.most !== null)) {
      const cap = (edge, v, way) =>
        v === null ? `M${x - 3.5} ${edge + way * 5}L${x} ${edge}L${x + 3.5} ${edge + way * 5}` : `M${x - 4} ${edge}h8`;
      const ends = [
        row.least === null ? Math.min(this.box.bottom - 2, y + 44) : low,
        row.most === null ? Math.max(this.box.top, y - 44) : high,
      ];
      parts.push(
        svg("path", {
          class: row.least === null || row.most === null ? "plot-whisker open" : "plot-whisker",
          d: `M${x} ${ends[0]}V${ends[1]}${cap(ends[0], row.least, -1)}${cap(ends[1], row.most, 1)}`,
        }),
      );
    }
    const shape = { class: row.best === null ? "plot-dot soft" : "plot-dot" };
    parts.push(
      row.since
        ? svg("circle", { ...shape, cx: x, cy: y, r })
        : svg("path", { ...shape, d: `M${x} ${y - r - 1}l${r + 1} ${r + 1}l${-r - 1} ${r + 1}l${-r - 1} ${-r - 1}z` }),
    );
    if (row.struck) parts.push(svg("path", { class: "plot-strike", d: `M${x - END} ${y}h${2 * END}` }));
    if (row.flags.some(([word]) => word === "contradicted") && !many)
      parts.push(
        svg("circle", { class: "plot-split", cx: x, cy: y, r: r + 4, pathLength: 4, "stroke-dasharray": "0.74 0.26" }),
      );
    const said = [row.says, row.when].filter(Boolean).join(", ");
    const words = [`${row.claimant}: ${said}`, ...row.flags.map(([, text]) => text)].join("; ");
    return svg(
      "g",
      {
        class: ["plot-point", row.struck ? "struck" : "", this.selected.has(row.claim_id) ? "chosen" : ""]
          .filter(Boolean)
          .join(" "),
        "data-claim": row.claim_id,
        role: "button",
        tabindex: many ? null : "0",
        "aria-label": words,
        style: `--side:${colour(row.side)}`,
      },
      svg("rect", {
        class: "plot-reach",
        x: x - 8,
        y: Math.min(y, high) - 8,
        width: 16,
        height: Math.max(low - high, 0) + 16,
      }),
      svg("circle", { class: "plot-halo", cx: x, cy: y, r: r + 7 }),
      ...parts,
    );
  }

  /** Who says so, at the right edge: each number where they are few, else the last of each voice. */
  names(rows, at) {
    const { right, top, bottom } = this.box;
    const each = rows.length <= FEW;
    const last = new Map();
    for (const row of rows) if (!(last.get(row.source)?.at > row.at)) last.set(row.source, row);
    const lines = (each ? rows : [...last.values()])
      .map(row => ({ row, y: at.get(row)[1], x: at.get(row)[0] }))
      .sort((a, b) => a.y - b.y);
    lines.forEach((line, k) => {
      line.to = Math.max(line.y, k ? lines[k - 1].to + LINE * (each ? 1.9 : 1) : top);
    });
    for (let k = lines.length - 1, floor = bottom + 4; k >= 0; k--) {
      lines[k].to = Math.min(lines[k].to, floor);
      floor = lines[k].to - LINE * (each ? 1.9 : 1);
    }
    const room = Math.floor((this.width - right - 26) / 6.4);
    const cut = text => (text.length > room ? `${text.slice(0, Math.max(1, room - 1))}…` : text);
    for (const { row, x, y, to } of lines) {
      this.frame.append(svg("path", { class: "plot-lead", d: `M${x + 9} ${y}L${right + 2} ${to}h8` }));
      const text = svg(
        "text",
        {
          class: row.struck ? "plot-name withdrawn" : "plot-name",
          x: right + 14,
          y: each ? to - 2 : to + 4,
          "data-claim": row.claim_id,
          style: `--side:${colour(row.side)}`,
        },
        svg("tspan", { class: "plot-who" }, cut(row.claimant)),
      );
      if (each) text.append(svg("tspan", { class: "plot-says", x: right + 14, dy: 14 }, cut(row.says)));
      this.frame.append(text);
    }
  }
}
