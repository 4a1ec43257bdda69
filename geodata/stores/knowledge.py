"""Claims as they could be known at an instant: a table that takes the place of ``claims`` in a reader's statements.

A claim is there from the instant by which it certainly had been said (the end of that span), or was first recorded.
Until a claim that takes it back is there as well, one that is withdrawn stands as claimed; it is contradicted,
corroborated and backed by other sides as far as those who speak of its event are there.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from geodata.model import UNKNOWN_SIDE, Modality, RelationType
from geodata.query import Query
from geodata.spans import Clock

__all__ = ["CLOCKS", "as_known"]

_ACTIVE: Final = f"('{RelationType.RETRACTS}', '{RelationType.DENIES}')"
_PASSIVE: Final = f"('{RelationType.RETRACTED_BY}', '{RelationType.DENIED_BY}')"
_TAKEN_BACK: Final = f"('{Modality.RETRACTED}', '{Modality.DENIED}')"
_LATER: Final = f"""
SELECT r.target AS claim_id, claim_id AS taker FROM (SELECT claim_id, unnest(relations) AS r FROM main.claims
    WHERE len(relations) > 0) WHERE r.type IN {_ACTIVE}
UNION SELECT claim_id, r.target FROM (SELECT claim_id, unnest(relations) AS r FROM main.claims
    WHERE len(relations) > 0) WHERE r.type IN {_PASSIVE} AND r.target IN (SELECT claim_id FROM main.claims)"""
"""Claims and those that take them back, by stated relations."""


CLOCKS: Final = f"""
WITH recorded AS (
    SELECT claim_id, min(recorded_at) AS first FROM (SELECT claim_id, recorded_at FROM main.claims UNION ALL
        SELECT claim_id, recorded_at FROM past) GROUP BY claim_id),
takers AS (
    SELECT l.claim_id, min(said_end) AS said_taken, min(first) AS recorded_taken
    FROM ({_LATER}) l JOIN main.claims c ON c.claim_id = l.taker JOIN recorded r ON r.claim_id = l.taker GROUP BY ALL)
SELECT said_start, said_end, first AS recorded, takers.claim_id IS NOT NULL AS taken, said_taken, recorded_taken
FROM main.claims c JOIN recorded USING (claim_id) LEFT JOIN takers USING (claim_id)
ORDER BY happened_start NULLS FIRST, claim_id
"""
"""When each claim was said and first recorded, and when the first that takes it back was, in the order of the store."""


def _known(query: Query) -> str:
    """The condition that a row of ``main.claims`` was known at the instant asked for."""
    at = _literal(query.known or datetime.now(UTC))
    if query.by is Clock.SAID:
        return f"said_end <= {at}"
    return f"""(recorded_at <= {at} OR (revision > 1
        AND claim_id IN (SELECT claim_id FROM past WHERE recorded_at <= {at})))"""


def as_known(query: Query) -> str:
    """Definitions for a WITH clause that make ``claims`` mean the claims known then, as they stood; empty for all."""
    if query.known is None:
        return ""
    known, words = _known(query), _STANDINGS
    return f"""then_known AS MATERIALIZED (SELECT claim_id FROM main.claims WHERE {known}),
        taken_back AS MATERIALIZED (
            SELECT claim_id, bool_or(taker IN (FROM then_known)) AS yet FROM ({_LATER}) GROUP BY claim_id),
        heard AS MATERIALIZED (SELECT event AS heard_of,
            greatest(1, count(DISTINCT side) FILTER (side <> '{UNKNOWN_SIDE}')) AS heard_sides,
            {", ".join(f"count(DISTINCT claimant) FILTER ({word}) > 1 AS heard_{word}" for word in words)}
            FROM main.claims WHERE event IS NOT NULL AND {known} GROUP BY event),
        claims AS NOT MATERIALIZED (SELECT c.rowid, c.* REPLACE (
            {", ".join(f"{made} AS {name}" for name, made in _MADE.items())})
            FROM main.claims c LEFT JOIN taken_back USING (claim_id) LEFT JOIN heard ON heard_of = c.event
            WHERE {known.replace("claim_id IN", "c.claim_id IN")})"""


_STANDINGS: Final = ("contradicted", "corroborated")
_NOT_YET: Final = "yet IS NOT NULL AND NOT yet"
_MADE: Final = {
    "modality": f"""CASE WHEN c.modality IN {_TAKEN_BACK} AND {_NOT_YET}
        THEN '{Modality.CLAIMED}' ELSE CAST(c.modality AS VARCHAR) END""",
    "retracted": f"c.retracted AND NOT ({_NOT_YET})",
    "denied": f"c.denied AND NOT ({_NOT_YET})",
    **{word: f"c.{word} AND coalesce(heard_{word}, true)" for word in _STANDINGS},
    "sides": "least(c.sides, coalesce(heard_sides, c.sides))",
}


def _literal(instant: datetime) -> str:
    return f"TIMESTAMP '{instant.astimezone(UTC):%Y-%m-%d %H:%M:%S}'"
