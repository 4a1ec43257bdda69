"""A query's claims as CSV, GeoJSON, GeoParquet or our own JSON and JSON Lines, written as they are read.

Every file says what was asked, of which store, when, and whose data it is (:func:`head`) in the place that its format
has for it: GeoJSON in foreign members, GeoParquet in the schema's metadata, our own formats in ``export``. A CSV has no
such place, and a line of remarks would end up as a row of data; so :data:`ASKED` are columns, the same in each row,
beside the licence, credit and citation that each row has of its own.

CSV begins with a byte order mark, without which Excel garbles all but Latin letters. It is safe to open in a
spreadsheet: a text cell that would begin a formula (``=``, ``+``, ``-``, ``@``, tab or carriage return, after any
apostrophes) gets one apostrophe in front; our own reader takes it off again. Numbers are left alone. Lists are joined
by ``"; "``, what is absent is an empty cell, times end in ``Z``.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import chain, islice, repeat
from types import MappingProxyType
from typing import Any, BinaryIO, Final, TypeAlias

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import shapely

from geodata.errors import QueryError
from geodata.model import Claim, Document, Pairing, Precision, RelationType, Source, SourceRevision
from geodata.query import Query
from geodata.readers import native
from geodata.readers.guarded import guarded
from geodata.schema import COLUMN_OF, SCHEMA, Dtype
from geodata.stores.base import Arranged, ClaimStore
from geodata.stores.drawn import geometries
from geodata.stores.sql import ARROW

__all__ = [
    "ASKED",
    "FORMATS",
    "chosen_lines",
    "csv_lines",
    "geojson_chunks",
    "head",
    "jsonl_lines",
    "native_chunks",
    "write",
    "write_parquet",
]

Writer: TypeAlias = Callable[[ClaimStore, Query, BinaryIO, datetime], None]

_JSON: Final = msgspec.json.Encoder()
_FORMULA: Final = r"^'*[=+\-@\t\r]"
_LINES: Final = 1_000
"""Claims written at once as JSON Lines."""
_PAGE: Final = 50_000
"""Rows of a GeoParquet row group."""
ASKED: Final = ("query", "query_url", "exported_at", "store_version")
"""The columns of a CSV after those of SCHEMA: what was asked, as a sentence and as an address, when, of which store."""
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
    """What is to be known of an export as a whole: what was asked, of which store, when, and whose data it is."""
    names = {i: source.name for i, source in store.sources().items()}
    return {
        "query": query.describe(names),
        "query_url": query.to_url(),
        "claims": store.count(query),
        "store_version": store.version(),
        "exported_at": exported_at,
        "datasets": [asdict(credit) for credit in store.credits(query)],
    }


def csv_lines(store: ClaimStore, query: Query, exported_at: datetime) -> Iterator[str]:
    """The claims as CSV, the header first; each item is some whole records with their line ends."""
    text = io.StringIO()
    writer = csv.writer(text)
    text.write("\ufeff")
    writer.writerow([*COLUMN_OF, *ASKED])
    about = head(store, query, exported_at) | {"exported_at": f"{exported_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"}
    asked = [repeat(guarded(about[name])) for name in ASKED]
    for page in store.pages(query, tuple(COLUMN_OF)):
        cells = [_cells(page[c.name], c.dtype) for c in SCHEMA]
        writer.writerows(zip(*cells, *asked, strict=False))
        yield _taken(text)
    yield _taken(text)


def chosen_lines(
    found: Arranged, columns: Sequence[str], beside: Mapping[str, Mapping[str, str]] = MappingProxyType({})
) -> Iterator[str]:
    """Claims as CSV in the order found, the columns named and no others, written as :func:`csv_lines` does.

    ``beside`` has columns that are not in SCHEMA: the text of a cell by claim id.
    """
    text = io.StringIO()
    writer = csv.writer(text)
    text.write("\ufeff")
    writer.writerow(columns)
    for page in found.pages(list(dict.fromkeys([*(c for c in columns if c not in beside), "claim_id"]))):
        ids = page["claim_id"].to_pylist()
        cells = (
            [guarded(beside[c].get(i, "")) for i in ids] if c in beside else _cells(page[c], COLUMN_OF[c].dtype)
            for c in columns
        )
        writer.writerows(zip(*cells, strict=True))
        yield _taken(text)


def jsonl_lines(store: ClaimStore, query: Query, exported_at: datetime) -> Iterator[str]:
    """Our own format a record a line: each claim after the sources and the document it names; none comes twice."""
    about = {"format": native.FORMAT, "version": native.VERSION, "records": "lines"}
    yield _JSON.encode(about | {"export": head(store, query, exported_at)}).decode() + "\n"
    sources, named = store.sources(), set[str]()
    documents = set[str]()
    claims = store.claims(query)
    while page := tuple(islice(claims, _LINES)):
        fresh = store.documents([i for i in {c.document_id: None for c in page} if i not in documents])
        documents.update(fresh)
        met = [i for i in dict.fromkeys(chain.from_iterable(map(_named, page))) if i in sources and i not in named]
        named.update(met)
        records: Iterator[Source | Document | Claim] = chain((sources[i] for i in met), fresh.values(), page)
        yield b"".join(native.line(record) for record in records).decode()
    by_hand: tuple[Pairing | SourceRevision, ...] = (*_paired(store, query), *_revised(store))
    yield b"".join(native.line(told) for told in by_hand).decode()


def _paired(store: ClaimStore, query: Query) -> tuple[Pairing, ...]:
    """What people say of two claims that both match, and what of it they have taken back."""
    told = store.pairings(every=True)
    ids = set(store.table(query, ("claim_id",))["claim_id"].to_pylist()) if told else set()
    return tuple(p for p in told if {p.claim_id, p.other} <= ids)


def _revised(store: ClaimStore) -> tuple[SourceRevision, ...]:
    """What people wrote of the sources."""
    return tuple(r for r in store.revisions() if r.author)


def _named(claim: Claim) -> Iterator[str]:
    """Ids of the sources that a claim names."""
    yield claim.claimant
    yield from claim.claimant_alt
    yield from claim.relays
    yield from (r.target for r in claim.relations if r.type is RelationType.SOURCED_TO)


def geojson_chunks(store: ClaimStore, query: Query, exported_at: datetime) -> Iterator[str]:
    """The claims as one GeoJSON FeatureCollection, one Feature a claim, geometry as drawn or null.

    Properties are the columns of SCHEMA, ``ucdp_where_prec`` and ``acled_geo_precision`` (null where there is no such
    code). What :func:`head` says stands beside ``features`` as foreign members.
    """
    start = {"type": "FeatureCollection", **head(store, query, exported_at)}
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


def native_chunks(store: ClaimStore, query: Query, exported_at: datetime) -> Iterator[str]:
    """The claims in our own format with their documents and every source; reading it back gives the same claims."""
    ids = pc.unique(store.table(query, ("document_id",))["document_id"]).to_pylist()
    whole = {
        "format": native.FORMAT,
        "version": native.VERSION,
        "export": head(store, query, exported_at),
        "sources": native.plain(tuple(store.sources().values())),
        "documents": native.plain(tuple(store.documents(ids).values())),
    }
    yield _JSON.encode(whole).decode()[:-1] + ',"claims":['
    for n, claim in enumerate(store.claims(query)):
        yield (",\n" if n else "\n") + _JSON.encode(native.plain(claim)).decode()
    yield f'\n],"pairings":{_JSON.encode(native.plain(_paired(store, query))).decode()}'
    yield f',"revisions":{_JSON.encode(native.plain(_revised(store))).decode()}}}\n'


def write_parquet(store: ClaimStore, query: Query, file: BinaryIO, exported_at: datetime) -> None:
    """Write the claims as GeoParquet 1.1; the file's ``conflict-map`` metadata hold what :func:`head` says."""
    about = {"geo": _JSON.encode(_GEO), "conflict-map": _JSON.encode(head(store, query, exported_at))}
    fields = [pa.field(c.name, ARROW[c.dtype], metadata={"meaning": c.meaning, "unit": c.unit}) for c in SCHEMA]
    schema = pa.schema([*fields, pa.field("geometry", pa.binary())], metadata=about)
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for page in store.pages(query, (*COLUMN_OF, "marks"), size=_PAGE):
            drawn = pa.array(shapely.to_wkb(geometries(page["marks"])), pa.binary())
            rows = page.drop_columns("marks").append_column("geometry", drawn)
            writer.write_table(rows.cast(schema))


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
    return pc.replace_substring_regex(text, _FORMULA, r"'\0").to_pylist()  # type: ignore[no-any-return]


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
        ".csv": _text(csv_lines),
        ".geojson": _text(geojson_chunks),
        ".json": _text(native_chunks),
        ".jsonl": _text(jsonl_lines),
        ".parquet": write_parquet,
    }
)
"""By the suffix of a file's name, what writes it: ``(store, query, file open for bytes, time of export)``."""
