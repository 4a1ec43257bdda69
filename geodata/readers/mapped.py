"""Any table, as text or as a workbook, by a mapping of its columns that is told or guessed."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from shapely.geometry.base import BaseGeometry

from geodata.errors import ReaderError
from geodata.model import Origin, Rejection
from geodata.readers.base import Options, Record
from geodata.readers.mapping import OPTIONS, as_toml, beside
from geodata.readers.mended import header_of
from geodata.readers.tables import Row, Table, clean, open_table, sniff_header
from geodata.readers.translated import Rows, as_text, mapping_of, translated
from geodata.readers.unpacked import FREE_BYTES, MAX_EXPANSION

if TYPE_CHECKING:
    from openpyxl import Workbook

__all__ = ["MappedReader", "layers_of", "rows_of"]

_BOOK: Final = b"PK\x03\x04"
_BOOK_PARTS: Final = (b"xl/workbook.xml", b"xl/worksheets/", b"[Content_Types].xml")
_DAMAGE: Final = (zipfile.BadZipFile, ElementTree.ParseError, KeyError, ValueError, OSError)


class MappedReader:
    """Reads any table; asked last, as every format of rows and columns is one."""

    name: Final = "table"
    title: Final = "any table: CSV, TSV, Excel; columns mapped or guessed"
    options: Final[Mapping[str, str]] = OPTIONS

    def sniff(self, head: bytes) -> bool:
        """True for a workbook, or text whose first line has two columns or more."""
        return _is_book(head) or len(sniff_header(head)) > 1

    def read(self, path: Path, options: Options) -> Iterator[Record]:
        """The document, then each row's claim or Rejection.

        Raises
        ------
        ReaderError
            If the file cannot be read, or its columns not be mapped.
        """
        return translated(rows_of(path, options, self.name), path, options.get("map") or beside(path))

    def explain(self, path: Path, options: Options) -> tuple[str, ...]:
        """Lines that say how each column would be read.

        Raises
        ------
        ReaderError
            As :meth:`read`.
        """
        rows = rows_of(path, options, self.name)
        return mapping_of(rows, options.get("map") or beside(path)).describe(rows.columns)

    def mapping(self, path: Path, options: Options) -> str:
        """The mapping that the file is read with, as one would tell it in TOML.

        Raises
        ------
        ReaderError
            As :meth:`read`.
        """
        found = mapping_of(rows_of(path, options, self.name), options.get("map") or beside(path))
        return as_toml(found, found.of(path))


def _is_book(head: bytes) -> bool:
    return head.startswith(_BOOK) and any(part in head for part in _BOOK_PARTS)


def rows_of(path: Path, options: Options, reader: str) -> Rows:
    """The rows of a text table or of a workbook's sheet.

    Raises
    ------
    ReaderError
        If the file cannot be read, or has several sheets and the option ``layer`` names none of them.
    """
    origin = Origin(dataset=path.stem, file=path.name, reader=reader)
    if _is_book(_start(path)):
        return _book(path, options.get("layer", ""), origin)
    return _TextRows(open_table(path, origin=origin))


def _start(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(65_536)
    except OSError as e:
        raise ReaderError(f"cannot be read: {e.strerror}", where=str(path), remedy="Name a file you may read.") from e


def layers_of(path: Path) -> tuple[str, ...]:
    """The sheets of a workbook that hold something; none of a text."""
    return tuple(name for name in _sheets(path) if _header(path, name)) if _is_book(_start(path)) else ()


@dataclass(frozen=True, slots=True)
class _TextRows:
    table: Table

    @property
    def columns(self) -> tuple[str, ...]:
        return self.table.columns

    def at(self, line: int) -> Origin:
        return self.table.at(line)

    def __iter__(self) -> Iterator[tuple[Row | Rejection, BaseGeometry | None]]:
        return ((row, None) for row in self.table)


@dataclass(frozen=True, slots=True)
class _SheetRows:
    path: Path
    sheet: str
    header: int
    """Number of the row that names the columns."""
    columns: tuple[str, ...]
    origin: Origin

    def at(self, line: int) -> Origin:
        return replace(self.origin, row=f"{self.sheet} row {line}")

    def __iter__(self) -> Iterator[tuple[Row | Rejection, BaseGeometry | None]]:
        for line, values in _values(self.path, self.sheet):
            if line > self.header and any(values):
                yield self._row(line, values), None

    def _row(self, line: int, values: tuple[str, ...]) -> Row | Rejection:
        raw = header_of(values, "\t")
        if any(values[len(self.columns) :]):
            remedy = "Give every column that is filled a name."
            return Rejection("ragged_row", self.at(line), "", f"{len(values)} cells", remedy, raw, self._header)
        padded = values + ("",) * (len(self.columns) - len(values))
        cleaned = {name: clean(value) for name, value in zip(self.columns, padded, strict=False)}
        notes = tuple(f"{name}: {note}" for name, (_, note) in cleaned.items() if note)
        return Row(line, {name: cell for name, (cell, _) in cleaned.items()}, raw, notes, self._header)

    @property
    def _header(self) -> str:
        return header_of(self.columns, "\t")


def _book(path: Path, sheet: str, origin: Origin) -> _SheetRows:
    """The sheet named, or the only one that holds anything."""
    _check_size(path)
    headers = {name: found for name in _sheets(path) if (found := _header(path, name))}
    if not sheet and len(headers) == 1:
        sheet = next(iter(headers))
    if sheet not in headers:
        what = f"there is no sheet {sheet!r}" if sheet else f"{len(headers)} sheets hold something"
        raise ReaderError(what, where=str(path), remedy=f"Name one with --layer: {', '.join(headers)}.")
    line, columns = headers[sheet]
    return _SheetRows(path, sheet, line, columns, origin)


def _check_size(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as book:
            size = sum(part.file_size for part in book.infolist())
    except _DAMAGE as e:
        raise _damaged(path, e) from e
    if size > max(FREE_BYTES, MAX_EXPANSION * path.stat().st_size):
        raise ReaderError(f"unpacks to {size:,} bytes", where=str(path), remedy="Save the sheet as CSV.")


def _sheets(path: Path) -> list[str]:
    with _workbook(path) as book:
        return [sheet.title for sheet in book.worksheets]


def _header(path: Path, sheet: str) -> tuple[int, tuple[str, ...]] | None:
    for line, values in _values(path, sheet):
        if any(values):
            filled = max(i for i, value in enumerate(values, 1) if value)
            return line, tuple(clean(value)[0] or f"column_{i}" for i, value in enumerate(values[:filled], 1))
    return None


def _values(path: Path, sheet: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Number and cells, as text, of each row of a sheet."""
    with _workbook(path) as book:
        for line, values in enumerate(book[sheet].iter_rows(values_only=True), 1):
            yield line, tuple(map(as_text, values))


@contextmanager
def _workbook(path: Path) -> Iterator[Workbook]:
    """The workbook in the file, whatever the file's name."""
    import openpyxl

    try:
        with path.open("rb") as file:
            book = openpyxl.load_workbook(file, read_only=True, data_only=True)
            yield book
            book.close()
    except _DAMAGE as e:
        raise _damaged(path, e) from e


def _damaged(path: Path, error: Exception) -> ReaderError:
    return ReaderError(f"is no readable workbook: {error}", where=str(path), remedy="Save it again, or as CSV.")
