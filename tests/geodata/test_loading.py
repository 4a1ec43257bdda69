"""What the command and the page call: a file into the store, told as it goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from geodata.ingest import sample_path
from geodata.loading import Progress, Watch, load
from geodata.model import Rejection
from geodata.query import Query
from geodata.stores import DuckDBStore, open_store

HEADER = "id,date,place,lon,lat,note\n"


class Told(Watch):
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.steps: list[Progress] = []
        self.rows: list[Rejection] = []

    def progress(self, progress: Progress) -> None:
        self.steps.append(progress)

    def refused(self, rejection: Rejection) -> None:
        self.rows.append(rejection)


@pytest.fixture
def store(tmp_path: Path) -> DuckDBStore:
    return open_store(tmp_path / "store", create=True)


def table(path: Path, *rows: str) -> Path:
    path.write_text(HEADER + "".join(f"{row}\n" for row in rows))
    return path


def test_a_file_is_loaded_and_told(store: DuckDBStore, tmp_path: Path) -> None:
    told = Told()
    good = [f"{i},2022-03-01,Sumy,34.8,50.9,x" for i in range(9)]
    path = table(tmp_path / "towns.csv", *good, "9,2022-03-71,Sumy,34.8,50.9,x")
    found = load(store, path, gazetteer=None, watch=told)
    assert (found.reader, found.new, found.rejected, found.read) == ("table", 9, 1, 10)
    assert [r.reason for r in told.rows] == ["bad_date"] == [r for r, _ in found.reasons]
    assert (told.steps[-1].claims, told.steps[-1].rejected) == (9, 1)
    assert told.steps[-1].done_bytes == told.steps[-1].total_bytes == path.stat().st_size
    assert store.count(Query()) == 9


def test_a_dry_run_says_the_same_and_writes_nothing(store: DuckDBStore) -> None:
    version = store.version()
    dry = load(store, sample_path(), gazetteer=None, dry_run=True)
    assert (store.version(), store.count(Query())) == (version, 0)
    wet = load(store, sample_path(), gazetteer=None)
    assert (dry.new, dry.rejected) == (wet.new, wet.rejected) == (store.count(Query()), 0)
    assert load(None, sample_path(), gazetteer=None).new == wet.new


def test_the_same_file_again_adds_nothing(store: DuckDBStore) -> None:
    first = load(store, sample_path(), gazetteer=None)
    version = store.version()
    again = load(store, sample_path(), gazetteer=None)
    assert (again.new, again.changed, again.unchanged) == (0, 0, first.new)
    assert store.version() == version
