"""The process that reads one upload: commands come as JSON lines, what it finds goes back as JSON lines.

    python -m dashboard.uploads.worker STORE FOLDER

Commands: ``{"do": "checking" | "loading", "turn", "file", "layer", "mapping"}`` and ``{"do": "stop"}``; a new command
stops the one before. Answers carry its ``turn`` and one or more of ``subjects``, ``unread``, ``file``, ``look``,
``first``, ``document``, ``progress``, ``report``, ``result``, ``error`` and ``state``. When the commands end, the
server is gone: the process removes the folder and ends.
"""

from __future__ import annotations

import csv
import json
import os
import queue
import shutil
import sys
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Final

from dashboard.uploads.reading import (
    MAPPING,
    Subject,
    extent_data,
    first_claims,
    look_data,
    mapped,
    report_data,
    subjects,
    toml_of,
)
from dashboard.uploads.upload import REFUSED
from geodata import gazetteer
from geodata.errors import GeodataError, ReaderError
from geodata.loading import Progress, Watch, load
from geodata.model import Rejection
from geodata.query import Query
from geodata.readers.guarded import guarded
from geodata.readers.preview import look
from geodata.stores import open_store

__all__ = ["main"]

_COLUMNS: Final = ("reason", "file", "row", "field", "value", "remedy", "raw")
_PACE_S: Final = 0.2

Say = Callable[[Mapping[str, Any]], None]


class _Stopped(Exception):
    """The command was taken back."""


class _Watch(Watch):
    """Tells how a load goes on, writes what is refused, and stops it when told to."""

    def __init__(self, say: Say, stop: threading.Event, refused: IO[str]) -> None:
        self._say, self._stop = say, stop
        self._table = csv.writer(refused)
        self._table.writerow(_COLUMNS)
        self._began = self._told = time.monotonic()

    def progress(self, progress: Progress) -> None:
        if self._stop.is_set():
            raise _Stopped
        now = time.monotonic()
        if now - self._told < _PACE_S:
            return
        self._told = now
        share = progress.done_bytes / max(1, progress.total_bytes)
        counts = {"claims": progress.claims, "refused": progress.rejected}
        self._say({"progress": {"share": min(1.0, share), "seconds": now - self._began, **counts}})

    def refused(self, rejection: Rejection) -> None:
        if self._stop.is_set():
            raise _Stopped
        r, at = rejection, rejection.origin
        self._table.writerow(map(guarded, (r.reason, at.file, at.row, r.field, r.value, r.remedy, r.raw)))


class _Worker:
    def __init__(self, store: Path, folder: Path, out: IO[str]) -> None:
        self._store, self._folder, self._out = open_store(store), folder, out
        self._places = gazetteer.default()
        self.inbox: queue.Queue[tuple[dict[str, Any], threading.Event]] = queue.Queue()

    def listen(self, commands: IO[str]) -> None:
        """Take commands until the server is gone."""
        stop = threading.Event()
        for line in commands:
            stop.set()
            command = json.loads(line)
            if command["do"] != "stop":
                stop = threading.Event()
                self.inbox.put((command, stop))
        shutil.rmtree(self._folder, ignore_errors=True)
        os._exit(0)  # the other thread may be anywhere; a store survives that

    def run(self) -> None:
        """Do one command after the other."""
        while True:
            command, stop = self.inbox.get()

            def say(event: Mapping[str, Any], turn: int = command["turn"]) -> None:
                self._out.write(json.dumps({"turn": turn, **event}) + "\n")
                self._out.flush()

            held = self._store.count(Query())
            try:
                self._do(command, say, stop)
            except _Stopped:
                say({"state": "stopped", "added": self._store.count(Query()) - held})
            except GeodataError as e:
                say({"state": "failed", "error": {"what": e.what, "remedy": e.remedy}})

    def _do(self, command: Mapping[str, Any], say: Say, stop: threading.Event) -> None:
        subject = self._subject(command.get("file", ""), say)
        options = self._options(subject, command, say)
        if stop.is_set():
            raise _Stopped
        checking = command["do"] == "checking"
        if checking:
            say(first_claims(subject.path, options, self._places))
        began = datetime.now(UTC)
        with (self._folder / REFUSED).open("w", encoding="utf-8-sig", newline="") as refused:
            found = load(
                self._store,
                subject.path,
                gazetteer=self._places,
                options=options,
                dry_run=checking,
                watch=_Watch(say, stop, refused),
            )
        done = report_data(found)
        if checking:
            say({"state": "checked", "report": done})
        else:
            say({"state": "loaded", "result": done | extent_data(self._store, began)})

    def _subject(self, name: str, say: Say) -> Subject:
        """The one that is named, or the first."""
        found, unread = subjects(self._folder / "files")
        say({"subjects": [[s.name, s.reader.title] for s in found], "unread": unread})
        chosen = next((s for s in found if s.name == name), found[0] if found else None)
        if chosen is None:
            raise ReaderError(
                unread[0][1] if unread else "there is no file", remedy="`conflict-map formats` lists what can be read."
            )
        say({"file": chosen.name})
        return chosen

    def _options(self, subject: Subject, command: Mapping[str, Any], say: Say) -> dict[str, str]:
        """The reader's options: the layer chosen, and the mapping set by hand or that of a TOML file dropped along."""
        layer = {"layer": str(command["layer"])} if command.get("layer") else {}
        told = next(iter(sorted((self._folder / "files").glob(f"*{MAPPING}"))), None)
        options = {**layer, "map": str(told)} if told else layer
        found = look(subject.path, subject.reader, options)
        if found.layers and not layer:
            layer = {"layer": found.layers[0]}
        if found.mapping is None:
            say({"look": look_data(found)})
            return {}
        if command.get("mapping"):
            path = self._folder / "mapping.toml"
            path.write_text(toml_of(mapped(found.mapping, command["mapping"])), "utf-8")
            options = {**layer, "map": str(path)}
            found = look(subject.path, subject.reader, options)
        say({"look": look_data(found)})
        if found.problem:
            raise found.problem
        return {**options, **layer}


def main(store: str, folder: str) -> None:
    """Serve one upload."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a library prints goes to the log
    if hasattr(os, "nice"):
        os.nice(5)  # the pages of others come first
    worker = _Worker(Path(store), Path(folder), out)
    threading.Thread(target=worker.listen, args=[sys.stdin], daemon=True).start()
    worker.run()


if __name__ == "__main__":
    main(*sys.argv[1:])
