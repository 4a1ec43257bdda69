"""Claims as they could be known at an instant: a table that takes the place of ``claims`` in a reader's statements.

A claim is there from the instant by which it certainly had been said (the end of that span), or was first recorded.
Until a claim that takes it back is there as well, one that is withdrawn stands as claimed; relations to what was not
known are left out; it is contradicted, corroborated and backed by other sides as :mod:`geodata.stores.history` has it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from geodata.model import Modality
from geodata.query import Query
from geodata.spans import Clock
from geodata.stores.history import TAKEN_BACK

__all__ = ["CLOCKS", "as_known"]

CLOCKS: Final = """
WITH recorded AS (
    SELECT claim_id, min(recorded_at) AS first FROM (SELECT claim_id, recorded_at FROM main.claims UNION ALL
        SELECT claim_id, recorded_at FROM past) GROUP BY claim_id)
SELECT said_start, said_end, first AS recorded FROM main.claims JOIN recorded USING (claim_id)
ORDER BY happened_start NULLS FIRST, claim_id
"""
"""When each claim was said and first recorded, in the order of the store."""


def _known(query: Query) -> str:
    """The condition that a row of ``main.claims`` was known at the instant asked for."""
    at = _literal(query.known or datetime.now(UTC))
    if query.by is Clock.SAID:
        return f"said_end <= {at}"
    return f"""(recorded_at <= {at} OR (revision > 1
        AND claim_id IN (SELECT claim_id FROM past WHERE recorded_at <= {at})))"""


def as_known(query: Query) -> str:
    """Definitions for a WITH clause that make ``claims`` mean the claims known then, as they stood; empty for all.

    The column ``then_voices`` has who had backed a claim by then, null where that is what its footing says; ``spoken``
    who had said anything of a happening that several speak of.
    """
    if query.known is None:
        return ""
    known, at = _known(query), _literal(query.known)
    return f"""heard AS MATERIALIZED (SELECT class, list(voice) AS voices, count(DISTINCT side) AS sides
            FROM held.voices_{query.by} WHERE since <= {at} GROUP BY class),
        spoken AS (SELECT event AS happening, list(DISTINCT own) AS spoke
            FROM held.told_{query.by} WHERE known <= {at} GROUP BY event),
        met AS MATERIALIZED (SELECT claim_id, coalesce(h.voices, []) AS then_voices,
                CAST(greatest(1, coalesce(h.sides, 0)) AS INTEGER) AS then_sides,
                coalesce(against <= {at}, true) AS against_yet, coalesce(taken <= {at}, true) AS taken_yet
            FROM held.told_{query.by} LEFT JOIN heard h USING (class) WHERE known <= {at}),
        stated AS MATERIALIZED (SELECT claim_id, unnest(relations) AS r, generate_subscripts(relations, 1) AS nth
            FROM main.claims WHERE len(relations) > 0),
        unknown AS (SELECT claim_id FROM main.claims
            WHERE claim_id IN (SELECT r.target FROM stated) AND NOT coalesce({known}, false)),
        related AS MATERIALIZED (SELECT claim_id, list(r ORDER BY nth) AS then_related FROM stated
            WHERE r.target NOT IN (FROM unknown) GROUP BY claim_id),
        claims AS NOT MATERIALIZED (SELECT c.rowid, c.* REPLACE (
            {", ".join(f"{made} AS {name}" for name, made in _MADE.items())}), then_voices
            FROM main.claims c LEFT JOIN met USING (claim_id) LEFT JOIN related USING (claim_id)
            WHERE {known.replace("claim_id IN", "c.claim_id IN")})"""


_OTHERS: Final = "len(then_voices) - CAST(list_contains(then_voices, c.claimant) AS INTEGER)"
_MADE: Final = {
    "modality": f"""CASE WHEN c.modality IN {TAKEN_BACK} AND NOT coalesce(taken_yet, true)
        THEN '{Modality.CLAIMED}' ELSE CAST(c.modality AS VARCHAR) END""",
    "retracted": "c.retracted AND coalesce(taken_yet, true)",
    "denied": "c.denied AND coalesce(taken_yet, true)",
    "contradicted": "c.contradicted AND coalesce(against_yet, true)",
    "corroborated": f"c.corroborated AND coalesce({_OTHERS} > 0, true)",
    "sides": "coalesce(then_sides, c.sides)",
    "relations": "CASE WHEN len(c.relations) > 0 THEN coalesce(then_related, []) ELSE c.relations END",
}


def _literal(instant: datetime) -> str:
    return f"TIMESTAMP '{instant.astimezone(UTC):%Y-%m-%d %H:%M:%S}'"
