"""The one writer: claims go into a draft of the next version, which is put in force at the end, or whenever asked."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import uuid4

import duckdb
import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from geodata.errors import StoreError
from geodata.model import Bundle, Document, Rejection
from geodata.stores import authored, changes, imports, sql, tables, words
from geodata.stores.agreement import settle
from geodata.stores.base import AppendReport
from geodata.stores.files import Folder, number
from geodata.stores.imports import Gone, Import
from geodata.stores.rows import table_of
from geodata.stores.snapshot import sound
from geodata.stores.values import as_arrow, encoded, naive

__all__ = ["Writer", "drafted", "make", "scratched"]

_PAGE: Final = 50_000
"""Claims turned into rows at once."""
_BATCH: Final = 245_760
"""Rows compared and put in at once: two of DuckDB's row groups."""
_CONFIG: Final = {"memory_limit": "1GB", "checkpoint_threshold": "1TB"}
"""What does not fit spills beside the draft, whatever the size of the store. Nothing is written out batch by batch,
which cost more than putting it in: only when the draft is put in force."""


def make(folder: Folder) -> None:
    """Make an empty store in the folder, unless another process has just made one."""
    with folder.lock(timeout_s=10):
        if folder.current() is None:
            draft = folder.draft()
            with _connected(draft) as con:
                for statement in tables.TABLES:
                    con.sql(statement)
                meta = (tables.MAGIC, tables.FORMAT, uuid4().hex[:12], naive(datetime.now(UTC)))
                con.sql("INSERT INTO meta VALUES ($1, $2, $3, $4)", params=meta)
            folder.publish(draft)


@contextmanager
def drafted(folder: Folder) -> Iterator[Writer]:
    """A writer on a draft, put in force when the block ends and something was added.

    If the block fails, what was put in force before stays and nothing else remains.
    """
    with folder.lock(), sound(folder.path):
        draft = _Draft(folder.draft, folder.publish)
        try:
            writer = Writer(draft)
            yield writer
            if writer.finish():
                draft.publish()
        finally:
            draft.con.close()
            folder.discard()


@contextmanager
def scratched(version: Path) -> Iterator[Writer]:
    """A writer on a copy of the version that is thrown away at the end: everything but writing."""
    with tempfile.TemporaryDirectory() as name, sound(version.parent):
        copy = Path(name) / "draft.duckdb"
        draft = _Draft(lambda: Path(shutil.copyfile(version, copy)), None)
        try:
            yield Writer(draft)
        finally:
            draft.con.close()


@contextmanager
def _connected(draft: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to the draft, written out at the end of the block."""
    con = _connection(draft)
    try:
        yield con
        con.sql("CHECKPOINT")
    finally:
        con.close()


def _connection(draft: Path) -> duckdb.DuckDBPyConnection:
    """A connection to the draft; a draft that is cut short is thrown away, so no log is kept of what is done to it."""
    con = duckdb.connect(config={**_CONFIG, "temp_directory": f"{draft}.tmp"})
    name = str(draft).replace("'", "''")
    con.sql(f"ATTACH '{name}' AS draft (RECOVERY_MODE NO_WAL_WRITES)")
    con.sql("USE draft")
    con.sql("SET enable_progress_bar = false")
    con.sql("SET TimeZone = 'UTC'")
    con.sql(f"SET VARIABLE version = {number(draft)}")
    return con


class _Draft:
    """A copy of the version in force, and the connection to it."""

    def __init__(self, copied: Callable[[], Path], publish: Callable[[Path], None] | None) -> None:
        self._copied, self._publish = copied, publish
        self._path = copied()
        self.con = _connection(self._path)

    def publish(self) -> None:
        """Put the draft in force, where it is to be; nothing more can be written to it."""
        if self._publish:
            self.con.sql("CHECKPOINT")
            self.con.close()
            self._publish(self._path)

    def renew(self) -> None:
        """Put the draft in force and go on with a copy of it."""
        if self._publish:
            self.publish()
            self._path = self._copied()
            self.con = _connection(self._path)


class Writer:
    """Adds claims to a draft. Only :func:`drafted` makes one; it is of no use after its block."""

    def __init__(self, draft: _Draft) -> None:
        self._draft = draft
        self._now = naive(datetime.now(UTC))
        self._begin()

    @property
    def _con(self) -> duckdb.DuckDBPyConnection:
        return self._draft.con

    def _begin(self) -> None:
        self._changed = False
        self._con.sql(changes.TOUCHED)

    def append(self, bundle: Bundle) -> AppendReport:
        """Add a bundle; a claim that differs from its newest revision becomes a new revision."""
        with self._whole():
            return self._add(bundle)

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

    def begin(self, file: str, reader: str, fingerprint: str, mapping: str = "") -> Import:
        """The import of this content of a file: one that was cut short and goes on, or a new one."""
        for row in self._con.sql(imports.FIND, params=[fingerprint]).fetchall():
            return Import(*row)
        with self._whole():
            given = [file, reader, fingerprint, self._now, mapping]
            ((number,),) = self._con.sql(imports.BEGIN, params=given).fetchall()
        return Import(number, file, reader, self._now, None, mapping=mapping)

    def take(
        self,
        into: Import,
        bundle: Bundle,
        *,
        claims: pa.Table | None = None,
        records: int,
        mended: Collection[str] = (),
    ) -> AppendReport:
        """Add a batch of an import, in one transaction with how far the import is.

        Parameters
        ----------
        claims : more of its claims, as :meth:`append_table` takes them.
        records : number of the reader's records that the batch is made of.
        mended : ids of rejections whose rows have come again.
        """
        with self._whole():
            if mended:
                self._con.execute(imports.CLOSE, [into.number, list(mended)])
            done = self._add(bundle, into.number)
            self._tell(into, [c.claim_id for c in bundle.claims], documents=False)
            self._tell(into, [d.document_id for d in bundle.documents], documents=True)
            if claims is not None and claims.num_rows:
                more = self._revise([claims])
                done = AppendReport(
                    done.new + more.new, done.changed + more.changed, done.unchanged + more.unchanged, done.rejected
                )
                self._tell(into, claims["claim_id"], documents=False)
            counts = [records, done.new, done.changed, done.unchanged, done.rejected]
            self._con.execute(imports.TELL, [into.number, *counts])
            self._changed = True
        return done

    def end(self, ended: Import) -> tuple[Import, tuple[Gone, ...], int]:
        """The import as it ended, the claims that are gone with it, and how many relations lead nowhere."""
        with self._whole():
            for statement in imports.SUPERSEDE:
                self._con.execute(statement, [ended.number] if "$1" in statement else [])
            gone = tuple(Gone(*row) for row in self._con.sql(imports.GONE).fetchall())
            for statement in imports.DONE:
                given = [ended.number, naive(datetime.now(UTC))]
                self._con.execute(statement, given[: 2 if "$2" in statement else 1 if "$1" in statement else 0])
            self._changed = True
            ((dangling,),) = self._con.execute(imports.DANGLING, [ended.number]).fetchall()
            (row,) = self._con.execute(imports.IMPORTS + " WHERE number = $1", [ended.number]).fetchall()
        return Import(*row), gone, dangling

    def told(self, by: Import, ids: Collection[str], *, documents: bool) -> frozenset[str]:
        """Those of the claims or documents that this import has told already."""
        asked = pa.table({"id": pa.array(ids, pa.string())})
        with as_arrow(self._con, asked):
            rows = self._con.execute(imports.TOLD, [by.number, documents]).fetchall()
        return frozenset(found for (found,) in rows)

    def documents(self, ids: Collection[str]) -> Mapping[str, Document]:
        """The documents among these that are there, by id."""
        rows = self._con.execute(f"FROM documents WHERE id IN {sql.GIVEN}", [list(ids)]).fetchall()
        return {found: msgspec.json.decode(value, type=Document) for found, value in rows}

    def refusals(self, of: Import) -> tuple[Rejection, ...]:
        """What stands open of what an import was refused."""
        rows = self._con.execute(imports.OPEN + " AND import = $1 ORDER BY ordinal", [of.number]).fetchall()
        return tuple(msgspec.json.decode(value, type=Rejection) for (value,) in rows)

    def publish(self) -> None:
        """Put in force what has been added so far; what is added next goes into a draft of its own."""
        if self.finish():
            self._draft.renew()
            self._begin()

    def finish(self) -> bool:
        """Bring what is made from several records up to date; False if nothing has been added."""
        if self._changed:
            with self._whole():
                if self._con.sql("FROM touched LIMIT 1").fetchall():
                    self._run(*changes.RETOUCH)
                    self._derive()
            settle(self._con)
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
                self._run(*changes.REPLACE if later else (), changes.DUE)
                self._derive()
            new, changed, rows = new + first, changed + later, rows + page.num_rows
        return AppendReport(new, changed, rows - new - changed)

    def _derive(self) -> None:
        """Put what is due into the table of claims, and its words into the index."""
        ((last,),) = self._con.sql(changes.LAST).fetchall()
        self._run(changes.DERIVE)
        for statement in (changes.FURTHER, changes.COUNT_DAILY):
            self._con.execute(statement, [last])
        texts = self._con.sql(changes.TEXTS, params=[last]).to_arrow_table()
        if texts.num_rows:
            self._with(
                words.indexed(texts["text"].combine_chunks(), texts["key"].combine_chunks()),
                "INSERT INTO words FROM arrow",
            )
            names = self._con.execute(changes.NAMES, [last]).fetchall()
            self._with(pa.table({"word": [w for (name,) in names for w in words.folded(name)]}), changes.PUT_NAMES)

    def _take(self, claims: pa.Table) -> None:
        """Put the rows into the table ``given``, numbered as they came, the earliest first."""
        rows = claims.append_column("nth", pa.array(range(claims.num_rows), pa.int64()))
        try:
            if "happened_start" in claims.column_names:
                order = pc.array_sort_indices(claims["happened_start"].combine_chunks(), null_placement="at_start")
                rows = rows if pc.all(pc.equal(order, rows["nth"])).as_py() else rows.take(order)
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

    def _add(self, bundle: Bundle, by: int | None = None) -> AppendReport:
        sources = {s.source_id: encoded(s) for s in (*bundle.sources, *(r.source for r in bundle.revisions))}
        self._changed |= authored.tell_revisions(self._con, bundle.revisions)
        self._put("sources", "claimant", sources | authored.described(self._con, sources))
        self._put("documents", "document_id", {d.document_id: encoded(d) for d in bundle.documents})
        self._refuse(bundle.rejections, by)
        self._changed |= authored.tell_pairings(self._con, bundle.pairings)
        starts = range(0, len(bundle.claims), _PAGE)
        report = self._revise(table_of(bundle.claims[start : start + _PAGE]) for start in starts)
        return replace(report, rejected=len(bundle.rejections))

    def _tell(self, by: Import, ids: Sequence[str] | pa.ChunkedArray, *, documents: bool) -> None:
        told = pa.table({"id": pa.array(ids, pa.string()) if isinstance(ids, list) else ids})
        self._with(told, f"INSERT INTO told SELECT {by.number}, {documents}, id FROM arrow")

    def _refuse(self, rejections: Sequence[Rejection], by: int | None) -> None:
        """Keep the rejections that do not stand open yet."""
        if rejections:
            values = [encoded(r) for r in rejections]
            rows = pa.table({"nth": pa.array(range(len(values))), "value": values})
            move, keep = imports.REFUSE
            if by is not None:
                self._with(rows, move, by)
            count = "SELECT count(*) FROM rejections"
            before = self._con.sql(count).fetchall()
            self._with(rows, keep, by)
            self._changed |= self._con.sql(count).fetchall() != before

    def _with(self, arrow: pa.Table, statement: str, *given: int | None) -> None:
        """Run a statement that reads the table as ``arrow``."""
        with as_arrow(self._con, arrow):
            self._con.execute(statement, list(given))

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
