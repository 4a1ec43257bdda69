"""The one writer: claims go into a draft of the next version, which is put in force once, at the end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
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
    """A connection to the draft, written out at the end of the block."""
    con = duckdb.connect(draft, config=_CONFIG)
    try:
        con.sql("SET enable_progress_bar = false")
        con.sql("SET TimeZone = 'UTC'")
        yield con
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
        with self._whole():
            self._put("sources", "claimant", {s.source_id: encoded(s) for s in bundle.sources})
            self._put("documents", "document_id", {d.document_id: encoded(d) for d in bundle.documents})
            self._refuse(bundle.rejections)
            starts = range(0, len(bundle.claims), _PAGE)
            report = self._revise(table_of(bundle.claims[start : start + _PAGE]) for start in starts)
        return replace(report, rejected=len(bundle.rejections))

    def append_table(self, claims: pa.Table) -> AppendReport:
        """Add claims given as rows of :data:`geodata.stores.CLAIMS`, without making a value of each.

        A column may be left out: each of its cells is then the model's default. ``claim_id``, ``statement`` and
        ``kind`` may not. Sources and documents are given to :meth:`append`, before or after.

        Raises
        ------
        StoreError
            If the table does not fit CLAIMS, or a row is no claim: none is added then.
        """
        with self._whole():
            return self._revise(claims.slice(start, _BATCH) for start in range(0, claims.num_rows, _BATCH))

    def finish(self) -> bool:
        """Bring what is made from several records up to date; False if nothing has been added."""
        if self._changed:
            with self._whole():
                self._run(*changes.RETOUCH, changes.DERIVE, *changes.SETTLE)
        return self._changed

    def _revise(self, pages: Iterable[pa.Table]) -> AppendReport:
        """Add what is new among the claims."""
        new = changed = rows = 0
        for page in pages:
            self._take(page)
            self._con.sql(changes.REVISE, params=[self._now])
            ((first, later),) = self._con.sql(changes.COUNT).fetchall()
            if first or later:
                self._changed = True
                self._run(*changes.REPLACE, changes.DERIVE)
            new, changed, rows = new + first, changed + later, rows + page.num_rows
        return AppendReport(new, changed, rows - new - changed)

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
            self._run(*keep)

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
        self._run(statement)
        self._con.unregister("arrow")

    def _run(self, *statements: str) -> None:
        for statement in statements:
            self._con.sql(statement)

    @contextmanager
    def _whole(self) -> Iterator[None]:
        """What the block does is done wholly, or not at all if it fails."""
        self._con.begin()
        try:
            yield
        except BaseException:
            self._con.rollback()
            raise
        self._con.commit()


def _misfit(what: str) -> StoreError:
    return StoreError(f"the table does not fit CLAIMS: {what}", remedy="See geodata.stores.CLAIMS for its columns.")
