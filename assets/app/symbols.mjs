// One atlas for all symbols: a row a fill (solid, hollow, hatched), a column a layer. Red = ink, green = halo.
export const FILLS = ["solid", "hollow", "hatched"];
export const CELL = 96;
export const COUNTS = 39; // counts in a row of their atlas
const BOX = 24;

/** Draw `path` (24x24) into a cell: halo in green, ink in red, so that the shader colours both. */
function drawCell(ctx, path, fill) {
  ctx.lineJoin = ctx.lineCap = "round";
  ctx.globalCompositeOperation = "lighter";
  ctx.fillStyle = ctx.strokeStyle = "#0f0";
  ctx.lineWidth = 4.4;
  ctx.stroke(path);
  ctx.fill(path);
  ctx.fillStyle = ctx.strokeStyle = "#f00";
  if (fill === "solid") {
    ctx.fill(path, "evenodd");
    return;
  }
  ctx.lineWidth = 1.9;
  ctx.stroke(path);
  ctx.save();
  if (fill === "hatched") {
    ctx.clip(path, "evenodd");
    ctx.lineWidth = 1.5;
    for (let x = -24; x < 48; x += 4) line(ctx, x, 24, x + 24, 0);
  } else {
    ctx.lineWidth = 2.2;
    line(ctx, 3, 21, 21, 3);
  }
  ctx.restore();
}
const line = (ctx, x0, y0, x1, y1) => {
  ctx.beginPath();
  ctx.moveTo(x0, y0);
  ctx.lineTo(x1, y1);
  ctx.stroke();
};

/** Canvas of FILLS x layers cells. `paths` = SVG path data by layer, `inner` = share of a cell the 24-box takes. */
export function symbolAtlas(paths, inner) {
  const canvas = Object.assign(document.createElement("canvas"), {
    width: CELL * paths.length,
    height: CELL * FILLS.length,
  });
  const ctx = canvas.getContext("2d");
  const scale = (CELL * inner) / BOX;
  const pad = (CELL * (1 - inner)) / 2;
  ctx.fillStyle = "#000";
  ctx.fillRect(0, 0, canvas.width, canvas.height);
  FILLS.forEach((fill, row) =>
    paths.forEach((d, column) => {
      ctx.save();
      ctx.setTransform(scale, 0, 0, scale, column * CELL + pad, row * CELL + pad);
      drawCell(ctx, new Path2D(d), fill);
      ctx.restore();
    }),
  );
  return canvas;
}

const EXACT = 1000;
const TENS = 90;

/** Cell of a count in its atlas: each up to 999, then two figures, cut off, of thousands and millions. */
export function countCell(n) {
  if (n < EXACT) return n;
  const power = Math.min(7, Math.floor(Math.log10(n) + 1e-9));
  return EXACT + (power - 3) * TENS + Math.min(99, Math.floor(n / 10 ** (power - 1))) - 10;
}

/** Its words: "999", "1.2k", "45k", "120k", "3.4M". */
export function countWords(cell) {
  if (cell < EXACT) return String(cell);
  const power = 3 + Math.floor((cell - EXACT) / TENS);
  const figures = 10 + ((cell - EXACT) % TENS);
  const unit = power < 6 ? "k" : "M";
  const places = power % 3;
  return `${places === 0 ? (figures / 10).toFixed(1) : figures * 10 ** (places - 1)}${unit}`;
}

/** Canvas of counts, white in red on a filled green disc. */
export function digitAtlas() {
  const size = 40;
  const canvas = Object.assign(document.createElement("canvas"), { width: size * COUNTS, height: size * COUNTS });
  const ctx = canvas.getContext("2d");
  ctx.fillStyle = "#000";
  ctx.fillRect(0, 0, canvas.width, canvas.height);
  ctx.globalCompositeOperation = "lighter";
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  for (let k = 0; k < EXACT + 5 * TENS; k++) {
    const x = ((k % COUNTS) + 0.5) * size;
    const y = (Math.floor(k / COUNTS) + 0.5) * size;
    const text = countWords(k);
    ctx.fillStyle = "#0f0";
    ctx.beginPath();
    ctx.arc(x, y, size * 0.46, 0, 7);
    ctx.fill();
    ctx.fillStyle = "#f00";
    ctx.font = `700 ${[24, 21, 16, 13][text.length - 1]}px system-ui, sans-serif`;
    ctx.fillText(text, x, y + 1.5);
  }
  return canvas;
}
