"""Time as half-open UTC intervals with a precision.

A span is ``[start, end)``. ``None`` on either side means *not stated*: it reaches without limit and is
never replaced by an invented date. A claim dated to a day holds that whole day and has no hour: its date is the same
by every clock.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from geodata.errors import SpanError

__all__ = [
    "EVER",
    "Clock",
    "Span",
    "TimePrecision",
    "Zone",
    "day",
    "days",
    "month",
    "parse_instant",
    "until",
    "week",
    "year",
]


class TimePrecision(StrEnum):
    """How finely a span is known. ``range`` is a stated stretch of several days; ``open`` lacks an end."""

    MINUTE = "minute"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    RANGE = "range"
    OPEN = "open"


class Clock(StrEnum):
    """What time is asked about: when it happened, when it was said, or when a store recorded it."""

    HAPPENED = "happened"
    SAID = "said"
    RECORDED = "recorded"


class Zone(StrEnum):
    """The clock by which the days of a window are meant. Windows themselves are kept in UTC."""

    UTC = "utc"
    KYIV = "kyiv"

    def wall(self, instant: datetime) -> datetime:
        """What a clock of the zone shows at ``instant``, written as if it were UTC.

        >>> Zone.KYIV.wall(parse_instant("2022-03-26T22:00Z")).isoformat()
        '2022-03-27T00:00:00+00:00'
        """
        return instant.astimezone(_zoneinfo(self)).replace(tzinfo=UTC)


@cache
def _zoneinfo(zone: Zone) -> ZoneInfo:
    if zone is Zone.UTC:
        return ZoneInfo("UTC")
    try:
        return ZoneInfo("Europe/Kyiv")
    except ZoneInfoNotFoundError:  # tz databases before 2022b
        return ZoneInfo("Europe/Kiev")


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open interval ``[start, end)`` in UTC.

    Raises
    ------
    SpanError
        If an instant has no time zone, or ``start`` is not before ``end``.

    Examples
    --------
    >>> day(date(2022, 3, 22)).overlaps(days(date(2022, 3, 1), date(2022, 3, 22)))
    True
    >>> day(date(2022, 3, 22)).overlaps(day(date(2022, 3, 23)))
    False
    >>> until(date(2022, 3, 22)).overlaps(day(date(2022, 2, 24)))
    True
    """

    start: datetime | None
    end: datetime | None
    precision: TimePrecision = TimePrecision.DAY

    def __post_init__(self) -> None:
        for name in ("start", "end"):
            instant = getattr(self, name)
            if instant is None:
                continue
            if instant.tzinfo is None:
                raise SpanError(f"{name} {instant} has no time zone", remedy="Give it in UTC.")
            object.__setattr__(self, name, instant.astimezone(UTC))
        if self.start and self.end and self.start >= self.end:
            raise SpanError(f"start {self.start} is not before end {self.end}", remedy="A span is [start, end).")

    def overlaps(self, other: Span) -> bool:
        """True if the two spans share an instant. Symmetric; an unstated side reaches without limit."""
        return _before(self.start, other.end) and _before(other.start, self.end)

    @property
    def is_open(self) -> bool:
        """True if the start or the end is not stated."""
        return self.start is None or self.end is None

    @property
    def of_days(self) -> bool:
        """True if no hour is stated: both ends are midnights or open."""
        return all(t is None or t.time() == time.min for t in (self.start, self.end))

    def describe(self) -> str:
        """The span in plain English; the last day is named, not the first day after it.

        >>> days(date(2022, 2, 24), date(2022, 3, 16)).describe()
        '24 February to 16 March 2022'
        >>> until(date(2022, 3, 22)).describe()
        'until 22 March 2022'
        """
        if self.start is None and self.end is None:
            return "at any time"
        if self.precision is TimePrecision.MINUTE:
            return _describe_instants(self.start, self.end)
        first = self.start.date() if self.start else None
        last = (self.end - timedelta(microseconds=1)).date() if self.end else None
        if first is None:
            return f"until {_long(last)}"
        if last is None:
            return f"from {_long(first)}"
        if first == last:
            return _long(first)
        if (first.month, first.year) == (last.month, last.year):
            return f"{first.day} to {_long(last)}"
        return f"{_long(first) if first.year != last.year else _long(first)[:-5]} to {_long(last)}"

    def stated(self) -> str:
        """The span of a claim in plain English: where no start is stated, it lies before the end and not all along.

        >>> until(date(2022, 3, 22)).stated()
        'on or before 22 March 2022'
        """
        words = self.describe()
        return words.replace("until", "on or before") if self.precision is TimePrecision.OPEN else words


EVER = Span(None, None, TimePrecision.OPEN)


def day(d: date) -> Span:
    """The whole day ``d``, UTC."""
    return days(d, d, TimePrecision.DAY)


def days(first: date, last: date, precision: TimePrecision = TimePrecision.RANGE) -> Span:
    """The days from ``first`` to ``last``, both included."""
    return Span(_midnight(first), _midnight(last) + timedelta(days=1), precision)


def week(d: date) -> Span:
    """The ISO week (Monday to Sunday) that holds ``d``."""
    monday = d - timedelta(days=d.weekday())
    return days(monday, monday + timedelta(days=6), TimePrecision.WEEK)


def month(d: date) -> Span:
    """The calendar month that holds ``d``."""
    last = calendar.monthrange(d.year, d.month)[1]
    return days(d.replace(day=1), d.replace(day=last), TimePrecision.MONTH)


def year(d: date) -> Span:
    """The calendar year that holds ``d``."""
    return days(d.replace(month=1, day=1), d.replace(month=12, day=31), TimePrecision.YEAR)


def until(last: date) -> Span:
    """On or before ``last``: the start is not stated and stays open."""
    return Span(None, _midnight(last) + timedelta(days=1), TimePrecision.OPEN)


def parse_instant(text: str) -> datetime:
    """Read an ISO 8601 date or date-time as UTC; a date is its first instant, a bare time is taken as UTC.

    >>> parse_instant("2022-03-22").isoformat()
    '2022-03-22T00:00:00+00:00'
    """
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as e:
        raise SpanError(f"{text!r} is not a date", remedy="Write 2022-03-22 or 2022-03-22T09:30Z.") from e
    return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)


def _before(a: datetime | None, b: datetime | None) -> bool:
    return a is None or b is None or a < b


def _midnight(d: date) -> datetime:
    return datetime(d.year, d.month, d.day, tzinfo=UTC)


def _long(d: date | None) -> str:
    return f"{d.day} {calendar.month_name[d.month]} {d.year}" if d else ""


def _describe_instants(start: datetime | None, end: datetime | None) -> str:
    def stamp(t: datetime) -> str:
        return f"{_long(t.date())} {t:%H:%M} UTC"

    if start is None:
        return f"before {stamp(end)}" if end else "at any time"
    if end is None:
        return f"from {stamp(start)}"
    return stamp(start) if end - start <= timedelta(minutes=1) else f"{stamp(start)} to {stamp(end)}"
