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
from geodata.errors import StoreError, UnknownClaimError
from geodata.export import write
from geodata.loading import load
from geodata.model import (
    UNSTATED,
    Bundle,
    Claim,
    Document,
    Kind,
    Modality,
    Pairing,
    PlaceMention,
    Precision,
    Relation,
    RelationType,
    Source,
    SourceRevision,
)
from geodata.query import Query
from geodata.readers import native
from geodata.sources import Register
from geodata.spans import day, days
from geodata.stores import DuckDBStore

SIDES = {"ua": "ukrainian", "ua-2": "ukrainian", "ru": "russian", "uk": "western", "x": "unknown"}
SOURCES = tuple(Source(i, i.upper(), side) for i, side in SIDES.items())
COLUMNS = ["claim_id", "event", "sides", "contradicted", "corroborated", "retracted", "denied"]


WAYS = {"by the blocks touched": {"_LITTLE": 0}, "anew each time": {}, "anew in parts": {"_PART": 16}}


@pytest.fixture(params=["by the blocks touched", "anew in parts"])
def store(tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[DuckDBStore]:
    for name, value in WAYS[request.param].items():
        monkeypatch.setattr(f"geodata.stores.agreement.{name}", value)
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


@pytest.fixture(scope="module", params=WAYS)
def hundred(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[DuckDBStore]:
    """A store of a hundred claims, only asked."""
    held = DuckDBStore(tmp_path_factory.mktemp("hundred") / "store", create=True)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in WAYS[request.param].items():
            patch.setattr(f"geodata.stores.agreement.{name}", value)
        held.append(Bundle(SOURCES, claims=tuple(mixed(100))))
    yield held
    held.close()


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
def test_the_lens_of_the_store_is_that_of_the_library(hundred: DuckDBStore, lens: dict[str, Any]) -> None:
    store, claims, query = hundred, mixed(100), Query(**lens)
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


def paired(claims: list[Claim], *pairings: Pairing) -> dict[str, tuple[Any, ...]]:
    rows = corroborate(claims, {s.source_id: s for s in SOURCES}, pairings=pairings).table().to_pylist()
    return {r["claim_id"]: tuple(r[c] or ("" if c == "event" else r[c]) for c in COLUMNS[1:]) for r in rows}


def test_what_people_say_of_two_claims_is_settled_as_it_is_computed_and_can_be_undone(store: DuckDBStore) -> None:
    claims = [made("a", "ua"), made("b", "uk"), made("c", "ru"), made("far", "x", places=(town("p3"),)), *mixed(60)]
    store.append(Bundle(SOURCES, claims=tuple(claims)))
    before, seen = kept(store), store.version()
    apart = store.pair(Pairing("b", "a", RelationType.OTHER_EVENT, " Ada ", "another street"))
    assert (apart.author, apart.written_at is not None, store.version() == seen) == ("Ada", True, False)
    assert kept(store) == paired(claims, apart)
    joined = store.pair(Pairing("far", "a", RelationType.SAME_EVENT, "Ada"))
    assert kept(store) == paired(claims, apart, joined)
    claims.append(made("late", "ua-2", Kind.REPULSED))
    store.append(Bundle(claims=(claims[-1],)))
    assert kept(store) == paired(claims, apart, joined)
    assert [(p.claim_id, p.other, p.type, p.reason) for p in store.pairings()] == [
        ("b", "a", RelationType.OTHER_EVENT, "another street"), ("far", "a", RelationType.SAME_EVENT, ""),
    ]  # fmt: skip
    for told in (apart, joined):
        store.pair(Pairing(told.other, told.claim_id, told.type, "Bob", removed=True))
    assert kept(store) == computed(claims)
    assert {i: how for i, how in kept(store).items() if i in ("b", "far")} != {} and kept(store).keys() - before.keys()
    assert (len(store.pairings()), len(store.pairings(every=True))) == (0, 4)
    assert [store.get(i) for i in ("a", "b")] == [store.get(i, revision=1) for i in ("a", "b")]


def test_the_last_word_on_two_claims_is_in_force(store: DuckDBStore) -> None:
    store.append(Bundle(SOURCES, claims=(made("a", "ua"), made("b", "uk"))))
    store.pair(Pairing("a", "b", RelationType.OTHER_EVENT, "Ada"))
    store.pair(Pairing("b", "a", RelationType.SAME_EVENT, "Bob"))
    assert [(p.author, p.type) for p in store.pairings()] == [("Bob", RelationType.SAME_EVENT)]
    assert store.count(Query(min_sides=2)) == 2


@pytest.mark.parametrize(
    ("pairing", "error"),
    [
        (Pairing("a", "a", RelationType.OTHER_EVENT, "Ada"), StoreError),
        (Pairing("a", "b", RelationType.CONTRADICTS, "Ada"), StoreError),
        (Pairing("a", "b", RelationType.OTHER_EVENT, " "), StoreError),
        (Pairing("a", "b", RelationType.OTHER_EVENT, "Ada", removed=True), StoreError),
        (Pairing("a", "nobody", RelationType.OTHER_EVENT, "Ada"), UnknownClaimError),
    ],
)
def test_what_cannot_be_said_of_two_claims_is_refused(
    store: DuckDBStore, pairing: Pairing, error: type[Exception]
) -> None:
    store.append(Bundle(SOURCES, claims=(made("a", "ua"), made("b", "uk"))))
    seen = store.version()
    with pytest.raises(error):
        store.pair(pairing)
    assert (store.version(), store.pairings()) == (seen, ())


@pytest.mark.parametrize("suffix", [".json", ".jsonl"])
def test_pairings_leave_with_their_claims_and_come_in_again(store: DuckDBStore, tmp_path: Path, suffix: str) -> None:
    named = Document("d", "A report")
    claims = tuple(made(i, s, document_id="d") for i, s in (("a", "ua"), ("b", "uk"), ("c", "ru")))
    store.append(Bundle(SOURCES, (named,), claims))
    store.pair(Pairing("b", "a", RelationType.OTHER_EVENT, "Ada", "another street"))
    store.pair(Pairing("c", "a", RelationType.OTHER_EVENT, "Ada"))
    store.pair(Pairing("c", "a", RelationType.OTHER_EVENT, "Ada", removed=True))
    file = tmp_path / f"out{suffix}"
    with file.open("wb") as out:
        write(store, Query(), suffix, out)
    other = DuckDBStore(tmp_path / "other", create=True)
    load(other, file, gazetteer=None)
    assert other.pairings(every=True) == store.pairings(every=True)
    assert kept(other) == kept(store)
    other.append(Bundle(pairings=tuple(store.pairings(every=True))))
    assert len(other.pairings(every=True)) == 3
    other.close()
    with file.open("wb") as out:
        write(store, Query(claim=("a", "c")), suffix, out)
    assert b"another street" not in file.read_bytes()


def test_a_source_that_somebody_describes_keeps_its_history_and_changes_the_counts(store: DuckDBStore) -> None:
    store.append(Bundle(SOURCES, claims=(made("a", "ua"), made("b", "x"))))
    seen = store.version()
    told = store.revise(
        SourceRevision(Source("x", " X News ", "western", "media", ("Exx", "Exx", "")), " Ada ", "read it")
    )
    assert told.source == Source("x", "X News", "western", "media", ("Exx",), reviewed=True)
    assert (told.author, store.sources()["x"], store.version() != seen) == ("Ada", told.source, True)
    assert store.count(Query(min_sides=2)) == 2
    assert store.facets(Query())["side"] == {"ukrainian": 1, "western": 1}
    store.append(Bundle((Source("x", "X", "russian"),), claims=(made("c", "x"),)))
    assert store.sources()["x"] == told.source
    store.revise(SourceRevision(replace(told.source, side="ngo"), "Bob"))
    assert [(r.source.side, r.author, r.written_at is None) for r in store.revisions("x")] == [
        ("unknown", "", True), ("western", "Ada", False), ("ngo", "Bob", False),
    ]  # fmt: skip
    assert store.revisions("ua") == ()


@pytest.mark.parametrize(
    ("source", "author"),
    [
        (Source("nobody", "N", "western", "media"), "Ada"),
        (Source("x", " ", "western", "media"), "Ada"),
        (Source("x", "X", "The West", "media"), "Ada"),
        (Source("x", "X", "western", "newspaper"), "Ada"),
        (Source("x", "X", "western", "media"), " "),
        (Source("reviewed", "R", "western", "media"), "Ada"),
    ],
)
def test_a_source_is_described_wholly_or_not_at_all(store: DuckDBStore, source: Source, author: str) -> None:
    store.append(Bundle((*SOURCES, Source("reviewed", "R", "western", "media", reviewed=True))))
    seen = store.version()
    with pytest.raises(StoreError):
        store.revise(SourceRevision(source, author))
    assert (store.version(), store.revisions()) == (seen, ())


@pytest.mark.parametrize("suffix", [".json", ".jsonl"])
def test_what_somebody_wrote_of_a_source_goes_with_an_export_and_finds_it_by_its_new_name(
    store: DuckDBStore, tmp_path: Path, suffix: str
) -> None:
    store.append(Bundle(SOURCES, (Document("d", "A report"),), (made("a", "x", document_id="d"),)))
    store.revise(SourceRevision(Source("x", "X News", "western", "media", ("The Exx",)), "Ada"))
    file, more = tmp_path / f"out{suffix}", tmp_path / "more.json"
    with file.open("wb") as out:
        write(store, Query(), suffix, out)
    other = DuckDBStore(tmp_path / "other", create=True)
    load(other, file, gazetteer=None)
    assert other.sources()["x"] == store.sources()["x"]
    assert [r for r in other.revisions("x") if r.author] == [r for r in store.revisions("x") if r.author]
    with more.open("wb") as out:
        native.write(Bundle((), (Document("e", "Another"),), (made("b", "the exx", document_id="e"),)), out)
    load(other, more, gazetteer=None)
    assert other.get("b").claimant == "x"
    assert other.sources()["x"].name == "X News"
    other.close()


def test_a_name_that_somebody_took_from_a_packaged_source_is_no_longer_its_own(
    store: DuckDBStore, tmp_path: Path
) -> None:
    packaged = Register.load().get("uk-mod")
    store.append(Bundle((packaged,), (Document("d", "A report"),), (made("a", "uk-mod", document_id="d"),)))
    store.revise(SourceRevision(replace(packaged, aliases=packaged.aliases[2:]), "Ada"))
    file = tmp_path / "more.json"
    told = [made(f"c{n}", name, document_id="d") for n, name in enumerate(packaged.aliases[1:3])]
    with file.open("wb") as out:
        native.write(Bundle((), (Document("d", "A report"),), tuple(told)), out)
    load(store, file, gazetteer=None)
    assert store.get("c1").claimant == "uk-mod" != store.get("c0").claimant
    assert not store.sources()[store.get("c0").claimant].reviewed
