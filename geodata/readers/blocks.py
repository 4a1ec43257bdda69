"""A delimited table in Arrow columns, many rows at once; each line that might not be plain is left to its reader.

A line is *plain* if it is a record of its own, as wide as the header, quoted by the book, and has no character that
:func:`geodata.readers.tables.clean` would change. So a plain line has the cells here that it has there.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter
from typing import BinaryIO, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from geodata.model import Rejection
from geodata.readers.tables import Row, Table
from geodata.readers.unpacked import opened

__all__ = ["Block", "blocks", "suits"]

Whole = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_BYTES: Final = 48 << 20
"""Read at once: some 80,000 claims."""
_AHEAD: Final = 401
"""Lines that a record, or a line too long to be read at once, may run over."""
_LONGEST: Final = 100_000
"""Bytes of a line that is plain; Python's csv refuses cells of 131,072 characters."""
_BREAK: Final = re.compile(r"\r\n|\r|\n")
_CELL: Final = r'(?:[^",\r\n]*|"(?:[^"\r\n]|"")*")'
_PLAIN: Final = rf"^{_CELL}(?:,{_CELL})+\r?\n$"
_CHANGED: Final = (
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x{a0}\x{1680}\x{180e}\x{2000}-\x{200b}\x{2028}\x{2029}\x{202f}\x{205f}\x{2060}"
    r"\x{3000}\x{feff}\x{fffd}]"
)
"""What is removed, replaced, trimmed beside ASCII, or stands for what was lost."""


@dataclass(frozen=True)
class Block:
    """Some whole records of a table, in the order of the file."""

    table: Table
    cells: pa.Table
    """The plain rows: the columns asked for, as text, trimmed."""
    at: Whole
    """Number of the line of each."""
    odd: tuple[tuple[int, Row | Rejection], ...]
    """The records that are not plain, with the number of their first line."""
    _lines: pa.Array
    _which: Whole

    def row(self, nth: int) -> list[Row | Rejection]:
        """The nth of the plain rows as its reader has it."""
        return self.table.first(_shown(self._lines[int(self._which[nth])]), int(self.at[nth]))[0]


def suits(table: Table) -> bool:
    """True if a table may have plain lines."""
    return (
        table.encoding in ("utf-8", "utf-8-sig")
        and table.delimiter == ","
        and table.quoting
        and table.has_header
        and not table.mended
        and len(table.columns) > 1
    )


def blocks(table: Table, columns: tuple[str, ...]) -> Iterator[Block]:
    """The table in blocks of some 48 MB.

    Parameters
    ----------
    columns : what ``cells`` is to have; one that the file lacks is empty.
    """
    with opened(table.path) as file:
        data, last = _filled(file, b"")
        data = data.removeprefix(b"\xef\xbb\xbf")
        opening = table.opening(b"".join(islice(io.BytesIO(data), _AHEAD)).decode("utf-8", "surrogateescape"))
        data = data[len(opening.encode("utf-8", "surrogateescape")) :]
        line = 1 + len(_BREAK.findall(opening))
        while data:
            block, taken, line = _block(table, columns, data, line, last=last)
            yield block
            data, last = _filled(file, data[taken:])


def _filled(file: BinaryIO, data: bytes) -> tuple[bytes, bool]:
    """The data and what follows, a block at least and more lines than a record has; and whether that is all."""
    while read := file.read(_BYTES):
        data += read
        if data.count(b"\n") > _AHEAD:
            return data, False
    return data, True


def _block(table: Table, columns: tuple[str, ...], data: bytes, first: int, *, last: bool) -> tuple[Block, int, int]:
    """The block at the start of the data; the bytes it takes, and the number of the line after it."""
    lines, plain = _lines(data)
    ends = np.cumsum(np.asarray(pc.binary_length(lines)), dtype=np.int64)
    breaks = np.zeros(len(lines), np.int64)
    if b"\r" in data:
        breaks = np.asarray(pc.count_substring(lines, b"\r")) - np.asarray(pc.ends_with(lines, b"\r\n"))
    number = first + np.concatenate(([0], np.cumsum(breaks + 1)))
    until = len(lines) if last else max(1, len(lines) - _AHEAD)
    others: list[tuple[int, Row | Rejection]] = []
    pos, odd = 0, np.flatnonzero(~plain)
    while (k := int(np.searchsorted(odd, pos))) < len(odd) and (i := int(odd[k])) < until:
        found, taken = table.first("".join(map(_shown, lines[i : i + _AHEAD])), int(number[i]))
        pos = i + max(1, taken.count("\n") + (not taken.endswith("\n")))
        plain[i:pos] = False
        others += [(int(number[i]), row) for row in found]
    stop = max(pos, until)
    plain[stop:] = False
    cells, kept, ragged = _cells(table, columns, lines, np.flatnonzero(plain))
    others += [(int(number[i]), row) for i in ragged for row in table.first(_shown(lines[int(i)]), int(number[i]))[0]]
    others.sort(key=itemgetter(0))
    return Block(table, cells, number[kept], tuple(others), lines, kept), int(ends[stop - 1]), int(number[stop])


def _lines(data: bytes) -> tuple[pa.Array, Mask]:
    """The lines as bytes, their ends included, and which of them may be plain."""
    ends = np.flatnonzero(np.frombuffer(data, np.uint8) == 10) + 1
    if not len(ends) or ends[-1] != len(data):
        ends = np.append(ends, len(data))
    offsets = pa.py_buffer(np.concatenate(([0], ends)).astype(np.int32))
    lines = pa.BinaryArray.from_buffers(pa.binary(), len(ends), [None, offsets, pa.py_buffer(data)])
    try:
        text = lines.cast(pa.string())
    except pa.ArrowInvalid:
        text = pa.array([_utf8(line) for line in lines.to_pylist()], pa.string())
    short = pc.less(pc.binary_length(text), _LONGEST)
    told = pc.and_(pc.match_substring_regex(text, _PLAIN), pc.invert(pc.match_substring_regex(text, _CHANGED)))
    return lines, np.array(pc.fill_null(pc.and_(told, short), False))


def _utf8(line: bytes) -> str | None:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return None


def _shown(line: pa.Scalar) -> str:
    return line.as_py().decode("utf-8", "surrogateescape")  # type: ignore[no-any-return]


def _cells(table: Table, columns: tuple[str, ...], lines: pa.Array, which: Whole) -> tuple[pa.Table, Whole, Whole]:
    """The cells of these lines; the lines that have them, and those that are too narrow or too wide."""
    ragged: list[int] = []

    def refuse(row: csv.InvalidRow) -> str:
        ragged.append(row.number - 1)
        return "skip"

    held = [name for name in columns if name in table.columns]
    rows = pa.table({name: pa.array([], pa.string()) for name in held})
    if len(which):
        some = lines if len(which) == len(lines) else lines.take(pa.array(which))
        start, end = np.frombuffer(some.buffers()[1], np.int32)[[some.offset, some.offset + len(some)]]
        rows = csv.read_csv(
            pa.BufferReader(some.buffers()[2].slice(int(start), int(end - start))),
            csv.ReadOptions(column_names=list(table.columns), use_threads=False),
            csv.ParseOptions(invalid_row_handler=refuse),
            csv.ConvertOptions(column_types=dict.fromkeys(table.columns, pa.string()), include_columns=held),
        )
    empty = pa.repeat(pa.scalar("", pa.string()), rows.num_rows)
    found = {n: pc.ascii_trim_whitespace(rows[n].combine_chunks()) if n in held else empty for n in columns}
    kept = np.delete(which, ragged) if ragged else which
    return pa.table(found), kept, which[ragged] if ragged else which[:0]
