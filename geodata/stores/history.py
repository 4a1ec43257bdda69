"""How claims stood among the others as these came to be known: a table beside the version, made when it is asked for.

What counts as one happening, and who says the same of it or excludes it, is what is settled of all claims; each voice
counts from the instant at which what it says of that happening was known. So nothing is counted before it was known.
A claim that is taken back later backs nobody meanwhile: that alone is said with hindsight.

A voice is heard by a claim once the first of its claims about the happening is known that counts the claim's own voice
among its backers (or, to contradict, among those it excludes); failing that, one that stands on the same footing, or
that is related to the claim; and where no claim tells, once all that it says of the happening is known.
"""

from __future__ import annotations

import threading
from typing import Final

import duckdb

from geodata.corroborate import WITHDRAWALS
from geodata.model import UNKNOWN_SIDE, Kind, Modality, RelationType
from geodata.spans import Clock

__all__ = ["TAKEN_BACK", "TAKERS", "attach", "ready", "standings_sql"]

_ACTIVE: Final = f"('{RelationType.RETRACTS}', '{RelationType.DENIES}')"
_PASSIVE: Final = f"('{RelationType.RETRACTED_BY}', '{RelationType.DENIED_BY}')"
_OPPOSING: Final = f"('{RelationType.CONTRADICTS}', '{RelationType.CONTRADICTED_BY}')"
TAKEN_BACK: Final = f"('{Modality.RETRACTED}', '{Modality.DENIED}')"
_VOICE: Final = {RelationType.RETRACTS: Modality.RETRACTED, RelationType.DENIES: Modality.DENIED}
_ACTS: Final = " OR ".join(
    f"(a.subtype = '{subtype}' AND c.modality = '{_VOICE[kind]}')" for subtype, kind in WITHDRAWALS.items()
)
_STATED: Final = "SELECT claim_id, unnest(relations) AS r FROM main.claims WHERE len(relations) > 0"
TAKERS: Final = f"""
SELECT r.target AS claim_id, claim_id AS taker FROM ({_STATED}) WHERE r.type IN {_ACTIVE}
UNION SELECT claim_id, r.target FROM ({_STATED})
    WHERE r.type IN {_PASSIVE} AND r.target IN (SELECT claim_id FROM main.claims)
UNION SELECT c.claim_id, a.claim_id FROM main.claims c JOIN main.claims a
    ON a.kind = '{Kind.INFORMATION}' AND a.document_id = c.document_id AND ({_ACTS})
    WHERE c.kind <> '{Kind.INFORMATION}' AND c.document_id <> ''"""
"""Claims and those that take them back: by stated relations, or told in the same document."""

_NEVER: Final = "TIMESTAMP '9999-01-01'"
_FIRST: Final = {
    Clock.SAID: f"SELECT claim_id, coalesce(said_end, {_NEVER}) AS known FROM main.claims",
    Clock.RECORDED: """SELECT claim_id, min(recorded_at) AS known FROM (SELECT claim_id, recorded_at FROM main.claims
        UNION ALL SELECT claim_id, recorded_at FROM past) GROUP BY claim_id""",
}
"""When each claim came to be known."""

_TOLD: Final = f"""
CREATE TABLE held.told_{{by}} AS WITH
first AS MATERIALIZED ({{first}}),
alike AS MATERIALIZED (SELECT footing, hash(voices) AS backed, len(voices) > 1 OR len(opposed) > 0 AS many,
    voices[1] AS lone FROM main.footings),
taken AS (SELECT t.claim_id, min(first.known) AS since FROM ({TAKERS}) t JOIN first ON first.claim_id = t.taker
    GROUP BY t.claim_id)
SELECT claim_id, hash(coalesce(event, claim_id), backed) AS class, coalesce(event, claim_id) AS event, footing,
    claimant AS own, known, contradicted, taken.since AS taken, CAST(NULL AS TIMESTAMP) AS against
FROM main.claims JOIN alike USING (footing) JOIN first USING (claim_id) LEFT JOIN taken USING (claim_id)
WHERE event IS NOT NULL OR many OR taken.since IS NOT NULL OR lone <> claimant
"""
"""Claims that others bear on: ``class`` is shared by those of one happening that the same voices back."""
_VOICES: Final = f"""
CREATE TABLE held.voices_{{by}} AS WITH
own AS MATERIALIZED (SELECT class, own AS voice, min(known) AS since FROM held.told_{{by}} GROUP BY ALL),
last AS MATERIALIZED (SELECT event, own AS voice, max(known) AS since FROM held.told_{{by}} GROUP BY ALL),
ever AS MATERIALIZED (SELECT voice, max(since) AS since FROM last WHERE since < {_NEVER} GROUP BY voice),
related AS MATERIALIZED (SELECT class, other.claimant AS voice, min(first.known) AS since FROM (
        SELECT claim_id, r.target AS other FROM ({_STATED}) UNION SELECT r.target, claim_id FROM ({_STATED})) r
    JOIN held.told_{{by}} t ON t.claim_id = r.claim_id JOIN main.claims other ON other.claim_id = r.other
    JOIN ({{first}}) first ON first.claim_id = r.other GROUP BY ALL),
named AS (SELECT class, event, unnest(voices) AS voice FROM (
    SELECT class, any_value(event) AS event, any_value(footing) AS footing FROM held.told_{{by}} GROUP BY class)
    JOIN main.footings USING (footing))
SELECT class, voice, nullif(json_extract_string(value, '$.side'), '{UNKNOWN_SIDE}') AS side,
    coalesce(own.since, related.since, last.since, ever.since, {_NEVER}) AS since
FROM named LEFT JOIN own USING (class, voice) LEFT JOIN related USING (class, voice) LEFT JOIN last USING (event, voice)
    LEFT JOIN ever USING (voice)    LEFT JOIN sources ON sources.id = voice
"""
"""When each voice that backs a class was first heard."""
_AGAINST: Final = """
UPDATE held.told_{by} SET against = found.since FROM (
    SELECT a.class, min(b.known) AS since FROM (
        SELECT DISTINCT class, event, unnest(opposed) AS voice FROM (
            SELECT DISTINCT class, event, footing FROM held.told_{by} WHERE contradicted)
            JOIN main.footings USING (footing)) a
    JOIN held.told_{by} b ON b.event = a.event AND b.own = a.voice AND b.class <> a.class AND b.contradicted
    GROUP BY a.class) found
WHERE found.class = held.told_{by}.class AND contradicted
"""
"""When the first that excludes it was known; null where no claim of the happening tells."""
_AT_LAST: Final = """
UPDATE held.told_{by} SET against = found.since FROM (
    SELECT a.claim_id, max(b.known) AS since FROM (
        SELECT claim_id, unnest(opposed) AS voice FROM held.told_{by} JOIN main.footings USING (footing)
        WHERE contradicted AND against IS NULL) a
    JOIN (SELECT own, known, claim_id FROM held.told_{by} WHERE contradicted
        QUALIFY row_number() OVER (PARTITION BY own ORDER BY known DESC) <= 2) b  -- the last, or the last but itself
        ON b.own = a.voice AND b.claim_id <> a.claim_id GROUP BY a.claim_id) found
WHERE found.claim_id = held.told_{by}.claim_id
"""
"""Failing that, once all contradicted claims of those who exclude it were known: a claim may be of two happenings."""
_ACROSS: Final = f"""
UPDATE held.told_{{by}} SET against = found.since FROM (
    SELECT r.claim_id, min(first.known) AS since FROM (
        SELECT claim_id, r.target AS other FROM ({_STATED}) WHERE r.type IN {_OPPOSING}
        UNION SELECT r.target, claim_id FROM ({_STATED}) WHERE r.type IN {_OPPOSING}) r
    JOIN ({{first}}) first ON first.claim_id = r.other GROUP BY r.claim_id) found
WHERE found.claim_id = held.told_{{by}}.claim_id AND (against IS NULL OR found.since < against)
"""

_STANDINGS: Final = f"""
WITH numbered AS (SELECT claim_id, contradicted AS at_odds,
        row_number() OVER (ORDER BY happened_start NULLS FIRST, claim_id) - 1 AS claim FROM main.claims),
joined AS (SELECT class, side, min(since) AS since FROM held.voices_{{by}} WHERE side IS NOT NULL GROUP BY ALL),
told AS (SELECT claim_id, class, known, against, taken FROM held.told_{{by}} WHERE known < {_NEVER}),
points AS (
    SELECT claim_id, known AS since FROM told
    UNION SELECT claim_id, greatest(known, joined.since) FROM told JOIN joined USING (class)
    UNION SELECT claim_id, greatest(known, against) FROM told WHERE against IS NOT NULL
    UNION SELECT claim_id, greatest(known, taken) FROM told WHERE taken IS NOT NULL)
SELECT CAST(any_value(claim) AS UINTEGER) AS claim, p.since AS since,
    CAST(greatest(1, count(DISTINCT side) FILTER (joined.since <= p.since)) AS INTEGER) AS sides,
    any_value(at_odds) AND coalesce(any_value(against) <= p.since, true) AS contradicted,
    coalesce(any_value(told.taken) <= p.since, true) AS taken
FROM points p JOIN told USING (claim_id) JOIN numbered USING (claim_id)
    LEFT JOIN joined USING (class)
WHERE p.since < {_NEVER} AND claim_id IN (SELECT claim_id FROM points GROUP BY claim_id HAVING count(*) > 1)
GROUP BY claim_id, p.since ORDER BY p.since, claim
"""


def standings_sql(by: Clock) -> str:
    """How claims stood from when on, of those whose standing changed after they were known; ``claim`` numbers them."""
    return _STANDINGS.format(by=by)


_MAKING: Final = threading.Lock()


def attach(con: duckdb.DuckDBPyConnection) -> None:
    """Give a version that is read a place for what is made of it."""
    con.sql("ATTACH IF NOT EXISTS ':memory:' AS held (READ_WRITE)")


def ready(con: duckdb.DuckDBPyConnection, statement: str) -> duckdb.DuckDBPyConnection:
    """A cursor to run a statement with: the tables of a clock that it names are there, of the version it is run on."""
    for by in _FIRST:
        if f"held.told_{by}" in statement:
            _make(con, by)
    return con.cursor()


def _make(con: duckdb.DuckDBPyConnection, by: Clock) -> None:
    """Make the tables ``held.told_*`` and ``held.voices_*`` of a clock, unless they are there."""
    with _MAKING:
        cursor = con.cursor()
        if not cursor.sql(f"FROM duckdb_tables() WHERE table_name = 'voices_{by}'").fetchall():
            for statement in (_TOLD, _AGAINST, _ACROSS, _AT_LAST, _VOICES):
                cursor.sql(statement.format(by=by, first=_FIRST[by]))
