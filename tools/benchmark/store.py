"""Measure the embedded store at size, beside DuckDB's bare ``read_csv`` of the same rows into a table.

    python -m tools.benchmark.store [CLAIMS ...] [--json FILE]

Everything comes from one run on one machine, in fresh stores in a temporary folder. Each size is measured in a process
of its own, so that peaks of memory stand apart. Seconds are of the machine and its load; ratios compare within a run.
*Cold* is the first time a store that was just opened is asked, the file being in the system's cache; *warm* is the
best of five more. Ten million claims take about 8 GB of disk and, on two busy cores, a quarter of an hour.
"""

from __future__ import annotations

import argparse
import io
import json
import multiprocessing
import os
import platform
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from geodata import export
from geodata.model import Bundle
from geodata.query import Query
from geodata.stores import DuckDBStore, open_store
from tools.benchmark import importing
from tools.synthetic import batches, sources

SIZES: Final = (100_000, 1_000_000)
READS: Final = 5
PAGE: Final = 10_000
NARROW: Final = Query(
    source=("made-0", "made-3", "made-9"), start=datetime(2023, 3, 1, tzinfo=UTC), end=datetime(2023, 6, 1, tzinfo=UTC)
)
WORDS: Final = Query(text="обстріл склад")
PHRASE: Final = Query(text='"the bridge" drones')
PLACE: Final = Query(text="Kamianivka depot")
FEW: Final = (30.0, 50.0, 31.0, 51.0)
PEAK: Final = "peak memory of the process"
IMPORTING: Final = "peak memory of the import"
EXPORTED: Final = 1_000_000
"""The largest size at which exports are measured."""
SLOWER: Final = {"facets": 300, "text": 300, "cells": 300}
"""Aims in milliseconds of queries by a word in their name; others have 50, above a million claims 150."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing measured, and what it should not be above."""

    name: str
    unit: str
    value: float
    aim: float | None = None

    def shown(self) -> str:
        """The value, and the aim where it is missed."""
        missed = "" if self.aim is None or self.value <= self.aim else f"  > {self.aim:g}"
        return f"{self.value:,.{0 if self.value >= 100 else 1 if self.value >= 10 else 2}f}{missed:<7}"


QUERIES: Final[dict[str, Callable[[DuckDBStore], Any]]] = {
    "count": lambda s: s.count(NARROW),
    "day x layer": lambda s: s.timeline(NARROW),
    "day x layer, all claims": lambda s: s.timeline(Query()),
    "facets": lambda s: s.facets(NARROW),
    "facets, all claims": lambda s: s.facets(Query()),
    "cells x day x layer": lambda s: s.cube(NARROW, zoom=10, bin_minutes=1440),
    "cells x day x layer, all claims": lambda s: s.cube(Query(), zoom=10, bin_minutes=1440),
    "cells x week x layer, all claims": lambda s: s.cube(Query(), zoom=8, bin_minutes=7 * 1440),
    "cells x hour x layer of a box": lambda s: s.cube(Query(), box=FEW, zoom=13, bin_minutes=60),
    "first page": lambda s: s.select(Query(), limit=50),
    "latest page": lambda s: s.latest(Query(), limit=50),
    "latest page of a filter": lambda s: s.latest(NARROW, limit=50),
    "text, two words": lambda s: s.count(WORDS),
    "text, a phrase and a word": lambda s: s.count(PHRASE),
    "text, best 50 with their places": lambda s: s.search(WORDS, limit=50),
    "text with facets": lambda s: s.facets(PLACE),
    "one claim": lambda s: s.get("made:77"),
}


def measured(claims: int, folder: Path) -> Iterator[Measure]:
    """What is measured at one size."""
    path = folder / "store"
    ours = fill(path, claims)
    yield Measure("append, checked and indexed", "s", ours)
    yield Measure(PEAK, "MB", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3)
    file = folder / "rows.csv"
    importing.written(file, claims)
    bare = importing.read_csv(file, folder / "bare.duckdb")
    yield Measure("bare read_csv of the same rows into a table", "s", bare)
    yield Measure("append / bare read_csv", "x", ours / bare)
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
        took, peak = process.submit(importing.imported, file, folder / "imported").result()
    yield Measure("import of the file, all checks", "s", took)
    yield Measure("import / bare read_csv", "x", took / bare, 2.0)
    yield Measure(IMPORTING, "MB", peak)
    yield Measure("size of the imported store", "MB", _size(folder / "imported"))
    with closing(open_store(path)) as store:
        claim = replace(store.get("made:7"), claim_id="one more")
        before = store.version()
        yield Measure("append of one claim", "s", seconds(lambda: store.append(Bundle(claims=(claim,)))), 10.0)
        yield Measure("what came since", "ms", 1000 * seconds(lambda: store.since(before, Query(), ["claim_id"])), 150)
    yield Measure("size of the store", "MB", _size(path))
    yield Measure("size of the bare table", "MB", (folder / "bare.duckdb").stat().st_size / 1e6)
    for name, query in QUERIES.items():
        aim = next((ms for word, ms in SLOWER.items() if word in name), 50 if claims <= 1_000_000 else 150)
        with closing(open_store(path)) as store:
            yield Measure(f"{name}, cold", "ms", 1000 * seconds(partial(query, store)))
            yield Measure(name, "ms", 1000 * min(seconds(partial(query, store)) for _ in range(READS)), aim)
    if claims <= EXPORTED:
        yield from exported(path, claims)


def exported(path: Path, claims: int) -> Iterator[Measure]:
    """What it costs to take claims out."""
    with closing(open_store(path)) as store:
        later = store.select(Query(), columns=["happened_start"], offset=claims // 50 + min(PAGE, claims // 2), limit=1)
        some = Query(end=later.iat[0, 0].to_pydatetime())
        for suffix in export.FORMATS:
            took = seconds(partial(export.write, store, some, suffix, io.BytesIO()))
            yield Measure(f"export of 10,000 claims, {suffix}", "s", took * 10_000 / store.count(some))


def table(found: Mapping[int, Sequence[Measure]]) -> str:
    """What was measured, a line a thing and a column a size; what misses its aim is marked."""
    names = {m.name: m.unit for size in found.values() for m in size}
    lines = [" " * 48 + "".join(f"{f'{size:,} claims':>22}" for size in found)]
    for name, unit in names.items():
        cells = (next((m for m in size if m.name == name), None) for size in found.values())
        lines.append(f"{f'{name}, {unit}':<48}" + "".join(f"{m.shown() if m else '':>22}" for m in cells))
    for name in (PEAK, IMPORTING):
        peaks = [m.value for size in found.values() for m in size if m.name == name]
        if len(peaks) > 1:
            shown = Measure("", "x", peaks[-1] / peaks[0], 1.3).shown()
            lines.append(f"{f'{name}, last size / first':<48}{shown:>22}")
    return "\n".join(line.rstrip() for line in lines)


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


def _size(store: Path) -> float:
    """The size of its largest version in MB."""
    return max(f.stat().st_size for f in store.iterdir()) / 1e6


def seconds(act: Callable[[], object]) -> float:
    """How long it takes."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def run(claims: int) -> list[Measure]:
    """Measure one size in a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        return list(measured(claims, Path(folder)))


def main(argv: list[str]) -> None:
    """Measure each size and print a table of all."""
    parser = argparse.ArgumentParser(prog="store", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("claims", nargs="*", type=int, default=SIZES, help="sizes of the stores")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the numbers there too")
    given = parser.parse_args(argv)
    about = (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}",
        f"Python {platform.python_version()}, DuckDB {duckdb.__version__}, pyarrow {pa.__version__}",
    )
    print("\n".join(about), flush=True)
    found = {}
    for claims in given.claims:
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
            found[claims] = process.submit(run, claims).result()
    print(table(found))
    if given.json:
        rows = {str(claims): [asdict(m) for m in of] for claims, of in found.items()}
        given.json.write_text(json.dumps({"about": about, "claims": rows}, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
