// The clock: moves the window through time by the hand, by steps or by itself. It never asks the server.
import { DAY, HOUR, ZONES, lengthWords } from "./dates.mjs";
import { stillness } from "./dom.mjs";
import { SPEEDS, windowOf } from "./state.mjs";

const PATIENCE = 250; // milliseconds: a frame that came later than this counts as one

export class Player {
  constructor(bars, state) {
    Object.assign(this, { bars, state, playing: false, listeners: [] });
  }

  get zone() {
    return ZONES[this.state.value.zone];
  }

  get extent() {
    return this.bars.extent;
  }

  /** The window drawn, [from, to): unbounded sides become ±Infinity. */
  get window() {
    const [from, to] = windowOf(this.state.value);
    return [from ?? -Infinity, to ?? Infinity];
  }

  /** How far the zone's clock is ahead of UTC at the window's ends: see Columns. */
  get lean() {
    return this.window.map(t => this.zone.offset(t));
  }

  /** The handles of the brush: the window inside the extent. */
  get handles() {
    const { from, to } = this.state.value;
    return [from ?? this.extent[0], to ?? this.extent[1]];
  }

  get isWhole() {
    const { from, to, mode } = this.state.value;
    return mode === "window" && from === null && to === null;
  }

  /** Instants as they are named: while the window moves, to the day, or at slow speeds to the hour. */
  named([a, b]) {
    if (!this.playing) return [a, b];
    const {
      zone,
      state: {
        value: { speed, play },
      },
    } = this;
    const unit = play.includes("event") ? this.grain : this.length >= DAY && SPEEDS[speed][0] >= 360 ? "day" : "hour";
    return [Number.isFinite(a) ? zone.floor(unit, a) : a, Number.isFinite(b) ? zone.ceil(unit, b) : b];
  }

  /** What playing goes through: the part of time that the timeline shows when it loops, else all. */
  get range() {
    const { view, play } = this.state.value;
    const [lo, hi] = this.extent;
    return play.includes("loop") && view ? [Math.max(lo, view[0]), Math.min(hi, view[1])] : [lo, hi];
  }

  /** What steps and rests are aligned to. */
  get grain() {
    const { step } = this.state.value;
    return step === "minute" || step === "hour" ? step : "day";
  }

  /** Length by the clock, so that a day of 23 hours is a day; of a window not yet set, three days. */
  get length() {
    const [a, b] = this.handles;
    return this.state.value.to === null && this.state.value.from === null
      ? Math.min(3 * DAY, b - a)
      : Math.max(1, this.zone.wall(b) - this.zone.wall(a));
  }

  onChange(listener) {
    this.listeners.push(listener);
  }

  tell(news) {
    for (const listener of this.listeners) listener(news);
  }

  /** The start of a window of `length` minutes by the clock that ends at `to`. */
  back(to, length) {
    return length < DAY ? to - length : this.zone.instant(this.zone.wall(to) - length);
  }

  /** Put the window's end at `to`, keeping its length; kept inside the extent. */
  moveTo(to, options) {
    const {
      length,
      extent: [lo, hi],
    } = this;
    const open = this.state.value.from === null && this.state.value.to !== null;
    const end = Math.round(Math.min(Math.max(to, lo + Math.min(DAY, length)), hi));
    this.state.set({ from: open ? null : Math.round(this.back(end, this.span ?? length)), to: end }, options);
  }

  resize(from, to, options) {
    const [lo, hi] = this.extent;
    if (to <= from) return;
    this.state.set(
      from <= lo && to >= hi && this.state.value.mode === "window"
        ? { from: null, to: null }
        : { from: Math.round(from), to: Math.round(to) },
      options,
    );
  }

  whole(options = { record: true }) {
    this.pause();
    this.state.set({ from: null, to: null, mode: "window" }, options);
  }

  /** A step of the chosen unit; both ends move by it, so that March becomes April. */
  step(count) {
    this.pause();
    if (this.begin(count)) return;
    const {
      zone,
      grain,
      handles: [a, b],
      extent: [lo, hi],
      state: {
        value: { step, from },
      },
    } = this;
    const end = zone.add(step, count > 0 ? zone.floor(grain, b) : zone.ceil(grain, b), count);
    const start = zone.add(step, a, count);
    if (step === "month" && from !== null && start >= lo && end <= hi) this.resize(start, end);
    else this.moveTo(end);
  }

  /** To the next (or previous) day, or instant where an hour is stated, at which a claim in view begins. */
  stepEvent(direction) {
    this.pause();
    return this.begin(direction) || this.toEvent(direction);
  }

  toEvent(direction) {
    const {
      zone,
      grain,
      handles: [, b],
    } = this;
    const found = this.bars.event(direction > 0 ? b : zone.add(grain, zone.ceil(grain, b), -1), direction);
    if (!found) return false;
    const unit = found.hour ? grain : "day";
    this.moveTo(zone.add(unit, zone.floor(unit, found.at), 1));
    return true;
  }

  /** With no window set, a first step opens one at the beginning (or at the end, stepping back). */
  begin(direction) {
    if (this.state.value.to !== null) return false;
    this.moveTo(direction > 0 ? this.extent[0] + this.length : this.extent[1]);
    return true;
  }

  home() {
    this.pause();
    this.moveTo(this.extent[0] + this.length);
  }

  end() {
    this.pause();
    this.moveTo(this.extent[1]);
  }

  /** Give the window a length of `count` units up to its end. */
  setLength([count, unit]) {
    this.pause();
    const [, b] = this.handles;
    const [lo] = this.extent;
    this.resize(Math.max(lo, this.zone.add(unit, b, -count)), b, { record: true });
  }

  /** One step longer (1) or shorter (-1). */
  grow(direction) {
    this.pause();
    const {
      zone,
      handles: [a, b],
      extent: [lo],
    } = this;
    const { step } = this.state.value;
    const from = zone.add(step, a, -direction);
    if (from < b) this.resize(Math.max(lo, from), b);
  }

  /** Turn the clock: days stay the same days, hours the same instants. */
  setZone(word) {
    this.pause();
    const old = this.zone;
    const { from, to, view } = this.state.value;
    const turn = t => (t === null ? null : ZONES[word].instant(old.wall(t)));
    const days = [from, to].every(t => t === null || old.midnight(t));
    this.state.set(
      { zone: word, ...(days ? { from: turn(from), to: turn(to) } : {}), view: view && view.map(turn) },
      { record: true },
    );
  }

  toggle() {
    this.playing ? this.pause() : this.play();
  }

  play() {
    const { play, to } = this.state.value;
    const [lo, hi] = this.range;
    const back = play.includes("reverse");
    const at = this.handles[1];
    const first = Math.min(lo + this.length, hi);
    if (to === null || at > hi || at <= lo || (back ? at <= first : at >= hi)) this.moveTo(back ? hi : first);
    [this.playing, this.last, this.at, this.span] = [true, performance.now(), this.handles[1], this.length];
    this.tell({ playing: true });
    this.next();
  }

  next() {
    const { play, beat } = this.state.value;
    if (!this.playing) return;
    if (play.includes("event")) this.timer = setTimeout(() => this.beat(), beat * 1000);
    else if (stillness.matches)
      this.timer = setTimeout(() => {
        this.advance(1);
        this.next();
      }, 1000);
    else this.frame = requestAnimationFrame(now => this.tick(now));
  }

  pause() {
    if (!this.playing) return;
    clearTimeout(this.timer);
    cancelAnimationFrame(this.frame);
    const {
      zone,
      grain,
      state: {
        value: { play },
      },
    } = this;
    const at = this.handles[1];
    this.playing = false;
    this.tell({ playing: false });
    this.moveTo(Math.min(play.includes("reverse") ? zone.floor(grain, at) : zone.ceil(grain, at), this.extent[1]));
    this.span = undefined;
  }

  tick(now) {
    const seconds = Math.min(now - this.last, PATIENCE) / 1000;
    this.last = now;
    this.advance(seconds);
    this.next();
  }

  /** Move on by so many seconds of play. */
  advance(seconds) {
    const {
      state: {
        value: { play, speed },
      },
      zone,
    } = this;
    const direction = play.includes("reverse") ? -1 : 1;
    const pace = SPEEDS[speed][0];
    this.at += direction * seconds * pace;
    if (play.includes("skip")) this.skip(direction, pace);
    if (stillness.matches) this.at = zone.floor(pace < DAY ? "hour" : "day", this.at);
    if (!this.turned(direction)) this.moveTo(this.at);
  }

  /** At the end of time playing stops, or begins anew where it loops. */
  turned(direction) {
    const [lo, hi] = this.range;
    const first = Math.min(lo + this.span, hi);
    const over = direction > 0 ? this.at >= hi : this.at <= first;
    if (!over) return false;
    if (this.state.value.play.includes("loop")) {
      this.at = direction > 0 ? first : hi;
      this.moveTo(this.at);
      return true;
    }
    this.moveTo(direction > 0 ? hi : first);
    this.pause();
    return true;
  }

  /** Jump over a stretch in which nothing begins once the window is empty, if it would last over a second. */
  skip(direction, pace) {
    const {
      bars,
      state: {
        value: { mode },
      },
    } = this;
    const from = this.back(Math.round(this.at), this.span);
    const moving = mode === "window";
    if (moving && bars.count(from, this.at) > 0) return;
    const edge = direction > 0 || !moving ? this.at : from;
    const found = bars.event(edge, direction);
    const [lo, hi] = this.range;
    const gap = found && found.at >= lo && found.at < hi ? Math.abs(found.at - edge) : 0;
    if (gap <= Math.max(pace, HOUR)) return;
    this.at += direction * gap;
    this.tell({ skipped: lengthWords(0, gap >= DAY ? Math.round(gap / DAY) * DAY : Math.round(gap / HOUR) * HOUR) });
  }

  /** One claim further: the next day or instant at which something begins. */
  beat() {
    const direction = this.state.value.play.includes("reverse") ? -1 : 1;
    const [lo, hi] = this.range;
    const before = this.handles[1];
    const found = this.toEvent(direction);
    const at = this.handles[1];
    const over = !found || at > hi || at <= lo || at === before;
    if (over && !this.state.value.play.includes("loop")) {
      this.pause();
      return;
    }
    if (over) {
      const first = this.bars.event(direction > 0 ? lo : hi, direction);
      if (first) this.moveTo(this.zone.add("day", this.zone.floor("day", first.at), 1));
    }
    this.at = this.handles[1];
    this.next();
  }
}
