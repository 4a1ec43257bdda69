"""The built gazetteer agrees with the reference that was measured before it."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from pyproj import Geod

from geodata.errors import GazetteerError
from geodata.gazetteer import Context, Gazetteer, default

GEOD = Geod(ellps="WGS84")


@pytest.fixture(scope="module")
def reference(shared: Path) -> pd.DataFrame:
    return pd.read_parquet(shared / "geo/reference/gazetteer_ua.parquet")


@pytest.fixture(scope="module")
def places() -> Gazetteer:
    return default()


def test_every_place_of_the_reference_is_there_and_where_it_was(places: Gazetteer, reference: pd.DataFrame) -> None:
    lost, moved = [], []
    for row in reference[reference.fclass == "P"].itertuples():
        try:
            place = places.get(row.id)
        except GazetteerError:
            lost.append(row.id)
            continue
        if GEOD.inv(row.lon, row.lat, place.lon, place.lat)[2] > 1000:
            moved.append(row.id)
    assert len(lost) <= len(reference) // 1000, lost[:20]
    assert len(moved) <= len(reference) // 1000, moved[:20]


def test_units_are_the_same(places: Gazetteer, reference: pd.DataFrame) -> None:
    units = reference[reference.fcode.isin(["ADM1", "ADM2", "ADM3"])]
    for row in units.itertuples():
        assert places.get(row.id).radius_km == pytest.approx(row.radius_km, rel=0.02, abs=0.2), row.id


def test_resolved_names_resolve_alike(places: Gazetteer, shared: Path) -> None:
    """The reference's table of questions; where it called a name ambiguous, so must this one's candidates be."""
    for row in pd.read_csv(shared / "geo/reference/resolve.csv").itertuples():
        found = places.find(row.query, Context(country="UA"))
        assert found, row.query
        if row.status == "ambiguous":
            assert len(found) > 1, row.query
        elif row.source not in ("curated", "naturalearth"):
            away_km = GEOD.inv(row.lon, row.lat, found[0].place.lon, found[0].place.lat)[2] / 1000
            assert away_km < 1, (row.query, found[0].place)


@pytest.mark.parametrize(("layer", "prefix"), [("raions_approx", "adm2:"), ("hromadas_approx", "adm3:")])
def test_areas_overlap_the_reference(places: Gazetteer, shared: Path, layer: str, prefix: str) -> None:
    frame = gpd.read_file(shared / f"geo/reference/layers/{layer}.fgb")
    shapes = [places.area(f"{prefix}{code}") for code in frame.code]
    theirs = shapely.make_valid(frame.geometry.to_numpy())
    iou = shapely.area(shapely.intersection(shapes, theirs)) / shapely.area(shapely.union(shapes, theirs))
    assert (iou > 0.9).mean() > 0.97
    assert iou.min() > 0.5


def test_borders_are_the_reference_ones(places: Gazetteer, shared: Path) -> None:
    frame = gpd.read_file(shared / "geo/reference/layers/borders_ua.fgb")
    codes = {"BLR": "by", "RUS": "ru", "POL": "pl", "ROU": "ro", "MDA": "md", "HUN": "hu", "SVK": "sk"}
    for row in frame.itertuples():
        line = places.area(f"x:border-{codes[row.id[-3:]]}")
        assert GEOD.geometry_length(line) / 1000 == pytest.approx(row.km, abs=0.2)
        assert shapely.hausdorff_distance(line, row.geometry) < 0.001
