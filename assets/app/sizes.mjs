// How large things stand on the screen, in CSS pixels.
import { RING, SLOT } from "./shaders.mjs";

const SMALL = 0.85; // scale of the smallest rings, as in their shader

/** Pixels of radius within which a ring answers the pointer. */
export const ringRadius = zoom => (RING / 2) * Math.max(scaleAt(zoom), SMALL);

/** The zoom for which to group places: rings drawn larger than the smallest need the room of a lower one. */
export const ringZoom = zoom => zoom - Math.log2((2 * ringRadius(zoom)) / (RING * SMALL));

export const presented = () => document.documentElement.hasAttribute("data-present");

/** How much larger than usual words on maps and axes are. */
export const lettering = () => (presented() ? 1.4 : 1);

export const scaleAt = zoom => Math.min(1.15, Math.max(0.68, 0.72 + 0.14 * (zoom - 5))) * (presented() ? 1.5 : 1);

export const PICK_RADIUS = 15;
export const SLOT_STEP = SLOT / 127; // slots are signed bytes: 127 = one step of SLOT pixels
