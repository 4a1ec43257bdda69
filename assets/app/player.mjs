// The clock: moves the window through time by the hand, by steps or by itself. It never asks the server.
import { DAY, ZONES } from "./dates.mjs";
import { windowOf } from "./state.mjs";
const startOfDay = t => Math.floor(t / DAY) * DAY;
import { stillness } from "./dom.mjs";
import { knownEdge } from "./columns.mjs";

export const SPEEDS = [[360, "6 h/s"], [1440, "1 day/s"], [4320, "3 days/s"], [10080, "1 week/s"]];   // minutes of time per second

export class Player {
  constructor(columns, state) {
    Object.assign(this, { columns, state, playing: false, speed: 1440, listeners: [] });
    this.extent = columns.header.extent;
    this.edges = Int32Array.from({ length: columns.n }, (_, i) => startOfDay(knownEdge(columns.start[i], columns.end[i]))).sort();
  }

  /** The window drawn, [from, to): unbounded sides become ±Infinity. */
  get window() {
    const [from, to] = windowOf(this.state.value);
    return [from ?? -Infinity, to ?? Infinity];
  }

  get zone() { return ZONES[this.state.value.zone]; }

  /** How far the zone's clock is ahead of UTC at the window's ends: see Columns. */
  get lean() { return this.window.map(t => this.zone.offset(t)); }

  /** The handles of the brush: the window inside the extent. */
  get handles() {
    const { from, to } = this.state.value;
    return [from ?? this.extent[0], to ?? this.extent[1]];
  }

  get length() {
    const [a, b] = this.handles;
    return this.state.value.from === null && this.state.value.to === null ? Math.min(3 * DAY, b - a) : b - a;
  }

  onPlay(listener) { this.listeners.push(listener); }

  /** Put the window's end at `to`, keeping its length; kept inside the extent. */
  moveTo(to, options) {
    const length = this.length, end = Math.min(Math.max(to, this.extent[0] + Math.min(DAY, length)), this.extent[1]);
    this.state.set({ from: Math.round(end - length), to: Math.round(end) }, options);
  }

  resize(from, to, options) {
    const [lo, hi] = this.extent;
    if (to - from < DAY) return;
    this.state.set(from <= lo && to >= hi && this.state.value.mode === "window" ? { from: null, to: null } : { from: Math.round(from), to: Math.round(to) }, options);
  }

  stepDays(days) { this.pause(); this.begin(days) || this.moveTo(startOfDay(this.handles[1]) + days * DAY, { record: false }); }

  /** To the next (or previous) day on which something is claimed. */
  stepEvent(direction) {
    this.pause();
    if (this.begin(direction)) return;
    const last = this.handles[1] - DAY, next = direction > 0 ? this.edges.find(e => e > last) : this.edges.findLast(e => e < last);
    if (next !== undefined) this.moveTo(next + DAY);
  }

  /** With no window set, a first step opens one at the beginning (or at the end, stepping back). */
  begin(direction) {
    if (this.state.value.to !== null) return false;
    this.moveTo(direction > 0 ? this.extent[0] + this.length : this.extent[1]);
    return true;
  }

  home() { this.pause(); this.moveTo(this.extent[0] + this.length); }

  end() { this.pause(); this.moveTo(this.extent[1]); }

  toggle() { this.playing ? this.pause() : this.play(); }

  play() {
    if (this.state.value.to === null || this.handles[1] >= this.extent[1]) this.moveTo(this.extent[0] + this.length);
    this.playing = true;
    this.last = performance.now();
    this.at = this.handles[1];
    this.tell();
    requestAnimationFrame(t => this.tick(t));
  }

  pause() {
    if (!this.playing) return;
    this.playing = false;
    this.tell();
    if (stillness.matches) return;
    this.moveTo(Math.min(startOfDay(this.handles[1] + DAY - 1), this.extent[1]));
  }

  tick(now) {
    if (!this.playing) return;
    const step = (Math.min(now - this.last, 250) / 1000) * this.speed;
    this.last = now;
    this.at += step;
    this.moveTo(stillness.matches ? startOfDay(this.at) : this.at);
    if (this.at >= this.extent[1]) { this.pause(); return; }
    requestAnimationFrame(t => this.tick(t));
  }

  tell() { for (const listener of this.listeners) listener(this.playing); }
}
