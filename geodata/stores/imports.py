"""What a store knows of the files it was filled from: how far each was read, which claims it told, what it was refused.

An import is of one content of one file (its ``fingerprint``), so a file cut short goes on where it stopped and one
that was read to its end adds nothing. An import **supersedes** an earlier one of the same format where it tells at
least half of that one's claims, or bears the same name and at least half of its own are that one's: a newer version.
What only the earlier one told is then *gone*: counted and listed, never deleted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

__all__ = [
    "BEGIN",
    "CLOSE",
    "DANGLING",
    "DONE",
    "FIND",
    "GONE",
    "IMPORTS",
    "OPEN",
    "REFUSE",
    "SUPERSEDE",
    "TABLES",
    "TELL",
    "TOLD",
    "Gone",
    "Import",
]  # fmt: skip

TABLES: Final = (
    """CREATE TABLE imports (number INTEGER, file VARCHAR, reader VARCHAR, fingerprint VARCHAR, started TIMESTAMP,
        finished TIMESTAMP, records BIGINT, new BIGINT, changed BIGINT, unchanged BIGINT, refused BIGINT, gone BIGINT,
        superseded_by INTEGER, mapping VARCHAR)""",
    "CREATE TABLE told (import INTEGER, document BOOLEAN, id VARCHAR)",
    "CREATE TABLE rejections (ordinal BIGINT, import INTEGER, value VARCHAR, closed_by INTEGER)",
)
"""``told`` names the claims and documents of each import in force; a rejection is open until an import closes it."""

IMPORTS: Final = """SELECT number, file, reader, started, finished, records, new, changed, unchanged, refused, gone,
    mapping FROM imports"""

FIND: Final = IMPORTS + " WHERE fingerprint = $1 AND superseded_by IS NULL"
BEGIN: Final = """
INSERT INTO imports SELECT (SELECT count(*) FROM imports) + 1, $1, $2, $3, $4, NULL, 0, 0, 0, 0, 0, 0, NULL, $5
RETURNING number
"""
TELL: Final = """
UPDATE imports SET records = records + $2, new = new + $3, changed = changed + $4, unchanged = unchanged + $5,
    refused = refused + $6 WHERE number = $1
"""

REFUSE: Final = (
    """UPDATE rejections SET import = $1
        WHERE closed_by IS NULL AND value IN (SELECT value FROM arrow) AND import IS DISTINCT FROM $1""",
    """INSERT INTO rejections
        SELECT (SELECT count(*) FROM rejections) + row_number() OVER (ORDER BY nth) - 1, $1, value, NULL
        FROM (SELECT value, min(nth) AS nth FROM arrow GROUP BY value)
        WHERE value NOT IN (SELECT value FROM rejections WHERE closed_by IS NULL)""",
)
"""Keep the rejections in the order they came; one that stands open already becomes this import's."""
OPEN: Final = "SELECT value FROM rejections WHERE closed_by IS NULL"
CLOSE: Final = """
UPDATE rejections SET closed_by = $1
WHERE closed_by IS NULL AND substr(sha256(value), 1, 16) IN (SELECT unnest(CAST($2 AS VARCHAR[])))
"""
"""Close the rejections of these ids: their rows have come mended."""

SUPERSEDE: Final = (
    """
CREATE OR REPLACE TEMP TABLE superseded AS
WITH mine AS (SELECT id FROM told WHERE import = $1 AND NOT document),
me AS (FROM imports WHERE number = $1)
SELECT told.import AS number FROM told JOIN imports i ON i.number = told.import CROSS JOIN me
WHERE i.number <> me.number AND i.reader = me.reader AND NOT told.document
GROUP BY told.import, i.file, me.file
HAVING 2 * count(*) FILTER (told.id IN (FROM mine)) >= count(*)
    OR (i.file = me.file AND 2 * count(*) FILTER (told.id IN (FROM mine)) >= (SELECT count(*) FROM mine))
""",
    """
CREATE OR REPLACE TEMP TABLE gone AS
SELECT claim_id, origin_file, origin_row, statement FROM claims WHERE claim_id IN (
    SELECT id FROM told WHERE import IN (FROM superseded)
    EXCEPT SELECT id FROM told WHERE import NOT IN (FROM superseded))
ORDER BY claim_id
""",
)
GONE: Final = "FROM gone"
DONE: Final = (
    "UPDATE imports SET finished = $2, gone = (SELECT count(*) FROM gone) WHERE number = $1",
    "UPDATE imports SET superseded_by = $1 WHERE number IN (FROM superseded)",
    "UPDATE rejections SET closed_by = $1 WHERE closed_by IS NULL AND import IN (FROM superseded)",
    "DELETE FROM told WHERE import IN (FROM superseded)",
)
"""End an import, and close what the versions it supersedes were refused and it was not."""
TOLD: Final = "SELECT id FROM told WHERE import = $1 AND document = $2 AND id IN (SELECT id FROM arrow)"
DANGLING: Final = """
SELECT count(*) FROM (
    SELECT unnest(relations, recursive := true) FROM claims
    WHERE len(relations) > 0 AND claim_id IN (SELECT id FROM told WHERE import = $1))
WHERE type <> 'sourced_to' AND target NOT IN (SELECT claim_id FROM claims)
"""


@dataclass(frozen=True, slots=True)
class Import:
    """One content of one file on its way in, or in; counts are of claims, ``records`` of all that was read."""

    number: int
    file: str
    reader: str
    started: datetime
    finished: datetime | None
    records: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    gone: int = 0
    mapping: str = ""
    """How its columns were read, as TOML, where they have no fixed names."""


@dataclass(frozen=True, slots=True)
class Gone:
    """A claim that an earlier version of a file told and a newer one does not."""

    claim_id: str
    file: str
    row: str
    statement: str
