"""What people add beside the claims: which of two claims are of one happening, and who a source is.

Nothing is overwritten: what is taken back or described anew is a further row, in a new version of the store.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any, Final

import duckdb
import msgspec
import pyarrow as pa

from geodata.errors import StoreError
from geodata.model import BODIES, UNSTATED, Bundle, Claim, Pairing, RelationType, Source, SourceRevision
from geodata.stores.base import AppendReport
from geodata.stores.values import as_arrow, encoded, naive

__all__ = ["PAIRED", "TABLES", "TOGETHER", "Authored", "described", "tell_pairings", "tell_revisions"]

_NEWEST: Final = "PARTITION BY least(claim_id, other), greatest(claim_id, other) ORDER BY written_at DESC, removed"
TABLES: Final = (
    """CREATE TABLE pairings (claim_id VARCHAR, other VARCHAR, type VARCHAR, author VARCHAR, reason VARCHAR,
        written_at TIMESTAMP, removed BOOLEAN)""",
    f"""CREATE VIEW paired AS SELECT * EXCLUDE (removed) FROM (
        FROM pairings QUALIFY row_number() OVER ({_NEWEST}) = 1) WHERE NOT removed""",
    "CREATE TABLE revisions (id VARCHAR, value VARCHAR, author VARCHAR, reason VARCHAR, written_at TIMESTAMP)",
)
"""``paired`` has what is said last of two claims, unless it was taken back. In ``revisions`` of sources, the first of
each has no author and no time: it is the source as it came.
"""

_FIELDS: Final = "claim_id, other, type, author, reason, written_at"
PAIRED: Final = f"SELECT {_FIELDS} FROM paired ORDER BY written_at, claim_id, other"
_PAIRINGS: Final = f"SELECT {_FIELDS}, removed FROM pairings ORDER BY written_at, claim_id, other"
TOGETHER: Final = f"SELECT unnest([claim_id, other]) AS claim_id FROM paired WHERE type = '{RelationType.SAME_EVENT}'"
"""Claims that were put together with others."""
_UNSETTLE: Final = f"""
UPDATE claims SET footing = NULL WHERE claim_id IN (SELECT unnest([claim_id, other]) FROM arrow UNION {TOGETHER})
"""
"""Have the claims of what is told settled anew, and those they may be put together with."""
_TELL_PAIRINGS: Final = (
    "INSERT INTO pairings BY NAME SELECT DISTINCT * FROM arrow"
    f" WHERE ({_FIELDS}, removed) NOT IN (FROM pairings) RETURNING claim_id"
)
_TELL_REVISIONS: Final = (
    """INSERT INTO revisions SELECT id, value, '', '', NULL FROM sources
        WHERE id IN (SELECT id FROM arrow) AND id NOT IN (SELECT id FROM revisions)""",
    """INSERT INTO revisions BY NAME SELECT DISTINCT * FROM arrow
        WHERE (id, value, author, reason, written_at) NOT IN (FROM revisions WHERE written_at IS NOT NULL)
        RETURNING id""",
)
_DESCRIBED: Final = """
SELECT id, arg_max(value, written_at) FROM revisions WHERE written_at IS NOT NULL AND id IN (
    SELECT unnest($1)) GROUP BY id
"""
_REVISIONS: Final = """
SELECT value, author, reason, written_at FROM revisions WHERE $1 IS NULL OR id = $1
ORDER BY written_at NULLS FIRST, id
"""
_WORD: Final = re.compile(r"[a-z][a-z_]*")
_FAILS: Final = "Say who writes it, and give the source a name, a side in lower-case letters and a sort of body."


class Authored(ABC):
    """The part of a store that people write into by hand."""

    @abstractmethod
    def _rows(self, statement: str, values: Sequence[Any]) -> list[Any]: ...

    @abstractmethod
    def append(self, bundle: Bundle) -> AppendReport:
        """Add one bundle and put the new version in force."""

    @abstractmethod
    def get(self, claim_id: str, *, revision: int | None = None) -> Claim:
        """One claim."""

    @abstractmethod
    def sources(self) -> Mapping[str, Source]:
        """Every source the store knows, by id."""

    def pairings(self, *, every: bool = False) -> Sequence[Pairing]:
        """What people say of two claims, the earliest first."""
        rows = self._rows(_PAIRINGS if every else PAIRED, ())
        return tuple(
            Pairing(a, b, RelationType(word), author, reason, at.replace(tzinfo=UTC), *removed)
            for a, b, word, author, reason, at, *removed in rows
        )

    def pair(self, pairing: Pairing) -> Pairing:
        """Say of two claims that they are of one happening, or of two, or take it back; returned as it is kept."""
        kept = _checked(pairing, self.pairings())
        for claim_id in (pairing.claim_id, pairing.other):
            self.get(claim_id)
        self.append(Bundle(pairings=(kept,)))
        return kept

    def revisions(self, source_id: str | None = None) -> Sequence[SourceRevision]:
        """What people wrote of a source, or of all, the earliest first; before that, of each, how it came."""
        rows = self._rows(_REVISIONS, (source_id,))
        return tuple(
            SourceRevision(msgspec.json.decode(value, type=Source), author, reason, at and at.replace(tzinfo=UTC))
            for value, author, reason, at in rows
        )

    def revise(self, revision: SourceRevision) -> SourceRevision:
        """Describe a source anew; returned as it is kept."""
        given = revision.source
        before = self.sources().get(given.source_id)
        if before is None or given.source_id == UNSTATED:
            raise StoreError(
                f"no source {given.source_id!r} to be described", remedy="Choose one in the list of sources."
            )
        aliases = tuple(dict.fromkeys(a.strip() for a in given.aliases if a.strip()))
        source = replace(given, name=given.name.strip(), aliases=aliases, reviewed=True)
        if not (revision.author.strip() and source.name and _WORD.fullmatch(source.side) and source.body in BODIES):
            raise StoreError("the source is not wholly described", remedy=f"{_FAILS} One of: {', '.join(BODIES)}.")
        if source == before:
            raise StoreError("nothing of the source is changed", remedy="Change its name, side, sort or other names.")
        kept = SourceRevision(source, revision.author.strip(), revision.reason.strip(), datetime.now(UTC))
        self.append(Bundle(revisions=(kept,)))
        return kept


def tell_pairings(con: duckdb.DuckDBPyConnection, pairings: Iterable[Pairing]) -> bool:
    """Keep what is said of two claims; True if something was not known yet. The claims are then to be settled."""
    now = datetime.now(UTC)
    told = [{**asdict(p), "type": str(p.type), "written_at": naive(p.written_at or now)} for p in pairings]
    if not told:
        return False
    with as_arrow(con, pa.Table.from_pylist(told)):
        con.execute(_UNSETTLE)
        fresh = bool(con.execute(_TELL_PAIRINGS).fetchall())
        con.execute(_UNSETTLE)
    return fresh


def tell_revisions(con: duckdb.DuckDBPyConnection, revisions: Iterable[SourceRevision]) -> bool:
    """Keep what people wrote of sources, and how these came before; True if something was not known yet."""
    now = datetime.now(UTC)
    told = [
        {
            "id": r.source.source_id,
            "value": encoded(r.source),
            "author": r.author,
            "reason": r.reason,
            "written_at": naive(r.written_at or now),
        }
        for r in revisions
    ]
    if not told:
        return False
    before, tell = _TELL_REVISIONS
    with as_arrow(con, pa.Table.from_pylist(told)):
        con.execute(before)
        return bool(con.execute(tell).fetchall())


def described(con: duckdb.DuckDBPyConnection, ids: Iterable[str]) -> dict[str, str]:
    """Of these sources, as JSON, what people wrote last."""
    wanted = list(ids)
    return dict(con.execute(_DESCRIBED, [wanted]).fetchall()) if wanted else {}


def _checked(pairing: Pairing, held: Iterable[Pairing]) -> Pairing:
    """What is said of two claims, dated now and without needless blanks."""
    both = {pairing.claim_id, pairing.other}
    if len(both) < 2 or pairing.type not in (RelationType.SAME_EVENT, RelationType.OTHER_EVENT):
        raise StoreError("two claims are put together or kept apart", remedy="Name two, and same_event or other_event.")
    if not pairing.author.strip():
        raise StoreError("it needs an author", remedy="Say who puts them together or keeps them apart.")
    if pairing.removed and not any({p.claim_id, p.other} == both for p in held):
        raise StoreError("nobody has said that of these two claims", remedy="Look at the card of one of them.")
    return replace(pairing, author=pairing.author.strip(), reason=pairing.reason.strip(), written_at=datetime.now(UTC))
