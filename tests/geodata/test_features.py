"""Points, lines and areas with properties: drawn as they are, mapped as any table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import LineString, Point, box

from geodata.errors import ReaderError
from geodata.gazetteer import default
from geodata.ingest import collect, ingest, report
from geodata.model import Bundle, Precision
from geodata.readers import detect
from geodata.readers.features import FeaturesReader
from geodata.recipes import geometry
from geodata.sources import Register

SHAPES = [Point(34.8, 50.91), LineString([(30, 50), (31, 51)]), box(36, 49, 37, 50), None]
ROWS = gpd.GeoDataFrame(
    {
        "ref": [1, 2, 3, 4],
        "name": ["Sumy", "a road", "a zone", "nowhere"],
        "date": ["2022-02-24", "2022-02-25", "2022-02-26", "2022-02-27"],
        "event": ["Shelling", "Advance", "Occupied", "Shelling"],
    },
    geometry=SHAPES,
    crs=4326,
)


def write(path: Path, format_: str, frame: gpd.GeoDataFrame = ROWS) -> Path:
    if format_ == "parquet":
        frame.to_parquet(path)
    else:
        frame.to_file(path, driver=format_, **({"SPATIAL_INDEX": "NO"} if format_ == "FlatGeobuf" else {}))
    return path


def load(path: Path, **options: str) -> Bundle:
    reader = detect(path)
    assert isinstance(reader, FeaturesReader)
    return collect(ingest(reader.read(path, options), register=Register.load(), gazetteer=default()))


@pytest.mark.parametrize("format_", ["GeoJSON", "GPKG", "FlatGeobuf", "parquet"])
def test_every_format_gives_the_same_claims(tmp_path: Path, format_: str) -> None:
    names = {"GeoJSON": "a.geojson", "GPKG": "a.gpkg", "FlatGeobuf": "a.fgb", "parquet": "a.parquet"}
    found = load(write(tmp_path / names[format_], format_))
    by_name = {c.places[0].mention: c for c in found.claims}
    assert set(by_name) == {"Sumy", "a road", "a zone", "nowhere"}
    point, line, area = (by_name[n].marks[0] for n in ("Sumy", "a road", "a zone"))
    assert (point.lon, point.lat, point.shape, point.precision) == (34.8, 50.91, None, Precision.SETTLEMENT)
    for mark, shape in ((line, SHAPES[1]), (area, SHAPES[2])):
        assert mark.precision is Precision.REGION
        assert mark.shape is not None
        assert geometry(mark.shape, default()).hausdorff_distance(shape) < 1e-4
    assert by_name["nowhere"].unplaced is not None
    assert by_name["Sumy"].happened.describe() == "24 February 2022"
    assert not found.rejections


@pytest.mark.parametrize("format_", ["GPKG", "parquet"])
def test_other_coordinate_systems_come_out_in_degrees(tmp_path: Path, format_: str) -> None:
    name = {"GPKG": "a.gpkg", "parquet": "a.parquet"}[format_]
    found = load(write(tmp_path / name, format_, ROWS.to_crs(3857)))
    point = next(c.marks[0] for c in found.claims if c.places[0].mention == "Sumy")
    assert (point.lon, point.lat) == pytest.approx((34.8, 50.91))


def test_a_parquet_table_without_geometry_is_a_table(tmp_path: Path) -> None:
    path = tmp_path / "table"
    ROWS.drop(columns="geometry").assign(lat=50.91, lon=34.8).to_parquet(path)
    assert {c.marks[0].lat for c in load(path).claims} == {50.91}


def test_properties_are_mapped_as_columns_are(tmp_path: Path) -> None:
    path = write(tmp_path / "a.geojson", "GeoJSON")
    found = load(path, map="event=quote\nref=id\ndate=said")
    assert [c.quote for c in found.claims] == ["Shelling", "Advance", "Occupied", "Shelling"]
    assert found.claims[0].claim_id == "a-1"
    assert "column 'name': place" in FeaturesReader().explain(path, {})


def test_layers_are_named_where_there_are_several(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    ROWS.iloc[:1].to_file(path, layer="one", driver="GPKG")
    ROWS.iloc[1:2].to_file(path, layer="two", driver="GPKG")
    with pytest.raises(ReaderError, match="one, two"):
        load(path)
    assert [c.places[0].mention for c in load(path, layer="two").claims] == ["a road"]


def test_a_point_outside_the_world_is_refused(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"name": ["x", "y"]}, geometry=[Point(50, 134.8), box(200, 50, 201, 51)], crs=4326)
    found = load(write(tmp_path / "a.parquet", "parquet", frame))
    assert [(r.reason, r.origin.row) for r in found.rejections] == [
        ("swapped_coordinates", "feature 1"),
        ("bad_coordinates", "feature 2"),
    ]


@pytest.mark.parametrize("format_", ["GeoJSON", "GPKG", "FlatGeobuf", "parquet"])
def test_a_file_cut_short_is_one_error(tmp_path: Path, format_: str) -> None:
    names = {"GeoJSON": "a.geojson", "GPKG": "a.gpkg", "FlatGeobuf": "a.fgb", "parquet": "a.parquet"}
    path = write(tmp_path / names[format_], format_)
    path.write_bytes(path.read_bytes()[:120])
    with pytest.raises(ReaderError):
        load(path)


FEATURE = st.fixed_dictionaries(
    {
        "type": st.just("Feature"),
        "properties": st.fixed_dictionaries(
            {
                "name": st.none() | st.text(max_size=8) | st.integers(),
                "date": st.sampled_from([None, "x", "2022-02-24"]),
            }
        ),
        "geometry": st.none()
        | st.fixed_dictionaries(
            {
                "type": st.just("Point"),
                "coordinates": st.lists(st.floats(-400, 400, allow_nan=False), min_size=2, max_size=2),
            }
        ),
    }
)


@given(st.lists(FEATURE, min_size=1, max_size=6))
def test_any_feature_is_a_claim_or_a_refusal(
    tmp_path_factory: pytest.TempPathFactory, features: list[dict[str, Any]]
) -> None:
    path = tmp_path_factory.mktemp("f") / "a.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    found = load(path, map="name=place\ndate=happened")
    assert report(found).read == len(features)
    assert all(-180 <= m.lon <= 180 and -90 <= m.lat <= 90 for c in found.claims for m in c.marks)
