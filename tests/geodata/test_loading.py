"""What the command and the page call: a file into the store, told as it goes on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from geodata import loading
from geodata.ingest import sample_path
from geodata.loading import Progress, Watch, load
from geodata.model import Rejection
from geodata.query import Query
from geodata.stores import DuckDBStore, Gone, open_store

HEADER = "id,date,place,lon,lat,note\n"


class Told(Watch):
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.steps: list[Progress] = []
        self.rows: list[Rejection] = []
        self.lost: list[Gone] = []

    def progress(self, progress: Progress) -> None:
        self.steps.append(progress)

    def refused(self, rejection: Rejection) -> None:
        self.rows.append(rejection)

    def gone(self, claim: Gone) -> None:
        self.lost.append(claim)


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


def towns(path: Path, *days: int, note: str = "x") -> Path:
    return table(path, *(f"{day},2022-03-{day:02},Sumy,34.8,50.9,{note}" for day in days))


def test_a_newer_version_of_a_file_adds_revisions_and_says_what_is_gone(store: DuckDBStore, tmp_path: Path) -> None:
    path, told = towns(tmp_path / "towns.csv", *range(1, 11)), Told()
    load(store, path, gazetteer=None)
    lines = path.read_text().replace("05,Sumy,34.8,50.9,x", "05,Sumy,34.8,50.9,y").splitlines()
    path.write_text("\n".join([*lines[:1], "11,2022-03-11,Sumy,34.8,50.9,x", *lines[1:-1]]))
    found = load(store, path, gazetteer=None, watch=told)
    assert (found.new, found.changed, found.unchanged, found.gone) == (1, 1, 8, 1)
    assert [(c.claim_id, c.row) for c in told.lost] == [("towns-10", "line 11")]
    assert (store.get("towns-5").revision, store.get("towns-10").revision) == (2, 1)
    assert load(store, path, gazetteer=None).unchanged == 10


@pytest.mark.parametrize(
    ("name", "days", "gone"),
    [
        ("towns.csv", range(1, 4), 7),  # cut short
        ("towns.v2.csv", range(2, 14), 1),  # renamed, but most of it is the same
        ("towns.csv", range(20, 25), 0),  # the next weeks under the same name
        ("towns.v2.csv", range(1, 4), 0),  # a part under another name
    ],
)
def test_a_file_is_a_newer_version_by_what_it_tells(
    store: DuckDBStore, tmp_path: Path, name: str, days: range, gone: int
) -> None:
    load(store, towns(tmp_path / "towns.csv", *range(1, 11)), gazetteer=None)
    assert load(store, towns(tmp_path / name, *days), gazetteer=None).gone == gone
    assert store.count(Query()) == len({*range(1, 11), *days})


def test_an_import_cut_short_goes_on_where_it_was(
    store: DuckDBStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "_BATCH", 10)
    bad = [f"{i},2022-03-99,Sumy,34.8,50.9,x" for i in range(100, 103)]
    path = table(tmp_path / "towns.csv", *bad, *(f"{i},2022-03-01,Sumy,34.8,50.9,x" for i in range(50)))

    class Stop(Told):
        def progress(self, progress: Progress) -> None:
            if progress.claims > 20:
                raise InterruptedError

    with pytest.raises(InterruptedError):
        load(store, path, gazetteer=None, watch=Stop())
    held = store.count(Query())
    assert 20 < held < 50
    told = Told()
    found = load(store, path, gazetteer=None, watch=told)
    assert (found.new, found.rejected, found.resumed, len(told.rows)) == (50, 3, held + 3, 3)
    assert store.count(Query()) == 50
    assert [entry.finished is not None for entry in store.imports()] == [True]


def test_an_id_told_twice_is_refused_in_whichever_batch(
    store: DuckDBStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "_BATCH", 4)
    whole = json.loads(sample_path().read_text("utf-8"))
    whole["claims"] += whole["claims"][:1]
    path = tmp_path / "claims.json"
    path.write_text(json.dumps(whole))
    found = load(store, path, gazetteer=None)
    assert found.reasons == (("duplicate_id", 1),)
    assert found.new == store.count(Query()) == len(whole["claims"]) - 1


def test_lines_that_are_no_text_are_kept_as_refusals(store: DuckDBStore, tmp_path: Path) -> None:
    path = towns(tmp_path / "towns.csv", *range(1, 11))
    path.write_bytes(path.read_bytes() + "Київ, Суми, Харків".encode() * 9 + b"\xff\xfe,2\n11,2022-03-11,\xc3,3,5,x\n")
    assert load(store, path, gazetteer=None).rejected == 2
    assert [r.reason for r in store.rejections()] == ["ragged_row", "bad_encoding"]
    assert "\\xff" in store.rejections()[0].raw


def test_what_a_newer_version_mends_is_refused_no_longer(store: DuckDBStore, tmp_path: Path) -> None:
    path = towns(tmp_path / "towns.csv", *range(1, 11), 71, 72)
    assert load(store, path, gazetteer=None).rejected == 2
    path.write_text(path.read_text().replace("2022-03-71", "2022-03-21"))
    assert load(store, path, gazetteer=None).rejected == 1
    assert [r.value for r in store.rejections()] == ["2022-03-72"]
