"""The arithmetic and the table of the measurements, and that a small run measures everything."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tools.benchmark.claims import synthetic
from tools.benchmark.report import Row, document, row, table


def test_a_row_holds_medians_and_their_ratio() -> None:
    measured = row("first map", "ms", [300, 100, 110], [100, 90, 1000])
    assert (measured.ours, measured.plain, measured.ratio) == (110, 100, pytest.approx(1.1))
    assert measured.met is None


@pytest.mark.parametrize(
    ("measured", "met"),
    [
        (Row("to list", "ms", 40, 100, aim=0.4, of="ratio"), True),
        (Row("to list", "ms", 41, 100, aim=0.4, of="ratio"), False),
        (Row("step", "ms", 4, 100, aim=4), True),
        (Row("step", "ms", 4.01, 100, aim=4), False),
        (Row("no yardstick", "ms", 1, None, aim=1, of="ratio"), None),
    ],
)
def test_an_aim_holds_the_ratio_or_the_value(measured: Row, met: bool | None) -> None:
    assert measured.met is met


def test_the_table_lines_up_and_names_what_is_missed() -> None:
    lines = table([Row("a", "ms", 1234.5, 1000.0), Row("much longer", "MB", 2.5, aim=2)]).splitlines()
    assert lines[1].split() == ["a", "1,234", "ms", "1,000", "ms", "1.23", "x"]
    assert lines[2].split() == ["much", "longer", "2.50", "MB", "<=", "2", "MB", "MISSED"]
    assert lines[1].index("1,234 ms") + len("1,234 ms") == lines[2].index("2.50 MB") + len("2.50 MB")


def test_the_document_carries_ratio_and_verdict() -> None:
    written = document([Row("a", "ms", 1, 2, aim=0.4, of="ratio")], {"machine": "m"})
    assert written["rows"][0] | {"ratio": 0.5, "met": False} == written["rows"][0]
    assert written["about"] == {"machine": "m"}


def test_made_up_claims_are_the_same_every_time_and_keep_the_samples_mix() -> None:
    bundle = synthetic(300)
    assert bundle == synthetic(300)
    assert len({c.claim_id for c in bundle.claims}) == 300
    assert any(c.unplaced for c in bundle.claims) and any(m.shape for c in bundle.claims for m in c.marks)


@pytest.mark.timeout(600)
def test_a_quick_run_measures_every_row(checkout: Path, tmp_path: Path) -> None:
    written = tmp_path / "numbers.json"
    command = [sys.executable, "tools/bench.py", "--quick", "--json", str(written)]
    done = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(written.read_text())
    names = [r["name"] for r in found["rows"]]
    moves = ("per step", "per filter", "per hover", "for the list after a step")
    assert names[-len(moves) :] == [f"main thread {move}, sample" for move in moves]
    assert len(set(names)) == len(names) == 7 + len(moves)
    assert all(r["ours"] > 0 for r in found["rows"] if not r["name"].startswith("main thread per"))
    assert {r["aim"] for r in found["rows"]} == {None, 0.4, 1.1, 2.0, 4.0}
    for name in names:
        assert name in done.stdout
    assert "Chromium" in found["about"]["versions"] and "processors" in found["about"]["machine"]
