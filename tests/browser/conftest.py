"""A real server and a real Chromium. Every page proves at its end that it asked no foreign host and logged no error."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

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
)
DESKTOP = {"viewport": {"width": 1280, "height": 800}}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
LOCAL_SCHEMES = {"data", "blob", "about"}


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


@contextmanager
def watched_page(browser: Browser, server: Server, options: dict[str, Any]) -> Iterator[Page]:
    """Open a page in a context of its own; at the end it must have logged no error and asked no foreign host."""
    context = browser.new_context(base_url=server.url, **options)
    page = context.new_page()
    errors: list[str] = []
    hosts: set[str] = set()
    page.on("console", lambda m: errors.append(f"{m.text} {m.location['url']}") if m.type == "error" else None)
    page.on("pageerror", lambda e: errors.append(str(e)))
    page.on("websocket", lambda w: hosts.add(urlsplit(w.url).netloc))
    context.on(
        "request",
        lambda r: None if urlsplit(r.url).scheme in LOCAL_SCHEMES else hosts.add(urlsplit(r.url).netloc),
    )
    yield page
    context.close()
    assert not errors
    assert hosts <= {urlsplit(server.url).netloc}


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    """A watched page, 1280 by 800."""
    with watched_page(browser, server, DESKTOP) as desktop:
        yield desktop


@pytest.fixture
def phone_page(browser: Browser, server: Server) -> Iterator[Page]:
    """A watched page the size of a phone, 390 by 844, with touch."""
    with watched_page(browser, server, PHONE) as phone:
        yield phone
