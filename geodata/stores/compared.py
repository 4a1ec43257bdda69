"""Sources beside each other in SQL: who says what, where and when, who says so first, and how one of them stands."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from geodata.model import UNSTATED
from geodata.query import Query
from geodata.spans import Clock
from geodata.stores.sql import FLAG_COLUMNS, PLACE_ID, PLACE_NAME, Where

__all__ = ["ACROSS", "extent_sql", "leads_sql", "matrix_sql", "portrait_sql"]

ACROSS: Final = ("layer", "place", "week", "month", "year")
"""What the columns of a matrix may be."""
_CELLS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {"layer": ("CAST(layer AS VARCHAR)", "''"), "place": (PLACE_ID, PLACE_NAME)}
)


def _times(query: Query) -> tuple[str, str]:
    word = "said" if query.clock is Clock.SAID else "happened"
    return f"{word}_start", f"{word}_end"


def extent_sql(where: Where, query: Query) -> str:
    """First and last instant that the matching claims state."""
    start, end = _times(query)
    return f"{where.head} SELECT min(least({start}, {end})), max(greatest({start}, {end})) FROM claims {where.sql()}"


def matrix_sql(where: Where, query: Query, across: str, *, rows: int, columns: int) -> str:
    """Claims by source and column: ``source``, ``col``, ``name``, ``claims``; the largest rows and columns.

    A claim counts in every week (month, year) that it overlaps. The ends of time follow the values of ``where``.
    """
    if across in _CELLS:
        col, name = _CELLS[across]
        cells = f"SELECT claimant, {col} AS col, {name} AS name FROM claims {where.sql()}"
    else:
        (start, end), n = _times(query), len(where.values)
        first, last = f"greatest(coalesce({start}, ${n + 1}), ${n + 1})", f"least(coalesce({end}, ${n + 2}), ${n + 2})"
        steps = (
            f"generate_series(date_trunc('{across}', {first}), {last} - INTERVAL 1 MICROSECOND, INTERVAL 1 {across})"
        )
        cells = f"""SELECT claimant, strftime(t, '%Y-%m-%d') AS col, '' AS name
            FROM (SELECT claimant, unnest({steps}) AS t FROM claims {where.sql()})"""
    most = f"SELECT claimant FROM claims {where.sql()} GROUP BY claimant ORDER BY count(*) DESC, claimant LIMIT {rows}"
    wide = f"SELECT col FROM ({cells}) WHERE col <> '' GROUP BY col ORDER BY count(*) DESC, col LIMIT {columns}"
    return f"""{where.head}
        SELECT claimant AS source, col, min(name) AS name, CAST(count(*) AS INTEGER) AS claims FROM ({cells})
        WHERE claimant IN ({most}) AND col IN ({wide}) GROUP BY claimant, col ORDER BY claimant, col"""


def leads_sql(where: Where, *, source: str = "", limit: int) -> str:
    """Pairs of sources by the events both speak of; ``source`` is the ``$n`` of one that must be in the pair."""
    some = f"{where.sql()} AND" if where.conditions else "WHERE"
    one = f"WHERE (SELECT voice FROM named WHERE claimant = {source}) IN (a.voice, b.voice)" if source else ""
    head = f"{where.head}, " if where.head else "WITH "
    return f"""{head} said AS MATERIALIZED (
            SELECT event, claimant, min(coalesce(said_start, said_end - INTERVAL 1 DAY)) AS "at"
            FROM claims {some} event IS NOT NULL AND NOT starts_with(event, 'total ') AND claimant <> '{UNSTATED}'
                AND coalesce(said_start, said_end) IS NOT NULL
            GROUP BY event, claimant),
        named AS MATERIALIZED (SELECT claimant, CAST(row_number() OVER (ORDER BY claimant) AS INTEGER) AS voice
            FROM (SELECT DISTINCT claimant FROM said)),
        numbered AS (SELECT event, CAST(row_number() OVER () AS INTEGER) AS nth
            FROM said GROUP BY event HAVING count(*) > 1),
        shared AS MATERIALIZED (
            SELECT nth, voice, "at" FROM said JOIN numbered USING (event) JOIN named USING (claimant)),
        told AS (SELECT voice, count(*) AS n FROM shared GROUP BY voice),
        often AS MATERIALIZED (
            SELECT a.voice AS a, b.voice AS b, count(*) AS events
            FROM shared a JOIN shared b ON a.nth = b.nth AND a.voice < b.voice {one}
            GROUP BY ALL ORDER BY events DESC, a, b LIMIT {limit}),
        pairs AS (
            SELECT often.a, often.b, events, count(*) FILTER (a.at < b.at) AS a_first,
                count(*) FILTER (b.at < a.at) AS b_first, count(*) FILTER (a.at = b.at) AS together,
                median(date_diff('minute', a.at, b.at)) / 60 AS median_h
            FROM often JOIN shared a ON a.voice = often.a JOIN shared b ON b.voice = often.b AND b.nth = a.nth
            GROUP BY ALL)
        SELECT one.claimant AS a, other.claimant AS b, events, a_first, b_first, together, median_h,
            one_told.n - events AS a_alone, other_told.n - events AS b_alone
        FROM pairs JOIN named one ON one.voice = a JOIN named other ON other.voice = b
            JOIN told one_told ON one_told.voice = a JOIN told other_told ON other_told.voice = b
        ORDER BY events DESC, pairs.a, pairs.b"""


def portrait_sql(where: Where) -> str:
    """How the claims of one source stand: ``part``, ``word``, ``name``, ``claims``, one row a thing that is counted."""
    own = f"(SELECT * FROM claims {where.sql()})"
    flags = " UNION ALL ".join(
        f"SELECT 'standing', '{flag}', '', count(*) FILTER ({flag}) FROM {own}" for flag in FLAG_COLUMNS
    )
    return f"""{where.head}
        SELECT 'claims' AS part, '' AS word, '' AS name, count(*) AS claims FROM {own} UNION ALL {flags}
        UNION ALL SELECT 'layer', CAST(layer AS VARCHAR), '', count(*) FROM {own} GROUP BY layer
        UNION ALL SELECT 'place', {PLACE_ID}, min({PLACE_NAME}), count(*) FROM {own} GROUP BY {PLACE_ID}
        UNION ALL SELECT 'relay', r, '', count(*) FROM (SELECT unnest(relays) AS r FROM {own}) GROUP BY r
        UNION ALL SELECT 'day', strftime(CAST(edge AS DATE), '%Y-%m-%d'), '', count(*) FROM {own} WHERE edge IS NOT NULL
            GROUP BY CAST(edge AS DATE)
        ORDER BY part, claims DESC, word"""
