"""The servers under measurement, each a process of its own on a free port of the loopback."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

CHECKOUT: Final = Path(__file__).resolve().parents[2]
PATIENCE_S: Final = 300


@dataclass(frozen=True, slots=True)
class Server:
    """A server that has answered; ``start_ms`` runs from the start of its process to the last byte of its first page."""

    url: str
    start_ms: float

    def get(self, path: str) -> bytes:
        """The body of an answer."""
        with urllib.request.urlopen(self.url.rstrip("/") + path, timeout=PATIENCE_S) as answer:
            return answer.read()


def ours(store: Path) -> AbstractContextManager[Server]:
    """``conflict-map serve`` on a store."""
    return _running("dashboard", "serve", "--port", "0", "--store", str(store))


def plain(store: Path) -> AbstractContextManager[Server]:
    """The plain page on the same store."""
    return _running("tools.benchmark.plain", str(store))


def yardsticks(store: Path, deck: Path) -> AbstractContextManager[Server]:
    """The yardsticks' pages on the same store."""
    return _running("tools.benchmark.yardsticks", str(store), str(deck))


@contextmanager
def _running(*arguments: str) -> Iterator[Server]:
    began = time.perf_counter()
    command = [sys.executable, "-m", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=CHECKOUT) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            if "http://" not in line:
                raise SystemExit(f"bench: {' '.join(arguments)} did not start; see above")
            server = Server("http://" + line.split("http://")[1].strip(), 0)
            server.get("/")
            yield Server(server.url, 1000 * (time.perf_counter() - began))
        finally:
            process.terminate()
