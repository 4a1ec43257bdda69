"""The table of claims as the reader sees it: which columns there are, what they are called, how a cell reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

import pyarrow as pa

from dashboard.labels import UNPLACED, label
from dashboard.view import WITHHELD
from geodata.schema import COLUMN_OF, SCHEMA, Dtype
from geodata.spans import Span, TimePrecision
from geodata.stores.base import Group

__all__ = [
    "BESIDE",
    "COLUMNS",
    "FIRST",
    "GROUP_WORDS",
    "TableColumn",
    "TableRow",
    "columns_needed",
    "group_name",
    "table_rows",
]

FIRST: Final = ("happened_start", "statement", "claimant_name", "place", "kind")
"""The columns a reader sees who has chosen none."""
GROUP_WORDS: Final = MappingProxyType(
    {"source": "Who says it", "side": "Side", "place": "Place", "day": "Day", "layer": "What", "kind": "Kind"}
)
_TITLE: Final = {
    "happened_start": "When",
    "happened_end": "Until",
    "happened_precision": "Time known to",
    "statement": "Claim",
    "claimant_name": "Said by",
    "claimant": "Source id",
    "claimant_basis": "Claimant is",
    "layer": "What",
    "actor": "About whom",
    "modality": "Voice",
    "coding": "Coded",
    "precision": "Placed to",
    "mention": "Place as written",
    "said_at": "Said",
    "said_precision": "Said, known to",
    "recorded_at": "In this store since",
    "document_title": "Document",
    "url": "Address",
    "sides": "Independent sides",
    "lon": "Longitude",
    "lat": "Latitude",
    "unplaced": "Why not on the map",
    "note": "Coder's note",
    "origin": "Came through",
}
_FACET: Final = {
    "claimant_name": "source",
    "claimant": "source",
    **{name: name for name in ("side", "layer", "kind", "actor", "precision", "modality", "coding")},
}
_GROUP: Final = {
    "claimant_name": "source",
    "claimant": "source",
    "place": "place",
    "place_id": "place",
    "happened_start": "day",
    **{name: name for name in ("kind", "layer", "side")},
}
_UNSORTED: Final = (Dtype.LIST, Dtype.JSON)
_NUMBERS: Final = (Dtype.INTEGER, Dtype.NUMBER)
_LABELLED: Final = ("side", "layer", "kind", "modality", "coding", "precision")
_WORDS: Final = ("statement", "quote")
_ALWAYS: Final = ("claim_id", "layer", "modality", "contradicted", "coding", "graphic")
_NEEDS: Final = {"happened_start": ("happened_end", "happened_precision"), "said_at": ("said_precision",)}


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column that a reader may choose."""

    name: str
    title: str
    meaning: str
    number: bool
    sorts: bool
    facet: str
    """The filter of the page that its values stand for; empty if there is none."""
    group: str
    """What grouping by it is called in the address; empty if there is none."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """A claim in the table."""

    claim_id: str
    layer: str
    struck: bool
    flags: tuple[tuple[str, str], ...]
    cells: tuple[str, ...]
    hits: tuple[tuple[tuple[int, int], ...], ...] = ()
    """Where what was searched for stands in each cell, in code points."""


def _column(name: str) -> TableColumn:
    c = COLUMN_OF[name]
    title = _TITLE.get(name) or name[:1].upper() + name[1:].replace("_", " ")
    number, sorts = c.dtype in _NUMBERS, c.dtype not in _UNSORTED
    return TableColumn(name, title, c.meaning, number, sorts, _FACET.get(name, ""), _GROUP.get(name, ""))


BESIDE: Final = ("tags", "notes")
"""Columns that come from the notebook, not from SCHEMA."""
COLUMNS: Final = (
    *(_column(c.name) for c in SCHEMA),
    TableColumn("tags", "Tags", "tags that readers gave it", number=False, sorts=False, facet="", group=""),
    TableColumn("notes", "Notes", "what readers wrote beside it", number=False, sorts=False, facet="", group=""),
)
"""Every column there is, in the order of SCHEMA, then those of :data:`BESIDE`."""


def columns_needed(names: Sequence[str]) -> tuple[str, ...]:
    """The SCHEMA columns to ask the store for, so that the cells of the columns named can be written."""
    known = [n for n in names if n not in BESIDE]
    return tuple(dict.fromkeys([*_ALWAYS, *known, *(more for n in names for more in _NEEDS.get(n, ()))]))


def table_rows(table: pa.Table, names: Sequence[str], beside: Mapping[str, Mapping[str, str]]) -> tuple[TableRow, ...]:
    """The rows of a page of the table, cells as text in the order of ``names``.

    ``beside`` has the cells of :data:`BESIDE` by claim id. The words of a graphic document are withheld, as in lists.
    """
    rows = ({**v, **{name: cells.get(v["claim_id"], "") for name, cells in beside.items()}} for v in table.to_pylist())
    return tuple(_row(values, names) for values in rows)


def group_name(by: str, group: Group) -> str:
    """What stands over a group."""
    if by == "day":
        return _day(datetime.fromisoformat(group.value)) if group.value else "No time stated"
    if by in ("source", "place"):
        return group.label or group.value or "No place"
    return label(by, group.value)


def _row(values: Mapping[str, Any], names: Sequence[str]) -> TableRow:
    modality = values["modality"]
    return TableRow(
        values["claim_id"],
        values["layer"],
        modality in ("denied", "retracted"),
        tuple(_flags(values)),
        tuple(_cell(name, values) for name in names),
    )


def _flags(values: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    modality = values["modality"]
    found = []
    if modality not in ("claimed", "reported"):
        found.append((modality, label("modality", modality).split(" or ")[0]))
    if values["contradicted"]:
        found.append(("contradicted", "Contradicted"))
    if values["coding"] == "machine":
        found.append(("machine", "Machine-coded"))
    return found


def _cell(name: str, values: Mapping[str, Any]) -> str:
    value = values[name]
    if name in _WORDS and values["graphic"]:
        return WITHHELD if name == "statement" else ""
    if name == "happened_start":
        return short(Span(value, values["happened_end"], TimePrecision(values["happened_precision"])))
    if value is None or value == "":
        return ""
    if name in BESIDE:
        return str(value)
    if name in _LABELLED:
        return label(name, value)
    if name == "unplaced":
        return UNPLACED[value]
    return _WRITTEN.get(COLUMN_OF[name].dtype, str)(value)


def short(span: Span) -> str:
    """A span as briefly as a cell wants it.

    >>> from datetime import date
    >>> from geodata.spans import day, until
    >>> short(day(date(2022, 3, 22))), short(until(date(2022, 3, 22)))
    ('22 Mar 2022', 'by 22 Mar 2022')
    """
    if span.start is None and span.end is None:
        return ""
    words = span.stated().removesuffix(" UTC").replace("on or before", "by")
    for long in _MONTHS:
        words = words.replace(long, long[:3])
    return words


def _day(t: datetime) -> str:
    return f"{t.day} {t:%B} {t.year}"


def _instant(t: datetime) -> str:
    return f"{t.day} {t:%b} {t.year}" + ("" if not (t.hour or t.minute) else f", {t:%H:%M}")


_MONTHS: Final = (
    "January", "February", "March", "April", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_WRITTEN: Final[Mapping[Dtype, Callable[[Any], str]]] = {
    Dtype.LIST: "; ".join,
    Dtype.FLAG: lambda v: "yes" if v else "no",
    Dtype.INSTANT: _instant,
    Dtype.NUMBER: lambda v: f"{v:.4f}".rstrip("0").rstrip("."),
    Dtype.WORD: lambda v: str(v).replace("_", " "),
}
