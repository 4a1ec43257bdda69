// The row of time: play and steps, what is looked at in words, and the settings that open above it.
import { ZONES, describe, lengthWords, readLength, toIso } from "./dates.mjs";
import { byId, el, put } from "./dom.mjs";
import { BEATS, MODES, SPEEDS, STEPS } from "./state.mjs";

const MODE_WORDS = {
  window: "inside the window",
  cumulative: "everything up to then",
  moment: "what was going on at that moment",
};
const upper = text => text[0].toUpperCase() + text.slice(1);
const toggled = (list, word) => (list.includes(word) ? list.filter(w => w !== word) : [...list, word]);

let fading;
/** Say something for a moment, also to a screen reader. */
export function say(text) {
  const note = byId("notice");
  note.textContent = text;
  clearTimeout(fading);
  fading = setTimeout(() => {
    if (note.textContent === text) note.textContent = "";
  }, 2600);
}

/** The window in words: {date, rest}: "16 to 22 March 2022", "7 days, Kyiv time; inside the window". */
export function inWords(player) {
  const {
    zone,
    isWhole,
    state: {
      value: { mode },
    },
  } = player;
  const [a, b] = player.named(player.handles);
  const end = zone.midnight(b) ? zone.longDate(b - 1) : zone.stamp(b);
  const length = lengthWords(a, b, zone);
  if (mode === "cumulative") return { date: `to ${end}`, rest: `${zone.name}; ${MODE_WORDS[mode]}` };
  if (mode === "moment")
    return { date: zone.midnight(b) ? `End of ${end}` : end, rest: `${zone.name}; ${MODE_WORDS[mode]}` };
  return { date: describe(a, b, zone), rest: isWhole ? `the whole time, ${zone.name}` : `${length}, ${zone.name}` };
}

/** Date, words and zone; at rest also the sentence that a screen reader is told. */
export class Reading {
  constructor(player) {
    Object.assign(this, { player, skipped: "" });
    player.onChange(({ playing, skipped }) => {
      if (skipped) this.skip(skipped);
      else if (playing === false) this.show();
    });
  }

  show() {
    const { player } = this;
    const { date, rest } = inWords(player);
    const node = byId("date");
    const [words] = rest.split(`, ${player.zone.name}`);
    put(node, { textContent: date, title: date, dateTime: toIso(player.handles[1] - 1) });
    put(byId("burn-date"), { textContent: player.zone.word === "utc" ? date : `${date}, ${player.zone.name}` });
    node.classList.toggle("long", date.length > 30);
    put(byId("time-words"), { textContent: this.skipped || upper(words.replace(`${player.zone.name}; `, "")) });
    put(byId("zone"), { textContent: player.zone.name });
    clearTimeout(this.timer);
    if (!player.playing)
      this.timer = setTimeout(() => {
        byId("time-status").textContent = `${date}: ${rest}`;
      }, 700);
  }

  /** The sign of a stretch that was passed over. */
  skip(length) {
    this.skipped = `Skipped ${length} without a claim`;
    byId("time-words").classList.add("skipped");
    clearTimeout(this.fading);
    this.fading = setTimeout(() => {
      this.skipped = "";
      byId("time-words").classList.remove("skipped");
      this.show();
    }, 1800);
  }
}

export class Transport {
  constructor(player, timeline, state) {
    Object.assign(this, { player, timeline, state });
    const on = (id, act) => byId(id).addEventListener("click", act);
    on("play", () => player.toggle());
    on("step-back", () => player.step(-1));
    on("step-on", () => player.step(1));
    on("event-back", () => player.stepEvent(-1));
    on("event-on", () => player.stepEvent(1));
    on("whole", () => player.whole());
    on("zone", () => this.turn());
    on("time-more", () => this.open(byId("time-settings").hidden));
    for (const mode of MODES) on(`mode-${mode}`, () => this.mode(mode));
    player.onChange(({ playing }) => {
      if (playing !== undefined) this.played(playing);
    });
    byId("time-settings").replaceChildren(...this.settings());
    state.on(["mode", "speed", "step", "beat", "play", "zone"], () => this.show());
    state.on(["panel"], ({ panel }) => {
      if (panel === "timeline") this.open(false);
    });
    this.show();
  }

  played(playing) {
    byId("play").setAttribute("aria-pressed", playing);
    byId("play").setAttribute("aria-label", playing ? "Pause" : "Play");
    document.documentElement.classList.toggle("playing", playing);
    if (!playing) this.show();
  }

  open(on) {
    byId("time-settings").hidden = !on;
    byId("time-more").setAttribute("aria-expanded", on);
    if (on) byId("time-settings").querySelector("input").focus({ preventScroll: true });
    else if (byId("time-settings").contains(document.activeElement)) byId("time-more").focus();
  }

  /** Closes the settings if they are open. */
  closes() {
    const open = !byId("time-settings").hidden;
    if (open) this.open(false);
    return open;
  }

  set(patch) {
    this.state.set(patch, { record: true });
  }

  mode(mode) {
    this.set({ mode, ...(mode !== "window" && this.state.value.to === null ? { to: this.player.extent[1] } : {}) });
  }

  turn() {
    const words = Object.keys(ZONES);
    const next = words[(words.indexOf(this.state.value.zone) + 1) % words.length];
    this.player.setZone(next);
    say(`Days and hours in ${ZONES[next].name}`);
  }

  /** What the analyst sets: one line a subject. */
  settings() {
    const line = (text, ...parts) =>
      el(
        "div",
        { class: "setting", role: "group", "aria-label": text },
        el("span", { class: "setting-name" }, text),
        el("div", { class: "setting-parts" }, ...parts),
      );
    const radios = (name, options, pick) =>
      el(
        "div",
        { class: "choices" },
        ...options.map(([word, text]) =>
          el(
            "label",
            {},
            el("input", { type: "radio", name: `time-${name}`, value: word, onchange: () => pick(word) }),
            el("span", {}, text),
          ),
        ),
      );
    const check = (word, text) =>
      el(
        "label",
        { class: "check" },
        el("input", {
          type: "checkbox",
          value: word,
          name: "time-play",
          onchange: () => this.set({ play: toggled(this.state.value.play, word) }),
        }),
        text,
      );
    const select = (id, text, options, pick) =>
      el(
        "select",
        { id, "aria-label": text, onchange: e => pick(e.target.value) },
        ...options.map(([v, words]) => el("option", { value: v }, words)),
      );
    this.length = el("input", {
      type: "text",
      id: "length",
      "aria-label": "Length of the window, as 3 d, 36 h or 2 w",
      autocomplete: "off",
      spellcheck: "false",
      onchange: e => this.typed(e.target),
    });
    this.speed = select(
      "speed",
      "Speed",
      Object.entries(SPEEDS).map(([word, [, text]]) => [word, `${text} a second`]),
      speed => this.set({ speed }),
    );
    this.beat = select(
      "beat",
      "Time for each claim",
      BEATS.map(s => [s, s === 1 ? "1 second each" : `${s} seconds each`]),
      beat => this.set({ beat: Number(beat) }),
    );
    const small = (text, title, act) =>
      el("button", { type: "button", class: "plain small", "aria-label": title, title, onclick: act }, text);
    return [
      line(
        "Window",
        this.length,
        small("−", "Shorter ([)", () => this.player.grow(-1)),
        small("+", "Longer (])", () => this.player.grow(1)),
      ),
      line(
        "Step",
        radios(
          "step",
          STEPS.map(s => [s, upper(s)]),
          step => this.set({ step }),
        ),
      ),
      line(
        "Play by",
        radios(
          "by",
          [
            ["clock", "The clock"],
            ["event", "Claims"],
          ],
          by =>
            this.set({ play: [...this.state.value.play.filter(w => w !== "event"), ...(by === "event" ? [by] : [])] }),
        ),
      ),
      line("Speed", this.speed, this.beat),
      line("While playing", check("skip", "Skip empty time"), check("loop", "Loop"), check("reverse", "Backwards")),
      line(
        "Time zone",
        radios(
          "zone",
          Object.values(ZONES).map(z => [z.word, z.name]),
          zone => this.player.setZone(zone),
        ),
      ),
    ];
  }

  typed(input) {
    const length = readLength(input.value);
    if (length) this.player.setLength(length);
    else {
      say("Type a length such as 3 d, 36 h, 2 w or 1 month");
      this.show();
    }
    input.blur();
  }

  show() {
    const { mode, step, speed, beat, play, zone } = this.state.value;
    const { player } = this;
    const box = byId("time-settings");
    const event = play.includes("event");
    for (const m of MODES) put(byId(`mode-${m}`), { "aria-pressed": m === mode });
    this.say();
    if (player.playing) return;
    for (const [name, value] of [
      ["step", step],
      ["by", event ? "event" : "clock"],
      ["zone", zone],
    ])
      for (const input of box.querySelectorAll(`[name=time-${name}]`)) input.checked = input.value === value;
    for (const input of box.querySelectorAll("[name=time-play]")) input.checked = play.includes(input.value);
    [this.speed.hidden, this.beat.hidden, this.speed.value, this.beat.value] = [event, !event, speed, String(beat)];
    for (const [id, way] of [
      ["step-back", "back"],
      ["step-on", "on"],
    ]) {
      const text = `One ${step} ${way} (${way === "on" ? "→" : "←"})`;
      put(byId(id), { title: text, "aria-label": text });
    }
  }

  /** What the window is, for the buttons; not at every frame. */
  say() {
    const { player } = this;
    put(byId("whole"), { disabled: player.isWhole });
    if (!player.playing && document.activeElement !== this.length)
      put(this.length, { value: lengthWords(...player.handles, player.zone) });
  }

  /** Keys of time: key -> act(event). Those that change a setting say so, since the setting may be out of sight. */
  keys() {
    const { player, timeline, state } = this;
    const words = Object.keys(SPEEDS);
    const told = text => {
      if (byId("time-settings").hidden) say(text);
    };
    const flip = (word, on, off) => () => {
      this.set({ play: toggled(state.value.play, word) });
      told(state.value.play.includes(word) ? on : off);
    };
    const faster = by => () => {
      const event = state.value.play.includes("event");
      const list = event ? [...BEATS].reverse() : words;
      const key = event ? "beat" : "speed";
      const at = Math.min(Math.max(list.indexOf(state.value[key]) + by, 0), list.length - 1);
      state.set({ [key]: list[at] });
      told(event ? `${list[at]} s a claim` : `${SPEEDS[list[at]][1]} a second`);
    };
    return {
      " ": () => player.toggle(),
      ArrowLeft: e => (e.shiftKey ? player.stepEvent(-1) : player.step(-1)),
      ArrowRight: e => (e.shiftKey ? player.stepEvent(1) : player.step(1)),
      Home: () => player.home(),
      End: () => player.end(),
      "+": faster(1),
      "=": faster(1),
      "-": faster(-1),
      "[": () => player.grow(-1),
      "]": () => player.grow(1),
      l: flip("loop", "Loops in the part of time shown", "No loop"),
      r: flip("reverse", "Plays backwards", "Plays forwards"),
      e: flip("event", "Plays claim by claim", "Plays by the clock"),
      s: flip("skip", "Skips empty time", "Plays through empty time"),
      m: () => {
        this.mode(MODES[(MODES.indexOf(state.value.mode) + 1) % MODES.length]);
        told(upper(MODE_WORDS[state.value.mode]));
      },
      a: () => player.whole(),
      z: () => timeline.zoomToWindow(),
      u: () => this.turn(),
    };
  }
}
