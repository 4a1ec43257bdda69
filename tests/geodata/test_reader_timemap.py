"""TimeMap: month comes first, sources are looked up beside the events, and what is graphic says so."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.errors import ReaderError
from geodata.gazetteer import Gazetteer, default
from geodata.ingest import collect, ingest
from geodata.model import UNSTATED, Bundle, Kind, Precision
from geodata.readers import detect, read
from geodata.readers.timemap import TimeMapReader
from geodata.sources import Register

EVENT: dict[str, Any] = {
    "id": "CIV1", "description": "A made-up strike on a made-up school", "date": "03/04/2022", "time": "00:00",
    "location": "\r\nSumy ", "latitude": "50.91", "longitude": "34.80", "associations": ["asc1"],
    "sources": ["src1"], "graphic": "FALSE",
}  # fmt: skip
"""A made-up event in the format's fields."""
SOURCES: dict[str, Any] = {
    "src1": {"id": "src1", "title": "A post", "description": "", "paths": ["https://twitter.com/somebody/status/1"]},
    "src2": {"id": "src2", "title": "", "paths": ["https://www.paper.example/a", "https://paper.example/b"]},
    "srcHidden": {"id": "srcHidden", "title": "Withheld", "paths": []},
}
ASSOCIATIONS = [
    {"id": "asc1", "title": "s", "desc": "", "mode": "FILTER", "filter_paths": ["Type of area affected", "School"]},
    {"id": "asc2", "title": "w", "desc": "", "mode": "FILTER", "filter_paths": ["Weapon", "CLUSTER_MUNITION"]},
]


def put(folder: Path, *events: Any) -> Path:
    (folder / "one.json").write_text(json.dumps(SOURCES), "utf-8")
    (folder / "two.json").write_text(json.dumps(ASSOCIATIONS), "utf-8")
    path = folder / "three.json"
    path.write_text(json.dumps(events, ensure_ascii=False), "utf-8")
    return path


def load(path: Path, gazetteer: Gazetteer | None = None) -> Bundle:
    assert isinstance(detect(path), TimeMapReader)
    return collect(ingest(read(path), register=Register.load(), gazetteer=gazetteer))


def one(folder: Path, **fields: Any) -> Bundle:
    return load(put(folder, EVENT | fields))


def test_an_event_is_a_claim_in_the_words_of_the_analysts(tmp_path: Path) -> None:
    found = load(put(tmp_path, EVENT), default())
    (claim,) = found.claims
    assert claim.claim_id == "timemap-CIV1"
    assert (claim.claimant, claim.quote) == (UNSTATED, EVENT["description"])
    assert claim.relays == ("twitter-com-somebody",)
    assert "School" in claim.note
    assert claim.said_at is None
    (place,) = claim.places
    assert (place.mention, place.lon, place.lat, place.precision) == ("Sumy", 34.8, 50.91, Precision.SETTLEMENT)
    assert len(claim.marks) == 1
    (document,) = found.documents
    assert (document.url, document.title) == ("https://twitter.com/somebody/status/1", "A post")


@pytest.mark.parametrize("date", ["03/04/2022", "3/4/2022", "3/04/2022", "2022-03-04"])
def test_the_month_comes_first_padded_or_not(tmp_path: Path, date: str) -> None:
    assert one(tmp_path, date=date).claims[0].happened.describe() == "4 March 2022"


def test_a_time_that_is_set_is_kept_and_one_that_cannot_be_read_is_noted(tmp_path: Path) -> None:
    assert one(tmp_path, time="14:30").claims[0].happened.describe() == "4 March 2022 14:30 UTC"
    (claim,) = one(tmp_path, time="at dawn").claims
    assert claim.happened.describe() == "4 March 2022"
    assert "at dawn" in claim.note


@pytest.mark.parametrize(
    ("said", "graphic"), [("TRUE", True), ("FALSE", False), (True, True), (None, False), ("", False)]
)
def test_graphic_is_carried_to_the_document(tmp_path: Path, said: Any, graphic: bool) -> None:
    assert one(tmp_path, graphic=said).documents[0].graphic is graphic


def test_graphic_may_be_absent_and_fields_may_be_strange(tmp_path: Path) -> None:
    event = {k: v for k, v in EVENT.items() if k != "graphic"} | {"narrative___stepStyles": [], "custom": {"a": 1}}
    assert load(put(tmp_path, event)).documents[0].graphic is False


@pytest.mark.parametrize("lat", [50.91, "50.91", " 50,91 "])
def test_numbers_may_be_text(tmp_path: Path, lat: Any) -> None:
    assert one(tmp_path, latitude=lat).claims[0].places[0].lat == 50.91


def test_without_a_point_the_location_is_looked_up_by_name(tmp_path: Path) -> None:
    found = load(put(tmp_path, EVENT | {"latitude": "", "longitude": "", "location": "Okhtyrka"}), default())
    assert found.claims[0].places[0].place_id == "gn:713749"


def test_every_source_of_an_event_can_be_reached(tmp_path: Path) -> None:
    found = one(tmp_path, sources=["src2", "src1", "srcHidden", "srcNowhere"])
    (claim,), (document,) = found.claims, found.documents
    assert claim.relays == ("paper-example", "twitter-com-somebody")
    assert document.url == "https://www.paper.example/a"
    assert "https://paper.example/b" in document.note
    assert "https://twitter.com/somebody/status/1" in document.note
    assert "srcHidden" in claim.note
    assert "srcNowhere" in claim.note


def test_a_category_that_says_what_happened_gives_the_kind_and_one_that_says_what_was_hit_does_not(
    tmp_path: Path,
) -> None:
    assert one(tmp_path).claims[0].kind is Kind.OTHER
    assert one(tmp_path, associations=["asc2"]).claims[0].kind is Kind.BOMBARDMENT


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"date": "22/03/2022"}, "bad_date"),
        ({"date": "0"}, "bad_date"),
        ({"date": ""}, "missing_field"),
        ({"latitude": "134.8", "longitude": "50.9"}, "swapped_coordinates"),
        ({"latitude": "north"}, "bad_number"),
        ({"latitude": ""}, "bad_number"),
        ({"latitude": "0", "longitude": "0"}, "bad_coordinates"),
        ({"sources": 7}, "bad_value"),
        ({"description": "", "location": "", "latitude": "", "longitude": ""}, "missing_field"),
    ],
)
def test_a_bad_event_is_refused_with_its_place_in_the_file(tmp_path: Path, fields: dict[str, Any], reason: str) -> None:
    found = load(put(tmp_path, EVENT, EVENT | {"id": "CIV2"} | fields))
    (refused,) = found.rejections
    assert (refused.reason, refused.origin.file, refused.origin.row) == (reason, "three.json", "[1]")
    assert json.loads(refused.raw)["id"] == "CIV2"
    assert len(found.claims) == 1


def test_an_id_that_comes_twice_is_reported(tmp_path: Path) -> None:
    found = load(put(tmp_path, EVENT, EVENT | {"description": "Another one"}))
    assert [(r.reason, r.value) for r in found.rejections] == [("duplicate_id", "CIV1")]
    assert len(found.documents) == len(found.claims) == 1


def test_an_event_without_id_has_one_by_what_identifies_it(tmp_path: Path) -> None:
    (first,) = one(tmp_path, id="").claims
    (again,) = one(tmp_path, id=None, associations=[]).claims
    (other,) = one(tmp_path, id="", date="03/05/2022").claims
    assert first.claim_id == again.claim_id != other.claim_id


def test_a_folder_and_a_zip_are_read_as_one_set(tmp_path: Path) -> None:
    path = put(tmp_path, EVENT)
    packed = tmp_path.with_name(f"{tmp_path.name}.zip")
    with zipfile.ZipFile(packed, "w") as archive:
        for file in sorted(tmp_path.iterdir()):
            archive.write(file, f"set/{file.name}")
    alone = load(path)
    assert alone.claims[0].relays
    for whole in (tmp_path, packed):
        found = load(whole)
        assert (found.claims, found.documents) == (alone.claims, alone.documents)


def test_a_damaged_zip_is_an_error(tmp_path: Path) -> None:
    packed = tmp_path / "set.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("events.json", json.dumps([EVENT] * 50))
        archive.writestr("sources.json", json.dumps(SOURCES))
    data = bytearray(packed.read_bytes())
    data[60:90] = bytes(30)
    packed.write_bytes(data)
    with pytest.raises(ReaderError, match="unpacked"):
        load(packed)


@pytest.mark.parametrize("name", ["one.json", "two.json"])
def test_sources_and_associations_are_read_with_their_events_and_never_without(tmp_path: Path, name: str) -> None:
    events = put(tmp_path, EVENT)
    assert load(tmp_path / name) == Bundle()
    events.unlink()
    with pytest.raises(ReaderError, match="events"):
        load(tmp_path / name)


def test_bad_sources_are_refused_and_the_event_stays(tmp_path: Path) -> None:
    path = put(tmp_path, EVENT)
    (tmp_path / "one.json").write_text(json.dumps(SOURCES | {"src1": {"id": "src1", "paths": "x"}}))
    found = load(path)
    assert [(r.reason, r.origin.file) for r in found.rejections] == [("bad_value", "one.json")]
    assert "src1" in found.claims[0].note


@pytest.mark.parametrize("data", [b"[{", b'[{"description": "\xff"}]', b'[{"a": NaN}]'])
def test_a_file_that_is_no_json_is_an_error(tmp_path: Path, data: bytes) -> None:
    path = put(tmp_path, EVENT)
    path.write_bytes(path.read_bytes()[:-1] + b"," + data)
    with pytest.raises(ReaderError, match="JSON"):
        load(path)


def test_the_licence_may_be_given(tmp_path: Path) -> None:
    given_ = {"licence": "CC BY 4.0", "attribution": "Somebody"}
    (document,) = collect(read(put(tmp_path, EVENT), given_)).documents
    assert (document.licence, document.attribution) == ("CC BY 4.0", "Somebody")


words = st.text(st.characters(blacklist_categories=("Cs",)), max_size=12)
numbers = st.one_of(st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False))
junk = st.one_of(st.none(), numbers, words, st.lists(words, max_size=2))


@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from([*EVENT]), junk), max_size=8), st.lists(junk, max_size=3))
def test_whatever_the_damage_each_event_is_kept_or_refused(
    tmp_path_factory: pytest.TempPathFactory, damage: list[tuple[int, str, Any]], strangers: list[Any]
) -> None:
    events: list[Any] = [EVENT | {"id": f"CIV{i}"} for i in range(6)]
    for i, name, value in damage:
        events[i] = events[i] | {name: value}
    events += strangers
    found = collect(TimeMapReader().read(put(tmp_path_factory.mktemp("damage"), *events), {}))
    assert len(found.claims) + len(found.rejections) == len(events)
