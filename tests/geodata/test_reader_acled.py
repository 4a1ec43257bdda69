"""ACLED exports: rows made up in their columns, old and new; none of ACLED's own are here."""

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
from geodata.model import UNSTATED, Claim, Document, Kind, Modality, Precision, Rejection, Source
from geodata.readers import detect, read
from geodata.sources import Register
from geodata.spans import TimePrecision

NEW = {
    "event_id_cnty": "RUR77",
    "event_date": "2031-05-04",
    "year": "2031",
    "time_precision": "1",
    "disorder_type": "Political violence",
    "event_type": "Battles",
    "sub_event_type": "Armed clash",
    "actor1": "Military Forces of Ruritania",
    "assoc_actor_1": "Royal Guard",
    "inter1": "State Forces",
    "actor2": "Black Michael's men",
    "assoc_actor_2": "",
    "civilian_targeting": "",
    "region": "Europe",
    "country": "Ruritania",
    "admin1": "Zenda",
    "admin2": "Tarlenheim",
    "admin3": "",
    "location": "Hofbau",
    "latitude": "48.5",
    "longitude": "14.25",
    "geo_precision": "1",
    "source": "Strelsau Gazette; Zenda News",
    "source_scale": "National",
    "notes": "On 4 May, the guard fought at the lodge; the castle was not reached.",
    "fatalities": "3",
    "tags": "crowd size=no report",
    "timestamp": "1935700000",
}
OLD = (
    "GWNO,EVENT_ID_CNTY,EVENT_ID_NO_CNTY,EVENT_DATE,YEAR,TIME_PRECISION,EVENT_TYPE,ACTOR1,ALLY_ACTOR_1,INTER1,ACTOR2,"
    "ALLY_ACTOR_2,INTER2,INTERACTION,COUNTRY,ADMIN1,ADMIN2,ADMIN3,LOCATION,LATITUDE,LONGITUDE,GEO_PRECISION,SOURCE,"
    "NOTES,FATALITIES"
).split(",")


def put(folder: Path, *rows: dict[str, str], columns: Sequence[str] = tuple(NEW), delimiter: str = ",") -> Path:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(
        [columns, *([row.get(c.lower(), "") for c in columns] for row in rows)]
    )
    path = folder / "export"
    path.write_text(out.getvalue(), encoding="utf-8", newline="")
    return path


def one(path: Path, **options: str) -> Claim | Rejection:
    (found,) = (r for r in read(path, options) if isinstance(r, Claim | Rejection))
    return found


def claim(folder: Path, **cells: str) -> Claim:
    found = one(put(folder, NEW | cells))
    assert isinstance(found, Claim), found
    return found


def test_a_row_in_full(tmp_path: Path) -> None:
    path = put(tmp_path, NEW)
    assert detect(path).name == "acled"
    records = list(read(path))
    found = next(r for r in records if isinstance(r, Claim))
    assert found.claim_id == "acled-rur77"
    assert found.statement == NEW["notes"]
    assert (found.kind, found.subtype) == (Kind.CLASH, "armed_clash")
    assert (found.actor, found.target) == (NEW["actor1"], NEW["actor2"])
    assert (found.claimant, found.modality) == (UNSTATED, Modality.REPORTED)
    assert found.relays == ("strelsau-gazette", "zenda-news")
    assert [(f.measure, f.low, f.best, f.high) for f in found.figures] == [("killed", 3, 3, 3)]
    assert found.said_at is None
    (place,) = found.places
    assert (place.lon, place.lat, place.precision) == (14.25, 48.5, Precision.SETTLEMENT)
    assert place.mention == "Hofbau, Tarlenheim, Zenda, Ruritania"
    assert "Royal Guard" in found.note
    assert {r.name for r in records if isinstance(r, Source)} == {"Strelsau Gazette", "Zenda News"}


def test_the_terms_travel_with_every_claim(tmp_path: Path) -> None:
    records = list(read(put(tmp_path, NEW)))
    (document,) = (r for r in records if isinstance(r, Document))
    assert "not to be passed on" in document.licence
    assert "Raleigh" in document.citation
    assert {r.document_id for r in records if isinstance(r, Claim)} == {document.document_id}


@pytest.mark.parametrize(
    ("event", "sub", "kind"),
    [
        ("Battles", "Armed clash", Kind.CLASH),
        ("Battles", "Government regains territory", Kind.CAPTURE),
        ("Battles", "Non-state actor overtakes territory", Kind.CAPTURE),
        ("Explosions/Remote violence", "Air/drone strike", Kind.BOMBARDMENT),
        ("Explosions/Remote violence", "Shelling/artillery/missile attack", Kind.BOMBARDMENT),
        ("Explosions/Remote violence", "Something of next year", Kind.BOMBARDMENT),
        ("Strategic developments", "Disrupted weapons use", Kind.STRIKE),
        ("Strategic developments", "Change to group/activity", Kind.REGROUP),
        ("Strategic developments", "Headquarters or base established", Kind.DEFENCE),
        ("Strategic developments", "Non-violent transfer of territory", Kind.CAPTURE),
        ("Strategic developments", "Looting/property destruction", Kind.LOOTING),
        ("Strategic developments", "Agreement", Kind.OTHER),
        ("Violence against civilians", "Attack", Kind.CASUALTIES),
        ("Violence against civilians", "Abduction/forced disappearance", Kind.OTHER),
        ("Protests", "Peaceful protest", Kind.OTHER),
        ("Riots", "Mob violence", Kind.OTHER),
        ("Battle-No change of territory", "", Kind.CLASH),
        ("Battle-Government regains territory", "", Kind.CAPTURE),
        ("Remote violence", "", Kind.BOMBARDMENT),
        ("  battles ", "ARMED  CLASH", Kind.CLASH),
    ],
)
def test_kinds_by_the_codebook(tmp_path: Path, event: str, sub: str, kind: Kind) -> None:
    found = claim(tmp_path, event_type=event, sub_event_type=sub)
    assert found.kind is kind
    assert "not known" not in found.note


def test_an_unknown_event_type_is_kept_and_told(tmp_path: Path) -> None:
    found = claim(tmp_path, event_type="Duel", sub_event_type="")
    assert (found.kind, found.subtype) == (Kind.OTHER, "duel")
    assert "Duel" in found.note


def test_an_attack_without_dead_is_no_toll(tmp_path: Path) -> None:
    attack = {"event_type": "Violence against civilians", "sub_event_type": "Attack"}
    assert claim(tmp_path, **attack, fatalities="0").kind is Kind.OTHER


@pytest.mark.parametrize(("fatalities", "best"), [("0", [0]), ("", []), ("-1", []), ("12.0", [12])])
def test_fatalities(tmp_path: Path, fatalities: str, best: list[float]) -> None:
    assert [f.best for f in claim(tmp_path, fatalities=fatalities).figures] == best


@pytest.mark.parametrize(
    ("code", "days", "precision"),
    [
        ("1", (4, 5), TimePrecision.DAY),
        ("2", (28, 5), TimePrecision.WEEK),
        ("3", (1, 1), TimePrecision.MONTH),
        ("", (4, 5), TimePrecision.DAY),
    ],
)
def test_time_precision(tmp_path: Path, code: str, days: tuple[int, int], precision: TimePrecision) -> None:
    found = claim(tmp_path, time_precision=code).happened
    assert found.precision is precision
    assert found.start
    assert found.end
    assert (found.start.day, found.end.day) == days
    assert found.start <= datetime(2031, 5, 4, tzinfo=UTC) < found.end


@pytest.mark.parametrize(
    ("code", "precision", "radius_km"), [("2", Precision.DISTRICT, 25), ("3", Precision.OBLAST, 90)]
)
def test_a_region_is_never_a_pin(tmp_path: Path, code: str, precision: Precision, radius_km: float) -> None:
    bundle = collect(
        ingest(read(put(tmp_path, NEW | {"geo_precision": code})), register=Register(), gazetteer=default())
    )
    (mark,) = bundle.claims[0].marks
    assert (mark.precision, mark.radius_km) == (precision, radius_km)
    assert mark.shape


@pytest.mark.parametrize("text", ["04 May 2031", "4-May-2031", "2031-05-04", "2031-05-04 00:00:00", "20310504"])
def test_dates_in_every_form_exported(tmp_path: Path, text: str) -> None:
    assert claim(tmp_path, event_date=text).happened.start == datetime(2031, 5, 4, tzinfo=UTC)


def test_the_files_own_dates_tell_their_order(tmp_path: Path) -> None:
    rows = [NEW | {"event_id_cnty": str(i), "event_date": d} for i, d in enumerate(("04/05/2031", "18/05/2031"))]
    found = [r for r in read(put(tmp_path, *rows)) if isinstance(r, Claim)]
    assert [c.happened.start for c in found] == [datetime(2031, 5, d, tzinfo=UTC) for d in (4, 18)]


def test_a_date_that_can_be_read_both_ways_is_refused_unless_told(tmp_path: Path) -> None:
    path = put(tmp_path, NEW | {"event_date": "04/05/2031"})
    refused = one(path)
    assert isinstance(refused, Rejection)
    assert (refused.reason, refused.field, refused.value) == ("bad_date", "event_date", "04/05/2031")
    assert "day_first" in refused.remedy
    for option, month in (("yes", 5), ("no", 4)):
        told = one(path, day_first=option)
        assert isinstance(told, Claim)
        assert told.happened.start
        assert told.happened.start.month == month


def test_old_columns(tmp_path: Path) -> None:
    row = NEW | {
        "event_date": "18/04/2001",
        "event_type": "Battle-Non-state actor overtakes territory",
        "ally_actor_1": "Royal Guard",
        "gwno": "999",
    }
    path = put(tmp_path, row, columns=OLD)
    assert detect(path).name == "acled"
    found = one(path)
    assert isinstance(found, Claim)
    assert (found.kind, found.claim_id) == (Kind.CAPTURE, "acled-rur77")
    assert found.happened.start == datetime(2001, 4, 18, tzinfo=UTC)
    assert "Royal Guard" in found.note


def test_semicolons_between_cells(tmp_path: Path) -> None:
    path = put(tmp_path, NEW, delimiter=";")
    assert detect(path).name == "acled"
    assert one(path) == claim(tmp_path)


@pytest.mark.parametrize(
    ("cells", "reason", "field"),
    [
        ({"event_id_cnty": ""}, "missing_field", "data_id"),
        ({"event_type": ""}, "missing_field", "event_type"),
        ({"event_date": "1935700000"}, "bad_date", "event_date"),
        ({"event_date": "31 June 2031"}, "bad_date", "event_date"),
        ({"time_precision": "4"}, "bad_code", "time_precision"),
        ({"geo_precision": "0"}, "bad_code", "geo_precision"),
        ({"latitude": "114", "longitude": "8"}, "swapped_coordinates", "longitude, latitude"),
        ({"latitude": "91", "longitude": "181"}, "bad_coordinates", "longitude, latitude"),
        ({"fatalities": "some"}, "bad_number", "fatalities"),
    ],
)
def test_what_is_refused(tmp_path: Path, cells: dict[str, str], reason: str, field: str) -> None:
    found = one(put(tmp_path, NEW | cells))
    assert isinstance(found, Rejection)
    assert (found.reason, found.field, found.origin.row) == (reason, field, "line 2")
    assert found.remedy
    assert NEW["notes"] in found.raw


garbage = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=8)


@given(
    damage=st.lists(
        st.tuples(st.integers(0, len(NEW) - 1), garbage, st.booleans()),
        min_size=1,
        max_size=6,
    )
)
def test_read_is_kept_and_refused(
    tmp_path_factory: pytest.TempPathFactory, damage: list[tuple[int, str, bool]]
) -> None:
    rows = []
    for n, (at, text, cut) in enumerate(damage):
        cells = list((NEW | {"event_id_cnty": f"RUR{n}"}).values())
        cells[at] = text or cells[at]
        rows.append(cells[: at + 1] if cut else cells)
    path = tmp_path_factory.getbasetemp() / "damaged-acled"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows([list(NEW), *rows])
    records = list(read(path))
    kept = [r for r in records if isinstance(r, Claim)]
    refused = [r for r in records if isinstance(r, Rejection)]
    assert len(kept) + len(refused) == len(rows)
    assert len(kept) >= sum(not text and not cut for _, text, cut in damage)
    assert all(r.reason and r.remedy and r.origin.row for r in refused)
