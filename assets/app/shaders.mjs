// The programs that draw symbols, count badges and rings.
import { FAR, OPEN_END, OPEN_START } from "./orders.mjs";
import { COUNTS, FILLS } from "./symbols.mjs";

// CSS pixels: sprite, symbol inside it, count badge, step between neighbours, ring
export const SPRITE = 46;
export const SYMBOL = 25;
export const BADGE = 17;
export const SLOT = 21;
export const RING = 40;
export const TABLE_WIDTH = 1024; // entries in a row of a lookup texture

const HEAD = `#version 300 es
precision highp float; precision highp int;`;
const PLACE = `
uniform mat4 u_matrix; uniform vec2 u_viewport; uniform float u_scale;
vec4 place(vec2 pos, vec2 offset) {
  vec4 p = u_matrix * vec4(pos, 0., 1.);
  p.xy += offset * u_scale * 2. / u_viewport * p.w;
  return p;
}`;
const DIGITS = `
vec2 digits(float number, vec2 at) {
  vec2 cell = vec2(mod(number + .5, ${COUNTS}.) - .5, floor((number + .5) / ${COUNTS}.));
  return texture(u_atlas, (cell + at) / ${COUNTS}.).rg;
}`;

export const SYMBOL_VERTEX = `${HEAD}
in vec2 a_pos; in ivec2 a_span; in uvec2 a_key; in vec2 a_slot; in uvec2 a_look;
in uint a_sort; in uint a_match; in int a_told;${PLACE}
uniform ivec2 u_window, u_dated; uniform uvec4 u_focus; uniform float u_first; uniform bool u_near; uniform int u_now;
uniform highp usampler2D u_sorts, u_sources, u_piles, u_rings;
flat out uvec4 v_code; flat out float v_alpha; flat out uint v_focus; flat out float v_reach;
uvec4 entry(highp usampler2D table, uint i) {
  return texelFetch(table, ivec2(int(i) & ${TABLE_WIDTH - 1}, int(i) / ${TABLE_WIDTH}), 0);
}
bool midnight(int t) { return t == ${OPEN_START} || t == ${OPEN_END} || t == t / 1440 * 1440; }
bool lastsFar() { return a_span.x == ${OPEN_START} || a_span.y == ${OPEN_END} || a_span.y - a_span.x >= ${FAR}; }
void main() {
  uvec4 sort = entry(u_sorts, a_sort);
  ivec2 window = u_window;
  if (u_dated != u_window && midnight(a_span.x) && midnight(a_span.y)) window = u_dated;
  bool on = a_span.x < window.y && a_span.y > window.x && !(u_near && lastsFar()) && a_match == 1u && a_told <= u_now
    && (sort.w | entry(u_sources, a_key.y).x) == 0u && entry(u_rings, entry(u_piles, a_key.x).x).x == 0u;
  if (!on) { gl_Position = vec4(2., 2., 2., 1.); gl_PointSize = 1.; return; }
  gl_Position = place(a_pos, a_slot * ${SLOT}.);
  gl_PointSize = ${SPRITE}. * u_scale;
  bool open = a_span.x == ${OPEN_START};
  float from = max(float(window.x), u_first), to = float(window.y);
  float edge = open ? float(a_span.y) : float(a_span.x);
  float early = open && edge > to ? clamp((edge - to) / 20160., 0., 1.) : 0.;
  v_alpha = open && edge > to ? mix(.34, .12, early) : mix(.62, 1., clamp((edge - from) / max(to - from, 1.), 0., 1.));
  v_code = uvec4(sort.xyz, a_look.x);
  v_reach = a_look.y == 0u ? 0. : a_look.y == 1u ? 19. : 23.;
  uint mark = uint(gl_VertexID);
  v_focus = mark >= u_focus.x && mark < u_focus.y ? 2u : mark >= u_focus.z && mark < u_focus.w ? 1u : 0u;
  if (v_focus > 0u) v_alpha = max(v_alpha, .95);
}`;

/** Around a symbol that stands for more than a settlement lies a glow in place of an edge: its place is not a point. */
export const SYMBOL_FRAGMENT = `${HEAD}
flat in uvec4 v_code; flat in float v_alpha; flat in uint v_focus; flat in float v_reach;
uniform sampler2D u_atlas; uniform vec3 u_color[8]; uniform vec3 u_paper; uniform vec3 u_ink; uniform float u_scale;
out vec4 color;
float band(float r, float at, float half_width) {
  return 1. - smoothstep(half_width - .6, half_width + .6, abs(r - at) * u_scale);
}
void main() {
  vec2 q = gl_PointCoord - .5;
  float turn = v_code.w == 255u ? 0. : float(v_code.w) / 255. * 6.2831853, c = cos(turn), s = sin(turn);
  vec2 uv = vec2(c * q.x + s * q.y, c * q.y - s * q.x) + .5;
  vec2 cell = texture(u_atlas, (vec2(v_code.x, v_code.y) + clamp(uv, .01, .99)) / vec2(8., ${FILLS.length}.)).rg;
  float ink = cell.r, cover = max(cell.r, cell.g);
  vec3 rgb = mix(u_paper, u_color[v_code.x], ink);
  float r = length(q) * ${SPRITE}., sides = float(v_code.z & 7u), ring = 0.;
  if (sides > 1.) {
    ring = band(r, 16.5, 1. * u_scale);
    for (float k = 2.; k < 5.; k++) if (sides > k) ring = max(ring, band(r, 16.5 + 2.6 * (k - 1.), .8 * u_scale));
  }
  if ((v_code.z & 8u) != 0u) {
    float split = step(.16, abs(abs(q.x) - abs(q.y)) / max(length(q), .01));
    ring = max(ring, band(r, 17., 1.1 * u_scale) * split);
  }
  if (ring > cover) { rgb = u_color[v_code.x]; cover = ring; }
  float halo = v_focus == 0u ? 0. : band(r, 20., (v_focus == 2u ? 1.6 : 1.) * u_scale);
  if (halo > cover) { rgb = u_ink; cover = halo; }
  float glow = v_reach == 0. ? 0. : (1. - cover) * .42 * (1. - smoothstep(.3, 1., r / v_reach));
  float a = (cover + glow) * v_alpha;
  if (a < .01) discard;
  color = vec4((rgb * cover + u_color[v_code.x] * glow) * v_alpha, a);
}`;

export const BADGE_VERTEX = `${HEAD}
in vec2 a_pos; in vec2 a_slot; in vec2 a_cell;${PLACE}
flat out vec2 v_cell;
void main() {
  gl_Position = place(a_pos, a_slot * ${SLOT}. + vec2(11., 10.));
  gl_PointSize = ${BADGE}. * u_scale;
  v_cell = a_cell;
}`;

export const BADGE_FRAGMENT = `${HEAD}
flat in vec2 v_cell; uniform sampler2D u_atlas; uniform vec3 u_paper; uniform vec3 u_ink;
out vec4 color;${DIGITS}
void main() {
  vec2 t = digits(v_cell.x, gl_PointCoord);
  float a = max(t.r, t.g) * v_cell.y;
  color = vec4(mix(u_ink, u_paper, t.r) * a, a);
}`;

export const RING_VERTEX = `${HEAD}
in vec2 a_pos; in vec4 a_upto; in vec4 a_upto2; in vec3 a_cell; uniform float u_ratio;${PLACE}
flat out vec4 v_upto; flat out vec4 v_upto2; flat out vec3 v_cell;
void main() {
  gl_Position = place(a_pos, vec2(0.));
  gl_PointSize = ${RING}. * max(u_scale, .85 * u_ratio);
  v_upto = a_upto; v_upto2 = a_upto2; v_cell = a_cell;
}`;

export const RING_FRAGMENT = `${HEAD}
flat in vec4 v_upto; flat in vec4 v_upto2; flat in vec3 v_cell;
uniform sampler2D u_atlas; uniform vec3 u_color[8]; uniform vec3 u_paper; uniform vec3 u_ink;
out vec4 color;${DIGITS}
void main() {
  vec2 q = gl_PointCoord - .5; float r = length(q) * 2., edge = fwidth(r);
  float turn = fract(atan(q.x, -q.y) / 6.2831853 + 1.);
  float upto[8] = float[8](v_upto.x, v_upto.y, v_upto.z, v_upto.w, v_upto2.x, v_upto2.y, v_upto2.z, v_upto2.w);
  int k = 0; for (int i = 0; i < 7; i++) if (turn > upto[i] + .0005) k = i + 1;
  float disc = 1. - smoothstep(.62 - edge, .62, r), outer = 1. - smoothstep(.94 - edge, .94, r);
  vec3 rgb = mix(u_color[k], u_paper, disc);
  vec2 at = clamp((gl_PointCoord - .5) / .62 + .5, .02, .98);
  float digit = digits(v_cell.x, at).r * disc;
  rgb = mix(rgb, u_ink, digit);
  float focus = v_cell.y * smoothstep(.94 - edge, .94, r) * (1. - smoothstep(1. - edge, 1., r));
  if (focus > 0.) rgb = u_ink;
  float a = max(outer * .96 * v_cell.z, focus);
  if (a < .01) discard;
  color = vec4(rgb * a, a);
}`;
