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
from geodata.readers.exported import ExportedReader
from geodata.readers.features import FeaturesReader
from geodata.readers.gdelt import GdeltReader
from geodata.readers.gold import GoldReader
from geodata.readers.losses import LossesReader
from geodata.readers.mapped import MappedReader
from geodata.readers.native import NativeReader
from geodata.readers.parts import heads
from geodata.readers.timemap import TimeMapReader
from geodata.readers.ucdp import UcdpReader
from geodata.readers.unpacked import head
from geodata.readers.viina import ViinaReader

__all__ = ["READERS", "Options", "Reader", "Record", "detect", "explain", "read"]

READERS: Final[Mapping[str, Reader]] = MappingProxyType(
    {
        r.name: r
        for r in (
            NativeReader(),
            GoldReader(),
            ExportedReader(),
            AcledReader(),
            LossesReader(),
            UcdpReader(),
            ControlReader(),
            ViinaReader(),
            GdeltReader(),
            TimeMapReader(),
            FeaturesReader(),
            MappedReader(),
        )
    }
)
"""Every reader by name; the order is the order of asking, the one that takes any table comes last."""


def detect(path: Path) -> Reader:
    """The reader whose format the file's content shows; a zip, a gzip or a folder shows what is in it.

    Raises
    ------
    ReaderError
        If the file cannot be opened or unpacked, no reader takes it, or several take files of one folder or zip.
    """
    starts = [*heads(path), *([] if path.is_dir() else [head(path)])]
    takers = {reader.name: reader for start in starts if (reader := _taker(start))}
    if len(takers) == 1:
        (reader,) = takers.values()
        if path.is_dir() or hasattr(reader, "stands_alone") or _taker(head(path)):
            return reader
        what = "is a zip of several files"
        raise ReaderError(what, where=str(path), remedy="Unpack it and import the folder.")
    if takers:
        what = f"holds files of several formats: {', '.join(takers)}"
        raise ReaderError(what, where=str(path), remedy="Import the files one by one.")
    known = "; ".join(f"{r.name} ({r.title})" for r in READERS.values())
    raise ReaderError("no reader takes this file", where=str(path), remedy=f"Known formats: {known}.")


def explain(path: Path, options: Options = MappingProxyType({})) -> tuple[str, ...]:
    """Lines that say how the file's columns would be read; none for a format whose columns have fixed names.

    Raises
    ------
    ReaderError
        If no reader takes the file, or its columns cannot be mapped.
    """
    reader = detect(path)
    return reader.explain(path, options) if isinstance(reader, FeaturesReader | MappedReader) else ()


def _taker(start: bytes) -> Reader | None:
    return next((reader for reader in READERS.values() if reader.sniff(start)), None)


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
