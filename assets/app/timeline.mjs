// Bars per day stacked by layer, with a window to drag and two handles. Bars count a claim on its first known day.
import { histogram } from "./columns.mjs";
import { DAY, ZONES, describe } from "./dates.mjs";
const startOfDay = t => Math.floor(t / DAY) * DAY, utc = ZONES.utc, dayOfMonth = t => utc.day(t), longDate = t => utc.longDate(t), monthName = t => utc.monthName(t), shortDate = t => utc.shortDate(t);
import { css, el } from "./dom.mjs";

const AXIS = 20, TOP = 6;

export class Timeline {
  constructor(node, columns, player) {
    Object.assign(this, { node, columns, player, extent: columns.header.extent });
    this.canvas = el("canvas", { class: "bars", "aria-hidden": "true" });
    this.brush = el("div", { class: "brush" });
    this.grips = ["start", "end"].map(side => el("div", { class: `grip ${side}`, role: "slider", tabindex: "0", "aria-label": `Window ${side}`, "aria-orientation": "horizontal" }));
    this.readout = el("div", { class: "bar-note", hidden: true });
    this.brush.append(...this.grips);
    node.replaceChildren(this.canvas, this.brush, this.readout);
    this.bin = this.binSize();
    this.width = node.clientWidth;
    this.ghost = histogram(columns, this.extent, this.bin, false);
    this.filtered();
    this.listen();
    new ResizeObserver(() => this.paint()).observe(node);
  }

  /** A day, or as many days as keep the bars apart on a wide screen. */
  binSize() { return DAY * Math.max(1, Math.ceil((this.extent[1] - this.extent[0]) / DAY / 400)); }

  filtered() { this.rows = histogram(this.columns, this.extent, this.bin, true); this.paint(); }

  x(minute) { const [a, b] = this.extent; return ((minute - a) / (b - a)) * this.width; }

  minute(x) { const [a, b] = this.extent; return a + (x / this.width) * (b - a); }

  paint() {
    const { canvas, node } = this, w = node.clientWidth, h = node.clientHeight, ratio = devicePixelRatio;
    if (!w || !h) return;
    this.width = w;
    if (canvas.width !== Math.round(w * ratio) || canvas.height !== Math.round(h * ratio)) Object.assign(canvas, { width: Math.round(w * ratio), height: Math.round(h * ratio) });
    const ctx = canvas.getContext("2d");
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    ctx.clearRect(0, 0, w, h);
    this.paintBars(ctx, w, h - AXIS);
    this.paintAxis(ctx, w, h);
    this.place();
  }

  paintBars(ctx, w, h) {
    const bins = this.ghost[0].length, step = w / bins, gap = step > 6 ? 1.5 : step > 3 ? 1 : 0, sum = (rows, b) => rows.reduce((s, r) => s + r[b], 0);
    let top = 1;
    for (let b = 0; b < bins; b++) top = Math.max(top, sum(this.ghost, b));
    const height = v => (v ? Math.max(2, Math.sqrt(v / top) * (h - TOP)) : 0);   // square root, so that single claims stay visible beside a burst
    const colors = this.columns.words.layer.map(layer => css(`--layer-${layer}`));
    ctx.fillStyle = css("--ghost");
    for (let b = 0; b < bins; b++) { const y = height(sum(this.ghost, b)); ctx.fillRect(b * step + gap / 2, h - y, step - gap, y); }
    for (let b = 0; b < bins; b++) {
      const total = sum(this.rows, b), full = height(total);
      let y = h;
      this.rows.forEach((row, l) => {
        if (!row[b]) return;
        const part = full * row[b] / total;
        ctx.fillStyle = colors[l];
        ctx.fillRect(b * step + gap / 2, y - part, step - gap, part);
        y -= part;
      });
    }
  }

  paintAxis(ctx, w, h) {
    const [a, b] = this.extent, days = (b - a) / DAY, room = Math.max(1, Math.ceil(days * 52 / w));
    const every = [1, 2, 3, 7, 14].find(k => k >= room);
    ctx.fillStyle = css("--line");
    ctx.fillRect(0, h - AXIS, w, 1);
    ctx.font = `500 11px ${css("--sans")}`;
    ctx.fillStyle = css("--muted");
    ctx.textBaseline = "middle";
    let free = 0;
    for (let t = a; t < b; t += DAY) {
      const first = dayOfMonth(t) === 1, shown = every ? (t - a) / DAY % every === 0 : first;
      if (!shown || this.x(t) < free) continue;
      const label = every ? shortDate(t) : monthName(t), x = this.x(t) + 2;
      if (x + ctx.measureText(label).width > w) break;
      ctx.fillText(label, x, h - AXIS / 2 + 1);
      free = x + ctx.measureText(label).width + 12;
    }
  }

  /** Put the brush where the window is. */
  place() {
    const [from, to] = this.player.handles, all = this.player.state.value.to === null && this.player.state.value.from === null;
    const cumulative = this.player.state.value.mode === "cumulative", left = cumulative ? 0 : this.x(Math.max(from, this.extent[0])), right = this.x(Math.min(to, this.extent[1]));
    this.brush.style.transform = `translateX(${left}px)`;
    this.brush.style.width = `${Math.max(2, right - left)}px`;
    this.brush.classList.toggle("whole", all);
    this.grips[0].hidden = cumulative;
    this.grips.forEach((grip, k) => {
      const at = k ? to : from;
      grip.setAttribute("aria-valuemin", this.extent[0]);
      grip.setAttribute("aria-valuemax", this.extent[1]);
      grip.setAttribute("aria-valuenow", at);
      grip.setAttribute("aria-valuetext", longDate(k ? at - 1 : at));
    });
  }

  listen() {
    const { node, player } = this;
    let drag = null;
    node.addEventListener("pointerdown", e => {
      if (e.button) return;
      const x = e.clientX - node.getBoundingClientRect().left, [from, to] = player.handles, grip = this.grips.indexOf(e.target);
      const inside = this.brush.contains(e.target) && !this.brush.classList.contains("whole");
      player.pause();
      drag = { x, from, to, part: grip >= 0 ? grip : inside ? "move" : "new", moved: false };
      node.setPointerCapture(e.pointerId);
      this.readout.hidden = true;
    });
    node.addEventListener("pointermove", e => {
      const x = e.clientX - node.getBoundingClientRect().left;
      if (!drag) { this.note(x); return; }
      drag.moved ||= Math.abs(x - drag.x) > 3;
      if (drag.moved) this.dragged(drag, x);
    });
    node.addEventListener("pointerup", e => {
      if (drag && !drag.moved && drag.part !== 0 && drag.part !== 1) player.resize(...this.dayAt(drag.x));
      drag = null;
      node.releasePointerCapture(e.pointerId);
    });
    node.addEventListener("pointercancel", () => { drag = null; });
    node.addEventListener("pointerleave", () => { this.readout.hidden = true; });
    node.addEventListener("dblclick", () => player.state.set({ from: null, to: null }, { record: true }));
    this.grips.forEach((grip, k) => grip.addEventListener("keydown", e => this.nudge(e, k)));
  }

  dayAt(x) { const day = startOfDay(this.minute(x)); return [day, day + this.bin]; }

  dragged({ x: x0, from, to, part }, x) {
    const snap = v => Math.round(v / DAY) * DAY, shift = snap(this.minute(x) - this.minute(x0)), [lo, hi] = this.extent;
    if (part === "new") { const [a, b] = [this.minute(Math.min(x0, x)), this.minute(Math.max(x0, x))]; this.player.resize(Math.max(lo, startOfDay(a)), Math.min(hi, startOfDay(b) + DAY)); }
    else if (part === "move") { const d = Math.min(Math.max(shift, lo - from), hi - to); this.player.resize(from + d, to + d); }
    else if (part === 0) this.player.resize(Math.max(lo, Math.min(from + shift, to - DAY)), to);
    else this.player.resize(from, Math.min(hi, Math.max(to + shift, from + DAY)));
  }

  nudge(e, k) {
    const days = { ArrowLeft: -1, ArrowRight: 1, PageDown: -7, PageUp: 7 }[e.key];
    if (!days) return;
    e.preventDefault();
    e.stopPropagation();
    const [from, to] = this.player.handles;
    this.dragged({ x: this.x(k ? to : from), from, to, part: k }, this.x((k ? to : from) + days * DAY));
  }

  /** What the bar under the pointer holds. */
  note(x) {
    const b = Math.floor((this.minute(x) - this.extent[0]) / this.bin), from = this.extent[0] + b * this.bin;
    const parts = this.rows.map((r, l) => [r[b], this.columns.words.layer[l]]).filter(([v]) => v), total = parts.reduce((s, [v]) => s + v, 0);
    this.readout.hidden = !(b >= 0 && b < this.rows[0].length);
    this.readout.replaceChildren(
      el("b", {}, describe(from, from + this.bin)), ` · ${total} ${total === 1 ? "claim" : "claims"}`,
      ...parts.map(([v, layer]) => el("span", { class: "bar-part" }, el("i", { class: `symbol symbol-${layer}` }), String(v))),
    );
    this.readout.style.left = `${Math.min(Math.max(x, 90), this.node.clientWidth - 90)}px`;
  }
}
