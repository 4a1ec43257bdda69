// The hand on the timeline: mouse, fingers, wheel and keys, for the window in the bars and for the stretch in the
// overview.
import { DAY } from "./dates.mjs";

const STILL = 3; // pixels that are still a click
const WHEEL = 0.0016; // zoom a pixel of a wheel
const PINCH = 0.01; // and of a trackpad's pinch

export function follow(timeline) {
  const { detail, overview, grips, frame, readout } = timeline;
  new Window(timeline).listen(detail);
  new Stretch(timeline).listen(overview);
  detail.addEventListener("pointerleave", () => {
    readout.hidden = true;
  });
  detail.addEventListener("dblclick", () => {
    timeline.player.whole();
    timeline.zoomOut();
  });
  overview.addEventListener("dblclick", () => timeline.zoomOut());
  for (const node of [detail, overview])
    node.addEventListener("wheel", e => wheel(e, timeline, node), { passive: false });
  grips.forEach((grip, k) => grip.addEventListener("keydown", e => nudge(e, timeline, k)));
  frame.addEventListener("keydown", e => roam(e, timeline));
}

function wheel(e, timeline, node) {
  e.preventDefault();
  const [a, b] = timeline.view;
  const along = Math.abs(e.deltaX) > Math.abs(e.deltaY) ? e.deltaX : e.shiftKey ? e.deltaY : 0;
  if (along) timeline.pan((along * (b - a)) / timeline.width);
  else
    timeline.zoom(
      Math.exp(e.deltaY * (e.ctrlKey ? PINCH : WHEEL)),
      node === timeline.overview ? undefined : timeline.minute(e.offsetX + (e.target === node ? 0 : offset(e, node))),
    );
}

const offset = (e, node) => e.clientX - node.getBoundingClientRect().left - e.offsetX;

/** A key of a grip: one bar, or seven, to either side; to the ends. */
function nudge(e, timeline, k) {
  const {
    player,
    snap: [unit, count],
    zone,
    extent,
  } = timeline;
  const bars = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -7, PageUp: 7 }[e.key];
  if (!bars && e.key !== "Home" && e.key !== "End") return;
  e.preventDefault();
  e.stopPropagation();
  player.pause();
  pull(timeline, k, bars ? zone.add(unit, player.handles[k], bars * count) : extent[e.key === "Home" ? 0 : 1]);
}

/** Move one end of the window, at least a bar away from the other. */
function pull(timeline, k, t) {
  const {
    player,
    snap: [unit, count],
    zone,
    extent: [lo, hi],
  } = timeline;
  const [from, to] = player.handles;
  if (k) player.resize(from, Math.min(hi, Math.max(t, zone.add(unit, from, count))));
  else player.resize(Math.max(lo, Math.min(t, zone.add(unit, to, -count))), to);
}

/** A key of the stretch shown: along, nearer, farther. */
function roam(e, timeline) {
  const [a, b] = timeline.view;
  const tenth = (b - a) / 10;
  const [lo, hi] = timeline.extent;
  const act = {
    ArrowLeft: () => timeline.pan(-tenth),
    ArrowRight: () => timeline.pan(tenth),
    PageDown: () => timeline.pan(a - b),
    PageUp: () => timeline.pan(b - a),
    ArrowUp: () => timeline.zoom(0.8),
    ArrowDown: () => timeline.zoom(1.25),
    Home: () => timeline.pan(lo - a),
    End: () => timeline.pan(hi - b),
  }[e.key];
  if (!act) return;
  e.preventDefault();
  e.stopPropagation();
  act();
}

/** Pointers on an element: one drags, two pinch. */
class Drag {
  constructor(timeline) {
    Object.assign(this, { timeline, fingers: new Map(), drag: null });
  }

  listen(node) {
    this.node = node;
    node.addEventListener("pointerdown", e => this.down(e));
    node.addEventListener("pointermove", e => this.move(e));
    for (const end of ["pointerup", "pointercancel"]) node.addEventListener(end, e => this.up(e));
  }

  x(e) {
    return e.clientX - this.node.getBoundingClientRect().left;
  }

  down(e) {
    if (e.button > 1) return;
    const x = this.x(e);
    this.node.setPointerCapture(e.pointerId);
    this.fingers.set(e.pointerId, x);
    this.timeline.player.pause();
    this.timeline.readout.hidden = true;
    if (this.fingers.size === 2) {
      this.drag = null;
      this.held = [...this.fingers.values()].map(v => this.timeline.minute(v));
    } else if (this.fingers.size === 1)
      this.drag = { x, moved: false, at: this.timeline.minute(x), view: this.timeline.view, ...this.begin(e, x) };
  }

  move(e) {
    const x = this.x(e);
    if (!this.fingers.has(e.pointerId)) {
      this.over(x);
      return;
    }
    this.fingers.set(e.pointerId, x);
    if (this.fingers.size === 2 && this.held) {
      this.pinch();
      return;
    }
    if (!this.drag) return;
    this.drag.moved ||= Math.abs(x - this.drag.x) > STILL;
    if (this.drag.moved) this.dragged(this.drag, x);
  }

  up(e) {
    if (!this.fingers.delete(e.pointerId)) return;
    if (this.drag && !this.drag.moved && e.type === "pointerup") this.clicked(this.drag);
    this.drag = this.held = null;
  }

  /** Keep under each finger the instant it was put on. */
  pinch() {
    const [[x0, x1], [t0, t1]] = [[...this.fingers.values()], this.held];
    if (Math.abs(x1 - x0) < 8 || t0 === t1) return;
    const perPixel = Math.abs((t1 - t0) / (x1 - x0));
    const middle = (t0 + t1) / 2 - ((x0 + x1) / 2 - this.timeline.width / 2) * perPixel;
    const half = (perPixel * this.timeline.width) / 2;
    this.timeline.look(middle - half, middle + half);
  }
}

/** The bars: drag for a window, the window to move it, its ends to size it; with Shift the view goes along. */
class Window extends Drag {
  begin(e, x) {
    const { grips, player, brush } = this.timeline;
    const [from, to] = player.handles;
    const grip = grips.indexOf(e.target);
    if (e.shiftKey || e.button === 1) return { part: "view" };
    const held =
      !player.isWhole && player.state.value.mode === "window" && this.timeline.x(from) <= x && x <= this.timeline.x(to);
    return {
      part:
        grip >= 0
          ? grip
          : held || (e.target === brush && !player.isWhole && player.state.value.mode !== "window")
            ? "move"
            : "new",
      from,
      to,
      free: e.altKey,
    };
  }

  over(x) {
    this.timeline.note(x);
  }

  clicked({ part, x }) {
    const { timeline } = this;
    const {
      ticks,
      player,
      state: {
        value: { mode },
      },
    } = timeline;
    const t = timeline.minute(x);
    const b = ticks.findLastIndex(tick => tick <= t);
    if (part === 0 || part === 1 || part === "view" || b < 0 || b + 1 >= ticks.length) return;
    if (mode === "window") player.resize(ticks[b], ticks[b + 1], { record: true });
    else player.moveTo(ticks[b + 1]);
  }

  dragged({ part, at, from, to, free, view }, x) {
    const { timeline } = this;
    const {
      player,
      zone,
      extent: [lo, hi],
      snap: [unit, count, size],
    } = timeline;
    const t = timeline.minute(x);
    if (part === "view") {
      const [a, b] = view;
      const by = Math.min(Math.max(at - (a + (x / timeline.width) * (b - a)), lo - a), hi - b);
      timeline.look(a + by, b + by);
      return;
    }
    if (free) {
      this.freely(part, from, to, at, t);
      return;
    }
    const steps = Math.round((t - at) / size) * count;
    if (part === "new")
      player.resize(Math.max(lo, this.snapped(Math.min(at, t), -1)), Math.min(hi, this.snapped(Math.max(at, t), 1)));
    else if (part === "move") this.carry(zone.add(unit, from, steps), zone.add(unit, to, steps));
    else pull(timeline, part, part ? this.nearest(to + t - at) : this.nearest(from + t - at));
  }

  /** The edge of a bar, or of a day where bars are longer, before (-1) or after (1) an instant. */
  snapped(t, direction) {
    const {
      zone,
      snap: [unit, count],
    } = this.timeline;
    const [a, b] = zone.edges(unit, count, t, t + 1);
    return direction < 0 ? a : b;
  }

  nearest(t) {
    const a = this.snapped(t, -1);
    const b = this.snapped(t, 1);
    return t - a < b - t ? a : b;
  }

  /** The window kept in time, with its length. */
  carry(from, to) {
    const {
      player,
      extent: [lo, hi],
    } = this.timeline;
    const { length, zone } = player;
    if (player.state.value.mode !== "window") player.moveTo(to);
    else if (to > hi) player.resize(player.back(hi, length), hi);
    else if (from < lo) player.resize(lo, length < DAY ? lo + length : zone.instant(zone.wall(lo) + length));
    else player.resize(from, to);
  }

  /** To the minute, with Alt held. */
  freely(part, from, to, at, t) {
    const {
      player,
      extent: [lo, hi],
    } = this.timeline;
    const by = Math.round(t - at);
    if (part === "new") player.resize(Math.max(lo, Math.min(at, t)), Math.min(hi, Math.max(at, t)));
    else if (part === "move") this.carry(from + by, to + by);
    else if (part === 0) player.resize(Math.max(lo, Math.min(from + by, to - 1)), to);
    else player.resize(from, Math.min(hi, Math.max(to + by, from + 1)));
  }
}

/** The overview: drag the stretch to move it, its edges to size it; elsewhere it comes to the pointer. */
class Stretch extends Drag {
  t(x) {
    const [lo, hi] = this.timeline.extent;
    return lo + (x / this.timeline.span) * (hi - lo);
  }

  begin(e, x) {
    const { timeline } = this;
    const [a, b] = timeline.view;
    const edge = e.target.classList.contains("edge") ? (e.target.classList.contains("start") ? 0 : 1) : null;
    const inside = timeline.state.value.view && this.t(x) >= a && this.t(x) <= b;
    return { part: edge ?? (inside ? "move" : "new") };
  }

  over() {}

  clicked({ x, part }) {
    const { timeline } = this;
    const [a, b] = timeline.view;
    const t = this.t(x);
    if (part === "new" && timeline.state.value.view) timeline.look(t - (b - a) / 2, t + (b - a) / 2);
  }

  dragged({ part, x: x0, view: [a, b] }, x) {
    const { timeline } = this;
    const by = this.t(x) - this.t(x0);
    const [lo, hi] = timeline.extent;
    if (part === "move") {
      const kept = Math.min(Math.max(by, lo - a), hi - b);
      timeline.look(a + kept, b + kept);
    } else if (part === "new") timeline.look(Math.min(this.t(x0), this.t(x)), Math.max(this.t(x0), this.t(x)));
    else if (part === 0) timeline.look(Math.min(a + by, b - timeline.shortest), b);
    else timeline.look(a, Math.max(b + by, a + timeline.shortest));
  }
}
