"""What every claim store does: one suite, run for each class in STORES."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geodata.errors import StoreError, UnknownClaimError
from geodata.model import (
    LAYER_OF,
    UNKNOWN_SIDE,
    Bundle,
    Claim,
    Coding,
    Document,
    Kind,
    Layer,
    Mark,
    Modality,
    Origin,
    PlaceMention,
    Precision,
    Rejection,
    Relation,
    RelationType,
    Role,
    Source,
    Unplaced,
)
from geodata.query import FACETS, Query
from geodata.schema import SCHEMA, row
from geodata.spans import Span, TimePrecision, Zone, day, days, until
from geodata.stores import AppendReport, ClaimStore, Credit, DuckDBStore

STORES: tuple[Callable[[Path], ClaimStore], ...] = (lambda path: DuckDBStore(path, create=True),)

SOURCES = (
    Source("ua-gs", "General Staff", "ukrainian", reviewed=True),
    Source("ua-2", "Another Ukrainian", "ukrainian"),
    Source("uk-mod", "UK Ministry of Defence", "western"),
    Source("ru-mod", "Russian Ministry", "russian"),
    Source("nobody", "Nobody knows"),
)
DOCUMENT = Document(
    "d1",
    "The Évening summary",
    "A paper",
    "2022-03-22",
    licence="CC0-1.0",
    text="Straße nach Київ",
    citation="Cite",
    graphic=True,
)


def mark(lon: float = 30.5, lat: float = 50.4, precision: Precision = Precision.SETTLEMENT, place: str = "p1") -> Mark:
    return Mark(lon, lat, precision, Role.LOCATION, 5.0, place)


def mention(name: str, place: str = "p1") -> PlaceMention:
    return PlaceMention(name, Role.LOCATION, Precision.SETTLEMENT, place, name.title())


def said(claim_id: str, kind: Kind, claimant: str, happened: Span, **more: object) -> Claim:
    return Claim(claim_id, f"statement of {claim_id}", kind, claimant, happened=happened, **more)  # type: ignore[arg-type]


CLAIMS = (
    said(
        "a-day", Kind.ADVANCE, "ru-mod", day(date(2022, 3, 1)), actor="RU", places=(mention("kyiv"),), marks=(mark(),)
    ),
    said(
        "b-day", Kind.RETREAT, "ua-gs", day(date(2022, 3, 22)), actor="RU", document_id="d1", marks=(mark(), mark(35))
    ),
    said("c-range", Kind.CLASH, "uk-mod", days(date(2022, 3, 5), date(2022, 3, 10)), actor="both", marks=(mark(33),)),
    said(
        "d-open", Kind.BOMBARDMENT, "ua-gs", until(date(2022, 3, 22)), actor="RU", quote="Die Straße", marks=(mark(),)
    ),
    said(
        "e-ever", Kind.ASSESSMENT, "nobody", Span(None, None), modality=Modality.ASSESSED, unplaced=Unplaced.STATEMENT
    ),
    said(
        "f-since",
        Kind.LOSSES,
        "uk-mod",
        Span(datetime(2022, 3, 20, tzinfo=UTC), None),
        unplaced=Unplaced.COUNTRY_ONLY,
        coding=Coding.MACHINE,
    ),
    said(
        "g-hour",
        Kind.STRIKE,
        "unheard",
        Span(datetime(2022, 3, 1, 9, tzinfo=UTC), datetime(2022, 3, 1, 10, tzinfo=UTC)),
    ),
)
BUNDLE = Bundle(SOURCES, (DOCUMENT,), CLAIMS, (Rejection("bad_date", Origin(file="f.csv", row="3"), "date", "x"),))
ORDER = ["d-open", "e-ever", "a-day", "g-hour", "c-range", "f-since", "b-day"]


@pytest.fixture(params=STORES, ids=["duckdb"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ClaimStore]:
    store = request.param(tmp_path / "store")
    yield store
    store.close()


@pytest.fixture
def store(empty: ClaimStore) -> ClaimStore:
    empty.append(BUNDLE)
    return empty


def ids(store: ClaimStore, **asked: object) -> list[str]:
    """The ids a query finds, asked for in each of the ways there are, which must agree."""
    query = Query(**asked)  # type: ignore[arg-type]
    found: list[str] = store.table(query, ["claim_id"])["claim_id"].to_pylist()
    assert [c.claim_id for c in store.claims(query)] == found
    assert store.count(query) == len(found)
    return found


def at(*when: int) -> datetime:
    return datetime(*when, tzinfo=UTC)  # type: ignore[arg-type]


def test_it_is_a_claim_store(empty: ClaimStore) -> None:
    assert isinstance(empty, ClaimStore)


def test_an_empty_store_answers_everything(empty: ClaimStore) -> None:
    assert ids(empty) == []
    assert empty.facets(Query()) == {name: {} for name in FACETS}
    assert empty.timeline(Query()).num_rows == empty.marks(Query()).num_rows == 0
    assert not empty.sources() and not empty.documents() and not empty.rejections()


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


def test_what_is_not_there_is_said(store: ClaimStore) -> None:
    with pytest.raises(UnknownClaimError, match="no-such"):
        store.get("no-such")
    with pytest.raises(UnknownClaimError, match="revision 2"):
        store.get("a-day", revision=2)
    with pytest.raises(StoreError, match="claim_id; DROP"):
        store.table(Query(), ["claim_id; DROP TABLE claims"])


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


def test_a_claims_iterator_stays_with_its_version(store: ClaimStore) -> None:
    claims = store.claims(Query())
    first = next(claims)
    store.append(Bundle(claims=(replace(CLAIMS[0], claim_id="late"),)))
    assert [first.claim_id, *(c.claim_id for c in claims)] == ORDER
    assert store.count(Query()) == len(ORDER) + 1


def test_a_closed_store_says_so(store: ClaimStore) -> None:
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.count(Query())
    with pytest.raises(StoreError, match="closed"):
        store.append(BUNDLE)
    store.close()
