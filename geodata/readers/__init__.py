"""Outside formats, one module each, and the register of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from geodata.errors import ReaderError
from geodata.readers.acled import AcledReader
from geodata.readers.base import Options, Reader, Record
from geodata.readers.control import ControlReader
from geodata.readers.gold import GoldReader
from geodata.readers.losses import LossesReader
from geodata.readers.native import NativeReader
from geodata.readers.ucdp import UcdpReader
from geodata.readers.unpacked import head

__all__ = ["READERS", "Options", "Reader", "Record", "detect", "read"]

READERS: Final[Mapping[str, Reader]] = MappingProxyType(
    {
        r.name: r
        for r in (
            NativeReader(),
            GoldReader(),
            AcledReader(),
            LossesReader(),
            UcdpReader(),
            ControlReader(),
        )
    }
)
"""Every reader by name; the order is the order of asking."""


def detect(path: Path) -> Reader:
    """The reader whose format the file's content shows; a zip or gzip shows what is in it.

    Raises
    ------
    ReaderError
        If the file cannot be opened or unpacked, or no reader takes it.
    """
    start = head(path)
    for reader in READERS.values():
        if reader.sniff(start):
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
