// The bars and the axis of the timeline on their canvases.
import { DAY, HOUR } from "./dates.mjs";
import { css } from "./dom.mjs";
import { lettering } from "./sizes.mjs";

// in CSS pixels
const AXIS = 20; // under the bars, and as large as its words
const TOP = 6; // air above them
const NARROWEST = 5; // a bar at the least
const ROOM = 54; // of a label
const WORD = 11;
const OVERVIEW_BIN = 4; // a bar of the overview
const BINS = [
  ["minute", 1, 1],
  ["minute", 5, 5],
  ["minute", 15, 15],
  ["minute", 30, 30],
  ["hour", 1, HOUR],
  ["hour", 3, 180],
  ["hour", 6, 360],
  ["hour", 12, 720],
  ["day", 1, DAY],
  ["week", 1, 7 * DAY],
  ["month", 1, 30 * DAY],
  ["month", 3, 91 * DAY],
  ["year", 1, 365 * DAY],
  ["year", 10, 3650 * DAY],
];
const LABELS = [
  ...BINS.slice(1, 9),
  ["day", 2, 2 * DAY],
  ["day", 4, 4 * DAY],
  ...BINS.slice(9, 13),
  ["year", 2, 730 * DAY],
  ["year", 5, 1826 * DAY],
  BINS[13],
];

/** The finest of `choices` ([unit, count, minutes]) whose units are at least `room` pixels wide. */
const finest = (choices, perPixel, room) => choices.find(([, , size]) => size / perPixel >= room) ?? choices.at(-1);

/**
 * The unit of the bars, [unit, count, minutes], where a pixel is so many minutes; no shorter than a day where no claim
 * states an hour.
 */
export const binOf = (perPixel, timed) => finest(timed ? BINS : BINS.slice(8), perPixel, NARROWEST);

export class Drawing {
  /** Paints what a timeline looks at at the moment it is asked. */
  constructor(timeline) {
    this.timeline = timeline;
  }

  /**
   * The stretch looked at, stacked by layer, and its axis. Bars shorter than a day stand before blocks as wide as a
   * day: the claims that state no hour. What the bars hold is returned.
   */
  bars() {
    const { bars, twin, bin, ticks, view, zone, width, height } = this.timeline;
    const ctx = sheet(this.timeline.canvas, width, height);
    const h = height - AXIS * lettering();
    const short = bin[2] < DAY;
    const days = short ? zone.edges("day", 1, ...view) : null;
    const stacks = (of, at) => ({
      stack: of.stack(ticks.map(at), short ? 1 : null),
      days: short ? { ticks: days, ...of.stack(days.map(at), 0) } : null,
    });
    const first = stacks(bars, t => t);
    const second = twin && stacks(twin.bars, twin.earlier);
    const foot = second ? Math.round(h / 2) : h;
    const gap = bin[2] / ((view[1] - view[0]) / width) > 8 ? 2 : 1;
    const top = Math.max(1, ...[first, second].flatMap(half => [half?.stack.top ?? 0, half?.days?.top ?? 0]));
    // square root, so that single claims stay visible beside a burst
    const tall = v => (v ? Math.max(2, Math.sqrt(v / top) * (foot - TOP)) : 0);
    const paint = half => {
      if (half.days) {
        ctx.globalAlpha = 0.3;
        this.stack(ctx, foot, half.days, tall, 2);
        ctx.globalAlpha = 1;
      }
      this.stack(ctx, foot, { ticks, ...half.stack }, tall, gap);
    };
    paint(first);
    if (second) mirrored(ctx, foot, () => paint(second));
    this.axis(ctx);
    return first;
  }

  stack(ctx, h, { ticks, all, rows }, tall, gap) {
    const { timeline } = this;
    const edges = ticks.map(t => Math.round(timeline.x(t)));
    const ghost = css("--ghost");
    const colors = timeline.columns.words.layer.map(layer => css(`--layer-${layer}`));
    for (let b = 0; b < all.length; b++) {
      if (!all[b]) continue;
      const x = edges[b] + gap / 2;
      const w = Math.max(1, edges[b + 1] - edges[b] - gap);
      const total = rows.reduce((sum, row) => sum + row[b], 0);
      const full = tall(total);
      const behind = tall(all[b]);
      ctx.fillStyle = ghost;
      if (total < all[b]) ctx.fillRect(x, h - behind, w, behind);
      let y = h;
      rows.forEach((row, l) => {
        if (!row[b]) return;
        const part = (full * row[b]) / total;
        ctx.fillStyle = colors[l];
        ctx.fillRect(x, y - part, w, part);
        y -= part;
      });
    }
  }

  axis(ctx) {
    const {
      zone,
      height,
      width,
      view: [a, b],
    } = this.timeline;
    const large = lettering();
    const [unit, count] = finest(LABELS, (b - a) / width, ROOM * large);
    const foot = height - AXIS * large;
    const [line, muted, ink, sans] = ["--line", "--muted", "--ink", "--sans"].map(css);
    ctx.fillStyle = line;
    ctx.fillRect(0, foot, width, 1);
    ctx.textBaseline = "middle";
    let free = -Infinity;
    for (const t of this.labelled(unit, count, a, b)) {
      const x = Math.round(this.timeline.x(t));
      const [text, strong] = label(zone, unit, t);
      ctx.font = `${strong ? 600 : 500} ${WORD * large}px ${sans}`;
      const wide = ctx.measureText(text).width;
      if (x < -2 || x < free || x + wide + 4 > width) continue;
      ctx.fillStyle = line;
      ctx.fillRect(x, foot, 1, 5);
      ctx.fillStyle = strong ? ink : muted;
      ctx.fillText(text, x + 3, (foot + height) / 2 + 2);
      free = x + wide + 12;
    }
  }

  /** Instants to label; every second or fourth day is counted from the first of its month. */
  labelled(unit, count, a, b) {
    const { zone } = this.timeline;
    if (unit !== "day" || count === 1) return zone.edges(unit, count, a, b);
    return zone.edges("day", 1, a, b).filter(t => {
      const d = zone.day(t) - 1;
      return d % count === 0 && d < 29;
    });
  }

  /** All of time, a bar every few pixels. */
  overview() {
    const {
      bars,
      span,
      whole,
      overview,
      extent: [lo, hi],
    } = this.timeline;
    const h = overview.clientHeight;
    const bins = Math.max(1, Math.min(Math.floor(span / OVERVIEW_BIN), Math.ceil((hi - lo) / DAY)));
    const ticks = Array.from({ length: bins + 1 }, (_, k) => lo + ((hi - lo) * k) / bins);
    const { all, rows, top } = bars.stack(ticks);
    const ctx = sheet(whole, span, h);
    const [ghost, muted] = ["--ghost", "--muted"].map(css);
    const at = k => Math.round((k * span) / bins);
    const tall = v => (v ? Math.max(1.5, Math.sqrt(v / Math.max(1, top)) * (h - 3)) : 0);
    for (let b = 0; b < bins; b++) {
      const passing = rows.reduce((sum, row) => sum + row[b], 0);
      const w = Math.max(1, at(b + 1) - at(b) - 1);
      for (const [v, color] of [
        [all[b], ghost],
        [passing, muted],
      ]) {
        ctx.fillStyle = color;
        ctx.fillRect(at(b), h - tall(v), w, tall(v));
      }
    }
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
  const ratio = devicePixelRatio;
  const ctx = canvas.getContext("2d");
  const [wide, high] = [Math.round(w * ratio), Math.round(h * ratio)];
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
