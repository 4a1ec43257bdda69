"""Measure how fast the page starts and moves, beside the plainest Dash page with one Plotly map of the same claims.

    make bench                             (or: python tools/bench.py [--quick] [--json FILE])

Everything comes from one run on one machine: two servers on the loopback, one headless Chromium, fresh stores in a
temporary folder; repetitions alternate between the two pages and each begins with a cold cache. What counts is the
ratio within the run; the milliseconds are those of the machine named above the table. Nothing outside is asked.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tools.benchmark import browser as measure
from tools.benchmark import servers
from tools.benchmark.claims import fill
from tools.benchmark.report import Row, document, row, table

FLAGS: Final = (
    "--no-sandbox",
    "--disable-background-networking",
    # drawn by the CPU, so that a machine without a GPU can measure
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
)
LAYERS: Final = {"ours": "claim-symbols", "plain": "plotly-trace-layer"}
ACTS: Final = {"ours": measure.OURS, "plain": measure.PLAIN}
LOADS_S: Final = 60
"""Where the machine is slow, no repetition begins later than this after the first."""
PACKED_MB: Final = 2.0
STEP_MS: Final = 4.0
"""Aim of one step of time: a quarter of a frame at 60 Hz."""

Samples = defaultdict[str, dict[str, list[float]]]


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured."""

    starts: int = 3
    loads: int = 4
    acts: int = 20
    sizes: tuple[int, ...] = (10_000, 100_000)
    """Made-up claims, besides the sample."""


QUICK: Final = Plan(starts=1, loads=1, acts=3, sizes=())


def run(plan: Plan, chromium: str) -> Iterator[Row]:
    """Measure everything of the plan, row by row."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        try:
            sample = Path(folder) / "sample"
            yield from starting(sample, plan)
            yield from loading(browser, sample, plan)
            yield from moving(browser, sample, "sample", plan)
            for size in plan.sizes:
                fill(Path(folder) / str(size), size)
                yield from moving(browser, Path(folder) / str(size), f"{size:,} claims", plan)
        finally:
            browser.close()


def starting(store: Path, plan: Plan) -> Iterator[Row]:
    """From the start of the process to the first page."""
    with servers.ours(store) as server:
        yield row("start of the server, new store", "ms", [server.start_ms])
    times: dict[str, list[float]] = {"ours": [], "plain": []}
    for _ in range(plan.starts):
        for name, serve in (("ours", servers.ours), ("plain", servers.plain)):
            with serve(store) as server:
                times[name].append(server.start_ms)
    yield row("start of the server", "ms", times["ours"], times["plain"])


def loading(browser: Browser, store: Path, plan: Plan) -> Iterator[Row]:
    """From the first byte to list, timeline and map, with a cold cache."""
    times: Samples = defaultdict(lambda: defaultdict(list))
    with servers.ours(store) as ours, servers.plain(store) as plain:
        urls = {"ours": ours.url, "plain": plain.url}
        weights = {
            packed: [measure.weighed(browser, url, LAYERS[name], packed=packed) / 1e6 for name, url in urls.items()]
            for packed in (True, False)
        }
        begun = time.monotonic()
        for done in range(plan.loads):
            if done and time.monotonic() - begun > LOADS_S:
                break
            for name, url in urls.items():
                with measure.opened(browser, url, LAYERS[name]) as page:
                    for what, value in page.times().items():
                        times[what][name].append(value)
    yield row(
        "first byte to list and timeline (plain: to map)",
        "ms",
        times["list"]["ours"],
        times["map"]["plain"],
        aim=0.4,
        of="ratio",
    )
    yield row("first byte to first map", "ms", times["map"]["ours"], times["map"]["plain"], aim=1.1, of="ratio")
    yield row("main thread to first map", "ms", times["work"]["ours"], times["work"]["plain"])
    yield Row("bytes before first map, compressed", "MB", *weights[True], aim=PACKED_MB)
    yield Row("bytes before first map, plain", "MB", *weights[False])


def moving(browser: Browser, store: Path, name: str, plan: Plan) -> Iterator[Row]:
    """Main thread for a step of time, a filter, a hover, and for the list that follows; draw calls do nothing."""
    costs: dict[str, dict[str, measure.Cost]] = {}
    hovers: dict[str, float] = {}
    with ExitStack() as stack:
        for which, serve in (("ours", servers.ours), ("plain", servers.plain)):
            url = stack.enter_context(serve(store)).url
            with measure.opened(browser, url, LAYERS[which]) as page:
                page.undraw()
                costs[which] = {act: page.cost(how, plan.acts) for act, how in ACTS[which].items()}
                hovers[which] = page.hover_cost(plan.acts)
    for act, aim in (("step", STEP_MS), ("filter", None)):
        yield Row(f"main thread per {act}, {name}", "ms", costs["ours"][act].each, costs["plain"][act].each, aim)
    yield Row(f"main thread per hover, {name}", "ms", hovers["ours"], hovers["plain"])
    yield Row(f"main thread for the list after a step, {name}", "ms", costs["ours"]["step"].after)


def surroundings(chromium: str) -> dict[str, str]:
    """Machine, versions and load."""
    asked = subprocess.run([chromium, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    packages = ", ".join(f"{name} {version(name)}" for name in ("dash", "plotly", "duckdb", "waitress"))
    return {
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors, load {load} at the start",
        "versions": f"Python {platform.python_version()}, {packages}, {asked} (software drawing)",
    }


def main(argv: list[str]) -> None:
    """Measure, print the table as it grows complete, and write the numbers where asked."""
    parser = argparse.ArgumentParser(prog="bench", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="once each and only the sample: to see that it works")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the numbers there as well")
    options = parser.parse_args(argv)
    finder = [sys.executable, str(Path(__file__).with_name("find_chromium.py"))]
    chromium = subprocess.run(finder, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    about = surroundings(chromium)
    print("\n".join(about.values()), flush=True)
    rows = []
    for measured in run(QUICK if options.quick else Plan(), chromium):
        rows.append(measured)
        print(f"  {measured.name}", file=sys.stderr, flush=True)
    print(table(rows))
    if options.json:
        options.json.write_text(json.dumps(document(rows, about), indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
