"""Cells of a row as values: numbers, codes, days, points; and the loop that makes claims of a table's rows."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from geodata.errors import SpanError
from geodata.model import UNSTATED, Claim, Document, Origin, Rejection, Source
from geodata.readers.base import Record
from geodata.readers.dates import moment
from geodata.readers.tables import Row, Table
from geodata.sources import slug
from geodata.spans import Span

__all__ = ["Cells", "Refused", "claims", "joined", "point_of"]

T = TypeVar("T")

_NO_VALUE: Final = frozenset({"", "na", "nan", "null", "none"})
"""What R, pandas and databases write into an empty cell."""
_NULL_ISLAND: Final = 1e-9


class Refused(Exception):
    """A cell that cannot be read; it ends its row, and :func:`claims` makes it a Rejection."""

    def __init__(self, reason: str, field: str, value: str, remedy: str) -> None:
        super().__init__(reason)
        self.reason, self.field, self.value, self.remedy = reason, field, value, remedy

    def at(self, origin: Origin, row: Row | str) -> Rejection:
        """The refusal of the row, or of the record of JSON, that stands there."""
        raw, header = (row, "") if isinstance(row, str) else (row.raw, row.header)
        return Rejection(self.reason, origin, self.field, self.value, self.remedy, raw, header)


@dataclass(frozen=True, slots=True)
class Cells:
    """One row's cells by the format's names of fields, whatever the case and order of the columns."""

    row: Row
    columns: Mapping[str, str]
    """Name of the column that holds a field; a field without a column reads as empty."""

    def text(self, field: str) -> str:
        """The cell, trimmed; empty if there is none."""
        text = self.row.cells.get(self.columns.get(field, ""), "")
        return "" if len(text) <= 4 and text.casefold() in _NO_VALUE else text

    def required(self, field: str) -> str:
        """The cell, which must not be empty: ``missing_field``."""
        if text := self.text(field):
            return text
        raise Refused("missing_field", field, "", "Give it a value.")

    def number(self, field: str) -> float | None:
        """A finite number, None if the cell is empty; anything else is a ``bad_number``."""
        text = self.text(field)
        if not text:
            return None
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if not math.isfinite(number) or "_" in text:
            raise Refused("bad_number", field, text, "Write a plain number, or nothing if it is not known.")
        return int(number) if number == int(number) else number

    def count(self, field: str) -> float | None:
        """A number of people: None if it is empty or -1 (not recorded), never negative."""
        number = self.number(field)
        if number is None or number == -1:
            return None
        if number < 0:
            raise Refused("bad_number", field, self.text(field), "A count is 0 or more; -1 if it is not recorded.")
        return number

    def code(self, field: str, table: Mapping[int, T]) -> T | None:
        """What a numeric code stands for, None if the cell is empty; an unknown one is a ``bad_code``."""
        number = self.number(field)
        if number is None:
            return None
        if number not in table:
            known = ", ".join(map(str, table))
            raise Refused("bad_code", field, self.text(field), f"Use one of: {known}.")
        return table[int(number)]

    def when(self, field: str, *, day_first: bool | None = None) -> Span:
        """The time the cell names, as fine as it is written (:func:`geodata.readers.dates.moment`): ``bad_date``."""
        text = self.required(field)
        try:
            return moment(text, day_first=day_first)
        except SpanError as e:
            raise Refused("bad_date", field, text, e.remedy or "Write the date as 2022-03-22.") from e

    def point(self, lon: str = "longitude", lat: str = "latitude") -> tuple[float, float] | None:
        """The point as lon, lat in degrees; None if both cells are empty."""
        x, y = self.number(lon), self.number(lat)
        if x is None and y is None:
            return None
        if x is None or y is None:
            raise Refused("missing_field", lon if x is None else lat, "", "Give both coordinates, or neither.")
        return point_of(x, y, f"{lon}, {lat}")


def point_of(lon: float, lat: float, field: str) -> tuple[float, float]:
    """The point itself, or a refusal: ``swapped_coordinates`` if only the other order can be, else ``bad_coordinates``.

    0, 0 is refused: missing coordinates land there, events do not.
    """
    value = f"{lon}, {lat}"
    if abs(lon) < _NULL_ISLAND and abs(lat) < _NULL_ISLAND:
        raise Refused("bad_coordinates", field, value, "Leave both empty if the point is not known.")
    if abs(lon) <= 180 and abs(lat) <= 90:
        return (lon, lat)
    if abs(lat) <= 180 and abs(lon) <= 90:
        raise Refused("swapped_coordinates", field, value, "Swap longitude and latitude.")
    raise Refused("bad_coordinates", field, value, "Longitude is -180 to 180, latitude -90 to 90, in degrees.")


def claims(
    table: Table, document: Document, translate: Callable[[Cells], Claim], columns: Mapping[str, str]
) -> Iterator[Record]:
    """The document, then a Claim or a Rejection for each row, and each source before the first claim that names it.

    Parameters
    ----------
    translate : makes a claim of a row, with names for claimant, other claimants and relays, or raises
        :class:`Refused`. Document and origin are filled in, the names become ids.
    columns : column by field.
    """
    yield document
    known: set[str] = set()
    for row in table:
        if isinstance(row, Rejection):
            yield row
            continue
        origin = table.at(row.line)
        try:
            claim = translate(Cells(row, columns))
        except Refused as refused:
            yield refused.at(origin, row)
            continue
        for name in (claim.claimant, *claim.claimant_alt, *claim.relays):
            if name != UNSTATED and (source_id := slug(name)) not in known:
                known.add(source_id)
                yield Source(source_id, name)
        yield replace(
            claim,
            claimant=slug(claim.claimant),
            claimant_alt=tuple(map(slug, claim.claimant_alt)),
            relays=tuple(map(slug, claim.relays)),
            document_id=document.document_id,
            note=joined(claim.note, *row.notes),
            origin=origin,
        )


def joined(*notes: str) -> str:
    """The notes that are not empty, in one line."""
    return " ".join(note for note in notes if note)
