"""A first look at a file: its format, its first rows as they stand, and how its columns would be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import Final

from geodata.errors import ReaderError
from geodata.model import Rejection
from geodata.readers import features, mapped
from geodata.readers.base import Options, Reader
from geodata.readers.features import FeaturesReader
from geodata.readers.mapped import MappedReader
from geodata.readers.mapping import FieldMap, guess
from geodata.readers.parts import opened_parts
from geodata.readers.tables import Row, open_table, sniff_header
from geodata.readers.translated import Rows, mapping_of
from geodata.readers.unpacked import head

__all__ = ["Look", "look"]

_SAMPLE: Final = 500
"""Rows that a guess is made from where a mapping was told that does not fit."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a file shows before it is read."""

    reader: str
    title: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    """The first rows, cell by cell; none where the file is no table."""
    mapping: FieldMap | None = None
    """How the columns are read; None where the format fixes it."""
    problem: ReaderError | None = None
    """Why nothing can be read with this mapping; None where it can."""
    layers: tuple[str, ...] = ()
    """Sheets or layers to choose from, where the file has several."""


def look(path: Path, reader: Reader, options: Options = MappingProxyType({}), *, rows: int = 5) -> Look:
    """Look at a file with the reader that :func:`geodata.readers.detect` named.

    Parameters
    ----------
    rows : how many of the first rows to keep.

    Raises
    ------
    ReaderError
        If the file cannot be read at all.
    """
    if not isinstance(reader, FeaturesReader | MappedReader):
        columns, found = _first_rows(path, rows)
        return Look(reader.name, reader.title, columns, found)
    kind = features if isinstance(reader, FeaturesReader) else mapped
    layers = kind.layers_of(path)
    if len(layers) > 1 and options.get("layer") not in layers:
        options = {**options, "layer": layers[0]}
    table = kind.rows_of(path, options, reader.name)
    mapping, problem = _mapping(table, options.get("map", ""))
    cells = _cells(table.columns, (row for row, _ in table), rows)
    return Look(reader.name, reader.title, table.columns, cells, mapping, problem, layers if len(layers) > 1 else ())


def _mapping(rows: Rows, option: str) -> tuple[FieldMap, ReaderError | None]:
    """The mapping in force, and what is wrong with it; one that does not fit gives way to the guess."""
    try:
        return mapping_of(rows, option), None
    except ReaderError as e:
        sample = [row for row, _ in islice(rows, _SAMPLE) if isinstance(row, Row)]
        return guess(rows.columns, sample), e


def _first_rows(path: Path, rows: int) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Columns and first rows of the first text table at a path; nothing where there is none."""
    with opened_parts(path) as parts:
        for part in parts.named:
            try:
                names = sniff_header(head(part))
                if len(names) > 1:
                    table = open_table(part, header=_numbers(names) if names[0].isdigit() else None)
                    return table.columns, _cells(table.columns, table, rows)
            except ReaderError:
                continue
    return (), ()


def _numbers(names: Sequence[str]) -> tuple[str, ...]:
    """Names for the columns of a table that begins with a row of data."""
    return tuple(map(str, range(1, len(names) + 1)))


def _cells(columns: tuple[str, ...], rows: Iterable[Row | Rejection], most: int) -> tuple[tuple[str, ...], ...]:
    found: Iterator[Row] = (row for row in rows if isinstance(row, Row))
    return tuple(tuple(row.cells.get(name, "") for name in columns) for row in islice(found, most))
