// The map as a picture that can stand alone, in a file and on paper: what is drawn, and under it what it shows, what
// the symbols mean and whom to credit.
import { byId, css, el, numeral } from "./dom.mjs";

// in CSS pixels
const WIDE = 900;
const MARGIN = 20;
const GAP = 22;

/** A canvas with map and caption. `paths` and `labels` are those of the layers, `counts` the counts in view. */
export function pictured(view, { columns, counts, paths, labels }) {
  const layers = columns.words.layer
    .map((word, code) => ({
      path: paths[code],
      colour: css(`--layer-${word}`),
      name: labels.layer(word),
      n: counts.of("layer", code),
    }))
    .filter(l => l.n);
  const words = { title: said(), layers, credit: credit(view.map) };
  return captioned(view.canvas(), view.map.getCanvas().clientWidth, words);
}

/**
 * Save the picture that `draw` gives, if any, when it is asked for. On paper it stands instead of the map itself, in
 * the colours that `dress("light")` puts on and `dress()` takes off.
 */
export function takePicture(draw, dress) {
  byId("picture").addEventListener("click", () => draw()?.toBlob(save));
  addEventListener("beforeprint", () => {
    dress("light");
    byId("printed").replaceChildren(...[draw()].filter(Boolean));
  });
  addEventListener("afterprint", () => {
    byId("printed").replaceChildren();
    dress();
  });
}

function save(blob) {
  const href = URL.createObjectURL(blob);
  el("a", { href, download: "conflict-map.png" }).click();
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}

/** The page's sentence; with its dates where the whole time is shown. */
const said = () => {
  const [count, phrase, when] = ["count", "phrase", "when"].map(id => byId(id).textContent);
  return `${count}${phrase}${when || `, ${byId("date").textContent}`}`;
};

/** The data sets with their licences, as the panel has them, and the base map's own. */
function credit(map) {
  const sets = [...document.querySelectorAll("#credits-panel section")].map(
    s => `${s.querySelector("h3").firstChild.textContent} (${s.querySelector("p").textContent})`,
  );
  const base = [
    ...new Set(
      Object.values(map.getStyle().sources)
        .map(s => s.attribution)
        .filter(Boolean),
    ),
  ];
  return [
    sets.length ? `Claims: ${sets.join(", ")}.` : "",
    base.length ? `Map: ${base.join(", ")}.` : "",
    "Each claim is what its source says, not what is known to have happened.",
  ]
    .filter(Boolean)
    .join(" ");
}

/** A canvas with the map's on top and the words under it; `width` is that of the map in CSS pixels. */
export function captioned(drawn, width, { title, layers, credit }) {
  const ratio = drawn.width / width;
  const canvas = el("canvas");
  const ctx = canvas.getContext("2d");
  const unit = Math.max(1, width / WIDE);
  const room = width / unit - 2 * MARGIN;
  const sans = css("--sans");
  const fonts = { title: `600 15px ${css("--serif")}`, name: `13px ${sans}`, small: `11px ${sans}` };
  const measure = font => {
    ctx.font = font;
    return text => ctx.measureText(text).width;
  };
  const titles = wrapped(title, room, measure(fonts.title));
  const credits = wrapped(credit, room, measure(fonts.small));
  const legend = rowed(layers, room, measure(fonts.name));
  const high =
    MARGIN + titles.length * 20 + (legend.length ? 8 + legend.length * GAP : 0) + 8 + credits.length * 15 + MARGIN - 6;
  Object.assign(canvas, { width: drawn.width, height: drawn.height + Math.round(high * unit * ratio) });
  ctx.fillStyle = css("--paper");
  ctx.fillRect(0, 0, canvas.width, canvas.height);
  ctx.drawImage(drawn, 0, 0);
  ctx.setTransform(unit * ratio, 0, 0, unit * ratio, 0, drawn.height);
  let y = MARGIN + 10;
  const write = (lines, font, colour, step) => {
    ctx.font = font;
    ctx.fillStyle = css(colour);
    for (const text of lines) {
      ctx.fillText(text, MARGIN, y);
      y += step;
    }
  };
  write(titles, fonts.title, "--ink", 20);
  if (legend.length) y += 8;
  for (const row of legend) {
    for (const { x, path, colour, words } of row) {
      ctx.save();
      ctx.translate(MARGIN + x, y - 12);
      ctx.scale(15 / 24, 15 / 24);
      ctx.fillStyle = colour;
      ctx.fill(new Path2D(path), "evenodd");
      ctx.restore();
      ctx.font = fonts.name;
      ctx.fillStyle = css("--ink");
      ctx.fillText(words, MARGIN + x + 20, y);
    }
    y += GAP;
  }
  y += 4;
  write(credits, fonts.small, "--muted", 15);
  return canvas;
}

/** Lines of words no wider than `room`. */
function wrapped(text, room, width) {
  const lines = [""];
  for (const word of text.split(" ")) {
    const longer = lines.at(-1) ? `${lines.at(-1)} ${word}` : word;
    if (width(longer) > room && lines.at(-1)) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

/** Rows of symbols with their names and counts. */
function rowed(layers, room, width) {
  const rows = [];
  let x = Infinity;
  for (const { path, colour, name, n } of layers) {
    const words = `${name} ${numeral(n)}`;
    const wide = 20 + width(words) + 18;
    if (x + wide > room) {
      rows.push([]);
      x = 0;
    }
    rows.at(-1).push({ x, path, colour, words });
    x += wide;
  }
  return rows;
}
