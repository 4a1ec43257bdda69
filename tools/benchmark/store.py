"""Measure the embedded store at size, beside DuckDB's bare ``read_csv`` of the same rows into a table.

    python -m tools.benchmark.store [ROWS ...] [--json FILE]

Everything comes from one run on one machine, in fresh stores in a temporary folder. Each size is measured in a process
of its own, so that peaks of memory stand apart. Seconds are of the machine and its load; ratios compare within a run.
"""

from __future__ import annotations

import argparse
import io
import json
import multiprocessing
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from geodata import export
from geodata.model import Bundle
from geodata.query import Query
from geodata.stores import DuckDBStore, open_store
from tools.synthetic import batches, sources

SIZES: Final = (100_000, 1_000_000)
READS: Final = 5
PAGE: Final = 10_000
NARROW: Final = Query(
    source=("made-0", "made-3", "made-9"), start=datetime(2023, 3, 1, tzinfo=UTC), end=datetime(2023, 6, 1, tzinfo=UTC)
)
TEXT: Final = Query(text="depot settlement 77")
QUERIES: Final[dict[str, Callable[[DuckDBStore], Any]]] = {
    "count": lambda s: s.count(NARROW),
    "day x layer": lambda s: s.timeline(NARROW),
    "day x layer, all claims": lambda s: s.timeline(Query()),
    "facets": lambda s: s.facets(NARROW),
    "facets, all claims": lambda s: s.facets(Query()),
    "first page": lambda s: s.latest(Query(), limit=50),
    "first page of a filter": lambda s: s.latest(NARROW, limit=50),
    "text search": lambda s: s.count(TEXT),
    "one claim": lambda s: s.get("made:77"),
}


def measured(rows: int, folder: Path) -> Iterator[tuple[str, float, str]]:
    """What is measured at one size: name, value and unit."""
    path = folder / "store"
    ours, again = fill(path, rows), fill(path, rows)
    yield "append of new claims", ours, "s"
    yield "append of the same again", again, "s"
    yield "peak memory of the process", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3, "MB"
    bare = read_csv(folder, rows)
    yield "bare read_csv of the same rows into a table", bare, "s"
    yield "append / read_csv", ours / bare, "x"
    with closing(open_store(path)) as store:
        claim = replace(store.get("made:7"), claim_id="one more")
        yield "append of one claim", seconds(lambda: store.append(Bundle(claims=(claim,)))), "s"
    yield "size of the store", max(f.stat().st_size for f in path.iterdir()) / 1e6, "MB"
    yield "size of the bare table", (folder / "bare.duckdb").stat().st_size / 1e6, "MB"
    for name, query in QUERIES.items():
        with closing(open_store(path)) as store:
            yield f"{name}, cold", 1000 * seconds(partial(query, store)), "ms"
            yield f"{name}, warm", 1000 * min(seconds(partial(query, store)) for _ in range(READS)), "ms"
    with closing(open_store(path)) as store:
        later = store.select(Query(), columns=["happened_start"], offset=rows // 50 + PAGE, limit=1)
        some = Query(end=later.iat[0, 0].to_pydatetime())
        for suffix in export.FORMATS:
            took = seconds(partial(export.write, store, some, suffix, io.BytesIO()))
            yield f"export of 10,000 claims, {suffix}", took * 10_000 / store.count(some), "s"


def fill(path: Path, rows: int) -> float:
    """Append made-up claims as one version; the seconds it takes, without those for making them."""
    began, making = time.perf_counter(), 0.0
    with closing(open_store(path, create=True)) as store, store.writing() as writer:
        writer.append(Bundle(sources=sources()))
        made = batches(rows)
        while True:
            since = time.perf_counter()
            batch = next(made, None)
            making += time.perf_counter() - since
            if batch is None:
                break
            writer.append_table(batch)
    return time.perf_counter() - began - making


def read_csv(folder: Path, rows: int) -> float:
    """Seconds DuckDB takes from a file of the same claims, of first place and mark only, to a table on disk."""
    with pyarrow.csv.CSVWriter(folder / "rows.csv", flat(next(batches(1))).schema) as file:
        for batch in batches(rows):
            file.write_table(flat(batch))
    con = duckdb.connect(folder / "bare.duckdb")
    con.sql("SET enable_progress_bar = false")

    def load() -> None:
        con.sql(f"CREATE TABLE bare AS FROM read_csv('{folder / 'rows.csv'}', header = true, quote = '\"')")
        con.sql("CHECKPOINT")

    with closing(con):
        return seconds(load)


def flat(claims: pa.Table) -> pa.Table:
    """The claims with the fields of their first place and mark in place of the lists."""
    columns = {name: claims[name] for name in claims.column_names if name not in ("places", "marks")}
    for name in ("places", "marks"):
        first = pc.list_slice(claims[name].combine_chunks(), 0, 1, return_fixed_size_list=True).values
        for field in first.type:
            if not pa.types.is_nested(field.type):
                columns[f"{name}_{field.name}"] = pc.struct_field(first, field.name)
    return pa.table(columns)


def seconds(act: Callable[[], object]) -> float:
    """How long it takes."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def run(rows: int) -> list[tuple[str, float, str]]:
    """Measure one size in a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        return list(measured(rows, Path(folder)))


def main(argv: list[str]) -> None:
    """Measure each size and print a table of all."""
    parser = argparse.ArgumentParser(prog="store", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("rows", nargs="*", type=int, default=SIZES, help="sizes of the stores, in claims")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the numbers there too")
    given = parser.parse_args(argv)
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}, DuckDB {duckdb.__version__}\n")
    results = {}
    for rows in given.rows:
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
            results[rows] = process.submit(run, rows).result()
        print(f"{rows:,} claims")
        for name, value, unit in results[rows]:
            print(f"  {name:<48}{value:>12,.2f} {unit}")
    if given.json:
        given.json.write_text(json.dumps(results, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
