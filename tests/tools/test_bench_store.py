"""The made-up claims, and that a small run of the store's measurements measures everything."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest

from tools.benchmark.store import QUERIES, Measure, table
from tools.synthetic import BATCH, batches


def test_made_up_claims_are_the_same_for_the_same_seed_and_skewed() -> None:
    first, again, other = (pa.concat_tables(batches(20_000, seed=seed)) for seed in (1, 1, 2))
    assert first.equals(again) and not first.equals(other)
    assert len(set(first["claim_id"].to_pylist())) == first.num_rows == 20_000
    named = first["claimant"].value_counts().to_pylist()
    assert max(n["counts"] for n in named) > 20 * 20_000 / 400
    text = " ".join(first["statement"].to_pylist()[:200])
    assert "near" in text and "обстріляли" in text and "обстреляли" in text
    assert first["happened_start"].null_count and first["unplaced"].null_count < 20_000


def test_batches_are_bounded_and_the_last_is_what_is_left() -> None:
    assert [b.num_rows for b in batches(BATCH + 3)] == [BATCH, 3]


def test_the_table_has_a_column_a_size_and_marks_what_is_missed() -> None:
    shown = table(
        {10: [Measure("count", "ms", 60, 50), Measure("size", "MB", 1.5)], 20: [Measure("count", "ms", 40, 50)]}
    )
    head, count, size = shown.splitlines()
    assert head.split() == ["10", "claims", "20", "claims"]
    assert count.split() == ["count,", "ms", "60.0", ">", "50", "40.0"]
    assert size.split() == ["size,", "MB", "1.50"]


@pytest.mark.timeout(300)
def test_a_small_run_measures_every_row(checkout: Path, tmp_path: Path) -> None:
    written = tmp_path / "numbers.json"
    command = [sys.executable, "-m", "tools.benchmark.store", "2000", "--json", str(written)]
    done = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(written.read_text())
    rows = found["claims"]["2000"]
    assert {f"{q}{c}" for q in QUERIES for c in ("", ", cold")} <= {r["name"] for r in rows}
    assert all(r["value"] > 0 for r in rows)
    assert "DuckDB" in " ".join(found["about"]) and "processors" in done.stdout
