"""What it costs to import a file of made-up claims with all its checks, beside DuckDB's bare ``read_csv`` of it."""

from __future__ import annotations

import resource
import time
from contextlib import closing
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from geodata.gazetteer import Gazetteer
from geodata.loading import load
from geodata.schema import COLUMN_OF
from geodata.stores import open_store
from tools.synthetic import batches

__all__ = ["imported", "read_csv", "written"]

_ALIKE: Final = {
    "revision": "1", "recorded_at": "2026-01-01T00:00:00.000000Z", "claimant_basis": "stated", "status": "asserted",
    "modality": "claimed", "negated": "false", "coding": "hand", "graphic": "false", "document_title": "Made up",
    "licence": "CC0-1.0",
}  # fmt: skip
"""Cells that stand in every row."""
_TIMES: Final = {"happened_start": "happened_start", "happened_end": "happened_end", "said_at": "said_start"}
_PLACE: Final = ("mention", "role", "precision")


def written(path: Path, rows: int) -> None:
    """Write made-up claims as our own CSV, with a document a source and the point of each place."""
    with pyarrow.csv.CSVWriter(path, pa.schema([(name, pa.string()) for name in COLUMN_OF])) as file:
        for batch in batches(rows):
            file.write_table(_cells(batch))


def imported(path: Path, store: Path) -> tuple[float, float]:
    """Seconds from the file to a store where all is in force, and the peak of the process's memory in MB.

    Raises
    ------
    ValueError
        If a row is refused: nothing would be measured then.
    """
    began = time.perf_counter()
    with closing(open_store(store, create=True)) as into:
        found = load(into, path, gazetteer=Gazetteer.load())
    took = time.perf_counter() - began
    if found.rejected:
        raise ValueError(f"{found.rejected} rows were refused: {found.reasons}")
    return took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def read_csv(path: Path, table: Path) -> float:
    """Seconds DuckDB takes from the file to a table on disk."""
    with closing(duckdb.connect(table)) as con:
        con.sql("SET enable_progress_bar = false")
        began = time.perf_counter()
        con.sql(f"CREATE TABLE bare AS FROM read_csv('{path}', header = true, quote = '\"')")
        con.sql("CHECKPOINT")
        return time.perf_counter() - began


def _cells(claims: pa.Table) -> pa.Table:
    """The claims as text, a column a column of the schema; those they leave out are empty."""
    rows = claims.num_rows
    place, mark = (
        pc.list_slice(claims[name].combine_chunks(), 0, 1, return_fixed_size_list=True).values
        for name in ("places", "marks")
    )
    cells = {name: pa.repeat(cell, rows) for name, cell in _ALIKE.items()}
    cells |= {name: claims[name] for name in claims.column_names if name in COLUMN_OF}
    cells |= {name: pc.struct_field(place, name) for name in _PLACE} | {"place": pc.struct_field(place, "name")}
    cells |= {name: pc.struct_field(mark, name).cast(pa.string()) for name in ("lon", "lat")}
    cells |= {"document_id": claims["claimant"]}
    for name, given in _TIMES.items():
        cells[name] = pc.strftime(claims[given], "%Y-%m-%dT%H:%M:%SZ")
    one = pc.list_slice(claims["relations"].combine_chunks(), 0, 1, return_fixed_size_list=True).values
    kind, target = (pc.struct_field(one, name) for name in ("type", "target"))
    cells["relations"] = pc.binary_join_element_wise('[{"type":"', kind, '","target":"', target, '"}]', "")
    empty = pa.repeat("", rows)
    return pa.table(
        {name: pc.fill_null(cells[name].cast(pa.string()), "") if name in cells else empty for name in COLUMN_OF}
    )
