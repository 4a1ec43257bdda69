"""The contract of stores, what is read of them: claims, rows, marks and frames, in their order."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pytest

from geodata.errors import StoreError, UnknownClaimError
from geodata.model import (
    LAYER_OF,
    Bundle,
    Kind,
    Layer,
)
from geodata.query import FACETS, Query
from geodata.schema import SCHEMA, row
from geodata.stores import ClaimStore
from tests.geodata.contract import CLAIMS, ORDER, ids


def test_it_is_a_claim_store(empty: ClaimStore) -> None:
    assert isinstance(empty, ClaimStore)


def test_an_empty_store_answers_everything(empty: ClaimStore) -> None:
    assert ids(empty) == []
    assert empty.facets(Query()) == {name: {} for name in FACETS}
    assert empty.timeline(Query()).num_rows == empty.marks(Query()).num_rows == 0
    assert not empty.sources() and not empty.documents() and not empty.rejections()


def test_order_is_start_then_id_and_open_starts_come_first(store: ClaimStore) -> None:
    assert ids(store) == ORDER


def test_the_latest_known_come_first_page_by_page(store: ClaimStore) -> None:
    newest = ["d-open", "b-day", "f-since", "c-range", "g-hour", "a-day", "e-ever"]
    assert [c.claim_id for c in store.latest(Query(), limit=9)] == newest
    assert [c.claim_id for c in store.latest(Query(), limit=3, offset=2)] == newest[2:5]
    assert [c.claim_id for c in store.latest(Query(source=("ua-gs",)), limit=1)] == newest[:1]


def test_limit_and_offset_cut_the_same_order(store: ClaimStore) -> None:
    for offset in range(len(ORDER) + 1):
        for limit in (0, 1, 3, None):
            expected = ORDER[offset:][:limit]
            assert [c.claim_id for c in store.claims(Query(), limit=limit, offset=offset)] == expected
            frame = store.select(Query(), columns=["claim_id"], limit=limit, offset=offset)
            assert list(frame["claim_id"]) == expected


def test_what_is_not_there_is_said(store: ClaimStore) -> None:
    with pytest.raises(UnknownClaimError, match="no-such"):
        store.get("no-such")
    with pytest.raises(UnknownClaimError, match="revision 2"):
        store.get("a-day", revision=2)
    with pytest.raises(StoreError, match="claim_id; DROP"):
        store.table(Query(), ["claim_id; DROP TABLE claims"])


def test_rows_are_those_of_the_schema(store: ClaimStore) -> None:
    names = [c.name for c in SCHEMA]
    table = store.table(Query(), names)
    assert table.column_names == names
    for claim, found in zip(store.claims(Query()), table.to_pylist(), strict=True):
        assert found == row(claim, store.sources(), store.documents())
    assert table.schema.field("happened_start").type == pa.timestamp("us", "UTC")
    assert {LAYER_OF[Kind(k)] for k in table["kind"].to_pylist()} == {Layer(w) for w in table["layer"].to_pylist()}


def test_marks_are_numbered_by_the_order_of_the_query(store: ClaimStore) -> None:
    query = Query(source=("ua-gs", "ru-mod"))
    order, marks = ids(store, source=("ua-gs", "ru-mod")), store.marks(query)
    assert marks.schema.field("ordinal").type == pa.uint32()
    found = [(order[m["ordinal"]], m["lon"], m["place"]) for m in marks.to_pylist()]
    assert found == [("d-open", 30.5, ""), ("a-day", 30.5, "Kyiv"), ("b-day", 30.5, ""), ("b-day", 35.0, "")]
    assert set(marks.column_names) == set(
        "ordinal lon lat radius_km precision role place_id place shape bearing_deg".split()
    )


def test_the_frame_draws_points_collections_and_nothing(store: ClaimStore) -> None:
    frame = store.select(Query()).set_index("claim_id")
    assert frame.crs == "EPSG:4326"
    assert frame.geometry["a-day"].wkt == "POINT (30.5 50.4)"
    assert [g.geom_type for g in frame.geometry["b-day"].geoms] == ["Point", "Point"]
    assert frame.geometry[["e-ever", "f-since", "g-hour"]].isna().all()
    assert frame.columns.drop("geometry").tolist() == [c.name for c in SCHEMA if c.name != "claim_id"]


def test_a_claims_iterator_stays_with_its_version(store: ClaimStore) -> None:
    claims = store.claims(Query())
    first = next(claims)
    store.append(Bundle(claims=(replace(CLAIMS[0], claim_id="late"),)))
    assert [first.claim_id, *(c.claim_id for c in claims)] == ORDER
    assert store.count(Query()) == len(ORDER) + 1
