"""Claims as columns: what comes in as Arrow is what comes in as values, and every row is the claim's own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from geodata.errors import StoreError
from geodata.export import write
from geodata.model import (
    AttributionMode,
    Basis,
    Bundle,
    Claim,
    Coding,
    Document,
    Figure,
    Kind,
    Mark,
    Modality,
    Origin,
    PlaceMention,
    Precision,
    Relation,
    RelationType,
    Role,
    Source,
    Status,
    TextSpan,
    Unplaced,
)
from geodata.query import FACETS, Query
from geodata.readers import read
from geodata.schema import COLUMN_OF, SCHEMA, Dtype, row
from geodata.spans import Span, TimePrecision
from geodata.stores import CLAIMS, AppendReport, DuckDBStore, open_store
from geodata.stores.rows import table_of

TEXT = st.text(st.characters(codec="utf-8"), max_size=8)
NUMBER = st.floats(allow_nan=False, allow_infinity=False)
INSTANT = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))
IDS = st.sampled_from(["p1", "p2", "p3"])
TEXTS = st.lists(TEXT, max_size=2).map(tuple)


@st.composite
def spans(draw: st.DrawFn) -> Span:
    start = draw(st.none() | INSTANT)
    end = draw(st.none() | INSTANT)
    if start and end and start >= end:
        start, end = (end, start) if end < start else (start, start + timedelta(microseconds=1))
    return Span(start, end, draw(st.sampled_from(TimePrecision)))


TEXT_SPAN = st.builds(TextSpan, st.integers(0, 2**31 - 1), st.integers(0, 2**31 - 1))
PLACE = st.builds(
    PlaceMention, TEXT, st.sampled_from(Role), st.sampled_from(Precision), st.none() | IDS, TEXT, st.none() | TEXT_SPAN,
    st.booleans(), st.none() | NUMBER, st.none() | NUMBER, st.none() | NUMBER, TEXT, st.none() | TEXT,
)  # fmt: skip
MARK = st.builds(
    Mark, st.floats(-180, 180), st.floats(-90, 90), st.sampled_from(Precision), st.sampled_from(Role),
    st.floats(0, 999), st.none() | IDS, st.none() | TEXT, st.none() | NUMBER, st.sampled_from(Basis),
)  # fmt: skip
FIGURE = st.builds(
    Figure, TEXT, TEXT, st.none() | NUMBER | st.integers(0, 10**6), st.none() | NUMBER, st.none() | NUMBER, TEXT, TEXT,
    st.none() | TEXT_SPAN, TEXT,
)  # fmt: skip


def several(value: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(value, max_size=3).map(tuple)


CLAIM = st.builds(
    Claim,
    claim_id=st.sampled_from("abc"),
    statement=TEXT,
    kind=st.sampled_from(Kind),
    claimant=st.sampled_from(["s1", "s2", "unheard"]),
    claimant_basis=st.sampled_from(Basis),
    claimant_alt=TEXTS,
    relays=TEXTS,
    attribution=st.sampled_from(AttributionMode),
    document_id=st.sampled_from(["", "d1", "d2"]),
    span=st.none() | TEXT_SPAN,
    quote=TEXT,
    subtype=TEXT,
    actor=TEXT,
    actor_alt=TEXTS,
    target=TEXT,
    status=st.sampled_from(Status),
    modality=st.sampled_from(Modality),
    coding=st.sampled_from(Coding),
    negated=st.booleans(),
    happened=spans(),
    said_at=st.none() | spans(),
    places=several(PLACE),
    marks=several(MARK),
    unplaced=st.none() | st.sampled_from(Unplaced),
    figures=several(FIGURE),
    relations=several(st.builds(Relation, st.sampled_from(RelationType), st.sampled_from("abc"))),
    note=TEXT,
    origin=st.builds(Origin, TEXT, TEXT, TEXT, TEXT),
    core=st.booleans(),
)
SOURCES = (Source("s1", "One", "ukrainian"), Source("s2", "Two", "russian"))
DOCUMENTS = (Document("d1", "A", "B", "2022-03-22", "https://example.org", "CC0-1.0", "Credit"), Document("d2", "É"))
BARE = Claim("a", "said", Kind.CLASH)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[DuckDBStore]:
    store = open_store(tmp_path / "store", create=True)
    store.append(Bundle(SOURCES, DOCUMENTS))
    yield store
    store.close()


def append_table(store: DuckDBStore, table: pa.Table) -> AppendReport:
    with store.writing() as writer:
        return writer.append_table(table)


def undated(claims: Iterator[Claim]) -> list[Claim]:
    return [replace(c, recorded_at=None) for c in claims]


def legible(cells: dict[str, Any]) -> dict[str, Any]:
    """The cells, what is JSON as what it says."""
    return {n: json.loads(v) if COLUMN_OF[n].dtype is Dtype.JSON and v else v for n, v in cells.items()}


FEW = settings(
    max_examples=settings.default.max_examples // 25, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
"""Making a store takes longer than filling it: few stores, many claims in each."""


@FEW
@given(st.lists(CLAIM, min_size=5, max_size=20))
def test_a_table_and_its_claims_are_the_same(tmp_path_factory: pytest.TempPathFactory, claims: list[Claim]) -> None:
    stores = [open_store(tmp_path_factory.mktemp("columns") / "store", create=True) for _ in range(2)]
    ours, theirs = stores
    with ours.writing() as writer:
        writer.append(Bundle(SOURCES, DOCUMENTS))
        report = writer.append_table(table_of(claims))
    assert theirs.append(Bundle(SOURCES, DOCUMENTS, tuple(claims))) == report
    assert undated(ours.claims(Query())) == undated(theirs.claims(Query()))
    columns = [c.name for c in SCHEMA if c.name != "recorded_at"]
    assert ours.table(Query(), columns).to_pylist() == theirs.table(Query(), columns).to_pylist()
    assert ours.facets(Query()) == theirs.facets(Query()) and list(ours.facets(Query())) == list(FACETS)
    last = {c.claim_id: c for c in claims}
    for found in ours.claims(Query()):
        assert replace(found, recorded_at=None, revision=1) == last[found.claim_id]
    assert append_table(ours, table_of(list(last.values()))) == AppendReport(unchanged=len(last))
    for s in stores:
        s.close()


@FEW
@given(st.lists(CLAIM, min_size=5, max_size=20))
def test_each_row_is_the_claims_own(tmp_path_factory: pytest.TempPathFactory, claims: list[Claim]) -> None:
    own = [replace(c, claim_id=f"{n}", relations=tuple(map(_of_none, c.relations))) for n, c in enumerate(claims)]
    store = open_store(tmp_path_factory.mktemp("columns") / "store", create=True)
    store.append(Bundle(SOURCES, DOCUMENTS, tuple(own)))
    by_others = ("contradicted", "corroborated", "retracted", "denied", "sides", "event")
    rows = store.table(Query(), tuple(COLUMN_OF)).to_pylist()
    for found, held in zip(rows, store.claims(Query()), strict=True):
        expected = row(held, store.sources(), store.documents())
        assert legible(found) == legible(expected | {name: found[name] for name in by_others})
    store.close()


@FEW
@given(claims=st.lists(CLAIM, max_size=4, unique_by=lambda claim: claim.claim_id))
def test_any_claim_comes_back_from_json_lines(tmp_path_factory: pytest.TempPathFactory, claims: list[Claim]) -> None:
    folder = tmp_path_factory.mktemp("lines")
    store = DuckDBStore(folder / "store", create=True)
    store.append(Bundle(claims=tuple(claims)))
    with (folder / "export.jsonl").open("wb") as file:
        write(store, Query(), ".jsonl", file)
    assert list(read(folder / "export.jsonl")) == list(store.claims(Query()))
    store.close()


def _of_none(relation: Relation) -> Relation:
    return replace(relation, type=RelationType.SOURCED_TO)


@FEW
@given(CLAIM, CLAIM)
def test_a_change_of_any_field_is_a_revision(store: DuckDBStore, claim: Claim, other: Claim) -> None:
    names = [f.name for f in fields(Claim) if f.name not in {"claim_id", "revision", "recorded_at"}]
    before = [replace(claim, claim_id=name) for name in names]
    after = [replace(c, **{c.claim_id: getattr(other, c.claim_id)}) for c in before]
    store.append(Bundle(claims=tuple(before)))
    differ = sum(a != b for a, b in zip(before, after, strict=True))
    assert store.append(Bundle(claims=tuple(after))) == AppendReport(changed=differ, unchanged=len(names) - differ)


def test_what_a_table_leaves_out_is_the_models_default(store: DuckDBStore) -> None:
    given = pa.table({"kind": pa.array(["clash"]).dictionary_encode(), "statement": ["said"], "claim_id": ["a"]})
    assert append_table(store, given) == AppendReport(new=1)
    assert undated(store.claims(Query())) == [BARE]


def _with(**columns: pa.Array) -> pa.Table:
    table = table_of([BARE])
    for name, values in columns.items():
        table = table.set_column(table.column_names.index(name), name, values)
    return table


BAD = {
    "no claim_id": pa.table({"statement": ["x"], "kind": ["clash"]}),
    "a column nobody knows": pa.table({"claim_id": ["a"], "statement": ["x"], "kind": ["clash"], "colour": ["red"]}),
    "a word that is not in the codebook": pa.table({"claim_id": ["a"], "statement": ["x"], "kind": ["picnic"]}),
    "a null where there must be a value": _with(statement=pa.array([None], pa.string())),
    "an end before the start": _with(
        happened_start=pa.array([2], pa.timestamp("us", "UTC")), happened_end=pa.array([1], pa.timestamp("us", "UTC"))
    ),
    "a time that is none": _with(happened_start=pa.array(["soon"])),
}


@pytest.mark.parametrize("table", BAD.values(), ids=BAD)
def test_a_table_that_does_not_fit_is_refused_whole(store: DuckDBStore, table: pa.Table) -> None:
    version = store.version()
    with pytest.raises(StoreError, match="CLAIMS"):
        append_table(store, table)
    assert (store.version(), store.count(Query())) == (version, 0)


def test_the_order_of_the_columns_and_the_rows_is_free(store: DuckDBStore) -> None:
    claims = [
        replace(BARE, claim_id=i, happened=Span(None, datetime(2022, 3, n, tzinfo=UTC))) for n, i in enumerate("ba", 1)
    ]
    given = table_of(claims)
    append_table(store, given.select(list(reversed(CLAIMS.names))))
    assert [c.claim_id for c in store.claims(Query())] == ["a", "b"]
    assert append_table(store, given.slice(1)) == AppendReport(unchanged=1)


def test_pages_are_the_table_cut_up(store: DuckDBStore) -> None:
    store.append(Bundle(claims=tuple(replace(BARE, claim_id=f"{n}", marks=()) for n in range(7))))
    pages = list(store.pages(Query(), ("claim_id", "happened_start", "marks"), size=3))
    assert [p.num_rows for p in pages] == [3, 3, 1]
    whole = store.table(Query(), ("claim_id", "happened_start"))
    assert pa.concat_tables(pages).select(["claim_id", "happened_start"]) == whole
    with pytest.raises(StoreError, match="search"):
        list(store.pages(Query(), ("search",)))
