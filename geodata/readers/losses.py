"""Running totals of losses, told by one side of the other day by day: JSON arrays of flat objects.

The format is that of the series of Russian losses which Petro Ivaniuk keeps from the daily reports of the General
Staff of Ukraine. Each counter of each day is a claim of its own; a counter that a day does not have is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import msgspec

from geodata.errors import SpanError
from geodata.model import (
    Claim,
    Document,
    Figure,
    Kind,
    Origin,
    PlaceMention,
    Precision,
    Rejection,
    Relation,
    RelationType,
    Role,
    Source,
)
from geodata.readers.base import Options, Record
from geodata.readers.checked import envelope
from geodata.readers.dates import moment
from geodata.sources import slug
from geodata.spans import Span, day, days, until

__all__ = ["LossesReader"]

_FIRST_OBJECT: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*\[\s*(\{[^{}]*\})")
_KEY: Final = re.compile(rb'"([^"]+)"\s*:')
_SIGNATURE: Final = frozenset({b"personnel", b"tank", b"APC", b"field artillery"})
_DATED: Final = frozenset({"date", "day"})
_AXIS: Final = "greatest losses direction"
_MANY: Final = 1e12
"""Nothing is counted that high; a larger number is damage."""
_DAYS: Final = 36_525
"""A hundred years; a larger number of the day is misread."""
_AND: Final = re.compile(r"\s*(?:,|;|\band\b)\s*")

_GENERAL_STAFF: Final = "General Staff of the Armed Forces of Ukraine"
_RELAYS: Final = ("Ministry of Defence of Ukraine", "Petro Ivaniuk")
_WORDS: Final = MappingProxyType(
    {
        "personnel": (Kind.CASUALTIES, "personnel lost", "person"),
        "POW": (Kind.LOSSES, "prisoners of war", "person"),
    }
)
"""Kind, measure and unit of the counters of people; every other counter is equipment lost."""
_NATIONAL: Final = PlaceMention("Ukraine", precision=Precision.COUNTRY, inherited=True)

_DOCUMENT: Final = Document(
    document_id="losses-ivaniuk",
    title="2022 Ukraine Russia War: Russian losses as reported by the General Staff of Ukraine",
    publisher="Petro Ivaniuk",
    url="https://github.com/PetroIvaniuk/2022-Ukraine-Russia-War-Dataset",
    licence="MIT",
    attribution="Petro Ivaniuk; figures: General Staff of the Armed Forces of Ukraine",
    language="en",
)


class _Day(NamedTuple):
    """One object of the series."""

    on: date
    number: int | None
    """Day of the war, 1 = the first; None if the object does not count them."""
    values: Mapping[str, Any]
    origin: Origin
    raw: str

    @property
    def counters(self) -> Iterator[tuple[str, Any]]:
        """Everything that is neither a date, nor a qualifier, nor the axis, nor without a value."""
        for key, value in self.values.items():
            if key not in _DATED and key != _AXIS and not key.endswith("*") and value is not None:
                yield key, value

    @property
    def since(self) -> date | None:
        """First day of the count, by the day's number."""
        return None if self.number is None else self.on - timedelta(days=self.number - 1)


class LossesReader:
    """Reads a series of totals, or the file of signed corrections to it; the numbers tell the two apart."""

    name: Final = "losses"
    title: Final = "losses series, JSON: cumulative figures claimed by the General Staff of Ukraine"
    options: Final[Mapping[str, str]] = MappingProxyType({})

    def sniff(self, head: bytes) -> bool:
        """True if the head is a list whose first object has a date, a day and a counter of the series."""
        first = _FIRST_OBJECT.match(head)
        keys = set(_KEY.findall(first[1])) if first else set()
        return {b"date", b"day"} <= keys and bool(keys & _SIGNATURE)

    def read(self, path: Path, options: Options) -> Iterator[Record]:
        """A claim for each counter of each day, and one for the axis a day names; a bad counter is refused alone.

        Raises
        ------
        ReaderError
            If the file is not a JSON array.
        """
        raws = envelope(path, list[msgspec.Raw])
        origin = Origin(dataset="Russian losses by the General Staff", file=path.name, reader=self.name)
        return _records([_row(raw, replace(origin, row=f"[{i}]")) for i, raw in enumerate(raws)])


def _records(rows: list[_Day | Rejection]) -> Iterator[Record]:
    series = [row for row in rows if isinstance(row, _Day)]
    corrections, before = _are_corrections(series), _before(series)
    for name in (_GENERAL_STAFF, *_RELAYS):
        yield Source(slug(name), name)
    yield _DOCUMENT
    for row in rows:
        if isinstance(row, Rejection):
            yield row
        else:
            yield from _corrections(row) if corrections else _totals(row, before)


def _row(raw: msgspec.Raw, origin: Origin) -> _Day | Rejection:
    text = bytes(raw).decode("utf-8", "replace")
    try:
        values = msgspec.json.decode(raw)
    except msgspec.DecodeError as e:
        return Rejection("bad_value", origin, remedy=f"Mend the JSON: {e}.", raw=text)

    def refuse(reason: str, field: str, remedy: str) -> Rejection:
        value = str(values.get(field, "")) if isinstance(values, dict) else ""
        return Rejection(reason, origin, field, value, remedy, text)

    if not isinstance(values, dict):
        return refuse("bad_value", "", "Write an object with a date and its counters.")
    if not values.get("date"):
        return refuse("missing_field", "date", "Give the day the figures were reported on.")
    try:
        start = moment(str(values["date"])).start
    except SpanError as e:
        return refuse("bad_date", "date", e.remedy or "Write the date as 2022-03-22.")
    number = values.get("day")
    if start is None or not (number is None or (_is_number(number) and 0 < number < _DAYS)):
        return refuse("bad_number", "day", "Count the days from 1, the first day of the war.")
    return _Day(start.date(), None if number is None else int(number), values, origin, text)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _MANY


def _are_corrections(series: Iterable[_Day]) -> bool:
    """Whether the numbers are changes and not totals: mostly zeros, some negative (which weigh double).

    A single wrong sign does not turn a series of totals into one of changes.
    """
    numbers = [value for row in series for _, value in row.counters if _is_number(value)]
    odd: int = sum(n == 0 for n in numbers) + 2 * sum(n < 0 for n in numbers)
    return 2 * odd > len(numbers)


def _before(series: Iterable[_Day]) -> Mapping[tuple[date, str], tuple[date, float]]:
    """For each day and counter, the day before it that has this counter, and its value."""
    last: dict[str, tuple[date, float]] = {}
    before = {}
    for row in sorted(series, key=lambda row: row.on):
        for key, value in row.counters:
            if key in last:
                before[row.on, key] = last[key]
            if _is_number(value):
                last[key] = (row.on, value)
    return before


def _totals(row: _Day, before: Mapping[tuple[date, str], tuple[date, float]]) -> Iterator[Claim | Rejection]:
    happened = days(row.since, row.on) if row.since else until(row.on)
    for key, value in row.counters:
        if not _is_number(value) or value < 0:
            yield _bad(row, key, "Write a total as a number, 0 or more; leave the counter out if it is not known.")
            continue
        kind, measure, unit = _WORDS.get(key, (Kind.LOSSES, f"{key} lost", key))
        qualifier = str(row.values.get(f"{key}*") or "")
        high = None if qualifier == "more" else value
        figure = Figure(measure, unit, value, high, value, qualifier, since=row.since.isoformat() if row.since else "")
        amount = " ".join(filter(None, ("more than" if qualifier == "more" else qualifier, f"{value:,}")))
        then, former = before.get((row.on, key), (row.on, value))
        note = f"A running total that falls: {former:,} on {then}." if former > value else ""
        claim = _claim(row, key, f"Russia, {measure}, {happened.describe()}: {amount}", happened)
        yield replace(claim, kind=kind, subtype="equipment" if key not in _WORDS else "", figures=(figure,), note=note)
    if axis := row.values.get(_AXIS):
        yield _axis(row, str(axis))


def _axis(row: _Day, axis: str) -> Claim:
    claim = _claim(row, _AXIS, f"The greatest Russian losses were in the direction of {axis}", day(row.on))
    places = (PlaceMention(name, Role.DIRECTION, Precision.DIRECTION) for name in _AND.split(axis) if name)
    return replace(claim, quote=axis, places=tuple(places))


def _corrections(row: _Day) -> Iterator[Claim | Rejection]:
    """What is taken off the day's totals; a 0 corrects nothing and is no claim."""
    for key, value in row.counters:
        if not _is_number(value):
            yield _bad(row, key, "Write a number, negative if the total was too low.")
        elif value:
            claim = _claim(row, key, f"Russia, {key} lost, correction of {row.on}: {value:+,} to subtract", day(row.on))
            yield replace(
                claim,
                claim_id=f"{claim.claim_id}-correction",
                kind=Kind.INFORMATION,
                subtype="correction",
                figures=(Figure("correction to subtract", key, value, value, value),),
                relations=(Relation(RelationType.QUALIFIES, claim.claim_id),),
            )


def _claim(row: _Day, key: str, statement: str, happened: Span) -> Claim:
    return Claim(
        claim_id=f"losses-{row.on}-{slug(key)}",
        statement=statement,
        kind=Kind.LOSSES,
        claimant=slug(_GENERAL_STAFF),
        relays=tuple(map(slug, _RELAYS)),
        document_id=_DOCUMENT.document_id,
        target="RU",
        happened=happened,
        said_at=day(row.on),
        places=(_NATIONAL,),
        origin=replace(row.origin, row=f"{row.origin.row}.{key}"),
    )


def _bad(row: _Day, key: str, remedy: str) -> Rejection:
    origin = replace(row.origin, row=f"{row.origin.row}.{key}")
    return Rejection("bad_number", origin, key, str(row.values[key]), remedy, row.raw)
