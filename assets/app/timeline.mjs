// The timeline: bars of the stretch looked at, stacked by layer before the ghost of all claims, with the window to drag; below
// it the whole of time with that stretch to drag. While playing only transforms change, never a canvas.
import { DAY, HOUR, describe } from "./dates.mjs";
import { css, el, numeral, put } from "./dom.mjs";
import { follow } from "./gestures.mjs";

const AXIS = 20, TOP = 6, NARROWEST = 5, ROOM = 54, OVERVIEW_BIN = 4;   // CSS pixels: axis, air above bars, least bar, room of a label, bar of the overview
const BINS = [["minute", 1, 1], ["minute", 5, 5], ["minute", 15, 15], ["minute", 30, 30], ["hour", 1, HOUR], ["hour", 3, 180], ["hour", 6, 360], ["hour", 12, 720],
  ["day", 1, DAY], ["week", 1, 7 * DAY], ["month", 1, 30 * DAY], ["month", 3, 91 * DAY], ["year", 1, 365 * DAY], ["year", 10, 3650 * DAY]];
const LABELS = [...BINS.slice(1, 9), ["day", 2, 2 * DAY], ["day", 4, 4 * DAY], ...BINS.slice(9, 13), ["year", 2, 730 * DAY], ["year", 5, 1826 * DAY], BINS[13]];

/** The finest of `choices` ([unit, count, minutes]) whose units are at least `room` pixels wide. */
const finest = (choices, perPixel, room) => choices.find(([, , size]) => size / perPixel >= room) ?? choices.at(-1);

export class Timeline {
  constructor(node, columns, bars, player) {
    Object.assign(this, { node, columns, bars, player, state: player.state, width: node.clientWidth });
    const grip = side => el("div", { class: `grip ${side}`, role: "slider", tabindex: "0", "aria-label": `Window ${side}`, "aria-orientation": "horizontal" });
    this.canvas = el("canvas", { class: "bars", "aria-hidden": "true" });
    this.brush = el("div", { class: "brush" });
    this.grips = ["start", "end"].map(grip);
    this.detail = el("div", { class: "detail" }, this.canvas, this.brush, ...this.grips);
    this.whole = el("canvas", { class: "bars", "aria-hidden": "true" });
    this.here = el("div", { class: "here" });
    this.frame = el("div", { class: "frame", role: "slider", tabindex: "0", "aria-label": "Part of time shown above", "aria-orientation": "horizontal" }, el("i", { class: "edge start" }), el("i", { class: "edge end" }));
    this.overview = el("div", { class: "overview" }, this.whole, this.here, this.frame);
    this.readout = el("div", { class: "bar-note", hidden: true });
    this.lens = el("button", { type: "button", id: "time-zoom", onclick: () => this.zoomToWindow() }, el("i", { class: "icon icon-lens", "aria-hidden": "true" }));
    node.replaceChildren(this.detail, this.overview, this.lens, this.readout);
    follow(this);
    this.state.on(["view", "zone"], () => this.soon());
    new ResizeObserver(() => this.resized()).observe(node);
    this.resized();
  }

  get zone() { return this.player.zone; }

  get extent() { return this.bars.extent; }

  /** The stretch of time that the bars show. */
  get view() {
    const [lo, hi] = this.extent, [a, b] = this.state.value.view ?? [lo, hi];
    return a < hi && b > lo ? [Math.max(a, lo), Math.min(b, hi)] : [lo, hi];
  }

  get shortest() { return this.bars.timed ? HOUR : 2 * DAY; }

  /** The unit to which the hand snaps: a bar, at most a day. */
  get snap() { return this.bin[2] <= DAY ? this.bin : ["day", 1, DAY]; }

  x(minute) { const [a, b] = this.view; return ((minute - a) / (b - a)) * this.width; }

  minute(x) { const [a, b] = this.view; return a + (x / this.width) * (b - a); }

  /** Where an instant stands in the overview. */
  far(minute) { const [lo, hi] = this.extent; return ((minute - lo) / (hi - lo)) * this.span; }

  /** Look at [a, b): kept inside the extent and no shorter than can be read. */
  look(a, b, options) {
    const [lo, hi] = this.extent, size = Math.min(Math.max(b - a, this.shortest), hi - lo), middle = (a + b) / 2;
    const from = Math.min(Math.max(middle - size / 2, lo), hi - size);
    this.state.set({ view: size >= hi - lo ? null : [Math.round(from), Math.round(from + size)] }, options);
  }

  zoom(factor, at = (this.view[0] + this.view[1]) / 2) { const [a, b] = this.view; this.look(at - (at - a) * factor, at + (b - at) * factor); }

  pan(minutes) { const [a, b] = this.view, [lo, hi] = this.extent, by = Math.min(Math.max(minutes, lo - a), hi - b); this.look(a + by, b + by); }

  zoomOut() { this.state.set({ view: null }, { record: true }); }

  /** To the window with some air around it; from there to the whole of time. */
  zoomToWindow() {
    const [a, b] = this.player.handles, air = (b - a) / 2;
    if (this.state.value.view || this.player.isWhole) this.zoomOut(); else this.look(a - air, b + air, { record: true });
  }

  /** The filters have changed; true if other days are shown. */
  filtered() { const other = this.bars.filtered(); this.paint(); return other; }

  resized() { this.width = this.node.clientWidth; this.height = this.detail.clientHeight; this.span = this.overview.clientWidth; this.paint(); }

  soon() { this.waiting ??= requestAnimationFrame(() => this.paint()); }

  paint() {
    cancelAnimationFrame(this.waiting);
    this.waiting = undefined;
    if (!this.width || !this.height) return;
    const [a, b] = this.view, perPixel = (b - a) / this.width, zoomed = this.state.value.view !== null;
    this.colors = this.columns.words.layer.map(layer => css(`--layer-${layer}`));
    this.bin = finest(this.bars.timed ? BINS : BINS.slice(8), perPixel, NARROWEST);
    this.ticks = this.zone.edges(this.bin[0], this.bin[1], a, b);
    const ctx = sheet(this.canvas, this.width, this.height);
    this.paintBars(ctx, this.height - AXIS);
    this.paintAxis(ctx, finest(LABELS, perPixel, ROOM));
    this.paintOverview();
    Object.assign(this.frame.style, { left: `${this.far(a)}px`, width: `${this.far(b) - this.far(a)}px` });
    this.lens.title = zoomed ? "Show the whole time (z)" : "Zoom to the window (z)";
    this.lens.setAttribute("aria-label", this.lens.title);
    this.node.classList.toggle("zoomed", zoomed);
    this.placed = "";
    this.place();
    this.say();
  }

  /** Bars shorter than a day stand before blocks as wide as a day: the claims that state no hour. */
  paintBars(ctx, h) {
    const short = this.bin[2] < DAY, days = short ? this.zone.edges("day", 1, ...this.view) : null;
    const stacks = (bars, at) => ({ stack: bars.stack(this.ticks.map(at), short ? 1 : null), days: short ? { ticks: days, ...bars.stack(days.map(at), 0) } : null });
    Object.assign(this, stacks(this.bars, t => t));
    const second = this.twin && stacks(this.twin.bars, this.twin.earlier), foot = second ? Math.round(h / 2) : h, gap = this.bin[2] / ((this.view[1] - this.view[0]) / this.width) > 8 ? 2 : 1;
    const top = Math.max(1, ...[this, second].flatMap(half => [half?.stack.top ?? 0, half?.days?.top ?? 0])), height = v => (v ? Math.max(2, Math.sqrt(v / top) * (foot - TOP)) : 0);   // square root, so that single claims stay visible beside a burst
    const paint = half => {
      if (half.days) { ctx.globalAlpha = 0.3; this.paintStack(ctx, foot, half.days, height, 2); ctx.globalAlpha = 1; }
      this.paintStack(ctx, foot, { ticks: this.ticks, ...half.stack }, height, gap);
    };
    paint(this);
    if (second) mirrored(ctx, foot, () => paint(second));
  }

  paintStack(ctx, h, { ticks, all, rows }, height, gap) {
    const edges = ticks.map(t => Math.round(this.x(t))), ghost = css("--ghost");
    for (let b = 0; b < all.length; b++) {
      if (!all[b]) continue;
      const x = edges[b] + gap / 2, w = Math.max(1, edges[b + 1] - edges[b] - gap), total = rows.reduce((sum, row) => sum + row[b], 0), full = height(total), behind = height(all[b]);
      ctx.fillStyle = ghost;
      if (total < all[b]) ctx.fillRect(x, h - behind, w, behind);
      let y = h;
      rows.forEach((row, l) => {
        if (!row[b]) return;
        const part = full * row[b] / total;
        ctx.fillStyle = this.colors[l];
        ctx.fillRect(x, y - part, w, part);
        y -= part;
      });
    }
  }

  paintAxis(ctx, [unit, count]) {
    const { zone, height, width } = this, [a, b] = this.view, [line, muted, ink, sans] = ["--line", "--muted", "--ink", "--sans"].map(css);
    ctx.fillStyle = line;
    ctx.fillRect(0, height - AXIS, width, 1);
    ctx.textBaseline = "middle";
    let free = -Infinity;
    for (const t of this.labelled(unit, count, a, b)) {
      const x = Math.round(this.x(t)), [text, strong] = label(zone, unit, t);
      ctx.font = `${strong ? 600 : 500} 11px ${sans}`;
      const wide = ctx.measureText(text).width;
      if (x < -2 || x < free || x + wide + 4 > width) continue;
      ctx.fillStyle = line;
      ctx.fillRect(x, height - AXIS, 1, 5);
      ctx.fillStyle = strong ? ink : muted;
      ctx.fillText(text, x + 3, height - AXIS / 2 + 2);
      free = x + wide + 12;
    }
  }

  /** Instants to label; every second or fourth day is counted from the first of its month. */
  labelled(unit, count, a, b) {
    if (unit !== "day" || count === 1) return this.zone.edges(unit, count, a, b);
    return this.zone.edges("day", 1, a, b).filter(t => { const d = this.zone.day(t) - 1; return d % count === 0 && d < 29; });
  }

  paintOverview() {
    const h = this.overview.clientHeight, [lo, hi] = this.extent, bins = Math.max(1, Math.min(Math.floor(this.span / OVERVIEW_BIN), Math.ceil((hi - lo) / DAY)));
    const ticks = Array.from({ length: bins + 1 }, (_, k) => lo + (hi - lo) * k / bins), { all, rows, top } = this.bars.stack(ticks), ctx = sheet(this.whole, this.span, h);
    const [ghost, muted] = ["--ghost", "--muted"].map(css), at = k => Math.round(k * this.span / bins), height = v => (v ? Math.max(1.5, Math.sqrt(v / Math.max(1, top)) * (h - 3)) : 0);
    for (let b = 0; b < bins; b++) {
      const passing = rows.reduce((sum, row) => sum + row[b], 0), w = Math.max(1, at(b + 1) - at(b) - 1);
      for (const [v, color] of [[all[b], ghost], [passing, muted]]) { ctx.fillStyle = color; ctx.fillRect(at(b), h - height(v), w, height(v)); }
    }
  }

  /** Put the brush where the window is: transforms only, so that it may be called at every frame. */
  place() {
    const { mode } = this.state.value, [from, to] = this.player.handles, [lo, hi] = this.extent, all = this.player.isWhole, moment = mode === "moment";
    const inside = v => Math.min(Math.max(v, -20), this.width + 20), right = inside(this.x(Math.min(to, hi))), left = moment ? right - 1 : mode === "cumulative" ? inside(this.x(lo)) : inside(this.x(Math.max(from, lo)));
    const span = (node, a, b) => { node.style.transform = `translateX(${a}px) scaleX(${Math.max(1.5, b - a)})`; };
    span(this.brush, left, right);
    span(this.here, mode === "window" ? this.far(Math.max(from, lo)) : moment ? this.far(to) - 1 : 0, this.far(Math.min(to, hi)));
    this.grips.forEach((grip, k) => { grip.style.transform = `translateX(${k ? right : left}px)`; });
    if (this.placed !== mode + all) {
      this.placed = mode + all;
      this.lens.disabled = all && !this.state.value.view;
      this.node.dataset.mode = mode;
      this.node.classList.toggle("whole", all);
      this.grips[0].hidden = mode !== "window";
    }
  }

  /** The window runs out of the stretch shown: turn the page. */
  turn() {
    const [a, b] = this.view, [from, to] = this.player.handles, size = b - a;
    if (!this.state.value.view || this.player.isWhole || (to > a && to <= b)) return;
    const start = to > b ? Math.max(from - size / 10, to - size * 0.7) : to - size * 0.3 - Math.min(to - from, size * 0.6);
    this.look(start, start + size);
  }

  /** What the sliders are, in words; not at every frame. */
  say() {
    const { zone, extent: [lo, hi], view: [a, b] } = this, tell = (node, now, text) => put(node, { ariaValueMin: String(lo), ariaValueMax: String(hi), ariaValueNow: String(Math.round(now)), ariaValueText: text });
    this.player.handles.forEach((t, k) => tell(this.grips[k], Math.min(Math.max(t, lo), hi), zone.midnight(t) ? zone.longDate(k ? t - 1 : t) : zone.stamp(t)));
    tell(this.frame, a, describe(zone.floor("minute", a), zone.floor("minute", b), zone));
  }

  /** What the bar under the pointer holds. */
  note(x) {
    const t = this.minute(x), b = this.ticks.findLastIndex(tick => tick <= t), within = b >= 0 && b < this.ticks.length - 1 && t < this.extent[1];
    this.readout.hidden = !within;
    if (!within) return;
    const { rows, all } = this.stack, parts = rows.map((row, l) => [row[b], this.columns.words.layer[l]]).filter(([v]) => v), total = parts.reduce((sum, [v]) => sum + v, 0);
    const day = this.days ? this.days.ticks.findLastIndex(tick => tick <= t) : -1, undated = day < 0 ? 0 : this.days.rows.reduce((sum, row) => sum + (row[day] ?? 0), 0);
    this.readout.replaceChildren(
      el("b", {}, describe(this.ticks[b], this.ticks[b + 1], this.zone)), ` · ${total === all[b] ? numeral(total) : `${numeral(total)} of ${numeral(all[b])}`} ${all[b] === 1 ? "claim" : "claims"}`,
      ...parts.map(([v, layer]) => el("span", { class: "bar-part" }, el("i", { class: `symbol symbol-${layer}` }), numeral(v))),
      undated ? el("span", { class: "bar-part muted" }, `and ${numeral(undated)} that day without an hour`) : "",
    );
    this.readout.style.left = `${Math.min(Math.max(x, 110), this.width - 110)}px`;
  }
}

/** Paint downwards from a line what stands on it. */
function mirrored(ctx, y, paint) {
  ctx.save();
  ctx.translate(0, 2 * y);
  ctx.scale(1, -1);
  paint();
  ctx.restore();
}

/** The canvas cleared at the size of the page and the pixels of the screen. */
function sheet(canvas, w, h) {
  const ratio = devicePixelRatio, ctx = canvas.getContext("2d"), [wide, high] = [Math.round(w * ratio), Math.round(h * ratio)];
  if (canvas.width !== wide || canvas.height !== high) Object.assign(canvas, { width: wide, height: high });
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  ctx.clearRect(0, 0, w, h);
  return ctx;
}

/** Words of a tick of the axis and whether a larger unit begins there. */
function label(zone, unit, t) {
  if (unit === "year") return [zone.year(t), false];
  if (unit === "month") return zone.month(t) === 0 ? [zone.year(t), true] : [zone.monthName(t).slice(0, 3), false];
  const midnight = zone.midnight(t);
  if (unit === "minute" || unit === "hour") return midnight ? [zone.shortDate(t), true] : [zone.clock(t), false];
  return [zone.shortDate(t), zone.day(t) === 1];
}
