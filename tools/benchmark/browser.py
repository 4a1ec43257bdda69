"""What a browser sees: when things first stand in a page, how many bytes came, how long the main thread worked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from playwright.sync_api import Browser, CDPSession, Page, Request

VIEW: Final[dict[str, Any]] = {"viewport": {"width": 1280, "height": 800}}
PATIENCE_MS: Final = 60_000
PAUSE_MS: Final = 400
"""Longer than the page waits for the hand to rest."""
QUIET_MS: Final = 12
PAUSES: Final = 2
MOST_PAUSES: Final = 20

WATCH: Final = """layer => {
  const seen = window.seen = {};
  const map = () => document.querySelector(".js-plotly-plot")?._fullLayout?.map?._subplot?.map;
  const signs = {
    list: () => document.querySelector(".claim-line") && document.documentElement.dataset.ready && document.querySelector("canvas.bars")?.width !== 300,
    map: () => map()?.loaded() && map().getLayersOrder().some(id => id.startsWith(layer)),
  };
  const look = () => {
    for (const [name, sign] of Object.entries(signs)) if (!(name in seen) && sign()) seen[name] = performance.now();
    if (!("map" in seen)) { requestAnimationFrame(look); return; }
    if (layer.startsWith("plotly") || "list" in seen) document.documentElement.dataset.seen = "all"; else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""
"""Notes, frame by frame, since when list with timeline and map with symbols stand in the page."""

FRAME: Final = "const frame = () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));"


UNDRAWN: Final = """() => {
  for (const name of ["drawArrays", "drawElements"]) WebGL2RenderingContext.prototype[name] = () => {};
}"""
"""Leave the drawing out: it is the GPU's work, and where the processor does it a frame takes a fifth of a second."""


@dataclass(frozen=True, slots=True)
class Act:
    """Something a user does ``n`` times in a row, a frame apart: JavaScript functions of the page."""

    prepare: str
    """``async () => state``"""
    once: str
    """``(state, k) => void``"""


@dataclass(frozen=True, slots=True)
class Cost:
    """Milliseconds of main thread beyond those of idle frames: for one act of several; and all told after the last."""

    each: float
    after: float


def press(key: str) -> str:
    """A key press, as JavaScript."""
    return f'document.body.dispatchEvent(new KeyboardEvent("keydown", {{ key: "{key}", bubbles: true }}))'


OURS: Final = {
    "step": Act(
        f"""async () => {{ const {{ state, page }} = window.conflictMap, from = page.columns.header.extent[0];
          state.set({{ from, to: from + 7 * 1440 }}); {FRAME} await frame(); }}""",
        f"() => {press('ArrowRight')}",
    ),
    "filter": Act(
        """async () => document.querySelectorAll(".facet-layer input")""",
        "(boxes, k) => boxes[k % boxes.length].click()",
    ),
}
PLAIN: Final = {
    name: Act(
        """async () => { const gd = document.querySelector(".js-plotly-plot"), { lon, lat, text, customdata } = gd._fullData[0];
          const first = Math.min(...customdata.map(c => c[1] ?? c[2]).filter(Boolean)), layers = [...new Set(customdata.map(c => c[0]))];
          return { gd, lon: Array.from(lon), lat: Array.from(lat), text, customdata, first, layers }; }""",
        f"""({{ gd, lon, lat, text, customdata, first, layers }}, k) => {{ const kept = customdata.flatMap((c, i) => ({test}) ? [i] : []);
          Plotly.restyle(gd, {{ lon: [kept.map(i => lon[i])], lat: [kept.map(i => lat[i])], text: [kept.map(i => text[i])] }}, [0]); }}""",
    )
    for name, test in {
        "step": "(c[1] ?? -Infinity) < first + (k + 7) * 864e5 && (c[2] ?? Infinity) > first + k * 864e5",
        "filter": "c[0] === layers[k % layers.length]",
    }.items()
}
"""How one would do the same with Plotly alone: keep the rows in the page and restyle the trace."""

POINTS: Final = """n => {
  const map = document.querySelector(".js-plotly-plot")._fullLayout.map._subplot.map, box = map.getCanvas().getBoundingClientRect();
  const { lon, lat } = window.conflictMap?.page.map.marks ?? window.acting, points = [];
  for (let m = 0, step = Math.max(1, Math.floor(lon.length / (4 * n))); m < lon.length && points.length < n; m += step) {
    const { x, y } = map.project([lon[m], lat[m]]);
    if (x > 20 && y > 20 && x < box.width - 20 && y < box.height - 20) points.push([box.x + x, box.y + y]);
  }
  return points;
}"""
"""Where in the window up to ``n`` marks stand."""


class Loaded:
    """A page opened with a cold cache in a context of its own."""

    def __init__(self, page: Page, cdp: CDPSession) -> None:
        self.page, self._cdp = page, cdp
        self._asked = 0
        for event, more in (("request", 1), ("requestfinished", -1), ("requestfailed", -1)):
            page.on(event, partial(self._count, more))

    def _count(self, more: int, _request: Request) -> None:
        self._asked += more

    def times(self) -> dict[str, float]:
        """Milliseconds from the first byte to ``list`` (not on the plain page) and ``map``; ``work`` on the main thread."""
        first, seen = self.page.evaluate(
            "() => [performance.getEntriesByType('navigation')[0].responseStart, window.seen]"
        )
        return {name: at - first for name, at in seen.items()} | {"work": self.worked()}

    def worked(self) -> float:
        """Milliseconds of processor time that the main thread has spent in tasks since the page began."""
        metrics = self._cdp.send("Performance.getMetrics")["metrics"]
        return 1000 * next(float(m["value"]) for m in metrics if m["name"] == "TaskDuration")

    def cost(self, act: Act, n: int) -> Cost:
        """What one ``act`` takes while the hand moves, and what follows once it rests after ``n`` of them."""
        self.page.evaluate(f"async () => {{ window.acting = await ({act.prepare})(); }}")
        self.rest()
        start = self.worked()
        self.page.evaluate(_repeated("() => {}"), n)
        idle = self.worked() - start
        self.page.evaluate(_repeated(act.once), n)
        moved = self.worked()
        self.rest()
        return Cost((moved - start - 2 * idle) / n, self.worked() - moved)

    def undraw(self) -> None:
        """From now on the map's draw calls do nothing."""
        self.page.evaluate(UNDRAWN)

    def rest(self) -> None:
        """Wait until the main thread has next to nothing to do and no answer is awaited."""
        before, quiet = self.worked(), 0
        for _ in range(MOST_PAUSES):
            self.page.wait_for_timeout(PAUSE_MS)
            now = self.worked()
            quiet = quiet + 1 if now - before < QUIET_MS and self._asked <= 0 else 0
            if quiet == PAUSES:
                return
            before = now

    def hover_cost(self, n: int) -> float:
        """Milliseconds of main thread that pointing at one more mark takes."""
        points = self.page.evaluate(POINTS, n)

        self.rest()
        start = self.worked()
        for x, y in points:
            self.page.mouse.move(x, y)
        return (self.worked() - start) / len(points)


def _repeated(once: str) -> str:
    return f"async n => {{ {FRAME} for (let k = 0; k < n; k++) {{ ({once})(window.acting, k); await frame(); }} }}"


@contextmanager
def opened(browser: Browser, url: str, layer: str) -> Iterator[Loaded]:
    """Open a page and wait until its first map is drawn; ``layer`` begins the name of the layer with the claims."""
    context = browser.new_context(**VIEW)
    try:
        page = context.new_page()
        cdp = context.new_cdp_session(page)
        cdp.send("Performance.enable", {"timeDomain": "threadTicks"})
        _draw(page, url, layer)
        yield Loaded(page, cdp)
    finally:
        context.close()


def weighed(browser: Browser, url: str, layer: str, *, packed: bool) -> int:
    """Bytes of bodies that come before the first map: as the server packs them for this browser, or unpacked."""
    headers = {} if packed else {"Accept-Encoding": "identity"}
    context = browser.new_context(**VIEW, extra_http_headers=headers)
    came: list[Request] = []
    context.on("requestfinished", lambda request: came.append(request))  # noqa: PLW0108  # playwright marks the handler
    _draw(context.new_page(), url, layer)
    total = sum(request.sizes()["responseBodySize"] for request in list(came) if request.url.startswith(url))
    context.close()
    return total


def _draw(page: Page, url: str, layer: str) -> None:
    page.set_default_timeout(PATIENCE_MS)
    page.add_init_script(f"({WATCH})({layer!r})")
    page.goto(url, wait_until="commit")
    page.locator("html[data-seen=all]").wait_for(state="attached")
