"""The one writer: claims go into a draft of the next version, which is put in force once, at the end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import uuid4

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from geodata.errors import StoreError
from geodata.model import Bundle, Rejection
from geodata.stores import changes, sql, tables
from geodata.stores.base import AppendReport
from geodata.stores.files import Folder
from geodata.stores.rows import table_of
from geodata.stores.snapshot import sound
from geodata.stores.values import encoded

__all__ = ["Writer", "drafted", "make"]

_PAGE: Final = 50_000
"""Claims turned into rows at once."""
_BATCH: Final = 245_760
"""Rows compared and put in at once: two of DuckDB's row groups."""
_CONFIG: Final[dict[str, str | bool | int | float | list[str]]] = {"memory_limit": "1GB"}
"""What does not fit spills beside the draft, whatever the size of the store."""


def make(folder: Folder) -> None:
    """Make an empty store in the folder, unless another process has just made one."""
    with folder.lock(timeout_s=10):
        if folder.current() is None:
            draft = folder.draft()
            with _connected(draft) as con:
                for statement in tables.TABLES:
                    con.sql(statement)
                meta = (tables.MAGIC, tables.FORMAT, uuid4().hex[:12], sql.naive(datetime.now(UTC)))
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
    con = duckdb.connect(draft, config=_CONFIG)
    try:
        con.sql("SET TimeZone = 'UTC'")
        con.begin()
        yield con
        con.commit()
        con.sql("CHECKPOINT")
    finally:
        con.close()


class Writer:
    """Adds claims to a draft. Only :func:`drafted` makes one; it is of no use after its block."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con
        self._now = sql.naive(datetime.now(UTC))
        self._changed = False
        con.sql(changes.TOUCHED)

    def append(self, bundle: Bundle) -> AppendReport:
        """Add a bundle; a claim that differs from its newest revision becomes a new revision."""
        self._put("sources", "claimant", {s.source_id: encoded(s) for s in bundle.sources})
        self._put("documents", "document_id", {d.document_id: encoded(d) for d in bundle.documents})
        self._refuse(bundle.rejections)
        new = changed = 0
        for start in range(0, len(bundle.claims), _PAGE):
            added = self.append_table(table_of(bundle.claims[start : start + _PAGE]))
            new, changed = new + added.new, changed + added.changed
        return AppendReport(new, changed, len(bundle.claims) - new - changed, len(bundle.rejections))

    def append_table(self, claims: pa.Table) -> AppendReport:
        """Add claims given as rows of :data:`geodata.stores.CLAIMS`, without making a value of each.

        A column may be left out: each of its cells is then the model's default. ``claim_id``, ``statement`` and
        ``kind`` may not. Sources and documents are given to :meth:`append`, before or after.

        Raises
        ------
        StoreError
            If the table does not fit CLAIMS, or a row is no claim: none is added then.
        """
        pages = [claims.slice(start, _BATCH) for start in range(0, claims.num_rows, _BATCH)]
        added = [self._revise(page) for page in pages]
        new, changed = (sum(counts) for counts in zip(*added, strict=True)) if added else (0, 0)
        return AppendReport(new, changed, claims.num_rows - new - changed)

    def finish(self) -> bool:
        """Bring what is made from several records up to date; False if nothing has been added."""
        if self._changed:
            for statement in (*changes.RETOUCH, changes.DERIVE, *changes.SETTLE):
                self._con.sql(statement)
        return self._changed

    def _revise(self, claims: pa.Table) -> tuple[int, int]:
        """Add what is new among the claims and say how many are new, and how many changed."""
        self._take(claims)
        self._con.sql(changes.REVISE, params=[self._now])
        ((new, changed),) = self._con.sql(changes.COUNT).fetchall()
        if new or changed:
            self._changed = True
            for statement in (*changes.REPLACE, changes.DERIVE):
                self._con.sql(statement)
        return new, changed

    def _take(self, claims: pa.Table) -> None:
        """Put the rows into the table ``given``, numbered as they came, the earliest first."""
        rows = claims.append_column("nth", pa.array(range(claims.num_rows), pa.int64()))
        try:
            if "happened_start" in claims.column_names:
                start = claims["happened_start"].combine_chunks()
                rows = rows.take(pc.array_sort_indices(start, null_placement="at_start"))
            self._con.sql(tables.GIVEN)
            self._with(rows, "INSERT INTO given BY NAME FROM arrow")
        except (duckdb.DataError, duckdb.IntegrityError, duckdb.ProgrammingError, pa.ArrowException) as e:
            raise _misfit(str(e)) from e
        for claim_id, why in self._con.sql(changes.UNSOUND).fetchall():
            raise _misfit(f"claim {claim_id!r}: {why}")

    def _put(self, table: str, column: str, values: Mapping[str, str]) -> None:
        """Set values by id; the claims whose ``column`` names one that changed are touched."""
        if not values:
            return
        find, *keep = (statement.format(table=table, column=column) for statement in changes.PUT)
        self._with(pa.table({"id": list(values), "value": list(values.values())}), find)
        if self._con.sql("FROM fresh LIMIT 1").fetchall():
            self._changed = True
            for statement in keep:
                self._con.sql(statement)

    def _refuse(self, rejections: Sequence[Rejection]) -> None:
        """Keep the rejections that are not kept yet."""
        if rejections:
            count = "SELECT count(*) FROM rejections"
            before = self._con.sql(count).fetchall()
            values = [encoded(r) for r in rejections]
            self._with(pa.table({"nth": pa.array(range(len(values))), "value": values}), changes.REFUSE)
            self._changed |= self._con.sql(count).fetchall() != before

    def _with(self, arrow: pa.Table, statement: str) -> None:
        """Run a statement that reads the table as ``arrow``."""
        self._con.register("arrow", arrow)
        try:
            self._con.sql(statement)
        finally:
            self._con.unregister("arrow")


def _misfit(what: str) -> StoreError:
    return StoreError(f"the table does not fit CLAIMS: {what}", remedy="See geodata.stores.CLAIMS for its columns.")
