"""Names find their places in every spelling, ambiguity is returned, and the packaged data holds what it must."""

from __future__ import annotations

import gzip
import statistics
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from geodata.errors import GazetteerError
from geodata.gazetteer import CAP, Candidate, Context, Gazetteer, Spelling, default, fold
from geodata.model import PlaceKind

GEOD = Geod(ellps="WGS84")
MAKARIV_HROMADA = "adm3:UA32080190000081428"
OKHTYRKA = "gn:713749"
HAVRONSHCHYNA = "kt:UA32080190100074617"

SPELLED = {
    "gn:702337": ["Makariv", "MAKARIV", "Макарів", "Макаров", "makarov"],
    HAVRONSHCHYNA: ["Havronshchyna", "Гавронщина", "Gavronshchina", "ГАВРОНЩИНА"],
    "gn:711390": ["Brovary", "Бровари", "Бровары"],
    OKHTYRKA: ["Okhtyrka", "Akhtyrka", "Охтирка", "Ахтырка", "the Okhtyrka"],
    "gn:700569": ["Mykolaiv", "Mykolayiv", "Nikolaev", "Миколаїв", "Николаев"],
    "gn:701822": ["Mariupol", "Маріуполь", "Мариуполь"],
    "gn:703448": ["Kyiv", "Kiev", "Київ", "Киев", "city of Kyiv"],
    MAKARIV_HROMADA: ["Makariv district", "the Makariv district", "Makariv raion", "Макарівський район"],
    "adm2:UA59040000000045652": ["Okhtyrka region", "the Okhtyrka area", "Охтирський район", "Ахтырский район"],
    "adm1:UA-59": ["Sumy Oblast", "Sumy region", "the Sumy region", "Сумська область", "Сумская область", "Сумщина"],
    "adm1:UA-32": ["Kyiv region", "Kyiv Oblast", "Київська область"],
    "adm1:UA-14": ["Donetsk region", "Donetsk Oblast", "Донеччина"],
    "adm1:UA-43": ["Crimea", "Крим", "Крым"],
    "x:border-by": ["Belarusian border", "the border with Belarus", "border of Ukraine with Belarus"],
    "x:border-ru": ["Russian border", "border of Ukraine (with Russia)"],
    "x:border-ua": ["borders of Ukraine", "the borders of Ukraine", "кордони України"],
    "x:south": ["the south", "southern Ukraine", "south of Ukraine"],
    "x:north-east": ["northeastern Ukraine", "the north-east"],
    "x:donbas": ["Donbas", "Донбасс"],
    "x:black-sea": ["Black Sea", "the Black Sea", "Чорне море", "Чёрное море"],
    "x:azov-sea": ["Sea of Azov", "Azov Sea"],
    "x:snake-island": ["Snake Island", "Zmiinyi Island"],
    "adm0:RUS": ["Russia", "Russian Federation", "the Russian Federation", "Росія", "Россия"],
    "adm0:UKR": ["Ukraine", "Україна"],
    "adm1:RU-BEL": ["Belgorod region", "Belgorod Oblast"],
}  # fmt: skip


@pytest.fixture(scope="module")
def places() -> Gazetteer:
    return default()


def ids(found: tuple[Candidate, ...]) -> list[str]:
    return [c.place.place_id for c in found]


@pytest.mark.parametrize(("place_id", "name"), [(i, n) for i, names in SPELLED.items() for n in names])
def test_every_spelling_finds_its_place_first(places: Gazetteer, place_id: str, name: str) -> None:
    assert ids(places.find(name))[:1] == [place_id]


def test_ambiguity_is_returned(places: Gazetteer) -> None:
    assert 100 < len(places.find("Ivanivka")) < CAP
    namesakes = places.find("Mykolaiv", Context(kinds=(PlaceKind.SETTLEMENT,)))
    assert namesakes[0].place.hierarchy[-2] == "adm1:UA-48"
    assert "adm1:UA-46" in {c.place.hierarchy[-2] for c in namesakes}


def test_candidates_come_best_first(places: Gazetteer) -> None:
    scores = [c.score for c in places.find("Kalynivka")]
    assert scores == sorted(scores, reverse=True)


def test_a_name_nobody_bears_finds_nothing(places: Gazetteer) -> None:
    assert places.find("Xyzzyplugh") == ()
    assert places.find("") == ()


def test_the_trust_in_a_spelling_is_told(places: Gazetteer) -> None:
    assert places.find("Okhtyrka")[0].spelling is Spelling.NAME
    assert places.find("Akhtyrka")[0].spelling is Spelling.ALTERNATE
    assert places.find("Gavronshchina")[0].spelling is Spelling.DERIVED


def test_an_abolished_raion_is_told(places: Gazetteer) -> None:
    assert "2020" in places.find("Makariv district")[0].note
    assert places.find("Makariv hromada")[0].note == ""
    assert places.find("Okhtyrka district")[0].note == ""


def test_context_narrows_or_ranks(places: Gazetteer) -> None:
    chernihiv = places.find("Yahidne", Context(within="adm1:UA-74"))
    assert chernihiv
    assert all("adm1:UA-74" in c.place.hierarchy for c in chernihiv)
    near = places.find("Yahidne", Context(near=(31.29, 51.5)))
    assert len(near) == len(places.find("Yahidne"))
    assert near[0].place.hierarchy[-2] == "adm1:UA-74"
    only = places.find("Okhtyrka", Context(kinds=(PlaceKind.RAION,)))
    assert {c.place.kind for c in only} == {PlaceKind.RAION}


def test_a_region_or_sea_can_be_the_container(places: Gazetteer) -> None:
    assert places.find("Kherson", Context(within="x:south"))[0].place.place_id == "gn:706448"
    assert places.find("Kharkiv", Context(within="x:south", kinds=(PlaceKind.OBLAST,))) == ()


def test_the_country_that_is_meant_wins(places: Gazetteer) -> None:
    assert places.find("Odessa", Context(country="UA"))[0].place.country == "UA"
    assert places.find("Odessa", Context(country="US"))[0].place.country == "US"


def test_hierarchy_runs_outward(places: Gazetteer) -> None:
    village = places.get(HAVRONSHCHYNA)
    assert [p.kind for p in places.chain(village)] == ["hromada", "raion", "oblast", "country"]
    assert village.hierarchy[0] == MAKARIV_HROMADA
    assert village.point_source == "geonames-postal"
    assert village.radius_km > 0


def test_an_unknown_id_is_an_error(places: Gazetteer) -> None:
    with pytest.raises(GazetteerError):
        places.get("gn:0")
    with pytest.raises(GazetteerError):
        places.area("x:nowhere")


def test_damaged_or_absent_data_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(GazetteerError):
        Gazetteer.load(tmp_path)
    (tmp_path / "places.parquet").write_bytes(b"not a table")
    with pytest.raises(GazetteerError):
        Gazetteer.load(tmp_path)


def test_a_settlement_has_no_area(places: Gazetteer) -> None:
    assert places.area(OKHTYRKA) is None


def test_what_must_be_there_is_there(places: Gazetteer, checkout: Path) -> None:
    table = pq.read_table(checkout / "geodata/data/places.parquet", columns=["kind", "country"]).to_pylist()
    counts = Counter(row["kind"] for row in table if row["country"] == "UA")
    expected = {"oblast": 27, "raion": 137, "hromada": 1_741, "settlement": 29_703}
    assert {kind: counts[kind] for kind in expected} == expected
    assert len(places) == len(table)


def test_areas_and_borders_measure_what_they_should(places: Gazetteer) -> None:
    def km2(place_id: str) -> float:
        return abs(GEOD.geometry_area_perimeter(places.area(place_id))[0]) / 1e6

    border = places.area("x:border-by")
    assert border is not None
    assert border.geom_type == "LineString"
    assert GEOD.geometry_length(border) / 1000 == pytest.approx(861.5, abs=0.2)
    assert km2(MAKARIV_HROMADA) == pytest.approx(1_008, abs=10)
    assert km2("adm0:UKR") == pytest.approx(599_095, rel=0.001)


def test_the_border_is_shared_by_no_gap(places: Gazetteer) -> None:
    """Every vertex of Ukraine's border lies on the outline of Ukraine itself (three decimals: about 100 m)."""
    outline = places.area("adm0:UKR").boundary
    vertices = shapely.points(shapely.get_coordinates(places.area("x:border-ua")))
    assert shapely.distance(outline, vertices).max() < 0.0012


def test_crimea_is_in_ukraine(places: Gazetteer) -> None:
    crimea = (34.1, 44.95)
    assert shapely.contains_xy(places.area("adm0:UKR"), *crimea)
    assert shapely.contains_xy(places.area("adm1:UA-43"), *crimea)
    assert not shapely.contains_xy(places.area("adm0:RUS"), *crimea)
    assert places.find("Simferopol")[0].place.country == "UA"


def test_every_area_is_valid_and_belongs_to_a_place(places: Gazetteer, checkout: Path) -> None:
    for place_id in pq.read_table(checkout / "geodata/data/areas.parquet", columns=["place_id"])[
        "place_id"
    ].to_pylist():
        shape = places.area(place_id)
        assert shape is not None
        assert shape.is_valid, place_id
        assert not shape.is_empty, place_id


def test_loading_and_look_up_are_fast(places: Gazetteer, checkout: Path) -> None:
    began = time.perf_counter()
    Gazetteer.load()
    assert time.perf_counter() - began < 3, "below 1 s on an idle machine"
    names = pq.read_table(checkout / "geodata/data/places.parquet", columns=["name"])["name"].to_pylist()[::101]
    took = [_seconds(places, name) for name in names]
    assert statistics.median(took) < 2e-4, "below 0.1 ms on an idle machine"


def _seconds(places: Gazetteer, name: str) -> float:
    began = time.perf_counter()
    places.find(name)
    return time.perf_counter() - began


@given(st.text(max_size=40))
def test_folding_twice_changes_nothing_and_any_text_can_be_asked(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    found = default().find(text)
    assert all(a.score >= b.score for a, b in pairwise(found))


@given(st.sampled_from(["Okhtyrka", "Гавронщина", "Знам'янка", "Станиця Луганська"]), st.data())
def test_case_and_apostrophes_make_no_difference(name: str, data: st.DataObject) -> None:
    case = data.draw(st.sampled_from([str.upper, str.lower, str.title, str.swapcase]))
    apostrophe = data.draw(st.sampled_from(["'", "’", "ʼ", "`"]))
    assert ids(default().find(case(name).replace("'", apostrophe))) == ids(default().find(name))


def test_files_are_small(checkout: Path) -> None:
    data = checkout / "geodata/data"
    layers = sorted((data / "basemap").glob("*.geojson"))
    assert len(layers) == 11
    assert all(p.stat().st_size < 8_000_000 for p in [*layers, *data.glob("*.parquet")])
    squeezed = {p.stem: len(gzip.compress(p.read_bytes())) for p in layers}
    assert sum(squeezed.values()) < 350_000
    assert sum(squeezed.values()) - squeezed["raions"] - squeezed["places_small"] < 190_000
