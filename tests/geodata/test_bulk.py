"""Our own table in columns: whatever stands in the file, what is kept and refused is what the reader of rows has."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from geodata import export
from geodata.bulk import Bulk, ahead, whole_columns
from geodata.gazetteer import Gazetteer
from geodata.ingest import Checker, collect, ingest, load_file, sample_path
from geodata.model import Bundle, Claim, Document, Kind
from geodata.query import Query
from geodata.readers import READERS, Record, blocks
from geodata.schema import COLUMN_OF
from geodata.sources import Register
from geodata.stores import CLAIMS, open_store, table_of

ODD = [
    "", "x", '"', '""', ",", ", ", "\n", "\r", "\u00a0", "Рі", " ", "'=1", "=1", "…", "\x00", "\ufffd", "ї", "-7", "0",
]  # fmt: skip
CELLS = [
    "", "x", "0", "-1", "200", "open", "day", "month", "true", "2022-02-30T00:00:00Z", "2022-03-22T09:30:00.5Z", "[]",
    "2022-03-22", "unstated", "uk-mod", "uk-mod; Nobody; uk-mod", "Somebody new", "'=1+1", '[{"measure": "dead"}]',
    '[{"type": "sourced_to", "target": "Nobody"}]', '[{"type": "denied_by", "target": "x"}]', "settlement", "Kyiv",
]  # fmt: skip


class Lines(list[str]):
    """Lines that a failing test does not print."""

    def __repr__(self) -> str:
        return "lines"


class Memory:
    """Remembers what a file has told."""

    def __init__(self) -> None:
        self.ids: set[str] = set()
        self.known: dict[str, Document] = {}

    def told(self, ids: Collection[str], *, documents: bool) -> Collection[str]:
        return (self.known.keys() if documents else self.ids) & set(ids)

    def documents(self, ids: Collection[str]) -> Mapping[str, Document]:
        return {i: self.known[i] for i in ids if i in self.known}

    def tell(self, records: Iterable[Record]) -> None:
        """Told by the batch."""


def in_columns(path: Path, gazetteer: Gazetteer | None) -> tuple[Bundle, pa.Table, int]:
    """What columns make of a file, and how many of its claims went as columns."""
    known, records, tables = Memory(), list[Record](), []
    table = whole_columns(path)
    assert table
    for batch in Bulk(table, Checker(Register.load(), gazetteer, known), known).batches():
        records += [*batch.bundle.sources, *batch.bundle.documents, *batch.bundle.claims, *batch.bundle.rejections]
        known.ids |= {c.claim_id for c in batch.bundle.claims} | set(batch.claims["claim_id"].to_pylist())
        known.known |= {d.document_id: d for d in batch.bundle.documents}
        tables.append(batch.claims)
    bundle = collect(records)
    rows = pa.concat_tables(tables)
    left_out = table_of([Claim("", "", Kind.ADVANCE)] * rows.num_rows)
    for name in set(CLAIMS.names) - set(rows.column_names):
        rows = rows.append_column(name, left_out[name])
    return bundle, pa.concat_tables([table_of(bundle.claims), rows.select(CLAIMS.names).cast(CLAIMS)]), rows.num_rows


def same(path: Path, gazetteer: Gazetteer | None = None) -> int:
    """Both ways have the same; how many claims went as columns."""
    rows = collect(ingest(READERS["exported"].read(path, {}), register=Register.load(), gazetteer=gazetteer))
    bundle, claims, fast = in_columns(path, gazetteer)
    assert claims.sort_by("claim_id").to_pylist() == table_of(rows.claims).sort_by("claim_id").to_pylist()
    assert bundle.rejections == rows.rejections
    assert sorted(bundle.sources, key=str) == sorted(rows.sources, key=str)
    assert sorted(bundle.documents, key=str) == sorted(rows.documents, key=str)
    return fast


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bulk")


@pytest.fixture(scope="module")
def exported(folder: Path) -> Lines:
    """The lines of our own CSV."""
    store, file = open_store(folder / "store", create=True), io.BytesIO()
    store.append(load_file(sample_path()))
    export.write(store, Query(), ".csv", file, exported_at=datetime(2022, 3, 22, tzinfo=UTC))
    return Lines(file.getvalue().decode("utf-8-sig").splitlines(keepends=True))


def written(path: Path, lines: Iterable[str]) -> Path:
    path.write_text("\ufeff" + "".join(lines), "utf-8", newline="")
    return path


@pytest.mark.parametrize("place", [True, False])
def test_what_was_exported_goes_as_columns(folder: Path, exported: Lines, place: bool) -> None:
    path = written(folder / "whole.csv", exported)
    assert same(path, Gazetteer.load() if place else None) > 0.5 * len(exported)


@settings(deadline=None, max_examples=20)
@given(
    cuts=st.lists(st.tuples(st.integers(0, 25), st.integers(0, 900), st.sampled_from(ODD)), max_size=5),
    doubled=st.lists(st.integers(1, 25), max_size=3),
    size=st.sampled_from([1_000, 48 << 20]),
)
@example(cuts=[(1, 0, ""), (1, 761, "")], doubled=[], size=1_000)  # a quote left open: what follows tells the damage
@example(cuts=[(18, 617, "\n")], doubled=[], size=1_000)  # another attribution after the row that told the document
def test_lines_that_are_damaged(
    folder: Path, exported: Lines, cuts: list[tuple[int, int, str]], doubled: list[int], size: int
) -> None:
    lines = list(exported[:26])
    lines += [lines[nth] for nth in doubled]
    for nth, at, junk in cuts:
        lines[nth] = lines[nth][:at] + junk + lines[nth][at + 1 :]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "_BYTES", size)
        path = written(folder / "lines.csv", lines)
        if READERS["exported"].sniff(path.read_bytes()):
            same(path)


@settings(deadline=None, max_examples=20)
@given(
    cuts=st.lists(st.tuples(st.integers(0, 24), st.sampled_from(list(COLUMN_OF)), st.sampled_from(CELLS)), max_size=8)
)
def test_cells_that_are_damaged(folder: Path, exported: Lines, cuts: list[tuple[int, str, str]]) -> None:
    rows = list(csv.DictReader(exported[:26]))
    for nth, name, cell in cuts:
        rows[nth][name] = cell
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    same(written(folder / "cells.csv", [text.getvalue()]))


def test_an_error_ahead_comes_after_the_items_before_it() -> None:
    def items() -> Iterator[int]:
        yield from (1, 2)
        raise ValueError

    found = []
    with pytest.raises(ValueError):
        for item in ahead(items()):
            found.append(item)
    assert found == [1, 2]
