"""The geometry a claim is drawn with: a recipe string, and what it means on the ground.

A shape is stored as its recipe; recipe and gazetteer give the geometry, always the same one:

    area:<place id>                             polygon of a place
    line:<place id>                             a border
    stretch:<border id>,<lon>,<lat>,<half_km>   the border, half_km to both sides of its point next to lon, lat
    sector:<lon>,<lat>,<bearing>,<spread>,<inner_km>,<length_km>
                                                wedge around bearing +- spread, from inner_km to length_km off
    ring:<lon>,<lat>,<inner_km>,<outer_km>      all round a place and never in it
    circle:<lon>,<lat>,<radius_km>              somewhere near a point
    wkb:<base64>                                a geometry of the data itself, as well-known binary

Distances are geodesic kilometres (WGS 84), bearings degrees clockwise from north, geometries EPSG:4326.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Final

import numpy as np
import shapely
from pyproj import Geod, Transformer
from pyproj.enums import TransformDirection
from shapely.geometry import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring

from geodata.errors import ShapeError
from geodata.gazetteer import Gazetteer

__all__ = [
    "bearing_of",
    "carried",
    "circle",
    "geometry",
    "label_point",
    "nearest",
    "place_shape",
    "reach_km",
    "recipe_of",
]

_INVERSE: Final = TransformDirection.INVERSE
_Projection = Callable[[BaseGeometry], BaseGeometry]
_GEOD: Final = Geod(ellps="WGS84")
_GRID_DEG: Final = 1e-5
_TOLERANCE_DEG: Final = 5e-4
"""A carried geometry is drawn within about 50 m of the data's own."""


def carried(shape: BaseGeometry) -> str:
    """The recipe of a geometry that comes with the data, simplified to within about 50 m.

    Raises
    ------
    ShapeError
        If it is empty or leaves longitude -180 to 180, latitude -90 to 90.
    """
    west, south, east, north = shape.bounds
    if shape.is_empty or not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise ShapeError(
            "not a geometry in degrees", where=shape.wkt[:60], remedy="Give longitude, latitude on WGS 84."
        )
    flat = shapely.make_valid(shapely.force_2d(shape))
    drawn = shapely.set_precision(flat.simplify(_TOLERANCE_DEG), _GRID_DEG)
    return "wkb:" + base64.b64encode(shapely.to_wkb(flat if drawn.is_empty else drawn)).decode()


def geometry(recipe: str, gazetteer: Gazetteer) -> BaseGeometry:
    """The geometry of a recipe, EPSG:4326.

    Raises
    ------
    ShapeError
        If the recipe is unknown or malformed, or names a place without a shape.
    """
    verb, _, rest = recipe.partition(":")
    if verb in ("area", "line"):
        return place_shape(rest, recipe, gazetteer)
    if verb == "stretch":
        place_id, _, numbers = rest.partition(",")
        return _stretch(place_shape(place_id, recipe, gazetteer), *_numbers(numbers, 3, recipe))
    if verb == "sector":
        return _sector(*_numbers(rest, 6, recipe))
    if verb == "ring":
        lon, lat, inner_km, outer_km = _numbers(rest, 4, recipe)
        return circle(lon, lat, outer_km).difference(circle(lon, lat, inner_km))
    if verb == "circle":
        return circle(*_numbers(rest, 3, recipe))
    if verb == "wkb":
        return _from_wkb(rest)
    remedy = "Use area, line, stretch, sector, ring, circle or wkb."
    raise ShapeError(f"no shape is called {verb!r}", where=recipe, remedy=remedy)


def label_point(recipe: str, gazetteer: Gazetteer) -> tuple[float, float]:
    """lon, lat of the symbol: inside an area, on a line, amid a wedge or a circle, in the north of a ring.

    Raises
    ------
    ShapeError
        As :func:`geometry`.
    """
    verb, _, rest = recipe.partition(":")
    if verb == "sector":
        lon, lat, bearing, _, inner_km, length_km = _numbers(rest, 6, recipe)
        return _away(lon, lat, bearing, (inner_km + length_km) / 2)
    if verb == "ring":
        lon, lat, inner_km, outer_km = _numbers(rest, 4, recipe)
        return _away(lon, lat, 0.0, (inner_km + outer_km) / 2)
    if verb == "circle":
        lon, lat, _ = _numbers(rest, 3, recipe)
        return (lon, lat)
    shape = geometry(recipe, gazetteer)
    largest = max(shapely.get_parts(shape), key=lambda part: (part.area, part.length))
    on_line = isinstance(largest, LineString)
    point = largest.interpolate(0.5, normalized=True) if on_line else largest.representative_point()
    return (float(point.x), float(point.y))


def circle(lon: float, lat: float, radius_km: float) -> Polygon:
    """The points within ``radius_km`` of lon, lat as a polygon of 72 corners (short of the circle by 0.1 %)."""
    return Polygon([_away(lon, lat, bearing, radius_km) for bearing in range(0, 360, 5)])


def reach_km(recipe: str) -> float:
    """How far a shape that is not a place's own reaches from its middle, in kilometres."""
    verb, _, rest = recipe.partition(":")
    if verb == "wkb":
        west, south, east, north = _from_wkb(rest).bounds
        return round(float(_GEOD.inv(west, south, east, north)[2]) / 2000, 1)
    numbers = [float(n) for n in rest.split(",")[-2:]]
    return round((numbers[1] - numbers[0]) / 2 if verb == "sector" else numbers[1], 1)


def recipe_of(head: str, *numbers: float) -> str:
    """The recipe of ``head`` (a verb, with its place if it has one) at lon, lat and with the extents that follow."""
    lon, lat, *extent = numbers
    shown = [f"{lon:.5f}", f"{lat:.5f}", *(f"{n:.1f}" for n in extent)]
    return f"{head}{',' if ':' in head else ':'}{','.join(shown)}"


def bearing_of(recipe: str | None) -> float | None:
    """The bearing of a sector, in degrees; None for any other recipe."""
    verb, _, rest = (recipe or "").partition(":")
    return float(rest.split(",")[2]) if verb == "sector" else None


def place_shape(place_id: str, recipe: str, gazetteer: Gazetteer) -> BaseGeometry:
    """The gazetteer's shape of a place.

    Raises
    ------
    ShapeError
        If it has none; the message names the recipe.
    """
    shape = gazetteer.area(place_id)
    if shape is None:
        raise ShapeError(f"{place_id} has no shape", where=recipe, remedy="Draw it as a point or a circle.")
    return shape


def nearest(line: BaseGeometry, lon: float, lat: float) -> tuple[float, float]:
    """lon, lat of the point of ``line`` that is next to a point."""
    there, back = _local_metres(lon, lat)
    flat = there(line)
    point = shapely.get_coordinates(back(flat.interpolate(flat.project(Point(0, 0)))))[0]
    return (float(point[0]), float(point[1]))


def _from_wkb(text: str) -> BaseGeometry:
    try:
        return shapely.from_wkb(base64.b64decode(text, validate=True))
    except (binascii.Error, shapely.errors.GEOSException) as e:
        where = f"wkb:{text[:40]}"
        raise ShapeError("the recipe holds no geometry", where=where, remedy="Import the data again.") from e


def _numbers(text: str, count: int, recipe: str) -> list[float]:
    try:
        numbers = [float(n) for n in text.split(",")]
    except ValueError as e:
        raise ShapeError("the recipe holds something that is not a number", where=recipe) from e
    if len(numbers) != count or not np.isfinite(numbers).all():
        raise ShapeError(f"the recipe has {len(numbers)} numbers, {count} finite ones are needed", where=recipe)
    if not (-180 <= numbers[0] <= 180 and -90 <= numbers[1] <= 90) or min(numbers[2:]) < 0 or numbers[-1] <= 0:
        raise ShapeError("the point or the extent cannot be", where=recipe, remedy="Order: lon, lat, extent in km.")
    return numbers


def _sector(lon: float, lat: float, bearing: float, spread: float, inner_km: float, length_km: float) -> Polygon:
    angles = np.linspace(bearing - spread, bearing + spread, 25)
    outer = [_away(lon, lat, a, length_km) for a in angles]
    inner = [_away(lon, lat, a, inner_km) for a in angles[::-1]] if inner_km else [(lon, lat)]
    return Polygon(outer + inner)


def _stretch(line: BaseGeometry, lon: float, lat: float, half_km: float) -> BaseGeometry:
    there, back = _local_metres(lon, lat)
    parts = [LineString(shapely.get_coordinates(there(part))) for part in shapely.get_parts(line)]
    next_to = min(parts, key=lambda part: part.distance(Point(0, 0)))
    middle = next_to.project(Point(0, 0))
    return back(substring(next_to, middle - half_km * 1000, middle + half_km * 1000))


def _local_metres(lon: float, lat: float) -> tuple[_Projection, _Projection]:
    """To and from metres around a point; distances to the point itself are exact (azimuthal equidistant)."""
    crs = Transformer.from_crs(4326, f"+proj=aeqd +lat_0={lat} +lon_0={lon} +datum=WGS84", always_xy=True)

    def there(shape: BaseGeometry) -> BaseGeometry:
        return shapely.transform(shape, lambda xy: np.column_stack(crs.transform(xy[:, 0], xy[:, 1])))

    def back(shape: BaseGeometry) -> BaseGeometry:
        return shapely.transform(
            shape, lambda xy: np.column_stack(crs.transform(xy[:, 0], xy[:, 1], direction=_INVERSE))
        )

    return there, back


def _away(lon: float, lat: float, bearing: float, km: float) -> tuple[float, float]:
    x, y, _ = _GEOD.fwd(lon, lat, bearing, km * 1000)
    return (float(x), float(y))
