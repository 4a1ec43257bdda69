"""Tiles of Web Mercator as SQL conditions on the columns x and y."""

from __future__ import annotations

from collections.abc import Sequence
from math import asinh, floor, pi, radians, tan
from typing import Final

__all__ = ["within"]

_EDGE: Final = 85.05
"""Latitude where the map ends."""


def within(box: Sequence[float], zoom: int, grid: int) -> str:
    """The condition that tile x, y of the grid lies in a cell which the box (west, south, east, north) touches."""
    west, south, east, north = box
    n, shift = 2**zoom, grid - zoom
    left, right = (min(n - 1, floor((lon + 180) / 360 % 1 * n)) if abs(lon) != 180 else (lon > 0) * (n - 1)
                   for lon in (west, east))  # fmt: skip
    top, bottom = (min(n - 1, max(0, floor((0.5 - asinh(tan(radians(max(-_EDGE, min(_EDGE, lat))))) / (2 * pi)) * n)))
                   for lat in (north, south))  # fmt: skip
    first, last = left << shift, ((right + 1) << shift) - 1
    across = f"x BETWEEN {first} AND {last}" if west <= east else f"(x >= {first} OR x <= {last})"
    return f"{across} AND y BETWEEN {top << shift} AND {((bottom + 1) << shift) - 1}"
