"""Any table: columns told or guessed, every row a claim or a refusal."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.errors import ReaderError
from geodata.ingest import collect, ingest, report
from geodata.model import UNSTATED, Bundle, Kind, Precision, Role
from geodata.readers import READERS, detect
from geodata.readers.mapped import MappedReader
from geodata.readers.mapping import FIELDS
from geodata.sources import Register
from geodata.spans import TimePrecision, day

ENGLISH = (
    "Event ID;Date;Town;Latitude;Longitude;Description;Source\n7;24/02/2022;Sumy;50,91;34,80;A bridge is hit.;BBC|AFP\n"
)
UKRAINIAN = (
    "Дата,Місто,Область,Широта,Довгота,Опис,Джерело,Загиблі\n24.02.2022,Суми,Сумська,50.91,34.80,Обстріл,УНІАН,3\n"
)
GERMAN = "Datum\tOrt\tBreitengrad\tLängengrad\tBeschreibung\tQuelle\n24.02.2022\tSumy\t50.91\t34.80\tBeschuss\tdpa\n"


def load(path: Path, **options: str) -> Bundle:
    reader = detect(path)
    assert isinstance(reader, MappedReader)
    return collect(ingest(reader.read(path, options), register=Register.load(), gazetteer=None))


def put(folder: Path, text: str) -> Path:
    path = folder / "table.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("text", [ENGLISH, UKRAINIAN, GERMAN])
def test_columns_are_guessed_in_several_languages(tmp_path: Path, text: str) -> None:
    (claim,) = load(put(tmp_path, text)).claims
    assert claim.happened == day(date(2022, 2, 24))
    assert (claim.places[0].lon, claim.places[0].lat) == (34.8, 50.91)
    assert claim.places[0].mention in ("Sumy", "Суми")
    assert claim.relays
    assert claim.claimant == UNSTATED
    assert claim.statement in ("A bridge is hit.", "Обстріл", "Beschuss")


def test_it_is_asked_last() -> None:
    assert list(READERS)[-1] == MappedReader.name


def test_the_guess_is_told_with_what_is_not_read(tmp_path: Path) -> None:
    lines = MappedReader().explain(put(tmp_path, ENGLISH.replace("Source", "Weather")), {})
    assert "guessed" in lines[0]
    assert "column 'Town': place" in lines
    assert "'Weather'" in lines[-1]


def test_a_column_is_not_guessed_against_its_cells(tmp_path: Path) -> None:
    path = put(tmp_path, "id,date,lat,lon,source,text\n1,spring,north,east,1,a\n1,summer,south,west,2,b\n")
    lines = MappedReader().explain(path, {})
    assert [line for line in lines if line.startswith("column '")] == ["column 'text': statement"]


def test_pairs_go_over_the_guess(tmp_path: Path) -> None:
    path = put(tmp_path, ENGLISH.replace("Description", "Remarks 2"))
    (claim,) = load(path, map="Remarks 2=quote\nDate=said\nSource=claimant").claims
    assert claim.quote == "A bridge is hit."
    assert claim.said_at == day(date(2022, 2, 24))
    assert claim.happened.start is None
    assert claim.relays == ()


MAPPING = """
dataset = "incidents"
day_first = false
separator = ";"

[document]
title = "Incidents of a made-up town"
licence = "CC BY 4.0"
attribution = "Nobody"

[columns]
no = "id"
when = "happened"
what = ["kind", "subtype"]
where = "place"
unit = "within"
how = "precision"
who = "claimant"
via = "relay"
dead = "killed"
dead_min = "killed_low"
web = "url"

[constants]
actor = "UA"

[words.kind]
boom = "bombardment"

[words.precision]
A = "settlement"
B = "district"
"""


def test_a_mapping_file_says_it_all(tmp_path: Path) -> None:
    (tmp_path / "map.toml").write_text(MAPPING)
    head = "no,when,what,where,unit,how,who,via,dead,dead_min,web"
    path = put(tmp_path, f"{head}\n1,3/4/2022,boom,Sumy,Sumy Oblast,B,UK MoD,BBC; AFP,0,,https://www.x.org/1\n")
    found = load(path, map=str(tmp_path / "map.toml"))
    (claim,) = found.claims
    assert (claim.claim_id, claim.kind, claim.subtype, claim.actor) == ("incidents-1", Kind.BOMBARDMENT, "boom", "UA")
    assert claim.happened == day(date(2022, 3, 4))
    assert claim.claimant == "uk-mod"
    assert claim.relays == ("bbc", "afp")
    assert [(p.mention, p.role) for p in claim.places] == [("Sumy", Role.LOCATION), ("Sumy Oblast", Role.CONTAINER)]
    assert claim.places[0].precision is Precision.DISTRICT
    assert [(f.measure, f.best, f.low) for f in claim.figures] == [("killed", 0.0, None)]
    document = next(d for d in found.documents if d.document_id == claim.document_id)
    assert (document.url, document.licence, document.attribution) == ("https://www.x.org/1", "CC BY 4.0", "Nobody")


def test_the_mapping_file_of_the_readme_reads_a_table(tmp_path: Path) -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    (tmp_path / "map.toml").write_text(readme.partition("```toml\n")[2].partition("```")[0], encoding="utf-8")
    head = "no,when,what,town,oblast,x,y,exactness,said_by,paper"
    path = put(tmp_path, f"{head}\n1,3/4/2022,обстріл,Sumy,Sumy,34.8,50.91,B,UK MoD,a|b\n")
    (claim,) = load(path, map=str(tmp_path / "map.toml")).claims
    assert (claim.kind, claim.places[0].precision) == (Kind.BOMBARDMENT, Precision.DISTRICT)
    assert claim.happened == day(date(2022, 4, 3))
    assert all(f"`{name}`" in readme for name in FIELDS)


@pytest.mark.parametrize(
    "mapping",
    ["nonsense = 1", "[columns]\nabsent = 'place'", "[columns]\nwhere = 'colour'", "not toml", "dataset = 3",
     "[document]\ncolour = 'x'"],
)  # fmt: skip
def test_a_mapping_that_does_not_fit_is_one_error(tmp_path: Path, mapping: str) -> None:
    (tmp_path / "map.toml").write_text(mapping)
    with pytest.raises(ReaderError):
        load(put(tmp_path, "where,when\nSumy,2022\n"), map=str(tmp_path / "map.toml"))


def test_a_table_in_which_nothing_is_recognised_is_one_error(tmp_path: Path) -> None:
    with pytest.raises(ReaderError, match="--map"):
        load(put(tmp_path, "foo,bar\n1,2\n"))


def test_a_workbook_is_read_like_a_table(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append([])
    book.active.append(["date", "city", "lat", "lon", "event", "killed"])
    book.active.append([datetime(2022, 2, 24), "Sumy", 50.91, 34.8, "Shelling", 3])
    book.active.append([datetime(2022, 2, 24, 9, 30), "Sumy", 50.91, 34.8, "Shelling", None])
    book.active.append(["soon", "Sumy", 50.91, 34.8, "Shelling", None])
    book.create_sheet("empty")
    path = tmp_path / "book"
    book.save(path)
    found = load(path, map="date=happened")
    assert [c.happened.precision for c in found.claims] == [TimePrecision.DAY, TimePrecision.MINUTE]
    assert found.claims[0].figures[0].best == 3
    assert [(r.reason, r.origin.row) for r in found.rejections] == [("bad_date", "Sheet row 5")]
    book["empty"].append(["date", "city"])
    book.save(path)
    with pytest.raises(ReaderError, match="--layer"):
        load(path)
    assert len(load(path, layer="Sheet").claims) == 2


def test_a_damaged_workbook_is_one_error(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["date", "city"])
    path = tmp_path / "book"
    book.save(path)
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(ReaderError):
        load(path)


def test_precision_that_is_not_stated_is_said_to_be_assumed(tmp_path: Path) -> None:
    (claim,) = load(put(tmp_path, ENGLISH)).claims
    assert claim.places[0].precision is Precision.SETTLEMENT
    assert "does not say" in claim.places[0].note


def test_spans_counts_and_points_are_held_to_what_can_be(tmp_path: Path) -> None:
    head = "text,start,end,lat,lon,killed"
    rows = {
        "a,2022-02-24,2022-03-01,50,30,10-12": None,
        "b,2022-03-01,2022-02-24,50,30,1": "bad_span",
        "c,2022-02-24,,50,130.5,": None,
        "d,2022-02-24,,130.5,50,": "swapped_coordinates",
        "e,2022-02-24,,95,190,": "bad_coordinates",
        "f,2022-02-24,,0,0,": "bad_coordinates",
        "g,2022-02-24,,50,,": "missing_field",
        "h,2022-02-24,,50,30,many": "bad_number",
        "i,44616,,50,30,": "bad_date",
        "j,2022-02-24,,50,-1,-1": None,
    }
    found = load(put(tmp_path, "\n".join([head, *rows])), map="start=from\nend=to")
    assert [c.statement for c in found.claims] == ["a", "c", "j"]
    assert [r.reason for r in found.rejections] == [reason for reason in rows.values() if reason]
    assert (found.claims[0].figures[0].low, found.claims[0].figures[0].high) == (10, 12)
    assert found.claims[0].happened.describe() == "24 February to 1 March 2022"
    assert found.claims[2].figures == ()
    assert found.claims[2].places[0].lon == -1


def test_ids_stay_when_rows_are_added(tmp_path: Path) -> None:
    head, row = "date,place,text", "2022-02-24,Sumy,a"
    before = {c.claim_id for c in load(put(tmp_path, f"{head}\n{row}\n")).claims}
    after = {c.claim_id for c in load(put(tmp_path, f"{head}\n2022-01-01,Kyiv,b\n{row}\n")).claims}
    assert before < after


CELL = st.text(st.characters(codec="utf-8"), max_size=10) | st.sampled_from(["2022-02-24", "50", "130", "-1", "killed"])


@given(st.lists(st.lists(CELL, min_size=1, max_size=8), max_size=12))
def test_any_cells_are_claims_or_refusals(tmp_path_factory: pytest.TempPathFactory, table: list[list[str]]) -> None:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows([["date", "place", "lat", "lon", "killed", "text"], *table])
    path = put(tmp_path_factory.mktemp("m"), out.getvalue())
    told = "date=happened\nplace=place\nlat=lat\nlon=lon\nkilled=killed\ntext=statement"
    counted = report(load(path, map=told))
    assert counted.read == counted.kept + counted.rejected
    assert counted.read >= sum(len(row) == 6 and row[1].isalnum() for row in table)
