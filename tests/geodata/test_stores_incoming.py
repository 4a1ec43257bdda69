"""The contract of stores, what comes in: whole, once, revised, and what it changes of the claims beside it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from geodata.errors import StoreError
from geodata.model import (
    Bundle,
    Claim,
    Kind,
    Modality,
    Relation,
    RelationType,
    Source,
)
from geodata.query import Query
from geodata.spans import day
from geodata.stores import AppendReport, ClaimStore
from tests.geodata.contract import BUNDLE, CLAIMS, DOCUMENT, SOURCES, at, ids, said


def test_what_is_appended_comes_back_whole_and_dated(store: ClaimStore) -> None:
    found = {c.claim_id: c for c in store.claims(Query())}
    for claim in CLAIMS:
        held = found[claim.claim_id]
        assert held.recorded_at is not None and held.recorded_at.tzinfo is not None
        assert replace(held, recorded_at=None) == claim
        assert store.get(claim.claim_id) == held
    assert store.sources() == {s.source_id: s for s in SOURCES}
    assert store.documents() == {"d1": DOCUMENT}
    assert store.documents(["d1", "no such"]) == {"d1": DOCUMENT}
    assert store.documents([]) == {}
    assert tuple(store.rejections()) == BUNDLE.rejections


def test_appending_the_same_again_adds_nothing_and_is_not_a_new_version(store: ClaimStore) -> None:
    version = store.version()
    assert store.append(BUNDLE) == AppendReport(unchanged=len(CLAIMS), rejected=1)
    assert store.append(Bundle()) == AppendReport()
    assert store.version() == version
    assert len(store.rejections()) == 1
    recorded = [replace(c, revision=9, recorded_at=at(2000, 1, 1)) for c in CLAIMS]
    assert store.append(Bundle(claims=tuple(recorded))) == AppendReport(unchanged=len(CLAIMS))


def test_an_edit_is_a_new_revision_and_the_old_one_stays(store: ClaimStore) -> None:
    version, edited = store.version(), replace(CLAIMS[0], statement="another wording", kind=Kind.RETREAT)
    assert store.append(Bundle(claims=(edited, CLAIMS[1]))) == AppendReport(changed=1, unchanged=1)
    assert store.version() != version
    assert (store.get("a-day").statement, store.get("a-day").revision) == ("another wording", 2)
    assert store.get("a-day", revision=1).statement == CLAIMS[0].statement
    assert store.get("a-day", revision=2) == store.get("a-day")
    assert store.count(Query()) == len(CLAIMS)
    assert ids(store, layer=("retreat",)) == ["a-day", "b-day"]
    assert store.append(Bundle(claims=(CLAIMS[0],))).changed == 1
    assert (store.get("a-day").revision, store.get("a-day").statement) == (3, CLAIMS[0].statement)


def test_two_wordings_in_one_bundle_are_two_revisions(empty: ClaimStore) -> None:
    twice = (CLAIMS[0], replace(CLAIMS[0], statement="second"), replace(CLAIMS[0], statement="second"))
    assert empty.append(Bundle(claims=twice)) == AppendReport(new=1, changed=1, unchanged=1)
    assert (empty.get("a-day").statement, empty.count(Query())) == ("second", 1)


def test_a_source_or_document_that_changes_changes_the_rows_of_its_claims(store: ClaimStore) -> None:
    store.append(Bundle(sources=(Source("unheard", "Heard now", "ngo"),), documents=(replace(DOCUMENT, title="New"),)))
    assert ids(store, side=("ngo",)) == ids(store, text="heard now") == ["g-hour"]
    assert ids(store, text="évening") == []
    assert store.table(Query(claim=("b-day",)), ["document_title"])["document_title"].to_pylist() == ["New"]
    assert store.get("g-hour").revision == 1


def linked(claim_id: str, claimant: str, *relations: tuple[RelationType, str], **more: object) -> Claim:
    stated = tuple(Relation(t, target) for t, target in relations)
    return said(claim_id, Kind.CLASH, claimant, day(date(2022, 3, 1)), relations=stated, **more)


def standing(store: ClaimStore) -> dict[str, tuple[bool, int]]:
    rows = store.table(Query(), ["claim_id", "contradicted", "sides"]).to_pylist()
    return {r["claim_id"]: (r["contradicted"], r["sides"]) for r in rows}


def test_sides_are_counted_once_each_and_both_ways(empty: ClaimStore) -> None:
    backs = RelationType.CORROBORATES
    claims = (
        linked("a", "ua-gs"),
        linked("b", "uk-mod", (backs, "a")),
        linked("same-claimant", "ua-gs", (backs, "a"), relays=("nobody",)),
        linked("same-side", "ua-2", (backs, "a")),
        linked("no-side", "nobody", (backs, "a")),
        linked("withdrawn", "ru-mod", (backs, "a"), modality=Modality.RETRACTED),
        linked("not-here", "ru-mod", (RelationType.CORROBORATED_BY, "elsewhere")),
    )
    empty.append(Bundle(SOURCES, claims=claims))
    found = {i: sides for i, (_, sides) in standing(empty).items()}
    assert found == {
        "a": 2, "b": 2, "same-claimant": 1, "same-side": 1, "no-side": 1, "withdrawn": 2, "not-here": 1,
    }  # fmt: skip


def test_a_contradiction_stated_on_one_side_holds_for_both_and_goes_with_the_revision(empty: ClaimStore) -> None:
    a, b = linked("a", "ua-gs"), linked("b", "ru-mod", (RelationType.CONTRADICTS, "a"))
    empty.append(Bundle(SOURCES, claims=(a,)))
    assert standing(empty)["a"] == (False, 1)
    empty.append(Bundle(claims=(b,)))
    assert standing(empty) == {"a": (True, 1), "b": (True, 1)}
    empty.append(Bundle(claims=(linked("b", "ru-mod"),)))
    assert standing(empty) == {"a": (False, 1), "b": (False, 1)}


def test_a_closed_store_says_so(store: ClaimStore) -> None:
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.count(Query())
    with pytest.raises(StoreError, match="closed"):
        store.append(BUNDLE)
    store.close()
