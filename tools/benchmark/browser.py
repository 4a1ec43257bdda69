"""What a browser sees: when things first stand in a page, how many bytes came, how long a hand's act takes and costs."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, Final

from playwright.sync_api import Browser, CDPSession, Page, Request

FLAGS: Final = (
    "--no-sandbox",
    "--disable-background-networking",
    # drawn by the CPU, so that a machine without a GPU can measure
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-gpu-compositing",  # only the map is drawn that way, and a frame costs a third of the time
)
SIZE: Final = {"width": 1280, "height": 800}
GAUGE: Final = Path(__file__).with_name("gauge.js")
PATIENCE_MS: Final = 120_000
PAUSE_MS: Final = 400
"""Longer than the page waits for the hand to rest."""
QUIET_MS: Final = 12
PAUSES: Final = 2
MOST_PAUSES: Final = 20
HOVER_MS: Final = 400
"""What has not answered a movement of the mouse by then does not answer it."""
APART: Final = 48
"""Pixels between two places that are pointed at."""


@dataclass(frozen=True, slots=True)
class Acts:
    """Medians over one act done several times, in milliseconds."""

    wait: float
    """From the act to the drawn frame that shows it."""
    work: float
    """Processor time of the main thread for one, beyond that of idle frames."""


class Loaded:
    """A page opened with a cold cache in a context of its own."""

    def __init__(self, page: Page, cdp: CDPSession) -> None:
        self.page, self._cdp = page, cdp
        self._asked = 0
        self.answered: list[Request] = []
        self.ends: list[float] = []
        """When each of ``answered`` was there, by the clock ``time.monotonic``."""
        for event, more in (("request", 1), ("requestfinished", -1), ("requestfailed", -1)):
            page.on(event, partial(self._count, more))
        page.on("requestfinished", self._keep)

    def _count(self, more: int, _request: Request) -> None:
        self._asked += more

    def _keep(self, request: Request) -> None:
        self.answered.append(request)
        self.ends.append(time.monotonic())

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

    def bytes(self, since: int = 0) -> int:
        """Bytes of the bodies that have come since so many answers were there."""
        sent = [request for request in self.answered[since:] if request.url.startswith("http")]
        return sum(request.sizes()["responseBodySize"] for request in sent)

    def prepare(self, kind: str, windows: Sequence[Sequence[int]]) -> None:
        """Give the page's own data to what is measured, and open the first window."""
        self.page.evaluate("([kind, windows]) => gauge.prepare(kind, windows)", [kind, windows])
        self.rest()

    def acts(self, kind: str, act: str, given: Sequence[Any], budget_ms: float) -> Acts:
        """Do an act once for each of ``given``, as far as the budget goes."""
        start = self.worked()
        self.page.evaluate("n => gauge.idle(n)", len(given))
        idle = (self.worked() - start) / len(given)
        start = self.worked()
        took = self.page.evaluate(
            "([kind, act, given, budget]) => gauge.repeat(kind, act, given, budget)", [kind, act, given, budget_ms]
        )
        return Acts(median(took), (self.worked() - start) / len(took) - idle)

    def hovers(self, kind: str, places: Sequence[Sequence[float]], n: int) -> Acts | None:
        """Point at some of these places; None if none of them answers."""
        points = self.page.evaluate("([places, apart]) => gauge.points(places, apart)", [places, APART])[:n]
        self.page.evaluate("kind => gauge.watchHover(kind)", kind)
        self.rest()
        took, start = [], self.worked()
        for x, y in points:
            self.page.mouse.move(x, y)
            took.append(self.page.evaluate("patience => gauge.answered(patience)", HOVER_MS))
        work = (self.worked() - start) / max(1, len(points))
        hits = [t for t in took if t is not None]
        return Acts(median(hits), work) if hits else None

    def undraw(self) -> None:
        """From now on draw calls do nothing."""
        self.page.evaluate("() => gauge.undraw()")

    def rest(self) -> float:
        """Wait until the main thread has next to nothing to do and no answer is awaited; its milliseconds until then."""
        start = before = self.worked()
        quiet = 0
        for _ in range(MOST_PAUSES):
            self.page.wait_for_timeout(PAUSE_MS)
            now = self.worked()
            quiet = quiet + 1 if now - before < QUIET_MS and self._asked <= 0 else 0
            before = now
            if quiet == PAUSES:
                break
        return before - start


@contextmanager
def opened(
    browser: Browser, url: str, layer: str = "", *, size: dict[str, int] | None = None, drawn: bool = True
) -> Iterator[Loaded]:
    """Open a page; with ``layer``, wait until a map is drawn that has a layer whose name begins so."""
    context = browser.new_context(viewport=size or SIZE)
    try:
        page = context.new_page()
        cdp = context.new_cdp_session(page)
        cdp.send("Performance.enable", {"timeDomain": "threadTicks"})
        loaded = Loaded(page, cdp)
        _draw(page, url, layer, drawn)
        yield loaded
    finally:
        context.close()


def _draw(page: Page, url: str, layer: str, drawn: bool) -> None:
    page.set_default_timeout(PATIENCE_MS)
    page.add_init_script(path=GAUGE)
    if not drawn:
        page.add_init_script("gauge.undraw()")
    if layer:
        page.add_init_script(f"gauge.watch({json.dumps(layer)})")
    page.goto(url, wait_until="commit" if layer else "load")
    if layer:
        page.locator("html[data-seen=all]").wait_for(state="attached")
