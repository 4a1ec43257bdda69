"""The contract of stores, what an analyst works with: claims in an order, where words stand, the notebook."""

from __future__ import annotations

from dataclasses import replace

import pytest

from geodata.errors import StoreError
from geodata.model import Bundle
from geodata.notebook import Entry, EntryKind
from geodata.query import Query
from geodata.stores import ClaimStore
from geodata.stores.base import GROUPS
from tests.geodata.contract import CLAIMS, ORDER

COLUMNS = ["claim_id", "claimant", "place", "kind", "layer", "side"]


def arranged(store: ClaimStore, query: Query | None = None, *order: str, group: str = "") -> list[str]:
    found = store.arranged(query or Query(), order=order, group=group)
    told: list[str] = found.page(["claim_id"], offset=0, limit=99)["claim_id"].to_pylist()
    assert len(found) == len(told)
    return told


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ((), ORDER),
        (("claim_id",), sorted(ORDER)),
        (("-claim_id",), sorted(ORDER, reverse=True)),
        (("happened_start",), ["a-day", "g-hour", "c-range", "f-since", "b-day", "d-open", "e-ever"]),
        (("-happened_start",), ["b-day", "f-since", "c-range", "g-hour", "a-day", "d-open", "e-ever"]),
        (("side", "-claim_id"), ["a-day", "d-open", "b-day", "g-hour", "e-ever", "f-since", "c-range"]),
        (("quote",), ["d-open", "e-ever", "a-day", "g-hour", "c-range", "f-since", "b-day"]),
    ],
)
def test_claims_stand_as_asked_and_what_is_absent_last_either_way(
    store: ClaimStore, order: tuple[str, ...], expected: list[str]
) -> None:
    assert arranged(store, None, *order) == expected


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("order", [(), ("-claim_id",)], ids=["as it is", "turned round"])
def test_groups_lie_one_after_the_other_and_hold_every_claim_once(
    store: ClaimStore, group: str, order: tuple[str, ...]
) -> None:
    found = store.arranged(Query(), order=order, group=group)
    rows = found.page(COLUMNS, offset=0, limit=99).to_pylist()
    assert sorted(r["claim_id"] for r in rows) == sorted(ORDER)
    assert [g.start for g in found.groups] == [
        sum(g.claims for g in found.groups[:k]) for k in range(len(found.groups))
    ]
    assert sum(g.claims for g in found.groups) == len(found)
    own = {"source": "claimant"}.get(group, group)
    for g in found.groups:
        inside = rows[g.start : g.start + g.claims]
        ids = [r["claim_id"] for r in inside]
        assert ids == sorted(ids, reverse=True) if order else ids == sorted(ids, key=ORDER.index)
        if group not in ("day", "place"):
            assert {r[own] for r in inside} == {g.value}
    assert len({g.value for g in found.groups}) == len(found.groups)
    named = [g for g in found.groups if g.value]
    assert list(found.groups) == [*named, *(g for g in found.groups if not g.value)]
    if group == "day":
        assert [g.value for g in named] == sorted((g.value for g in named), reverse=True)
    else:
        assert [g.claims for g in named] == sorted((g.claims for g in named), reverse=True)


def test_pages_and_places_of_an_order_are_its_own_while_the_store_goes_on(store: ClaimStore) -> None:
    found = store.arranged(Query(actor=("RU",)), order=("-claim_id",))
    store.append(Bundle(claims=(replace(CLAIMS[0], claim_id="a-later"),)))
    assert len(found) == 3 and found.groups == ()
    assert [p["claim_id"].to_pylist() for p in found.pages(["claim_id"], size=2)] == [["d-open", "b-day"], ["a-day"]]
    assert found.page(["claim_id"], offset=3, limit=2).num_rows == 0
    assert [found.position(i) for i in ("d-open", "a-day", "c-range", "a-later", "nobody")] == [0, 2, None, None, None]
    assert arranged(store, Query(actor=("RU",)), "-claim_id") == ["d-open", "b-day", "a-later", "a-day"]
    nothing = store.arranged(Query(claim=("nobody",)), group="place")
    assert (len(nothing), nothing.groups, [p.num_rows for p in nothing.pages(COLUMNS)]) == (0, (), [0])


def test_what_a_text_finds_best_comes_first_and_without_one_nothing_does(store: ClaimStore) -> None:
    store.append(Bundle(claims=(replace(CLAIMS[2], claim_id="h-near", statement="statements of another"),)))
    best = arranged(store, Query(text="statement", actor=("both",)), "relevance")
    assert best == [hit.claim_id for hit in store.search(Query(text="statement", actor=("both",)), limit=9)]
    assert (
        best == ["c-range", "h-near"] == arranged(store, Query(text="statement", actor=("both",)), "-relevance")[::-1]
    )
    for text in ("", "-"):
        with pytest.raises(StoreError):
            store.arranged(Query(text=text), order=("relevance",))


@pytest.mark.parametrize(("order", "group"), [("colour", ""), ("relays", ""), ("figures", ""), ("", "mood")])
def test_an_order_that_there_is_not_is_said(store: ClaimStore, order: str, group: str) -> None:
    with pytest.raises(StoreError):
        store.arranged(Query(), order=(order,) if order else (), group=group)


def test_words_are_found_where_they_stand_in_code_points(store: ClaimStore) -> None:
    texts = ("Straße 𝒳 Київ, київська", "nothing of it", "", "Kyiv and Київ")
    assert [list(s) for s in store.spots("київ", texts)] == [[(9, 13), (15, 23)], [], [], [(9, 13)]]
    assert [list(s) for s in store.spots('"and Київ"', texts)] == [[], [], [], [(5, 13)]]
    assert [list(s) for s in store.spots("strasse київ", texts[:1])] == [[(0, 6), (9, 13), (15, 23)]]
    assert [list(s) for s in store.spots("", texts)] == [[], [], [], []]


def test_the_notebook_is_of_no_version_and_its_tags_are_a_filter_of_the_store(store: ClaimStore) -> None:
    version = store.version()
    kept = store.notebook.write(Entry(EntryKind.NOTE, "Ada", "Look again", "b-day", ("Check", "kyiv check")))
    store.notebook.write(Entry(EntryKind.VIEW, "Ada", "Retreats", address="layer=retreat"))
    assert kept.tags == ("check", "kyiv") and kept.revision == 1
    assert store.version() == version
    assert arranged(store, Query(tag=("CHECK",))) == ["b-day"] == arranged(store, Query(tag=("kyiv", "other")))
    assert store.count(Query(tag=("other",))) == 0
    assert store.facets(Query(tag=("kyiv",)))["layer"] == {"retreat": 1}
    before = store.notebook.version()
    edited = store.notebook.write(replace(kept, tags=("done",)))
    assert (edited.revision, edited.entry_id) == (2, kept.entry_id)
    assert store.notebook.version() != before
    assert arranged(store, Query(tag=("check",))) == [] and arranged(store, Query(tag=("done",))) == ["b-day"]
    store.append(Bundle(claims=(replace(CLAIMS[1], statement="in other words"),)))
    assert arranged(store, Query(tag=("done",))) == ["b-day"]
    store.notebook.write(replace(edited, removed=True))
    assert arranged(store, Query(tag=("done",))) == []
    assert [e.text for e in store.notebook.entries()] == ["Retreats"]
    assert len(list(store.notebook.lines())) == 4
