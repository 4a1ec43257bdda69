"""GDELT: machine-coded and saying so, codes that keep their zeros, dates as stated and never by accident."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.gazetteer import Gazetteer, default
from geodata.ingest import collect, ingest
from geodata.model import UNSTATED, Bundle, Kind, Modality, Precision, RelationType, Unplaced
from geodata.readers import detect, read
from geodata.readers.cameo import cameo
from geodata.readers.gdelt import EVENT_COLUMNS, MACHINE_CODED, MENTION_COLUMNS, GdeltReader
from geodata.refusals import to_mend, write_mendable
from geodata.sources import Register

EVENT = dict.fromkeys(EVENT_COLUMNS, "") | {
    "GLOBALEVENTID": "900", "SQLDATE": "20220301", "MonthYear": "202203", "Year": "2022", "FractionDate": "2022.1671",
    "Actor1Code": "RUSMIL", "Actor1Name": "RUSSIA", "Actor1CountryCode": "RUS", "Actor2Name": "A \"TOWN\"",
    "EventCode": "0874", "EventBaseCode": "087", "EventRootCode": "08", "QuadClass": "2", "GoldsteinScale": "1.0",
    "NumMentions": "5", "NumSources": "1", "NumArticles": "5", "AvgTone": "-0.1", "ActionGeo_Type": "4",
    "ActionGeo_FullName": "Kyiv, Kyyiv, Misto, Ukraine", "ActionGeo_Lat": "50.43", "ActionGeo_Long": "30.52",
    "ActionGeo_FeatureID": "-1044367", "DATEADDED": "20220302101500", "SOURCEURL": "https://www.paper.example/a",
}  # fmt: skip
"""A made-up row in the columns of the format."""
MENTION = dict.fromkeys(MENTION_COLUMNS, "") | {
    "GLOBALEVENTID": "900", "EventTimeDate": "20220302101500", "MentionTimeDate": "20220302103000",
    "MentionType": "1", "MentionSourceName": "other.example", "MentionIdentifier": "https://other.example/b",
    "SentenceID": "3", "Confidence": "40",
}  # fmt: skip


def put(folder: Path, *rows: Mapping[str, str], name: str = "file") -> Path:
    path = folder / name
    path.write_text("".join("\t".join(row.values()) + "\n" for row in rows), "utf-8")
    return path


def load(path: Path, gazetteer: Gazetteer | None = None) -> Bundle:
    assert isinstance(detect(path), GdeltReader)
    return collect(ingest(read(path), register=Register.load(), gazetteer=gazetteer))


def test_the_columns_are_those_of_the_format() -> None:
    assert (len(EVENT_COLUMNS), len(MENTION_COLUMNS)) == (61, 16)


def test_an_event_says_that_a_machine_coded_it(tmp_path: Path) -> None:
    found = load(put(tmp_path, EVENT))
    (claim,) = found.claims
    assert claim.claim_id == "gdelt-900"
    assert claim.note.startswith(MACHINE_CODED)
    assert (claim.origin.dataset, claim.coding) == ("GDELT", "machine")
    assert (claim.claimant, claim.modality) == (UNSTATED, Modality.REPORTED)
    assert claim.relays == ("paper-example",)
    document = next(d for d in found.documents if d.document_id == claim.document_id)
    assert document.url == "https://www.paper.example/a"
    assert "its words are not kept" in document.note
    assert "GDELT" in document.attribution


def test_event_time_and_report_time_are_apart(tmp_path: Path) -> None:
    (claim,) = load(put(tmp_path, EVENT)).claims
    assert claim.happened.describe() == "1 March 2022"
    assert claim.said_at is not None
    assert claim.said_at.start == datetime(2022, 3, 2, 10, 15, tzinfo=UTC)


@pytest.mark.parametrize(("day", "noted"), [("20210302", True), ("20120302", True), ("20220302", False)])
def test_a_date_years_off_is_kept_and_noted(tmp_path: Path, day: str, noted: bool) -> None:
    (claim,) = load(put(tmp_path, EVENT | {"SQLDATE": day})).claims
    assert claim.happened.start is not None
    assert f"{claim.happened.start:%Y%m%d}" == day
    assert ("misread" in claim.note) is noted


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("0874", Kind.RETREAT),
        ("192", Kind.CAPTURE),
        ("190", Kind.CLASH),
        ("193", Kind.CLASH),
        ("194", Kind.BOMBARDMENT),
        ("1951", Kind.BOMBARDMENT),
        ("154", Kind.REINFORCEMENT),
        ("016", Kind.INFORMATION),
        ("043", Kind.OTHER),
        ("2042", Kind.OTHER),
    ],
)
def test_a_code_is_a_kind_and_stays_text(tmp_path: Path, code: str, kind: Kind) -> None:
    (claim,) = load(put(tmp_path, EVENT | {"EventCode": code})).claims
    assert (claim.kind, claim.subtype) == (kind, f"cameo_{code}")


@given(st.integers(0, 99_999))
def test_a_code_that_lost_its_zero_is_no_code(number: int) -> None:
    assert (cameo(str(number)) is not None) == (
        str(number)[:2] in {f"{n}" for n in range(10, 21)} and 100 <= number <= 9_999
    )


@pytest.mark.parametrize(
    ("geo", "name", "precision", "drawn"),
    [
        ("1", "Ukraine", Precision.COUNTRY, "nothing"),
        ("2", "Louisiana, United States", Precision.OBLAST, "shape"),
        ("3", "Ouachita Parish, Louisiana, United States", Precision.DISTRICT, "shape"),
        ("4", "Kyiv, Kyyiv, Misto, Ukraine", Precision.SETTLEMENT, "point"),
        ("5", "Sumska Oblast, Ukraine", Precision.OBLAST, "shape"),
    ],
)
def test_only_a_city_is_a_pin(tmp_path: Path, geo: str, name: str, precision: Precision, drawn: str) -> None:
    (claim,) = load(put(tmp_path, EVENT | {"ActionGeo_Type": geo, "ActionGeo_FullName": name}), default()).claims
    assert claim.places[0].precision is precision
    shapes = [mark.shape for mark in claim.marks]
    assert {"nothing": shapes == [], "point": shapes == [None], "shape": all(shapes) and shapes != []}[drawn]


@pytest.mark.parametrize("geo", ["0", ""])
def test_no_place_is_no_place(tmp_path: Path, geo: str) -> None:
    row = EVENT | {"ActionGeo_Type": geo, "ActionGeo_FullName": "", "ActionGeo_Lat": "", "ActionGeo_Long": ""}
    (claim,) = load(put(tmp_path, row), default()).claims
    assert (claim.places, claim.unplaced) == ((), Unplaced.NO_PLACE)


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"EventCode": "874"}, "bad_code"),
        ({"EventCode": "43"}, "bad_code"),
        ({"EventCode": ""}, "missing_field"),
        ({"SQLDATE": "0"}, "bad_date"),
        ({"SQLDATE": "19700101"}, "bad_date"),
        ({"SQLDATE": "20220231"}, "bad_date"),
        ({"SQLDATE": "1646092800"}, "bad_date"),
        ({"DATEADDED": "soon"}, "bad_date"),
        ({"ActionGeo_Type": "9"}, "bad_code"),
        ({"ActionGeo_Lat": "150.2", "ActionGeo_Long": "30.5"}, "swapped_coordinates"),
        ({"ActionGeo_Lat": ""}, "missing_field"),
        ({"GLOBALEVENTID": "x1"}, "bad_number"),
    ],
)
def test_a_bad_row_is_refused_with_its_line(tmp_path: Path, cells: Mapping[str, str], reason: str) -> None:
    found = load(put(tmp_path, EVENT | {"GLOBALEVENTID": "1"}, EVENT | cells))
    (refused,) = found.rejections
    assert (refused.reason, refused.origin.row, refused.origin.dataset) == (reason, "line 2", "GDELT")
    assert refused.remedy
    assert len(found.claims) == 1


def test_a_refused_row_is_mended_in_a_table_with_the_published_columns(tmp_path: Path) -> None:
    found = load(
        put(
            tmp_path,
            EVENT | {"SQLDATE": "soon", "Actor1CountryCode": "", "Actor1Name": '"UNCLOSED'},
            EVENT | {"GLOBALEVENTID": "1"},
        )
    )
    files, left = to_mend(found.rejections)
    assert not left
    ((name, refused),) = files.items()
    path = tmp_path / name
    with path.open("wb") as file:
        write_mendable(refused, file)
    path.write_text(path.read_text("utf-8-sig").replace("soon", EVENT["SQLDATE"]), "utf-8")
    mended = load(path)
    (claim,) = mended.claims
    assert not mended.rejections
    assert (claim.claim_id, claim.actor) == ("gdelt-900", '"UNCLOSED')
    assert (claim.origin.file, claim.origin.row) == (refused[0].origin.file, "line 1")


def test_quotes_are_ordinary_characters(tmp_path: Path) -> None:
    odd = EVENT | {"GLOBALEVENTID": "1", "Actor1Name": '"UNCLOSED', "Actor1CountryCode": ""}
    first, second = load(put(tmp_path, odd, EVENT)).claims
    assert first.actor == '"UNCLOSED'
    assert second.target == 'A "TOWN"'


def test_reports_and_outlets_come_once(tmp_path: Path) -> None:
    found = load(put(tmp_path, *(EVENT | {"GLOBALEVENTID": str(n)} for n in range(5))))
    assert len(found.documents) == 2
    assert len(found.claims) == 5
    assert not found.rejections


def test_a_file_with_a_header_is_known_too(tmp_path: Path) -> None:
    path = tmp_path / "export"
    names = [name.replace("GLOBALEVENTID", "GlobalEventID") for name in EVENT_COLUMNS]
    cells = [f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in EVENT.values()]
    path.write_text(f"{','.join(names)}\n{','.join(cells)}\n")
    (claim,) = load(path).claims
    assert (claim.claim_id, claim.subtype, claim.target) == ("gdelt-900", "cameo_0874", 'A "TOWN"')


class TestMentions:
    def test_a_mention_points_to_its_event_and_is_not_drawn(self, tmp_path: Path) -> None:
        found = load(put(tmp_path, MENTION), default())
        (claim,) = found.claims
        assert (claim.kind, claim.subtype) == (Kind.INFORMATION, "mention")
        assert [(r.type, r.target) for r in claim.relations] == [(RelationType.SAME_AS, "gdelt-900")]
        assert claim.relays == ("other-example",)
        assert claim.marks == ()
        assert "40" in claim.note
        assert MACHINE_CODED in claim.note

    def test_each_sentence_of_each_document_is_a_mention_of_its_own(self, tmp_path: Path) -> None:
        rows = [
            MENTION,
            MENTION | {"SentenceID": "4"},
            MENTION | {"MentionIdentifier": "A printed paper, 2 March 2022"},
        ]
        found = load(put(tmp_path, *rows))
        assert len({c.claim_id for c in found.claims}) == 3
        assert [d.url for d in found.documents][1:] == ["https://other.example/b", ""]

    def test_a_mention_of_nothing_is_refused(self, tmp_path: Path) -> None:
        found = load(put(tmp_path, MENTION, MENTION | {"MentionIdentifier": ""}, MENTION | {"MentionTimeDate": "1"}))
        assert [r.reason for r in found.rejections] == ["missing_field", "bad_date"]


junk = st.text(st.characters(blacklist_characters="\n\r\t", blacklist_categories=("Cs",)), min_size=1, max_size=12)
hits = st.tuples(st.integers(1, 9), st.sampled_from(["cut", "swap", "cell"]), st.integers(0, 60), junk)


@given(st.lists(hits, max_size=8))
def test_whatever_the_damage_each_row_is_kept_or_refused(
    tmp_path_factory: pytest.TempPathFactory, damage: list[tuple[int, str, int, str]]
) -> None:
    lines = ["\t".join((EVENT | {"GLOBALEVENTID": str(i)}).values()) for i in range(10)]
    for i, how, n, text in damage:
        cells = lines[i].split("\t")
        if how == "cut":
            lines[i] = lines[i][: n + 1]
        elif n < len(cells):
            j = (n + 1) % len(cells)
            cells[n], cells[j] = (cells[j], cells[n]) if how == "swap" else (text, cells[j])
            lines[i] = "\t".join(cells)
    path = tmp_path_factory.mktemp("damage") / "file"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    found = collect(GdeltReader().read(path, {}))
    held = sum(bool(line.strip("\t")) for line in lines)
    assert len(found.claims) + len(found.rejections) == held
    assert all(c.happened.start and c.happened.start.year >= 1979 for c in found.claims)
