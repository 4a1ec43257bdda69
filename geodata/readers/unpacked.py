"""The bytes of a file, looked for inside a zip or gzip when the file is one, never more than is sane."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import IO, BinaryIO, Final, cast

from geodata.errors import ReaderError

__all__ = ["FREE_BYTES", "MAX_EXPANSION", "Meter", "head", "metered", "opened", "whole"]

MAX_EXPANSION: Final = 100
"""A packed file may unpack to this many times its size (tables reach 5 to 30; DEFLATE can reach 1,032)."""
FREE_BYTES: Final = 64 << 20
"""Up to this many unpacked bytes are read whatever the ratio."""

MAX_WHOLE: Final = 1 << 30
"""A document that can only be read whole may have this many bytes."""

_GZIP: Final = b"\x1f\x8b"
_ZIP: Final = b"PK\x03\x04"
_DAMAGE: Final = (zipfile.BadZipFile, gzip.BadGzipFile, EOFError, zlib.error, NotImplementedError, RuntimeError)
"""What the packers raise on a damaged, encrypted or unknown archive."""


class Meter:
    """How far the files that are opened have been read: packed bytes, of the last time each was opened."""

    def __init__(self) -> None:
        self._files: dict[Path, BinaryIO] = {}
        self._done: dict[Path, int] = {}

    def watch(self, path: Path, file: BinaryIO) -> None:
        """Count what is read of this file."""
        self._files[path] = file

    def done(self) -> int:
        """Bytes read so far."""
        for path, file in self._files.items():
            self._done[path] = path.stat().st_size if file.closed else file.tell()
        return sum(self._done.values())


_METER: Final[ContextVar[Meter | None]] = ContextVar("meter", default=None)


@contextmanager
def metered() -> Iterator[Meter]:
    """A meter of what this thread reads through :func:`opened` inside the block."""
    token = _METER.set(meter := Meter())
    try:
        yield meter
    finally:
        _METER.reset(token)


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """The file's bytes; of a gzip or of a zip with one file in it, the unpacked ones.

    Zips that are documents of their own (Office, shapefile sets) come as they are.

    Raises
    ------
    ReaderError
        If the file cannot be read or unpacked, or unpacks beyond ``MAX_EXPANSION`` times its size.
    """
    try:
        with path.open("rb") as file:
            start = file.read(4)
            file.seek(0)
            if meter := _METER.get():
                meter.watch(path, file)
            if start[:2] == _GZIP:
                yield _bounded(cast(BinaryIO, gzip.GzipFile(fileobj=file)), path)
            elif start == _ZIP:
                yield from _member(file, path)
            else:
                yield file
    except _DAMAGE as e:
        raise ReaderError(f"cannot be unpacked: {e}", where=str(path), remedy="Unpack it and read the table.") from e
    except OSError as e:
        raise ReaderError(f"cannot be read: {e.strerror or e}", where=str(path), remedy="Name a file.") from e


def head(path: Path, size: int = 65_536) -> bytes:
    """The first ``size`` bytes as :func:`opened` gives them.

    Raises
    ------
    ReaderError
        As :func:`opened`.
    """
    with opened(path) as file:
        return file.read(size)


def whole(path: Path) -> bytes:
    """All bytes of the file as :func:`opened` gives them, without a byte order mark of UTF-8.

    Raises
    ------
    ReaderError
        As :func:`opened`, or if there are more than ``MAX_WHOLE``.
    """
    with opened(path) as file:
        data = file.read(MAX_WHOLE + 1)
    if len(data) > MAX_WHOLE:
        remedy = "Split it, or bring it as JSON Lines or as a table, which are read piece by piece."
        raise ReaderError(f"is one document of more than {MAX_WHOLE >> 20:,} MiB", where=str(path), remedy=remedy)
    return data.removeprefix(b"\xef\xbb\xbf")


def _member(file: BinaryIO, path: Path) -> Iterator[BinaryIO]:
    with zipfile.ZipFile(file) as archive:
        names = [n for n in archive.namelist() if not n.endswith("/") and not n.startswith("__MACOSX/")]
        if len(names) == 1:
            with archive.open(names[0]) as member:
                yield _bounded(member, path)
            return
    with path.open("rb") as whole:
        yield whole


def _bounded(packed: IO[bytes], path: Path) -> BinaryIO:
    return cast(BinaryIO, io.BufferedReader(_Bounded(packed, path)))


class _Bounded(io.RawIOBase):
    """Counts what a packed stream gives and stops an archive that grows without end."""

    def __init__(self, packed: IO[bytes], path: Path) -> None:
        self._packed, self._path, self._given = packed, path, 0
        self._limit = max(FREE_BYTES, MAX_EXPANSION * path.stat().st_size)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        data = self._packed.read(len(buffer))
        self._given += len(data)
        if self._given > self._limit:
            what = f"unpacks to more than {self._limit:,} bytes, over {MAX_EXPANSION} times its size"
            raise ReaderError(what, where=str(self._path), remedy="Unpack it yourself if you trust it.")
        buffer[: len(data)] = data
        return len(data)
