"""Dates as people write them, read into spans as fine as they are written and no finer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from geodata.errors import SpanError
from geodata.spans import Span, TimePrecision, day, month, year

__all__ = ["day_comes_first", "moment"]

_TIME: Final = re.compile(
    r"^(?P<date>.*?\d)(?:[T,]?\s+|T)(?P<hour>\d{1,2})[:h](?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?"
    r"\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})?$",
    re.IGNORECASE,
)
_PACKED: Final = re.compile(r"(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(?:\d{2})?)?(?:\.0)?")
_YEAR_FIRST: Final = re.compile(r"(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?")
_YEAR_LAST: Final = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})")
_YEAR: Final = re.compile(r"(\d{4})(?:\.0)?")
_DAY_WORD: Final = re.compile(r"(\d{1,2})(?:st|nd|rd|th|\.)?[\s-]+(?:de\s+)?([^\W\d]+)\.?,?[\s-]+(?:de\s+)?(\d{4})")
_WORD_DAY: Final = re.compile(r"([^\W\d]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})")
_YEARS: Final = range(1800, 2200)

_MONTHS: Final[Mapping[str, int]] = MappingProxyType(
    {
        stem: number
        for number, stems in enumerate(
            (
                "jan січ янв ene gen sty",
                "feb fév fev лют фев lut",
                "mar mär бер мар",
                "apr avr abr кві апр kwi",
                "may mai тра мая май mag maj",
                "jun juin чер июн giu cze",
                "jul juil лип июл lug lip",
                "aug août aou ago сер авг sie",
                "sep set вер сен wrz",
                "oct okt out жов окт ott paź",
                "nov лис ноя lis",
                "dec déc dez dic гру дек gru",
            ),
            1,
        )
        for stem in stems.split()
    }
)
"""First letters of the months in English, French, German, Spanish, Italian, Portuguese, Polish, Ukrainian, Russian."""


@lru_cache(maxsize=4_096)
def moment(text: str, *, day_first: bool | None = None) -> Span:
    """The minute, day, month or year that the text names, UTC unless it states an offset.

    Midnight without a zone is taken as "no hour given": the day. Whole numbers are dates only as ``20220224`` or
    ``20220224093000``, never seconds since 1970 or days since 1900.

    Parameters
    ----------
    day_first : reads ``3/4/2022`` as 3 April (True) or 4 March (False); None refuses what can be read both ways.

    Raises
    ------
    SpanError
        If the text is no date, may be two different ones, or is outside the years 1800 to 2199.

    Examples
    --------
    >>> moment("20220224").describe(), moment("22 March 2022 10h24 UTC").describe()
    ('24 February 2022', '22 March 2022 10:24 UTC')
    >>> moment("3/4/2022", day_first=False).describe()
    '4 March 2022'
    """
    text = " ".join(text.split())
    if timed := _TIME.match(text):
        return _minute(_day(timed["date"], day_first), timed)
    if (packed := _PACKED.fullmatch(text)) and packed[4]:
        return _exact(_date(text, *map(int, packed.group(1, 2, 3))), int(packed[4]), int(packed[5]), None, text)
    if whole := _YEAR.fullmatch(text):
        return year(_date(text, int(whole[1]), 1, 1))
    if (part := _YEAR_FIRST.fullmatch(text)) and not part[3]:
        return month(_date(text, int(part[1]), int(part[2]), 1))
    return day(_day(text, day_first))


def day_comes_first(texts: Iterable[str]) -> bool | None:
    """Whether dates like 13/2/2022 put the day first, by the first one that can be read in one way only.

    >>> day_comes_first(["3/4/2022", "3/14/2022"])
    False
    """
    for text in texts:
        found = _YEAR_LAST.match(text.strip())
        if found and found[2] == ".":
            return True
        if found and (int(found[1]) > 12) != (int(found[3]) > 12):
            return int(found[1]) > 12
    return None


def _day(text: str, day_first: bool | None) -> date:
    if packed := _PACKED.fullmatch(text):
        return _date(text, *map(int, packed.group(1, 2, 3)))
    if found := _YEAR_FIRST.fullmatch(text):
        return _date(text, int(found[1]), int(found[2]), int(found[3] or 0))
    if found := _YEAR_LAST.fullmatch(text):
        return _year_last(text, found, day_first)
    if found := _DAY_WORD.fullmatch(text):
        return _date(text, int(found[3]), _month(found[2]), int(found[1]))
    if found := _WORD_DAY.fullmatch(text):
        return _date(text, int(found[3]), _month(found[1]), int(found[2]))
    raise SpanError(f"{text!r} is not a date", remedy="Write it as 2022-03-22 or 2022-03-22T09:30Z.")


def _year_last(text: str, found: re.Match[str], day_first: bool | None) -> date:
    first, second, in_year = int(found[1]), int(found[3]), int(found[4])
    if found[2] == "." or first > 12:
        return _date(text, in_year, second, first)
    if second > 12:
        return _date(text, in_year, first, second)
    if day_first is None and first != second:
        remedy = "Say with the option day_first whether the day comes first."
        raise SpanError(f"{text!r} may be two dates", remedy=remedy)
    return _date(text, in_year, second, first) if day_first else _date(text, in_year, first, second)


def _month(word: str) -> int:
    word = word.casefold()
    return next((_MONTHS[word[:n]] for n in (4, 3) if word[:n] in _MONTHS), 0)


def _date(text: str, in_year: int, in_month: int, in_day: int) -> date:
    try:
        found = date(in_year, in_month, in_day)
    except ValueError as e:
        raise SpanError(f"{text!r} is not a date: {e}", remedy="Write it as 2022-03-22.") from e
    if in_year not in _YEARS:
        raise SpanError(f"{text!r} is not in the years 1800 to 2199", remedy="Write it as 2022-03-22.")
    return found


def _minute(on: date, timed: re.Match[str]) -> Span:
    hour, minute = int(timed["hour"]), int(timed["minute"])
    if not (hour or minute or int(timed["second"] or 0) or timed["zone"]):
        return day(on)
    return _exact(on, hour, minute, timed["zone"], timed[0])


def _exact(on: date, hour: int, minute: int, zone: str | None, text: str) -> Span:
    try:
        start = datetime(on.year, on.month, on.day, hour, minute, tzinfo=_zone(zone))
    except ValueError as e:
        raise SpanError(f"{text!r} has no such time: {e}", remedy="Write it as 2022-03-22T09:30Z.") from e
    return Span(start, start + timedelta(minutes=1), TimePrecision.MINUTE)


def _zone(text: str | None) -> timezone:
    if not text or text.upper() in ("Z", "UTC", "GMT"):
        return UTC
    offset = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return timezone(-offset if text[0] == "-" else offset)
