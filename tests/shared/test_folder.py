"""The whole folder of outside data in one command."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.cli import main
from dashboard.errors import EXIT_REJECTED
from geodata.query import Query
from geodata.stores import open_store


def test_a_folder_of_many_formats_is_one_command(
    shared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = tmp_path / "store"
    assert main(["import", str(shared / "data"), "--store", str(store), "--quiet"]) == EXIT_REJECTED
    out = capsys.readouterr().out
    assert all(name in out for name in ("ucdp", "timemap", "losses", "control", "gdelt", "table", "total", "Left out"))
    assert "read with export_events.json" in out
    assert len(out.splitlines()) < 60
    held = open_store(store)
    assert sum(e.new for e in held.imports()) == held.count(Query()) > 5000
