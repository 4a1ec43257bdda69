"""One page over a store too large to be sent whole: what each act takes until nothing more comes, and how many bytes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, TimeoutError

from tools.benchmark import servers
from tools.benchmark.browser import Loaded, opened
from tools.benchmark.report import Row
from tools.synthetic import BEGIN, DAYS

PART: Final = "A store of millions, one page"
SAYS: Final = (
    "() => document.querySelector('#count').textContent + (document.querySelector('[data-counted]')?.textContent ?? '')"
)
STEP: Final = "window => gauge.repeat('ours', 'step', [window], 0)"
FILTER: Final = "() => gauge.repeat('ours', 'filter', [0], 0)"
ZOOM: Final = "async () => { const map = gauge.map(); map.jumpTo({ center: map.getCenter(), zoom: 13 }); await new Promise(done => map.once('idle', () => done())); }"


def rows(browser: Browser, store: Path, size: int) -> Iterator[Row]:
    """First picture, a move of the window, a filter, a zoom to single claims."""
    begin = BEGIN // 60
    window = [begin + DAYS * 1440 // 4, begin + DAYS * 1440 // 4 + DAYS * 72]
    with servers.ours(store) as server:
        began = time.monotonic()
        try:
            with opened(browser, server.url, "claim-symbols") as page:
                yield from _told("first picture", size, began, page, 0)
                page.prepare("ours", [window])
                for name, act, given in (("window moved", STEP, [t + 1440 for t in window]), ("a filter changed", FILTER, None), ("zoom to single claims", ZOOM, None)):  # fmt: skip
                    page.rest()
                    came, began = len(page.answered), time.monotonic()
                    page.page.evaluate(act, given)
                    yield from _told(name, size, began, page, came)
        except TimeoutError:
            waited = 1000 * (time.monotonic() - began)
            yield Row(PART, "gave up", "ms", {"ours": waited}, size=size, note="the page did not answer")


def _told(name: str, size: int, began: float, page: Loaded, came: int) -> Iterator[Row]:
    seen = time.monotonic()
    page.rest()
    ended = max([seen, *page.ends[came:]])
    said = page.page.evaluate(SAYS).strip()
    yield Row(PART, f"{name}, in the picture", "ms", {"ours": 1000 * (seen - began)}, size=size, note=said)
    yield Row(PART, f"{name}, until nothing more comes", "ms", {"ours": 1000 * (ended - began)}, size=size)
    yield Row(PART, f"{name}, bytes", "MB", {"ours": page.bytes(came) / 1e6}, size=size)
