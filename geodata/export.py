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
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice
from types import MappingProxyType
from typing import Any, BinaryIO, Final, TypeAlias

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import shapely

from geodata.errors import QueryError
from geodata.model import Claim, Precision
from geodata.query import Query
from geodata.readers import native
from geodata.schema import COLUMN_OF, SCHEMA, Dtype, row
from geodata.stores.base import ClaimStore
from geodata.stores.drawn import drawn
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

_PAGE: Final = 500
_FORMULA: Final = re.compile(r"'*[=+\-@\t\r]")
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
    """The claims as CSV, the header first; each item is one record with its line end."""
    line = io.StringIO()
    writer = csv.writer(line)
    writer.writerow(COLUMN_OF)
    yield _taken(line)
    for _, cells in _rows(store, query):
        writer.writerow(_cell(cells[c.name], c.dtype) for c in SCHEMA)
        yield _taken(line)


def jsonl_lines(store: ClaimStore, query: Query) -> Iterator[str]:
    """The claims as JSON Lines, one object of SCHEMA a line."""
    for _, cells in _rows(store, query):
        yield msgspec.json.encode(_nested(cells)).decode() + "\n"


def geojson_chunks(store: ClaimStore, query: Query, *, exported_at: datetime | None = None) -> Iterator[str]:
    """The claims as one GeoJSON FeatureCollection, one Feature a claim, geometry as drawn or null.

    Properties are the columns of SCHEMA, ``ucdp_where_prec`` and ``acled_geo_precision`` (null where there is no such
    code). What :func:`head` says stands beside ``features`` as foreign members.
    """
    start = {"type": "FeatureCollection", **head(store, query, exported_at or datetime.now(UTC))}
    yield msgspec.json.encode(start).decode()[:-1] + ',"features":['
    for n, (claim, cells) in enumerate(_rows(store, query)):
        geometry = _geometry(claim)
        feature = {
            "type": "Feature",
            "id": claim.claim_id,
            "geometry": msgspec.Raw(shapely.to_geojson(geometry).encode()) if geometry else None,
            "properties": _nested(cells) | _codes(cells),
        }
        yield ("," if n else "") + msgspec.json.encode(feature).decode()
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
    yield msgspec.json.encode(whole).decode()[:-1] + ',"claims":['
    for n, claim in enumerate(store.claims(query)):
        yield (",\n" if n else "\n") + msgspec.json.encode(native.plain(claim)).decode()
    yield "\n]}\n"


def write_parquet(store: ClaimStore, query: Query, file: BinaryIO, exported_at: datetime) -> None:
    """Write the claims as GeoParquet 1.1; the file's ``conflict-map`` metadata hold what :func:`head` says."""
    about = {"geo": msgspec.json.encode(_GEO), "conflict-map": msgspec.json.encode(head(store, query, exported_at))}
    fields = [pa.field(c.name, _parquet_type(c.dtype), metadata={"meaning": c.meaning, "unit": c.unit}) for c in SCHEMA]
    schema = pa.schema([*fields, pa.field("geometry", pa.binary())], metadata=about)
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        rows = _rows(store, query)
        while page := list(islice(rows, _PAGE * 10)):
            lines = [cells | {"geometry": shapely.to_wkb(_geometry(claim))} for claim, cells in page]
            writer.write_table(pa.Table.from_pylist(lines, schema))


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


def _rows(store: ClaimStore, query: Query) -> Iterator[tuple[Claim, dict[str, Any]]]:
    """Claims with their rows; what other claims say of them is what the store has."""
    sources = store.sources()
    names = ("claim_id", "contradicted", "sides")
    said = {i: {"contradicted": c, "sides": n} for i, c, n in zip(*_columns(store, query, names), strict=True)}
    claims = iter(store.claims(query))
    while page := list(islice(claims, _PAGE)):
        documents = store.documents(sorted({c.document_id for c in page}))
        for claim in page:
            yield claim, row(claim, sources, documents) | said.get(claim.claim_id, {})


def _columns(store: ClaimStore, query: Query, names: tuple[str, ...]) -> Iterable[list[Any]]:
    table = store.table(query, names)
    return [table[name].to_pylist() for name in names]


def _geometry(claim: Claim) -> Any:
    return drawn((mark.lon, mark.lat, mark.shape) for mark in claim.marks)


def _codes(cells: Mapping[str, Any]) -> dict[str, int | None]:
    """How finely the place is known in the codes of two other datasets (CODEBOOK section 5)."""
    precision = cells["precision"]
    ucdp = _UCDP.get(precision)
    if precision in (Precision.DIRECTION, Precision.SECTOR):
        ucdp = 2 if cells["radius_km"] <= _NEAR_KM else 5
    return {"ucdp_where_prec": ucdp, "acled_geo_precision": _ACLED.get(precision)}


def _nested(cells: Mapping[str, Any]) -> dict[str, Any]:
    """The row with its JSON cells as JSON, not as text."""
    return {
        name: msgspec.Raw(cell.encode()) if cell is not None and COLUMN_OF[name].dtype is Dtype.JSON else cell
        for name, cell in cells.items()
    }


def _cell(value: Any, dtype: Dtype) -> str:
    if value is None:
        return ""
    if dtype is Dtype.INSTANT:
        return str(value.isoformat()).replace("+00:00", "Z")
    if dtype is Dtype.FLAG:
        return "true" if value else "false"
    if dtype in (Dtype.INTEGER, Dtype.NUMBER):
        return str(value)
    return guarded("; ".join(value) if dtype is Dtype.LIST else str(value))


def _taken(line: io.StringIO) -> str:
    text = line.getvalue()
    line.seek(0)
    line.truncate()
    return text


def _parquet_type(dtype: Dtype) -> pa.DataType:
    return pa.timestamp("us", "UTC") if dtype is Dtype.INSTANT else ARROW[dtype]


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
