"""Losses series: totals that one side claims of the other, and the corrections to them; the numbers are made up."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.errors import ReaderError
from geodata.gazetteer import default
from geodata.ingest import collect, ingest
from geodata.model import Bundle, Claim, Document, Kind, Precision, Rejection, Relation, RelationType, Role, Unplaced
from geodata.readers import detect, read
from geodata.sources import Register
from geodata.spans import TimePrecision

FIRST = {"date": "2022-02-25", "day": 2, "tank": 11, "APC": 21, "field artillery": 5, "fuel tank": 3}
SECOND = {"date": "2022-02-26", "day": 3, "tank": 12, "APC": 20, "field artillery": 5, "drone": 0}
PEOPLE = {"date": "2022-02-25", "day": 2, "personnel": 1100, "personnel*": "about", "POW": 0}
NO_COUNTERS = {"date", "day", "personnel*"}
CORRECTION = {"date": "2022-10-13", "day": 232, "tank": 0, "APC": -25, "field artillery": 32, "drone": 0}


def put(folder: Path, *rows: Any) -> Path:
    path = folder / "series"
    path.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    return path


def claims(folder: Path, *rows: Any) -> dict[str, Claim]:
    return {r.claim_id: r for r in read(put(folder, *rows)) if isinstance(r, Claim)}


def refused(folder: Path, *rows: Any) -> list[tuple[str, str, str, str]]:
    found = [r for r in read(put(folder, *rows)) if isinstance(r, Rejection)]
    assert all(r.remedy and r.raw for r in found)
    return [(r.reason, r.field, r.value, r.origin.row) for r in found]


def utc(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, tzinfo=UTC)


def loaded(path: Path) -> Bundle:
    return collect(ingest(read(path), register=Register.load(), gazetteer=default()))


def test_a_counter_of_a_day_is_a_claim_of_the_general_staff(tmp_path: Path) -> None:
    path = put(tmp_path, FIRST)
    assert detect(path).name == "losses"
    bundle = loaded(path)
    tank = next(c for c in bundle.claims if c.claim_id == "losses-2022-02-25-tank")
    assert tank.claimant == "ua-general-staff"
    assert tank.relays[-1] == "petro-ivaniuk"
    assert (tank.kind, tank.subtype, tank.target) == (Kind.LOSSES, "equipment", "RU")
    (figure,) = tank.figures
    assert (figure.low, figure.best, figure.high, figure.unit, figure.since) == (11, 11, 11, "tank", "2022-02-24")
    assert (tank.happened.start, tank.happened.end) == (utc(2022, 2, 24), utc(2022, 2, 26))
    assert tank.happened.precision is TimePrecision.RANGE
    assert tank.said_at
    assert tank.said_at.start == utc(2022, 2, 25)
    assert tank.unplaced is Unplaced.COUNTRY_ONLY
    assert len(bundle.claims) == 4
    (document,) = bundle.documents
    assert document.licence == "MIT"
    assert "Petro Ivaniuk" in document.attribution


def test_the_qualifier_is_kept_and_is_no_counter(tmp_path: Path) -> None:
    more = PEOPLE | {"date": "2022-02-26", "day": 3, "personnel": 1200, "personnel*": "more"}
    found = claims(tmp_path, PEOPLE, more)
    assert set(found) == {f"losses-2022-02-{d}-{c}" for d in (25, 26) for c in ("personnel", "pow")}
    about, over = (found[f"losses-2022-02-{d}-personnel"] for d in (25, 26))
    assert about.kind is Kind.CASUALTIES
    assert (about.figures[0].qualifier, about.figures[0].low, about.figures[0].high) == ("about", 1100, 1100)
    assert (over.figures[0].qualifier, over.figures[0].low, over.figures[0].high) == ("more", 1200, None)
    assert "more than 1,200" in over.statement


def test_an_absent_counter_is_unknown_and_zero_is_a_value(tmp_path: Path) -> None:
    later = {k: v for k, v in PEOPLE.items() if k != "POW"} | {"date": "2022-04-28", "day": 64}
    found = claims(tmp_path, PEOPLE, later)
    assert "losses-2022-04-28-pow" not in found
    assert found["losses-2022-02-25-pow"].figures[0].best == 0
    assert "losses-2022-04-29-pow" not in claims(tmp_path, PEOPLE, later | {"date": "2022-04-29", "POW": None})


def test_counters_appear_and_end(tmp_path: Path) -> None:
    found = claims(tmp_path, FIRST, SECOND)
    assert "losses-2022-02-25-drone" not in found
    assert "losses-2022-02-26-drone" in found
    assert "losses-2022-02-25-fuel-tank" in found
    assert "losses-2022-02-26-fuel-tank" not in found
    assert "losses-2022-02-26-new-thing" in claims(tmp_path, FIRST, SECOND | {"new thing": 7})


@pytest.mark.parametrize("rows", [(FIRST, SECOND), (SECOND, FIRST)])
def test_a_counter_that_falls_is_kept_and_noted(tmp_path: Path, rows: tuple[dict[str, Any], ...]) -> None:
    found = claims(tmp_path, *rows)
    fallen = found.pop("losses-2022-02-26-apc")
    assert fallen.figures[0].best == 20
    assert "21" in fallen.note
    assert "2022-02-25" in fallen.note
    assert not any(c.note for c in found.values())


def test_the_axis_of_a_day_is_a_claim_with_places(tmp_path: Path) -> None:
    path = put(tmp_path, FIRST | {"greatest losses direction": "Zaporizhzhia, Sloviansk and Izyum"})
    axis = next(c for c in loaded(path).claims if c.claim_id.endswith("direction"))
    assert [p.mention for p in axis.places] == ["Zaporizhzhia", "Sloviansk", "Izyum"]
    assert {(p.role, p.precision) for p in axis.places} == {(Role.DIRECTION, Precision.DIRECTION)}
    assert axis.happened.start == utc(2022, 2, 25)
    assert axis.figures == ()
    assert len(axis.marks) == 3
    assert all(m.shape for m in axis.marks)


def test_corrections_keep_their_sign_and_point_at_what_they_correct(tmp_path: Path) -> None:
    path = put(tmp_path, CORRECTION)
    assert detect(path).name == "losses"
    found = claims(tmp_path, CORRECTION)
    assert set(found) == {"losses-2022-10-13-apc-correction", "losses-2022-10-13-field-artillery-correction"}
    apc = found["losses-2022-10-13-apc-correction"]
    assert apc.kind is Kind.INFORMATION
    assert apc.figures[0].best == -25
    assert apc.relations == (Relation(RelationType.QUALIFIES, "losses-2022-10-13-apc"),)
    assert apc.happened.start == utc(2022, 10, 13)


def test_a_wrong_sign_does_not_make_a_series_of_corrections(tmp_path: Path) -> None:
    wrong = FIRST | {"tank": -11}
    assert refused(tmp_path, wrong, SECOND) == [("bad_number", "tank", "-11", "[0].tank")]
    assert "losses-2022-02-25-apc" in claims(tmp_path, wrong, SECOND)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (7, ("bad_value", "", "", "[1]")),
        ({"day": 3, "tank": 1}, ("missing_field", "date", "", "[1]")),
        (SECOND | {"date": "soon"}, ("bad_date", "date", "soon", "[1]")),
        (SECOND | {"date": 1645747200}, ("bad_date", "date", "1645747200", "[1]")),
        (SECOND | {"day": "third"}, ("bad_number", "day", "third", "[1]")),
        (SECOND | {"day": 0}, ("bad_number", "day", "0", "[1]")),
        (SECOND | {"tank": "12"}, ("bad_number", "tank", "12", "[1].tank")),
        (SECOND | {"tank": True}, ("bad_number", "tank", "True", "[1].tank")),
        (SECOND | {"tank": [12]}, ("bad_number", "tank", "[12]", "[1].tank")),
    ],
)
def test_what_is_refused(tmp_path: Path, row: Any, expected: tuple[str, str, str, str]) -> None:
    assert refused(tmp_path, FIRST, row) == [expected]


def test_a_series_without_numbered_days_has_an_open_start(tmp_path: Path) -> None:
    found = claims(tmp_path, FIRST, {k: v for k, v in SECOND.items() if k != "day"})
    tank = found["losses-2022-02-26-tank"]
    assert (tank.happened.start, tank.figures[0].since) == (None, "")


def test_a_packed_series_and_one_with_a_mark_are_read(tmp_path: Path) -> None:
    text = b"\xef\xbb\xbf" + json.dumps([FIRST, SECOND]).encode()
    for data in (text, gzip.compress(text)):
        path = tmp_path / "packed"
        path.write_bytes(data)
        assert detect(path).name == "losses"
        assert sum(isinstance(r, Claim) for r in read(path)) == 8


def test_a_series_cut_short_is_told_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "cut"
    path.write_bytes(json.dumps([FIRST, SECOND]).encode()[:-20])
    with pytest.raises(ReaderError):
        list(read(path))


def test_the_document_comes_first(tmp_path: Path) -> None:
    order = [type(r) for r in read(put(tmp_path, FIRST))]
    assert order.index(Document) < order.index(Claim)


values = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5)
    | st.lists(st.integers(), max_size=2)
)


@given(
    rows=st.lists(
        st.integers()
        | st.dictionaries(st.sampled_from([*FIRST, *PEOPLE]), values)
        | st.builds(lambda day, value: FIRST | {"day": day, "tank": value}, st.integers(1, 999), values),
        max_size=6,
    )
)
def test_read_is_kept_and_refused(tmp_path_factory: pytest.TempPathFactory, rows: list[Any]) -> None:
    """A row is refused whole, or each of its counters that has a value is kept or refused."""
    path = tmp_path_factory.getbasetemp() / "damaged-losses"
    path.write_text(json.dumps([*[FIRST] * 40, *rows]), encoding="utf-8")
    records = list(read(path))
    told = Counter(r.origin.row for r in records if isinstance(r, Claim | Rejection))
    expected: Counter[str] = Counter()
    for i, row in enumerate([*[FIRST] * 40, *rows]):
        if f"[{i}]" in told:
            expected[f"[{i}]"] += 1
        else:
            expected.update(f"[{i}].{k}" for k, v in row.items() if k not in NO_COUNTERS and v is not None)
    assert told == expected
    assert all(r.reason and r.remedy and r.raw for r in records if isinstance(r, Rejection))
