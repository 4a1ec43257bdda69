"""The command as a person meets it: what it prints, where, and with which exit code."""

from __future__ import annotations

import hashlib
import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from dashboard.cli import COMMANDS, main
from dashboard.errors import ANSWERS, EXIT_REJECTED, OutputError, ServeError
from geodata.errors import ForeignFileError, GazetteerError, GeodataError, QueryError, ReaderError, StoreError
from geodata.notebook import Entry, EntryKind
from geodata.stores import open_store

TEXT = "Officials in Okhtyrka said on 3 March that the town had been bombarded overnight."
HEAVY = ("dash", "plotly", "flask", "pandas", "geopandas", "numpy", "duckdb", "pyarrow", "shapely", "waitress")


def native(folder: Path, quote: str = "the town had been bombarded overnight") -> Path:
    """A native file with one claim; a quote that is not in the text is refused."""
    start = TEXT.find("the town")
    claim = {
        "claim_id": "c1",
        "statement": "Okhtyrka was bombarded overnight.",
        "kind": "bombardment",
        "claimant": "officials-okhtyrka",
        "document_id": "d1",
        "span": {"start": start, "end": start + len("the town had been bombarded overnight")},
        "quote": quote,
        "happened": {"start": "2022-03-02T00:00:00Z", "end": "2022-03-04T00:00:00Z", "precision": "range"},
        "places": [{"mention": "Okhtyrka", "role": "location", "precision": "settlement"}],
    }
    document = {
        "document_id": "d1",
        "title": "A briefing",
        "text": TEXT,
        "sha256": hashlib.sha256(TEXT.encode()).hexdigest(),
    }
    source = {"source_id": "officials-okhtyrka", "name": "Officials in Okhtyrka", "side": "ukrainian"}
    path = folder / "claims.json"
    whole = {"format": "conflict-map", "version": 1, "sources": [source], "documents": [document], "claims": [claim]}
    path.write_text(json.dumps(whole))
    return path


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture
def filled(store: Path, tmp_path: Path) -> Path:
    assert main(["import", str(native(tmp_path)), "--store", str(store)]) == 0
    return store


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--help"])
    assert left.value.code == 0
    out = capsys.readouterr().out
    assert all(command in out for command in COMMANDS)


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["serve", "--help"], ["import", "--help"]])
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    program = (
        "import sys\nfrom dashboard.cli import main\n"
        f"try:\n    main({arguments})\n"
        f"except SystemExit:\n    print(*(set({HEAVY}) & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr.split() == []


def test_python_m_dashboard_is_the_same_command() -> None:
    done = subprocess.run([sys.executable, "-m", "dashboard", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("conflict-map ")


def test_import_keeps_claims_and_says_how_many(store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for column in ("new", "unchanged"):
        assert main(["import", str(native(tmp_path)), "--store", str(store)]) == 0
        head, row = capsys.readouterr().out.splitlines()[:2]
        assert {name: n for name, n in zip(head.split(), row.split(), strict=False) if n == "1"} == {column: "1"}


def test_import_refuses_a_wrong_span_with_its_reason(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["import", str(native(tmp_path, quote="the town was quiet")), "--store", str(store)])
    assert code == EXIT_REJECTED
    out = capsys.readouterr().out
    assert "span mismatch" in out and "bombarded overnight" in out


def test_check_stores_nothing(store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(native(tmp_path))]) == 0
    assert "claims.json" in capsys.readouterr().out
    assert main(["check", str(native(tmp_path, quote="the town was quiet"))]) == EXIT_REJECTED
    assert [p.name for p in tmp_path.iterdir()] == ["claims.json"]


def test_check_shows_how_columns_are_read_and_map_mends_it(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "table"
    table.write_text("date,town,blurb,wind\n2022-02-24,Sumy,Shelling,north\n")
    assert main(["check", str(table), "--map", "blurb=statement", "--map", "date=said", "--store", str(store)]) == 0
    shown = capsys.readouterr().out
    assert all(line in shown for line in ("'blurb': statement", "'date': said", "'town': place", "not read: 'wind'"))
    assert not store.exists()


def test_a_file_of_no_known_format_is_an_error_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("no claims here")
    assert main(["check", str(path)]) == ANSWERS[ReaderError].exit_code
    err = capsys.readouterr().err
    assert err.startswith("conflict-map: ") and "notes.txt" in err
    assert err.count("\n") == 1


def test_one_unreadable_file_keeps_the_others_out_of_the_store(store: Path, tmp_path: Path) -> None:
    code = main(["import", str(native(tmp_path)), str(tmp_path / "absent.json"), "--store", str(store)])
    assert code == ANSWERS[ReaderError].exit_code
    assert not store.exists()


@pytest.mark.parametrize("ending", ["csv", "geojson"])
def test_export_writes_what_the_query_matches(
    ending: str, filled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / f"out.{ending}"
    arguments = ["export", "--query", "layer=bombardment&from=2022-03-01", "--to", str(target), "--store", str(filled)]
    assert main(arguments) == 0
    assert "officials-okhtyrka" in target.read_text("utf-8")
    assert "1 claims" in capsys.readouterr().out
    assert main(["export", "--query", "layer=retreat", "--to", str(target), "--store", str(filled)]) == 0
    assert "officials-okhtyrka" not in target.read_text("utf-8")


def test_export_names_an_unknown_parameter(filled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["export", "--query", "colour=red", "--to", str(tmp_path / "out.csv"), "--store", str(filled)]
    assert main(arguments) == ANSWERS[QueryError].exit_code
    assert "colour" in capsys.readouterr().err
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize(("target", "error"), [("out.xyz", QueryError), ("absent/out.csv", OutputError)])
def test_an_export_that_cannot_be_written_leaves_nothing(
    target: str, error: type[GeodataError], filled: Path, tmp_path: Path
) -> None:
    before = sorted(tmp_path.iterdir())
    assert main(["export", "--to", str(tmp_path / target), "--store", str(filled)]) == ANSWERS[error].exit_code
    assert sorted(tmp_path.iterdir()) == before


def test_notes_leave_one_store_and_come_into_another(
    filled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    beside = tmp_path / "beside"
    with_notes, other = open_store(filled), open_store(beside, create=True)
    capsys.readouterr()
    with_notes.notebook.write(Entry(EntryKind.NOTE, "Ada", "To be compared", "c1", ("kyiv",)))
    assert main(["notes", "--store", str(filled)]) == 0
    printed = tmp_path / "notes.jsonl"
    printed.write_text(capsys.readouterr().out + "{}\n", encoding="utf-8")
    assert main(["notes", str(printed), "--store", str(beside)]) == EXIT_REJECTED
    assert "line 2" in capsys.readouterr().err
    assert other.notebook.entries() == with_notes.notebook.entries() != []
    with_notes.close()
    other.close()
    assert main(["notes", str(tmp_path / "absent"), "--store", str(beside)]) == ANSWERS[StoreError].exit_code


def test_export_does_not_make_a_store(store: Path, tmp_path: Path) -> None:
    code = main(["export", "--to", str(tmp_path / "out.csv"), "--store", str(store)])
    assert code == ANSWERS[StoreError].exit_code
    assert not store.exists()


def test_a_foreign_file_is_no_store_and_stays_as_it_is(tmp_path: Path) -> None:
    foreign = tmp_path / "letter.txt"
    foreign.write_text("Dear reader")
    assert main(["import", str(native(tmp_path)), "--store", str(foreign)]) == ANSWERS[ForeignFileError].exit_code
    assert main(["serve", "--port", "0", "--store", str(foreign)]) == ANSWERS[ForeignFileError].exit_code
    assert foreign.read_text() == "Dear reader"


def test_serve_says_when_the_port_is_taken(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code = main(["serve", "--port", str(port), "--store", str(store), "--empty"])
    assert code == ANSWERS[ServeError].exit_code
    assert not store.exists()
    assert str(port) in capsys.readouterr().err


@pytest.mark.parametrize("name", ["Okhtyrka", "Akhtyrka", "Охтирка", "Ахтырка"])
def test_places_prints_candidates_with_hierarchy_point_radius_and_source(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["places", name, "--country", "ua"]) == 0
    head, first = capsys.readouterr().out.splitlines()[:2]
    assert all(part in head for part in ("lon", "lat", "radius km", "point from"))
    assert all(part in first for part in ("Okhtyrka", "34.8", "50.3", "2.7", "Sumy", "geonames"))


def test_places_within_a_unit_that_is_ambiguous_lists_what_it_may_mean(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["places", "Ivanivka", "--within", "Sumy"]) == ANSWERS[GazetteerError].exit_code
    assert capsys.readouterr().err.count("Sumy") > 1


def test_places_says_when_it_knows_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["places", "Nowhereville-upon-Nothing"]) == ANSWERS[GazetteerError].exit_code
    assert "Nowhereville" in capsys.readouterr().err


def test_formats_lists_what_can_be_read_and_written(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["formats"]) == 0
    out = capsys.readouterr().out
    assert all(word in out for word in ("native", "claims-gold", "csv", "geojson"))


def test_a_reader_that_leaves_early_is_no_error() -> None:
    command = f"{sys.executable} -m dashboard places Ivanivka | head -1"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""
