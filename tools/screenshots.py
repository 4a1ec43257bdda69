"""Take the pictures of the README: every view of the sample, on a desk, on a phone, dark and presented.

Starts a server of its own on a free port with a fresh store, and writes PNG files to ``docs/``.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, Page, sync_playwright

CHECKOUT: Final = Path(__file__).resolve().parents[1]
FLAGS: Final = "--no-sandbox --disable-background-networking --use-gl=angle --use-angle=swiftshader".split()
DESK: Final[dict[str, Any]] = {"viewport": {"width": 1440, "height": 900}}
PHONE: Final[dict[str, Any]] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
WALL: Final[dict[str, Any]] = {"viewport": {"width": 1600, "height": 900}}


def hover_over(claim: str) -> Callable[[Page], None]:
    """Point at the mark of a claim and wait for the note."""

    def act(page: Page) -> None:
        x, y = page.evaluate(
            """async id => { const { page } = window.conflictMap, { map, marks, columns } = page.map, box = map.getCanvas().getBoundingClientRect();
               const { x, y } = page.map.finder.where(marks.pile[columns.firstMark[await page.ordinal(id)]]); return [box.x + x, box.y + y]; }""",
            claim,
        )
        page.mouse.move(x, y)
        page.locator("#tip").wait_for(state="visible")

    return act


VIEWS: Final[dict[str, tuple[str, dict[str, Any], Callable[[Page], None] | None]]] = {
    "desk": ("/", DESK, None),
    "card": ("/?sel=2022-03-22-offensive-near-brovary&panel=claims&map=8.2/50.5/30.6", DESK, None),
    "filtered": ("/?layer=retreat&side=ukrainian&from=2022-03-01&to=2022-03-23", DESK, None),
    "dark": ("/?theme=dark&from=2022-03-10&to=2022-03-23&sel=2022-03-22-left-okhtyrka&panel=claims", DESK, None),
    "tray": ("/?panel=tray", DESK, None),
    "table": ("/?desk=table", DESK, None),
    "figures": ("/?desk=figures&layer=toll", DESK, None),
    "sources": ("/?desk=sources", DESK, None),
    "known": ("/?known=2022-03-21&panel=claims", DESK, None),
    "present": ("/?present=1&from=2022-03-20&to=2022-03-23", WALL, None),
    "phone": ("/", PHONE, None),
    "phone-card": ("/?sel=2022-03-22-killed-9861&panel=claims", PHONE, None),
}


@contextmanager
def server() -> Iterator[str]:
    """Address of a fresh ``conflict-map serve`` with the sample."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "dashboard", "serve", "--port", "0", "--store", f"{folder}/store"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=CHECKOUT) as process:
            try:
                line = process.stdout.readline() if process.stdout else ""
                yield "http://" + line.split("http://")[1].strip().rstrip("/")
            finally:
                process.terminate()


def shoot(browser: Browser, url: str, name: str, folder: Path) -> None:
    """Write one picture once the map is idle and the lists are there."""
    address, options, act = VIEWS[name]
    context = browser.new_context(**options)
    page = context.new_page()
    page.goto(url + address)
    page.locator("html[data-ready=map]").wait_for(state="attached")
    page.locator(".claim-line").first.wait_for(state="attached")
    page.evaluate(
        "() => new Promise(done => { const { map } = window.conflictMap.page.map; map.once('idle', () => done()); map.triggerRepaint(); })"
    )
    if act:
        act(page)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=folder / f"{name}.png")
    context.close()


def main(names: list[str]) -> None:
    """Take the named pictures, all if none is named."""
    folder = CHECKOUT / "docs"
    folder.mkdir(exist_ok=True)
    finder = [sys.executable, str(CHECKOUT / "tools" / "find_chromium.py")]
    chromium = subprocess.run(finder, capture_output=True, text=True, check=True).stdout.strip()
    with server() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for name in names or VIEWS:
            shoot(browser, url, name, folder)
            print(f"docs/{name}.png")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
