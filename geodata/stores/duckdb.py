"""The embedded store: one DuckDB file a version, read by many processes while one writes the next.

Readers open versions read-only, look at the pointer on every call and take a cursor for each, so a call sees one
version from its first row to its last. No cursor is left with an open result: DuckDB waits without end when a path is
opened again while a result of its closed predecessor still streams (2.0.0).
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import msgspec
import pyarrow as pa

from geodata.errors import QueryError, StoreError, UnknownClaimError
from geodata.model import Bundle, Claim, Document, Rejection, Source, Unplaced
from geodata.notebook import NOTES, Notebook
from geodata.query import FACETS, Query
from geodata.schema import SCHEMA, Dtype
from geodata.spans import Clock
from geodata.stores import history, hits, imports, sql
from geodata.stores.arranged import Arranged, Arrangements, arrange
from geodata.stores.authored import Authored
from geodata.stores.base import AppendReport, Box, Credit, Hit, Since
from geodata.stores.compared import ACROSS, extent_sql, leads_sql, matrix_sql, portrait_sql
from geodata.stores.cubes import cube_sql
from geodata.stores.files import Folder, gone
from geodata.stores.imports import Import
from geodata.stores.knowledge import CLOCKS
from geodata.stores.ledgers import numbers_sql, series_sql
from geodata.stores.news import news_sql
from geodata.stores.snapshot import Snapshot, number_in, opened, sound
from geodata.stores.tables import CLAIM
from geodata.stores.values import naive, revived
from geodata.stores.words import Term, found
from geodata.stores.writer import Writer, drafted, make, scratched

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["DuckDBStore"]

_PAGE: Final = 5_000


class DuckDBStore(Authored):
    """Claims in a folder of DuckDB files; safe to use from several threads.

    Parameters
    ----------
    path : folder of the store.
    create : make the store where the path is absent or an empty folder; otherwise that is an error.

    Raises
    ------
    ForeignFileError
        If the path holds something that is not a claim store.
    CorruptStoreError
        If it holds a damaged one.
    StoreError
        If it holds none, one of another release, or cannot be read.
    """

    def __init__(self, path: Path, *, create: bool = False) -> None:
        self._folder = Folder(path)
        self._swap = threading.Lock()
        self._held: Snapshot | None = None
        self._closed = False
        self._arrangements = Arrangements()
        self.notebook = Notebook(path / NOTES)
        if create and self._folder.current() is None:
            make(self._folder)
        self._snapshot()

    def version(self) -> str:
        """A token that changes with every append that adds something, and with nothing else."""
        return self._snapshot().token

    def count(self, query: Query) -> int:
        """Number of claims the query matches."""
        where = self._where(query)
        return int(self._rows(f"{where.head} SELECT count(*) FROM claims {where.sql()}", where.values)[0][0])

    def table(self, query: Query, columns: Sequence[str]) -> pa.Table:
        """The named SCHEMA columns of the matching claims; words arrive as dictionaries, instants as UTC."""
        return self._table(query, sql.selected(columns))

    def select(
        self, query: Query, *, columns: Sequence[str] | None = None, limit: int | None = None, offset: int = 0
    ) -> gpd.GeoDataFrame:
        """The matching claims as a frame, EPSG:4326, geometry as drawn; null where nothing is drawn."""
        import geopandas as gpd

        from geodata.stores.drawn import geometries

        names = [c.name for c in SCHEMA] if columns is None else list(columns)
        table = self._table(query, sql.selected([*names, sql.MARKS]), limit, offset)
        frame = table.select(names).to_pandas()
        for column in SCHEMA:
            if column.dtype is Dtype.LIST and column.name in names:
                frame[column.name] = table[column.name].to_pylist()
        return gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries(geometries(table[sql.MARKS]), crs="EPSG:4326"))

    def pages(self, query: Query, columns: Sequence[str], *, size: int = _PAGE) -> Iterator[pa.Table]:
        """Like :meth:`table` in tables of at most ``size`` rows, all of one version; ``marks`` may be asked for too."""
        yield from map(sql.utc, self._pages(query, sql.selected(columns), size))

    def marks(self, query: Query) -> pa.Table:
        """What is drawn of the matching claims, one row a mark, ordered by ``ordinal``."""
        where = self._where(query)
        return self._arrow(sql.marks_sql(where), where.values)

    def claims(self, query: Query, *, limit: int | None = None, offset: int = 0) -> Iterator[Claim]:
        """The matching claims as whole values, read in pages from one version."""
        for page in self._pages(query, f"{CLAIM} AS claim", _PAGE, _paging(limit, offset)):
            yield from revived(page["claim"].to_pylist())

    def latest(self, query: Query, *, limit: int, offset: int = 0) -> Sequence[Claim]:
        """A page of the matching claims, the latest known first."""
        where = self._where(query)
        rows = self._rows(sql.latest_sql(where, _paging(limit, offset)), where.values)
        return revived(value for (value,) in rows)

    def arranged(self, query: Query, *, order: Sequence[str] = (), group: str = "") -> Arranged:
        """The matching claims in an order, group by group if told; the few asked for last are kept."""
        held = self._snapshot()
        key = (held.token, query, tuple(order), group, self.notebook.version() if query.tag else "")

        def make() -> Arranged:
            asked = hits.resolved(query.text, self._rows)
            return arrange(held, self._conditions(query, asked), order, group, asked)

        return self._arrangements.get(key, make)

    def facets(self, query: Query) -> Mapping[str, Mapping[str, int]]:
        """For each facet: value -> number of claims, most first, that facet's own filter left out.

        A value no claim has is not there; a claim without an actor counts for none.
        """
        where = self._where(query)
        counts: dict[str, dict[str, int]] = {name: {} for name in FACETS}
        for facet, value, n in self._rows(sql.facets_sql(where), where.values):
            counts[facet][value] = n
        return MappingProxyType({name: MappingProxyType(values) for name, values in counts.items()})

    def unplaced(self, query: Query) -> Mapping[Unplaced, int]:
        """How many of the matching claims are not drawn, by the reason."""
        where = self._where(query)
        return {Unplaced(reason): n for reason, n in self._rows(sql.unplaced_sql(where), where.values)}

    def credits(self, query: Query) -> Sequence[Credit]:
        """The data sets of the matching claims, one entry for each licence and citation, most claims first."""
        where = self._where(query)
        rows = self._rows(sql.credits_sql(where), where.values)
        return tuple(Credit(name, licence, cite, tuple(credit or ()), n) for name, licence, cite, credit, n in rows)

    def timeline(self, query: Query) -> pa.Table:
        """Claims by first day and layer; a claim of which no time is stated has a null day."""
        where = self._where(query.without("start", "end"))
        return self._arrow(sql.timeline_sql(where), where.values)

    def clocks(self) -> pa.Table:
        """When each claim was said and recorded, in the order of :meth:`table`."""
        return sql.utc(self._arrow(CLOCKS, ()))

    def standings(self, by: Clock) -> pa.Table:
        """How claims stood among the others, from when on."""
        return sql.utc(self._arrow(history.standings_sql(by), ()))

    def cube(self, query: Query, *, box: Box | None = None, zoom: int, bin_minutes: int) -> pa.Table:
        """What is drawn of the matching claims, counted by cell, time and layer."""
        where = self._where(query)
        return self._arrow(cube_sql(where, box, zoom, bin_minutes), where.values)

    def series(self, query: Query) -> pa.Table:
        """What the matching claims count of whom, the most numbers first."""
        where = self._where(query)
        return self._arrow(series_sql(where), where.values)

    def numbers(self, query: Query, *, measure: str, unit: str, whose: str, limit: int) -> pa.Table:
        """The largest numbers of one series, each with who says it and how its claim stands."""
        where = self._where(query)
        return sql.utc(self._arrow(numbers_sql(where, limit), (*where.values, measure, unit, whose)))

    def extent(self, query: Query) -> tuple[datetime | None, datetime | None]:
        """First and last instant that the matching claims state, UTC, inside the window."""
        where = self._where(query)
        ((first, last),) = self._rows(extent_sql(where, query), where.values)
        first, last = (t and t.replace(tzinfo=UTC) for t in (first, last))
        return (
            max(filter(None, (first, query.start)), default=None),
            min(filter(None, (last, query.end)), default=None),
        )

    def matrix(self, query: Query, across: str, *, rows: int, columns: int) -> pa.Table:
        """Claims counted by source and by layer, place, week, month or year."""
        where = self._where(query)
        if across not in ACROSS:
            raise StoreError(f"no columns {across!r}", remedy=f"Use one of: {', '.join(ACROSS)}.")
        stretch = () if across in ("layer", "place") else self.extent(query)
        ends = [t and naive(t) for t in stretch]
        return self._arrow(matrix_sql(where, query, across, rows=rows, columns=columns), (*where.values, *ends))

    def leads(self, query: Query, *, source: str = "", limit: int) -> pa.Table:
        """Pairs of sources by the events they share: who says so first."""
        where = self._where(query)
        values = (*where.values, *([source] if source else []))
        return self._arrow(leads_sql(where, source=f"${len(values)}" if source else "", limit=limit), values)

    def portrait(self, query: Query) -> pa.Table:
        """What the matching claims are about and how they stand, counted."""
        where = self._where(query)
        return self._arrow(portrait_sql(where), where.values)

    def search(self, query: Query, *, limit: int, offset: int = 0) -> Sequence[Hit]:
        """A page of what the query's text finds, best first, with where it was found."""
        asked = hits.resolved(query.text, self._rows)
        if not asked:
            raise StoreError("nothing to search for", remedy="Give the query a text with a word in it.")
        statement, values = hits.ranked_sql(self._conditions(query, asked), asked, _paging(limit, offset))
        return hits.highlighted(self._rows(statement, values), asked)

    def spots(self, text: str, texts: Sequence[str]) -> Sequence[Sequence[tuple[int, int]]]:
        """Where the words of a query's text stand in each of the texts."""
        asked = hits.resolved(text, self._rows)
        return [found(t, asked) for t in texts]

    def since(self, version: str, query: Query, columns: Sequence[str]) -> Since:
        """What an append after the version named has brought of a query.

        Raises
        ------
        StoreError
            If the token is of another store, or of a version to come.
        """
        now = self._snapshot()
        n, where, selected = number_in(version, now), self._where(query), sql.selected(columns)

        def rows(condition: str, wanted: str) -> pa.Table:
            some = f"{where.sql()} AND" if where.conditions else "WHERE"
            statement = f"{where.head} SELECT {wanted} FROM claims {some} {condition} {sql.ORDER}"
            return sql.utc(self._arrow(statement, where.values, now))

        again = f"changed > {n} AND added <= {n}"
        found = f"SELECT rowid FROM claims WHERE {again} {where.sql().replace('WHERE', 'AND', 1)}"
        left = self._arrow(
            f"{where.head} SELECT claim_id FROM claims WHERE {again} AND rowid NOT IN ({found})", where.values, now
        )
        return Since(
            now.token, rows(f"added > {n}", selected), rows(again, selected), tuple(left["claim_id"].to_pylist())
        )

    def get(self, claim_id: str, *, revision: int | None = None) -> Claim:
        """One claim, its newest revision unless told.

        Raises
        ------
        UnknownClaimError
            If there is no such claim, or no such revision of it.
        """
        given = (claim_id,) if revision is None else (claim_id, revision)
        found = self._rows(sql.revision_sql(newest=revision is None), given)
        if not found:
            what = f"no claim {claim_id!r}" if revision is None else f"no revision {revision} of claim {claim_id!r}"
            raise UnknownClaimError(what, where=str(self._folder.path), remedy="Look for it with a query.")
        return revived(found[0])[0]

    def sources(self) -> Mapping[str, Source]:
        """Every source the store knows, by id."""
        rows = self._rows("FROM sources ORDER BY id", ())
        return MappingProxyType({i: msgspec.json.decode(v, type=Source) for i, v in rows})

    def documents(self, ids: Sequence[str] | None = None) -> Mapping[str, Document]:
        """The named documents (all, if None), by id; ids that are not there are left out."""
        some = f"WHERE id IN {sql.GIVEN}" if ids is not None else ""
        rows = self._rows(f"FROM documents {some} ORDER BY id", () if ids is None else (list(ids),))
        return MappingProxyType({i: msgspec.json.decode(v, type=Document) for i, v in rows})

    def rejections(self) -> Sequence[Rejection]:
        """Rows that were refused and have not come mended, in the order they came."""
        return self.refused_by(None)

    def refused_by(self, entry: Import | None) -> Sequence[Rejection]:
        """Those of :meth:`rejections` that one import, or any, was refused."""
        some = "" if entry is None else "AND import = $1"
        rows = self._rows(f"{imports.OPEN} {some} ORDER BY ordinal", () if entry is None else (entry.number,))
        return tuple(msgspec.json.decode(v, type=Rejection) for (v,) in rows)

    def append(self, bundle: Bundle) -> AppendReport:
        """Add one bundle and put the new version in force; see :meth:`writing` for several."""
        with self.writing() as writer:
            return writer.append(bundle)

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        """A writer whose bundles come into force together when the block ends, or not at all if it fails.

        Raises
        ------
        StoreLockedError
            If another process is writing.
        """
        self._snapshot()
        with drafted(self._folder) as writer:
            yield writer

    @contextmanager
    def trying(self) -> Iterator[Writer]:
        """A writer on a copy that is thrown away: everything but writing, also while another process writes."""
        with scratched(self._snapshot().version) as writer:
            yield writer

    def imports(self) -> Sequence[Import]:
        """The files the store was filled from, in the order they came; those that newer versions replaced too."""
        return tuple(Import(*row) for row in self._rows(f"{imports.IMPORTS} ORDER BY number", ()))

    def imported(self, fingerprint: str) -> Import | None:
        """The import of this very content of a file, if it was read to its end and no newer version replaced it."""
        found = (Import(*row) for row in self._rows(imports.FIND, (fingerprint,)))
        return next((entry for entry in found if entry.finished), None)

    def close(self) -> None:
        """Let go of files; the store cannot be used afterwards."""
        with self._swap:
            self._closed, held, self._held = True, self._held, None
        if held:
            held.con.close()

    def _where(self, query: Query) -> sql.Where:
        return self._conditions(query, hits.resolved(query.text, self._rows))

    def _conditions(self, query: Query, terms: Sequence[Term]) -> sql.Where:
        try:
            news = news_sql(query.since, self._snapshot()) if query.since else ""
        except StoreError as e:
            raise QueryError(e.what, names=("since",), remedy=e.remedy) from e
        return sql.Where.of(query, terms, tagged=sorted(self.notebook.tagged(query.tag)), news=news)

    def _table(self, query: Query, selected: str, limit: int | None = None, offset: int = 0) -> pa.Table:
        where, held = self._where(query), self._snapshot()
        if limit is None:
            statement = f"{where.head} SELECT {selected} FROM claims {where.sql()} {sql.ORDER} {_paging(None, offset)}"
            return sql.utc(self._arrow(statement, where.values, held))
        places = self._arrow(sql.first_sql(where, limit=int(limit), offset=int(offset)), where.values, held)["place"]
        return sql.utc(self._arrow(sql.page_sql(where, selected), [places.to_pylist()], held))

    def _pages(self, query: Query, selected: str, size: int, paging: str = "") -> Iterator[pa.Table]:
        """What is selected of the matching claims, page by page from one version."""
        con, where = self._snapshot().con, self._where(query)
        asked, told = sql.rowids_sql(where, paging), sql.page_sql(where, selected)
        with sound(self._folder.path):
            found = history.ready(con, asked).sql(asked, params=where.values).to_arrow_table()["rowid"]
        for start in range(0, len(found), size):
            rows = found.slice(start, size).to_pylist()
            with sound(self._folder.path):
                page = history.ready(con, told).sql(told, params=[rows]).to_arrow_table()
            yield page

    def _arrow(self, statement: str, values: Sequence[Any], held: Snapshot | None = None) -> pa.Table:
        with sound(self._folder.path):
            con = (held or self._snapshot()).con
            return history.ready(con, statement).sql(statement, params=values).to_arrow_table()

    def _rows(self, statement: str, values: Sequence[Any]) -> list[Any]:
        with sound(self._folder.path):
            return history.ready(self._snapshot().con, statement).sql(statement, params=values).fetchall()

    def _snapshot(self) -> Snapshot:
        """The version in force, opened if it is not held yet.

        The one held before is let go of, not closed: other threads may still read from it.
        """
        with self._swap:
            if self._closed:
                raise StoreError("the store is closed", where=str(self._folder.path), remedy="Open it again.")
            while self._held is None or self._held.version != self._folder.current():
                version = self._folder.current()
                if version is None:
                    where = str(self._folder.path)
                    raise StoreError("no claim store here", where=where, remedy="Import a file into it.")
                try:
                    self._held = opened(version)
                except FileNotFoundError:
                    if version == self._folder.current():
                        raise gone(version) from None
            return self._held


def _paging(limit: int | None, offset: int) -> str:
    return f"{'' if limit is None else f'LIMIT {int(limit)} '}OFFSET {int(offset)}"
