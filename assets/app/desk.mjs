// What stands under the map: a view is fetched when it is first opened, shown anew when the query rests, and shares the
// height.
import { byId, el, rested } from "./dom.mjs";
import { ASKED, DESKS } from "./state.mjs";

/** Each module exports open(node, context) -> {show(), close()}. */
const VIEWS = {
  table: () => import("../desk/table.mjs"),
  figures: () => import("../desk/figures.mjs"),
  sources: () => import("../desk/sources.mjs"),
};
const KEPT = "conflict-map:map-share";
const LEAST = 12;
const MOST = 80; // per cent of the stage that the map keeps

export class Desk {
  constructor(context) {
    Object.assign(this, { context, opened: {} });
    const { state } = context;
    byId("desks").addEventListener("click", e => {
      const b = e.target.closest("[data-desk]");
      if (b) this.choose(b.dataset.desk);
    });
    this.rest = rested(() => this.show(), 150);
    state.on(["desk"], () => this.turn());
    state.on(
      [
        "filters",
        ...ASKED,
        "from",
        "to",
        "clock",
        "known",
        "by",
        "mode",
        "zone",
        "sel",
        "cols",
        "sort",
        "group",
        "figure",
        "across",
        "who",
      ],
      () => this.rest(),
    );
    this.share(Number(sessionStorage.getItem(KEPT)) || 36);
    this.drag(byId("desk-bar"));
    this.turn();
  }

  choose(desk) {
    this.context.state.set({ desk, panel: "" }, { record: true });
  }

  /** Keys of the page: 1, 2, ... */
  keys() {
    return Object.fromEntries(DESKS.map((desk, k) => [String(k + 1), () => this.choose(desk)]));
  }

  /** Another view was chosen. */
  async turn() {
    const { desk } = this.context.state.value;
    const room = byId("desk-room");
    document.documentElement.dataset.desk = desk;
    for (const b of byId("desks").children) b.toggleAttribute("aria-current", b.dataset.desk === desk);
    byId("desk").hidden = !desk;
    setTimeout(() => dispatchEvent(new Event("resize")), 30);
    for (const node of room.children) node.hidden = node.dataset.view !== desk;
    if (!desk) return;
    this.opened[desk] ??= this.open(desk, room);
    await this.show();
  }

  /** A view in the room; nothing, and it can be chosen again, where it cannot be fetched. */
  async open(desk, room) {
    const node = el("div", { "data-view": desk });
    room.append(node);
    try {
      return await (await VIEWS[desk]()).open(node, this.context);
    } catch (error) {
      console.error(error);
      node.remove();
      delete this.opened[desk];
      byId("notice").textContent =
        "This view could not be fetched. Is the server running? Choose it again to try once more.";
      return null;
    }
  }

  async show() {
    const {
      state: {
        value: { desk },
      },
      travel,
    } = this.context;
    if (!desk || travel.playing) return;
    const view = await this.opened[desk];
    if (desk === this.context.state.value.desk) view?.show();
  }

  /** The store holds something else: what is open asks again. */
  async renew() {
    for (const opened of Object.values(this.opened)) Object.assign((await opened) ?? {}, { shown: null });
    await this.show();
  }

  /** The map keeps so many per cent of the stage. */
  share(percent) {
    this.percent = Math.min(MOST, Math.max(LEAST, percent));
    byId("stage").style.setProperty("--map-share", `${this.percent}%`);
    byId("desk-bar").setAttribute("aria-valuenow", Math.round(this.percent));
    sessionStorage.setItem(KEPT, this.percent);
    dispatchEvent(new Event("resize"));
  }

  drag(bar) {
    bar.addEventListener("pointerdown", e => {
      bar.setPointerCapture(e.pointerId);
      e.preventDefault();
    });
    bar.addEventListener("pointermove", e => {
      if (!bar.hasPointerCapture(e.pointerId)) return;
      const box = byId("stage").getBoundingClientRect();
      this.share((100 * (e.clientY - box.top)) / box.height);
    });
    bar.addEventListener("keydown", e => {
      const step = { ArrowUp: -4, ArrowDown: 4 }[e.key];
      if (!step) return;
      e.preventDefault();
      e.stopPropagation();
      this.share(this.percent + step);
    });
  }
}
