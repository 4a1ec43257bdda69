// Given to every page that is measured: when its map stands, the acts of a hand on it, and how long each takes to be seen.
(() => {
  const pixel = new Uint8Array(4);
  const graph = () => document.querySelector(".js-plotly-plot");
  const plotlyMap = () => graph()?._fullLayout?.map?._subplot?.map;
  let drawing = true;
  const finish = gl => { if (drawing) gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel); };   // waits until everything is drawn
  const GL = WebGL2RenderingContext.prototype, { drawArrays } = GL;
  let draws = 0;   // calls that drew something, the claims always among them
  GL.drawArrays = function (mode, first, count) { draws++; drawArrays.call(this, mode, first, count); };
  const turn = () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done())));

  /** Once the map has drawn a frame with nothing left to load. */
  const frame = map => new Promise(done => {
    const look = () => {
      if (!map.loaded()) return;
      map.off("render", look);
      finish(map.getCanvas().getContext("webgl2"));
      done();
    };
    map.on("render", look);
    map.triggerRepaint();
  });

  /** Once the page has drawn on its map by itself since so many calls, and nothing is left to load. */
  const painted = before => new Promise(done => {
    const look = () => {
      if (draws === before || !plotlyMap().loaded()) { requestAnimationFrame(look); return; }
      finish(plotlyMap().getCanvas().getContext("webgl2"));
      done();
    };
    look();
  });

  const lowerBound = (a, x) => {
    let lo = 0, hi = a.length;
    while (lo < hi) { const mid = (lo + hi) >> 1; if (a[mid] < x) lo = mid + 1; else hi = mid; }
    return lo;
  };

  /** The store's marks as the yardsticks hold them: sorted by time, in typed arrays. */
  async function rows() {
    const buffer = await (await fetch("/rows")).arrayBuffer(), n = buffer.byteLength / 13;
    return { n, lon: new Float32Array(buffer, 0, n), lat: new Float32Array(buffer, 4 * n, n), t: new Int32Array(buffer, 8 * n, n), layer: new Uint8Array(buffer, 12 * n, n) };
  }

  /** Which layers are on: each act takes one in or out, and none chosen means all, as in our filters. */
  class Chosen {
    on = new Set();
    toggle(layer) { this.on.delete(layer) || this.on.add(layer); return this; }
    has(layer) { return !this.on.size || this.on.has(layer); }
  }

  /** Longitudes and latitudes in the window: a view of the arrays, or a copy of the chosen ones. */
  function within({ lon, lat, t, layer }, [from, to], chosen) {
    const a = lowerBound(t, from), b = lowerBound(t, to);
    if (!chosen?.on.size) return { lon: lon.subarray(a, b), lat: lat.subarray(a, b) };
    const kept = [];
    for (let i = a; i < b; i++) if (chosen.has(layer[i])) kept.push(i);
    return { lon: Float32Array.from(kept, i => lon[i]), lat: Float32Array.from(kept, i => lat[i]) };
  }

  const ours = {
    async prepare([window0]) { this.step(window0); this.boxes = document.querySelectorAll(".facet-layer input"); },
    step([from, to]) {
      const { state } = window.conflictMap;
      if (state.value.from === from && state.value.to === to) plotlyMap().triggerRepaint();   // it stands there already
      state.set({ from, to });
    },
    filter(k) { this.boxes[k % this.boxes.length].click(); },
    lens(word) { const { state } = window.conflictMap, { lens } = state.value; state.set({ lens: { ...lens, standing: word ? [word] : [] } }); },
    clock() { document.querySelector(".clocks [id^=clock-][aria-pressed=false]").click(); },
    know(known) { window.conflictMap.state.set({ known }); },
    drawn: before => painted(before),
    hovered(seen) { new MutationObserver(seen).observe(document.querySelector("#tip"), { attributes: true, childList: true, subtree: true, characterData: true }); },
  };

  const plotly = {
    drawn: () => frame(plotlyMap()),
    hovered(seen) { graph().on("plotly_hover", seen); },
  };

  const restyle = {
    ...plotly,
    async prepare([window0]) { Object.assign(this, { rows: await rows(), window: window0, chosen: new Chosen() }); await this.step(window0); },
    async step(window) { const { lon, lat } = within(this.rows, this.window = window, this.chosen); await Plotly.restyle(graph(), { lon: [lon], lat: [lat] }, [0]); },
    filter(layer) { this.chosen.toggle(layer); return this.step(this.window); },
  };

  const callback = {
    ...plotly,
    async prepare([window0]) { Object.assign(this, { window: window0, chosen: new Chosen() }); await this.step(window0); },
    step(window) {
      const answered = new Promise(done => graph().once("plotly_afterplot", () => done()));
      globalThis.dash_clientside.set_props("ask", { data: { window: this.window = window, layers: [...this.chosen.on] } });
      return answered;
    },
    filter(layer) { this.chosen.toggle(layer); return this.step(this.window); },
  };

  /** Only the frames that are then shown are made, where `animation_frame` puts one for every step into the page. */
  const frames = {
    ...plotly,
    async prepare(windows) {
      const held = await rows();
      this.names = new Map(windows.map((w, k) => [String(w), String(k)]));
      await Plotly.addFrames(graph(), windows.map((w, k) => { const { lon, lat } = within(held, w); return { name: String(k), data: [{ type: "scattermap", lon: Array.from(lon), lat: Array.from(lat) }] }; }));
    },
    step(window) { return Plotly.animate(graph(), [this.names.get(String(window))], { mode: "immediate", frame: { duration: 0, redraw: true }, transition: { duration: 0 } }); },
  };

  const deck = {
    async prepare([window0]) { this.page = await window.deckPage(await rows(), new Chosen(), finish); await this.page.step(window0); await this.drawn(); },
    step(window) { this.page.step(window); },
    filter(layer) { this.page.filter(layer); },
    drawn() { return this.page.drawn(); },
    hovered(seen) { this.page.hovered = seen; },
  };

  const kinds = { ours, restyle, callback, frames, deck };
  const hover = { since: 0, done: null };

  window.gauge = {
    map: () => plotlyMap() ?? window.deckMap,
    prepare: (kind, windows) => kinds[kind].prepare(windows),

    /** Do `act` with one argument after the other for at most `budget` ms; how long each took to stand in a drawn frame. */
    async repeat(kind, act, given, budget) {
      const took = [], end = performance.now() + budget;
      for (const one of given) {
        const since = performance.now(), before = draws;
        await kinds[kind][act](one);
        await kinds[kind].drawn(before);
        took.push(performance.now() - since);
        await turn();
        if (performance.now() > end) break;
      }
      return took;
    },

    /** Bytes of the arrays that our page holds, each buffer once; maps and elements are not ours. */
    held() {
      const seen = new Set(), buffers = new Set();
      const walk = value => {
        if (value === null || typeof value !== "object" || seen.has(value)) return;
        seen.add(value);
        if (ArrayBuffer.isView(value)) buffers.add(value.buffer);
        else if (!(value instanceof Node || value instanceof WebGL2RenderingContext || value.getCanvas)) for (const part of value instanceof Map ? value.values() : Object.values(value)) walk(part);
      };
      walk(window.conflictMap.page);
      return [...buffers].reduce((sum, { byteLength }) => sum + byteLength, 0);
    },

    async idle(n) { for (let k = 0; k < n; k++) await turn(); },

    /** Draw calls do nothing from now on: drawing is the GPU's work, and here the processor would do it. */
    undraw() {
      drawing = false;
      for (const name of ["drawElements", "drawRangeElements", "drawArraysInstanced", "drawElementsInstanced", "blitFramebuffer"]) GL[name] = () => {};
      GL.drawArrays = () => { draws++; };
    },

    /** From now on `answered` tells how long the answer to the latest movement of the mouse took. */
    watchHover(kind) {
      addEventListener("mousemove", () => { hover.since = performance.now(); hover.took = null; }, true);
      kinds[kind].hovered(() => { hover.took ??= performance.now() - hover.since; hover.done?.(); });
    },
    answered: patience => new Promise(done => {
      const end = () => { clearTimeout(timer); hover.done = null; done(hover.took); }, timer = setTimeout(end, patience);
      hover.done = end;
      if (hover.took !== null) end();
    }),

    /** Where on the screen these places are, those at the edge left out and no two within `apart` pixels. */
    points(places, apart) {
      const map = this.map(), box = map.getCanvas().getBoundingClientRect(), found = [];
      for (const [lon, lat] of places) {
        const { x, y } = map.project([lon, lat]);
        if (x < 20 || y < 20 || x > box.width - 20 || y > box.height - 20 || found.some(p => Math.hypot(p[0] - x, p[1] - y) < apart)) continue;
        found.push([x, y]);
      }
      return found.map(([x, y]) => [box.x + x, box.y + y]);
    },

    /** Note, frame by frame, since when the list with the timeline and the map with the layer of the claims stand in the page. */
    watch(layer) {
      const seen = window.seen = {}, all = layer.startsWith("plotly") ? ["map"] : ["list", "map"];
      const signs = {
        list: () => document.querySelector(".claim-line") && document.documentElement.dataset.ready && document.querySelector("canvas.bars")?.width !== 300,
        map: () => plotlyMap()?.loaded() && plotlyMap().getLayersOrder().some(id => id.startsWith(layer)),
      };
      const look = () => {
        for (const name of all) if (!(name in seen) && signs[name]()) seen[name] = performance.now();
        if (all.every(name => name in seen)) document.documentElement.dataset.seen = "all"; else requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    },
  };
})();
