"""The geometry of a claim: what its marks draw, taken together."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from geodata import gazetteer, shapes

__all__ = ["drawn"]


def drawn(marks: Iterable[tuple[float, float, str | None]]) -> BaseGeometry | None:
    """The geometry of marks given as (lon, lat, shape recipe or None), EPSG:4326; None if there are none.

    A mark without a recipe is a Point; several marks are a GeometryCollection in their order.
    """
    parts: list[Any] = [_shape(shape) if shape else shapely.Point(lon, lat) for lon, lat, shape in marks]
    return shapely.GeometryCollection(parts) if len(parts) > 1 else next(iter(parts), None)


@lru_cache(maxsize=4096)
def _shape(recipe: str) -> BaseGeometry:
    return shapes.geometry(recipe, gazetteer.default())
