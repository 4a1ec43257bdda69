"""What a person reads who imports: a line a file, what was left out, the refusals; and how a refused row comes back."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from dashboard.cli import main
from dashboard.errors import EXIT_REJECTED
from dashboard.importing import WIDTH
from geodata.ingest import sample_path
from geodata.query import Query
from geodata.stores import open_store

GOOD = [f"{i};2022-03-{i:02};shelling;Sumy;34.8;50.9" for i in range(1, 10)]
BAD = ["10;2022-03-71;shelling;Sumy;34.8;50.9", "11;2022-03-11;=shelling;Sumy;34.8;500.9", "12;2022-03-12;shelling"]
TOLD = [f"--map={pair}" for pair in ("no=id", "when=happened", "what=statement", "town=place", "lat=lat", "lon=lon")]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store"


def towns(folder: Path, *rows: str) -> Path:
    path = folder / "towns.csv"
    path.write_text("\n".join(["no;when;what;town;lon;lat", *rows]) + "\n")
    return path


def mended(path: Path, **cells: str) -> None:
    """Give the first row other cells, as a spreadsheet would save them."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    rows[0] |= cells
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.DictWriter(file, rows[0].keys())
        out.writeheader()
        out.writerows(rows)


def test_refusals_are_a_table_that_fits_the_screen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(towns(tmp_path, *GOOD, *BAD)), *TOLD]) == EXIT_REJECTED
    lines = capsys.readouterr().out.splitlines()
    assert "Refused: 3 rows" in lines
    assert all(len(line) <= WIDTH for line in lines)
    found = [line for line in lines if "towns.csv  line" in line]
    assert len({line.index("line") for line in found}) == 1
    assert any("2022-03-71" in line and "when" in line for line in found)


def test_all_that_is_refused_or_gone_is_listed(store: Path, tmp_path: Path) -> None:
    listing = tmp_path / "refused.csv"
    assert main(["import", str(towns(tmp_path, *GOOD)), *TOLD, "--store", str(store)]) == 0
    path = towns(tmp_path, *GOOD[:-1], *BAD)
    assert main(["import", str(path), *TOLD, "--store", str(store), "--report", str(listing)]) == EXIT_REJECTED
    with listing.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(r["row"], r["reason"]) for r in rows] == [
        ("line 10", "bad_date"), ("line 11", "bad_coordinates"), ("line 12", "ragged_row"), ("line 10", "gone"),
    ]  # fmt: skip
    assert rows[0]["raw"] == BAD[0] and rows[-1]["value"] == "towns-9"
    assert open_store(store).count(Query()) == len(GOOD)


def test_a_folder_is_read_whole_and_what_is_left_out_is_said(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inner = tmp_path / "data" / "deep"
    inner.mkdir(parents=True)
    towns(inner, *GOOD)
    (inner / "LICENSE.md").write_text("Free to use, with thanks.")
    (tmp_path / "data" / "sample.json").write_bytes(sample_path().read_bytes())
    for _ in range(2):
        assert main(["import", str(tmp_path / "data"), "--store", str(store)]) == 0
        out = capsys.readouterr().out
        assert out.index("sample.json") < out.index("towns.csv") < out.index("total") < out.index("LICENSE.md")
    assert "Known: 2 files" in out


def test_a_refused_row_of_a_table_comes_back_mended(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mend").mkdir()
    assert main(["import", str(towns(tmp_path, *GOOD, *BAD)), *TOLD, "--store", str(store)]) == EXIT_REJECTED
    assert main(["refused", "--to", str(tmp_path / "mend"), "--store", str(store)]) == EXIT_REJECTED
    mended(tmp_path / "mend" / "towns.refused.csv", when="2022-03-10")
    assert main(["import", str(tmp_path / "mend"), "--store", str(store)]) == EXIT_REJECTED
    held = open_store(store)
    claim = held.get("towns-10")
    assert (claim.origin.file, claim.origin.row) == ("towns.csv", "line 11")
    assert held.count(Query()) == len(GOOD) + 1
    assert held.documents()["towns"].title == "towns.csv"
    assert {r.origin.row for r in held.rejections()} == {"line 12", "line 13"}
    assert {r.raw for r in held.rejections() if r.reason == "bad_coordinates"} == {BAD[1].replace(";", ",")}
    held.close()
    capsys.readouterr()
    towns(tmp_path, *GOOD, *(row.replace("71", "10").replace("500.9", "50.9") for row in BAD[:2]))
    assert main(["import", str(tmp_path / "towns.csv"), *TOLD, "--store", str(store)]) == 0
    assert open_store(store).count(Query()) == len(GOOD) + 2


def test_a_refused_record_of_our_own_format_comes_back_mended(store: Path, tmp_path: Path) -> None:
    whole = {
        "format": "conflict-map",
        "version": 1,
        "documents": [{"document_id": "d", "title": "A report", "text": "They left Sumy."}],
        "claims": [
            {"claim_id": "a", "statement": "They left", "kind": "retreat", "document_id": "d"},
            {"claim_id": "b", "statement": "They left", "kind": "retreet", "document_id": "d"},
            {"claim_id": "c", "statement": "They left", "kind": "retreat", "document_id": "d",
             "span": {"start": 0, "end": 9}, "quote": "They fled"},
        ],
    }  # fmt: skip
    (tmp_path / "claims.json").write_text(json.dumps(whole))
    assert main(["import", str(tmp_path / "claims.json"), "--store", str(store)]) == EXIT_REJECTED
    assert main(["refused", "--to", str(tmp_path), "--store", str(store)]) == EXIT_REJECTED
    mend = tmp_path / "claims.refused.jsonl"
    text = mend.read_text("utf-8")
    assert "bad_value" in text and "span_mismatch" in text
    mend.write_text(text.replace("retreet", "retreat").replace("They fled", "They left"))
    assert main(["import", str(mend), "--store", str(store)]) == 0
    held = open_store(store)
    assert held.count(Query()) == 3
    assert not held.rejections()


def test_nothing_refused_is_said(store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", str(towns(tmp_path, *GOOD)), *TOLD, "--store", str(store), "--quiet"]) == 0
    capsys.readouterr()
    assert main(["refused", "--store", str(store)]) == 0
    assert capsys.readouterr().out.strip()


def test_a_dry_run_makes_no_store(store: Path, tmp_path: Path) -> None:
    assert main(["import", str(towns(tmp_path, *GOOD)), *TOLD, "--store", str(store), "--dry-run"]) == 0
    assert not store.exists()
