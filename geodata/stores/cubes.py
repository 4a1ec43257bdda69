"""Claims counted by cell, time and layer, for a map of more claims than a page should hold."""

from __future__ import annotations

from math import asinh, floor, pi, radians, tan
from typing import Final

from geodata.errors import StoreError
from geodata.stores import sql
from geodata.stores.base import Box
from geodata.stores.tables import DAILY, GRID

__all__ = ["cube_sql"]

_DAY: Final = 24 * 60
_EDGE: Final = 85.05
"""Latitude where the map ends."""


def cube_sql(where: sql.Where, box: Box | None, zoom: int, bin_minutes: int) -> str:
    """Columns x, y, minute, layer, claims: what is drawn of the matching claims, counted.

    Raises
    ------
    StoreError
        If there is no such zoom or bin.
    """
    if not 0 <= zoom <= GRID or bin_minutes < 1:
        raise StoreError(f"no cells of zoom {zoom} by {bin_minutes} minutes", remedy=f"Zooms are 0 to {GRID}.")
    if zoom <= DAILY and bin_minutes % _DAY == 0 and where.conditions.keys() <= {"layer"}:
        grid, counted = DAILY, "sum(claims)"
        spread = f"SELECT x, y, layer, coalesce(first, last)::TIMESTAMP AS edge, claims FROM daily {where.sql()}"
    else:
        grid, counted = GRID, "count(*)"
        spread = f"""SELECT x, y, layer, {where.edge} AS edge FROM claims {where.sql()} UNION ALL
            SELECT f.x, f.y, layer, edge FROM (SELECT key, layer, {where.edge} AS edge FROM claims {where.sql()})
            JOIN further f USING (key)"""
    width = bin_minutes * 60_000_000
    start = f"epoch_us(edge) - ((epoch_us(edge) % {width} + {width}) % {width})"
    minute = f"CAST(({start}) // 60_000_000 AS INTEGER)"
    return f"""{where.head}
        SELECT x >> {grid - zoom} AS x, y >> {grid - zoom} AS y, {minute} AS minute, layer,
            CAST({counted} AS UINTEGER) AS claims
        FROM ({spread}) WHERE x IS NOT NULL {_within(box, zoom, grid)} GROUP BY ALL HAVING {counted} > 0"""


def _within(box: Box | None, zoom: int, grid: int) -> str:
    """The condition that a tile of the grid lies in a cell which the box touches."""
    if box is None:
        return ""
    west, south, east, north = box
    n, shift = 2**zoom, grid - zoom
    left, right = (min(n - 1, floor((lon + 180) / 360 % 1 * n)) if abs(lon) != 180 else (lon > 0) * (n - 1)
                   for lon in (west, east))  # fmt: skip
    top, bottom = (min(n - 1, max(0, floor((0.5 - asinh(tan(radians(max(-_EDGE, min(_EDGE, lat))))) / (2 * pi)) * n)))
                   for lat in (north, south))  # fmt: skip
    first, last = left << shift, ((right + 1) << shift) - 1
    across = f"x BETWEEN {first} AND {last}" if west <= east else f"(x >= {first} OR x <= {last})"
    return f"AND {across} AND y BETWEEN {top << shift} AND {((bottom + 1) << shift) - 1}"
