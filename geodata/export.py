"""A query's claims as CSV, GeoJSON, GeoParquet, JSON Lines or our own JSON, written as they are read.

Rows are those of :data:`geodata.schema.SCHEMA`, so each names claimant, relays, document, licence and attribution.
GeoJSON and GeoParquet also say in their head what was asked, when it was written, and every licence in it.

CSV is safe to open in a spreadsheet: a text cell that would begin a formula (``=``, ``+``, ``-``, ``@``, tab or
carriage return, after any apostrophes) gets one apostrophe in front; :func:`unguarded` takes it off again. Numbers
are left alone. Lists are joined by ``"; "``, what is absent is an empty cell, times end in ``Z``.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, BinaryIO, Final, TypeAlias

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import shapely

from geodata.errors import QueryError
from geodata.model import Precision
from geodata.query import Query
from geodata.readers import native
from geodata.schema import COLUMN_OF, SCHEMA, Dtype
from geodata.stores.base import ClaimStore
from geodata.stores.drawn import geometries
from geodata.stores.sql import ARROW

__all__ = [
    "FORMATS",
    "csv_lines",
    "geojson_chunks",
    "guarded",
    "head",
    "jsonl_lines",
    "native_chunks",
    "unguarded",
    "write",
    "write_parquet",
]

Writer: TypeAlias = Callable[[ClaimStore, Query, BinaryIO, datetime], None]

_JSON: Final = msgspec.json.Encoder()
_FORMULA: Final = re.compile(r"^'*[=+\-@\t\r]")
_GUARDED: Final = re.compile(r"'+[=+\-@\t\r]")
_NEAR_KM: Final = 25.0
"""UCDP where_prec 2 is within 25 km of a point, 5 a fuzzy or linear area (UCDP GED codebook)."""
_UCDP: Final = MappingProxyType(
    {
        Precision.SETTLEMENT: 1,
        Precision.DISTRICT: 3,
        Precision.OBLAST: 4,
        Precision.REGION: 5,
        Precision.BORDER: 5,
        Precision.COUNTRY: 6,
    }
)
_ACLED: Final = MappingProxyType(
    {
        Precision.SETTLEMENT: 1,
        Precision.DISTRICT: 2,
        Precision.DIRECTION: 2,
        Precision.SECTOR: 2,
        Precision.OBLAST: 3,
        Precision.REGION: 3,
        Precision.BORDER: 3,
        Precision.COUNTRY: 3,
    }
)
_GEO: Final = {
    "version": "1.1.0",
    "primary_column": "geometry",
    "columns": {"geometry": {"encoding": "WKB", "geometry_types": []}},
}
"""GeoParquet 1.1; a column without a CRS is longitude, latitude on WGS 84."""


def write(store: ClaimStore, query: Query, suffix: str, file: BinaryIO, *, exported_at: datetime | None = None) -> None:
    """Write the matching claims to a file open for bytes.

    Parameters
    ----------
    suffix : a key of :data:`FORMATS`.
    exported_at : the time to be written into the file; now, if None.

    Raises
    ------
    QueryError
        If there is no such format.
    """
    if suffix not in FORMATS:
        raise QueryError(f"no format {suffix!r}", names=("format",), remedy=f"Use one of: {', '.join(FORMATS)}.")
    FORMATS[suffix](store, query, file, exported_at or datetime.now(UTC))


def head(store: ClaimStore, query: Query, exported_at: datetime) -> dict[str, Any]:
    """What is to be known of an export as a whole: what was asked, of which store, when, under which licences."""
    table = store.table(query, ("licence", "attribution"))
    names = {i: source.name for i, source in store.sources().items()}
    return {
        "query": query.describe(names),
        "query_url": query.to_url(),
        "claims": table.num_rows,
        "store_version": store.version(),
        "exported_at": exported_at,
        "licences": sorted(filter(None, pc.unique(table["licence"]).to_pylist())),
        "attributions": sorted(filter(None, pc.unique(table["attribution"]).to_pylist())),
    }


def csv_lines(store: ClaimStore, query: Query) -> Iterator[str]:
    """The claims as CSV, the header first; each item is some whole records with their line ends."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMN_OF)
    for page in store.pages(query, tuple(COLUMN_OF)):
        writer.writerows(zip(*(_cells(page[c.name], c.dtype) for c in SCHEMA), strict=True))
        yield _taken(text)
    yield _taken(text)


def jsonl_lines(store: ClaimStore, query: Query) -> Iterator[str]:
    """The claims as JSON Lines, one object of SCHEMA a line; each item is a line."""
    for page in store.pages(query, tuple(COLUMN_OF)):
        for cells in _objects(page):
            yield _JSON.encode(cells).decode() + "\n"


def geojson_chunks(store: ClaimStore, query: Query, *, exported_at: datetime | None = None) -> Iterator[str]:
    """The claims as one GeoJSON FeatureCollection, one Feature a claim, geometry as drawn or null.

    Properties are the columns of SCHEMA, ``ucdp_where_prec`` and ``acled_geo_precision`` (null where there is no such
    code). What :func:`head` says stands beside ``features`` as foreign members.
    """
    start = {"type": "FeatureCollection", **head(store, query, exported_at or datetime.now(UTC))}
    yield _JSON.encode(start).decode()[:-1] + ',"features":['
    joint = ""
    for page in store.pages(query, (*COLUMN_OF, "marks")):
        drawn = shapely.to_geojson(geometries(page["marks"]))
        features = [
            {
                "type": "Feature",
                "id": cells["claim_id"],
                "geometry": msgspec.Raw(geometry.encode()) if geometry else None,
                "properties": cells | _codes(cells),
            }
            for cells, geometry in zip(_objects(page), drawn, strict=True)
        ]
        yield joint + _JSON.encode(features).decode()[1:-1]
        joint = ","
    yield "]}\n"


def native_chunks(store: ClaimStore, query: Query) -> Iterator[str]:
    """The claims in our own format with their documents and every source; reading it back gives the same claims."""
    ids = pc.unique(store.table(query, ("document_id",))["document_id"]).to_pylist()
    whole = {
        "format": native.FORMAT,
        "version": native.VERSION,
        "sources": native.plain(tuple(store.sources().values())),
        "documents": native.plain(tuple(store.documents(ids).values())),
    }
    yield _JSON.encode(whole).decode()[:-1] + ',"claims":['
    for n, claim in enumerate(store.claims(query)):
        yield (",\n" if n else "\n") + _JSON.encode(native.plain(claim)).decode()
    yield "\n]}\n"


def write_parquet(store: ClaimStore, query: Query, file: BinaryIO, exported_at: datetime) -> None:
    """Write the claims as GeoParquet 1.1; the file's ``conflict-map`` metadata hold what :func:`head` says."""
    about = {"geo": _JSON.encode(_GEO), "conflict-map": _JSON.encode(head(store, query, exported_at))}
    fields = [pa.field(c.name, ARROW[c.dtype], metadata={"meaning": c.meaning, "unit": c.unit}) for c in SCHEMA]
    schema = pa.schema([*fields, pa.field("geometry", pa.binary())], metadata=about)
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for page in store.pages(query, (*COLUMN_OF, "marks")):
            drawn = pa.array(shapely.to_wkb(geometries(page["marks"])), pa.binary())
            rows = page.drop_columns("marks").append_column("geometry", drawn)
            writer.write_table(rows.cast(schema))


def guarded(cell: str) -> str:
    """The text as a cell that no spreadsheet takes for a formula.

    >>> guarded("=1+1"), guarded("Kyiv")
    ("'=1+1", 'Kyiv')
    """
    return f"'{cell}" if _FORMULA.match(cell) else cell


def unguarded(cell: str) -> str:
    """The text that :func:`guarded` was given.

    >>> unguarded("'=1+1"), unguarded("'tis")
    ('=1+1', "'tis")
    """
    return cell[1:] if _GUARDED.match(cell) else cell


def _codes(cells: Mapping[str, Any]) -> dict[str, int | None]:
    """How finely the place is known in the codes of two other datasets (CODEBOOK section 5)."""
    precision = cells["precision"]
    ucdp = _UCDP.get(precision)
    if precision in (Precision.DIRECTION, Precision.SECTOR):
        ucdp = 2 if cells["radius_km"] <= _NEAR_KM else 5
    return {"ucdp_where_prec": ucdp, "acled_geo_precision": _ACLED.get(precision)}


def _objects(page: pa.Table) -> Iterator[dict[str, Any]]:
    """The rows of a page as they stand in JSON."""
    names = [name for name in page.column_names if name in COLUMN_OF]
    for values in zip(*(_values(page[name], COLUMN_OF[name].dtype) for name in names), strict=True):
        yield dict(zip(names, values, strict=True))


def _values(column: pa.ChunkedArray, dtype: Dtype) -> list[Any]:
    """A column as it stands in JSON; what is JSON already stays as it is."""
    if dtype is Dtype.INSTANT:
        column = _stamped(column)
    values: list[Any] = column.to_pylist()
    return [msgspec.Raw(v.encode()) if v else None for v in values] if dtype is Dtype.JSON else values


def _cells(column: pa.ChunkedArray, dtype: Dtype) -> list[str]:
    """A column as text, what is absent as empty text; only numbers and flags can go unguarded."""
    if dtype in (Dtype.INTEGER, Dtype.NUMBER):
        return ["" if v is None else str(v) for v in column.to_pylist()]
    if dtype is Dtype.INSTANT:
        column = _stamped(column)
    elif dtype is Dtype.LIST:
        column = pc.binary_join(column, "; ")
    text = pc.fill_null(column.cast(pa.string()), "")
    return pc.replace_substring_regex(text, _FORMULA.pattern, r"'\0").to_pylist()  # type: ignore[no-any-return]


def _stamped(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Instants as ``2022-03-22T09:30:00Z``, the fraction of the second left out where there is none."""
    text = column.cast(pa.timestamp("us")).cast(pa.string())
    return pc.replace_substring_regex(text, r"^(\S+) (\S+?)(\.0+)?$", r"\1T\2Z")


def _taken(line: io.StringIO) -> str:
    text = line.getvalue()
    line.seek(0)
    line.truncate()
    return text


def _text(chunks: Callable[[ClaimStore, Query, datetime], Iterator[str]]) -> Writer:
    def write_chunks(store: ClaimStore, query: Query, file: BinaryIO, exported_at: datetime) -> None:
        for chunk in chunks(store, query, exported_at):
            file.write(chunk.encode())

    return write_chunks


FORMATS: Final[Mapping[str, Writer]] = MappingProxyType(
    {
        ".csv": _text(lambda store, query, _: csv_lines(store, query)),
        ".geojson": _text(lambda store, query, at: geojson_chunks(store, query, exported_at=at)),
        ".json": _text(lambda store, query, _: native_chunks(store, query)),
        ".jsonl": _text(lambda store, query, _: jsonl_lines(store, query)),
        ".parquet": write_parquet,
    }
)
"""By the suffix of a file's name, what writes it: ``(store, query, file open for bytes, time of export)``."""
