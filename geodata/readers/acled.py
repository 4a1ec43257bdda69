"""ACLED exports, which each user brings: CSV in the columns of today and of the years before.

ACLED's terms forbid passing its rows on, so none come with this package and the licence says so on every claim.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import Final

from geodata.model import AttributionMode, Claim, Document, Figure, Kind, Modality, Origin, PlaceMention, Precision
from geodata.readers.base import Options, Record
from geodata.readers.cells import Cells, claims, joined
from geodata.readers.dates import day_comes_first
from geodata.readers.tables import Row, Table, open_table, sniff_header
from geodata.sources import slug
from geodata.spans import Span, TimePrecision, month, week

__all__ = ["AcledReader"]

_SIGNATURE: Final = frozenset({"event_date", "event_type", "actor1", "location", "fatalities"})
_FORMER: Final = MappingProxyType({"ally_actor_1": "assoc_actor_1", "ally_actor_2": "assoc_actor_2"})

_KINDS: Final = MappingProxyType(
    {
        "government regains territory": Kind.CAPTURE,
        "non-state actor overtakes territory": Kind.CAPTURE,
        "armed clash": Kind.CLASH,
        "disrupted weapons use": Kind.STRIKE,
        "change to group/activity": Kind.REGROUP,
        "headquarters or base established": Kind.DEFENCE,
        "looting/property destruction": Kind.LOOTING,
        "non-violent transfer of territory": Kind.CAPTURE,
        "attack": Kind.CASUALTIES,
        "battles": Kind.CLASH,
        "explosions/remote violence": Kind.BOMBARDMENT,
        "violence against civilians": Kind.OTHER,
        "protests": Kind.OTHER,
        "riots": Kind.OTHER,
        "strategic developments": Kind.OTHER,
        "battle-no change of territory": Kind.CLASH,
        "battle-government regains territory": Kind.CAPTURE,
        "battle-non-state actor overtakes territory": Kind.CAPTURE,
        "remote violence": Kind.BOMBARDMENT,
        "riots/protests": Kind.OTHER,
        "strategic development": Kind.OTHER,
    }
)
"""CODEBOOK section 3, read backwards: sub-event types first, then event types, today's before those until 2018."""

_PLACED: Final = MappingProxyType(
    {
        1: (Precision.SETTLEMENT, ""),
        2: (Precision.DISTRICT, "near it or in a part of the region; the point stands for it"),
        3: (Precision.OBLAST, "somewhere in the province; the point stands for it"),
    }
)
"""``geo_precision``: precision, and what the point stands for."""
_DATED: Final = MappingProxyType({1: TimePrecision.DAY, 2: TimePrecision.WEEK, 3: TimePrecision.MONTH})
"""``time_precision``."""

_SAMPLE: Final = 10_000
"""Rows asked for whether 3/4/2016 is in March or in April; old exports write the day first."""
_ASIDES: Final = MappingProxyType(
    {
        "assoc_actor_1": "With the first actor",
        "assoc_actor_2": "With the second actor",
        "civilian_targeting": "Civilians",
        "source_scale": "Scale of the sources",
        "tags": "Tags",
    }
)


class AcledReader:
    """Reads a user's own ACLED export; nobody is named as claimant there, the sources are the relays."""

    name: Final = "acled"
    title: Final = "ACLED export, CSV (your own)"
    options: Final[Mapping[str, str]] = MappingProxyType(
        {"day_first": "yes or no: 3/4/2016 is in April, or in March; else the file's own dates tell"}
    )

    def sniff(self, head: bytes) -> bool:
        """True if the header has the columns that every ACLED export has."""
        return {name.casefold() for name in sniff_header(head)} >= _SIGNATURE

    def read(self, path: Path, options: Options) -> Iterator[Record]:
        """One claim a row; the notes, in the words of ACLED's coders, are the statement.

        Raises
        ------
        ReaderError
            If the file cannot be read.
        """
        table = open_table(path, origin=Origin(dataset="ACLED", reader=self.name))
        columns = {name.casefold(): name for name in table.columns}
        columns |= {now: columns[then] for then, now in _FORMER.items() if then in columns}
        day_first = _day_first(table, columns.get("event_date", ""), options.get("day_first", ""))
        return claims(table, _document(), lambda row: _claim(row, day_first), columns)


def _document() -> Document:
    return Document(
        document_id="acled",
        title="ACLED, export of the user",
        publisher="Armed Conflict Location & Event Data (ACLED)",
        url="https://acleddata.com",
        licence="ACLED terms of use: for the user who exported it, not to be passed on",
        attribution="Armed Conflict Location & Event Data (ACLED), acleddata.com",
        citation=(
            "Raleigh, Kishi & Linke (2023), Political instability patterns are obscured by "
            "conflict dataset scope conditions, sources, and coding choices, Humanities and Social Sciences "
            "Communications 10"
        ),
        language="en",
    )


def _claim(row: Cells, day_first: bool | None) -> Claim:
    deaths = row.count("fatalities")
    kind, unknown = _kind(row, deaths)
    first, second = row.text("actor1"), row.text("actor2")
    place = _place(row)
    sources = {slug(name): name.strip() for name in row.text("source").split(";") if slug(name)}
    subtype = row.text("sub_event_type") or row.text("event_type")
    return Claim(
        claim_id=f"acled-{slug(row.text('event_id_cnty') or row.required('data_id'))}",
        statement=row.text("notes") or f"{subtype}: {' and '.join(filter(None, (first, second)))}",
        kind=kind,
        subtype=slug(subtype).replace("-", "_"),
        relays=tuple(sources.values()),
        attribution=AttributionMode.NARRATOR,
        modality=Modality.REPORTED,
        actor=first,
        target=second,
        happened=_happened(row, day_first),
        places=(place,) if place else (),
        figures=() if deaths is None else (Figure("killed", "person", deaths, deaths, deaths),),
        note=joined(unknown, *_asides(row)),
    )


def _kind(row: Cells, deaths: float | None) -> tuple[Kind, str]:
    """The kind by the sub-event type, else by the event type; and a note if neither is known.

    An attack on civilians is a toll if somebody is said to have died, else it has no kind of its own.
    """
    event, sub = " ".join(row.required("event_type").split()), " ".join(row.text("sub_event_type").split())
    kind = _KINDS.get(sub.casefold()) or _KINDS.get(event.casefold())
    if kind is None:
        return Kind.OTHER, f"The event type {event!r} is not known."
    return (Kind.OTHER if kind is Kind.CASUALTIES and not deaths else kind), ""


def _happened(row: Cells, day_first: bool | None) -> Span:
    """The day; the week or month around it where that is all that is known."""
    found = row.when("event_date", day_first=day_first)
    precision = row.code("time_precision", _DATED)
    if precision is None or precision is TimePrecision.DAY or found.start is None:
        return found
    return (month if precision is TimePrecision.MONTH else week)(found.start.date())


def _day_first(table: Table, column: str, option: str) -> bool | None:
    if option:
        return option == "yes"
    rows = (row for row in islice(table, _SAMPLE) if isinstance(row, Row))
    return day_comes_first(row.cells.get(column, "") for row in rows)


def _place(row: Cells) -> PlaceMention | None:
    """Where. A province is also looked up by name, to be drawn as it is."""
    precision, meaning = row.code("geo_precision", _PLACED) or (Precision.NONE, "how exact it is, is not given")
    point = row.point()
    location, province = row.text("location"), row.text("admin1")
    words = [location, row.text("admin3"), row.text("admin2"), province, row.text("country")]
    mention = ", ".join(dict.fromkeys(filter(None, words)))
    if not mention and point is None:
        return None
    return PlaceMention(
        mention=mention or "a point without a name",
        precision=precision,
        name=province if precision is Precision.OBLAST else location,
        lon=point[0] if point else None,
        lat=point[1] if point else None,
        note=meaning,
    )


def _asides(row: Cells) -> Iterator[str]:
    for field, words in _ASIDES.items():
        if text := row.text(field):
            yield f"{words}: {text}."
