"""Geometries that come with the data: carried in the recipe, drawn as they are."""

from __future__ import annotations

import pytest
import shapely
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box
from shapely.geometry.base import BaseGeometry

from geodata.errors import ShapeError
from geodata.gazetteer import Gazetteer, default
from geodata.model import Basis, Kind, PlaceMention, Precision
from geodata.recipes import carried, geometry, label_point, reach_km
from geodata.shapes import marks


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return default()


@pytest.mark.parametrize(
    "shape",
    [
        box(30, 50, 31, 51),
        LineString([(30, 50), (31, 51), (32, 50)]),
        MultiPolygon([box(30, 50, 31, 51), box(33, 50, 34, 51)]),
        LineString([(30, 50, 120), (31, 51, 130)]),
    ],
)
def test_a_carried_geometry_comes_back(shape: BaseGeometry, gazetteer: Gazetteer) -> None:
    found = geometry(carried(shape), gazetteer)
    assert not found.has_z
    assert found.hausdorff_distance(shapely.force_2d(shape)) < 1e-4
    assert found.distance(Point(label_point(carried(shape), gazetteer))) < 1e-9


def test_a_geometry_with_very_many_corners_is_drawn_with_fewer(gazetteer: Gazetteer) -> None:
    shape = Point(30, 50).buffer(0.5, 20_000)
    found = geometry(carried(shape), gazetteer)
    assert len(shapely.get_coordinates(found)) < 500
    assert found.hausdorff_distance(shape) < 1e-3


def test_a_crossed_polygon_is_mended_and_a_tiny_one_is_kept(gazetteer: Gazetteer) -> None:
    crossed = Polygon([(30, 50), (31, 51), (31, 50), (30, 51)])
    assert geometry(carried(crossed), gazetteer).is_valid
    assert not geometry(carried(box(30, 50, 30.000001, 50.000001)), gazetteer).is_empty


@pytest.mark.parametrize("shape", [Polygon(), box(2_000_000, 50, 2_000_001, 51), box(30, 90, 31, 91)])
def test_what_is_not_in_degrees_is_refused(shape: BaseGeometry) -> None:
    with pytest.raises(ShapeError):
        carried(shape)


@pytest.mark.parametrize("recipe", ["wkb:", "wkb:!!", "wkb:AAAA"])
def test_a_damaged_recipe_is_an_error(recipe: str, gazetteer: Gazetteer) -> None:
    with pytest.raises(ShapeError):
        geometry(recipe, gazetteer)


def test_an_area_of_the_data_is_drawn_as_that_area(gazetteer: Gazetteer) -> None:
    recipe = carried(box(30, 50, 31, 51))
    mention = PlaceMention("zone", precision=Precision.REGION, lon=30.5, lat=50.5, shape=recipe)
    (mark,), unplaced = marks((mention,), Kind.CAPTURE, gazetteer)
    assert unplaced is None
    assert (mark.shape, mark.precision, mark.basis) == (recipe, Precision.REGION, Basis.STATED)
    assert mark.radius_km == pytest.approx(reach_km(recipe))
    assert 60 < mark.radius_km < 75
