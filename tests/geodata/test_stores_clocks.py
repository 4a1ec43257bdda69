"""Two clocks: windows of what was said, and claims as they could be known at an instant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from geodata.model import (
    Bundle,
    Claim,
    Kind,
    Mark,
    Modality,
    PlaceMention,
    Precision,
    Relation,
    RelationType,
    Role,
    Source,
)
from geodata.query import Query
from geodata.spans import EVER, Clock, Span, TimePrecision, Zone, day, until
from geodata.stores import ClaimStore, DuckDBStore

SOURCES = (Source("ua", "UA", "ukrainian"), Source("ru", "RU", "russian"), Source("uk", "UK", "western"))
TOWN = (PlaceMention("Town", precision=Precision.SETTLEMENT, place_id="p1", name="Town"),)
MARKS = (Mark(36.2, 50.0, Precision.SETTLEMENT, Role.LOCATION, 5.0, "p1"),)


def march(d: int, hour: int = 0) -> datetime:
    return datetime(2022, 3, d, hour, tzinfo=UTC)


def made(claim_id: str, claimant: str, happened: Span, said: Span | None, **more: Any) -> Claim:
    given = {"kind": Kind.CAPTURE, "actor": "RU", "places": TOWN, "marks": MARKS} | more
    return Claim(claim_id, f"{claim_id} is said", claimant=claimant, happened=happened, said_at=said, **given)


HOUR = Span(march(5, 9), march(5, 10), TimePrecision.MINUTE)
CLAIMS = (
    made("captured", "ru", day(date(2022, 3, 1)), day(date(2022, 3, 2)), modality=Modality.RETRACTED),
    made("so-too", "uk", day(date(2022, 3, 1)), HOUR),
    made("late", "ua", day(date(2022, 3, 1)), day(date(2022, 3, 20)), kind=Kind.BOMBARDMENT, actor="UA"),
    made(
        "taken-back", "ru", day(date(2022, 3, 8)), Span(march(8, 15), march(8, 16), TimePrecision.MINUTE),
        kind=Kind.INFORMATION, subtype="retraction", places=(), marks=(),
        relations=(Relation(RelationType.RETRACTS, "captured"),),
    ),
    made("undated", "uk", EVER, until(date(2022, 3, 6)), kind=Kind.CLASH, places=(), marks=()),
    made("nobody-knows-when", "ua", day(date(2022, 3, 3)), None, kind=Kind.CLASH, places=(), marks=()),
)  # fmt: skip


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClaimStore]:
    held = DuckDBStore(tmp_path_factory.mktemp("clocks") / "store", create=True)
    held.append(Bundle(SOURCES, (), CLAIMS))
    yield held
    held.close()


def found(store: ClaimStore, query: Query) -> set[str]:
    ids = store.table(query, ["claim_id"])["claim_id"].to_pylist()
    assert store.count(query) == len(ids)
    assert [c.claim_id for c in store.claims(query)] == ids
    assert sum(store.timeline(query.without("start", "end"))["claims"].to_pylist()) == store.count(
        query.without("start", "end")
    )
    return set(ids)


INSTANTS = [march(*at) for at in ((1, 0), (2, 23), (3, 0), (5, 9), (5, 10), (7, 0), (8, 15), (8, 16), (20, 9), (21, 0))]


def test_a_window_of_what_was_said_meets_the_spans_in_which_it_was_said(store: ClaimStore) -> None:
    for (start, end), zone in product([(1, 3), (2, 3), (5, 6), (6, 8), (20, 21), (21, 22)], Zone):
        query = Query(start=march(start, 9), end=march(end, 9), clock=Clock.SAID, zone=zone)
        assert found(store, query) == {c.claim_id for c in CLAIMS if query.meets(c.said_at or EVER)}


def test_what_was_known_at_an_instant_is_what_had_been_said(store: ClaimStore) -> None:
    for known in INSTANTS:
        query = Query(known=known)
        assert found(store, query) == {c.claim_id for c in CLAIMS if query.knows(c.said_at, c.recorded_at)}
    assert "captured" not in found(store, Query(known=march(2, 23)))
    assert "captured" in found(store, Query(known=march(3)))
    assert "late" not in found(store, Query(known=march(20, 23)))


def test_known_and_a_window_of_either_clock_are_asked_together(store: ClaimStore) -> None:
    happened = Query(start=march(1), end=march(2), known=march(10))
    assert found(store, happened) == {"captured", "so-too", "undated"}
    assert found(store, Query(start=march(5), end=march(6), clock=Clock.SAID, known=march(10))) == {"so-too", "undated"}


def test_a_claim_stands_as_claimed_until_it_is_taken_back(store: ClaimStore) -> None:
    def voice(known: datetime) -> str:
        (claim,) = store.claims(Query(claim=("captured",), known=known))
        (latest,) = store.latest(Query(claim=("captured",), known=known), limit=1)
        assert latest == claim
        return str(claim.modality)

    assert [voice(march(8, h)) for h in (15, 16)] == ["claimed", "retracted"]
    retracted = Query(modality=("retracted",))
    assert found(store, retracted) == {"captured"}
    assert not found(store, Query(modality=("retracted",), known=march(8, 15)))
    assert not found(store, Query(standing=("retracted",), known=march(8, 15)))
    assert found(store, Query(standing=("retracted",), known=march(8, 16))) == {"captured"}
    assert store.facets(Query(known=march(8, 15)))["modality"] == {"claimed": 3}


def test_who_else_says_so_is_who_had_said_so(store: ClaimStore) -> None:
    def alone(known: datetime) -> tuple[int, bool]:
        ((row),) = store.table(Query(claim=("so-too",), known=known), ["sides", "corroborated"]).to_pylist()
        return row["sides"], row["corroborated"]

    whole = store.table(Query(claim=("so-too",)), ["sides", "corroborated"]).to_pylist()[0]
    assert alone(march(22)) == (whole["sides"], whole["corroborated"])


def test_what_the_store_had_recorded_is_another_clock(tmp_path: Path) -> None:
    store = DuckDBStore(tmp_path / "store", create=True)
    before = datetime.now(UTC) - timedelta(minutes=1)
    store.append(Bundle(SOURCES, (), CLAIMS[:2]))
    after = datetime.now(UTC) + timedelta(minutes=2)
    assert not found(store, Query(known=before, by=Clock.RECORDED))
    assert found(store, Query(known=after, by=Clock.RECORDED)) == {"captured", "so-too"}
    store.close()


def test_a_version_that_comes_in_force_meanwhile_does_not_hinder_a_question(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, writer = (DuckDBStore(tmp_path / "store", create=create) for create in (True, False))
    store.append(Bundle(SOURCES, claims=CLAIMS))
    understood, later = DuckDBStore._conditions, list[str]()

    def meanwhile(self: DuckDBStore, *asked: Any) -> Any:
        where = understood(self, *asked)
        later.append(f"later-{len(later)}")
        writer.append(Bundle(claims=(replace(CLAIMS[0], claim_id=later[-1]),)))
        return where

    monkeypatch.setattr(DuckDBStore, "_conditions", meanwhile)
    for by, known in (("said", 5), ("recorded", 6)):
        query = Query.from_url({"known": "2100-01-01", "by": by})
        assert store.count(query) == known + len(later)
        assert store.table(query, ["claim_id"]).num_rows == known + len(later)
        assert len(store.select(query, limit=3)) == len(store.latest(query, limit=3)) == 3
        assert [c.claim_id for c in store.claims(query)][0] == "undated"
        assert store.arranged(query).page(["claim_id"], offset=0, limit=1)["claim_id"].to_pylist() == ["undated"]
    store.close()
    writer.close()


def test_a_text_is_searched_in_what_was_known(store: ClaimStore) -> None:
    assert found(store, Query(text="said", known=march(4))) == {"captured"}
    assert [h.claim_id for h in store.search(Query(text="late", known=march(22)), limit=9)] == ["late"]
    assert not store.search(Query(text="late", known=march(4)), limit=9)


def test_the_latest_said_come_first_by_the_clock_of_what_was_said(store: ClaimStore) -> None:
    ids = [c.claim_id for c in store.latest(Query(clock=Clock.SAID, end=march(22)), limit=9)]
    assert ids[:4] == ["late", "taken-back", "undated", "so-too"]


@pytest.fixture(scope="module")
def disputed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClaimStore]:
    """A town said to be captured by one and another, and held by a third, a day apart; who denies it speaks last."""
    on = day(date(2022, 3, 1))
    held = DuckDBStore(tmp_path_factory.mktemp("disputed") / "store", create=True)
    claims = (
        made("first", "ru", on, day(date(2022, 3, 2)), modality=Modality.DENIED),
        made("second", "uk", on, day(date(2022, 3, 4))),
        made("against", "ua", on, day(date(2022, 3, 6)), kind=Kind.FAILED_CAPTURE),
        made(
            "denial", "ua", on, day(date(2022, 3, 8)), kind=Kind.INFORMATION, subtype="denial", places=(), marks=(),
            relations=(Relation(RelationType.DENIES, "first"), Relation(RelationType.CONSISTENT_WITH, "late")),
        ),
        made("late", "x", EVER, day(date(2022, 3, 20)), kind=Kind.OTHER, places=(), marks=()),
    )  # fmt: skip
    held.append(Bundle(SOURCES, (), claims))
    yield held
    held.close()


@pytest.mark.parametrize(
    ("lens", "since"),
    [
        ({"only_by": ("uk", "ru"), "claim": ("second",)}, 5),
        ({"standing": ("contradicted",), "claim": ("second",)}, 7),
        ({"standing": ("contradicted",), "claim": ("against",)}, 7),
        ({"standing": ("denied",), "claim": ("first",)}, 9),
        ({"modality": ("denied",)}, 9),
    ],
    ids=lambda v: Query(**v).to_url() if isinstance(v, dict) else None,
)
def test_a_lens_sees_nothing_before_it_could_be_known(disputed: ClaimStore, lens: dict[str, Any], since: int) -> None:
    assert [disputed.count(Query(known=march(d), **lens)) for d in range(1, 23)] == [d >= since for d in range(1, 23)]
    assert disputed.count(Query(**lens)) == 1


def test_a_voice_backs_another_from_when_it_is_heard(store: ClaimStore, tmp_path: Path) -> None:
    on = day(date(2022, 3, 1))
    held = DuckDBStore(tmp_path / "store", create=True)
    held.append(Bundle(SOURCES, (), (made("a", "ru", on, day(date(2022, 3, 2))), made("b", "uk", on, HOUR))))
    both = ({"min_sides": 2}, {"all_by": ("ru", "side:western")}, {"standing": ("corroborated",)})
    lone = ({"not_by": ("uk",)}, {"only_by": ("ru",)}, {"standing": ("alone",)})
    for lens, (before, after) in [*((lens, (0, 2)) for lens in both), *((lens, (1, 0)) for lens in lone)]:
        assert held.count(Query(known=march(5, 9), **lens)) == before, lens
        assert held.count(Query(known=march(5, 10), **lens)) == after, lens
        assert held.count(Query(**lens)) == after, lens
    held.close()


def test_rows_tables_and_relations_are_those_of_the_instant(disputed: ClaimStore) -> None:
    then = Query(known=march(8, 9))
    (row,) = (
        disputed.arranged(replace(then, claim=("first",))).page(["modality", "denied"], offset=0, limit=1).to_pylist()
    )
    assert (row["modality"], row["denied"]) == ("claimed", False)
    (denial,) = disputed.claims(Query(claim=("denial",), known=march(9)))
    assert [r.target for r in denial.relations] == ["first"]
    (whole,) = disputed.claims(Query(claim=("denial",), known=march(22)))
    assert [r.target for r in whole.relations] == ["first", "late"]


def test_all_that_is_known_stands_as_it_does(store: ClaimStore, disputed: ClaimStore) -> None:
    columns = ["claim_id", "sides", "contradicted", "corroborated", "retracted", "denied", "modality", "relations"]
    for held, query in ((store, Query()), (disputed, Query())):
        rows = {r["claim_id"]: r for r in held.table(query, columns).to_pylist()}
        for by in (Clock.SAID, Clock.RECORDED):
            then = held.table(Query(known=march(1) + timedelta(days=9999), by=by), columns).to_pylist()
            assert [rows[r["claim_id"]] for r in then] == then
