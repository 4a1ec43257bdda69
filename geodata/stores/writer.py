"""The one writer: bundles go into a draft of the next version, which is put in force once, at the end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final, TypeVar
from uuid import uuid4

import duckdb
import msgspec
import pyarrow as pa

from geodata.model import Bundle, Claim, Document, Mark, Rejection, Source
from geodata.schema import SCHEMA, Dtype, place_of, row
from geodata.stores import sql
from geodata.stores.base import AppendReport
from geodata.stores.files import Folder
from geodata.stores.snapshot import sound
from geodata.stores.values import encoded, revived

__all__ = ["Writer", "drafted", "make"]

T = TypeVar("T")

_INSTANTS: Final = tuple(c.name for c in SCHEMA if c.dtype is Dtype.INSTANT)
_PAGE: Final = 20_000
_NEWEST: Final = f"""
SELECT arg_max(claim, revision) FROM revisions WHERE claim_id IN {sql.GIVEN} GROUP BY claim_id
"""


def make(folder: Folder) -> None:
    """Make an empty store in the folder, unless another process has just made one."""
    with folder.lock(timeout_s=10):
        if folder.current() is None:
            draft = folder.draft()
            with _connected(draft) as con:
                for statement in sql.TABLES:
                    con.sql(statement)
                meta = (sql.MAGIC, sql.FORMAT, uuid4().hex[:12], sql.naive(datetime.now(UTC)))
                con.sql("INSERT INTO meta VALUES ($1, $2, $3, $4)", params=meta)
            folder.publish(draft)


@contextmanager
def drafted(folder: Folder) -> Iterator[Writer]:
    """A writer on a draft, put in force when the block ends and something was added; nothing remains if it fails."""
    with folder.lock():
        draft = folder.draft()
        try:
            with sound(folder.path), _connected(draft) as con:
                writer = Writer(con)
                yield writer
                changed = writer.finish()
            if changed:
                folder.publish(draft)
        finally:
            folder.discard()


@contextmanager
def _connected(draft: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection in one transaction, committed and written out at the end of the block."""
    con = duckdb.connect(draft)
    try:
        con.begin()
        yield con
        con.commit()
        con.sql("CHECKPOINT")
    finally:
        con.close()


class Writer:
    """Adds bundles to a draft. Only :func:`drafted` makes one; it is of no use after its block."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con
        self._now = datetime.now(UTC)
        self._changed = False
        con.sql("CREATE TEMP TABLE touched (claim_id VARCHAR)")

    def append(self, bundle: Bundle) -> AppendReport:
        """Add a bundle; a claim that differs from its newest revision becomes a new revision."""
        self._put("sources", "claimant", {s.source_id: encoded(s) for s in bundle.sources})
        self._put("documents", "document_id", {d.document_id: encoded(d) for d in bundle.documents})
        self._refuse(bundle.rejections)
        new = changed = 0
        for page in _pages(bundle.claims):
            added = self._revise(page)
            new += sum(claim.revision == 1 for claim in added)
            changed += sum(claim.revision > 1 for claim in added)
        return AppendReport(new, changed, len(bundle.claims) - new - changed, len(bundle.rejections))

    def finish(self) -> bool:
        """Make the table of claims anew where something changed; False if nothing has."""
        if not self._changed:
            return False
        self._con.sql("DELETE FROM claims WHERE claim_id IN (FROM touched)")
        sources = {i: msgspec.json.decode(v, type=Source) for i, v in self._rows("FROM sources")}
        touched = [i for (i,) in self._rows("SELECT DISTINCT claim_id FROM touched")]
        for ids in _pages(touched):
            claims = self._newest(ids)
            documents = self._documents([c.document_id for c in claims])
            self._insert("claims", pa.Table.from_pylist([_line(c, sources, documents) for c in claims], sql.BATCH))
        self._con.sql(sql.REBUILD)
        return True

    def _revise(self, claims: Sequence[Claim]) -> list[Claim]:
        """Add what is new among the claims and say which revisions that made."""
        newest = {c.claim_id: c for c in self._newest([c.claim_id for c in claims])}
        added = []
        for given in claims:
            last = newest.get(given.claim_id)
            if last and last == replace(given, revision=last.revision, recorded_at=last.recorded_at):
                continue
            claim = replace(given, revision=last.revision + 1 if last else 1, recorded_at=self._now)
            newest[claim.claim_id] = claim
            added.append(claim)
        if added:
            ids = pa.array([c.claim_id for c in added])
            revisions = pa.array([c.revision for c in added], pa.int32())
            times = pa.array([sql.naive(self._now)] * len(added))
            columns = {"claim_id": ids, "revision": revisions, "recorded_at": times, "claim": list(map(encoded, added))}
            self._insert("revisions", pa.table(columns))
            self._insert("touched", pa.table({"claim_id": ids}))
        return added

    def _newest(self, ids: Sequence[str]) -> list[Claim]:
        return [revived(value) for (value,) in self._rows(_NEWEST, ids)]

    def _put(self, table: str, column: str, values: Mapping[str, str]) -> None:
        """Set values by id; the claims whose ``column`` names one that changed are touched."""
        for ids in _pages(values):
            held = dict(self._rows(f"SELECT id, value FROM {table} WHERE id IN {sql.GIVEN}", ids))
            if fresh := [i for i in ids if held.get(i) != values[i]]:
                self._con.sql(f"DELETE FROM {table} WHERE id IN {sql.GIVEN}", params=[fresh])
                self._insert(table, pa.table({"id": fresh, "value": [values[i] for i in fresh]}))
                touch = f"INSERT INTO touched SELECT claim_id FROM claims WHERE {column} IN {sql.GIVEN}"
                self._con.sql(touch, params=[fresh])

    def _refuse(self, rejections: Sequence[Rejection]) -> None:
        """Keep the rejections that are not kept yet."""
        held = {v for (v,) in self._rows("SELECT value FROM rejections")} if rejections else set()
        if fresh := [v for v in dict.fromkeys(map(encoded, rejections)) if v not in held]:
            numbers = range(len(held), len(held) + len(fresh))
            self._insert("rejections", pa.table({"ordinal": list(numbers), "value": fresh}))

    def _insert(self, table: str, rows: pa.Table) -> None:
        self._changed = True
        self._con.register("given", rows)
        self._con.sql(f"INSERT INTO {table} BY NAME FROM given")
        self._con.unregister("given")

    def _documents(self, ids: Sequence[str]) -> dict[str, Document]:
        found = self._rows(f"SELECT id, value FROM documents WHERE id IN {sql.GIVEN}", ids)
        return {i: msgspec.json.decode(v, type=Document) for i, v in found}

    def _rows(self, statement: str, ids: Sequence[str] | None = None) -> list[Any]:
        return self._con.sql(statement, params=None if ids is None else [list(ids)]).fetchall()


def _line(claim: Claim, sources: Mapping[str, Source], documents: Mapping[str, Document]) -> dict[str, Any]:
    """The claim as a row of the table of claims."""
    cells = row(claim, sources, documents)
    searched = [claim.statement, claim.quote, cells["claimant_name"], cells["document_title"]]
    searched += [name for m in claim.places for name in (m.mention, m.name)]
    cells |= {name: sql.naive(cells[name]) for name in _INSTANTS if cells[name]}
    return cells | {"search": "\n".join(searched).casefold(), "marks": [_mark(claim, mark) for mark in claim.marks]}


def _mark(claim: Claim, mark: Mark) -> dict[str, Any]:
    mention = place_of(claim, mark)
    own = {f: getattr(mark, f) for f in ("lon", "lat", "radius_km", "precision", "role", "place_id", "shape")}
    return own | {"bearing_deg": mark.bearing_deg, "place": mention.name if mention else ""}


def _pages(values: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(values)
    while page := list(islice(rest, _PAGE)):
        yield page
