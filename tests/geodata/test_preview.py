"""A first look at a file, whatever its format."""

from __future__ import annotations

import json

import openpyxl
import pytest

from geodata.ingest import sample_path
from geodata.readers import detect
from geodata.readers.preview import look

TABLE = "when,town,what,odd\n2022-03-01,Irpin,shelling,1\nnever,Bucha,shelling,2\n2022-03-03,Sumy,advance,3\n"


def seen(path, **options):
    return look(path, detect(path), options)


def test_a_table_shows_its_rows_as_they_stand_and_its_mapping(tmp_path):
    path = tmp_path / "towns.csv"
    path.write_text(TABLE)
    found = look(path, detect(path), rows=2)
    assert found.columns == ("when", "town", "what", "odd")
    assert found.rows == (("2022-03-01", "Irpin", "shelling", "1"), ("never", "Bucha", "shelling", "2"))
    assert found.mapping.columns["town"] == ("place",)
    assert found.problem is None


def test_a_table_that_says_nothing_shows_why_and_can_still_be_mapped(tmp_path):
    path = tmp_path / "odd.csv"
    path.write_text("aa,bb\n1,2\n")
    found = seen(path)
    assert found.problem and found.mapping.columns == {}
    assert seen(path, map="aa=statement").problem is None


def test_a_format_with_fixed_columns_has_no_mapping():
    found = seen(sample_path())
    assert (found.reader, found.rows, found.mapping) == ("native", (), None)


@pytest.mark.parametrize("kind", ["xlsx", "geojson"])
def test_other_tables_show_their_rows_too(tmp_path, kind):
    path = tmp_path / f"towns.{kind}"
    if kind == "xlsx":
        book = openpyxl.Workbook()
        book.active.append(["town", "what"])
        book.active.append(["Irpin", "shelling"])
        book.create_sheet("second").append(["town", "what"])
        book.save(path)
    else:
        feature = {"type": "Feature", "properties": {"town": "Irpin", "what": "shelling"}, "geometry": None}
        path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    found = seen(path)
    assert found.rows[0] == ("Irpin", "shelling")
    assert found.layers == (("Sheet", "second") if kind == "xlsx" else ())


def test_a_table_without_a_header_shows_its_first_row(tmp_path):
    path = tmp_path / "plain.tsv"
    path.write_text("1\tIrpin\n2\tBucha\n")

    class Fixed:
        name, title = "fixed", "a format that names its columns itself"

    found = look(path, Fixed())
    assert found.rows[0] == ("1", "Irpin")
