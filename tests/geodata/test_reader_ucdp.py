"""UCDP GED: rows made up in its columns, and what becomes of each of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.gazetteer import default
from geodata.ingest import collect, ingest
from geodata.model import UNSTATED, Claim, Document, Kind, Modality, Precision, Rejection, Source, Unplaced
from geodata.readers import detect, read
from geodata.readers.base import Record
from geodata.sources import Register
from geodata.spans import TimePrecision

ROW = {
    "id": "900001",
    "relid": "RUR-2031-1-1-0",
    "year": "2031",
    "type_of_violence": "1",
    "side_a": "Government of Ruritania",
    "side_b": "Black Michael's men",
    "number_of_sources": "2",
    "source_article": '"Strelsau Gazette,2031-05-04,Six dead at "the lodge"; king missing";'
    '"Zenda News,2031-05-06,Toll rises"',
    "source_office": "Strelsau Gazette;Zenda News",
    "source_date": "2031-05-04;2031-05-06",
    "source_headline": 'Six dead at "the lodge"; king missing;Toll rises',
    "source_original": "Colonel Sapt, a royal spokesman; Royal Guard, Zenda hospital (x2)",
    "where_prec": "1",
    "where_coordinates": "Zenda town",
    "where_description": "the hunting lodge",
    "adm_1": "Zenda oblast",
    "adm_2": "Zenda raion",
    "latitude": "48.500000",
    "longitude": "14.250000",
    "geom_wkt": "POINT (14.25 48.5)",
    "country": "Ruritania",
    "event_clarity": "1",
    "date_prec": "1",
    "date_start": "2031-05-03 00:00:00.000",
    "date_end": "2031-05-03 00:00:00.000",
    "deaths_a": "2",
    "deaths_b": "0",
    "deaths_civilians": "4",
    "deaths_unknown": "0",
    "best": "6",
    "high": "9",
    "low": "5",
}
TAGS = {"year": "#date+year", "latitude": "#geo+lat", "longitude": "#geo+lon", "best": "#affected+killed"}


def table(rows: Sequence[Sequence[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


def put(folder: Path, *rows: dict[str, str], columns: Sequence[str] = tuple(ROW)) -> Path:
    path = folder / "events"
    path.write_bytes(table([columns, *([row.get(c, "") for c in columns] for row in rows)]))
    return path


def one(folder: Path, **cells: str) -> Claim | Rejection:
    found = [r for r in read(put(folder, ROW | cells)) if isinstance(r, Claim | Rejection)]
    assert len(found) == 1
    return found[0]


def claim(folder: Path, **cells: str) -> Claim:
    found = one(folder, **cells)
    assert isinstance(found, Claim), found
    return found


def refusal(folder: Path, **cells: str) -> tuple[str, str, str]:
    found = one(folder, **cells)
    assert isinstance(found, Rejection), found
    assert found.remedy
    assert found.raw.startswith(cells.get("id", ROW["id"]))
    assert found.origin.row == "line 2"
    return found.reason, found.field, found.value


def utc(*day: int) -> datetime:
    return datetime(*day, tzinfo=UTC)  # type: ignore[misc, arg-type]


def test_who_said_it_and_through_whom(tmp_path: Path) -> None:
    records = list(read(put(tmp_path, ROW)))
    found = next(r for r in records if isinstance(r, Claim))
    assert found.claim_id == "ucdp-900001"
    assert found.claimant == "colonel-sapt-a-royal-spokesman"
    assert found.claimant_alt == ("royal-guard", "zenda-hospital")
    assert ROW["source_original"] in found.note
    assert found.relays == ("strelsau-gazette", "zenda-news")
    assert found.quote == 'Six dead at "the lodge"; king missing'
    assert (found.actor, found.target) == (ROW["side_a"], ROW["side_b"])
    names = {r.source_id: r for r in records if isinstance(r, Source)}
    assert names["zenda-hospital"].name == "Zenda hospital"
    assert {(s.side, s.reviewed) for s in names.values()} == {("unknown", False)}
    order = [type(r) for r in records]
    assert order.index(Claim) > max(i for i, t in enumerate(order) if t in (Source, Document))


def test_the_licence_and_citation_travel_along(tmp_path: Path) -> None:
    path = put(tmp_path, ROW)
    (document,) = (r for r in read(path, {"version": "31.1"}) if isinstance(r, Document))
    assert document.licence == "CC BY 4.0"
    assert "UCDP" in document.attribution
    assert "Sundberg" in document.citation
    assert document.title.endswith("31.1")
    assert {c.document_id for c in read(path) if isinstance(c, Claim)} == {document.document_id}


@pytest.mark.parametrize("nobody", ["", "unknown", "N/A", "-", "Unknown."])
def test_nobody_named_is_unstated(tmp_path: Path, nobody: str) -> None:
    found = claim(tmp_path, source_original=nobody)
    assert (found.claimant, found.claimant_alt, found.modality) == (UNSTATED, (), Modality.REPORTED)


def test_reports_without_triples_are_kept_as_text(tmp_path: Path) -> None:
    text = 'Strelsau Gazette 1989-05-17 "RURITANIA: lodge burns"'
    found = claim(
        tmp_path, source_article=text, source_office="", source_date="", source_headline="", number_of_sources="-1"
    )
    assert (found.relays, found.said_at, found.quote) == ((), None, "")
    assert text in found.note


def test_offices_serve_where_there_are_no_triples(tmp_path: Path) -> None:
    found = claim(tmp_path, source_article="")
    assert found.relays == ("strelsau-gazette", "zenda-news")
    assert found.said_at
    assert (found.said_at.start, found.said_at.end) == (utc(2031, 5, 4), utc(2031, 5, 7))


def test_report_time_is_apart_from_event_time(tmp_path: Path) -> None:
    found = claim(tmp_path)
    assert (found.happened.start, found.happened.end) == (utc(2031, 5, 3), utc(2031, 5, 4))
    assert found.said_at
    assert (found.said_at.start, found.said_at.end) == (utc(2031, 5, 4), utc(2031, 5, 7))


@pytest.mark.parametrize(
    ("code", "last", "precision"),
    [
        ("1", "2031-05-03", TimePrecision.DAY),
        ("1", "2031-05-05", TimePrecision.RANGE),
        ("2", "2031-05-05", TimePrecision.RANGE),
        ("3", "2031-05-09", TimePrecision.WEEK),
        ("4", "2031-05-31", TimePrecision.MONTH),
        ("5", "2032-05-01", TimePrecision.YEAR),
        ("2.0", "2031-05-04", TimePrecision.RANGE),
        ("", "2031-05-03", TimePrecision.DAY),
    ],
)
def test_a_span_holds_all_its_days(tmp_path: Path, code: str, last: str, precision: TimePrecision) -> None:
    found = claim(tmp_path, date_prec=code, date_end=last).happened
    end = datetime.fromisoformat(last)
    assert found.precision is precision
    assert found.start == utc(2031, 5, 3)
    assert found.end
    assert (found.end.date() - end.date()).days == 1


@pytest.mark.parametrize(
    ("code", "precision", "verb"),
    [
        ("1", Precision.SETTLEMENT, None),
        ("2", Precision.DISTRICT, "circle"),
        ("3", Precision.DISTRICT, "circle"),
        ("4", Precision.OBLAST, "circle"),
        ("5", Precision.REGION, "circle"),
        ("7", Precision.REGION, "circle"),
    ],
)
def test_only_an_exact_place_is_a_pin(tmp_path: Path, code: str, precision: Precision, verb: str | None) -> None:
    bundle = collect(ingest(read(put(tmp_path, ROW | {"where_prec": code})), register=Register(), gazetteer=default()))
    (mark,) = bundle.claims[0].marks
    assert mark.precision is precision
    assert (mark.shape or "").partition(":")[0] == (verb or "")
    if code == "2":
        assert mark.radius_km == 25


@pytest.mark.parametrize(("code", "reason"), [("6", Unplaced.COUNTRY_ONLY), ("", Unplaced.NO_PLACE)])
def test_a_country_or_an_unknown_precision_is_not_drawn(tmp_path: Path, code: str, reason: Unplaced) -> None:
    bundle = collect(ingest(read(put(tmp_path, ROW | {"where_prec": code})), register=Register(), gazetteer=default()))
    assert (bundle.claims[0].marks, bundle.claims[0].unplaced) == ((), reason)


def test_an_oblast_known_by_name_is_drawn_as_it_is(tmp_path: Path) -> None:
    place = {"where_prec": "4", "adm_1": "Sumy oblast", "latitude": "50.9", "longitude": "34.5", "geom_wkt": ""}
    bundle = collect(ingest(read(put(tmp_path, ROW | place)), register=Register(), gazetteer=default()))
    assert bundle.claims[0].marks[0].shape == "area:adm1:UA-59"


def test_the_place_is_told_in_the_words_of_the_row(tmp_path: Path) -> None:
    (place,) = claim(tmp_path, where_prec="2").places
    assert (place.lon, place.lat) == (14.25, 48.5)
    assert place.mention == "Zenda town, Zenda raion, Zenda oblast, Ruritania"
    assert "the hunting lodge" in place.note
    assert "25 km" in place.note


def test_deaths_by_side(tmp_path: Path) -> None:
    total, *sides = claim(tmp_path).figures
    assert (total.measure, total.low, total.best, total.high) == ("killed", 5, 6, 9)
    assert [f.best for f in sides] == [2, 0, 4, 0]
    assert "Government of Ruritania" in sides[0].measure


def test_minus_one_is_not_recorded_and_zero_is_a_value(tmp_path: Path) -> None:
    total, *sides = claim(tmp_path, best="0", low="0", high="-1", deaths_b="-1", deaths_unknown="").figures
    assert (total.low, total.best, total.high) == (0, 0, None)
    assert [f.best for f in sides] == [2, 4]


def test_figures_out_of_order_are_kept_and_flagged(tmp_path: Path) -> None:
    found = claim(tmp_path, best="7", high="6", low="7", deaths_a="3")
    assert (found.figures[0].low, found.figures[0].best, found.figures[0].high) == (7, 7, 6)
    assert "out of order" in found.note
    assert "out of order" not in claim(tmp_path).note


def test_sides_that_do_not_add_up_are_flagged(tmp_path: Path) -> None:
    assert "add up" in claim(tmp_path, deaths_a="20").note
    assert "add up" not in claim(tmp_path).note


@pytest.mark.parametrize(
    ("code", "kind", "subtype"),
    [("1", Kind.CLASH, "state_based"), ("2", Kind.CLASH, "non_state"), ("3", Kind.CASUALTIES, "one_sided")],
)
def test_type_of_violence_gives_the_kind(tmp_path: Path, code: str, kind: Kind, subtype: str) -> None:
    found = claim(tmp_path, type_of_violence=code)
    assert (found.kind, found.subtype) == (kind, subtype)


def test_columns_in_any_order_case_and_with_tags(tmp_path: Path) -> None:
    plain = claim(tmp_path)
    columns = [*sorted(ROW, reverse=True), "iso3"]
    path = put(tmp_path, TAGS, ROW | {"iso3": "RUR"}, columns=columns)
    assert detect(path).name == "ucdp"
    (tagged,) = (r for r in read(path) if isinstance(r, Claim))
    shouted = table([[c.upper() for c in columns], [ROW.get(c, "") for c in columns]])
    path.write_bytes(shouted)
    (loud,) = (r for r in read(path) if isinstance(r, Claim))
    assert tagged.origin.row == "line 3"
    for other in (tagged, loud):
        assert (other.statement, other.places, other.figures, other.note) == (
            plain.statement,
            plain.places,
            plain.figures,
            plain.note,
        )


def test_missing_optional_columns_are_no_harm(tmp_path: Path) -> None:
    needed = (
        "id", "side_a", "side_b", "type_of_violence", "where_prec", "date_prec", "date_start", "date_end", "longitude",
        "latitude",
    )  # fmt: skip
    path = put(tmp_path, ROW, columns=needed)
    (found,) = (r for r in read(path) if isinstance(r, Claim | Rejection))
    assert isinstance(found, Claim)
    assert (found.claimant, found.figures, found.said_at) == (UNSTATED, (), None)


def test_numbers_that_passed_through_floats(tmp_path: Path) -> None:
    found = claim(tmp_path, id="900001.0", where_prec="1.0", type_of_violence="1.0", best="6.0")
    assert found.claim_id == "ucdp-900001"
    assert found.figures[0].best == 6


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"id": ""}, ("missing_field", "id", "")),
        ({"date_start": "20310503x"}, ("bad_date", "date_start", "20310503x")),
        ({"date_start": "1651363200"}, ("bad_date", "date_start", "1651363200")),
        ({"date_end": ""}, ("missing_field", "date_end", "")),
        ({"date_end": "2031-02-30"}, ("bad_date", "date_end", "2031-02-30")),
        ({"latitude": "north"}, ("bad_number", "latitude", "north")),
        ({"latitude": "inf"}, ("bad_number", "latitude", "inf")),
        ({"latitude": ""}, ("missing_field", "latitude", "")),
        ({"longitude": "200", "latitude": "95"}, ("bad_coordinates", "longitude, latitude", "200, 95")),
        ({"longitude": "0", "latitude": "0.0"}, ("bad_coordinates", "longitude, latitude", "0, 0")),
        ({"longitude": "8", "latitude": "114"}, ("swapped_coordinates", "longitude, latitude", "8, 114")),
        ({"longitude": "48.5", "latitude": "14.25"}, ("swapped_coordinates", "longitude, latitude", "48.5, 14.25")),
        ({"where_prec": "9"}, ("bad_code", "where_prec", "9")),
        ({"date_prec": "x"}, ("bad_number", "date_prec", "x")),
        ({"type_of_violence": ""}, ("missing_field", "type_of_violence", "")),
        ({"best": "-5"}, ("bad_number", "best", "-5")),
        ({"deaths_a": "many"}, ("bad_number", "deaths_a", "many")),
    ],
)
def test_what_is_refused(tmp_path: Path, cells: dict[str, str], expected: tuple[str, str, str]) -> None:
    assert refusal(tmp_path, **cells) == expected


def test_a_span_that_ends_before_it_begins_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, date_end="2031-05-01")[0] == "bad_span"


@st.composite
def damaged(draw: st.DrawFn) -> tuple[list[list[str]], int]:
    """Rows, some of them damaged, and how many are whole."""
    garbage = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=8)
    rows, whole = [], 0
    for n in range(draw(st.integers(1, 8))):
        cells = list((ROW | {"id": str(n)}).values())
        how = draw(st.sampled_from(["whole", "cut", "swap", "garble", "longer"]))
        if how == "cut":
            cells = cells[: draw(st.integers(1, len(cells) - 1))]
        elif how == "swap":
            a, b = draw(st.tuples(*[st.integers(0, len(cells) - 1)] * 2))
            cells[a], cells[b] = cells[b], cells[a]
        elif how == "garble":
            cells[draw(st.integers(1, len(cells) - 1))] = draw(garbage)
        elif how == "longer":
            cells.append(draw(garbage))
        whole += how == "whole"
        rows.append(cells)
    return rows, whole


@given(damage=damaged())
def test_read_is_kept_and_refused(
    tmp_path_factory: pytest.TempPathFactory, damage: tuple[list[list[str]], int]
) -> None:
    rows, whole = damage
    path = tmp_path_factory.getbasetemp() / "damaged-ucdp"
    path.write_bytes(table([list(ROW), *rows]))
    records: list[Record] = list(read(path))
    kept = [r for r in records if isinstance(r, Claim)]
    refused = [r for r in records if isinstance(r, Rejection)]
    assert len(kept) + len(refused) == len(rows)
    assert len(kept) >= whole
    assert all(r.reason and r.remedy and r.origin.row and r.origin.file for r in refused)
    bundle = collect(ingest(records, register=Register(), gazetteer=default()))
    assert len(bundle.claims) + len(bundle.rejections) == len(rows)
