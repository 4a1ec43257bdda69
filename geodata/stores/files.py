"""The folder of a store: immutable versions, a pointer to the one in force, a lock for the one writer.

    <folder>/CURRENT            the name of the version in force, replaced atomically
    <folder>/claims-<n>.duckdb  the versions; the newest two are kept
    <folder>/WRITER.lock        held while somebody writes
    <folder>/notes.jsonl        what readers write beside the claims, and its lock: of no version, see geodata.notebook

A version has its own name because DuckDB hands out the old content when a path is opened again after a swap.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import filelock

from geodata.errors import CorruptStoreError, ForeignFileError, StoreError, StoreLockedError
from geodata.notebook import NOTES

__all__ = ["Folder", "gone", "number"]

_CURRENT: Final = "CURRENT"
_LOCK: Final = "WRITER.lock"
_VERSION: Final = re.compile(r"claims-(\d+)\.duckdb")
_OURS: Final = re.compile(
    r"CURRENT|CURRENT\.tmp|WRITER\.lock|notes\.(jsonl|lock)|claims-\d+\.duckdb(\.tmp(\.wal|\.tmp)?)?"
)
_KEPT: Final = 2
_STAYS: Final = frozenset({_CURRENT, _LOCK, NOTES, Path(NOTES).with_suffix(".lock").name})


class Folder:
    """A store's folder; nothing is touched by looking at it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def current(self) -> Path | None:
        """The version in force; None where there is no store yet: no folder, an empty one, or a first write cut short.

        Raises
        ------
        ForeignFileError
            If the path holds something else.
        CorruptStoreError
            If the version in force is gone.
        StoreError
            If the path cannot be read.
        """
        with self._possible("read"):
            try:
                name = (self.path / _CURRENT).read_text("utf-8", errors="replace").strip()
            except FileNotFoundError:
                self._check_absent()
                return None
            except NotADirectoryError:
                raise self._foreign("a file, not the folder of a claim store") from None
        if not _VERSION.fullmatch(name):
            raise self._foreign(f"its {_CURRENT} names no version of a claim store")
        return self.path / name

    @contextmanager
    def lock(self, timeout_s: float = 0) -> Iterator[None]:
        """Hold the writer's lock, the folder being made if need be.

        Raises
        ------
        StoreLockedError
            If another holds it for longer than ``timeout_s``.
        StoreError
            If the folder cannot be written.
        """
        lock = filelock.FileLock(self.path / _LOCK, timeout=timeout_s)
        with self._possible("written"):
            self.path.mkdir(parents=True, exist_ok=True)
            try:
                lock.acquire()
            except filelock.Timeout as e:
                raise StoreLockedError(
                    "another process is writing", where=str(self.path), remedy="Try again when it is done."
                ) from e
        try:
            yield
        finally:
            lock.release()

    def draft(self) -> Path:
        """A copy of the version in force under a temporary name (no file where there is none); leftovers are removed.

        To be called with the lock held, as :meth:`publish` and :meth:`discard` are.
        """
        current = self.current()
        self._tidy(current)
        n = number(current) + 1 if current else 1
        draft = self.path / f"claims-{n}.duckdb.tmp"
        if current:
            with self._possible("written"):
                shutil.copyfile(current, draft)
        return draft

    def publish(self, draft: Path) -> None:
        """Put the draft in force: readers see it only after the last step, and wholly, whenever this is cut short."""
        version, pointer = draft.with_suffix(""), self.path / f"{_CURRENT}.tmp"
        with self._possible("written"):
            _sync(draft)
            os.replace(draft, version)
            pointer.write_text(version.name + "\n", "utf-8")
            _sync(pointer)
            _sync_names(self.path)
            os.replace(pointer, self.path / _CURRENT)
            _sync_names(self.path)
        self._tidy(version)

    def discard(self) -> None:
        """Remove the draft, if there is one."""
        self._tidy(self.current())

    def _tidy(self, current: Path | None) -> None:
        """Remove what a writer cut short has left, and versions too old to be asked for."""
        n = number(current) if current else 0
        kept = {f"claims-{i}.duckdb" for i in range(n - _KEPT + 1, n + 1)} | _STAYS
        for file in self.path.iterdir():
            if file.name in kept or not _OURS.fullmatch(file.name):
                continue
            with suppress(PermissionError):  # Windows: a reader still holds it, so it goes next time
                shutil.rmtree(file) if file.is_dir() else file.unlink()

    def _check_absent(self) -> None:
        """Hold that the folder has nothing but what making a store may have left: version 1 is always empty."""
        try:
            names = sorted(f.name for f in self.path.iterdir())
        except FileNotFoundError:
            return
        if strange := [n for n in names if not _OURS.fullmatch(n)]:
            raise self._foreign(f"a folder that holds other things ({', '.join(strange[:3])})")
        if any(_VERSION.fullmatch(n) and number(Path(n)) > 1 for n in names):
            raise CorruptStoreError(
                f"{_CURRENT} is gone, its versions are there",
                where=str(self.path),
                remedy=f"Write the name of the newest version that is whole into {_CURRENT}.",
            )

    def _foreign(self, what: str) -> ForeignFileError:
        return ForeignFileError(what, where=str(self.path), remedy="It is left as it is; name another path.")

    @contextmanager
    def _possible(self, done: str) -> Iterator[None]:
        try:
            yield
        except OSError as e:
            remedy = "Check the path, its permissions and the space left."
            raise StoreError(f"cannot be {done}: {e.strerror or e}", where=str(self.path), remedy=remedy) from e


def gone(version: Path) -> CorruptStoreError:
    """The error for a version that CURRENT names and that is not there."""
    return CorruptStoreError(
        f"{_CURRENT} names {version.name}, which is not there",
        where=str(version.parent),
        remedy="Restore that file, or import into a new store.",
    )


def number(version: Path) -> int:
    """The number of a version, or of the one its draft is to be; 0 for another file."""
    found = _VERSION.match(version.name)
    return int(found[1]) if found else 0


def _sync(file: Path) -> None:
    with file.open("r+b") as f:
        os.fsync(f.fileno())


def _sync_names(folder: Path) -> None:
    if os.name != "posix":  # elsewhere a folder cannot be opened, and renames are not held back
        return
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
