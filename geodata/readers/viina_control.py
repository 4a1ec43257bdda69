"""Who holds which town, as VIINA's panels ``control`` and ``kontrol`` copy it from three maps day by day.

One row a place and day. Each map speaks for itself: its change of holder is a claim. The first sight of a place is no
change, a status that is absent is unknown. ``status_boost`` and ``status`` are computed from the others and are kept
in the note only: a vote among maps is not a fourth voice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import Final, NamedTuple

from geodata.model import (
    UNSTATED,
    AttributionMode,
    Claim,
    Coding,
    Kind,
    Modality,
    PlaceMention,
    Precision,
    Rejection,
    Source,
)
from geodata.readers.base import Record
from geodata.readers.cells import Cells, Refused, joined
from geodata.readers.tables import Table
from geodata.spans import TimePrecision, day, days

__all__ = ["changes"]

_MAPS: Final = MappingProxyType(
    {
        "status_wiki": Source("wikipedia", "Wikipedia", body="media"),
        "status_dsm": Source("deepstatemap", "DeepStateMap"),
        "status_isw": Source("institute-for-the-study-of-war", "Institute for the Study of War", body="think_tank"),
    }
)
_COMPUTED: Final = ("status_boost", "status")
_STATUS: Final[Mapping[str, tuple[Kind, str, str]]] = MappingProxyType(
    {
        "UA": (Kind.CAPTURE, "UA", "Ukraine holds {place}"),
        "RU": (Kind.CAPTURE, "RU", "Russia holds {place}"),
        "CONTESTED": (Kind.CLASH, "", "{place} is contested"),
    }
)


class _Change(NamedTuple):
    """A map that shows another holder than before."""

    column: str
    before: str
    now: str
    seen: date
    """The last day on which the map showed the holder before."""


class _Seen(NamedTuple):
    """What was last seen of a place: the day, and by map the status and the day it was last shown."""

    on: date
    status: dict[str, tuple[str, date]]


def changes(table: Table) -> Iterator[Record]:
    """The maps, then a claim for each change of holder that one of them shows, and a Rejection for each bad row.

    Memory grows with the number of places, not of days; the rows of a place must come day after day.
    """
    yield from _MAPS.values()
    columns = {name.casefold(): name for name in table.columns}
    places: dict[str, _Seen] = {}
    for row in table:
        if isinstance(row, Rejection):
            yield row
            continue
        try:
            cells = Cells(row, columns)
            place, on = _place(cells), _day(cells)
            for change in _compare(cells, places, place, on):
                yield _claim(change, place, on, cells, table)
        except Refused as refused:
            yield refused.at(table.at(row.line), row)


def _compare(row: Cells, places: dict[str, _Seen], place: PlaceMention, on: date) -> list[_Change]:
    shown = {column: _status(row, column) for column in _MAPS}
    key = place.place_id or place.mention
    before = places.get(key)
    if before and on < before.on:
        raise Refused("out_of_order", "date", row.text("date"), "Sort the rows of each place by date.")
    status = before.status if before else {}
    found = [
        _Change(column, status[column][0], now, status[column][1])
        for column, now in shown.items()
        if now and column in status and status[column][0] != now
    ]
    places[key] = _Seen(on, status | {column: (now, on) for column, now in shown.items() if now})
    return found


def _status(row: Cells, column: str) -> str:
    status = row.text(column).upper()
    if status and status not in _STATUS:
        raise Refused("bad_value", column, row.text(column), f"Use one of: {', '.join(_STATUS)}, or nothing.")
    return status


def _day(row: Cells) -> date:
    on = row.when("date")
    if on.precision is not TimePrecision.DAY or on.start is None:
        raise Refused("bad_date", "date", row.text("date"), "Write the day as 20220224.")
    return on.start.date()


def _place(row: Cells) -> PlaceMention:
    """The place by its id in GeoNames (``control``) or in the Ukrainian register KATOTTH (``kontrol``)."""
    kod, geoname = row.text("kod"), row.text("geonameid").removesuffix(".0")
    if kod:
        return PlaceMention(f"KATOTTH {kod}", precision=Precision.SETTLEMENT, place_id=f"kt:{kod}")
    if geoname.isdigit():
        return PlaceMention(f"GeoNames {geoname}", precision=Precision.SETTLEMENT, place_id=f"gn:{geoname}")
    raise Refused("missing_field", "geonameid", geoname, "Give the id of the place in GeoNames, or its kod.")


def _claim(change: _Change, place: PlaceMention, on: date, row: Cells, table: Table) -> Claim:
    kind, actor, words = _STATUS[change.now]
    wiki = change.column == "status_wiki"
    source = _MAPS[change.column].source_id
    others = ", ".join(f"{name} {row.text(name)}" for name in (*_MAPS, *_COMPUTED) if row.text(name))
    return Claim(
        claim_id=f"viina-{(place.place_id or '').replace(':', '-').lower()}-{on:%Y%m%d}-{change.column[7:]}",
        statement=words.format(place=place.mention),
        kind=kind,
        subtype="contested" if change.now == "CONTESTED" else "",
        claimant=UNSTATED if wiki else source,
        relays=(source,) if wiki else (),
        attribution=AttributionMode.NARRATOR if wiki else AttributionMode.INDIRECT,
        document_id="viina",
        actor=actor,
        modality=Modality.REPORTED if wiki else Modality.ASSESSED,
        coding=Coding.ASSISTED,
        happened=days(change.seen, on),
        said_at=day(on),
        places=(place,),
        note=joined(f"Before, the map had {change.before}. The row says: {others}.", *row.row.notes),
        origin=table.at(row.row.line),
    )
