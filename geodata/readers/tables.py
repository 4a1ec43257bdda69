"""Delimited text as rows: encoding, delimiter and quoting found, cells cleaned, damage reported line by line.

A damaged line costs that line: a quote left open is given back to the next line, not to the rest of the file.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO, Final, Literal

from geodata.errors import ReaderError
from geodata.model import Origin, Rejection
from geodata.readers.guarded import unguarded
from geodata.readers.mended import CONFIRM, RESERVED, STRUCTURAL, header_of, is_mended, mended
from geodata.readers.unpacked import head, opened

__all__ = ["Row", "Table", "clean", "columns_of", "open_table", "sniff_header"]

_DELIMITERS: Final = ",\t;|"
_HEAD_BYTES: Final = 65_536
_BLOCK: Final = 1 << 20
_PIECE: Final = 1 << 20
"""Characters of a line read at once; the rest of a longer one is read, and refused, as further lines."""
_RECORD_LINES: Final = 200
"""A quoted cell that runs over more lines than this was never closed."""
_BOMS: Final = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_BINARY: Final = (b"PK\x03\x04", b"PAR1", b"SQLite format 3", b"\x1f\x8b", b"fgb\x03", b"\x89", b"%PDF")
_NOT_A_TABLE: Final = re.compile(r"\s*[\[{<]")

_SUSPECT: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\xa0\u2007\u202f\u200b\u2060\ufeff\ufffd\ud800-\udfff\u2020-\u203a\xa4\xa6]"
    "|[\xc2-\xd1][\xa0-\u024f\u2018-\u203a\u20ac\u2122]"
    "|[\u0420\u0421][\xa0-\xbf\u0402-\u040f\u0452-\u045f\u0490\u0491\u2018-\u203a\u20ac\u2122]"
)
"""Finds the rows that need a closer look; the last two are UTF-8 read as cp1252 and as cp1251."""
_BREAKS: Final = re.compile("[\xa0\u2007\u202f]")
_CONTROLS: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u2060\ufeff]")
_LOST: Final = re.compile("[\ufffd\ud800-\udfff]")
_STRAY: Final = re.compile("(?<=[^\\W\\d_])[\u2020-\u2022\u2026\u2030\u2039\u203a\xa4\xa6](?=[^\\W\\d_])")
_HERE: Final = Origin()
_HXL: Final = re.compile(r"#[a-z][\w+ ]*")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: ``cells`` by column name, trimmed; ``raw`` as it stands in the file."""

    line: int
    """Number of its first line, 1 = the first line of the file."""
    cells: Mapping[str, str]
    raw: str
    notes: tuple[str, ...] = ()
    """What was cleaned or looks wrong in a cell, for the claim's note; empty for nearly all rows."""
    header: str = ""
    """The names of the cells as a line of the same table, for a Rejection."""


@dataclass(frozen=True, slots=True)
class Table:
    """A file's columns and, by iteration, its rows; it can be iterated again, and holds one row at a time.

    A line that is no row comes as a Rejection: ``ragged_row``, ``bad_quoting``, ``bad_encoding``, ``nul_byte``.
    Lines without any content, and the tag row of HXL under the header, are not rows.
    """

    path: Path
    columns: tuple[str, ...]
    encoding: str
    delimiter: str
    quoting: bool
    has_header: bool
    origin: Origin
    mended: bool = False
    """Whether its rows were refused before: the columns that say so are read here, and are none of ``columns``."""
    header: str = ""
    _origins: dict[int, Origin] = field(default_factory=dict, compare=False, repr=False)

    def __iter__(self) -> Iterator[Row | Rejection]:
        with opened(self.path) as file, _text(file, self.encoding) as text:
            records = _records(_Lines(text), self.delimiter, self.quoting, self._width)
            if self.has_header:
                next(records, None)
            for i, record in enumerate(records):
                if i or not _is_hxl(record.cells):
                    yield self._row(record)

    def first(self, text: str, line: int) -> tuple[list[Row | Rejection], str]:
        """The first record of a text that begins with line ``line``, and so much of the text as it takes.

        It is none where that is a line without content, and several where the line is too long to be read at once.
        """
        lines = _Lines(io.StringIO(text, newline=""), line)
        taken, found = "", []
        for record in _records(lines, self.delimiter, self.quoting, self._width, blank=True):
            taken += "".join(t for _, t in lines.held)
            if record.damage or any(record.cells):
                found.append(self._row(record))
            if taken.endswith("\n"):
                break
        return found, taken

    def opening(self, text: str) -> str:
        """The names of the columns, and the tags of HXL under them, at the start of the file's text."""
        lines = _Lines(io.StringIO(text, newline=""))
        taken = opening = ""
        filled = 0
        for record in _records(lines, self.delimiter, self.quoting, self._width, blank=True):
            taken += "".join(t for _, t in lines.held)
            filled += bool(record.damage or any(record.cells))
            if filled == 1 and not opening or filled == 2 and _is_hxl(record.cells):
                opening = taken
            if filled == 2:
                break
        return opening

    def at(self, line: int) -> Origin:
        """Where a line of this file is, or was when it was refused."""
        return self._origins.get(line) or replace(self.origin, file=self.path.name, row=f"line {line}")

    @property
    def _width(self) -> int:
        return len(self.columns) + (len(RESERVED) if self.mended else 0)

    def _unmarked(self, record: _Record) -> _Record:
        """The record as it was before it was refused, with what the user has mended."""
        width = len(self.columns)
        self._origins[record.line] = mended(record.cells[width:], self.at(record.line))
        cells = [unguarded(cell) for cell in record.cells[:width]]
        return replace(record, cells=cells, raw=header_of(cells, self.delimiter))

    def _row(self, record: _Record) -> Row | Rejection:
        def refuse(reason: str, value: str, remedy: str) -> Rejection:
            shown = _shown(record.raw)
            return Rejection(reason, self.at(record.line), "", value, remedy, shown, self.header)

        if record.damage:
            return refuse("bad_quoting", record.damage, "Close the quotes, and double those inside a cell.")
        if len(record.cells) != self._width:
            found = f"{len(record.cells)} cells, the header has {self._width}"
            return refuse("ragged_row", found, "Quote cells that hold the delimiter; add or remove cells.")
        if self.mended:
            reason = record.cells[len(self.columns) + RESERVED.index("refused_reason")].strip()
            record = self._unmarked(record)
            if reason in STRUCTURAL:
                return refuse(reason, "refused_reason", CONFIRM)
        if not _SUSPECT.search(record.raw):
            cells = dict(zip(self.columns, map(str.strip, record.cells), strict=True))
            return Row(record.line, cells, record.raw, header=self.header)
        if "\x00" in record.raw:
            return refuse("nul_byte", repr(record.raw[:80]), "The line is damaged: get the file again.")
        if self.encoding.startswith("utf") and (lost := _LOST.search(record.raw)):
            around = record.raw[max(0, lost.start() - 20) : lost.end() + 20]
            return refuse("bad_encoding", ascii(around), f"Save the file as UTF-8; it was read as {self.encoding}.")
        cleaned = [clean(cell) for cell in record.cells]
        cells = {name: cell for name, (cell, _) in zip(self.columns, cleaned, strict=True)}
        notes = tuple(f"{name}: {n}" for name, (_, n) in zip(self.columns, cleaned, strict=True) if n)
        return Row(record.line, cells, record.raw, notes, self.header)


def open_table(
    path: Path,
    *,
    header: Sequence[str] | None = None,
    delimiter: str | None = None,
    quoting: bool = True,
    origin: Origin = _HERE,
) -> Table:
    """The table in a text file, also in one that is zipped or gzipped.

    Parameters
    ----------
    header : names of the columns if the file has no header line. Without it the first record names them; an
        empty name becomes ``column_3`` and a repeated one ``name_2``.
    delimiter : None = found from the first lines (comma, tab, semicolon or bar).
    quoting : False = quotes are ordinary characters and no cell holds the delimiter (GDELT).
    origin : dataset and reader for the Rejections; file and line are filled in.

    Raises
    ------
    ReaderError
        If the file cannot be read or unpacked, or holds no line.
    """
    start = head(path)
    encoding = _encoding(path, start)
    delimiter = delimiter or _delimiter(_decode(start, encoding))
    columns = tuple(header) if header is not None else _first(path, encoding, delimiter, quoting)
    if not columns:
        raise ReaderError("holds no table", where=str(path), remedy="Name a file whose first line names its columns.")
    again = header is None and is_mended(columns)
    columns = columns[: -len(RESERVED)] if again else columns
    named = _shown(header_of(columns, delimiter))
    return Table(path, columns, encoding, delimiter, quoting, header is None, origin, again, named)


def columns_of(header: str) -> tuple[tuple[str, ...], str]:
    """The column names in the ``header`` of a row or a Rejection, and the delimiter between them."""
    delimiter = _delimiter(header)
    return tuple(next(csv.reader([header], delimiter=delimiter), ())), delimiter


def sniff_header(head: bytes) -> tuple[str, ...]:
    r"""The column names in the first line of these bytes; empty if they are not the start of delimited text.

    >>> sniff_header(b"Name;Lat;Lon\nKyiv;50.45;30.52\n")
    ('Name', 'Lat', 'Lon')
    >>> sniff_header(b'{"a": 1}')
    ()
    """
    encoding = _bom(head) or _guess(head)
    if head.startswith(_BINARY) or (b"\x00" in head.partition(b"\n")[0] and not encoding.startswith("utf-16")):
        return ()
    text = _decode(head, encoding)
    if _NOT_A_TABLE.match(text):
        return ()
    record = next(_records(_Lines(io.StringIO(text, newline="")), _delimiter(text), True), None)
    return _names(record.cells) if record and not record.damage else ()


def clean(cell: str) -> tuple[str, str]:
    r"""The cell without control characters and with plain spaces, trimmed; and what was found, in words.

    >>> clean("Chulakivka\xa0")
    ('Chulakivka', 'no-break space')
    """
    found = []
    if _BREAKS.search(cell):
        found.append("no-break space")
        cell = _BREAKS.sub(" ", cell)
    if _CONTROLS.search(cell):
        found.append("control character removed")
        cell = _CONTROLS.sub("", cell)
    if meant := _mojibake(cell):
        found.append(f"mojibake, perhaps {meant!r}")
    elif stray := _STRAY.search(cell):
        found.append(f"odd character {stray[0]!r} inside a word, perhaps mojibake")
    return cell.strip(), ", ".join(found)


@dataclass(frozen=True, slots=True)
class _Record:
    line: int
    cells: list[str]
    raw: str
    damage: str = ""


class _Lines:
    """The lines of a text with their numbers; those of the record under way are held and can be read again."""

    def __init__(self, text: io.TextIOBase, first: int = 1) -> None:
        self._text, self._line = text, first
        self._again: deque[tuple[int, str]] = deque()
        self.held: list[tuple[int, str]] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self.held) >= _RECORD_LINES:
            raise csv.Error(f"a quote that is not closed within {_RECORD_LINES} lines")
        if self._again:
            line, text = self._again.popleft()
        else:
            line, text = self._line, self._text.readline(_PIECE)
            if not text:
                raise StopIteration
            self._line += text.endswith(("\n", "\r"))
        self.held.append((line, text))
        return text

    def give_back(self) -> None:
        """Hold the first line only; the others come again."""
        self._again.extendleft(reversed(self.held[1:]))
        del self.held[1:]


def _records(lines: _Lines, delimiter: str, quoting: bool, width: int = 0, *, blank: bool = False) -> Iterator[_Record]:
    """The records of some lines; with ``blank`` those without content too.

    A record of several lines that is damaged, or not ``width`` cells wide, counts as damage of its first line alone;
    the lines after it are read as records of their own.
    """
    mode: Literal[0, 3] = csv.QUOTE_MINIMAL if quoting else csv.QUOTE_NONE
    reader = csv.reader(lines, delimiter=delimiter, quoting=mode, strict=True)
    while True:
        lines.held, damage, cells = [], "", []
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as e:
            damage = str(e)
        if len(lines.held) > 1 and (damage or (width and len(cells) != width)):
            lines.give_back()
            damage = damage or "a quote that is not closed on its line"
        if damage or blank or any(cells):
            yield _Record(lines.held[0][0], cells, "".join(t for _, t in lines.held).rstrip("\r\n"), damage)


def _text(file: BinaryIO, encoding: str) -> io.TextIOWrapper:
    errors = "surrogateescape" if encoding.startswith("utf-8") else "replace"
    return io.TextIOWrapper(file, encoding=encoding, errors=errors, newline="")


def _decode(start: bytes, encoding: str) -> str:
    return start.decode(encoding, "ignore")


def _first(path: Path, encoding: str, delimiter: str, quoting: bool) -> tuple[str, ...]:
    with opened(path) as file, _text(file, encoding) as text:
        record = next(_records(_Lines(text), delimiter, quoting), None)
    return _names(record.cells) if record and not record.damage else ()


def _names(cells: Sequence[str]) -> tuple[str, ...]:
    seen: Counter[str] = Counter()
    names = []
    for i, cell in enumerate(cells, 1):
        name = clean(cell)[0] or f"column_{i}"
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return tuple(names)


def _shown(line: str) -> str:
    """The line with bytes that are no text written as escapes, so that it can be kept and shown."""
    return line.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _is_hxl(cells: Sequence[str]) -> bool:
    filled = [cell.strip() for cell in cells if cell.strip()]
    return bool(filled) and all(_HXL.fullmatch(cell) for cell in filled)


def _delimiter(text: str) -> str:
    """The delimiter that cuts the first lines into the most cells, all alike; a comma if none does."""
    lines = text.splitlines(keepends=True)[:21]
    lines = lines[:-1] if len(lines) > 1 else lines

    def cut(delimiter: str) -> tuple[int, int]:
        try:
            widths = [len(cells) for cells in csv.reader(lines, delimiter=delimiter) if cells]
        except csv.Error:
            return (0, 0)
        alike = sum(w == widths[0] for w in widths) if widths and widths[0] > 1 else 0
        return (alike, widths[0] if widths else 0)

    return max(_DELIMITERS, key=cut)


def _encoding(path: Path, start: bytes) -> str:
    """The encoding by its mark, else by the first block that is not plain ASCII."""
    if found := _bom(start):
        return found
    with opened(path) as file:
        while block := file.read(_BLOCK):
            if not block.isascii():
                return _guess(block)
    return "utf-8"


def _bom(start: bytes) -> str:
    for mark, encoding in _BOMS:
        if start.startswith(mark):
            return encoding
    even, odd = start[:2048:2].count(0), start[1:2048:2].count(0)
    if max(even, odd) > 8 * max(1, min(even, odd)):
        return "utf-16-be" if even > odd else "utf-16-le"
    return ""


def _guess(block: bytes) -> str:
    """UTF-8 if nearly all that is not ASCII reads as such, else cp1251 if it comes in words, else cp1252."""
    text = block.decode("utf-8", "surrogateescape")
    beyond = [c for c in text if c > "\x7f"]
    lost = sum("\ud800" <= c <= "\udfff" for c in beyond)
    if lost * 10 <= len(beyond):
        return "utf-8"
    letters = sum(map(len, re.findall(rb"[\xa8\xaa\xaf\xb2-\xb4\xb8\xba\xbf-\xff]{2,}", block)))
    return "cp1251" if letters * 2 > sum(b > 0x7F for b in block) else "cp1252"


def _mojibake(cell: str) -> str:
    """What the cell says if it is UTF-8 that was read as a one-byte encoding; empty if it is not."""
    if cell.isascii():
        return ""
    for encoding in ("cp1252", "cp1251", "latin-1"):
        try:
            meant = cell.encode(encoding).decode()
        except UnicodeError:
            continue
        if len(meant) < len(cell):
            return meant
    return ""
