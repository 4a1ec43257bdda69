// A few lines of WebGL2 that every layer needs.
import { TABLE_WIDTH } from "./shaders.mjs";

export function program(gl, vertex, fragment) {
  const p = gl.createProgram();
  for (const [type, source] of [
    [gl.VERTEX_SHADER, vertex],
    [gl.FRAGMENT_SHADER, fragment],
  ]) {
    const shader = gl.createShader(type);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS) && !gl.isContextLost())
      throw new Error(gl.getShaderInfoLog(shader));
    gl.attachShader(p, shader);
  }
  gl.linkProgram(p);
  if (!gl.getProgramParameter(p, gl.LINK_STATUS) && !gl.isContextLost()) throw new Error(gl.getProgramInfoLog(p));
  const u = {};
  for (let i = 0; i < gl.getProgramParameter(p, gl.ACTIVE_UNIFORMS); i++) {
    const name = gl.getActiveUniform(p, i).name;
    u[name.replace("[0]", "")] = gl.getUniformLocation(p, name);
  }
  return { p, u };
}

/** A picture to sample from, with mipmaps. */
export function texture(gl, canvas) {
  const t = gl.createTexture();
  gl.bindTexture(gl.TEXTURE_2D, t);
  gl.pixelStorei(gl.UNPACK_FLIP_Y_WEBGL, false);
  gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, false);
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, canvas);
  gl.generateMipmap(gl.TEXTURE_2D);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR_MIPMAP_LINEAR);
  return t;
}

/**
 * A vertex array over one buffer: `layout` = [name, size, type, offset] a attribute, types of integers kept as
 * integers, "norm" scaled.
 */
export function vertices(gl, p, buffer, stride, layout) {
  const vao = gl.createVertexArray();
  gl.bindVertexArray(vao);
  gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
  for (const [name, size, type, offset, how] of layout) {
    const at = gl.getAttribLocation(p, name);
    gl.enableVertexAttribArray(at);
    if (type === gl.FLOAT || how === "norm") gl.vertexAttribPointer(at, size, type, how === "norm", stride, offset);
    else gl.vertexAttribIPointer(at, size, type, stride, offset);
  }
  gl.bindVertexArray(null);
  return vao;
}

const FORMS = {
  1: ["R8UI", "RED_INTEGER", "UNSIGNED_BYTE", Uint8Array],
  4: ["RGBA8UI", "RGBA_INTEGER", "UNSIGNED_BYTE", Uint8Array],
  wide: ["R32UI", "RED_INTEGER", "UNSIGNED_INT", Uint32Array],
};

/** Integers for a shader to look up by number: `form` = 1 or 4 bytes an entry, or "wide" for one uint32. */
export class Table {
  constructor(gl, unit, form) {
    Object.assign(this, {
      gl,
      unit,
      form: FORMS[form],
      width: form === 4 ? 4 : 1,
      texture: gl.createTexture(),
      rows: 0,
    });
  }

  write(values) {
    const {
      gl,
      form: [inside, format, type, Whole],
      width,
    } = this;
    const row = TABLE_WIDTH * width;
    const rows = Math.max(1, Math.ceil(values.length / row));
    const whole = new Whole(rows * row);
    whole.set(values);
    this.bind();
    for (const [name, value] of [
      [gl.UNPACK_ALIGNMENT, 1],
      [gl.UNPACK_FLIP_Y_WEBGL, false],
      [gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, false],
    ])
      gl.pixelStorei(name, value);
    if (rows === this.rows) gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, TABLE_WIDTH, rows, gl[format], gl[type], whole);
    else gl.texImage2D(gl.TEXTURE_2D, 0, gl[inside], TABLE_WIDTH, rows, 0, gl[format], gl[type], whole);
    for (const name of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER])
      gl.texParameteri(gl.TEXTURE_2D, name, gl.NEAREST);
    this.rows = rows;
  }

  bind() {
    this.gl.activeTexture(this.gl.TEXTURE0 + this.unit);
    this.gl.bindTexture(this.gl.TEXTURE_2D, this.texture);
  }

  remove() {
    this.gl.deleteTexture(this.texture);
  }
}
