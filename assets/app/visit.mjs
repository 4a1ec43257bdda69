// Since your last visit: the browser remembers the store's version it has seen; there is no login.
import { byId, el, numeral } from "./dom.mjs";

const KEPT = "conflict-map:visit";
const read = () => { try { return JSON.parse(localStorage.getItem(KEPT)); } catch { return null; } };
const counted = [["new", "new"], ["changed", "changed"], ["retracted", "retracted"], ["contradicted", "newly contradicted"]];

/** "12 new, 3 changed since 20 November": a quiet line that shows them and them alone. */
export async function sinceLastVisit(state, version) {
  const seen = read(), node = byId("news"), keep = token => localStorage.setItem(KEPT, JSON.stringify({ version: token, at: Date.now() }));
  if (!seen || seen.version === version) { keep(version); return; }
  const answer = await fetch(`/since?since=${encodeURIComponent(seen.version)}`);
  if (!answer.ok) { keep(version); return; }   // another store
  const found = await answer.json(), words = counted.filter(([k]) => found[k]).map(([k, word]) => `${numeral(found[k])} ${word}`);
  if (!words.length) { keep(found.version); return; }
  const date = new Date(seen.at).toLocaleDateString("en-GB", { day: "numeric", month: "long" });
  const paint = () => {
    const on = state.value.since === seen.version;
    node.setAttribute("aria-pressed", String(on));
    node.replaceChildren(el("b", {}, words.join(", ")), ` since ${date}`, on ? " ×" : "");
  };
  node.hidden = false;
  node.title = "Show only what has come or changed since your last visit";
  node.addEventListener("click", () => { keep(found.version); state.set({ since: state.value.since === seen.version ? "" : seen.version }, { record: true }); });
  state.on(["since"], paint);
  paint();
}
