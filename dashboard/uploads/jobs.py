"""All uploads of one server: a few at once, one loading at a time, none left behind."""

from __future__ import annotations

import atexit
import threading
import time
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from dashboard.errors import UploadError
from dashboard.uploads.upload import Limits, Upload

__all__ = ["Uploads"]

_ROUND_S: Final = 0.5


class Uploads:
    """The uploads into one store.

    Parameters
    ----------
    store : folder of the store.
    write : the setting: ``on``, ``off``, or ``auto`` for requests of this machine.
    """

    def __init__(self, store: Path, write: str, limits: Limits) -> None:
        self.write, self.limits = write, limits
        self._store = store
        self._lock = threading.RLock()
        self._open: dict[str, Upload] = {}
        self._waiting: deque[tuple[Upload, Mapping[str, Any]]] = deque()
        self._loading: Upload | None = None
        self._closed = threading.Event()
        self._watch: threading.Thread | None = None

    def open(self) -> Upload:
        """A new upload.

        Raises
        ------
        UploadError
            If as many as are allowed are open.
        """
        with self._lock:
            if len(self._open) >= self.limits.most:
                raise UploadError("several people are adding data", remedy="Try again when one of them is done.")
            upload = Upload(self._store, self.limits, self._changed)
            self._open[upload.id] = upload
            if self._watch is None:
                atexit.register(self.close)
                self._watch = threading.Thread(target=self._tend, daemon=True)
                self._watch.start()
        return upload

    def get(self, upload_id: str) -> Upload:
        """An upload that is open.

        Raises
        ------
        UploadError
            If there is none of this id (any more).
        """
        upload = self._open.get(upload_id)
        if upload is None:
            raise UploadError("this upload is closed", remedy="Drop the files again.")
        upload.asked_at = time.monotonic()
        return upload

    def check(self, upload: Upload, command: Mapping[str, Any]) -> None:
        """Read what was handed over and store nothing; a check that runs is given up for this one.

        Raises
        ------
        UploadError
            If it is being loaded.
        """
        with self._lock:
            if upload.state in ("waiting", "loading", "stopping"):
                raise UploadError("this upload is being loaded", remedy="Stop it first.")
            upload.ask("checking", command)

    def load(self, upload: Upload, command: Mapping[str, Any]) -> None:
        """Load what was checked, when all that came before is done.

        Raises
        ------
        UploadError
            If it is not checked.
        """
        with self._lock:
            if upload.state not in ("checked", "loaded", "stopped"):
                raise UploadError("this upload is not checked yet", remedy="Wait for the check to end.")
            upload.put("waiting")
            self._waiting.append((upload, command))
        self._next()

    def stop(self, upload: Upload) -> None:
        """End what the upload is at, or its wait."""
        with self._lock:
            self._waiting = deque(entry for entry in self._waiting if entry[0] is not upload)
            if upload.state == "waiting":
                upload.put("checked")
            elif upload.state in ("checking", "loading"):
                upload.stop()

    def close_one(self, upload: Upload) -> None:
        """End an upload and remove its files."""
        with self._lock:
            self._open.pop(upload.id, None)
            self._waiting = deque(entry for entry in self._waiting if entry[0] is not upload)
        upload.close()
        self._changed(upload)

    def close(self) -> None:
        """End all of them."""
        self._closed.set()
        for upload in list(self._open.values()):
            self.close_one(upload)

    def _changed(self, upload: Upload) -> None:
        """Let the next one load when the one that loads is done."""
        with self._lock:
            if upload is self._loading and upload.state not in ("loading", "stopping"):
                self._loading = None
        self._next()

    def _next(self) -> None:
        with self._lock:
            while self._loading is None and self._waiting:
                upload, command = self._waiting.popleft()
                try:
                    upload.ask("loading", command)
                    self._loading = upload
                except UploadError as e:
                    upload.fail(e.what, e.remedy)

    def _tend(self) -> None:
        """End what takes too long and what nobody asks about."""
        minutes = self.limits.time_s / 60
        while not self._closed.wait(_ROUND_S):
            for upload in list(self._open.values()):
                if upload.overdue():
                    what = f"this took longer than the {minutes:g} minutes that are allowed here"
                    upload.fail(what, "Use `conflict-map import FILE`, or set upload_minutes higher.")
                idle = time.monotonic() - upload.asked_at > self.limits.idle_s
                if idle and upload.state not in ("loading", "waiting"):
                    self.close_one(upload)
