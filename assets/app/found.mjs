// The words searched for, marked in the open card and its document; nothing in the page is changed for it.
import { byId } from "./dom.mjs";
import { several } from "./state.mjs";

const PARTS = ["h2", "blockquote", ".document"]; // of the card, as /spots answers

export function markFound(state) {
  if (!globalThis.CSS?.highlights) return; // an older browser shows the card unmarked
  let asked;
  const mark = async () => {
    const { q, sel } = state.value;
    const pane = byId("card");
    const mine = (asked = {});
    CSS.highlights.delete("found");
    delete pane.dataset.found;
    if (!q || !sel || several(sel)) return;
    const answer = await fetch(`/spots?q=${encodeURIComponent(q)}&claim=${encodeURIComponent(sel)}`);
    if (mine !== asked || !answer.ok) return;
    const { spots } = await answer.json();
    CSS.highlights.set(
      "found",
      new Highlight(...PARTS.flatMap((part, k) => ranges(pane.querySelector(part), spots[k]))),
    );
    pane.dataset.found = sel;
  };
  new MutationObserver(mark).observe(byId("card"), { childList: true });
  state.on(["q"], mark);
}

/** Ranges of the page for `[start, end)` in code points of the text of an element. */
function ranges(node, spots) {
  if (!node || !spots.length) return [];
  const ends = spots.flat();
  const at = [];
  const walk = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
  let points = 0;
  let k = 0;
  while (k < ends.length && walk.nextNode()) {
    const text = walk.currentNode.data;
    let unit = 0;
    for (const letter of text) {
      while (k < ends.length && ends[k] === points) {
        at.push([walk.currentNode, unit]);
        k += 1;
      }
      points += 1;
      unit += letter.length;
    }
    while (k < ends.length && k % 2 && ends[k] === points) {
      at.push([walk.currentNode, unit]);
      k += 1;
    }
  }
  return Array.from({ length: at.length >> 1 }, (_, i) => {
    const range = new Range();
    range.setStart(...at[2 * i]);
    range.setEnd(...at[2 * i + 1]);
    return range;
  });
}
