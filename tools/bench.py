"""Measure how fast the page starts, loads and moves, and the store under it, beside other ways to do the same.

    make bench          (or: python tools/bench.py, which takes sizes and files; see --help)

Everything comes from one run on one machine: servers on the loopback, one headless Chromium, fresh stores in a
temporary folder, a cold cache for each page. What counts is the ratio within the run; the milliseconds are those of the
machine named above the tables. deck.gl is fetched by npm into ``.cache`` once; nothing else outside is asked.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Final

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tools.benchmark import deck, huge, publish
from tools.benchmark.browser import FLAGS
from tools.benchmark.loading import loading, starting
from tools.benchmark.moving import NAMES, STEP, Effort, moving
from tools.benchmark.report import Aim, Row, document, text
from tools.benchmark.store import fill


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured."""

    starts: int = 3
    loads: int = 4
    effort: Effort = Effort()
    sizes: tuple[int, ...] = (1_000, 10_000, 100_000, 1_000_000)
    """Made-up claims."""
    huge: int = 0
    """Made-up claims of which one page is opened alone; 0 for none."""
    store: tuple[int, ...] = (1_000_000,)
    """Made-up claims for the store by itself."""
    deck: bool = True


QUICK: Final = Plan(
    starts=0, loads=0, sizes=(1_000,), store=(),
    effort=Effort(acts=3, hovers=2, budget_ms=300, drawn=False, kinds=("restyle",)),
    deck=False,
)  # fmt: skip


def run(plan: Plan, chromium: str) -> Iterator[Row]:
    """Measure everything of the plan, row by row."""
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        try:
            if plan.loads:
                yield from loading(browser, folder / "sample", plan.loads)
            if plan.starts:
                yield from starting(folder / "sample", plan.starts)
            other = _deck(plan)
            for size in plan.sizes:
                fill(folder / str(size), size)
                yield from moving(
                    browser, folder / str(size), size, plan.effort, other if isinstance(other, Path) else None
                )
            if isinstance(other, str):
                yield Row(STEP, NAMES["deck"], "", {}, note=f"not measured: {other}")
            if plan.huge:
                fill(folder / "huge", plan.huge)
                yield from huge.rows(browser, folder / "huge", plan.huge)
        finally:
            browser.close()
        for size in plan.store:
            yield from _store(size, folder / "store.json")


def _deck(plan: Plan) -> Path | str | None:
    """The folder with deck.gl, or why there is none."""
    try:
        return deck.bundled() if plan.deck else None
    except deck.UnavailableError as error:
        return str(error)


def _store(size: int, numbers: Path) -> Iterator[Row]:
    """The store by itself, in a process of its own."""
    command = [sys.executable, "-m", "tools.benchmark.store", str(size), "--json", str(numbers)]
    subprocess.run(command, cwd=Path(__file__).resolve().parents[1], stdout=subprocess.DEVNULL, check=True)
    for found in json.loads(numbers.read_text("utf-8"))["claims"][str(size)]:
        aims = () if found["aim"] is None else (Aim(found["aim"]),)
        yield Row("The store by itself", found["name"], found["unit"], {"ours": found["value"]}, aims, size)


def surroundings(chromium: str) -> dict[str, str]:
    """Machine, versions and load."""
    asked = subprocess.run([chromium, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    packages = ", ".join(f"{name} {version(name)}" for name in ("dash", "plotly", "duckdb", "waitress"))
    return {
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors, load {load} at the start",
        "versions": f"Python {platform.python_version()}, {packages}, {deck.VERSIONS}, {asked} (software drawing)",
    }


def main(argv: list[str]) -> None:
    """Measure, print the tables, and write the numbers where asked."""
    parser = argparse.ArgumentParser(prog="bench", description=(__doc__ or "").split("\n")[0])
    parser.add_argument(
        "--quick", action="store_true", help="a few steps at one small size beside Plotly.restyle: to see that it works"
    )
    parser.add_argument("--sizes", type=int, nargs="*", metavar="N", help="made-up claims to move through")
    parser.add_argument("--store", type=int, nargs="*", metavar="N", help="made-up claims for the store by itself")
    parser.add_argument("--huge", type=int, metavar="N", help="made-up claims to open one page of, such as 10000000")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the numbers there as well")
    parser.add_argument("--publish", action="store_true", help="draw docs/bench.svg and put the tables into the README")
    options = parser.parse_args(argv)
    finder = [sys.executable, str(Path(__file__).with_name("find_chromium.py"))]
    chromium = subprocess.run(finder, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    about = surroundings(chromium)
    print("\n".join(about.values()), flush=True)
    plan = QUICK if options.quick else Plan()
    if options.sizes is not None:
        plan = replace(plan, sizes=tuple(options.sizes))
    if options.store is not None:
        plan = replace(plan, store=tuple(options.store))
    rows = []
    for measured in run(replace(plan, huge=options.huge or 0), chromium):
        rows.append(measured)
        print(f"  {measured.part}, {measured.name}", file=sys.stderr, flush=True)
    print(f"\n{text(rows)}")
    if options.json:
        options.json.write_text(json.dumps(document(rows, about), indent=1) + "\n")
    if options.publish:
        publish.into(Path(__file__).resolve().parents[1], rows, about)


if __name__ == "__main__":
    main(sys.argv[1:])
