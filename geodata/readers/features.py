"""Geographic files: points, lines and areas with properties, mapped as the columns of any table are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any, Final

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError
from shapely.geometry.base import BaseGeometry

from geodata.errors import ReaderError
from geodata.model import Origin, Rejection
from geodata.readers.base import Options, Record
from geodata.readers.mapping import OPTIONS
from geodata.readers.tables import Row, clean
from geodata.readers.translated import Rows, as_text, mapping_of, translated

__all__ = ["FeaturesReader", "layers_of", "rows_of"]

_PARQUET: Final = b"PAR1"
_FLATGEOBUF: Final = b"fgb\x03"
_SQLITE: Final = b"SQLite format 3\x00"
_GEOPACKAGE: Final = (b"GPKG", b"GP10", b"GP11")
"""Application ids of GeoPackage at bytes 68 to 71 (OGC 12-128r17, requirement 2)."""
_GEOJSON: Final = re.compile(rb'"type"\s*:\s*"Feature(?:Collection)?"')
_WKB: Final = "wkb_geometry"
_BATCH: Final = 4_096
_SLICE: Final = 65_536
_DAMAGE: Final = (RuntimeError, ValueError, pa.ArrowException, CRSError, OSError)
"""What GDAL (its errors are RuntimeErrors), Arrow and PROJ raise on files they cannot read."""


class FeaturesReader:
    """Reads GeoJSON, GeoPackage, FlatGeobuf and Parquet, with GeoParquet's geometry if it has one."""

    name: Final = "features"
    title: Final = "GeoJSON, GeoPackage, FlatGeobuf, (Geo)Parquet; properties mapped or guessed"
    options: Final[Mapping[str, str]] = OPTIONS

    def sniff(self, head: bytes) -> bool:
        """True if the head is that of one of the four formats."""
        if head.startswith((_PARQUET, _FLATGEOBUF)):
            return True
        if head.startswith(_SQLITE):
            return head[68:72] in _GEOPACKAGE
        return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and _GEOJSON.search(head) is not None

    def read(self, path: Path, options: Options) -> Iterator[Record]:
        """The document, then each feature's claim or Rejection.

        Raises
        ------
        ReaderError
            If the file cannot be read, or its properties not be mapped.
        """
        return translated(rows_of(path, options, self.name), path, options.get("map", ""))

    def explain(self, path: Path, options: Options) -> tuple[str, ...]:
        """Lines that say how each property would be read.

        Raises
        ------
        ReaderError
            As :meth:`read`.
        """
        rows = rows_of(path, options, self.name)
        return mapping_of(rows, options.get("map", "")).describe(rows.columns)


@dataclass(frozen=True, slots=True)
class _Features:
    """Rows of a geographic file, batch by batch."""

    path: Path
    layer: str
    columns: tuple[str, ...]
    geometry: str
    """Name of the column of well-known binary; empty if there is none."""
    to_degrees: Transformer | None
    """To EPSG:4326; None if the file is in it."""
    origin: Origin

    def at(self, line: int) -> Origin:
        return replace(self.origin, row=f"feature {line}")

    def __iter__(self) -> Iterator[tuple[Row | Rejection, BaseGeometry | None]]:
        with _readable(self.path):
            for line, values in enumerate(_values(self.path, self.layer), 1):
                yield self._row(line, values)

    def _row(self, line: int, values: dict[str, Any]) -> tuple[Row | Rejection, BaseGeometry | None]:
        cleaned = {name: clean(as_text(values.get(name))) for name in self.columns}
        cells = {name: cell for name, (cell, _) in cleaned.items()}
        raw = msgspec.json.encode(cells).decode()
        notes = tuple(f"{name}: {note}" for name, (_, note) in cleaned.items() if note)
        try:
            shape = shapely.from_wkb(values.get(self.geometry))
        except (shapely.errors.GEOSException, TypeError) as e:
            return Rejection("bad_geometry", self.at(line), self.geometry, str(e), "Mend the geometry.", raw), None
        if shape is not None and shape.is_empty:
            shape = None
        if shape is not None and self.to_degrees:
            shape = shapely.transform(shape, self.to_degrees.transform, interleaved=False)
        return Row(line, cells, raw, notes), shape


def rows_of(path: Path, options: Options, reader: str) -> Rows:
    """The features of a geographic file as rows.

    Raises
    ------
    ReaderError
        If the file cannot be read, or has several layers and the option ``layer`` names none of them.
    """
    origin = Origin(dataset=path.stem, file=path.name, reader=reader)
    with _readable(path):
        return _parquet(path, origin) if _start(path) == _PARQUET else _layer(path, options.get("layer", ""), origin)


def layers_of(path: Path) -> tuple[str, ...]:
    """Names of the layers of a geographic file; none of a Parquet file.

    Raises
    ------
    ReaderError
        If the file cannot be read.
    """
    import pyogrio

    with _readable(path):
        return () if _start(path) == _PARQUET else tuple(str(name) for name, _ in pyogrio.list_layers(path))


def _parquet(path: Path, origin: Origin) -> _Features:
    schema = pq.read_schema(path)
    about = msgspec.json.decode((schema.metadata or {}).get(b"geo", b"{}"))
    geometry = about.get("primary_column", "")
    crs = about.get("columns", {}).get(geometry, {}).get("crs", "OGC:CRS84")
    columns = tuple(name for name in schema.names if name != geometry)
    return _Features(path, "", columns, geometry, _degrees(crs) if geometry else None, origin)


def _layer(path: Path, layer: str, origin: Origin) -> _Features:
    import pyogrio

    names = layers_of(path)
    if not layer and len(names) == 1:
        layer = names[0]
    if layer not in names:
        what = f"there is no layer {layer!r}" if layer else f"holds {len(names)} layers"
        raise ReaderError(what, where=str(path), remedy=f"Name one with --layer: {', '.join(names)}.")
    about = pyogrio.read_info(path, layer=layer)
    columns = tuple(map(str, about["fields"]))
    geometry = about["geometry_name"] or _WKB
    return _Features(path, layer, columns, geometry, _degrees(about["crs"]), origin)


def _values(path: Path, layer: str) -> Iterator[dict[str, Any]]:
    """The features, with their geometry as well-known binary."""
    kind = _start(path)
    if kind == _PARQUET:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(_BATCH):
                yield from batch.to_pylist()
    elif kind == _FLATGEOBUF:
        yield from _flatgeobuf(path, layer)
    else:
        from pyogrio import open_arrow

        with open_arrow(path, layer=layer, batch_size=_BATCH, use_pyarrow=True) as (_, reader):
            for batch in reader:
                yield from batch.to_pylist()


def _flatgeobuf(path: Path, layer: str) -> Iterator[dict[str, Any]]:
    """Slice by slice: the Arrow stream of this format loses track at features without geometry (GDAL 3.12.4)."""
    from pyogrio.raw import read

    for first in count(0, _SLICE):
        about, _, shapes, fields = read(path, layer=layer, skip_features=first, max_features=_SLICE)
        names = (_WKB, *about["fields"])
        for row in zip(shapes, *(column.astype(object) for column in fields), strict=True):
            yield dict(zip(names, row, strict=True))
        if len(shapes) < _SLICE:
            return


def _degrees(crs: Any) -> Transformer | None:
    """How to get to longitude and latitude; a file that names no system is taken as in it."""
    given = CRS.from_user_input(crs) if crs else None
    if given is None or given.equals(CRS.from_epsg(4326), ignore_axis_order=True):
        return None
    return Transformer.from_crs(given, 4326, always_xy=True)


def _start(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(4)


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except _DAMAGE as e:
        raise ReaderError(f"cannot be read: {e}", where=str(path), remedy="Get the file again, unpacked.") from e
