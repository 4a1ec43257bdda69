"""The two servers under measurement, each a process of its own on a free port of the loopback."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

CHECKOUT: Final = Path(__file__).resolve().parents[2]
PATIENCE_S: Final = 60


@dataclass(frozen=True, slots=True)
class Server:
    """A server that has answered; ``start_ms`` runs from the start of its process to the last byte of its first page."""

    url: str
    start_ms: float


@contextmanager
def ours(store: Path) -> Iterator[Server]:
    """``conflict-map serve`` on a store."""
    with _running("dashboard", "serve", "--port", "0", "--store", str(store)) as server:
        yield server


@contextmanager
def plain(store: Path) -> Iterator[Server]:
    """The plain page on the same store."""
    with _running("tools.benchmark.plain", str(store)) as server:
        yield server


@contextmanager
def _running(*arguments: str) -> Iterator[Server]:
    began = time.perf_counter()
    command = [sys.executable, "-m", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=CHECKOUT) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            if "http://" not in line:
                raise SystemExit(f"bench: {' '.join(arguments)} did not start; see above")
            url = "http://" + line.split("http://")[1].strip()
            with urllib.request.urlopen(url, timeout=PATIENCE_S) as answer:
                answer.read()
            yield Server(url, 1000 * (time.perf_counter() - began))
        finally:
            process.terminate()
