"""What a reader says to DuckDB: columns of :data:`geodata.schema.SCHEMA`, conditions from a query.

Identifiers come from the tables below, values only as ``$n``. Instants are UTC without a zone inside the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

import pyarrow as pa

from geodata.errors import StoreError
from geodata.model import Standing
from geodata.query import FACETS, LENS, Query
from geodata.schema import COLUMN_OF, Dtype
from geodata.spans import Clock
from geodata.stores.knowledge import as_known
from geodata.stores.lens import lens
from geodata.stores.tables import CLAIM, GRID
from geodata.stores.tiles import within
from geodata.stores.values import naive
from geodata.stores.words import Term, pattern

__all__ = [
    "ARROW",
    "FACET_COLUMN",
    "FLAG_COLUMNS",
    "GIVEN",
    "MARKS",
    "ORDER",
    "PLACE_ID",
    "PLACE_NAME",
    "TEXT",
    "Where",
    "credits_sql",
    "facets_sql",
    "first_sql",
    "latest_sql",
    "listed",
    "made",
    "marks_sql",
    "meets",
    "page_sql",
    "place_of",
    "revision_sql",
    "rowids_sql",
    "selected",
    "timeline_sql",
    "unplaced_sql",
    "utc",
]

GIVEN: Final = "(SELECT unnest(CAST($1 AS VARCHAR[])))"
"""The texts given as ``$1``, to be looked up with IN: unlike ``= ANY($1)`` its cost does not grow with the list."""

_BEYOND: Final = "\U0010ffff"
"""Comes after every letter."""
TEXT: Final = r"""concat_ws(E'\n', statement, quote, claimant_name, document_title,
    array_to_string(list_transform(places, lambda p: concat(p.mention, E'\n', p.name)), E'\n'))"""
"""What can be searched of a claim."""

ORDER: Final = "ORDER BY happened_start NULLS FIRST, claim_id"
MARKS: Final = "marks"
"""The column of :meth:`pages` that is not in SCHEMA: what is drawn, to make the geometry from."""

FACET_COLUMN: Final = MappingProxyType({name: "claimant" if name == "source" else name for name in FACETS})
"""The column each facet counts and filters."""


ARROW: Final[Mapping[Dtype, pa.DataType]] = MappingProxyType(
    {
        Dtype.TEXT: pa.string(),
        Dtype.WORD: pa.string(),
        Dtype.LIST: pa.list_(pa.string()),
        Dtype.INTEGER: pa.int32(),
        Dtype.NUMBER: pa.float64(),
        Dtype.FLAG: pa.bool_(),
        Dtype.INSTANT: pa.timestamp("us", "UTC"),
        Dtype.JSON: pa.string(),
    }
)
"""What a column of each sort is in Arrow."""


def place_of(mark: str) -> str:
    """The mention a mark of the claim was drawn for, as :func:`geodata.schema.place_of` has it."""
    same = f"p.place_id = {mark}.place_id"
    return f"""CASE WHEN coalesce({mark}.place_id, '') = '' THEN places[1] ELSE coalesce(
        list_filter(places, lambda p: {same} AND p.role = {mark}.role)[1],
        list_filter(places, lambda p: {same})[1]) END"""


def listed(words: Iterable[str]) -> str:
    """Words of the codebook as the right side of IN."""
    return "(" + ", ".join(f"'{w}'" for w in words) + ")"


def _json(column: str) -> str:
    return f"CASE WHEN len({column}) > 0 THEN CAST(to_json({column}) AS VARCHAR) END"


PLACE_NAME: Final = "CASE WHEN len(marks) > 0 THEN mark_places[1] ELSE coalesce(places[1].name, '') END"
PLACE_ID: Final = "coalesce(CASE WHEN len(marks) > 0 THEN marks[1].place_id ELSE places[1].place_id END, '')"
"""The indexed place of a claim."""
FLAG_COLUMNS: Final = tuple(str(s) for s in Standing if s is not Standing.ALONE)
"""The columns of how a claim stands among the others."""

_MADE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "said_at": "said_start",
        "place": PLACE_NAME,
        "mention": f"coalesce(({place_of('marks[1]')}).mention, '')",
        "role": "coalesce(marks[1].role, places[1].role)",
        "place_id": PLACE_ID,
        "lon": "marks[1].lon",
        "lat": "marks[1].lat",
        "radius_km": "marks[1].radius_km",
        "shape": "coalesce(marks[1].shape, '')",
        "geometry_basis": "marks[1].basis",
        "figures": _json("figures"),
        "relations": _json("relations"),
        "event": "coalesce(event, '')",
        "origin": "concat(origin_file, CASE WHEN origin_row <> '' THEN '#' || origin_row END,"
        " CASE WHEN origin_reader <> '' THEN ' (' || origin_reader || ')' END)",
    }
)
"""The columns of SCHEMA that are made from those of the store when they are read."""


def _of_days(clock: str) -> str:
    """True where :attr:`geodata.spans.Span.of_days` is."""
    ends = (f"{clock}_start", f"{clock}_end")
    return " AND ".join(f"({t} IS NULL OR {t} = date_trunc('day', {t}))" for t in ends)


_DEAR: Final = frozenset(LENS) - {"standing"}
"""Conditions that are tried once, not once for each facet."""
_SAID_EDGE: Final = "coalesce(said_start, said_end - INTERVAL 1 MICROSECOND)"


@dataclass(frozen=True, slots=True)
class Where:
    """A query as SQL conditions by the field they come from, and the values of their ``$n``."""

    conditions: Mapping[str, str]
    values: tuple[Any, ...]
    end: str = ""
    """The window's end as SQL, seen from one claim; empty if there is none."""

    head: str = ""
    """``WITH`` clause that the conditions rely on; empty if there is none."""

    known: str = ""
    """``WITH`` clause by which ``claims`` are those known at an instant; empty for all. ``head`` holds it too."""

    edge: str = "edge"
    """When a claim is counted, by the clock asked for."""

    @classmethod
    def of(cls, query: Query, terms: Sequence[Term] = (), *, tagged: Iterable[str] = (), news: str = "") -> Where:
        """The conditions of a query; a field that asks for nothing has none.

        ``terms`` are those of its text, ``tagged`` the claims that have one of its tags, ``news`` is the condition that
        its ``since`` asks for.
        """
        conditions: dict[str, str] = {}
        values: list[Any] = []

        def bind(value: Any) -> str:
            values.append(value)
            return f"${len(values)}"

        for name in (*FACETS, "unplaced"):
            if wanted := getattr(query, name):  # one by one they are words of the column, as a list they are text
                conditions[name] = f"{FACET_COLUMN.get(name, name)} IN ({', '.join(map(bind, wanted))})"
        for name, column in (("event", "event"), ("claim", "claim_id")):
            if wanted := getattr(query, name):
                conditions[name] = f"{column} = ANY({bind(list(wanted))})"

        if query.place:
            conditions["place"] = f"{PLACE_ID} = ANY({bind(list(query.place))})"
        if query.tag:
            conditions["tag"] = f"claim_id = ANY({bind(list(tagged))})"

        conditions |= lens(query, bind)
        if query.bbox:
            here = within(query.bbox, GRID, GRID)
            conditions["bbox"] = f"(({here}) OR key IN (SELECT key FROM further WHERE {here}))"
        timed, end = _window(query, bind)
        conditions |= timed
        conditions |= {"since": news} if news else {}
        ctes = [as_known(query)] if query.known else []
        known = f"WITH {ctes[0]}" if ctes else ""
        if terms:
            conditions["text"] = "key IN (FROM hits)"
            ctes.append(_hits(terms, bind))
        edge_of = "edge" if query.clock is Clock.HAPPENED else _SAID_EDGE
        return cls(conditions, tuple(values), end, f"WITH {', '.join(ctes)}" if ctes else "", known, edge_of)

    @property
    def clocked(self) -> tuple[str, str]:
        """The columns of a span's two ends, by the clock asked for."""
        clock = "happened" if self.edge == "edge" else "said"
        return f"{clock}_start", f"{clock}_end"

    def where(self, condition: str) -> Where:
        """The same with one more condition."""
        return replace(self, conditions={**self.conditions, "": condition})

    def sql(self, *without: str) -> str:
        """``WHERE ...`` with the named fields left out; empty if nothing remains."""
        kept = [c for name, c in self.conditions.items() if name not in without]
        return "WHERE " + " AND ".join(kept) if kept else ""


def _window(query: Query, bind: Callable[[Any], str]) -> tuple[dict[str, str], str]:
    """The conditions on time, and the window's end as SQL."""
    clock, end = str(query.clock), ""
    conditions: dict[str, str] = {}

    def edge(instant: datetime, wall: datetime | None) -> str:
        if wall is None or wall == instant:
            return bind(naive(instant))
        return f"CASE WHEN {_of_days(clock)} THEN {bind(naive(wall))} ELSE {bind(naive(instant))} END"

    if query.start:
        conditions["start"] = f"({clock}_end IS NULL OR {clock}_end > {edge(query.start, query.wall.start)})"
    if query.end:
        end = edge(query.end, query.wall.end)
        conditions["end"] = f"({clock}_start IS NULL OR {clock}_start < {end})"
    if query.clock is Clock.SAID or query.known:  # what is counted by day as claims come in does not serve
        conditions["clock"] = "true"
    return conditions, end


def meets(term: Term, bind: Callable[[Any], str]) -> str:
    """The condition on a word of the index that it meets a term; for a phrase, that it is one of its words."""
    if exact := term.near or (term.words if term.exact else ()):
        return "(" + " OR ".join(f"word = {bind(w)}" for w in dict.fromkeys(exact)) + ")"
    return f"(word >= {bind(term.prefix)} AND word < {bind(term.prefix + _BEYOND)})"


def _hits(terms: Sequence[Term], bind: Callable[[Any], str]) -> str:
    """Definitions for a WITH clause that name the keys whose text meets every term as ``hits``."""
    single = [t if len(t.words) == 1 else Term((w,), exact=True) for t in terms for w in t.words]
    first, *rest = [f"SELECT unnest(keys) AS key FROM words WHERE {meets(t, bind)}" for t in dict.fromkeys(single)]
    found = " ".join([f"SELECT key FROM ({first})", *(f"SEMI JOIN ({more}) USING (key)" for more in rest)])
    phrases = [bind(pattern(t.words)) for t in terms if len(t.words) > 1]
    if not phrases:
        return f"hits AS MATERIALIZED ({found})"
    held = " AND ".join(f"regexp_matches(text, {p})" for p in phrases)
    return f"""candidates AS MATERIALIZED ({found}),
        texts AS (SELECT key, lower({TEXT}) AS text FROM claims WHERE key IN (FROM candidates)),
        hits AS MATERIALIZED (SELECT key FROM texts WHERE {held})"""


def facets_sql(where: Where) -> str:
    """One statement that counts every facet (columns facet, value, claims), each with its own filter left out."""
    head, table = where.head, "claims"
    if where.head or where.conditions.keys() & _DEAR:
        common = f"SELECT {', '.join(FACET_COLUMN.values())} FROM claims {where.sql(*FACETS)}"
        where = replace(where, conditions={n: c for n, c in where.conditions.items() if n in FACETS})
        head, table = f"{f'{head},' if head else 'WITH'} matching AS MATERIALIZED ({common})", "matching"
    return (
        f"{head} "
        + " UNION ALL ".join(
            f"SELECT '{name}' AS facet, CAST({column} AS VARCHAR) AS value, n FROM "
            f"(SELECT {column}, count(*) AS n FROM {table} {where.sql(name)} GROUP BY {column}) WHERE value <> ''"
            for name, column in FACET_COLUMN.items()
        )
        + " ORDER BY facet, n DESC, value"
    )


def unplaced_sql(where: Where) -> str:
    """Claims by why they are not drawn."""
    return f"""{where.head} SELECT CAST(unplaced AS VARCHAR), count(*)
        FROM claims {where.where("unplaced IS NOT NULL").sql()} GROUP BY unplaced"""


def credits_sql(where: Where) -> str:
    """Claims by data set, licence and citation, with every credit that they ask for."""
    return f"""{where.head}
        SELECT dataset, licence, citation,
            list_sort(list(attribution) FILTER (attribution <> '')) AS attributions, CAST(sum(n) AS BIGINT) AS n
        FROM (SELECT dataset, licence, citation, attribution, count(*) AS n FROM claims {where.sql()} GROUP BY ALL)
        GROUP BY dataset, licence, citation ORDER BY n DESC, dataset, licence, citation"""


def marks_sql(where: Where) -> str:
    """One row a mark, claims numbered from 0 in the order of the result."""
    fields = ("lon", "lat", "radius_km", "precision", "role", "place_id", "place", "shape", "bearing_deg")
    own = ", ".join(f"mark.{name}" for name in fields if name != "place")
    return f"""{where.head}
        SELECT CAST(ordinal AS UINTEGER) AS ordinal, {own}, place FROM (
            SELECT ordinal, generate_subscripts(marks, 1) AS nth, unnest(marks) AS mark, unnest(mark_places) AS place
            FROM (SELECT row_number() OVER ({ORDER}) - 1 AS ordinal, marks, mark_places FROM claims {where.sql()}))
        ORDER BY ordinal, nth"""


def timeline_sql(where: Where) -> str:
    """Claims by layer and the first day of their span, or its last day where the start is open."""
    if where.conditions.keys() <= {"layer"}:
        day, table, counted = "coalesce(first, last)", "(FROM daily WHERE NOT further)", "CAST(sum(claims) AS BIGINT)"
    else:
        day, table, counted = f"CAST({where.edge} AS DATE)", "claims", "count(*)"
    return f"""{where.head} SELECT {day} AS day, layer, {counted} AS claims
        FROM {table} {where.sql()} GROUP BY ALL HAVING {counted} > 0 ORDER BY day, layer"""


def rowids_sql(where: Where, paging: str) -> str:
    """Where the claims lie in the file, in their order."""
    return f"{where.head} SELECT rowid FROM claims {where.sql()} {ORDER} {paging}"


def first_sql(where: Where, *, limit: int, offset: int) -> str:
    """Where some of the claims lie in the file, in their order.

    Claims with and without a start are looked for apart: where no value is null, what cannot be among the first is
    never read.
    """
    orders = {"happened_start IS NULL": "claim_id", "happened_start IS NOT NULL": "happened_start, claim_id"}
    halves = " UNION ALL ".join(
        f"(SELECT rowid AS place, happened_start, claim_id FROM claims {where.where(half).sql()}"
        f" ORDER BY {order} LIMIT {limit + offset})"
        for half, order in orders.items()
    )
    return f"{where.head} SELECT place FROM ({halves}) {ORDER} LIMIT {limit} OFFSET {offset}"


def page_sql(where: Where, selected: str) -> str:
    """What is selected of the claims that lie at ``$1``, in their order."""
    return f"{where.known} SELECT {selected} FROM claims WHERE rowid IN (SELECT unnest(CAST($1 AS BIGINT[]))) {ORDER}"


def latest_sql(where: Where, paging: str) -> str:
    """Claims, the latest known first; those that only an open start lets into the window come last."""
    start, last = where.clocked
    known = f"({start} IS NOT NULL OR {last} <= {where.end}) DESC, " if where.end else ""
    order = f"ORDER BY {known}{where.edge} DESC NULLS LAST, claim_id"
    return f"""{where.head} SELECT {CLAIM} FROM claims
        WHERE rowid IN (SELECT rowid FROM claims {where.sql()} {order} {paging}) {order}"""


def revision_sql(*, newest: bool) -> str:
    """The claim of id ``$1``, its newest revision or the one numbered ``$2``."""
    if newest:
        return f"SELECT {CLAIM} FROM claims WHERE claim_id = $1"
    tables = ("claims", "past")
    return " UNION ALL ".join(f"SELECT {CLAIM} FROM {t} WHERE claim_id = $1 AND revision = $2" for t in tables)


def selected(columns: Sequence[str]) -> str:
    """The columns as a SELECT list.

    Raises
    ------
    StoreError
        If one is not in SCHEMA.
    """
    if unknown := [c for c in columns if c not in COLUMN_OF and c != MARKS]:
        raise StoreError(f"no column {', '.join(unknown)}", remedy=f"Columns: {', '.join(COLUMN_OF)}.")
    return ", ".join(f"{_MADE[c]} AS {c}" if c in _MADE else c for c in columns)


def made(column: str) -> str:
    """A column of SCHEMA as SQL."""
    return _MADE.get(column, column)


def utc(table: pa.Table) -> pa.Table:
    """The table with its instants marked as UTC."""
    zoned = [
        field.with_type(pa.timestamp("us", "UTC")) if pa.types.is_timestamp(field.type) else field
        for field in table.schema
    ]
    return table.cast(pa.schema(zoned))
