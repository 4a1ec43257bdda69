// The claims' symbols as one WebGL2 layer inside the MapLibre map that plotly.js owns. Marks are sorted by time, so a
// window is a range of the buffer; filters and rings are small lookup tables; moving time touches uniforms only.
import { Ground } from "./ground.mjs";
import { Table, program, texture, vertices } from "./gl.mjs";
import { lowerBound } from "./orders.mjs";
import { BADGE_BYTES, MARK_BYTES, RING_BYTES, pack, packOrder } from "./packing.mjs";
import {
  BADGE_FRAGMENT,
  BADGE_VERTEX,
  RING_FRAGMENT,
  RING_VERTEX,
  SPRITE,
  SYMBOL,
  SYMBOL_FRAGMENT,
  SYMBOL_VERTEX,
} from "./shaders.mjs";
import { scaleAt } from "./sizes.mjs";
import { digitAtlas, symbolAtlas } from "./symbols.mjs";

export const LAYER_ID = "claim-symbols";
const MANY = 500; // sorts written one by one at most
const PART = 65536; // marks packed at once
const SOLID = 0;
const HOLLOW = 1;
const HATCHED = 2;
const STRUCK = new Set(["denied", "retracted"]);
const TENTATIVE = new Set(["assessed", "forecast", "unconfirmed"]);
const EACH = {
  sort: ["sort", Uint32Array, "UNSIGNED_INT"],
  match: ["matches", Uint8Array, "UNSIGNED_BYTE"],
  told: ["told", Int32Array, "INT"],
}; // attributes in buffers of their own, as they change: column, form and type
const TABLES = { sorts: [1, 4], sources: [2, 1], piles: [3, "wide"], rings: [4, 1] }; // texture unit and form

/** MapLibre custom layer. Set `view`, `crowd(...)` and call `map.triggerRepaint()`; `filtered()` after a filter. */
export class SymbolLayer {
  constructor(marks, columns, paths) {
    Object.assign(this, {
      id: LAYER_ID,
      type: "custom",
      renderingMode: "2d",
      paths,
      dirty: new Set(),
      learnt: [],
      at: {},
    });
    this.view = { window: [-Infinity, Infinity], focus: [0, 0, 0, 0], first: 0, worlds: [0] };
    this.theme = { colors: new Float32Array(24), paper: [1, 1, 1], ink: [0, 0, 0] };
    this.values = { rings: new Uint8Array(1), piles: new Uint32Array(1) };
    this.badges = this.rings = { data: new ArrayBuffer(0), count: 0 };
    this.stock(marks, columns);
  }

  /** Take up other marks: more have come. */
  stock(marks, columns) {
    Object.assign(this, { marks, columns });
    this.dirty.add("marks");
    this.filtered();
  }

  filtered() {
    const { columns } = this;
    const { modality, layer, flags } = columns.sorts;
    const fills = columns.words.modality.map(m => (STRUCK.has(m) ? HOLLOW : TENTATIVE.has(m) ? HATCHED : SOLID));
    this.values.sources = columns.sourceFail.map(f => (f ? 1 : 0));
    this.values.sorts = new Uint8Array(4 * layer.length);
    layer.forEach((l, t) =>
      this.values.sorts.set([l, fills[modality[t]], flags[t], columns.sortFail[t] ? 1 : 0], 4 * t),
    );
    for (const name of ["sources", "sorts"]) this.dirty.add(name);
  }

  /** The groups of places, by place, that `rings` speaks of from now on. */
  regroup(groupOf) {
    this.values.piles = this.marks.place.map(q => groupOf[q]);
    this.dirty.add("piles");
  }

  /** What is crowded: a flag a group, and the packed rings and badges. */
  crowd(flags, rings, badges) {
    Object.assign(this, { rings, badges });
    this.values.rings = flags;
    for (const name of ["rings", "crowd"]) this.dirty.add(name);
  }

  onAdd(map, gl) {
    Object.assign(this, { map, gl, ground: new Ground(gl), orders: new Map(), order: null, sent: {} });
    this.programs = {
      symbol: program(gl, SYMBOL_VERTEX, SYMBOL_FRAGMENT),
      badge: program(gl, BADGE_VERTEX, BADGE_FRAGMENT),
      ring: program(gl, RING_VERTEX, RING_FRAGMENT),
    };
    this.atlas = texture(gl, symbolAtlas(this.paths, SYMBOL / SPRITE));
    this.digits = texture(gl, digitAtlas());
    this.tables = Object.fromEntries(
      Object.entries(TABLES).map(([name, [unit, form]]) => [name, new Table(gl, unit, form)]),
    );
    this.buffers = Object.fromEntries(
      ["marks", "badges", "rings", ...Object.keys(EACH)].map(name => [name, gl.createBuffer()]),
    );
    const { symbol, badge, ring } = this.programs;
    const { buffers } = this;
    this.arrays = {
      symbol: vertices(gl, symbol.p, buffers.marks, MARK_BYTES, [
        ["a_pos", 2, gl.FLOAT, 0],
        ["a_key", 2, gl.UNSIGNED_INT, 8],
        ["a_slot", 2, gl.BYTE, 16, "norm"],
        ["a_look", 2, gl.UNSIGNED_BYTE, 18],
      ]),
      badge: vertices(gl, badge.p, buffers.badges, BADGE_BYTES, [
        ["a_pos", 2, gl.FLOAT, 0],
        ["a_slot", 2, gl.BYTE, 8, "norm"],
        ["a_cell", 2, gl.FLOAT, 12],
      ]),
      ring: vertices(gl, ring.p, buffers.rings, RING_BYTES, [
        ["a_pos", 2, gl.FLOAT, 0],
        ["a_upto", 4, gl.UNSIGNED_BYTE, 8, "norm"],
        ["a_upto2", 4, gl.UNSIGNED_BYTE, 12, "norm"],
        ["a_cell", 3, gl.FLOAT, 16],
      ]),
    };
    for (const name of ["marks", "crowd", ...Object.keys(TABLES)]) this.dirty.add(name);
  }

  onRemove(map, gl) {
    this.ground.remove();
    for (const table of Object.values(this.tables)) table.remove();
    for (const t of [this.atlas, this.digits]) gl.deleteTexture(t);
    for (const b of Object.values(this.buffers)) gl.deleteBuffer(b);
    this.forget(gl);
    for (const v of Object.values(this.arrays)) gl.deleteVertexArray(v);
    for (const { p } of Object.values(this.programs)) gl.deleteProgram(p);
  }

  /** Symbols grow with zoom: small over a whole country, full size over a town. */
  get scale() {
    return scaleAt(this.map.getZoom());
  }

  upload(gl) {
    const { dirty, buffers } = this;
    const put = (target, name, data, use) => {
      gl.bindBuffer(target, buffers[name]);
      gl.bufferData(target, data, use);
    };
    if (dirty.has("marks")) this.uploadMarks(gl);
    if (this.order !== this.columns.order) this.turn(gl);
    for (const [name, [column]] of Object.entries(EACH))
      if (this.sent[name] !== this.columns[column] || dirty.has(name)) this.uploadEach(gl, name);
    if (!dirty.has("sort")) this.uploadLearnt(gl);
    this.learnt = [];
    if (dirty.has("crowd"))
      for (const name of ["badges", "rings"]) put(gl.ARRAY_BUFFER, name, this[name].data, gl.DYNAMIC_DRAW);
    for (const name of Object.keys(TABLES)) if (dirty.has(name)) this.tables[name].write(this.values[name]);
    dirty.clear();
  }

  uploadMarks(gl) {
    const { marks, columns, buffers } = this;
    const { firstMark } = columns;
    gl.bindBuffer(gl.ARRAY_BUFFER, buffers.marks);
    gl.bufferData(gl.ARRAY_BUFFER, marks.n * MARK_BYTES, gl.STATIC_DRAW);
    for (let a = 0; a < marks.n; a += PART)
      gl.bufferSubData(
        gl.ARRAY_BUFFER,
        a * MARK_BYTES,
        pack(marks, columns, a, Math.min(marks.n, a + PART), lowerBound(firstMark, a + 1) - 1),
      );
    this.claimOf = new Uint32Array(marks.n);
    for (let i = 0, m = 0; m < marks.n; i++) for (; m < firstMark[i + 1]; m++) this.claimOf[m] = i;
    this.sent = {};
    this.forget(gl);
  }

  forget(gl) {
    for (const { span, elements } of this.orders.values()) for (const b of [span, elements]) gl.deleteBuffer(b);
    this.orders.clear();
    this.order = null;
  }

  /** Draw by the order of the columns; what was uploaded of it is kept, so that the clock turns back at once. */
  turn(gl) {
    const {
      columns: { order, firstMark },
      orders,
      arrays,
    } = this;
    if (!orders.has(order)) {
      const { at, reach, ...packed } = packOrder(order, firstMark, this.claimOf);
      const [span, elements] = [gl.createBuffer(), gl.createBuffer()];
      gl.bindVertexArray(null);
      for (const [target, buffer, data] of [
        [gl.ARRAY_BUFFER, span, packed.span],
        [gl.ELEMENT_ARRAY_BUFFER, elements, packed.order],
      ]) {
        gl.bindBuffer(target, buffer);
        gl.bufferData(target, data, gl.STATIC_DRAW);
      }
      orders.set(order, { at, reach, span, elements });
    }
    const { span, elements } = orders.get(order);
    const location = gl.getAttribLocation(this.programs.symbol.p, "a_span");
    gl.bindVertexArray(arrays.symbol);
    gl.bindBuffer(gl.ARRAY_BUFFER, span);
    gl.enableVertexAttribArray(location);
    gl.vertexAttribIPointer(location, 2, gl.INT, 0, 0);
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, elements);
    gl.bindVertexArray(null);
    this.order = order;
  }

  /** What each claim has of a column, at each of its marks; where there is no column, the default of `drawSymbols`. */
  uploadEach(gl, name) {
    const [column, Form, type] = EACH[name];
    const { claimOf } = this;
    const values = (this.sent[name] = this.columns[column]);
    const at = (this.at[name] = gl.getAttribLocation(this.programs.symbol.p, `a_${name}`));
    gl.bindVertexArray(this.arrays.symbol);
    if (values === null) gl.disableVertexAttribArray(at);
    else {
      const each = new Form(claimOf.length);
      for (let m = 0; m < claimOf.length; m++) each[m] = values[claimOf[m]];
      gl.bindBuffer(gl.ARRAY_BUFFER, this.buffers[name]);
      gl.bufferData(gl.ARRAY_BUFFER, each, gl.DYNAMIC_DRAW);
      gl.enableVertexAttribArray(at);
      gl.vertexAttribIPointer(at, 1, gl[type], 0, 0);
    }
    gl.bindVertexArray(null);
  }

  /** Claims that stand otherwise now: their sort is written over. */
  uploadLearnt(gl) {
    const {
      learnt,
      columns: { firstMark, sort },
    } = this;
    if (!learnt.length) return;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffers.sort);
    for (const i of learnt)
      for (let m = firstMark[i]; m < firstMark[i + 1]; m++)
        gl.bufferSubData(gl.ARRAY_BUFFER, 4 * m, Uint32Array.of(sort[i]));
  }

  /** These claims stand otherwise now; null for all. */
  learn(claims) {
    if (claims === null || claims.length + this.learnt.length > MANY) this.dirty.add("sort");
    else this.learnt.push(...claims);
  }

  render(gl, args) {
    this.camera = Float64Array.from(args.defaultProjectionData.mainMatrix);
    this.ground.keep();
    this.paint(gl);
  }

  /**
   * Draw the window in this frame: over what lies there where that is known and still holds, else with the whole map.
   */
  step(map, holds) {
    const { ground, gl } = this;
    if (holds && ground?.lay()) {
      this.paint(gl);
      map.painter.context.setDirty();
      return;
    }
    if (ground) ground.wanted = true;
    map.redraw();
  }

  paint(gl) {
    if (!this.marks.n) return;
    this.upload(gl);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.disable(gl.DEPTH_TEST);
    gl.disable(gl.STENCIL_TEST);
    for (const world of this.view.worlds) {
      const matrix = this.matrix(this.camera, world);
      this.drawSymbols(gl, matrix);
      for (const [name, { count }] of [
        ["badge", this.badges],
        ["ring", this.rings],
      ]) {
        if (!count) continue;
        this.use(gl, name, this.digits, matrix);
        gl.uniform1f(this.programs[name].u.u_ratio ?? null, devicePixelRatio);
        gl.drawArrays(gl.POINTS, 0, count);
      }
    }
    gl.bindVertexArray(null);
    gl.activeTexture(gl.TEXTURE0);
  }

  /** The marks that may be in the window: a range of the order, and before it those that last far. */
  drawSymbols(gl, matrix) {
    const {
      window: [from, to],
      focus,
      first,
    } = this.view;
    const { columns } = this;
    const { u } = this.programs.symbol;
    const { natural, far, opens } = columns.order;
    const { at, reach } = this.orders.get(columns.order);
    const [near, last] = columns.near(from, to);
    const all = near <= opens;
    const [early, late] = columns.lean;
    for (const name of Object.keys(TABLES)) this.tables[name].bind();
    this.use(gl, "symbol", this.atlas, matrix);
    for (const [name, [unit]] of Object.entries(TABLES)) gl.uniform1i(u[`u_${name}`], unit);
    for (const [name, a, b] of [
      ["u_window", from, to],
      ["u_dated", from + early, to + late],
    ])
      gl.uniform2i(u[name], Math.max(a, -2147483647), Math.min(b, 2147483647));
    gl.uniform4ui(u.u_focus, ...focus);
    gl.uniform1f(u.u_first, first);
    gl.vertexAttribI4ui(this.at.match, 1, 0, 0, 0);
    gl.vertexAttribI4i(this.at.told, -2147483648, 0, 0, 0);
    gl.uniform1i(u.u_now, columns.told ? columns.now : 2147483647);
    gl.uniform1i(u.u_near, 0);
    if (!all) {
      gl.drawElements(gl.POINTS, reach[lowerBound(far, last)], gl.UNSIGNED_INT, 0);
      gl.uniform1i(u.u_near, 1);
    }
    const begin = all ? 0 : at[near];
    if (natural) gl.drawArrays(gl.POINTS, begin, at[last] - begin);
    else gl.drawElements(gl.POINTS, at[last] - begin, gl.UNSIGNED_INT, 4 * (reach.at(-1) + begin));
  }

  use(gl, name, tex, matrix) {
    const { p, u } = this.programs[name];
    gl.useProgram(p);
    gl.bindVertexArray(this.arrays[name]);
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, tex);
    gl.uniformMatrix4fv(u.u_matrix, false, matrix);
    gl.uniform2f(u.u_viewport, gl.drawingBufferWidth, gl.drawingBufferHeight);
    gl.uniform1f(u.u_scale, devicePixelRatio * this.scale);
    gl.uniform3fv(u.u_paper, this.theme.paper);
    gl.uniform3fv(u.u_ink, this.theme.ink);
    gl.uniform1i(u.u_atlas, 0);
    if (u.u_color) gl.uniform3fv(u.u_color, this.theme.colors);
  }

  /** The map's matrix moved to the marks' origin in float64, so that float32 positions stay exact at high zoom. */
  matrix(m, world) {
    const [x, y] = this.marks.origin;
    const out = new Float32Array(m);
    for (let r = 0; r < 4; r++) out[12 + r] = m[r] * (x + world) + m[4 + r] * y + m[12 + r];
    return out;
  }
}
