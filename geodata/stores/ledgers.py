"""The numbers of claims in SQL: what is counted of whom, and each number with who says it. Nothing is summed."""

from __future__ import annotations

from typing import Final

from geodata.corroborate.rule import PARTIES, TOLL_KINDS
from geodata.stores.sql import Where, listed

__all__ = ["numbers_sql", "series_sql"]

_WHO: Final = f"trim(CASE WHEN kind IN {listed(TOLL_KINDS)} THEN target ELSE actor END)"
_NAMED: Final = ", ".join("'{}': '{}'".format(*(w.replace("'", "''") for w in pair)) for pair in PARTIES.items())
_WHOSE: Final = f"coalesce(MAP {{{_NAMED}}}[lower(who)], lower(who))"
_TAKEN_BACK: Final = "('retracted_by', 'denied_by')"


def _figures(where: Where, columns: str) -> str:
    """One row a claimed number: ``f`` and ``whose``."""
    some = f"{where.sql()} AND" if where.conditions else "WHERE"
    return f"""(SELECT *, {_WHOSE} AS whose FROM (
        SELECT {columns}, {_WHO} AS who, unnest(figures) AS f FROM claims {some} len(figures) > 0))"""


def series_sql(where: Where) -> str:
    """What is counted of whom: ``measure``, ``unit``, ``whose``, ``named``, ``numbers``; the most numbers first."""
    return f"""{where.head}
        SELECT f.measure AS measure, coalesce(f.unit, '') AS unit, whose, min(who) AS named,
            CAST(count(*) AS INTEGER) AS numbers
        FROM {_figures(where, "kind")} GROUP BY ALL ORDER BY numbers DESC, measure, unit, whose"""


def numbers_sql(where: Where, limit: int) -> str:
    """The largest numbers of one series, each with its claim; its three words follow the values of ``where``."""
    n, opposed, spoken = len(where.values), "coalesce(opposed, [])", ""
    if where.known:
        opposed, spoken = f"list_intersect({opposed}, coalesce(spoke, []))", "LEFT JOIN spoken ON happening = event"
    return f"""{where.head}
        SELECT claim_id, f.low AS low, f.best AS best, f.high AS high, f.qualifier AS qualifier, f.text AS text,
            coalesce(f.since, '') AS since, statement, claimant, side, relays, said_start, said_end, happened_start,
            happened_end, CAST(modality AS VARCHAR) AS modality, negated, graphic, sides,
            {opposed} AS opposed,
            contradicted, corroborated, retracted, denied,
            list_transform(list_filter(relations, lambda r: r.type IN {_TAKEN_BACK}),
                lambda r: {{'type': CAST(r.type AS VARCHAR), 'target': r.target}}) AS taken_back
        FROM {_figures(where, "*")} LEFT JOIN footings USING (footing) {spoken}
        WHERE f.measure = ${n + 1} AND coalesce(f.unit, '') = ${n + 2} AND whose = ${n + 3}
        ORDER BY coalesce(f.high, f.best, f.low) DESC NULLS LAST, claim_id LIMIT {int(limit)}"""
