"""Sources beside each other: every number is what its filters find, who says so first, the page of one source."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from dashboard.comparing import FEW, compare, portrait
from geodata.model import Bundle, Claim, Kind, PlaceMention, Precision, Source
from geodata.query import Query
from geodata.spans import day

AT = (PlaceMention("p1", precision=Precision.SETTLEMENT, place_id="p1", name="p1"),)


@pytest.mark.parametrize("across", ["layer", "place", "week"])
def test_every_number_is_what_its_filters_find(stored, across):
    query = Query(modality=("claimed", "reported"))
    found = compare(stored, query, across)
    assert found.sources == len(found.lines) > 5
    for line in found.lines:
        own = replace(query, source=(line.source,))
        assert line.claims == stored.count(own)
        for (word, _, end), claims in zip(found.columns, line.cells, strict=True):
            more = {across: (word,)} if across != "week" else {"start": midnight(word), "end": midnight(end)}
            assert stored.count(replace(own, **more)) == claims


def test_a_matrix_keeps_what_it_shows_when_one_number_is_chosen(stored):
    whole = compare(stored, Query(), "place")
    chosen = compare(stored, Query(source=("us-dod-official",), place=(whole.columns[0][0],)), "place")
    assert chosen.lines == whole.lines


def test_weeks_become_months_and_years_where_they_are_many(empty):
    empty.append(Bundle(claims=(said("1", "a", 1), replace(said("2", "a", 1), happened=day(date(2023, 3, 1))))))
    assert compare(empty, Query(), "week").across == "month"
    assert compare(empty, Query(end=datetime(2022, 4, 1, tzinfo=UTC)), "week").across == "month"
    empty.append(Bundle(claims=(replace(said("3", "a", 1), happened=day(date(2012, 3, 1))),)))
    assert [name for _, name, _ in compare(empty, Query(), "week").columns] == ["2012", "2022", "2023"]


def test_by_time_the_columns_are_those_of_the_window_and_of_the_weeks_around_a_short_one(empty):
    days = (date(2012, 3, 1), date(2022, 2, 24), date(2022, 3, 3), date(2022, 3, 10), date(2022, 11, 1))
    empty.append(Bundle(claims=tuple(replace(said(str(n), "a", 1), happened=day(d)) for n, d in enumerate(days))))
    march = Query(start=datetime(2022, 3, 1, tzinfo=UTC), end=datetime(2022, 3, 8, tzinfo=UTC))
    found = compare(empty, march, "week")
    assert (found.across, [word for word, _, _ in found.columns]) == (
        "week",
        ["2022-02-21", "2022-02-28", "2022-03-07"],
    )
    year = compare(empty, replace(march, end=datetime(2022, 12, 1, tzinfo=UTC)), "week")
    assert [name for _, name, _ in year.columns] == ["Mar 2022", "Nov 2022"]
    assert compare(empty, replace(march, start=None), "week").across == "year"


def test_who_says_so_first_is_told_only_over_enough_events(empty):
    def events(n):
        return [
            replace(said(f"{who}{k}", who, 2 + (who == "a")), happened=day(date(2022, 2, 1 + 3 * k)))
            for k in range(n)
            for who in ("a", "b")
        ]

    empty.append(Bundle(claims=tuple(events(FEW - 1)), sources=(Source("a", "A"), Source("b", "B"))))
    (few,) = compare(empty, Query()).leads
    assert (few.first, few.events, few.before, few.median_h) == ("B", FEW - 1, FEW - 1, None)
    lone = replace(said("alone", "c", 5), happened=day(date(2022, 2, 1)))
    empty.append(Bundle(claims=(*events(FEW), lone)))
    lead = next(x for x in compare(empty, Query()).leads if {x.first_id, x.second_id} == {"a", "b"})
    assert (lead.first, lead.second, lead.events, lead.median_h) == ("B", "A", FEW, 24)
    silent = next(x for x in compare(empty, Query()).leads if {x.first_id, x.second_id} == {"b", "c"})
    assert (silent.first_id, silent.first_alone, silent.second_alone) == ("b", FEW - 1, 0)


def test_the_page_of_a_source_says_how_its_words_fare(stored):
    found = portrait(stored, Query(source=("un",)), "ru-kp")
    assert found is not None
    assert (found.name, found.claims, dict(found.standing)["retracted"]) == ("Komsomolskaya Pravda", 4, 3)
    assert [source for source, _, _ in found.relays] == ["article"]
    assert sum(n for _, n in found.days) == 4
    assert portrait(stored, Query(), "nobody") is None


def test_the_route_is_known_again_and_says_what_it_does_not_know(client):
    first = client.get("/sources?across=place&desk=sources")
    assert json.loads(first.data)["across"] == "place"
    again = {"If-None-Match": first.headers["ETag"]}
    assert client.get("/sources?across=place", headers=again).status_code == 304
    assert client.get("/sources?across=week", headers=again).status_code == 200
    assert json.loads(client.get("/sources?who=un").data)["name"] == "United Nations"
    assert client.get("/sources?who=nobody").get_json()["parameters"] == ["who"]
    assert "at Kyiv" in client.get("/list?place=gn:703448").get_json()["phrase"]


def said(claim_id: str, who: str, on: int) -> Claim:
    given = {"places": AT, "happened": day(date(2022, 2, 1)), "said_at": day(date(2022, 3, on)), "actor": "RU"}
    return Claim(claim_id, claim_id, Kind.CLASH, claimant=who, **given)


def midnight(word: str) -> datetime:
    return datetime.fromisoformat(word).replace(tzinfo=UTC)
