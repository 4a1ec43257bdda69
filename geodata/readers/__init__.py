"""Outside formats, one module each, and the register of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from geodata.errors import ReaderError
from geodata.readers.base import Options, Reader, Record
from geodata.readers.gold import GoldReader
from geodata.readers.native import NativeReader

__all__ = ["READERS", "Options", "Reader", "Record", "detect", "read"]

_HEAD_BYTES: Final = 65_536

READERS: Final[Mapping[str, Reader]] = MappingProxyType({r.name: r for r in (NativeReader(), GoldReader())})
"""Every reader by name; the order is the order of asking."""


def detect(path: Path) -> Reader:
    """The reader whose format the file's content shows.

    Raises
    ------
    ReaderError
        If the file cannot be opened, or no reader takes it.
    """
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError as e:
        raise ReaderError(f"cannot be opened: {e.strerror}", where=str(path), remedy="Name a file you may read.") from e
    for reader in READERS.values():
        if reader.sniff(head):
            return reader
    known = "; ".join(f"{r.name} ({r.title})" for r in READERS.values())
    raise ReaderError("no reader takes this file", where=str(path), remedy=f"Known formats: {known}.")


def read(path: Path, options: Options = MappingProxyType({})) -> Iterator[Record]:
    """The records of a file of any known format.

    Raises
    ------
    ReaderError
        If no reader takes the file, or the one that does knows no such option.
    """
    reader = detect(path)
    if unknown := sorted(set(options) - set(reader.options)):
        raise ReaderError(
            f"the {reader.name} reader has no option {', '.join(unknown)}",
            where=str(path),
            remedy=f"It takes: {', '.join(sorted(reader.options)) or 'none'}.",
        )
    return reader.read(path, options)
