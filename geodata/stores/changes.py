"""What the writer says to DuckDB: which of the claims given are new or changed, and the columns made from them.

Claims come in through the table ``given``; ``revised`` names those that are revisions, ``due`` is a view of those to
be put into ``claims``, and ``touched`` names claims whose source or document has changed.
"""

from __future__ import annotations

from typing import Final

from geodata.model import LAYER_OF, UNKNOWN_SIDE, Kind, Precision, Unplaced
from geodata.stores.sql import TEXT, place_of
from geodata.stores.tables import CLAIMS, DAILY, GRID, columns

__all__ = [
    "COUNT", "COUNT_DAILY", "DERIVE", "DUE", "FURTHER", "LAST", "NAMES", "PUT", "PUT_NAMES", "REPLACE", "RETOUCH",
    "REVISE", "TEXTS", "TOUCHED", "UNSOUND",
]  # fmt: skip

UNSOUND: Final = """
SELECT claim_id, CASE
    WHEN happened_start >= happened_end THEN 'happened_start is not before happened_end'
    WHEN said_start >= said_end THEN 'said_start is not before said_end'
    WHEN (span_start IS NULL) <> (span_end IS NULL) THEN 'one of span_start and span_end is null' END AS why
FROM given WHERE why IS NOT NULL LIMIT 1
"""
"""A given claim that the model would refuse, and why."""

_SAID: Final = ", ".join(name for name in CLAIMS.names if name not in ("origin_file", "origin_row"))
_CONTENT: Final = f"hash({_SAID})"
"""One number for all that a claim says: where it differs, there is another revision. A row that only stands on
another line, or in a file of another name, says the same."""
_STOOD: Final = "contradicted_in, retracted_in"
"""Carried from row to row until it is settled how the claim stands now."""
REVISE: Final = f"""
CREATE OR REPLACE TEMP TABLE revised AS
WITH same AS MATERIALIZED (SELECT rowid AS at FROM claims WHERE claim_id IN (SELECT claim_id FROM given)),
held AS (SELECT claim_id, revision, added, {_STOOD}, {_CONTENT} AS content FROM claims WHERE rowid IN (FROM same)),
compared AS (
    SELECT nth, claim_id, coalesce(held.revision, 0) AS known, coalesce(held.added, getvariable('version')) AS added,
        {_STOOD},
        told.content IS DISTINCT FROM coalesce(lag(told.content) OVER same, held.content) AS differs
    FROM (SELECT nth, claim_id, {_CONTENT} AS content FROM given) told LEFT JOIN held USING (claim_id)
    WINDOW same AS (PARTITION BY claim_id ORDER BY nth))
SELECT nth, claim_id, $1 AS recorded_at, added, {_STOOD}, CAST(known + row_number() OVER same AS INTEGER) AS revision,
    lead(nth) OVER same IS NULL AS newest
FROM compared WHERE differs WINDOW same AS (PARTITION BY claim_id ORDER BY nth)
"""
"""Find the revisions: each given claim is compared with the one before it, in ``given`` or in ``claims``."""

COUNT: Final = "SELECT count(*) FILTER (revision = 1), count(*) FILTER (revision > 1) FROM revised"

_TILES: Final = f"x >> {GRID - DAILY} AS x, y >> {GRID - DAILY} AS y, layer"


def _daily(some: str, sign: str = "") -> str:
    """Put into ``daily`` what those claims add to it, or take away."""
    return f"""
INSERT INTO daily
WITH told AS (SELECT key, happened_start AS t, happened_end AS u, x, y, layer FROM claims WHERE {some}),
spread AS (
    SELECT t, u, x, y, layer, false AS further FROM told UNION ALL
    SELECT t, u, f.x, f.y, layer, true FROM further f JOIN told USING (key))
SELECT CAST(t AS DATE) AS first, CAST(u - INTERVAL 1 MICROSECOND AS DATE) AS last, {_TILES}, further, {sign}count(*)
FROM spread GROUP BY ALL
"""


REPLACE: Final = (
    f"""INSERT INTO past BY NAME SELECT {columns()}, revision, recorded_at
        FROM claims WHERE claim_id IN (SELECT claim_id FROM revised WHERE revision > 1)""",
    f"""INSERT INTO past BY NAME SELECT {columns("g.")}, r.revision, r.recorded_at
        FROM given g JOIN revised r USING (nth) WHERE NOT r.newest""",
    _daily("claim_id IN (SELECT claim_id FROM revised WHERE revision > 1)", "-"),
    "DELETE FROM claims WHERE claim_id IN (SELECT claim_id FROM revised WHERE revision > 1)",
)
"""Move revisions that are no longer the newest into ``past``."""
DUE: Final = f"""
CREATE OR REPLACE TEMP VIEW due AS SELECT {columns("g.")}, r.revision, r.recorded_at, r.added, {_STOOD}
FROM given g JOIN revised r USING (nth) WHERE r.newest
"""
"""What is to be put in of the given; DERIVE then does it."""

RETOUCH: Final = (
    f"""CREATE OR REPLACE TEMP TABLE again AS SELECT {columns()}, revision, recorded_at, added, {_STOOD}
        FROM claims WHERE claim_id IN (FROM touched)""",
    _daily("claim_id IN (FROM touched)", "-"),
    "DELETE FROM claims WHERE claim_id IN (FROM touched)",
    "CREATE OR REPLACE TEMP VIEW due AS FROM again",
)
"""Take out the claims that were touched; DERIVE then puts them back as they are now."""

TOUCHED: Final = "CREATE OR REPLACE TEMP TABLE touched (claim_id VARCHAR)"
PUT: Final = (
    """CREATE OR REPLACE TEMP TABLE fresh AS
        SELECT id, arrow.value FROM arrow LEFT JOIN {table} kept USING (id)
        WHERE kept.value IS DISTINCT FROM arrow.value""",
    "DELETE FROM {table} WHERE id IN (SELECT id FROM fresh)",
    "INSERT INTO {table} FROM fresh",
    "INSERT INTO touched SELECT claim_id FROM claims WHERE {column} IN (SELECT id FROM fresh)",
)
"""Set sources or documents by id and touch the claims that name one which is new or has changed."""

_COUNTRY: Final = (
    f"CASE WHEN unplaced = '{Unplaced.COUNTRY_ONLY}' THEN '{Precision.COUNTRY}' ELSE '{Precision.NONE}' END"
)
_LAYER: Final = "CASE kind " + " ".join(f"WHEN '{kind}' THEN '{LAYER_OF[kind]}'" for kind in Kind) + " END"
_OF_DOCUMENT: Final = ("document_title", "publisher", "published", "url", "licence", "attribution", "citation")


def _tile(mark: str) -> str:
    """The tile of a mark in Web Mercator; latitudes beyond the map lie on its edge."""
    sin = f"sin(radians(greatest(-85.05, least(85.05, {mark}.lat))))"
    parts = (f"({mark}.lon + 180) / 360", f"0.5 - ln((1 + {sin}) / (1 - {sin})) / (4 * pi())")
    x, y = (f"CAST(greatest(0, least({2**GRID - 1}, floor(({part}) * {2**GRID}))) AS INTEGER)" for part in parts)
    return f"CASE WHEN {mark} IS NOT NULL THEN {x} END AS x, CASE WHEN {mark} IS NOT NULL THEN {y} END AS y"


def _of_document(name: str) -> str:
    return f"value ->> '$.{name.removeprefix('document_')}' AS {name}"


DERIVE: Final = f"""
INSERT INTO claims BY NAME
WITH told AS (
    SELECT due.*, {_LAYER} AS layer, coalesce(CAST(marks[1].precision AS VARCHAR), {_COUNTRY}) AS precision,
        list_transform(marks, lambda m: coalesce({place_of("m")}.name, '')) AS mark_places,
        coalesce(s.name, claimant) AS claimant_name, coalesce(s.side, '{UNKNOWN_SIDE}') AS side,
        {", ".join(f"coalesce(d.{name}, '') AS {name}" for name in _OF_DOCUMENT)},
        coalesce(d.graphic, false) AS graphic,
        1 AS sides, false AS contradicted, false AS corroborated, false AS retracted, false AS denied
    FROM due
    LEFT JOIN (
        SELECT id, value ->> '$.name' AS name, value ->> '$.side' AS side
        FROM sources WHERE id IN (SELECT claimant FROM due)) s ON s.id = claimant
    LEFT JOIN (
        SELECT id, {", ".join(map(_of_document, _OF_DOCUMENT))}, CAST(value ->> '$.graphic' AS BOOLEAN) AS graphic
        FROM documents WHERE id IN (SELECT document_id FROM due)) d ON d.id = document_id)
SELECT *, CAST(nextval('keys') AS INTEGER) AS key, getvariable('version') AS changed,
    coalesce(happened_start, happened_end - INTERVAL 1 MICROSECOND) AS edge, {_tile("marks[1]")} FROM told
"""
"""Put what is due into the table of claims, with all that is made from it."""

LAST: Final = "SELECT coalesce(max(key), 0) FROM claims"
FURTHER: Final = f"""
INSERT INTO further SELECT key, {_tile("mark")} FROM (
    SELECT key, unnest(marks[2:]) AS mark FROM claims WHERE key > $1 AND len(marks) > 1)
"""
"""Put in the marks but the first of the claims that came after the key given."""
TEXTS: Final = f"SELECT key, {TEXT} AS text FROM claims WHERE key > $1"
"""What can be searched of those claims."""
NAMES: Final = """
SELECT DISTINCT unnest([p.mention, p.name]) AS name FROM (SELECT unnest(places) AS p FROM claims WHERE key > $1)
"""
PUT_NAMES: Final = "INSERT INTO place_words SELECT DISTINCT word FROM arrow WHERE word NOT IN (FROM place_words)"

COUNT_DAILY: Final = _daily("key > $1")
"""Count the claims that came after the key given; a row that is taken out again is counted as less than nothing."""
