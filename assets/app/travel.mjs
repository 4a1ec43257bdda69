// Which time is meant, and as of when everything is known: the switch in the row of time and the band over the map.
import { HOUR, DAY } from "./dates.mjs";
import { byId, el, numeral, put, stillness } from "./dom.mjs";
import { SPEEDS, lensed } from "./state.mjs";

const TOLD = { said: "by what had been said", recorded: "by what this store had recorded" };
const PATIENCE = 250; // milliseconds: a frame that came later than this counts as one

export class Travel {
  /** `clocks()` = the clocks once they are here, else undefined; `asks` = the server is asked for each instant;
   *  `rest()` = knowledge has stopped playing. */
  constructor(player, clocks, asks, rest) {
    Object.assign(this, { player, state: player.state, clocks, asks, rest, playing: false, turning: false });
    const on = (id, act) => byId(id).addEventListener("click", act);
    const { state } = this;
    for (const clock of ["happened", "said"]) on(`clock-${clock}`, () => this.turn(clock));
    for (const by of ["said", "recorded"]) on(`known-${by}`, () => this.by(by));
    on("as-known", () => this.toggle());
    on("known-end", () => this.end());
    on("known-play", () => (this.playing ? this.pause() : this.play()));
    on("known-back", () => this.step(-1));
    on("known-on", () => this.step(1));
    this.slide = el("input", { type: "range", id: "known-slide", "aria-label": "As known on" });
    byId("known-room").replaceChildren(this.slide);
    this.slide.addEventListener("input", e => {
      this.pause();
      this.move(Number(e.target.value));
    });
    state.on(["lens"], () => this.pause());
    state.on(["known", "by", "clock", "zone", "lens"], () => this.show());
    this.show();
  }

  get now() {
    return this.state.value.known;
  }

  /** From the first claim that became known to the last. */
  get extent() {
    const [a, b] = this.clocks()?.extent ?? this.player.extent;
    return [a - (a % HOUR), b];
  }

  turn(clock) {
    if (clock === this.state.value.clock) return;
    this.player.pause();
    this.turning = true;
    this.state.set({ clock }, { record: true });
  }

  /**
   * Until the clocks are here, which takes seconds where claims are many, what is pressed shows that it is at work. If
   * they cannot be had, the page says why and goes back to what it can show; undefined then.
   */
  async until(clocks) {
    const busy = on => document.querySelectorAll(".clocks, #known-band").forEach(node => put(node, { ariaBusy: on }));
    busy("true");
    try {
      return await clocks;
    } catch (error) {
      console.error(error);
      byId("notice").textContent = `When claims were said cannot be shown: ${error.message}.`;
      this.state.set({ clock: "happened", known: null, by: "said" });
      return undefined;
    } finally {
      busy("false");
    }
  }

  /** The other clock counts: the window stays, unless it lies beside all days of that clock. */
  turned() {
    if (!this.turning) return;
    this.turning = false;
    const { from, to } = this.state.value;
    const [lo, hi] = this.player.extent;
    if ((from ?? lo) >= hi || (to ?? hi) <= lo) this.state.set({ from: null, to: null, view: null });
  }

  by(by) {
    this.pause();
    this.state.set({ by }, { record: true });
  }

  toggle() {
    if (this.now === null) this.begin();
    else this.end();
  }

  begin() {
    this.player.pause();
    this.state.set({ known: Math.round(this.player.handles[1]) }, { record: true });
  }

  end() {
    this.pause();
    this.state.set({ known: null, by: "said" }, { record: true });
  }

  /** Kept between the first claim known and the last. */
  move(t, options) {
    const [lo, hi] = this.extent;
    this.state.set({ known: Math.round(Math.min(Math.max(t, lo), hi)) }, options);
  }

  step(count) {
    this.pause();
    const {
      player: { zone, grain },
      state: {
        value: { step },
      },
    } = this;
    this.move(zone.add(step, count > 0 ? zone.floor(grain, this.now) : zone.ceil(grain, this.now), count), {
      record: true,
    });
  }

  play() {
    const [lo, hi] = this.extent;
    this.player.pause();
    if (this.now >= hi) this.move(lo);
    [this.playing, this.at, this.last] = [true, this.now, performance.now()];
    this.show();
    this.next();
  }

  next() {
    if (!this.playing) return;
    if (stillness.matches)
      this.timer = setTimeout(() => {
        this.advance(1);
        this.next();
      }, 1000);
    else
      this.frame = requestAnimationFrame(now => {
        const seconds = Math.min(now - this.last, PATIENCE) / 1000;
        this.last = now;
        this.advance(seconds);
        this.next();
      });
  }

  advance(seconds) {
    const pace = SPEEDS[this.state.value.speed][0];
    const hi = this.extent[1];
    this.at = Math.min(this.at + seconds * pace, hi);
    const grain = pace < DAY ? 1 : HOUR;
    const t = this.at >= hi ? hi : Math.floor(this.at / grain) * grain;
    if (t !== this.now) this.move(t);
    if (this.at >= hi) this.pause();
  }

  pause() {
    if (!this.playing) return;
    this.playing = false;
    clearTimeout(this.timer);
    cancelAnimationFrame(this.frame);
    this.show();
    this.rest();
  }

  show() {
    const { known, by, clock } = this.state.value;
    const { zone } = this.player;
    const root = document.documentElement;
    const pressed = (id, on) => byId(id).setAttribute("aria-pressed", on);
    for (const word of ["happened", "said"]) pressed(`clock-${word}`, word === clock);
    root.dataset.clock = clock;
    pressed("as-known", known !== null);
    root.toggleAttribute("data-known", known !== null);
    byId("known-band").hidden = known === null;
    if (known === null) return;
    const { slide } = this;
    const [lo, hi] = this.extent;
    const text = `${zone.stamp(known)} ${zone.name}`;
    for (const word of ["said", "recorded"]) pressed(`known-${word}`, word === by);
    byId("known-at").textContent = text;
    Object.assign(slide, { min: lo, max: Math.max(hi, known), value: known });
    slide.setAttribute("aria-valuetext", `${text}, ${TOLD[by]}`);
    root.toggleAttribute("data-travelling", this.playing);
    // counts and the lens are asked for at each rest
    byId("known-play").disabled = this.asks || lensed(this.state.value);
    byId("known-play").title = this.asks
      ? "With so many claims, go step by step"
      : lensed(this.state.value)
        ? "With a lens on who else says so, go step by step"
        : "Play knowledge";
    byId("known-play").setAttribute("aria-pressed", this.playing);
    byId("known-play").setAttribute("aria-label", this.playing ? "Pause" : "Play knowledge");
  }

  /** How many claims were not known yet, under the filters. */
  tell(hidden) {
    byId("known-count").textContent = hidden ? `${numeral(hidden)} not known yet` : "all of it";
  }

  keys() {
    return { c: () => this.turn(this.state.value.clock === "said" ? "happened" : "said"), k: () => this.toggle() };
  }
}
