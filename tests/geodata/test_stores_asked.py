"""The contract of stores, second part: searching, counting by cell and time, and what has come since a version."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from geodata.errors import QueryError, StoreError
from geodata.model import (
    Bundle,
    Claim,
    Document,
    Kind,
    Mark,
    PlaceMention,
    Precision,
    Relation,
    RelationType,
    Role,
    Source,
    Unplaced,
)
from geodata.query import Query
from geodata.spans import Span, day, days, until
from geodata.stores import ClaimStore, DuckDBStore

STORES: tuple[Callable[[Path], ClaimStore], ...] = (lambda path: DuckDBStore(path, create=True),)


@pytest.fixture(params=STORES, ids=["duckdb"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ClaimStore]:
    store = request.param(tmp_path / "store")
    yield store
    store.close()


def claim(claim_id: str, statement: str = "said", **more: object) -> Claim:
    return Claim(claim_id, statement, more.pop("kind", Kind.CLASH), **more)  # type: ignore[arg-type]


def ids(store: ClaimStore, **asked: object) -> set[str]:
    return set(store.table(Query(**asked), ["claim_id"])["claim_id"].to_pylist())  # type: ignore[arg-type]


TEXTS = (
    claim("uk", "Ворожі обстріли міста Бородянка", quote="п’ять разів"),
    claim("uk-one", "Один обстріл, Київ", quote="її їжа"),
    claim("uk-verb", "Військові обстріляли позиції"),
    claim("ru", "Ёлка у посёлка; обстрел"),
    claim("en", "Forces of the General Staff entered a village", quote="Staff general"),
    claim("accents", "Évreux and Straße, Ґалаґан"),
    claim("place", "Something", places=(PlaceMention("Хе́рсон", name="Kherson"),)),
    claim("title", "Nothing", document_id="d", claimant="s"),
    claim("number", "9,861 killed out of 12 861 000"),
)
BUNDLE = Bundle((Source("s", "Reuters Agency"),), (Document("d", "Evening summary №5"),), TEXTS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("обстріл", {"uk", "uk-one", "uk-verb"}),
        ("обстріли", {"uk", "uk-one", "uk-verb"}),
        ("ОБСТРІЛИ міста", {"uk"}),
        ("міста обстрі", {"uk"}),
        ('"обстріл"', {"uk-one"}),
        ("обстрел", {"ru"}),
        ("елка посЁлок", set()),
        ("елка поселка", {"ru"}),
        ("п'ять", {"uk"}),
        ("пять", {"uk"}),
        ("її", {"uk-one"}),
        ("її їжа", {"uk-one"}),
        ("ии", set()),
        ("галаган", set()),
        ("ґалаґан", {"accents"}),
        ("evreux STRASSE", {"accents"}),
        ('"general staff"', {"en"}),
        ("“Staff  general”", {"en"}),
        ('"evreux and strasse"', {"accents"}),
        ('"staff entered" village', {"en"}),
        ('"village staff"', set()),
        ("херсон", {"place"}),
        ("Хирсон", {"place"}),
        ("Khersn", {"place"}),
        ("Khersnn entered", set()),
        ("vilage", set()),
        ("reuters summary", {"title"}),
        ("force", {"en"}),
        ("9861", {"number"}),
        ("12861000 killed", {"number"}),
        ("9862", set()),
        ("0861", set()),
        ("-- ; %", {c.claim_id for c in TEXTS}),
        ('"', {c.claim_id for c in TEXTS}),
        ("'; DROP TABLE claims; --", set()),
    ],
)
def test_what_a_text_means(store: ClaimStore, text: str, expected: set[str]) -> None:
    store.append(BUNDLE)
    assert ids(store, text=text) == expected
    assert store.count(Query(text=text)) == len(expected)


def test_a_text_is_combined_with_everything_else(store: ClaimStore) -> None:
    store.append(BUNDLE)
    query = Query(text="обстріл", kind=("clash",))
    assert store.facets(query)["kind"] == {"clash": 3}
    assert store.count(replace(query, claim=("uk", "en"))) == 1
    assert store.timeline(query)["claims"].to_pylist() == [3]
    assert {c.claim_id for c in store.latest(query, limit=9)} == {c.claim_id for c in store.claims(query)}
    assert store.cube(query, zoom=3, bin_minutes=60).num_rows == store.marks(query).num_rows == 0


def test_hits_come_in_the_form_asked_for_first_and_say_where(store: ClaimStore) -> None:
    store.append(BUNDLE)
    found = store.search(Query(text="обстріли"), limit=9)
    assert [(h.claim_id, h.score) for h in found] == [("uk", 1.0), ("uk-one", 0.5), ("uk-verb", 0.5)]
    assert [TEXTS[0].statement[a:b] for a, b in found[0].statement] == ["обстріли"]
    assert found[0].quote == ()
    assert store.search(Query(text="обстріли"), limit=1, offset=1) == found[1:2]
    (hit,) = store.search(Query(text='"general staff" staff'), limit=9)
    assert [TEXTS[4].statement[a:b] for a, b in hit.statement] == ["General Staff"]
    assert [TEXTS[4].quote[a:b] for a, b in hit.quote] == ["Staff"]
    (hit,) = store.search(Query(text="пять"), limit=9)
    assert [TEXTS[0].quote[a:b] for a, b in hit.quote] == ["п’ять"]
    with pytest.raises(StoreError):
        store.search(Query(text="?!"), limit=1)


def test_the_index_follows_revisions_and_names(store: ClaimStore) -> None:
    store.append(BUNDLE)
    store.append(Bundle(claims=(replace(TEXTS[4], statement="A retreat"),)))
    assert ids(store, text="forces") == set()
    assert ids(store, text="retreat staff") == {"en"}
    store.append(Bundle(sources=(Source("s", "Renamed"),)))
    assert ids(store, text="reuters") == set()
    assert ids(store, text="renamed") == {"title"}


def mark(lon: float, lat: float) -> Mark:
    return Mark(lon, lat, Precision.SETTLEMENT, Role.LOCATION, 5.0)


SPANS = (
    day(date(2022, 3, 1)),
    Span(datetime(2022, 3, 1, 9, 7, tzinfo=UTC), datetime(2022, 3, 1, 10, tzinfo=UTC)),
    until(date(2022, 3, 22)),
    days(date(1969, 12, 31), date(2022, 3, 2)),
    Span(None, None),
)
POINTS = ((30.5, 50.4), (30.51, 50.41), (-179.9, -80.0), (179.9, 84.0), (37.6, 55.7))
DRAWN = tuple(
    claim(f"{i}-{k}", happened=span, kind=kind, marks=tuple(mark(*POINTS[(i + k + j) % 5]) for j in range(1 + i % 3)))
    for i, span in enumerate(SPANS)
    for k, kind in enumerate((Kind.CLASH, Kind.RETREAT, Kind.STRIKE))
)


def counted(claims: tuple[Claim, ...], zoom: int, minutes: int) -> Counter[tuple[int, int, int | None, str]]:
    """The cube, made claim by claim with the formula of the OpenStreetMap wiki for slippy map tiles."""
    from math import asinh, floor, pi, radians, tan

    cells: Counter[tuple[int, int, int | None, str]] = Counter()
    for c in claims:
        edge = c.happened.start or (c.happened.end and c.happened.end.replace(microsecond=0))
        seconds = None if edge is None else edge.timestamp() - (c.happened.start is None)
        t = None if seconds is None else floor(seconds / 60 / minutes) * minutes
        for m in c.marks:
            y = (1 - asinh(tan(radians(m.lat))) / pi) / 2
            cells[floor((m.lon + 180) / 360 * 2**zoom), floor(y * 2**zoom), t, str(c.layer)] += 1
    return cells


def cells(store: ClaimStore, query: Query, zoom: int, minutes: int, **more: object) -> Counter[tuple[object, ...]]:
    table = store.cube(query, zoom=zoom, bin_minutes=minutes, **more)  # type: ignore[arg-type]
    assert table.column_names == ["x", "y", "minute", "layer", "claims"]
    found = Counter(
        {tuple(row)[:4]: row[4] for row in zip(*(table[c].to_pylist() for c in table.column_names), strict=True)}
    )
    assert len(found) == table.num_rows
    return found


@pytest.mark.parametrize(("zoom", "minutes"), [(0, 1440), (3, 1440), (10, 7 * 1440), (11, 1440), (5, 60), (18, 7)])
def test_a_cube_counts_marks_by_cell_time_and_layer(store: ClaimStore, zoom: int, minutes: int) -> None:
    store.append(Bundle(claims=(*DRAWN, claim("tray", unplaced=Unplaced.NO_PLACE))))
    assert cells(store, Query(), zoom, minutes) == counted(DRAWN, zoom, minutes)
    for query in (Query(layer=("retreat",)), Query(kind=("clash",)), Query(end=datetime(2022, 3, 2, tzinfo=UTC))):
        chosen = tuple(
            c for c in DRAWN if c.claim_id in ids(store, **{k: getattr(query, k) for k in ("layer", "kind", "end")})
        )
        assert cells(store, query, zoom, minutes) == counted(chosen, zoom, minutes)


def test_a_cube_of_a_box_has_the_cells_it_touches(store: ClaimStore) -> None:
    store.append(Bundle(claims=DRAWN))
    for zoom in (4, 12):
        whole = cells(store, Query(), zoom, 1440)
        kyiv = cells(store, Query(), zoom, 1440, box=(30.4, 50.3, 30.6, 50.5))
        assert 0 < len(kyiv) < len(whole) and kyiv.items() <= whole.items()
        assert sum(kyiv.values()) == sum(
            n for c, n in counted(DRAWN, zoom, 1440).items() if c[:2] in {k[:2] for k in kyiv}
        )
        across = cells(store, Query(), zoom, 1440, box=(179.0, -89.0, -179.0, 89.0))
        assert {c[0] for c in across} == {c[0] for c in whole if c[0] in (0, 1, 2**zoom - 2, 2**zoom - 1)}
        assert cells(store, Query(), zoom, 1440, box=(-180.0, -90.0, 180.0, 90.0)) == whole


@pytest.mark.parametrize(("zoom", "minutes"), [(-1, 60), (21, 60), (3, 0)])
def test_a_cube_that_there_is_not_is_said(store: ClaimStore, zoom: int, minutes: int) -> None:
    with pytest.raises(StoreError):
        store.cube(Query(), zoom=zoom, bin_minutes=minutes)


def test_a_cube_follows_revisions(store: ClaimStore) -> None:
    store.append(Bundle(claims=DRAWN))
    changed = tuple(replace(c, marks=c.marks[-1:]) for c in DRAWN)
    store.append(Bundle(claims=changed))
    assert cells(store, Query(), 10, 1440) == counted(changed, 10, 1440)
    assert cells(store, Query(), 20, 1) == counted(changed, 20, 1)


def test_what_has_come_since_a_version_is_new_changed_or_gone(store: ClaimStore) -> None:
    empty = store.version()
    a, b, c = claim("a"), claim("b", claimant="s"), claim("c")
    store.append(Bundle(claims=(a, b, c)))
    first = store.version()
    store.append(Bundle(claims=(replace(a, kind=Kind.RETREAT), claim("d", kind=Kind.RETREAT), claim("e"))))
    second = store.version()
    query = Query(kind=("clash",))

    def since(version: str) -> tuple[list[str], list[str], tuple[str, ...]]:
        found = store.since(version, query, ["claim_id", "revision"])
        assert found.version == store.version()
        assert found.new.column_names == ["claim_id", "revision"]
        return found.new["claim_id"].to_pylist(), found.changed["claim_id"].to_pylist(), found.gone

    assert since(first) == (["e"], [], ("a",))
    assert since(empty) == (["b", "c", "e"], [], ())
    assert since(second) == ([], [], ())
    store.append(Bundle(sources=(Source("s", "Renamed", "western"),)))
    assert since(second) == ([], ["b"], ())
    third = store.version()
    store.append(Bundle(claims=(claim("f", relations=(Relation(RelationType.CONTRADICTS, "c"),)),)))
    assert since(third) == (["f"], ["c"], ())


@pytest.mark.parametrize("version", ["", "nonsense", "other-1", "{}9", "{}x"])
def test_a_version_of_another_store_is_said(store: ClaimStore, version: str) -> None:
    with pytest.raises(StoreError):
        store.since(version.format(store.version()), Query(), ["claim_id"])


@pytest.mark.parametrize("box", [(30.4, 50.3, 30.6, 50.5), (179.0, -89.0, -179.0, 89.0), (-180.0, -90.0, 180.0, 90.0)])
def test_a_box_finds_the_claims_with_a_mark_in_it(store: ClaimStore, box: tuple[float, float, float, float]) -> None:
    store.append(Bundle(claims=(*DRAWN, claim("tray", unplaced=Unplaced.NO_PLACE))))
    west, south, east, north = box

    def inside(lon: float, lat: float) -> bool:
        across = west <= lon <= east if west <= east else lon >= west or lon <= east
        return across and south <= lat <= north

    expected = {c.claim_id for c in DRAWN if any(inside(m.lon, m.lat) for m in c.marks)}
    assert expected and ids(store, bbox=box) == expected
    query = Query(bbox=box, layer=("retreat",))
    assert Query.from_url({"bbox": ",".join(map(str, box)), "layer": "retreat"}) == query
    assert Query.from_url(dict(parse_qsl(query.to_url()))) == query


@pytest.mark.parametrize("text", ["1,2,3", "a,b,c,d", "1,9,2,3", "200,1,2,3", "nan,1,2,3"])
def test_a_box_that_is_none_is_said(text: str) -> None:
    with pytest.raises(QueryError, match="bbox"):
        Query.from_url({"bbox": text})
