"""How claims stand is kept in the store, asked for by the lens, and the same however the claims came in."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from geodata.corroborate import corroborate
from geodata.model import (
    UNSTATED,
    Bundle,
    Claim,
    Kind,
    Modality,
    PlaceMention,
    Precision,
    Relation,
    RelationType,
    Source,
)
from geodata.query import Query
from geodata.spans import day, days
from geodata.stores import DuckDBStore

SIDES = {"ua": "ukrainian", "ua-2": "ukrainian", "ru": "russian", "uk": "western", "x": "unknown"}
SOURCES = tuple(Source(i, i.upper(), side) for i, side in SIDES.items())
COLUMNS = ["claim_id", "event", "sides", "contradicted", "corroborated", "retracted", "denied"]


@pytest.fixture(params=["by the blocks touched", "anew each time"])
def store(tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[DuckDBStore]:
    if request.param == "by the blocks touched":
        monkeypatch.setattr("geodata.stores.agreement._LITTLE", 0)
    held = DuckDBStore(tmp_path / "store", create=True)
    yield held
    held.close()


def town(name: str) -> PlaceMention:
    return PlaceMention(name, precision=Precision.SETTLEMENT, place_id=name, name=name)


def made(claim_id: str, claimant: str, kind: Kind = Kind.CLASH, **more: Any) -> Claim:
    given = {"places": (town("p1"),), "happened": day(date(2022, 3, 1)), "actor": "RU"} | more
    return Claim(claim_id, claim_id, kind, claimant=claimant, **given)


def mixed(n: int) -> list[Claim]:
    rng = random.Random(5)
    kinds = [Kind.CLASH, Kind.CAPTURE, Kind.REPULSED, Kind.BOMBARDMENT, Kind.OTHER]
    at: list[tuple[PlaceMention, ...]] = [(town("p1"),), (town("p2"),), (), (town("p1"), town("p2"))]
    spans = [day(date(2022, 3, 1)), day(date(2022, 3, 2)), days(date(2022, 3, 1), date(2022, 3, 2))]
    types = [RelationType.CONTRADICTS, RelationType.CORROBORATES, RelationType.CONSISTENT_WITH, RelationType.RETRACTS]
    return [
        made(
            f"c{i}", rng.choice([*SIDES, UNSTATED]), rng.choice(kinds), actor=rng.choice(["RU", "UA"]),
            places=rng.choice(at), happened=rng.choice(spans),
            modality=rng.choice([Modality.CLAIMED, Modality.CLAIMED, Modality.RETRACTED]),
            relations=(Relation(rng.choice(types), f"c{rng.randrange(n)}"),) if rng.random() < 0.15 else (),
        )
        for i in range(n)
    ]  # fmt: skip


def kept(store: DuckDBStore) -> dict[str, tuple[Any, ...]]:
    rows = store.table(Query(), COLUMNS).to_pylist()
    return {r["claim_id"]: tuple(r[c] for c in COLUMNS[1:]) for r in rows}


def computed(claims: list[Claim]) -> dict[str, tuple[Any, ...]]:
    rows = corroborate(claims, {s.source_id: s for s in SOURCES}).table().to_pylist()
    return {r["claim_id"]: tuple(r[c] or ("" if c == "event" else r[c]) for c in COLUMNS[1:]) for r in rows}


def test_what_is_kept_is_what_is_computed_whether_claims_come_at_once_or_one_by_one(store: DuckDBStore) -> None:
    claims = mixed(120)
    store.append(Bundle(SOURCES, claims=tuple(claims[:100])))
    assert kept(store) == computed(claims[:100])
    for n in range(100, 120, 4):
        store.append(Bundle(claims=tuple(claims[n : n + 4])))
    assert kept(store) == computed(claims)


def test_an_edit_that_moves_a_claim_settles_those_it_left_and_those_it_came_to(store: DuckDBStore) -> None:
    claims = [made("a", "ua"), made("b", "uk"), made("c", "ru", places=(town("p2"),)), *mixed(40)]
    store.append(Bundle(SOURCES, claims=tuple(claims)))
    claims[0] = replace(claims[0], places=(town("p2"),))
    store.append(Bundle(claims=(claims[0],)))
    assert kept(store) == computed(claims)


def test_a_source_that_changes_sides_changes_the_count(store: DuckDBStore) -> None:
    store.append(Bundle(SOURCES, claims=(made("a", "ua"), made("b", "x"))))
    assert store.count(Query(min_sides=2)) == 0
    store.append(Bundle((Source("x", "X", "western"),)))
    assert store.count(Query(min_sides=2)) == 2


@pytest.mark.parametrize(
    "lens",
    [
        {"only_by": ("ua",)}, {"only_by": ("ua", "ua-2")}, {"not_by": ("uk",)}, {"all_by": ("ua", "uk")},
        {"source": ("ua",), "not_by": ("ru", "uk")}, {"min_sides": 2}, {"min_sides": 3},
        {"standing": ("contradicted",)}, {"standing": ("retracted", "denied")}, {"standing": ("corroborated",)},
        {"standing": ("alone",), "kind": ("clash",)}, {"only_by": ("side:ukrainian",)},
        {"only_by": ("side:russian", "ua")},
        {"all_by": ("side:ukrainian", "side:western")}, {"all_by": ("ua-2", "side:russian")},
        {"all_by": ("side:ukrainian",), "not_by": ("side:western", "ru")},
    ],
    ids=lambda lens: Query(**lens).to_url(),
)  # fmt: skip
def test_the_lens_of_the_store_is_that_of_the_library(store: DuckDBStore, lens: dict[str, Any]) -> None:
    claims, query = mixed(100), Query(**lens)
    store.append(Bundle(SOURCES, claims=tuple(claims)))
    sees = corroborate(claims, {s.source_id: s for s in SOURCES}).lens(query)
    asked = [c for c in claims if c.claimant in (query.source or SIDES | {UNSTATED: ""})]
    expected = {c.claim_id for c in asked if sees(c) and c.kind in (query.kind or Kind)}
    found = store.table(query, ["claim_id"])["claim_id"].to_pylist()
    assert set(found) == expected
    assert 0 < len(expected) < 100
    assert store.count(query) == len(expected)
    assert sum(store.facets(query)["side"].values()) == len(expected)


def test_the_lens_stands_in_the_address_and_in_the_sentence() -> None:
    query = Query(source=("ua",), not_by=("ru",), min_sides=2, standing=("contradicted", "alone"))
    assert query.to_url() == "source=ua&not_by=ru&standing=contradicted,alone&min_sides=2"
    assert Query.from_url({"source": "ua", "not_by": "ru", "standing": "contradicted,alone", "min_sides": "2"}) == query
    assert Query(only_by=("a",)).describe({"a": "A"}) == "claims, said by A and nobody else"
    assert Query(all_by=("a", "b")).describe() == "claims, said by a and b"
    assert Query(all_by=("side:un",), not_by=("a",)).phrase({"a": "A"}) == "claims, said by UN sources, not said by A"
    assert Query(min_sides=1) == Query()


def test_the_claims_of_one_happening_can_be_asked_for(store: DuckDBStore) -> None:
    claims = mixed(60)
    store.append(Bundle(SOURCES, claims=tuple(claims)))
    events = dict(store.table(Query(), ["claim_id", "event"]).to_pandas().itertuples(index=False))
    event = next(e for e in events.values() if e)
    found = store.table(Query.from_url({"event": event}), ["claim_id"])["claim_id"].to_pylist()
    assert sorted(found) == sorted(c for c, e in events.items() if e == event)
    assert Query.from_url({"event": event}).to_url().startswith("event=")
