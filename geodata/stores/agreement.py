"""What the others say of each claim, kept beside it: settled at the end of an append for those it concerns.

A claim that has just been put in has no footing yet. It and whatever shares a block with it (place and kind), or is
related to it, now or before, are settled anew; the rest of the store is not read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Final

import duckdb
import msgspec
import pyarrow as pa

from geodata.corroborate import COLUMNS, WITHDRAWALS, Agreement, corroborate, families
from geodata.model import Kind, Pairing, RelationType, Source, Standing
from geodata.stores import authored
from geodata.stores.authored import TOGETHER
from geodata.stores.sql import listed

__all__ = ["FLAGS", "settle"]

FLAGS: Final = (Standing.CORROBORATED, Standing.CONTRADICTED, Standing.RETRACTED, Standing.DENIED)
"""The standings that are columns of their own; ``alone`` is what is not corroborated."""
_MOST: Final = 0.2
"""Where more of the store than this is new, all of it is settled, family by family."""
_PART: Final = 400_000
"""Families of kinds that have no more claims than this together are settled in one part, one of more than twice as many
in several."""
_AT_ONCE: Final = 16 * 122_880
"""Rows brought up to date before they are written out, whole row groups: what an update changes is held in memory."""
_LITTLE: Final = 1_000
"""And one no larger than this is settled anew each time, which takes less than to find whom a claim concerns."""
_WORDS: Final = ("kind", "status", "modality")
_ASKED: Final = ", ".join(f"CAST({c} AS VARCHAR) AS {c}" if c in _WORDS else c for c in COLUMNS)
_VALUES: Final = ("event", "footing", "sides", *FLAGS)
_ACTS: Final = f"kind = '{Kind.INFORMATION}' AND subtype IN {listed(WITHDRAWALS)}"
_TARGETS: Final = "SELECT r.target FROM (SELECT unnest(relations) AS r FROM {told} WHERE {which})"
_TARGETING: Final = """
SELECT claim_id FROM (SELECT claim_id, unnest(relations) AS r FROM claims WHERE len(relations) > 0)
WHERE r.target IN (SELECT claim_id FROM claims WHERE {which})"""
_PAIRED: Final = "SELECT {a} FROM paired WHERE {b} IN (SELECT claim_id FROM claims WHERE {{which}})"
_RELATED: Final = " UNION ".join(
    (
        _TARGETS.replace("{told}", "claims"),
        _TARGETING,
        _PAIRED.format(a="other", b="claim_id"),
        _PAIRED.format(a="claim_id", b="other"),
    )
)
_SETTLED: Final = f"""
CREATE OR REPLACE TEMP TABLE settled (claim_id VARCHAR, event VARCHAR, footing INTEGER, sides INTEGER,
    {", ".join(f"{flag} BOOLEAN" for flag in FLAGS)})
"""
_KEEP_FOOTINGS: Final = """
INSERT INTO footings
SELECT (SELECT coalesce(max(footing), -1) FROM footings) + row_number() OVER (ORDER BY footing), voices, opposed
FROM their_footings ANTI JOIN footings USING (voices, opposed)
"""
_KEEP: Final = f"""
INSERT INTO settled SELECT claim_id, found.event, known.footing, {", ".join(f"found.{v}" for v in _VALUES[2:])}
FROM found JOIN their_footings USING (footing) JOIN footings known USING (voices, opposed) JOIN claims USING (claim_id)
WHERE {{which}} ORDER BY claims.rowid
"""
"""In the order of the claims: an update in any other order takes fifty times as long."""
_UPDATE: Final = f"""
UPDATE claims SET {", ".join(f"{v} = settled.{v}" for v in _VALUES)}, changed = getvariable('version')
FROM settled WHERE settled.claim_id = claims.claim_id AND claims.rowid >= $1 AND claims.rowid < $2
    AND ({" OR ".join(f"claims.{v} IS DISTINCT FROM settled.{v}" for v in _VALUES)})
"""
_STOOD: Final = (Standing.CONTRADICTED, Standing.RETRACTED)
_NOW: Final = "{0}_in = CASE WHEN {0} THEN coalesce({0}_in, getvariable('version')) END"
_SINCE: Final = f"""
UPDATE claims SET {", ".join(_NOW.format(s) for s in _STOOD)}
WHERE {" OR ".join(f"{s} <> ({s}_in IS NOT NULL)" for s in _STOOD)}
"""
"""Since which version claims have stood so."""
_KEEP_BLOCKS: Final = "INSERT INTO blocks SELECT block, claim_id FROM their_blocks"
_DEAL: Final = """
CREATE OR REPLACE TEMP TABLE dealt AS
SELECT claim_id, coalesce(min(hash(block)) % {parts}, 0) AS part
FROM (SELECT claim_id FROM claims WHERE {own}) LEFT JOIN blocks USING (claim_id) GROUP BY claim_id
"""
"""The claims of a family by one of their blocks, so that those of a block are together."""
_FRESH: Final = "footing IS NULL"
_CONCERNED: Final = "claim_id IN (FROM concerned)"
_LOOKED_AT: Final = "claim_id IN (FROM looked_at)"
_GATHER: Final = (
    f"""CREATE OR REPLACE TEMP TABLE dirty AS
        SELECT claim_id FROM claims WHERE {_FRESH} UNION {_RELATED.format(which=_FRESH)}
        UNION {_TARGETS.format(told="past", which=f"claim_id IN (SELECT claim_id FROM claims WHERE {_FRESH})")}""",
    """CREATE OR REPLACE TEMP TABLE concerned AS
        FROM dirty UNION SELECT claim_id FROM blocks WHERE block IN (
            SELECT block FROM blocks WHERE claim_id IN (FROM dirty) UNION SELECT block FROM their_blocks)""",
    f"""INSERT INTO concerned SELECT claim_id FROM ({TOGETHER})
        WHERE EXISTS (FROM ({TOGETHER}) WHERE claim_id IN (FROM concerned))""",
    f"DELETE FROM blocks WHERE claim_id IN (SELECT claim_id FROM claims WHERE {_FRESH})",
    _KEEP_BLOCKS,
    f"""CREATE OR REPLACE TEMP TABLE looked_at AS
        FROM concerned UNION {_RELATED.format(which=_CONCERNED)} UNION
        SELECT claim_id FROM blocks WHERE block IN (SELECT block FROM blocks WHERE {_CONCERNED})""",
)
"""Which claims are concerned by the fresh ones, and which more must be looked at to settle those."""


def settle(con: duckdb.DuckDBPyConnection) -> None:
    """Bring event, footing, sides and standing of the claims up to date with those that have just been put in.

    No transaction may be open: a large store is written out on the way.
    """
    ((fresh, held),) = con.sql(f"SELECT count(*) FILTER ({_FRESH}), count(*) FROM claims").fetchall()
    if not fresh:
        return
    sources = {i: msgspec.json.decode(v, type=Source) for i, v in con.sql("FROM sources").fetchall()}
    agree = partial(corroborate, sources=sources, pairings=_pairings(con))
    con.sql(_SETTLED)
    if held > _LITTLE and fresh <= held * _MOST:
        _settle_near(con, agree)
    else:
        _settle_all(con, agree)
    con.sql(_SINCE)


def _settle_all(con: duckdb.DuckDBPyConnection, agree: Callable[[pa.Table], Agreement]) -> None:
    """Settle every claim, those of a large store in parts."""
    con.sql("TRUNCATE blocks")
    parts = list(_parts(con))
    divided = len(parts) > 1 or parts[0][1] > 2 * _PART
    for kinds, claims in parts:
        own = f"kind IN {listed(kinds)}"
        if claims > 2 * _PART:
            _settle_by_blocks(con, agree, own, claims)
            continue
        every = f"{own} OR {_ACTS} OR claim_id IN ({_RELATED.format(which=own)})"
        agreed = agree(_table(con, every if divided else "true"))
        _keep_blocks(con, agreed, own)
        _settle(con, agreed, own)
    _update(con)
    if divided and con.sql(f"{TOGETHER} LIMIT 1").fetchall():  # they may be of two parts
        con.sql(f"UPDATE claims SET footing = NULL WHERE claim_id IN ({TOGETHER})")
        con.sql("TRUNCATE settled")
        _settle_near(con, agree)


def _settle_by_blocks(
    con: duckdb.DuckDBPyConnection, agree: Callable[[pa.Table], Agreement], own: str, claims: int
) -> None:
    """Settle a large family some blocks at a time, with whatever shares a block with their claims or is related."""
    ((rows,),) = con.sql("SELECT max(rowid) + 1 FROM claims").fetchall()
    for first in range(0, rows, _PART):
        slice_ = f"{own} AND rowid >= {first} AND rowid < {first + _PART}"
        _keep_blocks(con, agree(_table(con, slice_)), slice_)
    con.sql(_DEAL.format(own=own, parts=-(-claims // _PART)))
    for (part,) in con.sql("SELECT DISTINCT part FROM dealt ORDER BY part").fetchall():
        mine = f"claim_id IN (SELECT claim_id FROM dealt WHERE part = {part})"
        near = f"SELECT claim_id FROM blocks WHERE block IN (SELECT block FROM blocks WHERE {mine})"
        every = f"{mine} OR {_ACTS} OR claim_id IN ({near} UNION {_RELATED.format(which=mine)})"
        _settle(con, agree(_table(con, every)), mine)


def _keep_blocks(con: duckdb.DuckDBPyConnection, agreed: Agreement, which: str) -> None:
    with _registered(con, their_blocks=agreed.blocks()):
        con.sql(f"{_KEEP_BLOCKS} WHERE claim_id IN (SELECT claim_id FROM claims WHERE {which})")


def _parts(con: duckdb.DuckDBPyConnection) -> Iterator[tuple[tuple[Kind, ...], int]]:
    """The kinds and their claims, those of a family in one part, and as many families as ``_PART`` allows."""
    counts: dict[str, int] = dict(
        con.sql("SELECT CAST(kind AS VARCHAR), count(*) FROM claims GROUP BY kind").fetchall()
    )
    part, claims = tuple[Kind, ...](), 0
    for family in families():
        more = sum(counts.get(kind, 0) for kind in family)
        if part and claims + more > _PART:
            yield part, claims
            part, claims = (), 0
        part, claims = part + family, claims + more
    yield part, claims


def _settle_near(con: duckdb.DuckDBPyConnection, agree: Callable[[pa.Table], Agreement]) -> None:
    """Settle the fresh claims and those that they concern."""
    with _registered(con, their_blocks=agree(_table(con, _FRESH)).blocks()):
        for statement in _GATHER:
            con.sql(statement)
    _settle(con, agree(_table(con, _LOOKED_AT)), _CONCERNED)
    _update(con)


def _settle(con: duckdb.DuckDBPyConnection, agreed: Agreement, which: str) -> None:
    """Settle the claims of a condition among those that were looked at."""
    with _registered(con, found=agreed.table(), their_footings=agreed.footings()):
        con.sql(_KEEP_FOOTINGS)
        con.sql(_KEEP.format(which=which))


def _update(con: duckdb.DuckDBPyConnection) -> None:
    """Bring the claims up to date with what is settled."""
    ((rows,),) = con.sql("SELECT coalesce(max(rowid), -1) + 1 FROM claims").fetchall()
    for first in range(0, rows, _AT_ONCE):
        con.execute(_UPDATE, [first, first + _AT_ONCE])
        if rows > _AT_ONCE:
            con.sql("CHECKPOINT")


def _pairings(con: duckdb.DuckDBPyConnection) -> tuple[Pairing, ...]:
    rows = con.sql(authored.PAIRED).fetchall()
    return tuple(Pairing(a, b, RelationType(word), author) for a, b, word, author, *_ in rows)


def _table(con: duckdb.DuckDBPyConnection, which: str) -> pa.Table:
    return con.sql(f"SELECT {_ASKED} FROM claims WHERE {which}").to_arrow_table()


@contextmanager
def _registered(con: duckdb.DuckDBPyConnection, **tables: pa.Table) -> Iterator[None]:
    """The tables under their names, within the block."""
    for name, table in tables.items():
        con.register(name, table)
    try:
        yield
    finally:
        for name in tables:
            con.unregister(name)
