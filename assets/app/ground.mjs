// What lies under the symbols, kept as a picture while nothing but time moves: a step then draws the symbols alone,
// where MapLibre would draw every layer of the basemap anew.
export class Ground {
  constructor(gl) {
    const { antialias } = gl.getContextAttributes() ?? {};
    Object.assign(this, {
      gl,
      able: antialias === false,
      frame: gl.createFramebuffer(),
      sheet: gl.createRenderbuffer(),
      size: "",
      wanted: false,
      kept: false,
    });
  }

  get now() {
    const { drawingBufferWidth: w, drawingBufferHeight: h } = this.gl;
    return `${w} ${h}`;
  }

  /** The map is being drawn and everything but the symbols stands: keep that if it was asked for. */
  keep() {
    const { gl, now } = this;
    this.kept = this.wanted && this.able;
    this.wanted = false;
    if (!this.kept) return;
    gl.bindFramebuffer(gl.DRAW_FRAMEBUFFER, this.frame);
    if (this.size !== now) {
      gl.bindRenderbuffer(gl.RENDERBUFFER, this.sheet);
      gl.renderbufferStorage(gl.RENDERBUFFER, gl.RGBA8, gl.drawingBufferWidth, gl.drawingBufferHeight);
      gl.framebufferRenderbuffer(gl.DRAW_FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.RENDERBUFFER, this.sheet);
      this.size = now;
    }
    this.copy(null, this.frame);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
  }

  /** Put what was kept onto the screen, ready to be drawn on; false if that is not what lies there now. */
  lay() {
    const { gl } = this;
    if (!this.kept || this.size !== this.now || gl.isContextLost()) return false;
    for (const test of [gl.SCISSOR_TEST, gl.CULL_FACE]) gl.disable(test);
    gl.colorMask(true, true, true, true);
    gl.blendEquation(gl.FUNC_ADD);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    // a frame begins: a browser clears what was shown at the first call that draws, and does not count a copy as one
    gl.clear(gl.COLOR_BUFFER_BIT);
    this.copy(this.frame, null);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    gl.viewport(0, 0, gl.drawingBufferWidth, gl.drawingBufferHeight);
    return true;
  }

  copy(from, to) {
    const { gl } = this;
    const box = [0, 0, gl.drawingBufferWidth, gl.drawingBufferHeight];
    gl.bindFramebuffer(gl.READ_FRAMEBUFFER, from);
    gl.bindFramebuffer(gl.DRAW_FRAMEBUFFER, to);
    gl.disable(gl.SCISSOR_TEST);
    gl.blitFramebuffer(...box, ...box, gl.COLOR_BUFFER_BIT, gl.NEAREST);
  }

  remove() {
    this.gl.deleteFramebuffer(this.frame);
    this.gl.deleteRenderbuffer(this.sheet);
  }
}
