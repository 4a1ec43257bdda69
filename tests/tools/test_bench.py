"""The arithmetic, the tables and the drawing of the measurements, and that a small run measures what it says."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest

from tools.benchmark import deck, publish
from tools.benchmark.moving import FILTER, HOVER, KNOW, LENS, STEP, THREAD, WAIT
from tools.benchmark.report import Aim, Row, document, markdown, read, row, text
from tools.benchmark.yardsticks import Rows

GROWING = [
    Row(STEP, THREAD, "ms", {"ours": 2.0 + k, "deck.gl": 3.0, "Plotly.restyle": 10.0**k}, (Aim(4),), 10 ** (k + 3))
    for k in range(4)
]


def test_a_row_holds_medians_and_their_ratio() -> None:
    measured = row("load", "first map", "ms", ours=[300, 100, 110], plain=[100, 90, 1000])
    assert measured.values == {"ours": 110, "plain": 100}
    assert measured.ratio("plain") == pytest.approx(1.1)
    assert measured.ratio("deck.gl") is None


@pytest.mark.parametrize(
    ("value", "aim", "met"),
    [
        (40, Aim(0.4, "plain"), True),
        (41, Aim(0.4, "plain"), False),
        (4, Aim(4), True),
        (4.01, Aim(4), False),
        (1, Aim(0.6, "deck.gl"), None),
    ],
)
def test_an_aim_holds_the_value_or_its_ratio(value: float, aim: Aim, met: bool | None) -> None:
    assert Row("load", "to list", "ms", {"ours": value, "plain": 100}).met(aim) is met


def test_the_table_lines_up_and_names_what_is_missed_or_was_not_measured() -> None:
    rows = [
        Row("load", "a", "ms", {"ours": 1234.5, "plain": 1000.0}, (Aim(0.6, "deck.gl"),)),
        Row("load", "much longer", "MB", {"ours": 2.5}, (Aim(2),)),
    ]
    part, head, first, second = text(rows).splitlines()
    assert (part, head.split()) == ("load", ["ours", "plain"])
    assert first.startswith("a") and "1,234 ms" in first and first.endswith("not measured")
    assert second.endswith("MISSED") and "1,000" not in second
    assert first.index("1,234 ms") + len("1,234 ms") == second.index("2.50 MB") + len("2.50 MB")


def test_rows_of_one_part_and_name_stand_together_by_size_wherever_they_were_measured() -> None:
    mixed = [Row(part, THREAD, "ms", {"ours": 1}, size=n) for n in (1000, 10) for part in (STEP, FILTER)]
    parts = text(mixed).split("\n\n")
    assert [p.splitlines()[0] for p in parts] == [STEP, FILTER]
    assert all(p.index(" 10 ") < p.index(" 1,000 ") for p in parts)


def test_the_document_holds_every_row_and_reads_back() -> None:
    written = json.loads(json.dumps(document(GROWING, {"machine": "m"})))
    assert written["about"] == {"machine": "m"}
    assert read(written) == GROWING


def test_the_drawing_has_a_line_of_each_way_that_grows_as_measured() -> None:
    drawn = ET.fromstring(publish.drawing(GROWING))
    lines = [e for e in drawn.iter() if e.tag.endswith("polyline")]
    assert len(lines) == 3
    steepest = [[float(v) for v in p.split(",")] for p in lines[0].attrib["points"].split()]
    rises = np.diff([-y for _, y in steepest])
    assert np.allclose(rises, rises[0]) and rises[0] > 0  # ten times the claims, ten times the work: a straight line
    names = [e.text for e in drawn.iter() if "name" in e.attrib.get("class", "")]
    assert sorted(filter(None, names)) == ["Plotly.restyle", "conflict map", "deck.gl"]


def test_the_drawing_stands_even_where_nothing_was_measured() -> None:
    assert ET.fromstring(publish.drawing([])).tag.endswith("svg")


def test_names_at_the_ends_of_lines_do_not_cover_each_other() -> None:
    placed = publish.spread({"a": 10, "b": 11, "c": 60}, apart=12)
    assert placed == {"a": 10, "b": 22, "c": 60}


def test_the_page_gets_the_tables_between_its_marks_and_keeps_the_rest() -> None:
    page = f"before\n{publish.BEGIN}\nold\n{publish.END}\nafter\n"
    filled = publish.inserted(page, GROWING, {"machine": "some machine"})
    assert filled.startswith("before\n") and filled.endswith("\nafter\n") and "old" not in filled
    assert "some machine" in filled and markdown(GROWING) in filled
    assert publish.inserted(filled, GROWING, {"machine": "some machine"}) == filled
    with pytest.raises(ValueError, match="bench"):
        publish.inserted("no marks", GROWING, {})


def test_what_npm_brought_must_be_what_was_named() -> None:
    lock = {
        "packages": {
            f"node_modules/{name}": {"version": version, "integrity": f"sha512-{digest}"}
            for name, (version, digest) in deck.PACKAGES.items()
        }
    }
    deck.check(lock)
    lock["packages"]["node_modules/esbuild"]["integrity"] = "sha512-other"
    with pytest.raises(deck.UnavailableError, match="esbuild"):
        deck.check(lock)


def test_without_npm_there_is_no_deck_and_a_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(deck.UnavailableError, match="npm"):
        deck.bundled(tmp_path)


def test_the_yardsticks_marks_survive_the_wire_and_are_cut_by_window_and_layer() -> None:
    rows = Rows(
        *(
            np.array(v, kind)
            for v, kind in (([1, 2, 3], "<f4"), ([4, 5, 6], "<f4"), ([7, 8, 9], "<i4"), ([0, 1, 0], "u1"))
        )
    )
    again = Rows.read(b"".join(column.tobytes() for column in rows))
    assert all(np.array_equal(a, b) for a, b in zip(rows, again, strict=True))
    assert rows.within([7, 9], []).tolist() == [0, 1]
    assert rows.within([7, 10], [0]).tolist() == [0, 2]


@pytest.mark.timeout(300)
def test_a_quick_run_measures_movement_beside_plotly(checkout: Path, tmp_path: Path) -> None:
    written = tmp_path / "numbers.json"
    command = [sys.executable, "tools/bench.py", "--quick", "--json", str(written)]
    done = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(written.read_text())
    rows = read(found)
    assert {r.part for r in rows} >= {STEP, FILTER}
    moved = {(r.part, r.name): r.values for r in rows if r.size}
    for act in (STEP, FILTER, LENS, KNOW):
        for what in (THREAD, WAIT):
            assert set(moved[act, what]) == {"ours"} | ({"Plotly.restyle"} if act in (STEP, FILTER) else set())
    assert all(math.isfinite(v) for r in rows for v in r.values.values())
    assert all(r.values["ours"] > 0 for r in rows if r.part not in (STEP, FILTER, HOVER, LENS, KNOW))
    for r in rows:
        assert r.name in done.stdout
    assert "Chromium" in found["about"]["versions"] and "processors" in found["about"]["machine"]
