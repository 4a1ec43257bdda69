// Since your last visit: the browser remembers the store's version it has seen; there is no login.
import { byId, el, numeral, put } from "./dom.mjs";

const KEPT = "conflict-map:visit";
const read = () => {
  try {
    return JSON.parse(localStorage.getItem(KEPT));
  } catch {
    return null;
  }
};
const PARTS = { new: "new", changed: "changed", retracted: "retracted", contradicted: "newly contradicted" };

/**
 * "12 new, 3 newly contradicted since 20 November": each shows those alone, on map, timeline and list; pressed again,
 * all.
 */
export async function sinceLastVisit(state, version) {
  const seen = read();
  const node = byId("news");
  const keep = token => localStorage.setItem(KEPT, JSON.stringify({ version: token, at: Date.now() }));
  if (!seen || seen.version === version) {
    keep(version);
    return;
  }
  const answer = await fetch(`/since?since=${encodeURIComponent(seen.version)}`);
  if (!answer.ok) {
    keep(version);
    return;
  } // another store
  const found = await answer.json();
  const parts = Object.keys(PARTS).filter(part => found[part]);
  if (!parts.length) {
    keep(found.version);
    return;
  }
  const date = new Date(seen.at).toLocaleDateString("en-GB", { day: "numeric", month: "long" });
  const button = (since, title, ...words) =>
    el(
      "button",
      {
        type: "button",
        title,
        "data-since": since,
        onclick: () => {
          keep(found.version);
          state.set({ since: state.value.since === since ? "" : since }, { record: true });
        },
      },
      ...words,
    );
  const every = parts.length > 1 ? seen.version : `${seen.version}:${parts[0]}`;
  const told = parts.map(part =>
    button(
      `${seen.version}:${part}`,
      `Show only what is ${PARTS[part]}`,
      el("b", {}, numeral(found[part])),
      ` ${PARTS[part]}`,
    ),
  );
  node.replaceChildren(...told, button(every, "Show all that has come or changed", `since ${date}`));
  const paint = () => {
    for (const one of node.children) put(one, { "aria-pressed": state.value.since === one.dataset.since });
  };
  node.hidden = false;
  state.on(["since"], paint);
  paint();
}
