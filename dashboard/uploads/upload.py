"""One upload: a private folder for its files, and a process that reads them.

A process and not a thread: reading holds Python's lock and would stop every viewer's page, a file that makes a library
crash takes only its reader along, and what runs too long can be ended.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import unicodedata
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Final, NamedTuple

from dashboard.errors import TooLargeError, UploadError

__all__ = ["BUSY", "REFUSED", "Limits", "Upload", "check_size", "safe_name"]

BUSY: Final = frozenset({"checking", "loading", "stopping"})
"""States that must end in time."""
REFUSED: Final = "refused.csv"
"""Name of the table of refused rows in an upload's folder."""
_CHUNK: Final = 1 << 18
_GRACE_S: Final = 20.0
"""Time in which a worker that is told to stop must do so."""
_LONGEST: Final = 120
_UNSAFE: Final = re.compile(r'[\x00-\x1f\x7f<>:"|?*]')


class Limits(NamedTuple):
    """What one server takes."""

    size_bytes: int
    """All files of one upload together."""
    time_s: float
    """For one check or one load."""
    most: int = 4
    """Uploads open at once."""
    idle_s: float = 1800.0
    """An upload that nobody asks about goes after this long."""


class Upload:
    """Some files of one person, and the process that reads them.

    ``changed`` is called whenever its state changes.
    """

    def __init__(self, store: Path, limits: Limits, changed: Callable[[Upload], None]) -> None:
        self.id = secrets.token_urlsafe(16)
        self.folder = Path(tempfile.mkdtemp(prefix="conflict-map-"))  # mkdtemp makes it for this user alone
        (self.folder / "files").mkdir()
        self._said: dict[str, Any] = {"state": "receiving", "turn": 0}
        self.asked_at = time.monotonic()
        self._limits, self._changed = limits, changed
        self._lock = threading.RLock()
        self._deadline: float | None = None
        self._received = 0
        self._worker = _worker(store, self.folder)
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def state(self) -> str:
        """receiving, checking, checked, waiting, loading, stopping, loaded, stopped or failed."""
        return str(self._said["state"])

    def told(self) -> dict[str, Any]:
        """What is known of it: ``state``, ``turn``, and the newest of each thing that the worker tells."""
        with self._lock:
            return dict(self._said)

    def receive(self, name: str, body: IO[bytes]) -> str:
        """Write a file into the folder and return the name it got.

        Raises
        ------
        TooLargeError
            If the files would be larger than allowed together; this one is not kept then.
        """
        path = _free(self.folder / "files" / safe_name(name))
        try:
            with path.open("xb") as file:
                while chunk := body.read(_CHUNK):
                    self._received += len(chunk)
                    check_size(self._received, self._limits)
                    file.write(chunk)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return path.name

    def ask(self, state: str, command: Mapping[str, Any]) -> None:
        """Put a command to the worker; its answers to earlier ones no longer count.

        Raises
        ------
        UploadError
            If the worker has ended.
        """
        assert self._worker.stdin is not None
        with self._lock:
            self._said |= {"state": state, "turn": self._said["turn"] + 1, "progress": None, "error": None}
            self._deadline = time.monotonic() + self._limits.time_s
            try:
                self._worker.stdin.write(json.dumps({"do": state, **command, "turn": self._said["turn"]}) + "\n")
                self._worker.stdin.flush()
            except (OSError, ValueError) as e:
                raise UploadError("this upload has ended", remedy="Drop the files again.") from e

    def stop(self) -> None:
        """Tell the worker to stop after the batch it is at."""
        assert self._worker.stdin is not None
        with self._lock, suppress(OSError, ValueError):
            self._said |= {"state": "stopping"}
            self._deadline = time.monotonic() + _GRACE_S
            self._worker.stdin.write('{"do": "stop"}\n')
            self._worker.stdin.flush()

    def put(self, state: str) -> None:
        """Set the state while the worker has nothing to do."""
        with self._lock:
            self._said |= {"state": state}

    def overdue(self) -> bool:
        """True if the worker has not ended in time what it was given."""
        return self.state in BUSY and self._deadline is not None and time.monotonic() > self._deadline

    def fail(self, what: str, remedy: str) -> None:
        """End the worker and say why; what it was writing is not put in force."""
        with self._lock:
            self._said |= {"state": "failed", "error": {"what": what, "remedy": remedy}}
        self._worker.kill()
        self._changed(self)

    def close(self) -> None:
        """End the worker and remove the folder."""
        assert self._worker.stdin is not None
        self.put("closed")
        self._worker.kill()
        self._worker.wait()
        with suppress(OSError):
            self._worker.stdin.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _listen(self) -> None:
        """Take what the worker tells until it ends."""
        assert self._worker.stdout is not None
        with self._worker.stdout as lines:
            for line in lines:
                self._take(json.loads(line))
        if self.state in BUSY | {"receiving", "checked"}:
            code = self._worker.wait()
            self.fail("the process that reads the files has ended", f"The server's log says why (exit code {code}).")

    def _take(self, event: Mapping[str, Any]) -> None:
        with self._lock:
            if event["turn"] != self._said["turn"] or self.state not in BUSY:
                return
            self._said |= event
        if "state" in event:
            self._changed(self)


def safe_name(name: str) -> str:
    """A file's name without folders, control characters and what some system forbids.

    Examples
    --------
    >>> [safe_name(n) for n in ("../../etc/passwd", "C:/data/Звіт 1.csv", "..", "a:b.csv")]
    ['passwd', 'Звіт 1.csv', 'file', 'ab.csv']
    """
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", name))[-1]
    plain = _UNSAFE.sub("", last).strip(". ")
    stem, dot, ending = plain.rpartition(".")
    return f"{stem[:_LONGEST]}{dot}{ending[:_LONGEST]}" or "file"


def check_size(size: int, limits: Limits) -> None:
    """Hold that so many bytes are allowed.

    Raises
    ------
    TooLargeError
        If not.
    """
    if size > limits.size_bytes:
        what = f"more than {limits.size_bytes >> 20:,} MB are not taken here"
        raise TooLargeError(what, remedy="Use `conflict-map import FILE`, or set upload_mb higher.")


def _free(path: Path) -> Path:
    """The path, or one with a number where a file of this name is there already."""
    numbered = (path.with_name(f"{path.stem}-{n}{path.suffix}") for n in range(2, 1000))
    return path if not path.exists() else next(p for p in numbered if not p.exists())


def _worker(store: Path, folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "dashboard.uploads.worker", str(store), str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        start_new_session=True,  # the terminal's Ctrl-C is for the server, which ends its workers itself
    )
