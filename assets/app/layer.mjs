// The claims' symbols as one WebGL2 layer inside the MapLibre map that plotly.js owns. Marks are sorted by time, so a
// window is a range of the buffer; the filters are one byte a mark; moving time touches uniforms only.
import { CELL, DIGITS, FILLS, digitAtlas, symbolAtlas } from "./symbols.mjs";

export const LAYER_ID = "claim-symbols";
const SPRITE = 46, SYMBOL = 25, BADGE = 17, SLOT = 21;   // CSS pixels: sprite, symbol inside it, count badge, step between neighbours
const RING = 40, MARK_BYTES = 28, BADGE_BYTES = 20, RING_BYTES = 28, FAINT = 0.36;

const HEAD = `#version 300 es
precision highp float; precision highp int;`;
const PLACE = `
uniform mat4 u_matrix; uniform vec2 u_viewport; uniform float u_scale;
vec4 place(vec2 pos, vec2 offset) { vec4 p = u_matrix * vec4(pos, 0., 1.); p.xy += offset * u_scale * 2. / u_viewport * p.w; return p; }`;

const SYMBOL_VERTEX = `${HEAD}
in vec2 a_pos; in ivec2 a_span; in uvec4 a_code; in vec2 a_slot; in uint a_claim; in uint a_fail;${PLACE}
uniform ivec2 u_window; uniform ivec2 u_dated; uniform uvec2 u_focus; uniform float u_first;
flat out uvec4 v_code; flat out float v_alpha; flat out uint v_focus;
void main() {
  ivec2 window = (a_code.z & 16u) != 0u ? u_window : u_dated;
  bool on = a_fail == 0u && a_span.x < window.y && a_span.y > window.x;
  if (!on) { gl_Position = vec4(2., 2., 2., 1.); gl_PointSize = 1.; return; }
  gl_Position = place(a_pos, a_slot * ${SLOT}.);
  gl_PointSize = ${SPRITE}. * u_scale;
  bool open = a_span.x == -2147483648;
  float from = max(float(window.x), u_first), to = float(window.y);
  float edge = open ? float(a_span.y) : float(a_span.x);
  float early = open && edge > to ? clamp((edge - to) / 20160., 0., 1.) : 0.;
  v_alpha = open && edge > to ? mix(.34, .12, early) : mix(.62, 1., clamp((edge - from) / max(to - from, 1.), 0., 1.));
  v_code = a_code;
  v_focus = a_claim == u_focus.x ? 2u : a_claim == u_focus.y ? 1u : 0u;
  if (v_focus > 0u) v_alpha = max(v_alpha, .95);
}`;

const SYMBOL_FRAGMENT = `${HEAD}
flat in uvec4 v_code; flat in float v_alpha; flat in uint v_focus;
uniform sampler2D u_atlas; uniform vec3 u_color[8]; uniform vec3 u_paper; uniform vec3 u_ink; uniform float u_scale;
out vec4 color;
float band(float r, float at, float half_width) { return 1. - smoothstep(half_width - .6, half_width + .6, abs(r - at) * u_scale); }
void main() {
  vec2 q = gl_PointCoord - .5;
  float turn = v_code.w == 255u ? 0. : float(v_code.w) / 255. * 6.2831853, c = cos(turn), s = sin(turn);
  vec2 uv = vec2(c * q.x + s * q.y, c * q.y - s * q.x) + .5;
  vec2 cell = texture(u_atlas, (vec2(v_code.x, v_code.y) + clamp(uv, .01, .99)) / vec2(8., ${FILLS.length}.)).rg;
  float ink = cell.r, cover = max(cell.r, cell.g);
  vec3 rgb = mix(u_paper, u_color[v_code.x], ink);
  float r = length(q) * ${SPRITE}., sides = float(v_code.z & 7u), ring = 0.;
  if (sides > 1.) { ring = band(r, 16.5, 1. * u_scale); for (float k = 2.; k < 5.; k++) if (sides > k) ring = max(ring, band(r, 16.5 + 2.6 * (k - 1.), .8 * u_scale)); }
  if ((v_code.z & 8u) != 0u) { float split = step(.16, abs(abs(q.x) - abs(q.y)) / max(length(q), .01)); ring = max(ring, band(r, 17., 1.1 * u_scale) * split); }
  if (ring > cover) { rgb = u_color[v_code.x]; cover = ring; }
  if (v_focus > 0u) { float halo = band(r, 20., (v_focus == 2u ? 1.6 : 1.) * u_scale); if (halo > cover) { rgb = u_ink; cover = halo; } }
  float a = cover * v_alpha;
  if (a < .01) discard;
  color = vec4(rgb * a, a);
}`;

const BADGE_VERTEX = `${HEAD}
in vec2 a_pos; in vec2 a_slot; in vec2 a_cell;${PLACE}
flat out vec2 v_cell;
void main() { gl_Position = place(a_pos, a_slot * ${SLOT}. + vec2(11., 10.)); gl_PointSize = ${BADGE}. * u_scale; v_cell = a_cell; }`;

const BADGE_FRAGMENT = `${HEAD}
flat in vec2 v_cell; uniform sampler2D u_atlas; uniform vec3 u_paper; uniform vec3 u_ink;
out vec4 color;
void main() {
  vec2 t = texture(u_atlas, (vec2(mod(v_cell.x, 10.), floor(v_cell.x / 10.)) + gl_PointCoord) / 10.).rg;
  float a = max(t.r, t.g) * v_cell.y;
  color = vec4(mix(u_ink, u_paper, t.r) * a, a);
}`;

const RING_VERTEX = `${HEAD}
in vec2 a_pos; in vec4 a_upto; in vec4 a_upto2; in vec3 a_cell; uniform float u_ratio;${PLACE}
flat out vec4 v_upto; flat out vec4 v_upto2; flat out vec3 v_cell;
void main() { gl_Position = place(a_pos, vec2(0.)); gl_PointSize = ${RING}. * max(u_scale, .85 * u_ratio); v_upto = a_upto; v_upto2 = a_upto2; v_cell = a_cell; }`;

const RING_FRAGMENT = `${HEAD}
flat in vec4 v_upto; flat in vec4 v_upto2; flat in vec3 v_cell;
uniform sampler2D u_atlas; uniform vec3 u_color[8]; uniform vec3 u_paper; uniform vec3 u_ink;
out vec4 color;
void main() {
  vec2 q = gl_PointCoord - .5; float r = length(q) * 2., edge = fwidth(r);
  float turn = fract(atan(q.x, -q.y) / 6.2831853 + 1.);
  float upto[8] = float[8](v_upto.x, v_upto.y, v_upto.z, v_upto.w, v_upto2.x, v_upto2.y, v_upto2.z, v_upto2.w);
  int k = 0; for (int i = 0; i < 7; i++) if (turn > upto[i] + .0005) k = i + 1;
  float disc = 1. - smoothstep(.62 - edge, .62, r), outer = 1. - smoothstep(.94 - edge, .94, r);
  vec3 rgb = mix(u_color[k], u_paper, disc);
  vec2 at = clamp((gl_PointCoord - .5) / .62 + .5, .02, .98);
  float digit = texture(u_atlas, (vec2(mod(v_cell.x, 10.), floor(v_cell.x / 10.)) + at) / 10.).r * disc;
  rgb = mix(rgb, u_ink, digit);
  float focus = v_cell.y * smoothstep(.94 - edge, .94, r) * (1. - smoothstep(1. - edge, 1., r));
  if (focus > 0.) rgb = u_ink;
  float a = max(outer * .96 * v_cell.z, focus);
  if (a < .01) discard;
  color = vec4(rgb * a, a);
}`;

function program(gl, vertex, fragment) {
  const p = gl.createProgram();
  for (const [type, source] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]]) {
    const shader = gl.createShader(type);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS)) throw new Error(gl.getShaderInfoLog(shader));
    gl.attachShader(p, shader);
  }
  gl.linkProgram(p);
  if (!gl.getProgramParameter(p, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(p));
  const u = {};
  for (let i = 0; i < gl.getProgramParameter(p, gl.ACTIVE_UNIFORMS); i++) {
    const name = gl.getActiveUniform(p, i).name;
    u[name.replace("[0]", "")] = gl.getUniformLocation(p, name);
  }
  return { p, u };
}

function texture(gl, canvas) {
  const t = gl.createTexture();
  gl.bindTexture(gl.TEXTURE_2D, t);
  gl.pixelStorei(gl.UNPACK_FLIP_Y_WEBGL, false);
  gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, false);
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, canvas);
  gl.generateMipmap(gl.TEXTURE_2D);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR_MIPMAP_LINEAR);
  return t;
}

/** The static vertex buffer, MARK_BYTES a mark: position, span, codes, slot, claim. */
export function pack(marks, columns) {
  const n = marks.n, buffer = new ArrayBuffer(n * MARK_BYTES), view = new DataView(buffer);
  for (let m = 0; m < n; m++) {
    const at = m * MARK_BYTES, claim = marks.claim[m];
    view.setFloat32(at, marks.x[m], true);
    view.setFloat32(at + 4, marks.y[m], true);
    view.setInt32(at + 8, columns.start[claim], true);
    view.setInt32(at + 12, columns.end[claim], true);
    view.setUint8(at + 16, columns.codes.layer[claim]);
    view.setUint8(at + 17, marks.fill[m]);
    view.setUint8(at + 18, columns.flags[claim] & 15 | columns.clocked[claim] << 4);
    view.setUint8(at + 19, marks.turn[m]);
    view.setInt8(at + 20, marks.slotX[m]);
    view.setInt8(at + 21, marks.slotY[m]);
    view.setUint32(at + 24, claim, true);
  }
  return buffer;
}

function symbolArrays(gl, p, buffer, fail) {
  const vao = gl.createVertexArray(), at = name => { const l = gl.getAttribLocation(p, name); gl.enableVertexAttribArray(l); return l; };
  gl.bindVertexArray(vao);
  gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
  gl.vertexAttribPointer(at("a_pos"), 2, gl.FLOAT, false, MARK_BYTES, 0);
  gl.vertexAttribIPointer(at("a_span"), 2, gl.INT, MARK_BYTES, 8);
  gl.vertexAttribIPointer(at("a_code"), 4, gl.UNSIGNED_BYTE, MARK_BYTES, 16);
  gl.vertexAttribPointer(at("a_slot"), 2, gl.BYTE, true, MARK_BYTES, 20);
  gl.vertexAttribIPointer(at("a_claim"), 1, gl.UNSIGNED_INT, MARK_BYTES, 24);
  gl.bindBuffer(gl.ARRAY_BUFFER, fail);
  gl.vertexAttribIPointer(at("a_fail"), 1, gl.UNSIGNED_BYTE, 0, 0);
  gl.bindVertexArray(null);
  return vao;
}

function ringArrays(gl, p, buffer) {
  const vao = gl.createVertexArray(), at = name => { const l = gl.getAttribLocation(p, name); gl.enableVertexAttribArray(l); return l; };
  gl.bindVertexArray(vao);
  gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
  gl.vertexAttribPointer(at("a_pos"), 2, gl.FLOAT, false, RING_BYTES, 0);
  gl.vertexAttribPointer(at("a_upto"), 4, gl.UNSIGNED_BYTE, true, RING_BYTES, 8);
  gl.vertexAttribPointer(at("a_upto2"), 4, gl.UNSIGNED_BYTE, true, RING_BYTES, 12);
  gl.vertexAttribPointer(at("a_cell"), 3, gl.FLOAT, false, RING_BYTES, 16);
  gl.bindVertexArray(null);
  return vao;
}

function badgeArrays(gl, p, buffer) {
  const vao = gl.createVertexArray(), at = name => { const l = gl.getAttribLocation(p, name); gl.enableVertexAttribArray(l); return l; };
  gl.bindVertexArray(vao);
  gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
  gl.vertexAttribPointer(at("a_pos"), 2, gl.FLOAT, false, BADGE_BYTES, 0);
  gl.vertexAttribPointer(at("a_slot"), 2, gl.BYTE, true, BADGE_BYTES, 8);
  gl.vertexAttribPointer(at("a_cell"), 2, gl.FLOAT, false, BADGE_BYTES, 12);
  gl.bindVertexArray(null);
  return vao;
}

/** MapLibre custom layer. Set `view` (window, focus, count) and call `map.triggerRepaint()`; `filtered()` after a filter. */
export class SymbolLayer {
  constructor(marks, columns, paths) {
    Object.assign(this, { id: LAYER_ID, type: "custom", renderingMode: "2d", marks, columns, paths });
    this.view = { window: [-2147483648, 2147483647], dated: [-2147483648, 2147483647], focus: [0xffffffff, 0xffffffff], count: marks.n, first: 0 };
    this.theme = { colors: new Float32Array(24), paper: [1, 1, 1], ink: [0, 0, 0] };
    this.badges = this.rings = { data: new ArrayBuffer(0), count: 0 };
    this.hidden = new Uint8Array(marks.piles.length);
  }

  onAdd(map, gl) {
    this.map = map;
    this.symbol = program(gl, SYMBOL_VERTEX, SYMBOL_FRAGMENT);
    this.badge = program(gl, BADGE_VERTEX, BADGE_FRAGMENT);
    this.ring = program(gl, RING_VERTEX, RING_FRAGMENT);
    this.atlas = texture(gl, symbolAtlas(this.paths, SYMBOL / SPRITE));
    this.digits = texture(gl, digitAtlas());
    this.static = gl.createBuffer();
    gl.bindBuffer(gl.ARRAY_BUFFER, this.static);
    gl.bufferData(gl.ARRAY_BUFFER, pack(this.marks, this.columns), gl.STATIC_DRAW);
    [this.fail, this.badgeBuffer, this.ringBuffer] = [gl.createBuffer(), gl.createBuffer(), gl.createBuffer()];
    this.vao = symbolArrays(gl, this.symbol.p, this.static, this.fail);
    this.badgeVao = badgeArrays(gl, this.badge.p, this.badgeBuffer);
    this.ringVao = ringArrays(gl, this.ring.p, this.ringBuffer);
    this.failDirty = this.crowdDirty = true;
  }

  onRemove(map, gl) {
    for (const t of [this.atlas, this.digits]) gl.deleteTexture(t);
    for (const b of [this.static, this.fail, this.badgeBuffer, this.ringBuffer]) gl.deleteBuffer(b);
    for (const v of [this.vao, this.badgeVao, this.ringVao]) gl.deleteVertexArray(v);
    for (const { p } of [this.symbol, this.badge, this.ring]) gl.deleteProgram(p);
  }

  filtered() { this.failDirty = true; }

  /** Badges, rings and hidden piles of a window, as Clusters.crowd gives them; `held` = ordinals of the piles' selected claim. */
  crowd({ badges, rings, hidden }, holds) {
    this.badges = { data: packBadges(badges), count: badges.length };
    this.rings = { data: packRings(rings, holds), count: rings.length };
    this.crowdDirty = true;
    if (hidden.some((v, p) => v !== this.hidden[p])) { this.hidden = hidden; this.failDirty = true; }
  }

  /** Symbols grow with zoom: small over a whole country, full size over a town. */
  get scale() { return scaleAt(this.map.getZoom()); }

  upload(gl) {
    if (this.failDirty) {
      gl.bindBuffer(gl.ARRAY_BUFFER, this.fail);
      gl.bufferData(gl.ARRAY_BUFFER, this.failing(), gl.DYNAMIC_DRAW);
    }
    if (this.crowdDirty) {
      for (const [buffer, { data }] of [[this.badgeBuffer, this.badges], [this.ringBuffer, this.rings]]) {
        gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
        gl.bufferData(gl.ARRAY_BUFFER, data, gl.DYNAMIC_DRAW);
      }
    }
    this.failDirty = this.crowdDirty = false;
  }

  /** One byte a mark: 0 where its claim passes the filters and no ring stands for its pile. */
  failing() {
    const { claim, pile, n } = this.marks, { fail } = this.columns, { hidden } = this;
    this.bytes ??= new Uint8Array(n);
    for (let m = 0; m < n; m++) this.bytes[m] = fail[claim[m]] || hidden[pile[m]] ? 1 : 0;
    return this.bytes;
  }

  render(gl, args) {
    if (!this.view.count) return;
    this.upload(gl);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.disable(gl.DEPTH_TEST);
    gl.disable(gl.STENCIL_TEST);
    gl.activeTexture(gl.TEXTURE0);
    const matrix = this.matrix(args.defaultProjectionData.mainMatrix);
    const { u } = this.symbol, { window, dated, focus, count, first } = this.view;
    this.use(gl, this.symbol, this.vao, this.atlas, matrix);
    gl.uniform2i(u.u_window, ...window);
    gl.uniform2i(u.u_dated, ...dated);
    gl.uniform2ui(u.u_focus, ...focus);
    gl.uniform1f(u.u_first, first);
    gl.uniform3fv(u.u_color, this.theme.colors);
    gl.drawArrays(gl.POINTS, 0, count);
    if (this.badges.count) {
      this.use(gl, this.badge, this.badgeVao, this.digits, matrix);
      gl.drawArrays(gl.POINTS, 0, this.badges.count);
    }
    if (this.rings.count) {
      this.use(gl, this.ring, this.ringVao, this.digits, matrix);
      gl.uniform3fv(this.ring.u.u_color, this.theme.colors);
      gl.uniform1f(this.ring.u.u_ratio, devicePixelRatio);
      gl.drawArrays(gl.POINTS, 0, this.rings.count);
    }
    gl.bindVertexArray(null);
  }

  use(gl, { p, u }, vao, tex, matrix) {
    gl.useProgram(p);
    gl.bindVertexArray(vao);
    gl.bindTexture(gl.TEXTURE_2D, tex);
    gl.uniformMatrix4fv(u.u_matrix, false, matrix);
    gl.uniform2f(u.u_viewport, gl.drawingBufferWidth, gl.drawingBufferHeight);
    gl.uniform1f(u.u_scale, devicePixelRatio * this.scale);
    gl.uniform3fv(u.u_paper, this.theme.paper);
    gl.uniform3fv(u.u_ink, this.theme.ink);
    gl.uniform1i(u.u_atlas, 0);
  }

  /** The map's matrix moved to the marks' origin in float64, so that float32 positions stay exact at high zoom. */
  matrix(m) {
    const [x, y] = this.marks.origin, out = new Float32Array(m);
    for (let r = 0; r < 4; r++) out[12 + r] = m[r] * x + m[4 + r] * y + m[12 + r];
    return out;
  }
}

/** Bytes of the badge buffer for piles [{x, y, slotX, slotY, count}]. */
export function packBadges(piles) {
  const buffer = new ArrayBuffer(piles.length * BADGE_BYTES), view = new DataView(buffer);
  piles.forEach((pile, k) => {
    view.setFloat32(k * BADGE_BYTES, pile.x, true);
    view.setFloat32(k * BADGE_BYTES + 4, pile.y, true);
    view.setInt8(k * BADGE_BYTES + 8, pile.slotX);
    view.setInt8(k * BADGE_BYTES + 9, pile.slotY);
    view.setFloat32(k * BADGE_BYTES + 12, Math.min(pile.count, DIGITS - 1), true);
    view.setFloat32(k * BADGE_BYTES + 16, pile.faint ? FAINT : 1, true);
  });
  return buffer;
}

/** Bytes of the ring buffer; the layers' shares are cumulative, in 1/255 of a turn. `holds` = ring has the selected claim. */
export function packRings(rings, holds) {
  const buffer = new ArrayBuffer(rings.length * RING_BYTES), view = new DataView(buffer);
  rings.forEach((ring, k) => {
    const at = k * RING_BYTES;
    view.setFloat32(at, ring.x, true);
    view.setFloat32(at + 4, ring.y, true);
    let sum = 0;
    ring.shares.forEach((share, l) => { sum += share; view.setUint8(at + 8 + l, Math.round(255 * sum / ring.count)); });
    view.setFloat32(at + 16, Math.min(ring.count, DIGITS - 1), true);
    view.setFloat32(at + 20, holds(ring) ? 1 : 0, true);
    view.setFloat32(at + 24, ring.faint ? FAINT : 1, true);
  });
  return buffer;
}

/** Pixels of radius within which a ring answers the pointer. */
export const ringRadius = zoom => RING / 2 * Math.max(scaleAt(zoom), 0.85);

export const scaleAt = zoom => Math.min(1.15, Math.max(0.68, 0.72 + 0.14 * (zoom - 5))) * (document.documentElement.hasAttribute("data-present") ? 1.5 : 1);

export const PICK_RADIUS = 15, SLOT_STEP = SLOT / 127;   // slots are signed bytes: 127 = one step of SLOT pixels
