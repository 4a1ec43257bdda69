"""The contract of stores, what a query finds and counts."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geodata.model import (
    UNKNOWN_SIDE,
    Bundle,
    Document,
    Kind,
    Origin,
    Unplaced,
)
from geodata.query import FACETS, Query
from geodata.spans import Span, TimePrecision, Zone, day, until
from geodata.stores import ClaimStore, Credit
from tests.geodata.contract import CLAIMS, ORDER, SOURCES, at, ids, mention, said

WINDOWS = {
    "the window is half-open": (at(2022, 3, 2), at(2022, 3, 5), {"d-open"}),
    "its start is in it": (at(2022, 3, 10), at(2022, 3, 11), {"d-open", "c-range"}),
    "a claim that ends where it starts is out": (at(2022, 3, 11), at(2022, 3, 12), {"d-open"}),
    "hours count": (at(2022, 3, 1, 9, 30), at(2022, 3, 1, 9, 31), {"d-open", "a-day", "g-hour"}),
    "an open end reaches on": (at(2023, 1, 1), None, {"f-since"}),
    "an open start reaches back": (None, at(2020, 1, 1), {"d-open"}),
    "the last day of an open start is its last": (at(2022, 3, 23), at(2022, 3, 24), {"f-since"}),
}


@pytest.mark.parametrize(("start", "end", "expected"), WINDOWS.values(), ids=WINDOWS)
def test_the_window_finds_what_overlaps(
    store: ClaimStore, start: datetime | None, end: datetime | None, expected: set[str]
) -> None:
    assert set(ids(store, start=start, end=end)) == expected | {"e-ever"}


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_the_store_finds_what_the_span_says_overlaps(store: ClaimStore, data: st.DataObject) -> None:
    hours = st.integers(0, 24 * 40).map(lambda h: at(2022, 2, 20).timestamp() + h * 3600)
    start, end = sorted(data.draw(st.tuples(hours, hours).filter(lambda p: p[0] != p[1])))
    window = Span(datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC), TimePrecision.MINUTE)
    expected = {c.claim_id for c in CLAIMS if c.happened.overlaps(window)}
    assert set(ids(store, start=window.start, end=window.end)) == expected


def test_days_are_matched_by_date_and_instants_by_the_minute_on_the_clock_of_the_zone(empty: ClaimStore) -> None:
    hour = Span(at(2022, 3, 26, 22), at(2022, 3, 26, 23), TimePrecision.MINUTE)
    dated = {f"day-{d}": day(date(2022, 3, d)) for d in (26, 27, 28)}
    spans = {"hour": hour, **dated, "late": until(date(2022, 3, 28))}
    claims = tuple(said(name, Kind.STRIKE, "ua-gs", span) for name, span in spans.items())
    empty.append(Bundle(sources=SOURCES, claims=claims))
    saturday = {"start": at(2022, 3, 25, 22), "end": at(2022, 3, 26, 22)}
    sunday = {"start": at(2022, 3, 26, 22), "end": at(2022, 3, 27, 21)}  # 23 hours: the clocks go forward
    assert set(ids(empty, **saturday, zone="kyiv")) == {"day-26", "late"}
    assert set(ids(empty, **sunday, zone="kyiv")) == {"hour", "day-27", "late"}
    assert set(ids(empty, **sunday)) == {"hour", "day-26", "day-27", "late"}
    for window in (saturday, sunday):
        query = Query(**window, zone=Zone.KYIV)
        assert set(ids(empty, **window, zone="kyiv")) == {c.claim_id for c in claims if query.meets(c.happened)}
    assert [c.claim_id for c in empty.latest(Query(**sunday, zone=Zone.KYIV), limit=9)][-1] == "late"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("statement c-range", {"c-range"}),
        ("STRASSE", {"d-open"}),
        ("évening SUMMARY", {"b-day"}),
        ("general staff", {"b-day", "d-open"}),
        ("unheard", {"g-hour"}),
        ("KYIV russian", {"a-day"}),
        ("kyiv nonsense", set()),
        ("100% _", set()),
        ("'; DROP TABLE claims; --", set()),
    ],
)
def test_every_word_must_stand_somewhere_whatever_its_case(store: ClaimStore, text: str, expected: set[str]) -> None:
    assert set(ids(store, text=text)) == expected


def test_every_mention_is_searched_not_only_the_indexed_one(empty: ClaimStore) -> None:
    claim = replace(CLAIMS[0], places=(mention("kyiv"), mention("сУМИ", "p2")))
    empty.append(Bundle(claims=(claim,)))
    assert ids(empty, text="Суми") == ["a-day"]


def test_fields_are_combined_with_and_their_values_with_or(store: ClaimStore) -> None:
    assert set(ids(store, source=("ua-gs", "ru-mod"))) == {"a-day", "b-day", "d-open"}
    assert ids(store, source=("ua-gs", "ru-mod"), layer=("retreat",)) == ["b-day"]
    assert set(ids(store, side=("western",))) == {"c-range", "f-since"}
    assert set(ids(store, side=(UNKNOWN_SIDE,))) == {"e-ever", "g-hour"}
    assert set(ids(store, precision=("country", "none"))) == {"e-ever", "f-since", "g-hour"}
    assert ids(store, modality=("assessed",)) == ["e-ever"]
    assert ids(store, coding=("machine",)) == ["f-since"]
    assert ids(store) == ORDER
    assert set(ids(store, unplaced=("statement", "country_only"))) == {"e-ever", "f-since"}
    assert ids(store, claim=("b-day", "a-day", "nope")) == ["a-day", "b-day"]
    assert ids(store, actor=("x' OR '1'='1",)) == []


QUERIES = (
    Query(),
    Query(source=("ua-gs",)),
    Query(source=("ua-gs",), layer=("retreat", "fighting")),
    Query(side=("ukrainian",), actor=("RU",), start=at(2022, 3, 1), end=at(2022, 3, 23), text="statement"),
)


@pytest.mark.parametrize("query", QUERIES, ids=lambda q: q.to_url() or "everything")
def test_a_facet_counts_with_its_own_filter_left_out(store: ClaimStore, query: Query) -> None:
    facets = store.facets(query)
    assert list(facets) == list(FACETS)
    for name, counts in facets.items():
        column = "claimant" if name == "source" else name
        values = store.table(query.without(name), [column])[column].to_pylist()
        assert dict(counts) == {str(v): n for v, n in Counter(values).items() if v}
        assert list(counts.values()) == sorted(counts.values(), reverse=True)


def test_credits_say_what_is_to_be_printed_with_the_claims_found(empty: ClaimStore) -> None:
    credit = Document("x", "X", licence="CC BY 4.0", attribution="Somebody", citation="Somebody (2022)")
    documents = (credit, replace(credit, document_id="y", attribution="Another"), Document("z", "Z"))
    claims = [
        replace(CLAIMS[0], claim_id=f"{d}{i}", document_id=d, origin=Origin(name))
        for name, d, n in (("One", "x", 2), ("One", "y", 1), ("Two", "x", 1), ("", "z", 1))
        for i, _ in enumerate(range(n), start=ord(name[:1] or "0"))
    ]
    empty.append(Bundle((), documents, tuple(claims)))
    assert empty.credits(Query()) == (
        Credit("One", "CC BY 4.0", "Somebody (2022)", ("Another", "Somebody"), 3),
        Credit("", "", "", (), 1),
        Credit("Two", "CC BY 4.0", "Somebody (2022)", ("Somebody",), 1),
    )
    assert empty.credits(Query(claim=(claims[2].claim_id,)))[0].claims == 1
    assert empty.credits(Query(layer=("toll",))) == ()


def test_the_timeline_counts_each_claim_once_on_its_first_possible_day(store: ClaimStore) -> None:
    expected = Counter(
        {
            (date(2022, 3, 1), "advance"): 1,
            (date(2022, 3, 1), "bombardment"): 1,
            (date(2022, 3, 5), "fighting"): 1,
            (date(2022, 3, 20), "toll"): 1,
            (date(2022, 3, 22), "retreat"): 1,
            (date(2022, 3, 22), "bombardment"): 1,
            (None, "other"): 1,
        }
    )
    for query in (Query(), Query(start=at(2022, 3, 22))):
        rows = store.timeline(query).to_pylist()
        assert {(r["day"], r["layer"]): r["claims"] for r in rows} == expected
    assert store.timeline(Query(layer=("retreat",))).to_pylist() == [
        {"day": date(2022, 3, 22), "layer": "retreat", "claims": 1}
    ]


def test_what_is_not_drawn_is_counted_by_its_reason(store: ClaimStore) -> None:
    for query in (
        Query(),
        Query(layer=("toll", "other")),
        Query(unplaced=(Unplaced.NO_PLACE,)),
        Query(claim=("none",)),
    ):
        reasons = [c.unplaced for c in store.claims(query) if c.unplaced]
        assert store.unplaced(query) == Counter(reasons)
