// The window as it is typed or picked: first and last day, an hour only where one is given, and stretches that have a
// name.
import { el } from "./dom.mjs";

export class When {
  constructor(player) {
    this.player = player;
    const input = (type, id, text, k) => el("input", { type, id, "aria-label": text, onchange: () => this.typed(k) });
    this.dates = [input("date", "from-date", "First day", 0), input("date", "to-date", "Last day", 1)];
    this.times = [
      input("time", "from-time", "From the hour, empty for the whole day", 0),
      input("time", "to-time", "To the hour, empty for the whole day", 1),
    ];
    this.named = el("select", {
      id: "preset",
      "aria-label": "Stretches of time with a name",
      onchange: () => this.go(),
    });
    this.title = el("summary", {});
    const line = (text, k) =>
      el("div", { class: "when-line" }, el("span", { class: "muted" }, text), this.dates[k], this.times[k]);
    this.node = el(
      "details",
      { class: "facet when", open: true },
      this.title,
      el("div", { class: "when-lines" }, line("from", 0), line("to", 1), this.named),
    );
    this.node.addEventListener("focusin", () => this.show({ all: true })); // a field is changed from what it now is
    player.state.on(["zone"], () => this.fill());
    this.fill();
  }

  /** First day, last seven days, all, and every month that holds a claim. */
  presets() {
    const {
      zone,
      extent: [lo, hi],
      bars,
    } = this.player;
    const months = zone.edges("month", 1, lo, hi);
    const counts = bars.stack(months).all;
    const held = [...counts.keys()]
      .filter(k => counts[k])
      .map(k => [zone.monthName(months[k]), months[k], months[k + 1]]);
    return [
      ["The whole time", lo, hi],
      ["First day", lo, zone.add("day", lo, 1)],
      ["Last 7 days", Math.max(lo, zone.add("day", hi, -7)), hi],
      ["Last day", zone.add("day", hi, -1), hi],
      ...(held.length > 1 ? held : []),
    ];
  }

  fill() {
    const {
      zone,
      extent: [lo, hi],
    } = this.player;
    this.stretches = this.presets();
    this.title.textContent = `When, ${zone.name}`;
    this.named.replaceChildren(
      el("option", { value: "" }, "Go to …"),
      ...this.stretches.map(([text], k) => el("option", { value: k }, text)),
    );
    for (const date of this.dates) [date.min, date.max] = [lo, hi - 1].map(t => zone.fields(t)[0]);
  }

  go() {
    const [, from, to] = this.stretches[this.named.value] ?? [];
    const { player } = this;
    const [lo, hi] = player.extent;
    if (from === undefined) return;
    player.pause();
    if (from <= lo && to >= hi) player.whole();
    else player.resize(Math.max(from, lo), Math.min(to, hi), { record: true });
    player.state.set({ view: null });
  }

  /** A day without an hour is whole: the last one counts to its end. */
  typed(k) {
    const {
      zone,
      handles: [from, to],
    } = this.player;
    const date = this.dates[k].value;
    const time = this.times[k].value;
    const at = date ? zone.read(date, time) : null;
    if (at === null) return;
    this.player.pause();
    if (k) {
      const end = time ? at : zone.add("day", at, 1);
      this.player.resize(end > from ? from : zone.add("day", end, -1), end, { record: true });
    } else this.player.resize(at, to > at ? to : zone.add("day", at, 1), { record: true });
  }

  /** Write the window into the fields, but for one that is being typed in unless it is to be `all` of them. */
  show({ all = false } = {}) {
    const {
      zone,
      handles,
      state: {
        value: { mode },
      },
    } = this.player;
    const put = (input, text) => {
      if ((all || document.activeElement !== input) && input.value !== text) input.value = text;
    };
    handles.forEach((t, k) => {
      const whole = zone.midnight(t);
      const [date, time] = zone.fields(k && whole ? t - 1 : t);
      put(this.dates[k], date);
      put(this.times[k], whole ? "" : time);
    });
    this.dates[0].disabled = this.times[0].disabled = mode !== "window";
    this.named.value = String(
      this.stretches.findIndex(([, a, b]) => a === handles[0] && b === handles[1] && mode === "window"),
    );
    if (this.named.selectedIndex < 0) this.named.value = "";
  }
}
