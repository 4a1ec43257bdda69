"""What a step of time, a filter and a hover cost with many claims, beside other ways to do the same in a browser.

A step moves a window of a twentieth of the time by a sixtieth; a filter takes one layer in or out; a hover points at
another place; a lens asks how claims stand among the others; the clock is turned between happened and said; a step of
knowledge is as long as one of time. Nothing else in a browser does the last three. Latency runs from the act to the
drawn frame that shows it: once as drawn here, where the processor does the GPU's work and a pixel is read back, and once
with draw calls that do nothing. The main thread is measured without drawing, for all but hovers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser

from tools.benchmark import servers
from tools.benchmark.browser import SIZE, Acts, Loaded, opened
from tools.benchmark.report import Aim, Row
from tools.benchmark.yardsticks import Rows

STEP, FILTER, HOVER = "A step of time", "A filter changed", "A hover"
LENS, CLOCK, KNOW = "A lens changed", "The clock turned", "A step of knowledge"
HELD: Final = "Held by the page"
OURS: Final = "ours"
NAMES: Final = {
    "ours": OURS, "deck": "deck.gl", "restyle": "Plotly.restyle", "callback": "Dash callback", "frames": "Plotly frames",
}  # fmt: skip
MOST: Final = {"frames": 100_000}
"""Marks up to which a yardstick is measured: frames would be hundreds of megabytes in the page."""
THREAD, WAIT, DRAWN = "main thread", "to the frame, not drawn", "to the frame, drawn in software"
AIMS: Final = {
    (STEP, THREAD): (Aim(4.0),),
    (STEP, WAIT): (Aim(0.6, "deck.gl"), Aim(0.01, "Plotly.restyle")),
    (STEP, DRAWN): (Aim(0.6, "deck.gl"), Aim(0.01, "Plotly.restyle")),
    (FILTER, THREAD): (Aim(50.0),),
    (LENS, THREAD): (Aim(50.0),),
    (CLOCK, THREAD): (Aim(50.0),),
    (KNOW, THREAD): (Aim(4.0),),
}
WINDOW, STRIDE = 20, 60
LAYERS: Final = 8
STANDINGS: Final = ("contradicted", "denied", "retracted", "corroborated")
HOVERED: Final = 2_000
"""Marks of the first window among which to look for places to point at."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How often, and how long at most, each act is done."""

    acts: int = 12
    hovers: int = 6
    budget_ms: float = 4_000
    drawn: bool = True
    """Measure with drawing in software too."""
    kinds: tuple[str, ...] = ("deck", "restyle", "callback", "frames")
    """What ours is measured beside; deck.gl only where it could be fetched."""


def moving(browser: Browser, store: Path, size: int, effort: Effort, deck: Path | None) -> Iterator[Row]:
    """All rows of one size."""
    found: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
    with servers.yardsticks(store, deck or store) as others, servers.ours(store) as server:
        rows = Rows.read(others.get("/rows"))
        hand = Hand(rows, effort)
        with opened(browser, server.url, "claim-symbols", drawn=effort.drawn) as page:
            page.rest()
            frame = page.page.locator("#map").bounding_box() or SIZE
            held = page.page.evaluate("() => gauge.held()") / 1e6
            after = hand.measure(page, "ours", found)
        view = {name: int(frame[name]) for name in ("width", "height")}
        for kind in effort.kinds:
            if (kind == "deck" and not deck) or len(rows.t) > MOST.get(kind, len(rows.t)) * 1.2:
                continue
            path, layer = ("deck", "") if kind == "deck" else ("", "plotly-trace")
            with opened(browser, others.url + path, layer, size=view, drawn=effort.drawn) as page:
                hand.measure(page, kind, found)
    for (act, what), values in found.items():
        yield Row(act, what, "ms", values, AIMS.get((act, what), ()) if size >= 1_000_000 else (), size)
    yield Row(STEP, "main thread once the hand rests: the list", "ms", {OURS: after}, (), size)
    yield Row(HELD, "arrays", "MB", {OURS: held}, (Aim(64.0),), size)


class Hand:
    """What is done on every page alike."""

    def __init__(self, rows: Rows, effort: Effort) -> None:
        first, last = int(rows.t[0]), int(rows.t[-1]) + 1
        length, stride = (last - first) // WINDOW, (last - first) // STRIDE
        begin = first + (last - first) // 4
        self.windows = [[begin + k * stride, begin + k * stride + length] for k in range(effort.acts + 1)]
        shown = rows.within(self.windows[0], [])
        some = shown[:: max(1, len(shown) // HOVERED)]
        self.places = [[float(rows.lon[i]), float(rows.lat[i])] for i in some]
        self.layers = [k % LAYERS for k in range(effort.acts)]
        self.lenses = [STANDINGS[k % len(STANDINGS)] for k in range(effort.acts)]
        self.known = [end for _, end in self.windows]
        self.effort = effort

    def measure(self, page: Loaded, kind: str, found: dict[tuple[str, str], dict[str, float]]) -> float:
        """Put into ``found`` what one page costs; the main thread's milliseconds once the hand rests."""
        effort, name = self.effort, NAMES[kind]
        page.prepare(kind, self.windows)
        if effort.drawn:
            self._drawn(page, kind, found)
        page.undraw()
        page.rest()
        self._keep(found, STEP, name, page.acts(kind, "step", self.windows[::-1], effort.budget_ms), WAIT, THREAD)
        after = page.rest()
        if kind != "frames":
            self._keep(found, FILTER, name, page.acts(kind, "filter", self.layers, effort.budget_ms), WAIT, THREAD)
        if kind == "ours":
            self._keep(found, LENS, name, page.acts(kind, "lens", self.lenses, effort.budget_ms), WAIT, THREAD)
            for act, given in (("lens", [""]), ("clock", [0])):
                page.acts(kind, act, given, effort.budget_ms)
                page.rest()
            turns = page.acts(kind, "clock", range(effort.acts), effort.budget_ms)
            self._keep(found, CLOCK, name, turns, WAIT, THREAD)
            page.acts(kind, "know", self.known[:1], effort.budget_ms)
            page.rest()
            self._keep(found, KNOW, name, page.acts(kind, "know", self.known[1:], effort.budget_ms), WAIT, THREAD)
        return after

    def _drawn(self, page: Loaded, kind: str, found: dict[tuple[str, str], dict[str, float]]) -> None:
        effort, name = self.effort, NAMES[kind]
        step = page.acts(kind, "step", self.windows[1:], effort.budget_ms)
        self._keep(found, STEP, name, step, DRAWN)
        if step.wait >= effort.budget_ms:  # every further one would take as long
            return
        self._keep(found, HOVER, name, page.hovers(kind, self.places, effort.hovers), DRAWN, THREAD)
        if kind != "frames":
            self._keep(found, FILTER, name, page.acts(kind, "filter", self.layers, effort.budget_ms), DRAWN)

    @staticmethod
    def _keep(
        found: dict[tuple[str, str], dict[str, float]],
        act: str,
        name: str,
        acts: Acts | None,
        wait: str,
        work: str = "",
    ) -> None:
        if acts:
            found[act, wait][name] = acts.wait
            if work:
                found[act, work][name] = acts.work
