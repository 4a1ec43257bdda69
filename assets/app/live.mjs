// New claims in the store: noticed quietly, taken in when asked for. Camera, window, filters and selection stay.
import { el, many } from "./dom.mjs";

const PACE = 5000; // milliseconds between two questions; none are asked while the page is out of sight

export class Live {
  /** `shown()` = {version, claims} of what the page has; `take()` fetches what the store has now. */
  constructor(shown, take) {
    Object.assign(this, { shown, take });
    this.notice = el("button", { type: "button", class: "arrivals", hidden: true, onclick: () => this.refresh() });
    document.body.append(el("div", { role: "status" }, this.notice));
    document.addEventListener("visibilitychange", () => this.look());
    this.look();
  }

  /** Ask for the store's version; the browser sends the tag it holds and mostly hears that nothing changed. */
  async look() {
    clearTimeout(this.timer);
    if (document.hidden) return;
    this.timer = setTimeout(() => this.look(), PACE);
    const answer = await fetch("/version").catch(() => null); // a server that is restarted is asked again
    if (answer?.ok) this.tell(await answer.json());
  }

  tell({ version, claims }) {
    const more = claims - this.shown().claims;
    const same = version === this.shown().version;
    this.notice.hidden = same;
    this.notice.textContent = same
      ? ""
      : more > 0
        ? `${many(more, "new claim")} · show`
        : "Some claims have changed · show";
  }

  async refresh() {
    this.notice.disabled = true;
    await this.take().finally(() => {
      this.notice.disabled = false;
    });
    this.look();
  }
}
