"""Who holds which town: a change is a claim, a first sight is not, an absence says nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.gazetteer import Gazetteer
from geodata.gazetteer import default as default_gazetteer
from geodata.ingest import collect, ingest, report
from geodata.model import UNSTATED, Bundle, Claim, Kind, Precision, RelationType
from geodata.readers import detect
from geodata.readers.control import ControlReader
from geodata.sources import Register

HEADER = "Name,Population,Held by,source,More information,sourceLink,update,Lat,Lon"
BBC = "https://web.archive.org/web/20220301000000/https://www.bbc.com/news/1"


def town(name: str, held: str, at: str, *, link: str = BBC, point: str = "47.6,37.5", info: str = "") -> str:
    return f"{name},100,{held},7,{info},{link},{at},{point}"


def load(folder: Path, *rows: str, header: str = HEADER, gazetteer: Gazetteer | None = None) -> Bundle:
    path = folder / "scrapes"
    path.write_text("\n".join([header, *rows]) + "\n")
    assert isinstance(detect(path), ControlReader)
    return collect(ingest(ControlReader().read(path, {}), register=Register.load(), gazetteer=gazetteer))


def test_a_change_of_holder_is_a_claim_and_nothing_else_is(tmp_path: Path) -> None:
    found = load(
        tmp_path,
        town("Izium", "Ukraine", "1 March 2022 10h00 UTC"),
        town("Izium", "Ukraine", "1 March 2022 12h00 UTC"),
        town("Izium", "Russia", "2 March 2022 09h30 UTC", info="See Battle of Izium[12]"),
        town("Sumy", "Russia", "2 March 2022 09h30 UTC"),
    )
    (claim,) = found.claims
    assert (claim.kind, claim.actor, claim.claimant) == (Kind.CAPTURE, "Russia", UNSTATED)
    assert claim.relays == ("bbc-com", "wikipedia")
    assert "See Battle of Izium" in claim.quote
    assert "[12]" not in claim.quote
    assert "Ukraine" in claim.note
    assert claim.happened.describe() == "1 to 2 March 2022"
    assert claim.said_at is not None
    assert claim.said_at.describe() == "2 March 2022 09:30 UTC"
    assert claim.places[0].precision is Precision.SETTLEMENT
    document = next(d for d in found.documents if d.document_id == claim.document_id)
    assert (document.publisher, document.url) == ("bbc.com", "https://www.bbc.com/news/1")
    assert "CC BY-SA" in document.licence
    assert not found.rejections


def test_an_absent_town_is_unknown_and_not_given_to_anyone(tmp_path: Path) -> None:
    found = load(
        tmp_path,
        town("Izium", "Russia", "1 March 2022 10h00 UTC"),
        town("Sumy", "Ukraine", "2 March 2022 10h00 UTC"),
        town("Izium", "Russia", "3 March 2022 10h00 UTC"),
    )
    assert found.claims == ()


def test_contradicting_rows_of_one_scrape_are_both_kept_and_say_so(tmp_path: Path) -> None:
    at, later = "1 March 2022 10h00 UTC", "1 March 2022 11h00 UTC"
    found = load(
        tmp_path,
        town("Volnovakha", "Truce", at),
        town("Volnovakha", "Contested", at),
        town("Volnovakha", "Truce", later),
        town("Volnovakha", "Contested", later),
    )
    one, two = found.claims
    assert {one.subtype, two.subtype} == {"truce", "contested"}
    assert [(r.type, r.target) for r in one.relations] == [(RelationType.CONTRADICTS, two.claim_id)]
    assert [(r.type, r.target) for r in two.relations] == [(RelationType.CONTRADICTS, one.claim_id)]


@pytest.mark.parametrize(
    ("before", "after", "kind", "actor"),
    [
        ("Russia", "Ukraine", Kind.CAPTURE, "Ukraine"),
        ("Ukraine", "Contested", Kind.CLASH, ""),
        ("Contested", "Luhansk PR", Kind.CAPTURE, "Luhansk People's Republic"),
        ("Russia", "Donetsk PR", Kind.OTHER, "Donetsk People's Republic"),
        ("Russia", "Uncontrolled", Kind.RETREAT, "Russia"),
        ("Government", "Rebels", Kind.CAPTURE, "Rebels"),
    ],
)
def test_what_the_change_is_called(tmp_path: Path, before: str, after: str, kind: Kind, actor: str) -> None:
    found = load(tmp_path, town("A", before, "1 March 2022 10h00 UTC"), town("A", after, "2 March 2022 10h00 UTC"))
    assert [(c.kind, c.actor) for c in found.claims] == [(kind, actor)]


def test_another_spelling_of_a_holder_is_no_change(tmp_path: Path) -> None:
    found = load(
        tmp_path,
        town("A", "Donetsk PR", "1 March 2022 10h00 UTC"),
        town("A", "Donetsk People's Republic\xa0", "2 March 2022 10h00 UTC"),
    )
    assert found.claims == ()


def test_namesakes_far_apart_are_two_towns(tmp_path: Path) -> None:
    at = "1 March 2022 10h00 UTC"
    found = load(
        tmp_path,
        town("Trostianets", "Ukraine", at, point="48.5,29.2"),
        town("Trostianets", "Russia", at, point="50.5,35"),
    )
    assert found.claims == ()


def test_rows_of_one_scrape_may_straddle_a_minute(tmp_path: Path) -> None:
    found = load(
        tmp_path,
        town("A", "Ukraine", "14 March 2022 10h48 UTC"),
        town("B", "Ukraine", "14 March 2022 10h47 UTC"),
        town("A", "Russia", "14 March 2022 12h00 UTC"),
        town("B", "Russia", "14 March 2022 12h00 UTC"),
        town("B", "Ukraine", "13 March 2022 12h00 UTC"),
    )
    assert len(found.claims) == 2
    assert [(r.reason, r.origin.row) for r in found.rejections] == [("out_of_order", "line 6")]


def test_an_as_of_day_bounds_the_change_wherever_the_column_stands(tmp_path: Path) -> None:
    header = "As of,Held by,Name,update,Lat,Lon"
    found = load(
        tmp_path,
        "1 April 2022,Ukraine,A,1 April 2022 10h00 UTC,47,37",
        "2 April 2022,Russia,A,5 April 2022 10h00 UTC,47,37",
        header=header,
    )
    assert found.claims[0].happened.describe() == "1 to 2 April 2022"


def test_bad_rows_are_refused_with_line_and_reason(tmp_path: Path) -> None:
    found = load(
        tmp_path,
        town("A", "", "1 March 2022 10h00 UTC"),
        town("B", "Ukraine", ""),
        town("C", "Ukraine", "soon"),
        town("D", "Ukraine", "1 March 2022 10h00 UTC", point="37.5,147.6"),
        town("E", "Ukraine", "1 March 2022 10h00 UTC", point="147.6,37.5"),
        "F,1",
    )
    assert [(r.reason, r.origin.row) for r in found.rejections] == [
        ("missing_field", "line 2"),
        ("missing_field", "line 3"),
        ("bad_date", "line 4"),
        ("swapped_coordinates", "line 6"),
        ("ragged_row", "line 7"),
    ]


def test_a_town_without_coordinates_is_looked_up_by_its_name(tmp_path: Path) -> None:
    found = load(
        tmp_path,
        town("Skadovsk", "Ukraine", "1 March 2022 10h00 UTC", point=","),
        town("Skadovsk", "Russia", "2 March 2022 10h00 UTC", point=","),
        gazetteer=default_gazetteer(),
    )
    assert found.claims[0].marks


def test_ids_are_the_same_in_a_longer_version_of_the_file(tmp_path: Path) -> None:
    rows = [town("A", "Ukraine", "1 March 2022 10h00 UTC"), town("A", "Russia", "2 March 2022 10h00 UTC")]
    more = [town("0", "Ukraine", "1 March 2022 10h00 UTC"), *rows, town("A", "Ukraine", "3 March 2022 10h00 UTC")]
    ids = [{c.claim_id for c in load(tmp_path, *r).claims} for r in (rows, more)]
    assert ids[0] < ids[1]


LINE = st.builds(
    lambda name, held, hour, cut, junk: (town(name, held, f"1 March 2022 {hour:02}h00 UTC") + junk)[:cut],
    st.sampled_from("ABC"),
    st.sampled_from(["Ukraine", "Russia", "Contested", "", "\x07"]),
    st.integers(0, 30),
    st.integers(20, 400),
    st.sampled_from(["", ",", '"', "\x00"]),
)


@given(st.lists(LINE, max_size=12))
def test_damage_never_stops_the_reading(tmp_path_factory: pytest.TempPathFactory, lines: list[str]) -> None:
    found = load(tmp_path_factory.mktemp("c"), *lines)
    counted = report(found)
    assert counted.read == len(found.claims) + len(found.rejections)
    assert len({r.origin.row for r in found.rejections}) == len(found.rejections)
    assert not {_line(c) for c in found.claims} & {r.origin.row for r in found.rejections}
    assert counted.read <= len(lines)


def _line(claim: Claim) -> str:
    return claim.origin.row


def test_a_dispute_ends_when_one_holder_is_left(tmp_path: Path) -> None:
    found = load(
        tmp_path,
        town("Volnovakha", "Russia", "1 March 2022 10h00 UTC"),
        town("Volnovakha", "Contested", "1 March 2022 10h00 UTC"),
        town("Volnovakha", "Contested", "2 March 2022 10h00 UTC"),
        town("Volnovakha", "Contested", "3 March 2022 10h00 UTC"),
    )
    *_, last = found.claims
    assert (len(found.claims), last.kind, last.happened.describe()) == (3, Kind.CLASH, "1 to 2 March 2022")
    assert "Contested and Russia" in last.note


def test_a_table_of_ones_own_is_not_laid_to_the_published_one(tmp_path: Path) -> None:
    path = tmp_path / "our towns.csv"
    path.write_text("Name,Held by,update,Lat,Lon\nA,Ukraine,1 April 2022,47,37\nA,Russia,2 April 2022,47,37\n")
    bare = collect(ingest(ControlReader().read(path, {}), register=Register.load(), gazetteer=None))
    assert [(d.title, d.publisher, d.licence) for d in bare.documents] == [("our towns", "", "")]
    assert bare.claims[0].relays == ()
    options = {"publisher": "Our desk", "licence": "CC0"}
    told = collect(ingest(ControlReader().read(path, options), register=Register.load(), gazetteer=None))
    assert [(d.publisher, d.licence) for d in told.documents] == [("Our desk", "CC0")]
    assert told.claims[0].relays == ("our-desk",)
