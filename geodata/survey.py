"""What there is to import at some paths: files with their format, and those left out with the reason."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from geodata.errors import ReaderError
from geodata.readers import READERS, Options, Reader, detect, explain
from geodata.readers.mapped import MappedReader
from geodata.readers.mapping import beside
from geodata.readers.parts import files_in
from geodata.readers.timemap import TimeMapReader
from geodata.readers.unpacked import head
from geodata.readers.viina import ViinaReader

__all__ = ["Found", "fingerprint", "survey"]

_FREE: Final = ("table", "features")
"""Readers that take any table or layer, so what they make of a file must be looked at."""
_BLOCK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Found:
    """A file, its format, and the options its reader takes; or why it is left out."""

    path: Path
    reader: str = ""
    options: Options = field(default_factory=dict)
    left_out: str = ""
    """Empty if it is to be read."""


def survey(paths: Iterable[Path], options: Options = MappingProxyType({})) -> tuple[Found, ...]:
    """Every file at the paths in order, folders with all that lies in them.

    Of a file that is named, what is wrong is an error; in a folder, files that hold no claims are left out.

    Raises
    ------
    ReaderError
        If a file that is named cannot be read or has no known format, or no reader found takes one of the options.
    """
    found = []
    for path in paths:
        found += [_inside(file, options) for file in _walk(path)] if path.is_dir() else [_named(path, options)]
    readers = [READERS[f.reader] for f in found if f.reader]
    if unknown := sorted(name for name in options if not any(name in r.options for r in readers)):
        names = ", ".join(dict.fromkeys(r.name for r in readers)) or "none"
        raise ReaderError(f"no option {', '.join(unknown)} for these files", remedy=f"Their formats: {names}.")
    return tuple(found)


def fingerprint(path: Path, reader: Reader, options: Options) -> str:
    """What tells one content of a file, read in one way, from every other: SHA-256 as hexadecimal digits.

    Files that are read with it and files that the options name are part of its content; so is this package, since
    another release may read a file or find its places otherwise.
    """
    digest = hashlib.sha256(f"{reader.name}\x1f{_release()}".encode())
    for name, value in sorted(options.items()):
        digest.update(f"\x1e{name}\x1f{value}".encode())
    named = [Path(value) for value in options.values() if "\n" not in value and Path(value).is_file()]
    for file in [*(files_in(path) if path.is_dir() else [path]), *_companions(path, reader), *named]:
        digest.update(f"\x1e{file.name}\x1f".encode() if file != path else b"\x1e")
        with file.open("rb") as content:
            while block := content.read(_BLOCK):
                digest.update(block)
    return digest.hexdigest()


@lru_cache(maxsize=1)
def _release() -> str:
    """What tells this state of the package from others: its modules, and the sizes of its data."""
    digest = hashlib.sha256()
    for file in sorted(Path(__file__).parent.rglob("*")):
        if file.suffix == ".py":
            digest.update(file.read_bytes())
        elif file.suffix != ".pyc" and file.is_file():
            digest.update(f"{file.name} {file.stat().st_size}".encode())
    return digest.hexdigest()


def _walk(folder: Path) -> Iterator[Path]:
    for at, folders, _ in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from files_in(Path(at))


def _named(path: Path, options: Options) -> Found:
    reader = detect(path)
    return _found(path, reader, options)


def _inside(path: Path, options: Options) -> Found:
    tables = [f.name for f in files_in(path.parent) if f != path and beside(f) == str(path)]
    if tables:
        return Found(path, left_out=f"read with {', '.join(tables)}")
    try:
        reader = detect(path)
        taken = _found(path, reader, options)
        if reader.name in _FREE:
            explain(path, taken.options)
    except ReaderError as e:
        what = e.what.partition(";")[0]
        return Found(path, left_out="no known format" if what.startswith("no reader") else what)
    return taken


def _found(path: Path, reader: Reader, options: Options) -> Found:
    taken: Mapping[str, str] = {name: value for name, value in options.items() if name in reader.options}
    if isinstance(reader, ViinaReader | TimeMapReader) and not path.is_dir() and not _alone(path, reader):
        mains = [f for f in files_in(path.parent) if reader.sniff(_head(f)) and _alone(f, reader)]
        if mains:
            return Found(path, reader.name, left_out=f"read with {', '.join(f.name for f in mains)}")
    return Found(path, reader.name, MappingProxyType(taken))


def _companions(path: Path, reader: Reader) -> list[Path]:
    """Files beside this one that are read with it."""
    if isinstance(reader, MappedReader):
        return [Path(found)] if (found := beside(path)) else []
    if path.is_dir() or not isinstance(reader, ViinaReader | TimeMapReader):
        return []
    return [f for f in files_in(path.parent) if reader.sniff(_head(f)) and not _alone(f, reader)]


def _alone(path: Path, reader: ViinaReader | TimeMapReader) -> bool:
    return reader.stands_alone(_head(path))


def _head(path: Path) -> bytes:
    try:
        return head(path)
    except ReaderError:
        return b""
