"""What readers write beside the claims: notes with tags, and views they want to find again.

One file of JSON Lines, ``notes.jsonl`` in the store's folder beside its versions: a line is an entry as it was written,
never changed. An edit or a removal is a further line with the next revision. So it outlives every version of the store,
is copied with its folder, and is itself the export.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Final
from uuid import uuid4

import filelock
import msgspec

from geodata.errors import StoreError
from geodata.model import Origin, Rejection

__all__ = ["NOTES", "Entry", "EntryKind", "Notebook", "Taken"]

NOTES: Final = "notes.jsonl"
"""Name of the file in the store's folder."""
_LONGEST: Final = 20_000


class EntryKind(StrEnum):
    """What an entry is."""

    NOTE = "note"
    VIEW = "view"


@dataclass(frozen=True, slots=True)
class Entry:
    """One revision of a note or of a view."""

    kind: EntryKind
    author: str
    text: str = ""
    """What the note says, or the view's name."""
    claim_id: str = ""
    """The claim that a note is about."""
    tags: tuple[str, ...] = ()
    """Words without commas and spaces, in lower case."""
    address: str = ""
    """Of a view: query and view words of the page's address, without ``?``."""
    entry_id: str = ""
    """Given by the notebook where it is empty."""
    revision: int = 0
    written_at: datetime | None = None
    removed: bool = False

    def __post_init__(self) -> None:
        words = (w for tag in self.tags for w in tag.replace(",", " ").casefold().split())
        object.__setattr__(self, "tags", tuple(dict.fromkeys(words)))
        object.__setattr__(self, "kind", EntryKind(self.kind))


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of lines of another notebook."""

    new: int = 0
    """Revisions that were not known and were taken in."""
    known: int = 0
    refused: tuple[Rejection, ...] = ()
    """Lines that are no revision of a note or view, and why; the others were taken."""

    def reasons(self) -> list[str]:
        """Line and reason of each that was refused."""
        return [f"{r.origin.row}: {r.field + ' ' if r.field != '$' else ''}{r.remedy}" for r in self.refused]


class Notebook:
    """The entries of one file; safe to use from several threads and processes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._seen: tuple[int, int] | None = None
        self._newest: dict[str, Entry] = {}

    def version(self) -> str:
        """A token that changes with every line written; empty while there is none."""
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return ""
        return f"{found.st_size:x}.{found.st_mtime_ns:x}"

    def entries(self) -> Sequence[Entry]:
        """The newest revision of each entry, those removed left out, the latest first."""
        kept = [e for e in self._current().values() if not e.removed]
        return sorted(kept, key=lambda e: (*_written(e), e.entry_id), reverse=True)

    def tagged(self, tags: Iterable[str]) -> frozenset[str]:
        """Ids of the claims that a note gives one of the tags."""
        wanted = {t.casefold() for t in tags}
        return frozenset(e.claim_id for e in self.entries() if e.kind is EntryKind.NOTE and wanted & set(e.tags))

    def write(self, entry: Entry) -> Entry:
        """Put down an entry, or the next revision of one that is there; returned as it was written.

        Raises
        ------
        StoreError
            If it says nothing, names no author or claim, revises what is not there, or the file cannot be written.
        """
        with self._alone():
            known = self._current()
            if entry.entry_id and entry.entry_id not in known:
                raise StoreError(f"no entry {entry.entry_id!r}", where=str(self._path), remedy="Write a new one.")
            _check(entry)
            before = known.get(entry.entry_id)
            told = replace(
                entry,
                entry_id=entry.entry_id or uuid4().hex[:12],
                revision=before.revision + 1 if before else 1,
                written_at=datetime.now(UTC),
            )
            self._append([told])
        return told

    def lines(self) -> Iterator[str]:
        """Every revision as it was written, one JSON object a line."""
        for entry in self._read():
            yield msgspec.json.encode(entry).decode() + "\n"

    def take(self, lines: Iterable[bytes]) -> Taken:
        """Take in lines of another notebook, as :meth:`lines` gives them; of each entry the last written is in force.

        Raises
        ------
        StoreError
            If the file cannot be written.
        """
        told = [_told(line, n) for n, line in enumerate(lines, 1) if line.strip()]
        refused = tuple(one for one in told if isinstance(one, Rejection))
        with self._alone():
            held = set(self._read())
            given = [one for one in told if isinstance(one, Entry)]
            fresh = [one for one in dict.fromkeys(given) if one not in held]
            if fresh:
                self._append(fresh)
        return Taken(len(fresh), len(given) - len(fresh), refused)

    def _current(self) -> dict[str, Entry]:
        with self._lock:
            try:
                found = self._path.stat()
            except FileNotFoundError:
                return {}
            if self._seen != (seen := (found.st_size, found.st_mtime_ns)):
                newest: dict[str, Entry] = {}
                for entry in self._read():
                    held = newest.get(entry.entry_id)
                    if held is None or _written(entry) >= _written(held):
                        newest[entry.entry_id] = entry
                self._newest, self._seen = newest, seen
            return self._newest

    def _read(self) -> Iterator[Entry]:
        """The lines; one that a crash cut short is passed over."""
        try:
            lines = self._path.read_bytes().splitlines()
        except FileNotFoundError:
            return
        for line in lines:
            try:
                yield msgspec.json.decode(line, type=Entry)
            except msgspec.DecodeError:
                continue

    def _append(self, entries: Sequence[Entry]) -> None:
        text = b"".join(msgspec.json.encode(e) + b"\n" for e in entries)
        try:
            with self._path.open("a+b") as file:
                if file.tell() and (file.seek(-1, os.SEEK_END), file.read(1))[1] != b"\n":
                    text = b"\n" + text
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
        except OSError as e:
            remedy = "Check its permissions and the space left."
            raise StoreError(f"cannot be written: {e.strerror or e}", where=str(self._path), remedy=remedy) from e

    def _alone(self) -> filelock.BaseFileLock:
        return filelock.FileLock(self._path.with_suffix(".lock"), timeout=10)


def _written(entry: Entry) -> tuple[datetime, int]:
    """What tells revisions of an entry apart, the later one last, also where two notebooks have each their own."""
    return entry.written_at or datetime.min.replace(tzinfo=UTC), entry.revision


def _told(line: bytes, n: int) -> Entry | Rejection:
    """The revision on a line, or why there is none."""
    field = "$"
    try:
        entry = msgspec.json.decode(line, type=Entry)
        _check(entry)
        lacking = [name for name in ("entry_id", "revision", "written_at") if not getattr(entry, name)]
        if not lacking and entry.written_at and entry.written_at.tzinfo:
            return entry
        field, why = ", ".join(lacking or ["written_at"]), "missing" if lacking else "it has no time zone"
    except StoreError as e:
        why = e.what
    except (msgspec.MsgspecError, ValueError) as e:
        why = str(e)
    shown = line.decode(errors="replace")
    return Rejection("bad_note", Origin(file=NOTES, row=f"line {n}"), field, shown[:80], why, shown)


def _check(entry: Entry) -> None:
    if entry.kind is EntryKind.NOTE:
        lacking = not entry.claim_id or not (entry.text.strip() or entry.tags)
    else:
        lacking = not entry.text.strip()
    if (lacking and not entry.removed) or not entry.author.strip():
        raise StoreError(
            "a note needs an author, a claim and words or tags; a view an author and a name", remedy="Fill them in."
        )
    if len(entry.text) > _LONGEST:
        raise StoreError(f"a note has at most {_LONGEST} letters", remedy="Write two.")
