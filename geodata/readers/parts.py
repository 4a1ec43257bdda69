"""A format that comes in several files: the files of a folder, of a zip, or those beside the one that is named."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from geodata.errors import ReaderError
from geodata.readers.unpacked import FREE_BYTES, MAX_EXPANSION, head

__all__ = ["Parts", "files_in", "heads", "opened_parts"]

_HEAD_BYTES: Final = 65_536


@dataclass(frozen=True, slots=True)
class Parts:
    """Files that may belong together."""

    named: tuple[Path, ...]
    """Those that are asked for."""
    beside: tuple[Path, ...]
    """All of them, and those that lie beside a file that was asked for alone."""

    def like(self, sniff: Callable[[bytes], bool], *, named: bool = False) -> tuple[Path, ...]:
        """Those that ``sniff`` takes by their first bytes; what cannot be read is none of them."""
        return tuple(path for path in (self.named if named else self.beside) if sniff(_start(path)))


@contextmanager
def opened_parts(path: Path) -> Iterator[Parts]:
    """The files at a path: those of a folder, of a zip that holds several (unpacked for the time), else the file.

    Raises
    ------
    ReaderError
        If a zip cannot be unpacked, or would unpack to more than is sane.
    """
    if path.is_dir():
        files = files_in(path)
        yield Parts(files, files)
    elif members := _members(path):
        with tempfile.TemporaryDirectory() as folder:
            files = _unpack(path, members, Path(folder))
            yield Parts(files, files)
    else:
        yield Parts((path,), files_in(path.parent))


def heads(path: Path) -> Iterator[bytes]:
    """The first bytes of each file of a folder, or of a zip that holds several; nothing for any other file.

    Raises
    ------
    ReaderError
        If a zip cannot be unpacked.
    """
    if path.is_dir():
        yield from map(_start, files_in(path))
    elif members := _members(path):
        with _archive(path) as archive:
            for member in members:
                with archive.open(member) as file:
                    yield file.read(_HEAD_BYTES)


def files_in(folder: Path) -> tuple[Path, ...]:
    """The files of a folder by name, hidden ones left out; none where it cannot be read."""
    try:
        return tuple(sorted(f for f in folder.iterdir() if f.is_file() and not f.name.startswith(".")))
    except OSError:
        return ()


def _start(path: Path) -> bytes:
    try:
        return head(path, _HEAD_BYTES)
    except ReaderError:
        return b""


@contextmanager
def _archive(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as e:
        raise ReaderError(f"cannot be unpacked: {e}", where=str(path), remedy="Unpack it and read the folder.") from e


def _members(path: Path) -> list[zipfile.ZipInfo]:
    """The files in a zip that holds several; empty for any other file."""
    if not path.is_file() or not zipfile.is_zipfile(path):
        return []
    with _archive(path) as archive:
        found = [m for m in archive.infolist() if not m.is_dir() and not m.filename.startswith("__MACOSX/")]
    return found if len(found) > 1 else []


def _unpack(path: Path, members: list[zipfile.ZipInfo], folder: Path) -> tuple[Path, ...]:
    """The members by the names they have inside, each in a folder of its own; never more bytes than they declare."""
    limit = max(FREE_BYTES, MAX_EXPANSION * path.stat().st_size)
    if (total := sum(m.file_size for m in members)) > limit:
        what = f"unpacks to {total:,} bytes, over {MAX_EXPANSION} times its size"
        raise ReaderError(what, where=str(path), remedy="Unpack it yourself if you trust it.")
    files = []
    with _archive(path) as archive:
        for i, member in enumerate(members):
            target = folder / str(i) / (PurePosixPath(member.filename).name or "file")
            target.parent.mkdir()
            with archive.open(member) as packed, target.open("wb") as file:
                shutil.copyfileobj(packed, file)
            files.append(target)
    return tuple(files)
