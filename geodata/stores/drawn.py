"""The geometry of claims: what the marks of each draw, taken together."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from shapely.geometry.base import BaseGeometry

from geodata import gazetteer, shapes

__all__ = ["geometries"]


def geometries(marks: pa.ChunkedArray) -> np.ndarray[Any, Any]:
    """The geometry of each claim, EPSG:4326, from its list of marks (structs with ``lon``, ``lat`` and ``shape``).

    A mark is a Point, or the shape of its recipe; several marks are a GeometryCollection in their order, none is None.
    """
    lists = marks.combine_chunks()
    mark = lists.flatten()
    parts = shapely.points(mark.field("lon").to_numpy(False), mark.field("lat").to_numpy(False))
    recipes = mark.field("shape").to_pylist()
    for i in (i for i, recipe in enumerate(recipes) if recipe):
        parts[i] = _shape(recipes[i])
    counts = np.asarray(lists.value_lengths())
    first = np.cumsum(counts) - counts
    found = np.full(len(counts), None, object)
    found[counts == 1] = parts[first[counts == 1]]
    for n in np.flatnonzero(counts > 1):
        found[n] = shapely.GeometryCollection(list(parts[first[n] : first[n] + counts[n]]))
    return found


@lru_cache(maxsize=4096)
def _shape(recipe: str) -> BaseGeometry:
    return shapes.geometry(recipe, gazetteer.default())
