"""One place or the reason why not; what stands around a mention counts; words of direction are understood."""

from __future__ import annotations

from dataclasses import replace

import pytest

from geodata.gazetteer import Context, Gazetteer, default
from geodata.geocode import SAME_PLACE_KM, TIE, clear_winner, describe_candidates, geocode, geocode_all
from geodata.model import PlaceKind, PlaceMention, Precision, Role

KYIV = "gn:703448"
TOWNS = (PlaceKind.SETTLEMENT, PlaceKind.QUARTER, PlaceKind.ISLAND)


@pytest.fixture(scope="module")
def places() -> Gazetteer:
    return default()


@pytest.mark.parametrize(
    ("mention", "precision", "place_id"),
    [
        ("Makariv", Precision.SETTLEMENT, "gn:702337"),
        ("the Okhtyrka region", Precision.DISTRICT, "adm2:UA59040000000045652"),
        ("Okhtyrka", Precision.DISTRICT, "adm2:UA59040000000045652"),
        ("Makariv", Precision.DISTRICT, "adm3:UA32080190000081428"),
        ("Sumy", Precision.OBLAST, "adm1:UA-59"),
        ("Sumy", Precision.SETTLEMENT, "gn:692194"),
        ("Mykolaiv", Precision.DIRECTION, "gn:700569"),
        ("the Belarusian border", Precision.BORDER, "x:border-by"),
        ("the south", Precision.REGION, "x:south"),
        ("Ukraine", Precision.COUNTRY, "adm0:UKR"),
    ],
)
def test_precision_tells_which_kind_is_meant(
    places: Gazetteer, mention: str, precision: Precision, place_id: str
) -> None:
    found = geocode(PlaceMention(mention, precision=precision), places)
    assert (found.place_id, found.precision) == (place_id, precision)


@pytest.mark.parametrize(
    ("mention", "precision"),
    [
        ("Makariv", Precision.SETTLEMENT),
        ("Makariv district", Precision.DISTRICT),
        ("Sumy Oblast", Precision.OBLAST),
        ("the Black Sea", Precision.REGION),
        ("borders of Ukraine", Precision.BORDER),
        ("Russia", Precision.COUNTRY),
    ],
)
def test_an_unstated_precision_follows_from_the_place(places: Gazetteer, mention: str, precision: Precision) -> None:
    assert geocode(PlaceMention(mention), places).precision is precision


@pytest.mark.parametrize(
    ("mention", "place_id", "precision", "bearing"),
    [
        ("east of Kyiv", KYIV, Precision.SECTOR, 90),
        ("North-west of Kyiv", KYIV, Precision.SECTOR, 315),
        ("the southern outskirts of Kyiv", KYIV, Precision.SECTOR, 180),
        ("the direction of Brovary", "gn:711390", Precision.DIRECTION, None),
        ("towards Mykolaiv", "gn:700569", Precision.DIRECTION, None),
        ("in the Brovary direction", "gn:711390", Precision.DIRECTION, None),
    ],
)
def test_words_of_direction_are_taken_apart(
    places: Gazetteer, mention: str, place_id: str, precision: Precision, bearing: float | None
) -> None:
    found = geocode(PlaceMention(mention), places)
    assert (found.place_id, found.precision, found.bearing_deg) == (place_id, precision, bearing)


@pytest.mark.parametrize("name", ["Ivanivka", "Yahidne", "Demydiv"])
def test_never_a_silent_first_match(places: Gazetteer, name: str) -> None:
    found = geocode(PlaceMention(name, precision=Precision.SETTLEMENT), places)
    assert found.place_id is None
    assert found.note.startswith("ambiguous")
    assert str(len(places.find(name, Context(kinds=TOWNS)))) in found.note


def test_an_unknown_name_stays_without_a_place(places: Gazetteer) -> None:
    found = geocode(PlaceMention("Xyzzyplugh"), places)
    assert found.place_id is None
    assert found.note.startswith("unknown")


def test_another_kind_is_no_match(places: Gazetteer) -> None:
    found = geocode(PlaceMention("Black Sea", precision=Precision.SETTLEMENT), places)
    assert found.place_id is None
    assert "sea" in found.note


def test_the_name_wins_over_the_words_of_the_text(places: Gazetteer) -> None:
    assert geocode(PlaceMention("the capital", name="Kyiv"), places).place_id == KYIV


def test_an_id_is_checked_and_kept(places: Gazetteer) -> None:
    kept = geocode(PlaceMention("Wherever", place_id=KYIV), places)
    assert (kept.place_id, kept.precision) == (KYIV, Precision.SETTLEMENT)
    lost = geocode(PlaceMention("Wherever", place_id="gn:0"), places)
    assert lost.place_id is None
    assert lost.note.startswith("unknown")


def test_coordinates_are_kept_as_they_are(places: Gazetteer) -> None:
    mention = PlaceMention("Ivanivka", precision=Precision.SETTLEMENT, lon=30.0, lat=50.0)
    assert geocode(mention, places) == mention


def test_a_point_that_stands_for_an_oblast_finds_it(places: Gazetteer) -> None:
    donetsk = PlaceMention("Donetsk oblast", precision=Precision.OBLAST, lon=37.74, lat=48.14)
    found = geocode(donetsk, places)
    assert (found.place_id, found.lon, found.lat) == ("adm1:UA-14", 37.74, 48.14)
    far_off = replace(donetsk, lon=65.0, lat=33.0)
    assert geocode(far_off, places) == far_off


def test_a_container_narrows_its_claim(places: Gazetteer) -> None:
    village = PlaceMention("Yahidne", precision=Precision.SETTLEMENT)
    oblast = PlaceMention("Chernihiv Oblast", Role.CONTAINER, Precision.OBLAST)
    found = geocode_all((village, oblast), places)
    assert [m.mention for m in found] == ["Yahidne", "Chernihiv Oblast"]
    assert "adm1:UA-74" in places.get(found[0].place_id or "").hierarchy


def test_a_town_nearby_draws_its_namesake(places: Gazetteer) -> None:
    mentions = (
        PlaceMention("Chernihiv", precision=Precision.SETTLEMENT),
        PlaceMention("Yahidne", precision=Precision.SETTLEMENT),
    )
    found = geocode_all(mentions, places)[1]
    assert found.place_id is None or "adm1:UA-74" in places.get(found.place_id).hierarchy


def test_a_container_that_does_not_hold_it_is_told(places: Gazetteer) -> None:
    found = geocode(PlaceMention("Mariupol"), places, Context(within="adm1:UA-46"))
    assert found.place_id == "gn:701822"
    assert "adm1:UA-46" in found.note


def test_the_winner_leads_by_the_rule(places: Gazetteer) -> None:
    for name in ("Kyiv", "Kalynivka", "Bucha", "Donetsk", "Vasylkiv", "Odessa"):
        found = places.find(name)
        near = [c for c in found[1:] if found[0].score - c.score < TIE]
        if clear_winner(found) is None:
            assert near, name
        else:
            assert all(SAME_PLACE_KM > 0 and c.place.country == found[0].place.country for c in near), name
    assert clear_winner(()) is None


@pytest.mark.parametrize("name", ["Okhtyrka", "Ivanivka", "Makariv district", "Xyzzyplugh"])
def test_the_table_names_every_candidate_it_can_show(places: Gazetteer, name: str) -> None:
    found = places.find(name)
    text = describe_candidates(name, found, places)
    for candidate in found[:25]:
        assert candidate.place.place_id in text
    assert ("ambiguous" in text) == (bool(found) and clear_winner(found) is None)
