// Places too near to be told apart at a zoom become one count badge: a ring parted by layer, standing at the largest of
// them.
import { NONE } from "./columns.mjs";
import { orderBy } from "./orders.mjs";

export const REACH = 38; // CSS pixels between two places below which they are counted together
export const CROWD = 24; // claims in a ring from which its areas are left out: they would only cover each other
export const APART = 10; // zoom from which every place stands for itself
// share of a tile's side that a ring keeps from its border: rings of 31 pixels in tiles of 44 do not touch
const EDGE = 0.36;
export const RING = 1;
export const LARGE = 2;

/**
 * Group the places of `marks` for a zoom: {step, groupOf: by place, groups, and by group: lead, its first place, and x
 * and y, where its ring stands}. The same zoom step gives the same groups, whatever the window.
 */
export function grouping(marks, zoom) {
  if (marks.counted) return tiled(marks, stepOf(marks, zoom));
  const step = zoomStep(zoom);
  const { places, x, y } = marks;
  if (step >= APART) {
    const alone = Uint32Array.from({ length: places }, (_, q) => q);
    return { step, groupOf: alone, lead: alone, groups: places, x, y };
  }
  const reach = REACH / (512 * 2 ** step);
  const groupOf = new Uint32Array(places);
  const lead = new Uint32Array(places);
  const next = new Uint32Array(places);
  const cells = new Map();
  const key = (q, dx, dy) => (Math.floor(x[q] / reach) + dx) * 1e6 + Math.floor(y[q] / reach) + dy;
  let groups = 0;
  for (const q of largestFirst(marks)) {
    let best = NONE;
    let nearest = reach * reach;
    for (let dx = -1; dx <= 1; dx++)
      for (let dy = -1; dy <= 1; dy++) {
        for (let g = cells.get(key(q, dx, dy)) ?? NONE; g !== NONE; g = next[g]) {
          const d = (x[lead[g]] - x[q]) ** 2 + (y[lead[g]] - y[q]) ** 2;
          if (d < nearest) {
            nearest = d;
            best = g;
          }
        }
      }
    if (best !== NONE) {
      groupOf[q] = best;
      continue;
    }
    lead[groups] = q;
    groupOf[q] = groups;
    next[groups] = cells.get(key(q, 0, 0)) ?? NONE;
    cells.set(key(q, 0, 0), groups++);
  }
  return {
    step,
    groupOf,
    lead,
    groups,
    x: Float32Array.from(lead.subarray(0, groups), q => x[q]),
    y: Float32Array.from(lead.subarray(0, groups), q => y[q]),
  };
}

/** The step of a zoom: other steps, other groups. */
export const stepOf = ({ counted }, zoom) => (counted ? Math.min(cellZoom(zoom), counted.zoom) : zoomStep(zoom));

/** Zoom of the tiles that are 44 to 88 CSS pixels wide at a zoom of the map. */
export const cellZoom = zoom => Math.min(17, Math.max(0, Math.floor(zoom + 3.54)));

/**
 * Group counted cells by the tiles of a zoom; a tile's ring stands at the largest of its cells, but within the tile.
 */
function tiled(marks, step) {
  const {
    places,
    spotOf,
    origin,
    counted,
    columns: {
      spots: { x, y },
    },
  } = marks;
  const groupOf = new Uint32Array(places);
  const lead = [];
  const tiles = new Map();
  const far = counted.zoom - step;
  for (const q of largestFirst(marks)) {
    const key = (x[spotOf[q]] >> far) * 2 ** 20 + (y[spotOf[q]] >> far);
    const g = tiles.get(key) ?? lead.push(q) - 1;
    tiles.set(key, g);
    groupOf[q] = g;
  }
  const within = (v, from, cell) => {
    const tile = cell >> far;
    return Math.min(Math.max((v + from) * 2 ** step, tile + EDGE), tile + 1 - EDGE) / 2 ** step - from;
  };
  return {
    step,
    groupOf,
    lead: Uint32Array.from(lead),
    groups: lead.length,
    x: Float32Array.from(lead, q => within(marks.x[q], origin[0], x[spotOf[q]])),
    y: Float32Array.from(lead, q => within(marks.y[q], origin[1], y[spotOf[q]])),
  };
}

export const zoomStep = zoom => Math.min(APART, Math.round(zoom * 2) / 2);

function largestFirst(marks) {
  return (marks.largestFirst ??= orderBy(Int32Array.from(marks.size, n => -n)));
}

/**
 * Which groups of a census are rings: a flag a group, 0, RING or LARGE; a ring takes the place of several places'
 * symbols.
 */
export function ringed(census, flags) {
  const { counted } = census;
  for (let g = 0; g < census.groups; g++) {
    const total = counted || census.places[g] > 1 ? census.total(g) : 0;
    flags[g] = counted ? (total ? LARGE : 0) : total < 2 ? 0 : total > CROWD ? LARGE : RING;
  }
  return flags;
}
