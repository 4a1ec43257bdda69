"""What people add beside the claims, in the tables of a version: which of two claims are of one happening.

Nothing is overwritten: a pairing that is taken back is a further row.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from geodata.errors import StoreError
from geodata.model import Pairing, RelationType

__all__ = ["COUNT", "PAIRED", "PAIRINGS", "TABLES", "TELL", "TOGETHER", "UNSETTLE", "checked"]

_NEWEST: Final = "PARTITION BY least(claim_id, other), greatest(claim_id, other) ORDER BY written_at DESC, removed"
TABLES: Final = (
    """CREATE TABLE pairings (claim_id VARCHAR, other VARCHAR, type VARCHAR, author VARCHAR, reason VARCHAR,
        written_at TIMESTAMP, removed BOOLEAN)""",
    f"""CREATE VIEW paired AS SELECT * EXCLUDE (removed) FROM (
        FROM pairings QUALIFY row_number() OVER ({_NEWEST}) = 1) WHERE NOT removed""",
)
"""``paired`` has what is said last of two claims, unless it was taken back."""

_FIELDS: Final = "claim_id, other, type, author, reason, written_at"
PAIRED: Final = f"SELECT {_FIELDS} FROM paired ORDER BY written_at, claim_id, other"
PAIRINGS: Final = f"SELECT {_FIELDS}, removed FROM pairings ORDER BY written_at, claim_id, other"
COUNT: Final = "SELECT count(*) FROM pairings"
TELL: Final = """
INSERT INTO pairings BY NAME SELECT DISTINCT * FROM arrow
    WHERE (claim_id, other, type, author, reason, written_at, removed) NOT IN (FROM pairings)
"""
TOGETHER: Final = f"SELECT unnest([claim_id, other]) AS claim_id FROM paired WHERE type = '{RelationType.SAME_EVENT}'"
"""Claims that were put together with others."""
UNSETTLE: Final = f"""
UPDATE claims SET footing = NULL WHERE claim_id IN (
    SELECT unnest([claim_id, other]) FROM arrow UNION {TOGETHER})
"""
"""Have the claims of what was just told settled anew, and those they may be put together with."""


def checked(pairing: Pairing, held: Iterable[Pairing]) -> Pairing:
    """What is said of two claims, dated now and without needless blanks.

    Raises
    ------
    StoreError
        If they are one claim, no author is named, or nothing was said that is taken back.
    """
    both = {pairing.claim_id, pairing.other}
    if len(both) < 2 or pairing.type not in (RelationType.SAME_EVENT, RelationType.OTHER_EVENT):
        raise StoreError("two claims are put together or kept apart", remedy="Name two, and same_event or other_event.")
    if not pairing.author.strip():
        raise StoreError("it needs an author", remedy="Say who puts them together or keeps them apart.")
    if pairing.removed and not any({p.claim_id, p.other} == both for p in held):
        raise StoreError("nobody has said that of these two claims", remedy="Look at the card of one of them.")
    return replace(pairing, author=pairing.author.strip(), reason=pairing.reason.strip(), written_at=datetime.now(UTC))
