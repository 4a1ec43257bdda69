"""Write the three tables the gazetteer reads: places, names, areas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from shapely.geometry.base import BaseGeometry

from geodata.gazetteer import SPELLINGS
from geodata.model import PlaceKind
from tools.geodata_build.entries import Entry

__all__ = ["write_areas", "write_places"]

_SORTED_TEXT: Final = "DELTA_BYTE_ARRAY"


def write_places(entries: Sequence[Entry], out: Path) -> None:
    """``places.parquet`` (ordered by kind, then id) and ``names.parquet`` (ordered by key, then row)."""
    kinds = {kind: i for i, kind in enumerate(PlaceKind)}
    ordered = sorted(entries, key=lambda e: (kinds[e.kind], e.place_id))
    rows = {e.place_id: i for i, e in enumerate(ordered)}
    twice = {a.place_id for a, b in pairwise(ordered) if a.place_id == b.place_id}
    assert not twice, f"place ids are not unique: {sorted(twice)[:10]}"
    places = pa.table(
        {
            "place_id": pa.array([e.place_id for e in ordered]),
            "name": pa.array([e.name for e in ordered]),
            "local_name": pa.array(["" if e.local_name == e.name else e.local_name for e in ordered]),
            "kind": pa.array([str(e.kind) for e in ordered]),
            "country": pa.array([e.country for e in ordered]),
            "lon": pa.array([round(e.point[0], 5) for e in ordered]),
            "lat": pa.array([round(e.point[1], 5) for e in ordered]),
            "radius_km": pa.array([round(e.radius_km, 1) for e in ordered]),
            "point_source": pa.array([e.source for e in ordered]),
            "population": pa.array([e.population for e in ordered], pa.int32() if _fits(ordered) else pa.int64()),
            "parent": pa.array([rows[e.parent] if e.parent else -1 for e in ordered], pa.int32()),
            "seat": pa.array([rows[e.seat] if e.seat else -1 for e in ordered], pa.int32()),
        }
    )
    keys = sorted((key, rows[e.place_id], SPELLINGS.index(s)) for e in ordered for key, s in e.keys.items())
    names = pa.table(
        {
            "key": pa.array([k for k, _, _ in keys]),
            "row": pa.array([r for _, r, _ in keys], pa.int32()),
            "spelling": pa.array([s for _, _, s in keys], pa.uint8()),
        }
    )
    _write(
        places,
        out / "places.parquet",
        ["place_id", "name", "local_name"],
        ["kind", "country", "point_source", "radius_km", "lon", "lat"],
    )
    _write(names, out / "names.parquet", ["key"], ["spelling"])


def write_areas(shapes: Mapping[str, BaseGeometry], out: Path) -> None:
    """``areas.parquet``: place id and WKB, ordered by id."""
    ids = sorted(shapes)
    table = pa.table(
        {"place_id": pa.array(ids), "geometry": pa.array([shapely.to_wkb(shapes[i]) for i in ids], pa.binary())}
    )
    _write(table, out / "areas.parquet", ["place_id"], [])


def _fits(entries: Sequence[Entry]) -> bool:
    return max(e.population for e in entries) < 2**31


def _write(table: pa.Table, path: Path, sorted_text: list[str], repeated: list[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(
        table,
        path,
        compression="zstd",
        compression_level=19,
        use_dictionary=repeated,
        column_encoding={c: _SORTED_TEXT for c in sorted_text},
        write_statistics=False,
        store_schema=False,
    )
