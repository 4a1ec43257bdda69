"""Claims counted by cell, time and layer, for a map of more claims than a page should hold."""

from __future__ import annotations

from typing import Final

from geodata.errors import StoreError
from geodata.stores import sql
from geodata.stores.base import Box
from geodata.stores.tables import DAILY, GRID
from geodata.stores.tiles import within

__all__ = ["cube_sql"]

_DAY: Final = 24 * 60


def cube_sql(where: sql.Where, box: Box | None, zoom: int, bin_minutes: int) -> str:
    """Columns x, y, minute, layer, claims: what is drawn of the matching claims, counted.

    Raises
    ------
    StoreError
        If there is no such zoom or bin.
    """
    if not 0 <= zoom <= GRID or bin_minutes < 1:
        raise StoreError(f"no cells of zoom {zoom} by {bin_minutes} minutes", remedy=f"Zooms are 0 to {GRID}.")
    daily = not where.head and where.edge == "edge" and where.conditions.keys() <= {"layer"}
    if daily and zoom <= DAILY and bin_minutes % _DAY == 0:
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
        FROM ({spread}) WHERE x IS NOT NULL {_touched(box, zoom, grid)} GROUP BY ALL HAVING {counted} > 0"""


def _touched(box: Box | None, zoom: int, grid: int) -> str:
    return f"AND {within(box, zoom, grid)}" if box else ""
