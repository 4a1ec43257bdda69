"""How fast the page starts and loads, beside the plainest Dash page with one Plotly map of the same claims."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser

from tools.benchmark import servers
from tools.benchmark.browser import opened
from tools.benchmark.report import Aim, Row, row

PART: Final = "Start and load, the sample"
LAYERS: Final = {"ours": "claim-symbols", "plain page": "plotly-trace-layer"}
LOADS_S: Final = 60
"""Where the machine is slow, no repetition begins later than this after the first."""
LIST, MAP, PACKED = Aim(0.4, "plain page"), Aim(1.1, "plain page"), Aim(2.0)


def starting(store: Path, times: int) -> Iterator[Row]:
    """From the start of the process to the first page."""
    took: dict[str, list[float]] = defaultdict(list)
    for _ in range(times):
        for name, serve in (("ours", servers.ours), ("plain page", servers.plain)):
            with serve(store) as server:
                took[name].append(server.start_ms)
    yield row(PART, "start of the server", "ms", **took)


def loading(browser: Browser, store: Path, times: int) -> Iterator[Row]:
    """From the first byte to list, timeline and map, with a cold cache; the pages take turns."""
    took: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    with servers.ours(store) as ours, servers.plain(store) as plain:
        urls = {"ours": ours.url, "plain page": plain.url}
        begun = time.monotonic()
        for done in range(times):
            if done and time.monotonic() - begun > LOADS_S:
                break
            for name, url in urls.items():
                with opened(browser, url, LAYERS[name]) as page:
                    for what, value in {**page.times(), "sent": page.bytes() / 1e6}.items():
                        took[what][name].append(value)
    took["list"]["plain page"] = took["map"]["plain page"]
    yield row(PART, "start of the server, new store", "ms", ours=[ours.start_ms])
    yield row(PART, "first byte to list and timeline (plain: to its map)", "ms", aims=(LIST,), **took["list"])
    yield row(PART, "first byte to first map", "ms", aims=(MAP,), **took["map"])
    yield row(PART, "main thread to first map", "ms", **took["work"])
    yield row(PART, "sent before the first map, compressed", "MB", aims=(PACKED,), **took["sent"])
