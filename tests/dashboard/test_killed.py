"""What a store holds after an import was killed at any moment, or met a full disk: whole batches, and it goes on."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

from geodata.query import Query
from geodata.stores import open_store

ROWS, BATCH, KILLS = 400, 20, 5
IMPORT = """
import resource, sys
from geodata import loading
loading._BATCH, loading._EVERY_S, loading._SHARE = int(sys.argv[1]), 0.0, 0
if limit := int(sys.argv[2]):
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
from dashboard.cli import main
print("ready", flush=True)
sys.exit(main(["import", sys.argv[3], "--store", sys.argv[4]]))
"""


def towns(path: Path, rows: int) -> Path:
    lines = (f"{i},2022-03-{1 + i % 28:02},Sumy,34.8,50.9,{random.Random(i).randbytes(400).hex()}" for i in range(rows))
    path.write_text("id,date,place,lon,lat,statement\n" + "\n".join(lines) + "\n")
    return path


def importing(path: Path, store: Path, *, batch: int = BATCH, limit: int = 0) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", IMPORT, str(batch), str(limit), str(path), str(store)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def held(store: Path) -> int:
    """Number of claims, all of them readable; 0 where there is no store yet."""
    if not (store / "CURRENT").exists():
        return 0
    found = open_store(store)
    try:
        claims = {c.claim_id for c in found.claims(Query())}
        assert claims == {f"towns-{i}" for i in range(len(claims))}
        assert sum(e.new for e in found.imports()) == len(claims)
        return len(claims)
    finally:
        found.close()


def test_an_import_killed_at_any_moment_leaves_whole_batches_and_goes_on(tmp_path: Path) -> None:
    path, store, moments = towns(tmp_path / "towns.csv", ROWS), tmp_path / "store", random.Random(20220322)
    done = []
    for _ in range(KILLS):
        with importing(path, store) as process:
            assert process.stdout and process.stdout.readline() == "ready\n"
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(timeout=moments.uniform(0.3, 1.8))
            process.kill()
        done.append(held(store))
        assert done[-1] % (BATCH - 1) == 0 or (done[-1] + 1) % BATCH == 0
    assert done == sorted(done)
    with importing(path, store, batch=100) as process:
        out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert held(store) == ROWS
    assert "went on" in out or done[-1] == 0


def test_a_full_disk_is_one_error_and_leaves_the_store_whole(tmp_path: Path) -> None:
    store, small = tmp_path / "store", towns(tmp_path / "towns.csv", 100)
    with importing(small, store) as process:
        process.communicate(timeout=60)
    version = store / (store / "CURRENT").read_text().strip()
    large = towns(tmp_path / "towns.csv", 1500)
    with importing(large, store, batch=1500, limit=version.stat().st_size + 600_000) as process:
        _, err = process.communicate(timeout=60)
    assert process.returncode == 4, err
    assert err.count("\n") == 1 and err.startswith("conflict-map: ")
    assert held(store) == 100
    assert sorted(f.name for f in store.iterdir() if "tmp" in f.name) == []
    with importing(large, store, batch=1500) as process:
        process.communicate(timeout=60)
    assert held(store) == 1500
