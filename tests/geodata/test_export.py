"""What leaves the store: each row with its source and licence, safe in a spreadsheet, as drawn, and back again."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import geopandas as gpd
import pyarrow.parquet as pq
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geodata.errors import QueryError
from geodata.export import ASKED, FORMATS, write
from geodata.gazetteer import default
from geodata.ingest import load_file, sample_path
from geodata.model import (
    Bundle,
    Claim,
    Document,
    Figure,
    Kind,
    Mark,
    PlaceMention,
    Precision,
    Rejection,
    Relation,
    RelationType,
    Role,
    Source,
    Unplaced,
)
from geodata.query import Query
from geodata.readers import detect, read
from geodata.readers.guarded import guarded, unguarded
from geodata.schema import SCHEMA
from geodata.spans import day, until
from geodata.stores import DuckDBStore, open_store

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
WEDGE = "sector:30.5,50.5,90.0,45.0,10.0,50.0"
SOURCES = (Source("ua-gs", "General Staff", "ukrainian"), Source("ru-mod", "Ministry", "russian"))
DOCUMENTS = (
    Document("d1", "One", licence="CC0-1.0", attribution="Credit one"),
    Document("d2", "Two", licence="CC-BY-4.0", attribution="Credit, two\n=2", citation="Two (2022)"),
)


def mark(precision: Precision, shape: str | None = None, radius_km: float = 5.0, role: Role = Role.LOCATION) -> Mark:
    return Mark(-0.5, 50.5, precision, role, radius_km, "p1", shape)


CLAIMS = (
    Claim(
        "a",
        '=HYPERLINK("http://example.org")',
        Kind.ADVANCE,
        "ru-mod",
        relays=("paper", "article"),
        document_id="d1",
        quote="-1; 'two' \"three\"\r\nfour",
        actor="@RU",
        happened=day(date(2022, 3, 1)),
        places=(PlaceMention("Kyiv", place_id="p1", name="Kyiv"),),
        marks=(mark(Precision.SETTLEMENT),),
        figures=(Figure("killed", low=5, high=9, text="-5"),),
        relations=(Relation(RelationType.CONTRADICTS, "b"),),
    ),
    Claim(
        "b",
        "towards the town",
        Kind.RETREAT,
        "ua-gs",
        document_id="d2",
        note="'=already guarded",
        happened=until(date(2022, 3, 22)),
        marks=(mark(Precision.DIRECTION, WEDGE, 30.0, Role.DIRECTION), mark(Precision.SETTLEMENT)),
    ),
    Claim("c", "\tno place", Kind.INFORMATION, "ua-gs", document_id="d2", unplaced=Unplaced.STATEMENT),
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckDBStore]:
    store = open_store(tmp_path_factory.mktemp("export") / "store", create=True)
    store.append(Bundle(SOURCES, DOCUMENTS, CLAIMS))
    yield store
    store.close()


EVERYTHING = Query()


def written(store: DuckDBStore, suffix: str, query: Query = EVERYTHING) -> bytes:
    file = io.BytesIO()
    write(store, query, suffix, file, exported_at=AT)
    return file.getvalue()


def records(store: DuckDBStore) -> dict[str, dict[str, str]]:
    text = written(store, ".csv").decode("utf-8-sig")
    return {r["claim_id"]: r for r in csv.DictReader(io.StringIO(text, newline=""), strict=True)}


def features(store: DuckDBStore) -> dict[str, Any]:
    return {f["id"]: f for f in json.loads(written(store, ".geojson"))["features"]}


@pytest.mark.parametrize("suffix", FORMATS)
def test_every_format_writes_only_what_is_asked_for(store: DuckDBStore, suffix: str) -> None:
    content = written(store, suffix, Query(layer=("retreat",)))
    assert b"towards the town" in content
    assert b"HYPERLINK" not in content
    assert b"CC-BY-4.0" in content


def test_an_unknown_format_is_named_with_those_there_are(store: DuckDBStore) -> None:
    with pytest.raises(QueryError, match=r"'\.docx'.*\.geojson"):
        written(store, ".docx")


def test_csv_has_the_columns_of_the_schema_and_a_licence_on_each_row(store: DuckDBStore) -> None:
    found = records(store)
    assert list(next(iter(found.values()))) == [*(c.name for c in SCHEMA), *ASKED]
    assert list(found) == ["b", "c", "a"]
    assert {i: r["licence"] for i, r in found.items()} == {"a": "CC0-1.0", "b": "CC-BY-4.0", "c": "CC-BY-4.0"}
    assert found["b"]["attribution"] == "Credit, two\n=2"
    for row in found.values():
        asked = (row["query"], row["query_url"], row["exported_at"], row["store_version"])
        assert asked == ("all claims", "", "2026-01-02T03:04:05Z", store.version())
    assert (found["a"]["claimant"], found["a"]["relays"], found["a"]["side"]) == ("ru-mod", "paper; article", "russian")


def test_csv_cells_cannot_be_formulas_and_come_back_as_they_were(store: DuckDBStore) -> None:
    found = records(store)
    for row in found.values():
        assert not [cell for cell in row.values() if cell[:1] in ("=", "+", "-", "@", "\t", "\r") and cell != "-0.5"]
    a, b = ({name: unguarded(cell) for name, cell in found[i].items()} for i in "ab")
    assert (a["statement"], a["quote"], a["actor"]) == (CLAIMS[0].statement, CLAIMS[0].quote, CLAIMS[0].actor)
    assert b["note"] == CLAIMS[1].note
    assert float(a["lon"]) == -0.5


@given(st.text(alphabet="'=+-@\t\r\nab ", max_size=6))
def test_guarding_is_reversible_and_leaves_no_formula(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert not guarded(text).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_csv_says_true_times_and_nothing_for_what_is_absent(store: DuckDBStore) -> None:
    found = records(store)
    assert (found["a"]["happened_start"], found["a"]["happened_end"]) == (
        "2022-03-01T00:00:00Z",
        "2022-03-02T00:00:00Z",
    )
    assert (found["b"]["happened_start"], found["b"]["happened_end"]) == ("", "2022-03-23T00:00:00Z")
    assert (found["c"]["lon"], found["c"]["unplaced"], found["c"]["role"]) == ("", "statement", "")
    assert {i: r["contradicted"] for i, r in found.items()} == {"a": "true", "b": "true", "c": "false"}
    assert json.loads(found["a"]["figures"])[0]["high"] == 9


def test_geojson_says_what_it_is(store: DuckDBStore) -> None:
    whole = json.loads(written(store, ".geojson", Query(layer=("retreat", "other"))))
    assert whole["type"] == "FeatureCollection"
    assert whole["query"] == "retreat or other claims"
    assert whole["query_url"] == "layer=retreat,other"
    assert (whole["claims"], whole["exported_at"]) == (2, "2026-01-02T03:04:05Z")
    assert whole["datasets"] == [
        {
            "dataset": "",
            "licence": "CC-BY-4.0",
            "citation": "Two (2022)",
            "attributions": ["Credit, two\n=2"],
            "claims": 2,
        }
    ]
    assert whole["store_version"] == store.version()


def test_geojson_draws_what_is_drawn(store: DuckDBStore) -> None:
    found = features(store)
    assert found["a"]["geometry"] == {"type": "Point", "coordinates": [-0.5, 50.5]}
    assert found["c"]["geometry"] is None
    collection = found["b"]["geometry"]
    assert [g["type"] for g in collection["geometries"]] == ["Polygon", "Point"]
    wedge = shapely.geometry.shape(collection["geometries"][0])
    assert wedge.is_valid and not wedge.intersects(shapely.Point(30.5, 50.5))


def test_geojson_properties_are_the_row_with_lists_as_lists(store: DuckDBStore) -> None:
    a = features(store)["a"]["properties"]
    assert set(a) == {c.name for c in SCHEMA} | {"ucdp_where_prec", "acled_geo_precision"}
    assert (a["relays"], a["happened_start"], a["said_at"]) == (["paper", "article"], "2022-03-01T00:00:00Z", None)
    assert a["relations"] == [{"type": "contradicts", "target": "b"}]


@pytest.mark.parametrize(
    ("precision", "radius_km", "ucdp", "acled"),
    [
        (Precision.SETTLEMENT, 5, 1, 1),
        (Precision.DISTRICT, 30, 3, 2),
        (Precision.OBLAST, 90, 4, 3),
        (Precision.DIRECTION, 25, 2, 2),
        (Precision.SECTOR, 26, 5, 2),
        (Precision.REGION, 190, 5, 3),
        (Precision.BORDER, 50, 5, 3),
        (None, 0, None, None),
    ],
)
def test_precision_in_the_codes_of_others(
    tmp_path: Path, precision: Precision | None, radius_km: float, ucdp: int | None, acled: int | None
) -> None:
    marks = (mark(precision, radius_km=radius_km),) if precision else ()
    store = open_store(tmp_path / "store", create=True)
    store.append(Bundle(claims=(replace(CLAIMS[0], marks=marks, unplaced=None if marks else Unplaced.NO_PLACE),)))
    found = features(store)["a"]["properties"]
    assert (found["ucdp_where_prec"], found["acled_geo_precision"]) == (ucdp, acled)


def test_geoparquet_is_read_by_geopandas_and_carries_its_head(store: DuckDBStore) -> None:
    content = written(store, ".parquet")
    frame = gpd.read_parquet(io.BytesIO(content)).set_index("claim_id")
    drawn = store.select(Query()).set_index("claim_id")
    assert frame.crs == "OGC:CRS84"
    assert list(frame.geometry.to_wkt()) == list(drawn.geometry.to_wkt())
    assert list(frame.loc["a", "relays"]) == ["paper", "article"]
    assert str(frame["happened_end"].dtype) == "datetime64[us, UTC]"
    about = json.loads(pq.read_metadata(io.BytesIO(content)).metadata[b"conflict-map"])
    assert about["query"] == "all claims"
    assert [(d["licence"], d["claims"]) for d in about["datasets"]] == [("CC-BY-4.0", 2), ("CC0-1.0", 1)]


@pytest.mark.parametrize("suffix", [".json", ".jsonl"])
def test_our_own_formats_read_back_give_the_same_claims(store: DuckDBStore, tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"export{suffix}"
    file.write_bytes(written(store, suffix))
    assert detect(file).name == "native"
    records = list(read(file))
    held = list(store.claims(Query()))
    assert [r for r in records if isinstance(r, Claim)] == held
    assert {r for r in records if isinstance(r, Document)} == set(DOCUMENTS)
    assert {r for r in records if isinstance(r, Source)} == set(SOURCES)
    assert len(records) == len(CLAIMS) + len(DOCUMENTS) + len(SOURCES)


@pytest.mark.parametrize("suffix", [".json", ".jsonl"])
def test_our_own_formats_say_what_they_are(store: DuckDBStore, suffix: str) -> None:
    first = written(store, suffix, Query(layer=("retreat",)))
    about = json.loads(first if suffix == ".json" else first.splitlines()[0])["export"]
    assert (about["query"], about["query_url"], about["claims"]) == ("retreat claims", "layer=retreat", 1)
    assert about["datasets"][0]["citation"] == "Two (2022)"


def test_what_is_imported_again_is_drawn_the_same(tmp_path: Path) -> None:
    places = default()
    (tmp_path / "own.geojson").write_text(
        json.dumps(
            {
                "type": "FeatureCollection",
                "features": [
                    {
                        "type": "Feature",
                        "properties": {"id": "line", "kind": "clash"},
                        "geometry": {"type": "LineString", "coordinates": [[30, 50], [31, 51]]},
                    },
                ],
            }
        )
    )
    one, two = (open_store(tmp_path / name, create=True) for name in ("one", "two"))
    one.append(load_file(sample_path(), gazetteer=places))
    one.append(load_file(tmp_path / "own.geojson", gazetteer=places))
    (tmp_path / "export.jsonl").write_bytes(written(one, ".jsonl"))
    two.append(load_file(tmp_path / "export.jsonl", gazetteer=places))
    assert undated(two) == undated(one)
    assert two.documents() == one.documents()
    one.close()
    two.close()


def undated(store: DuckDBStore) -> list[Claim]:
    return [replace(claim, recorded_at=None) for claim in store.claims(Query())]


def test_json_lines_name_each_source_and_document_before_the_claims(store: DuckDBStore) -> None:
    known: set[str] = set()
    for line in written(store, ".jsonl").splitlines()[1:]:
        ((kind, record),) = json.loads(line).items()
        if kind == "claim":
            assert {record.get("claimant"), record["document_id"]} <= known
        else:
            assert record[f"{kind}_id"] not in known
            known.add(record[f"{kind}_id"])


@pytest.fixture(scope="module")
def lines(store: DuckDBStore) -> list[bytes]:
    return written(store, ".jsonl").splitlines()


@given(damaged=st.sets(st.integers(1, 7)), how=st.sampled_from([b"{", b'{"claim": 3}', b'{"war": {}}', b"\xff", b"[]"]))
def test_a_damaged_line_costs_itself(lines: list[bytes], damaged: set[int], how: bytes) -> None:
    assert len(lines) == 8
    mixed = [how if i in damaged else line for i, line in enumerate(lines)]
    with TemporaryDirectory() as folder:
        file = Path(folder) / "damaged.jsonl"
        file.write_bytes(b"\n".join(mixed))
        records = list(read(file))
    assert len(records) == len(lines) - 1
    refused = [int(r.origin.row.removeprefix("line ")) - 1 for r in records if isinstance(r, Rejection)]
    assert set(refused) == damaged


def test_our_csv_comes_back_as_far_as_a_row_says_it(store: DuckDBStore, tmp_path: Path) -> None:
    file = tmp_path / "export.csv"
    file.write_bytes(written(store, ".csv"))
    assert detect(file).name == "exported"
    records = list(read(file))
    assert not [r for r in records if isinstance(r, Rejection)]
    back = {r.claim_id: r for r in records if isinstance(r, Claim)}
    for claim in store.claims(Query()):
        lost = {"document_id": f"table-{claim.document_id}", "origin": back[claim.claim_id].origin}
        if claim.claim_id == "a":
            lost["places"] = (replace(claim.places[0], precision=Precision.SETTLEMENT),)
        whole = replace(claim, **lost, marks=(), revision=1, recorded_at=None)  # type: ignore[arg-type]
        assert back[claim.claim_id] == whole
    credit = next(r for r in records if isinstance(r, Document) and r.title == "Two")
    assert (credit.document_id, credit.licence, credit.citation) == ("table-d2", "CC-BY-4.0", "Two (2022)")
    assert {(r.source_id, r.side) for r in records if isinstance(r, Source)} == {
        ("ua-gs", "ukrainian"),
        ("ru-mod", "russian"),
    }


def test_nothing_found_is_still_a_whole_file(store: DuckDBStore) -> None:
    nothing = {suffix: written(store, suffix, Query(claim=("none",))) for suffix in FORMATS}
    assert nothing[".csv"].decode("utf-8-sig") == ",".join([*(c.name for c in SCHEMA), *ASKED]) + "\r\n"
    assert nothing[".jsonl"].count(b"\n") == 1
    assert json.loads(nothing[".geojson"])["features"] == []
    assert json.loads(nothing[".json"])["claims"] == []
    assert pq.read_table(io.BytesIO(nothing[".parquet"])).num_rows == 0
