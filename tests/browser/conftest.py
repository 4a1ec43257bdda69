"""A real server and a real Chromium. Every page proves at its end that it asked no foreign host and logged no error."""

from __future__ import annotations

import struct
import subprocess
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import numpy.typing as npt
import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from dashboard.state import query_of
from geodata.stores import ClaimStore, open_store

FLAGS = (
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # drawn by the CPU, so that a machine without a GPU shows the same map
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-gpu-compositing",  # a frame costs a third of the time when only the map is drawn that way
)
DESKTOP = {"viewport": {"width": 1120, "height": 720}}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
LOCAL_SCHEMES = {"data", "blob", "about"}
HELD_BACK = "plotly.js did not load after"
"""What Dash logs after half a minute on a page whose map never comes, see :meth:`Desk.open`."""
expect.set_options(timeout=20_000)  # a map drawn by the CPU beside another one keeps a click waiting for seconds


@dataclass(frozen=True, slots=True)
class Server:
    """A running ``conflict-map serve``."""

    url: str
    store: Path
    log: Path


@contextmanager
def serving(store: Path, log: Path, *flags: str) -> Iterator[Server]:
    """Run ``conflict-map serve`` on a free port until the block ends."""
    command = [sys.executable, "-m", "dashboard", "serve", "--port", "0", "--store", str(store), *flags]
    with (
        log.open("w") as stderr,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr, text=True) as process,
    ):
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert "http://" in line, f"the server did not start: {line}{log.read_text()}"
            yield Server("http://" + line.split("http://")[1].strip().rstrip("/"), store, log)
        finally:
            process.terminate()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server that all browser tests share, with the embedded sample; it must not log an error."""
    folder = tmp_path_factory.mktemp("server")
    with serving(folder / "store", folder / "stderr.log") as running:
        yield running
    assert "Traceback" not in running.log.read_text()


@pytest.fixture(scope="session")
def browser(checkout: Path) -> Iterator[Browser]:
    """The Chromium of this machine, headless."""
    finder = [sys.executable, str(checkout / "tools" / "find_chromium.py")]
    path = subprocess.run(finder, capture_output=True, text=True, check=True).stdout.strip()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield chromium
        chromium.close()


class Watch:
    """What a page logged and whom it asked."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        self.hosts: set[str] = set()
        page.on("console", lambda m: self.errors.append(f"{m.text} {m.location['url']}") if m.type == "error" else None)
        page.on("pageerror", lambda e: self.errors.append(str(e)))
        page.on("websocket", lambda w: self.hosts.add(urlsplit(w.url).netloc))
        page.context.on("request", lambda r: self.hosts.add(urlsplit(r.url).netloc) if remote(r.url) else None)

    def prove(self, server: Server) -> None:
        """It logged no error and asked no host but its own; from here on it is watched anew."""
        errors, hosts = [e for e in self.errors if HELD_BACK not in e], self.hosts.copy()
        self.errors.clear()
        self.hosts.clear()
        assert not errors
        assert hosts <= {urlsplit(server.url).netloc}


def remote(url: str) -> bool:
    return urlsplit(url).scheme not in LOCAL_SCHEMES


@contextmanager
def watched_page(browser: Browser, server: Server, options: dict[str, Any]) -> Iterator[Page]:
    """Open a page in a context of its own; at the end it must have logged no error and asked no foreign host."""
    context = browser.new_context(base_url=server.url, **options)
    watch = Watch(context.new_page())
    yield watch.page
    context.close()
    watch.prove(server)


class Tab:
    """A tab that many tests sit before in turn: a new one would compile every script again, which takes seconds."""

    def __init__(self, browser: Browser, server: Server, options: dict[str, Any]) -> None:
        self.browser, self.server, self.options = browser, server, options
        self.watch: Watch | None = None

    @contextmanager
    def taken(self) -> Iterator[Page]:
        """The tab for one test, as new: nothing stored, routed, allowed or resized."""
        if self.watch is None:
            context = self.browser.new_context(base_url=self.server.url, **self.options)
            self.watch = Watch(context.new_page())
        watch, self.watch = self.watch, None
        page = watch.page
        yield page
        page.unroute_all(behavior="ignoreErrors")
        page.goto("/version")
        page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
        page.context.clear_permissions()
        page.emulate_media(media="null")
        page.set_viewport_size(self.options["viewport"])
        self.watch = watch
        watch.prove(self.server)


@pytest.fixture(scope="session")
def serve() -> Any:
    """:func:`serving`, for a test that needs a store of its own."""
    return serving


@pytest.fixture(scope="session")
def watch() -> Any:
    """:func:`watched_page`, for a test that needs a server or options of its own."""
    return lambda browser, server, **options: watched_page(browser, server, {**DESKTOP, **options})


@pytest.fixture(scope="session")
def desktop_tab(browser: Browser, server: Server) -> Tab:
    return Tab(browser, server, DESKTOP)


@pytest.fixture(scope="session")
def phone_tab(browser: Browser, server: Server) -> Tab:
    return Tab(browser, server, PHONE)


@pytest.fixture
def page(desktop_tab: Tab) -> Iterator[Page]:
    """A watched page of a small desk screen."""
    with desktop_tab.taken() as desktop:
        yield desktop


@pytest.fixture
def phone_page(phone_tab: Tab) -> Iterator[Page]:
    """A watched page the size of a phone, 390 by 844, with touch."""
    with phone_tab.taken() as phone:
        yield phone


@pytest.fixture(scope="session")
def kept(server: Server) -> Iterator[ClaimStore]:
    """The server's store, read beside it: what the page must agree with."""
    store = open_store(server.store)
    yield store
    store.close()


# Where a claim's mark stands on the screen, the place of its symbol among its neighbours included.
_MARK = """async ([id, nth]) => {
  const { page } = window.conflictMap, { map, marks, columns } = page.map, box = map.getCanvas().getBoundingClientRect();
  const { x, y } = page.map.finder.where(marks.pile[columns.firstMark[await page.ordinal(id)] + nth]);
  return [box.x + x, box.y + y]; }"""
_IDLE = """() => new Promise(done => { const { map } = window.conflictMap.page.map; map.once("idle", () => done()); map.triggerRepaint(); })"""


MADE = """const made = async (rows, words, facet = () => 0) => {
  const { Columns } = await import("/assets/app/columns.mjs"), { FAR, OPEN_START, OPEN_END } = await import("/assets/app/orders.mjs"), n = rows.length, names = ["kind", "actor", "precision", "modality", "coding"];
  const sorts = Object.fromEntries([...names, "flags"].map(name => [name, []])), known = new Map();
  const sort = rows.map((_, i) => {
    const values = [...names.map(name => facet(name, i)), 0], key = values.join();
    if (!known.has(key)) { known.set(key, known.size); [...names, "flags"].forEach((name, k) => sorts[name].push(values[k])); }
    return known.get(key); });
  const header = { claims: n, marks: 0, extent: [0, 1440], dictionaries: words, kind_layer: words.kind.map((_, k) => k % words.layer.length),
    chunk: [["start", "i4"], ["duration", "u2"], ["source", "u1"], ["sort", "u1"], ["marks", "u1"], ["spot", "u1"], ["end", "i4"]] };
  const columns = new Columns({ header, sorts: Object.fromEntries(Object.entries(sorts).map(([k, v]) => [k, Uint8Array.from(v)])), spots: { lon: [], lat: [], precision: [], shape: [], bearing: [] } });
  const far = ([s, e]) => s === OPEN_START || e === OPEN_END || e - s >= FAR;
  columns.take({ start: Int32Array.from(rows, r => r[0]), duration: Uint16Array.from(rows, r => (far(r) ? FAR : r[1] - r[0])), source: Uint8Array.from(rows, (_, i) => facet("source", i)), sort: Uint8Array.from(sort),
    marks: new Uint8Array(n), spot: new Uint8Array(0), end: Int32Array.from(rows.filter(far), r => r[1]) }).settle();
  return columns; };"""
"""JavaScript: columns of made-up claims from [start, end] in order of start; ``facet(name, i)`` is the code of claim i."""


class Desk:
    """The page as somebody sits before it: opens addresses, reads what is written, looks at the map."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, address: str = "/", *, until: str = "map") -> None:
        """Go to an address and wait until list and map stand; with ``until="list"`` the map never comes, which is quick."""
        if until == "list":
            self.page.route("**/plotly.min.js*", lambda _: None)
        self.page.goto(address)
        self.page.locator("html[data-ready=map]" if until == "map" else "html[data-ready]").wait_for(state="attached")
        self.page.locator("#listing > *").first.wait_for(state="attached")

    def find(self, selector: str, **options: Any) -> Locator:
        return self.page.locator(selector, **options)

    def state(self, word: str) -> Any:
        """One word of the page's state."""
        return self.page.evaluate("word => window.conflictMap.state.value[word]", word)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def asked(self) -> dict[str, list[str]]:
        """The parameters in the address bar."""
        return parse_qs(urlsplit(self.page.url).query)

    def shows(self, kept: ClaimStore, address: str, count: str = "#count") -> None:
        """Count and list are those that the store gives for an address."""
        total, all_ = kept.count(query_of(parse_qs(address))), kept.count(query_of({}))
        expect(self.find(count)).to_have_text(f"{all_} claims" if total == all_ else f"{total} of {all_} claims")
        expect(self.find("#list-count")).to_have_text(str(total))
        expect(self.find("#listing .claim-line")).to_have_count(min(total, 60))

    def mark(self, claim: str, nth: int = 0) -> tuple[float, float]:
        """Where on the screen the symbol of a claim stands, in CSS pixels."""
        x, y = self.page.evaluate(_MARK, [claim, nth])
        return x, y

    def idle(self) -> None:
        """Wait until the map has drawn everything it has to draw."""
        self.page.evaluate(_IDLE)

    def pixels(self, x: float, y: float, reach: int = 16) -> list[tuple[int, int, int]]:
        """Colours of the screen's pixels around a point, once the map has come to rest."""
        self.idle()
        clip = {"x": x - reach, "y": y - reach, "width": 2 * reach, "height": 2 * reach}
        return read_png(self.page.screenshot(clip=clip))

    def colour(self, name: str) -> tuple[int, int, int]:
        """A colour of the page's theme, by the name of its custom property."""
        text = self.page.evaluate(
            "name => getComputedStyle(document.documentElement).getPropertyValue(name).trim()", name
        )
        return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)

    def painted(self, x: float, y: float, name: str, reach: int = 16) -> int:
        """How many pixels around a point have a colour of the theme, give or take the blending of edges."""
        wanted = self.colour(name)
        return sum(max(abs(a - b) for a, b in zip(p, wanted, strict=True)) < NEAR for p in self.pixels(x, y, reach))


NEAR = 24
Pixels = npt.NDArray[np.uint8]


def read_png(data: bytes) -> list[tuple[int, int, int]]:
    """Pixels of an 8-bit RGB or RGBA PNG without interlace, as Chromium writes it; row by row."""
    width, _, depth, kind = struct.unpack(">IIBB", data[16:26])
    size = {2: 3, 6: 4}[kind]
    assert depth == 8
    at, packed = 8, b""
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        if data[at + 4 : at + 8] == b"IDAT":
            packed += data[at + 8 : at + 8 + length]
        at += 12 + length
    lines = np.frombuffer(zlib.decompress(packed), np.uint8).reshape(-1, width * size + 1)
    rows, above = [], np.zeros((width, size), np.uint8)
    for line in lines:
        above = _unfilter(line[0], line[1:].reshape(width, size), above)
        rows.append(above[:, :3])
    return [(r, g, b) for r, g, b in np.concatenate(rows).tolist()]


def _unfilter(kind: int, row: Pixels, above: Pixels) -> Pixels:
    """Undo the filter of one row (PNG specification, clause 9)."""
    if kind < 3:
        return np.add.accumulate(row, dtype=np.uint8) if kind == 1 else row + above if kind else row
    out, left, corner = [], [0] * row.shape[1], [0] * row.shape[1]
    for given, over in zip(row.tolist(), above.tolist(), strict=True):
        pairs = zip(given, left, over, corner, strict=True)
        left = [(x + ((a + b) // 2 if kind == 3 else _nearest(a, b, c))) & 255 for x, a, b, c in pairs]
        corner = over
        out.append(left)
    return np.array(out, np.uint8)


def _nearest(a: int, b: int, c: int) -> int:
    """Of left, above and their corner, the one nearest to left + above - corner."""
    p, q, r = abs(b - c), abs(a - c), abs(a + b - 2 * c)
    return a if p <= q and p <= r else b if q <= r else c


@pytest.fixture
def desk(page: Page) -> Desk:
    """Somebody at a desk."""
    return Desk(page)


@pytest.fixture
def phone(phone_page: Page) -> Desk:
    """Somebody with a phone."""
    return Desk(phone_page)
