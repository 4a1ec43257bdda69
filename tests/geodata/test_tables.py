"""Delimited text as rows: whatever the encoding, the delimiter and the damage."""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from geodata.errors import ReaderError
from geodata.model import Origin, Rejection
from geodata.readers.tables import Row, clean, open_table, sniff_header

TOWNS = "Name,Oblast,Population\nОхтирка,Сумська область,47216\nБровари,Київська область,109806\n"


def rows(path: Path, **how: object) -> list[Row | Rejection]:
    return list(open_table(path, **how))  # type: ignore[arg-type]


def put(folder: Path, data: str | bytes, name: str = "table") -> Path:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1251"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encoding_delimiter_and_line_ends_make_no_difference(
    tmp_path: Path, encoding: str, delimiter: str, end: str
) -> None:
    path = put(tmp_path, TOWNS.replace(",", delimiter).replace("\n", end).encode(encoding))
    table = open_table(path)
    assert table.columns == ("Name", "Oblast", "Population") == sniff_header(path.read_bytes())
    found = list(table)
    assert [r.cells["Oblast"] for r in found if isinstance(r, Row)] == ["Сумська область", "Київська область"]
    assert [r.line for r in found if isinstance(r, Row)] == [2, 3]
    assert list(table) == found


def test_an_encoding_is_found_after_a_megabyte_of_ascii(tmp_path: Path) -> None:
    plain = b"1,aaaaaaaaaaaaaa\n" * 100_000
    path = put(tmp_path, b"id,name\n" + plain + "2,Охтирка\n".encode("cp1251"))
    assert isinstance(last := rows(path)[-1], Row)
    assert last.cells["name"] == "Охтирка"


def test_western_text_is_not_taken_for_cyrillic(tmp_path: Path) -> None:
    (row,) = rows(put(tmp_path, "name,who\nJosé à Zürich,a\n".encode("cp1252")))
    assert isinstance(row, Row)
    assert row.cells["name"] == "José à Zürich"


def test_zip_and_gzip_are_looked_into(tmp_path: Path) -> None:
    packed = tmp_path / "packed.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("towns.csv", TOWNS)
        archive.writestr("__MACOSX/._towns.csv", b"\0\0")
    squeezed = put(tmp_path, gzip.compress(TOWNS.encode()), "squeezed")
    plain = [r.cells for r in rows(put(tmp_path, TOWNS)) if isinstance(r, Row)]
    for path in (packed, squeezed):
        assert [r.cells for r in rows(path) if isinstance(r, Row)] == plain


def test_an_archive_that_grows_without_end_is_stopped(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("a.csv", "w") as member:
        member.write(b"a,b\n")
        for _ in range(70):
            member.write(b"1,2\n" * 262_144)
    with pytest.raises(ReaderError, match="unpacks to more"):
        rows(bomb)


@pytest.mark.parametrize("cut", [10, 60, -30])
def test_a_damaged_archive_is_one_error(tmp_path: Path, cut: int) -> None:
    whole = gzip.compress(TOWNS.encode() * 50)
    with pytest.raises(ReaderError):
        rows(put(tmp_path, whole[:cut]))


def test_a_ragged_line_is_refused_with_its_line_and_the_rest_is_read(tmp_path: Path) -> None:
    path = put(tmp_path, "a,b\n1,2\n1,2,3\n\n4\n5,6\n")
    found = rows(path, origin=Origin(dataset="d", reader="r"))
    assert [r.line for r in found if isinstance(r, Row)] == [2, 6]
    refused = [r for r in found if isinstance(r, Rejection)]
    assert [(r.reason, r.origin.row, r.raw) for r in refused] == [
        ("ragged_row", "line 3", "1,2,3"),
        ("ragged_row", "line 5", "4"),
    ]
    assert refused[0].origin == Origin("d", "table", "line 3", "r")


def test_a_cell_may_hold_lines_and_delimiters(tmp_path: Path) -> None:
    (row,) = rows(put(tmp_path, 'a,b\n"one\r\ntwo, ""three""",x\n'))
    assert isinstance(row, Row)
    assert row.cells["a"] == 'one\r\ntwo, "three"'


@pytest.mark.parametrize("where", ["first", "last"])
def test_an_open_quote_costs_its_own_line_only(tmp_path: Path, where: str) -> None:
    good = [f'{i},"said {i}",x' for i in range(3)]
    lines = ['9,"said', *good] if where == "first" else [*good, '9,"said']
    found = rows(put(tmp_path, "\n".join(["id,text,who", *lines])))
    assert [r.cells["text"] for r in found if isinstance(r, Row)] == ["said 0", "said 1", "said 2"]
    assert [(r.reason, r.raw) for r in found if isinstance(r, Rejection)] == [("bad_quoting", '9,"said')]


def test_quotes_are_plain_characters_where_told(tmp_path: Path) -> None:
    (row,) = rows(put(tmp_path, '1\t"open\tx\n'), header=("a", "b", "c"), delimiter="\t", quoting=False)
    assert isinstance(row, Row)
    assert (row.line, row.cells["b"]) == (1, '"open')


def test_the_tag_row_of_hxl_is_no_row(tmp_path: Path) -> None:
    (row,) = rows(put(tmp_path, "id,when,n\n,#date+year,\n1,2022,#no tag\n"))
    assert isinstance(row, Row)
    assert row.line == 3


def test_nameless_and_repeated_columns_get_names(tmp_path: Path) -> None:
    assert open_table(put(tmp_path, "a,,a\n1,2,3\n")).columns == ("a", "column_2", "a_2")


def test_spaces_and_controls_are_trimmed_and_told(tmp_path: Path) -> None:
    (row,) = rows(put(tmp_path, "name,place\nChulakivka\xa0,Novo\x07 Troitske \n"))
    assert isinstance(row, Row)
    assert dict(row.cells) == {"name": "Chulakivka", "place": "Novo Troitske"}
    assert [n.split(":")[0] for n in row.notes] == ["name", "place"]


@pytest.mark.parametrize("encoding", ["cp1252", "cp1251"])
def test_mojibake_is_told_and_left_as_it_stands(tmp_path: Path, encoding: str) -> None:
    broken = "Конотоп".encode().decode(encoding)
    (row,) = rows(put(tmp_path, f"name,x\n{broken},1\n"))
    assert isinstance(row, Row)
    assert row.cells["name"] == broken
    assert "Конотоп" in row.notes[0]


@pytest.mark.parametrize(
    "text", ["Охтирка", "Смілянський район", "Região", "Đà Nẵng", "Рівне, Росія, Сєверодонецьк", "don’t"]
)
def test_sound_words_are_not_called_mojibake(text: str) -> None:
    assert clean(text) == (text, "")


def test_a_letter_in_a_letters_place_is_told() -> None:
    assert "‹" in clean("Chuhu‹vs'kyi")[1]


def test_nul_and_broken_bytes_are_refused_by_line(tmp_path: Path) -> None:
    good = "Охтирка,1\n".encode() * 20
    found = rows(put(tmp_path, b"name,x\n" + good + b"a\0b,1\n" + b"\xd0\x9e\xd1,1\n" + good))
    assert sum(isinstance(r, Row) for r in found) == 40
    assert [(r.reason, r.origin.row) for r in found if isinstance(r, Rejection)] == [
        ("nul_byte", "line 22"),
        ("bad_encoding", "line 23"),
    ]


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_a_file_without_a_line_is_an_error(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(ReaderError):
        open_table(put(tmp_path, data))


def test_what_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ReaderError):
        open_table(tmp_path / "absent.csv")


@pytest.mark.parametrize("data", [b'{"a": 1}', b" [1, 2]", b"<html>", b"PK\x03\x04...", b"PAR1", b"SQLite format 3\0"])
def test_other_formats_are_no_tables(data: bytes) -> None:
    assert sniff_header(data) == ()


def whole(line: str) -> bool:
    """True if a cut line happens to be a sound, shorter row."""
    try:
        return [len(cells) for cells in csv.reader([line], strict=True)] == [3]
    except csv.Error:
        return False


CELL = st.text(st.characters(exclude_categories=["Cs", "Cc", "Co", "Cn"]), max_size=12)


@given(st.lists(st.tuples(st.integers(0, 9).map(str), CELL, CELL), min_size=1, max_size=12), st.data())
def test_every_line_that_was_written_comes_out_once(
    tmp_path_factory: pytest.TempPathFactory, table: list[tuple[str, str, str]], data: st.DataObject
) -> None:
    """Damage to one line refuses that line and leaves the others."""
    hurt = data.draw(st.integers(0, len(table) - 1))
    lines = []
    for cells in table:
        out = io.StringIO()
        csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="").writerow(cells)
        lines.append(out.getvalue())
    cut = data.draw(st.integers(1, len(lines[hurt]) - 1))
    lines[hurt] = lines[hurt][:cut]
    assume(not whole(lines[hurt]))
    path = put(tmp_path_factory.mktemp("t"), "\n".join(["id,what,who", *lines]) + "\n")
    found = rows(path, delimiter=",")
    assert len(found) == len(table)
    assert [i for i, r in enumerate(found) if isinstance(r, Rejection)] == [hurt]
    assert [r.line for r in found if isinstance(r, Row)] == [i + 2 for i in range(len(table)) if i != hurt]
