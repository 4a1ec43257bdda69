"""Who holds which town, seen again and again: each change of holder becomes a claim, with the report it is laid to.

A row says who holds a town at the time of a scrape. Nothing is claimed when a town is seen for the first time, nor
while its holder stays; a town that is absent is unknown. Holders that contradict each other in one scrape are each
kept, and say so.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

from geodata.model import (
    AttributionMode,
    Claim,
    Document,
    Kind,
    Modality,
    Origin,
    PlaceMention,
    Precision,
    Rejection,
    Relation,
    RelationType,
)
from geodata.readers.base import Options, Record
from geodata.readers.cells import Cells, Refused, joined
from geodata.readers.tables import Row, Table, open_table, sniff_header
from geodata.readers.web import outlet
from geodata.sources import slug
from geodata.spans import Span, TimePrecision

__all__ = ["ControlReader"]

_DATASET: Final = "control"
_SIGNATURE: Final = frozenset({"name", "held by", "update", "lat", "lon"})
_PUBLISHED: Final = frozenset({"population", "more information", "sourcelink"})
"""Columns that the published table has beside these; a table without them is somebody's own."""
_DOCUMENT: Final = Document(
    document_id=_DATASET,
    title="Control of cities during the Russo-Ukrainian War",
    publisher="Wikipedia",
    url="https://en.wikipedia.org/wiki/Control_of_cities_during_the_Russo-Ukrainian_War",
    licence="CC BY-SA 3.0",
    attribution='Wikipedia contributors, "Control of cities during the Russo-Ukrainian War"; '
    "collected by V. Nicoletta; coordinates SimpleMaps.com",
    language="en",
    note="A table read again and again; a row is what it said at that time.",
)
_RUSSIAN: Final = frozenset({"Russia", "Donetsk People's Republic", "Luhansk People's Republic"})
_HOLDERS: Final = MappingProxyType(
    {"Donetsk PR": "Donetsk People's Republic", "Luhansk PR": "Luhansk People's Republic"}
)
"""Names of one holder that the tables use side by side; another name for it is no change."""
_STATES: Final = MappingProxyType(
    {
        "contested": (Kind.CLASH, "contested", "{town} is contested"),
        "truce": (Kind.OTHER, "truce", "a truce holds in {town}"),
        "gray zone": (Kind.OTHER, "gray_zone", "{town} lies in the grey zone"),
        "grey zone": (Kind.OTHER, "gray_zone", "{town} lies in the grey zone"),
        "unknown": (Kind.OTHER, "unknown", "who holds {town} is not known"),
        "uncontrolled": (Kind.RETREAT, "uncontrolled", "{town} is held by nobody"),
    }
)
"""What stands in the place of a holder where there is none."""
_ONE_SCRAPE: Final = timedelta(minutes=2)
"""Rows of one scrape are stamped within this of each other, not always in order."""
_SAME_PLACE_DEG: Final = 0.2
"""Rows of one name farther apart than this are two places."""
_ARCHIVED: Final = re.compile(r"^https?://web\.archive\.org/web/\w+/(?=https?:)")
_FOOTNOTE: Final = re.compile(r"\[\d+\]")


class _Seen(NamedTuple):
    """One row: a holder of a town at a time."""

    row: Row
    town: str
    held: str
    """The holder in the row's own words."""
    holder: str
    at: datetime
    as_of: Span | None
    point: tuple[float, float] | None
    link: str
    info: str


@dataclass(slots=True)
class _Town:
    """What was last seen of a town."""

    point: tuple[float, float] | None
    holders: tuple[str, ...] = ()
    at: datetime | None = None


@dataclass(slots=True)
class _Towns:
    """Every town seen so far; the only thing kept from scrape to scrape."""

    by_name: dict[str, list[_Town]] = field(default_factory=dict)

    def find(self, seen: _Seen) -> _Town:
        known = self.by_name.setdefault(seen.town, [])
        for town in known:
            if town.point is None or seen.point is None or _near(town.point, seen.point):
                town.point = town.point or seen.point
                return town
        known.append(_Town(seen.point))
        return known[-1]


class ControlReader:
    """Reads scrapes of tables of control; as many rows as there are towns and scrapes, a claim for each change."""

    name: Final = "control"
    title: Final = "control of towns over time, CSV: Name, Held by, update, Lat, Lon"
    options: Final[Mapping[str, str]] = MappingProxyType(
        {
            "title": "title of the table, where it is not the published one",
            "publisher": "who publishes it; is named as the one through whom each row is known",
            "licence": "licence of the table",
            "attribution": "whom to credit for the table",
        }
    )

    def sniff(self, head: bytes) -> bool:
        """True if the header has the columns of the format, in any order and case."""
        return {name.casefold() for name in sniff_header(head)} >= _SIGNATURE

    def read(self, path: Path, options: Options) -> Iterator[Record]:
        """The document of the table, the reports it cites, a claim for each change, a Rejection for each bad row.

        Raises
        ------
        ReaderError
            If the file cannot be read.
        """
        table = open_table(path, origin=Origin(dataset="Control of cities", reader=self.name))
        columns = {name.casefold(): name for name in table.columns}
        whole = _table_document(columns.keys(), path, options)
        towns, cited = _Towns(), set[str]()
        yield whole
        for scrape in _scrapes(table, columns):
            for record in _changes(scrape, towns, table):
                if isinstance(record, Rejection):
                    yield record
                    continue
                claim, seen = record
                document = _document(seen.link, whole)
                if document.document_id not in cited and document is not whole:
                    cited.add(document.document_id)
                    yield document
                yield replace(claim, document_id=document.document_id, relays=_relays(seen.link, whole.publisher))


def _table_document(columns: Iterable[str], path: Path, options: Options) -> Document:
    """The published table if it has its columns, else the file, under the licence that is told."""
    whole = Document(document_id=f"{_DATASET}-{slug(path.stem)}", title=path.stem, note=_DOCUMENT.note)
    if set(columns) >= _PUBLISHED:
        whole = _DOCUMENT
    return replace(
        whole,
        title=options.get("title") or whole.title,
        publisher=options.get("publisher") or whole.publisher,
        licence=options.get("licence") or whole.licence,
        attribution=options.get("attribution") or whole.attribution,
    )


def _scrapes(table: Table, columns: Mapping[str, str]) -> Iterator[list[_Seen | Rejection]]:
    """The rows that were read from the web at one time, and what was refused among them."""
    scrape: list[_Seen | Rejection] = []
    begun: datetime | None = None
    for row in table:
        seen = row if isinstance(row, Rejection) else _seen(row, table, columns)
        if isinstance(seen, _Seen):
            if begun is not None and abs(seen.at - begun) > _ONE_SCRAPE:
                yield scrape
                scrape, begun = [], None
            begun = begun or seen.at
        scrape.append(seen)
    yield scrape


def _seen(row: Row, table: Table, columns: Mapping[str, str]) -> _Seen | Rejection:
    cells = Cells(row, columns)
    try:
        at = cells.when("update", day_first=True).start
        assert at is not None
        as_of = cells.when("as of", day_first=True) if cells.text("as of") else None
        held = cells.required("held by")
        return _Seen(
            row=row,
            town=" ".join(cells.required("name").split()),
            held=held,
            holder=_HOLDERS.get(held, held),
            at=at,
            as_of=as_of,
            point=cells.point("lon", "lat"),
            link=_ARCHIVED.sub("", cells.text("sourcelink")),
            info=" ".join(_FOOTNOTE.sub(" ", cells.text("more information")).split()),
        )
    except Refused as refused:
        return refused.at(table.at(row.line), row)


def _changes(
    scrape: Iterable[_Seen | Rejection], towns: _Towns, table: Table
) -> Iterator[tuple[Claim, _Seen] | Rejection]:
    """The claims of one scrape, town by town and time by time, with the rows they come from."""
    rows = []
    for seen in scrape:
        if isinstance(seen, Rejection):
            yield seen
        else:
            rows.append(seen)
    rows.sort(key=lambda seen: (seen.town, seen.at, seen.row.line))
    for _, same in groupby(rows, key=lambda seen: (seen.town, seen.at)):
        for town, group in _places(same, towns):
            if town.at and group[0].at < town.at:
                remedy = "Sort the rows by the time of the scrape."
                value = f"{group[0].at:%Y-%m-%d %H:%M}"
                late = Refused("out_of_order", "update", value, remedy)
                yield from (late.at(table.at(s.row.line), s.row) for s in group)
                continue
            yield from _claims(town, group, table)


def _places(rows: Iterable[_Seen], towns: _Towns) -> Iterator[tuple[_Town, list[_Seen]]]:
    """Rows of one name and time by the place they mean: namesakes far apart are not one town."""
    groups: list[tuple[_Town, list[_Seen]]] = []
    for seen in rows:
        town = towns.find(seen)
        group = next((held for other, held in groups if other is town), None)
        if group is None:
            groups.append((town, group := []))
        group.append(seen)
    return iter(groups)


def _claims(town: _Town, rows: Sequence[_Seen], table: Table) -> Iterator[tuple[Claim, _Seen]]:
    """Every holder as a claim where they are not those of the last scrape; the first sight only where they differ."""
    said: dict[str, _Seen] = {}
    for seen in rows:
        said.setdefault(seen.holder, seen)
    holders = tuple(sorted(said))
    first, at_odds = town.at is None, len(said) > 1
    if holders != town.holders and (at_odds or not first):
        ids = {holder: _id(seen) for holder, seen in said.items()}
        for seen in said.values():
            others = tuple(Relation(RelationType.CONTRADICTS, i) for h, i in ids.items() if h != seen.holder)
            yield _claim(seen, town, others, table), seen
    town.holders, town.at = holders, rows[0].at


def _claim(seen: _Seen, town: _Town, relations: tuple[Relation, ...], table: Table) -> Claim:
    before = " and ".join(town.holders)
    kind, subtype, statement = _kind(seen.holder, town.holders)
    said = statement.format(town=seen.town, holder=seen.holder)
    note = f"Before, the table had: {before}." if before else "The town is seen for the first time."
    return Claim(
        claim_id=_id(seen),
        statement=said[0].upper() + said[1:] + ".",
        kind=kind,
        subtype=subtype,
        attribution=AttributionMode.NARRATOR,
        quote=joined(f"Held by: {seen.held}.", seen.info),
        actor=_actor(seen.holder, town.holders),
        modality=Modality.REPORTED,
        happened=_happened(seen, town),
        said_at=Span(seen.at, seen.at + timedelta(minutes=1), TimePrecision.MINUTE),
        places=(_place(seen),),
        relations=relations,
        note=joined(note, "Other rows of the same scrape name another holder." if relations else "", *seen.row.notes),
        origin=table.at(seen.row.line),
    )


def _kind(holder: str, before: Sequence[str]) -> tuple[Kind, str, str]:
    if holder.casefold() in _STATES:
        return _STATES[holder.casefold()]
    if holder in _RUSSIAN and before and set(before) <= _RUSSIAN:
        return Kind.OTHER, "transfer", "{town} passes to {holder}"
    return Kind.CAPTURE, "", "{holder} holds {town}"


def _actor(holder: str, before: Sequence[str]) -> str:
    """Who takes the town, or who leaves it where nobody does."""
    if holder.casefold() not in _STATES:
        return holder
    left = [held for held in before if held.casefold() not in _STATES]
    return left[0] if holder.casefold() == "uncontrolled" and len(left) == 1 else ""


def _happened(seen: _Seen, town: _Town) -> Span:
    """Between the last time the table said otherwise and now (or the day it gives); not finer, as it gives none."""
    end = seen.as_of.end if seen.as_of and seen.as_of.end and seen.as_of.end < seen.at else seen.at
    start = town.at if town.at and town.at < end else None
    return Span(start, end, TimePrecision.RANGE if start else TimePrecision.OPEN)


def _place(seen: _Seen) -> PlaceMention:
    lon, lat = seen.point or (None, None)
    return PlaceMention(seen.town, precision=Precision.SETTLEMENT, lon=lon, lat=lat)


def _document(link: str, table: Document) -> Document:
    """The report a row is laid to, under the table's licence; the table itself where it names none."""
    host = outlet(link)
    if not host:
        return table
    digest = hashlib.sha256(link.encode()).hexdigest()[:12]
    return replace(
        table,
        document_id=f"{_DATASET}-{digest}",
        title=f"Report at {host}",
        publisher=host,
        url=link,
        language="",
        note=f'Cited by the table "{table.title}"{f" ({table.publisher})" if table.publisher else ""}.',
    )


def _relays(link: str, publisher: str) -> tuple[str, ...]:
    host = outlet(link)
    if host and publisher == _DOCUMENT.publisher and host.endswith("wikipedia.org"):
        host = ""
    return tuple(name for name in (host, publisher) if name)


def _id(seen: _Seen) -> str:
    said = "\x1f".join((seen.town, f"{seen.at:%Y%m%d%H%M}", seen.held, seen.link))
    return f"{_DATASET}-{hashlib.sha256(said.encode()).hexdigest()[:16]}"


def _near(a: tuple[float, float], b: tuple[float, float]) -> bool:
    return abs(a[0] - b[0]) <= _SAME_PLACE_DEG and abs(a[1] - b[1]) <= _SAME_PLACE_DEG
