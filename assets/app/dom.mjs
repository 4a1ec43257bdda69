// Building elements: text is always set as text, never parsed.
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [k, v] of Object.entries(props)) {
    if (k.startsWith("on")) node.addEventListener(k.slice(2), v);
    else if (k === "class") node.className = v;
    else if (v === true) node.setAttribute(k, "");
    else if (v !== false && v !== null && v !== undefined) node.setAttribute(k, v);
  }
  node.append(...children.filter(c => c !== null && c !== undefined));
  return node;
}

export const byId = id => document.getElementById(id);

/**
 * Give a node properties, and attributes by their names with a hyphen, where they have other values: a write alone
 * costs style and layout.
 */
export function put(node, values) {
  for (const [name, value] of Object.entries(values)) {
    if (!name.includes("-")) {
      if (node[name] !== value) node[name] = value;
    } else if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value);
  }
}

const NUMBER = new Intl.NumberFormat("en");

/** A number of claims as it is written: "12,345". */
export const numeral = n => NUMBER.format(n);

/** So many of something: "1 claim", "12,345 claims". */
export const many = (n, one, more = `${one}s`) => `${numeral(n)} ${n === 1 ? one : more}`;

/** Resolves with the element once it stands in the page. */
export function present(selector) {
  return new Promise(resolve => {
    const found = document.querySelector(selector);
    if (found) {
      resolve(found);
      return;
    }
    const observer = new MutationObserver(() => {
      const node = document.querySelector(selector);
      if (node) {
        observer.disconnect();
        resolve(node);
      }
    });
    observer.observe(document.documentElement, { childList: true, subtree: true });
  });
}

/** Run `task` at once, then at most every `ms` while calls come; the last call is always answered. */
export function paced(task, ms) {
  let timer = null;
  let due = false;
  const run = () => {
    due = false;
    timer = setTimeout(() => {
      timer = null;
      if (due) run();
    }, ms);
    task();
  };
  return () => {
    if (timer === null) run();
    else due = true;
  };
}

/** Run `task` at once, then at most once a frame while calls come; the last call is always answered. */
export function framed(task) {
  let held = false;
  let due = false;
  const free = () => {
    held = false;
    if (due) run();
  };
  const run = () => {
    due = false;
    held = true;
    requestAnimationFrame(free);
    task();
  };
  return () => {
    if (held) due = true;
    else run();
  };
}

/** Run `task` once the calls have rested for `ms`. */
export function rested(task, ms) {
  let timer;
  return (...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => task(...args), ms);
  };
}

/** Hand properties to a component of Dash. */
export const setProps = (id, props) => window.dash_clientside.set_props(id, props);

/** Text with `[start, end)` in code points marked. */
export function marked(text, ranges = []) {
  if (!ranges.length) return [text];
  const letters = Array.from(text);
  const out = [];
  let at = 0;
  for (const [a, b] of ranges) {
    out.push(letters.slice(at, a).join(""), el("mark", {}, letters.slice(a, b).join("")));
    at = b;
  }
  return [...out, letters.slice(at).join("")];
}

export const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** "#b5382a" -> [r, g, b] in 0..1. */
export const rgb = hex => [1, 3, 5].map(i => parseInt(hex.slice(i, i + 2), 16) / 255);

export const stillness = matchMedia("(prefers-reduced-motion: reduce)");

/**
 * The button opens and closes the panel; the browser closes it on Escape or a press elsewhere and gives the focus back.
 */
export function pops(button, panel) {
  panel.setAttribute("popover", "");
  button.popoverTargetElement = panel;
  button.setAttribute("aria-haspopup", "dialog");
}
