"""Whatever the damage, each record is kept or refused: the formats that are ours."""

from __future__ import annotations

import copy
import io
import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata import export
from geodata.errors import ReaderError
from geodata.ingest import load_file, sample_path
from geodata.model import Claim, Document, Rejection, Source
from geodata.query import Query
from geodata.readers import READERS, unpacked
from geodata.readers.native import line
from geodata.stores import open_store

CODED = Path(__file__).resolve().parents[1] / "fixtures" / "coded.gold.json"
JUNK = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.lists(st.text(max_size=2), max_size=2)
KEYS = st.sampled_from(["claim_id", "id", "kind", "event_type", "span", "start", "places", "happened", "time", "extra"])
DAMAGE = st.lists(st.tuples(st.integers(0, 99), KEYS, JUNK | st.just(...)), max_size=6)


def damaged(records: list[Any], damage: list[tuple[int, str, Any]]) -> list[Any]:
    """The records with a field changed, added or (...) taken out here and there."""
    spoilt = copy.deepcopy(records)
    for nth, key, value in damage:
        record = spoilt[nth % len(spoilt)]
        if value is ...:
            record.pop(key, None)
        else:
            record[key] = value
    return spoilt


def kept_and_refused(name: str, path: Path) -> tuple[int, Counter[type]]:
    counts = Counter(type(r) for r in READERS[name].read(path, {}))
    return counts[Claim] + counts[Rejection], counts


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("damage")


@given(damage=DAMAGE)
def test_records_of_our_own_format(folder: Path, damage: list[tuple[int, str, Any]]) -> None:
    whole = json.loads(sample_path().read_text("utf-8"))
    whole["claims"] = damaged(whole["claims"][:9], damage)
    path = folder / "claims.json"
    path.write_text(json.dumps(whole))
    read, counts = kept_and_refused("native", path)
    assert read == 9
    assert (counts[Document], counts[Source]) == (len(whole["documents"]), len(whole["sources"]))


@given(cuts=st.lists(st.tuples(st.integers(0, 99), st.integers(0, 400), st.binary(max_size=3)), max_size=6))
def test_lines_of_our_own_format(folder: Path, cuts: list[tuple[int, int, bytes]]) -> None:
    bundle = load_file(sample_path())
    lines = [line(r) for r in (*bundle.sources[:3], *bundle.documents[:2], *bundle.claims[:7])]
    for nth, at, junk in cuts:
        text = lines[nth % len(lines)].rstrip(b"\n")
        lines[nth % len(lines)] = text[:at] + junk.replace(b"\n", b"") + text[at + 1 :] + b"\n"
    path = folder / "claims.jsonl"
    path.write_bytes(b'{"format": "conflict-map", "version": 1, "records": "lines"}\n' + b"".join(lines))
    assert sum(1 for _ in READERS["native"].read(path, {})) == len([text for text in lines if text.strip()])


@given(damage=DAMAGE)
def test_claims_of_a_coded_article(folder: Path, damage: list[tuple[int, str, Any]]) -> None:
    whole = json.loads(CODED.read_text("utf-8"))
    whole["claims"] = damaged(whole["claims"], damage)
    path = folder / CODED.name
    path.write_text(json.dumps(whole))
    (folder / whole["doc"]["path"]).write_bytes((CODED.parent / whole["doc"]["path"]).read_bytes())
    assert kept_and_refused("claims-gold", path)[0] == len(whole["claims"])


@pytest.fixture(scope="module")
def exported(folder: Path) -> list[str]:
    """The lines of our own CSV."""
    store, file = open_store(folder / "store", create=True), io.BytesIO()
    store.append(load_file(sample_path()))
    export.write(store, Query(), ".csv", file, exported_at=datetime(2022, 3, 22, tzinfo=UTC))
    return file.getvalue().decode("utf-8-sig").splitlines(keepends=True)


@given(cuts=st.lists(st.tuples(st.integers(1, 9), st.integers(0, 300), st.text("x,;' \"-=7", max_size=3)), max_size=6))
def test_rows_of_our_own_table(folder: Path, exported: list[str], cuts: list[tuple[int, int, str]]) -> None:
    rows = exported[:10]
    for nth, at, junk in cuts:
        rows[nth] = rows[nth][:at] + junk + rows[nth][at + 1 :].rstrip("\r\n") + "\r\n"
    path = folder / "claims.csv"
    path.write_text("".join(rows), "utf-8", newline="")
    lines = {r.origin.row for r in READERS["exported"].read(path, {}) if isinstance(r, Claim | Rejection)}
    assert 1 <= len(lines) <= 9
    assert cuts or len(lines) == 9


@pytest.mark.parametrize("name", ["native", "losses"])
def test_a_document_too_large_to_be_read_whole_is_an_error(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpacked, "MAX_WHOLE", 1000)
    path = tmp_path / "large.json"
    path.write_bytes(b'[{"date": "2022-03-01"}' + b" " * 2000 + b"]")
    with pytest.raises(ReaderError, match="more than"):
        list(READERS[name].read(path, {}))
