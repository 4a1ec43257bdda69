"""What the store says to DuckDB: tables from :data:`geodata.schema.SCHEMA`, conditions from a query.

Identifiers come from the tables below, values only as ``$n``. Instants are UTC without a zone inside the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final

import pyarrow as pa

from geodata.errors import StoreError
from geodata.model import UNKNOWN_SIDE, Modality, Precision, RelationType, Role
from geodata.query import FACETS, Query
from geodata.schema import COLUMN_OF, SCHEMA, Column, Dtype

__all__ = [
    "ARROW",
    "BATCH",
    "FACET_COLUMN",
    "FORMAT",
    "GIVEN",
    "MAGIC",
    "REBUILD",
    "REVISION",
    "TABLES",
    "Where",
    "facets_sql",
    "latest_sql",
    "marks_sql",
    "naive",
    "page_sql",
    "selected",
    "timeline_sql",
    "utc",
]

MAGIC: Final = "conflict-map claims"
FORMAT: Final = 1
"""The version of the tables; a store of a later one is refused."""

GIVEN: Final = "(SELECT unnest(CAST($1 AS VARCHAR[])))"
"""The texts given as ``$1``, to be looked up with IN: unlike ``= ANY($1)`` its cost does not grow with the list."""

FACET_COLUMN: Final = MappingProxyType({name: "claimant" if name == "source" else name for name in FACETS})
"""The column each facet counts and filters."""

_COLUMN: Final = MappingProxyType({**FACET_COLUMN, "claim": "claim_id"})

ARROW: Final[Mapping[Dtype, pa.DataType]] = MappingProxyType(
    {
        Dtype.TEXT: pa.string(),
        Dtype.WORD: pa.string(),
        Dtype.LIST: pa.list_(pa.string()),
        Dtype.INTEGER: pa.int32(),
        Dtype.NUMBER: pa.float64(),
        Dtype.FLAG: pa.bool_(),
        Dtype.INSTANT: pa.timestamp("us"),
        Dtype.JSON: pa.string(),
    }
)
"""What a column of each sort is in Arrow, instants without a zone."""
_SQL: Final[Mapping[Dtype, str]] = MappingProxyType(
    {
        Dtype.TEXT: "VARCHAR",
        Dtype.LIST: "VARCHAR[]",
        Dtype.INTEGER: "INTEGER",
        Dtype.NUMBER: "DOUBLE",
        Dtype.FLAG: "BOOLEAN",
        Dtype.INSTANT: "TIMESTAMP",
        Dtype.JSON: "VARCHAR",
    }
)
_MARK: Final = pa.struct(
    {
        "lon": pa.float64(),
        "lat": pa.float64(),
        "radius_km": pa.float64(),
        "precision": pa.string(),
        "role": pa.string(),
        "place_id": pa.string(),
        "place": pa.string(),
        "shape": pa.string(),
        "bearing_deg": pa.float64(),
    }
)
BATCH: Final = pa.schema(
    [*((c.name, ARROW[c.dtype]) for c in SCHEMA), ("search", pa.string()), ("marks", pa.list_(_MARK))]
)
"""Rows on their way into the table of claims: SCHEMA, the text that is searched, and the marks."""


def _words(words: Iterable[str]) -> str:
    return "ENUM (" + ", ".join(f"'{w}'" for w in words) + ")"


def _type(column: Column) -> str:
    return _words(column.words) if column.words else _SQL[column.dtype]


_MARK_TYPE: Final = (
    f"STRUCT(lon DOUBLE, lat DOUBLE, radius_km DOUBLE, precision {_words(Precision)}, role {_words(Role)},"
    " place_id VARCHAR, place VARCHAR, shape VARCHAR, bearing_deg DOUBLE)[]"
)
TABLES: Final = (
    "CREATE TABLE meta (magic VARCHAR, format INTEGER, store_id VARCHAR, created TIMESTAMP)",
    "CREATE TABLE revisions (claim_id VARCHAR, revision INTEGER, recorded_at TIMESTAMP, claim VARCHAR)",
    "CREATE TABLE sources (id VARCHAR, value VARCHAR)",
    "CREATE TABLE documents (id VARCHAR, value VARCHAR)",
    "CREATE TABLE rejections (ordinal BIGINT, value VARCHAR)",
    "CREATE TABLE claims (ordinal BIGINT, "
    + ", ".join(f"{c.name} {_type(c)}" for c in SCHEMA)
    + f", search VARCHAR, marks {_MARK_TYPE})",
)
"""Values of the model are kept whole as JSON; the table of claims is made from them and can be made again."""


def _list(words: Iterable[str]) -> str:
    return "(" + ", ".join(f"'{w}'" for w in words) + ")"


_OPPOSED: Final = _list((RelationType.CONTRADICTS, RelationType.CONTRADICTED_BY))
_BACKED: Final = _list((RelationType.CORROBORATES, RelationType.CORROBORATED_BY))
_WITHDRAWN: Final = _list((Modality.DENIED, Modality.RETRACTED))
REBUILD: Final = f"""
CREATE OR REPLACE TABLE claims AS
WITH stated AS (
    SELECT claim_id, unnest(from_json(relations, '[{{"type":"VARCHAR","target":"VARCHAR"}}]'), recursive := true)
    FROM claims WHERE relations IS NOT NULL),
linked AS (SELECT claim_id AS a, type, target AS b FROM stated UNION SELECT target, type, claim_id FROM stated),
opposed AS (SELECT DISTINCT a FROM linked WHERE type IN {_OPPOSED}),
voices AS (
    SELECT a, side FROM linked JOIN claims ON claim_id = b WHERE type IN {_BACKED} AND modality NOT IN {_WITHDRAWN}
    UNION SELECT claim_id, side FROM claims WHERE claim_id IN (SELECT a FROM linked WHERE type IN {_BACKED})),
counted AS (SELECT a, greatest(1, count(DISTINCT side) FILTER (side <> '{UNKNOWN_SIDE}')) AS n FROM voices GROUP BY a)
SELECT c.* REPLACE (
    row_number() OVER (ORDER BY c.happened_start NULLS FIRST, c.claim_id) - 1 AS ordinal,
    opposed.a IS NOT NULL AS contradicted,
    CAST(coalesce(counted.n, 1) AS INTEGER) AS sides)
FROM claims c LEFT JOIN opposed ON opposed.a = c.claim_id LEFT JOIN counted ON counted.a = c.claim_id
ORDER BY ordinal
"""
"""Put the claims in their order and say of each what the others say of it.

Sources of one side are one voice, a side nobody knows adds none, and a claim denied or retracted backs nothing.
"""

REVISION: Final = """
SELECT claim FROM revisions
WHERE claim_id = $1 AND coalesce(revision = CAST($2 AS INTEGER), true) ORDER BY revision DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Where:
    """A query as SQL conditions by the field they come from, and the values of their ``$n``."""

    conditions: Mapping[str, str]
    values: tuple[Any, ...]
    end: str = ""
    """``$n`` of the window's end; empty if there is none."""

    @classmethod
    def of(cls, query: Query) -> Where:
        """The conditions of a query; a field that asks for nothing has none."""
        conditions: dict[str, str] = {}
        values: list[Any] = []
        end = ""

        def bind(value: Any) -> str:
            values.append(value)
            return f"${len(values)}"

        for name in (*FACETS, "unplaced", "claim"):
            if wanted := getattr(query, name):
                conditions[name] = f"{_COLUMN.get(name, name)} = ANY({bind(list(wanted))})"
        if query.start:
            conditions["start"] = f"(happened_end IS NULL OR happened_end > {bind(naive(query.start))})"
        if query.end:
            end = bind(naive(query.end))
            conditions["end"] = f"(happened_start IS NULL OR happened_start < {end})"
        if words := query.text.casefold().split():
            conditions["text"] = " AND ".join(f"contains(search, {bind(word)})" for word in words)
        return cls(conditions, tuple(values), end)

    def sql(self, *without: str) -> str:
        """``WHERE ...`` with the named fields left out; empty if nothing remains."""
        kept = [c for name, c in self.conditions.items() if name not in without]
        return "WHERE " + " AND ".join(kept) if kept else ""

    def after(self, ordinal: int) -> Where:
        """The same, of the claims that come after the one with this ordinal."""
        n = len(self.values) + 1
        return Where({**self.conditions, "after": f"ordinal > ${n}"}, (*self.values, ordinal))


def facets_sql(where: Where) -> str:
    """One statement that counts every facet (columns facet, value, claims), each with its own filter left out."""
    return (
        " UNION ALL ".join(
            f"SELECT '{name}' AS facet, CAST({column} AS VARCHAR) AS value, n FROM "
            f"(SELECT {column}, count(*) AS n FROM claims {where.sql(name)} GROUP BY {column}) WHERE value <> ''"
            for name, column in FACET_COLUMN.items()
        )
        + " ORDER BY facet, n DESC, value"
    )


def marks_sql(where: Where) -> str:
    """One row a mark, claims numbered from 0 in the order of the result."""
    return f"""
        SELECT CAST(ordinal AS UINTEGER) AS ordinal, * EXCLUDE (ordinal, nth) FROM (
            SELECT ordinal, generate_subscripts(marks, 1) AS nth, unnest(marks, recursive := true) FROM (
                SELECT row_number() OVER (ORDER BY ordinal) - 1 AS ordinal, marks FROM claims {where.sql()}))
        ORDER BY ordinal, nth"""


def timeline_sql(where: Where) -> str:
    """Claims by layer and the first day of their span, or its last day where the start is open."""
    return f"""
        SELECT coalesce(CAST(happened_start AS DATE), CAST(happened_end - INTERVAL 1 MICROSECOND AS DATE)) AS day,
            layer, count(*) AS claims
        FROM claims {where.sql()} GROUP BY ALL ORDER BY day, layer"""


def page_sql(where: Where, paging: str) -> str:
    """Ordinal and value of claims in their order."""
    return f"""
        SELECT page.ordinal, r.claim FROM revisions r JOIN (
            SELECT ordinal, claim_id, revision FROM claims {where.sql()} ORDER BY ordinal {paging}
        ) page USING (claim_id, revision) ORDER BY page.ordinal"""


def latest_sql(where: Where, paging: str) -> str:
    """Values of claims, the latest known first; those that only an open start lets into the window come last."""
    known = f"(happened_start IS NOT NULL OR happened_end <= {where.end})" if where.end else "true"
    edge = "coalesce(happened_start, happened_end - INTERVAL 1 MICROSECOND)"
    return f"""
        SELECT r.claim FROM revisions r JOIN (
            SELECT {edge} AS edge, {known} AS known, claim_id, revision FROM claims {where.sql()}
            ORDER BY known DESC, edge DESC NULLS LAST, claim_id {paging}
        ) page USING (claim_id, revision) ORDER BY page.known DESC, page.edge DESC NULLS LAST, claim_id"""


def selected(columns: Sequence[str]) -> str:
    """The columns as a SELECT list.

    Raises
    ------
    StoreError
        If one is not in SCHEMA.
    """
    if unknown := [c for c in columns if c not in COLUMN_OF]:
        raise StoreError(f"no column {', '.join(unknown)}", remedy=f"Columns: {', '.join(COLUMN_OF)}.")
    return ", ".join(columns)


def naive(instant: datetime) -> datetime:
    """A UTC instant as the file keeps it."""
    return instant.astimezone(UTC).replace(tzinfo=None)


def utc(table: pa.Table) -> pa.Table:
    """The table with its instants marked as UTC."""
    zoned = [
        field.with_type(pa.timestamp("us", "UTC")) if pa.types.is_timestamp(field.type) else field
        for field in table.schema
    ]
    return table.cast(pa.schema(zoned))
