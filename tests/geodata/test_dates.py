"""Dates as people write them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.errors import SpanError
from geodata.readers.dates import day_comes_first, moment
from geodata.spans import TimePrecision, day, month, year

THAT_DAY = date(2022, 3, 22)


@pytest.mark.parametrize(
    "text",
    [
        "2022-03-22", "2022/3/22", "20220322", "20220322.0", "22.03.2022", "22/03/2022", "3/22/2022", "22-03-2022",
        "22 March 2022", "March 22, 2022", "22nd Mar 2022", "22 березня 2022", "22 марта 2022", "22. März 2022",
        "22 mars 2022", "22 de marzo de 2022", "2022-03-22 00:00:00.000", "2022-03-22T00:00:00", " 22  March 2022 ",
    ],
)  # fmt: skip
def test_a_day_is_a_day_however_it_is_written(text: str) -> None:
    assert moment(text) == day(THAT_DAY)


@pytest.mark.parametrize(
    "text",
    [
        "2022-03-22T10:24Z", "2022-03-22 10:24", "22 March 2022 10h24 UTC", "2022-03-22T12:24:50.123+02:00",
        "20220322102400", "22.03.2022, 10:24", "2022-03-22T07:24-0300",
    ],
)  # fmt: skip
def test_a_minute_is_a_minute_in_utc(text: str) -> None:
    span = moment(text)
    assert span.precision is TimePrecision.MINUTE
    assert span.start is not None
    assert span.start.isoformat() == "2022-03-22T10:24:00+00:00"


def test_months_and_years_stay_months_and_years() -> None:
    assert (moment("2022-03"), moment("2022")) == (month(THAT_DAY), year(THAT_DAY))


def test_what_may_be_two_dates_is_refused_until_told() -> None:
    with pytest.raises(SpanError, match="two dates"):
        moment("3/4/2022")
    assert moment("3/4/2022", day_first=True) == day(date(2022, 4, 3))
    assert moment("3/4/2022", day_first=False) == day(date(2022, 3, 4))
    assert moment("4/4/2022") == day(date(2022, 4, 4))


def test_the_order_is_found_from_dates_that_read_one_way_only() -> None:
    assert day_comes_first(["3/4/2022", "13/4/2022"]) is True
    assert day_comes_first(["3/4/2022", "4/13/2022"]) is False
    assert day_comes_first(["3/4/2022", "2022-03-04", ""]) is None


@pytest.mark.parametrize(
    "text",
    ["", "0", "44642", "1647907200", "1647907200000", "22/3/22", "31.02.2022", "32 March 2022", "2022-13-01", "spring",
     "9999-01-01", "22 Brumaire 2022", "2022-03-22 25:00", "-1", "nan"],
)  # fmt: skip
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(SpanError):
        moment(text)


@given(st.text(max_size=24))
def test_any_text_is_a_span_or_a_span_error(text: str) -> None:
    try:
        span = moment(text)
    except SpanError:
        return
    assert span.start is not None
    assert span.end is not None
