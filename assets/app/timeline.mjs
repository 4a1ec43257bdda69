// The timeline: bars of the stretch looked at, stacked by layer before the ghost of all claims, with the window to
// drag; below it the whole of time with that stretch to drag. While playing only transforms change, never a canvas.
import { DAY, HOUR, describe } from "./dates.mjs";
import { el, many, numeral, put } from "./dom.mjs";
import { Drawing, binOf } from "./drawing.mjs";
import { follow } from "./gestures.mjs";

export class Timeline {
  constructor(node, columns, bars, player) {
    Object.assign(this, { node, columns, bars, player, state: player.state, width: node.clientWidth });
    const grip = side =>
      el("div", {
        class: `grip ${side}`,
        role: "slider",
        tabindex: "0",
        "aria-label": `Window ${side}`,
        "aria-orientation": "horizontal",
      });
    this.canvas = el("canvas", { class: "bars", "aria-hidden": "true" });
    this.brush = el("div", { class: "brush" });
    this.grips = ["start", "end"].map(grip);
    this.detail = el("div", { class: "detail" }, this.canvas, this.brush, ...this.grips);
    this.whole = el("canvas", { class: "bars", "aria-hidden": "true" });
    this.here = el("div", { class: "here" });
    this.frame = el(
      "div",
      {
        class: "frame",
        role: "slider",
        tabindex: "0",
        "aria-label": "Part of time shown above",
        "aria-orientation": "horizontal",
      },
      el("i", { class: "edge start" }),
      el("i", { class: "edge end" }),
    );
    this.overview = el("div", { class: "overview" }, this.whole, this.here, this.frame);
    this.readout = el("div", { class: "bar-note", hidden: true });
    this.lens = el(
      "button",
      { type: "button", id: "time-zoom", onclick: () => this.zoomToWindow() },
      el("i", { class: "icon icon-lens", "aria-hidden": "true" }),
    );
    node.replaceChildren(this.detail, this.overview, this.lens, this.readout);
    this.drawing = new Drawing(this);
    follow(this);
    this.state.on(["view", "zone"], () => this.soon());
    new ResizeObserver(() => this.resized()).observe(node);
    this.resized();
  }

  get zone() {
    return this.player.zone;
  }

  get extent() {
    return this.bars.extent;
  }

  /** The stretch of time that the bars show. */
  get view() {
    const [lo, hi] = this.extent;
    const [a, b] = this.state.value.view ?? [lo, hi];
    return a < hi && b > lo ? [Math.max(a, lo), Math.min(b, hi)] : [lo, hi];
  }

  get shortest() {
    return this.bars.timed ? HOUR : 2 * DAY;
  }

  /** The unit to which the hand snaps: a bar, at most a day. */
  get snap() {
    return this.bin[2] <= DAY ? this.bin : ["day", 1, DAY];
  }

  x(minute) {
    const [a, b] = this.view;
    return ((minute - a) / (b - a)) * this.width;
  }

  minute(x) {
    const [a, b] = this.view;
    return a + (x / this.width) * (b - a);
  }

  /** Where an instant stands in the overview. */
  far(minute) {
    const [lo, hi] = this.extent;
    return ((minute - lo) / (hi - lo)) * this.span;
  }

  /** Look at [a, b): kept inside the extent and no shorter than can be read. */
  look(a, b, options) {
    const [lo, hi] = this.extent;
    const size = Math.min(Math.max(b - a, this.shortest), hi - lo);
    const middle = (a + b) / 2;
    const from = Math.min(Math.max(middle - size / 2, lo), hi - size);
    this.state.set({ view: size >= hi - lo ? null : [Math.round(from), Math.round(from + size)] }, options);
  }

  zoom(factor, at = (this.view[0] + this.view[1]) / 2) {
    const [a, b] = this.view;
    this.look(at - (at - a) * factor, at + (b - at) * factor);
  }

  pan(minutes) {
    const [a, b] = this.view;
    const [lo, hi] = this.extent;
    const by = Math.min(Math.max(minutes, lo - a), hi - b);
    this.look(a + by, b + by);
  }

  zoomOut() {
    this.state.set({ view: null }, { record: true });
  }

  /** To the window with some air around it; from there to the whole of time. */
  zoomToWindow() {
    const [a, b] = this.player.handles;
    const air = (b - a) / 2;
    if (this.state.value.view || this.player.isWhole) this.zoomOut();
    else this.look(a - air, b + air, { record: true });
  }

  /** The filters have changed; true if other days are shown. */
  filtered() {
    const other = this.bars.filtered();
    this.paint();
    return other;
  }

  resized() {
    this.width = this.node.clientWidth;
    this.height = this.detail.clientHeight;
    this.span = this.overview.clientWidth;
    this.paint();
  }

  soon() {
    this.waiting ??= requestAnimationFrame(() => this.paint());
  }

  paint() {
    cancelAnimationFrame(this.waiting);
    this.waiting = undefined;
    if (!this.width || !this.height) return;
    const [a, b] = this.view;
    const zoomed = this.state.value.view !== null;
    this.bin = binOf((b - a) / this.width, this.bars.timed);
    this.ticks = this.zone.edges(this.bin[0], this.bin[1], a, b);
    Object.assign(this, this.drawing.bars());
    this.drawing.overview();
    Object.assign(this.frame.style, { left: `${this.far(a)}px`, width: `${this.far(b) - this.far(a)}px` });
    this.lens.title = zoomed ? "Show the whole time (z)" : "Zoom to the window (z)";
    this.lens.setAttribute("aria-label", this.lens.title);
    this.node.classList.toggle("zoomed", zoomed);
    this.placed = "";
    this.place();
    this.say();
  }

  /** Put the brush where the window is: transforms only, so that it may be called at every frame. */
  place() {
    const { mode } = this.state.value;
    const [from, to] = this.player.handles;
    const [lo, hi] = this.extent;
    const all = this.player.isWhole;
    const moment = mode === "moment";
    const inside = v => Math.min(Math.max(v, -20), this.width + 20);
    const right = inside(this.x(Math.min(to, hi)));
    const left = moment ? right - 1 : mode === "cumulative" ? inside(this.x(lo)) : inside(this.x(Math.max(from, lo)));
    const span = (node, a, b) => {
      node.style.transform = `translateX(${a}px) scaleX(${Math.max(1.5, b - a)})`;
    };
    span(this.brush, left, right);
    span(
      this.here,
      mode === "window" ? this.far(Math.max(from, lo)) : moment ? this.far(to) - 1 : 0,
      this.far(Math.min(to, hi)),
    );
    this.grips.forEach((grip, k) => {
      grip.style.transform = `translateX(${k ? right : left}px)`;
    });
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
    const [a, b] = this.view;
    const [from, to] = this.player.handles;
    const size = b - a;
    if (!this.state.value.view || this.player.isWhole || (to > a && to <= b)) return;
    const start =
      to > b ? Math.max(from - size / 10, to - size * 0.7) : to - size * 0.3 - Math.min(to - from, size * 0.6);
    this.look(start, start + size);
  }

  /** What the sliders are, in words; not at every frame. */
  say() {
    const {
      zone,
      extent: [lo, hi],
      view: [a, b],
    } = this;
    const tell = (node, now, text) =>
      put(node, {
        ariaValueMin: String(lo),
        ariaValueMax: String(hi),
        ariaValueNow: String(Math.round(now)),
        ariaValueText: text,
      });
    this.player.handles.forEach((t, k) =>
      tell(
        this.grips[k],
        Math.min(Math.max(t, lo), hi),
        zone.midnight(t) ? zone.longDate(k ? t - 1 : t) : zone.stamp(t),
      ),
    );
    tell(this.frame, a, describe(zone.floor("minute", a), zone.floor("minute", b), zone));
  }

  /** What the bar under the pointer holds. */
  note(x) {
    const t = this.minute(x);
    const b = this.ticks.findLastIndex(tick => tick <= t);
    const within = b >= 0 && b < this.ticks.length - 1 && t < this.extent[1];
    this.readout.hidden = !within;
    if (!within) return;
    const { rows, all } = this.stack;
    const parts = rows.map((row, l) => [row[b], this.columns.words.layer[l]]).filter(([v]) => v);
    const total = parts.reduce((sum, [v]) => sum + v, 0);
    const day = this.days ? this.days.ticks.findLastIndex(tick => tick <= t) : -1;
    const undated = day < 0 ? 0 : this.days.rows.reduce((sum, row) => sum + (row[day] ?? 0), 0);
    this.readout.replaceChildren(
      el("b", {}, describe(this.ticks[b], this.ticks[b + 1], this.zone)),
      ` · ${total === all[b] ? "" : `${numeral(total)} of `}${many(all[b], "claim")}`,
      ...parts.map(([v, layer]) =>
        el("span", { class: "bar-part" }, el("i", { class: `symbol symbol-${layer}` }), numeral(v)),
      ),
      undated ? el("span", { class: "bar-part muted" }, `and ${numeral(undated)} that day without an hour`) : "",
    );
    this.readout.style.left = `${Math.min(Math.max(x, 110), this.width - 110)}px`;
  }
}
