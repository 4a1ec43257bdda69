"""The rows of the gazetteer: settlements, units, countries, provinces and what was curated by hand."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import geopandas as gpd
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from geodata.gazetteer import Spelling, adjective_stem, fold
from geodata.model import PlaceKind
from tools.geodata_build.areas import BBOX, NEAR, area_km2
from tools.geodata_build.curated import curated
from tools.geodata_build.settlements import Admin
from tools.geodata_build.spelling import latin_forms, romanise, russian_forms

__all__ = [
    "Entry",
    "country_entries",
    "curated_entries",
    "foreign_entries",
    "oblast_entries",
    "province_entries",
    "settlement_entries",
    "unit_entries",
]

_CYRILLIC: Final = re.compile("[\u0400-\u04ff]")
_KEY: Final = re.compile("[a-z0-9 ]{2,40}|[абвгґдеєжзиіїйклмнопрстуфхцчшщюяыэўё0-9 ]{2,40}")
_WORLD_POPULATION: Final = 15_000
_NEAR_POPULATION: Final = 1_000
_CITY: Final = 50_000
_CITIES: Final = {"UA-30", "UA-40"}
"""Cities with the rank of an oblast: their bare name is the settlement's."""
_WELL_KNOWN: Final = 100_000
"""Far cities below this keep no Latin alternates."""


@dataclass(slots=True)
class Entry:
    """One place to be written; ``parent`` and ``seat`` are place ids, ``keys`` folded spelling -> best trust."""

    place_id: str
    name: str
    local_name: str
    kind: PlaceKind
    country: str
    point: tuple[float, float]
    radius_km: float
    source: str
    population: int = 0
    parent: str = ""
    seat: str = ""
    keys: dict[str, Spelling] = field(default_factory=dict)

    def spell(self, spelling: Spelling, names: Iterable[str | float | None]) -> Entry:
        """Add spellings; the first, most trusted, reading of a key stays."""
        for name in names:
            key = fold(name) if isinstance(name, str) else ""
            if _KEY.fullmatch(key):
                self.keys.setdefault(key, spelling)
        return self

    def spell_adjective(self, name: str) -> Entry:
        """Add the ending-free stems by which "X-skyi raion", "X-ска область" and the like are found."""
        for spelling, forms in ((Spelling.NAME, [name, romanise(name)]), (Spelling.DERIVED, russian_forms(name))):
            for form in forms:
                self.keys.setdefault(f"{adjective_stem(fold(form))}~", spelling)
        return self

    def spell_seat(self, seat: Entry) -> Entry:
        """Add the adjective stems Russian makes of the seat's Cyrillic names: Ахтырка -> ахтырск."""
        for key in seat.keys:
            if _CYRILLIC.search(key):
                self.keys.setdefault(re.sub("(ка|[аоыие])$", "", key) + "ск~", Spelling.DERIVED)
        return self


def settlement_entries(
    frame: pd.DataFrame, cities: Mapping[int, dict[str, Any]], parents: Mapping[str, str]
) -> Iterator[Entry]:
    """Ukraine's settlements by the codifier, then the GeoNames places that could not be matched, as quarters."""
    for row in frame.itertuples():
        city = cities.get(row.geonames)
        population = city["population"] if city else 0
        entry = Entry(
            place_id=f"gn:{row.geonames}" if city else f"kt:{row.code}",
            name=romanise(row.name),
            local_name=row.name,
            kind=PlaceKind.SETTLEMENT,
            country="UA",
            point=(row.lon, row.lat),
            radius_km=row.radius_km or _city_radius_km(population),
            source=row.point_source,
            population=population,
            parent=next(
                (f"{p}{c}" for p, c in (("adm3:", row.hromada), ("adm2:", row.raion)) if f"{p}{c}" in parents), ""
            )
            or parents[row.oblast],
        )
        entry.spell(Spelling.NAME, [row.name, entry.name])
        entry.spell(Spelling.ALTERNATE, [city["name"], *city["alternatenames"]] if city else [])
        entry.spell(Spelling.TRANSLITERATED, latin_forms(row.name)).spell(Spelling.DERIVED, russian_forms(row.name))
        yield entry
    matched = set(frame.geonames)
    raions = {code[7:11]: code for code in parents if code.startswith("adm2:")}

    for geonameid, city in cities.items():
        if city["countrycode"] == "UA" and geonameid not in matched:
            parent = raions.get(city["admin2"]) or parents.get(f"geonames:{city['admin1code']}") or "adm0:UKR"
            yield _city(city, PlaceKind.QUARTER, parent, "")


def foreign_entries(cities: Mapping[int, dict[str, Any]], parents: Mapping[int, str]) -> Iterator[Entry]:
    """Cities outside Ukraine: 15,000 people and more, in the neighbours' mapped part 1,000."""
    for geonameid, city in cities.items():
        country, people = city["countrycode"], city["population"]
        mapped = BBOX[0] <= city["longitude"] <= BBOX[2] and BBOX[1] <= city["latitude"] <= BBOX[3]
        if country != "UA" and (
            people >= _WORLD_POPULATION or (country in NEAR and mapped and people >= _NEAR_POPULATION)
        ):
            yield _city(city, PlaceKind.SETTLEMENT, parents.get(geonameid, ""), "")


def oblast_entries(
    oblasts: gpd.GeoDataFrame, codifier: pd.DataFrame, units: Mapping[str, Admin], seats: Mapping[str, str]
) -> Iterator[Entry]:
    """The 27 oblasts; ``seats`` maps ISO codes to the place id of the oblast's city (may be empty)."""
    tops = codifier[codifier.category.isin(["O", "K"])].set_index("oblast").name
    for row in oblasts.itertuples():
        admin, local = units[row.gn_a1_code], tops[row.katottg]
        region = local.endswith("ка")
        listed = [admin.name, *admin.aliases, row.name, row.name_en, row.name_ru]
        english = next((a for a in admin.aliases if a.isascii() and a.endswith("Oblast")), "")
        name = (
            {"UA-43": "Crimea", "UA-30": "Kyiv City", "UA-40": "Sevastopol City"}.get(row.iso)
            or english
            or f"{row.name_en} Oblast"
        )
        bare = name.removesuffix(" Oblast").removesuffix(" City")
        entry = Entry(
            f"adm1:{row.iso}", name, f"{local} область" if region else local, PlaceKind.OBLAST, "UA",
            _inside(row.geometry), _radius_km(row.geometry), "naturalearth", parent="adm0:UKR",
            seat=seats[row.iso],
        )  # fmt: skip
        names = [name, entry.local_name, f"{romanise(local)} oblast" if region else romanise(local)]
        entry.spell(
            Spelling.NAME,
            [n for n in names if fold(n) not in (fold(bare), fold(row.name_uk))] if row.iso in _CITIES else names,
        )
        if region:
            entry.spell_adjective(local).spell(Spelling.ALTERNATE, _land_names(local))
        own = [a for a in listed if a and fold(a) != fold(bare)] if row.iso not in _CITIES else []
        yield entry.spell(Spelling.ALTERNATE, own + curated()["oblasts"].get(row.iso, []))


def unit_entries(
    level: str,
    areas: gpd.GeoDataFrame,
    codifier: pd.DataFrame,
    units: Mapping[str, Admin],
    seats: Mapping[str, str],
    oblasts: Mapping[str, tuple[str, str]],
) -> Iterator[Entry]:
    """Raions or hromadas that have a polygon; ``oblasts`` maps a KATOTTG prefix to oblast id and GeoNames admin1."""
    named = codifier.set_index("code")
    english, word, prefix = {"raion": ("raion", "район", "adm2:"), "hromada": ("hromada", "громада", "adm3:")}[level]
    for row in areas.itertuples():
        unit = named.loc[row.code]
        oblast, admin1 = oblasts[unit.oblast]
        admin = units.get(f"UA.{admin1}.{row.code[2:6]}") if level == "raion" else None
        entry = Entry(
            f"{prefix}{row.code}", f"{romanise(unit['name'])} {english}", f"{unit['name']} {word}",
            PlaceKind.RAION if level == "raion" else PlaceKind.HROMADA, "UA", _inside(row.geometry),
            math.sqrt(row.km2 / math.pi), "voronoi",
            parent=oblast if level == "raion" or not unit.raion else f"adm2:{unit.raion}", seat=seats.get(row.code, ""),
        )  # fmt: skip
        entry.spell(Spelling.NAME, [entry.name, entry.local_name]).spell_adjective(unit["name"])
        yield entry.spell(Spelling.ALTERNATE, [admin.name, *admin.aliases] if admin else [])


def country_entries(countries: gpd.GeoDataFrame) -> Iterator[Entry]:
    """All countries and territories of Natural Earth."""
    for row in countries.itertuples():
        code = row.ISO_A2_EH if len(row.ISO_A2_EH) == 2 and row.ISO_A2_EH.isalpha() else ""
        local = row.NAME_UK if code == "UA" else row.NAME_RU if code == "RU" else ""
        entry = Entry(f"adm0:{row.ADM0_A3}", row.NAME_EN or row.NAME, local, PlaceKind.COUNTRY, code,
                      (row.LABEL_X, row.LABEL_Y), _radius_km(row.geometry), "naturalearth",
                      int(row.POP_EST))  # fmt: skip
        entry.spell(Spelling.NAME, [entry.name, row.NAME, row.NAME_UK, row.NAME_RU])
        listed = [row.NAME_LONG, row.FORMAL_EN, row.NAME_PL, row.NAME_DE, row.NAME_FR]
        yield entry.spell(Spelling.ALTERNATE, listed + curated()["countries"].get(row.ADM0_A3, []))


def province_entries(provinces: gpd.GeoDataFrame, towns: Iterable[Entry]) -> Iterator[Entry]:
    """First-level units of the neighbours that touch the map, as oblasts; the bare name of a city stays the city's."""
    countries = {a3: a2 for a2, a3 in NEAR.items()}
    cities = sorted(
        (t for t in towns if t.country in NEAR and t.population >= _CITY), key=lambda t: (-t.population, t.place_id)
    )
    for row in provinces.itertuples():
        english = row.name_en or row.name
        if row.name_ru.endswith("область") and not english.endswith((" Oblast", " Region")):
            english += " Region" if row.adm0_a3 == "BLR" else " Oblast"
        entry = Entry(f"adm1:{row.iso_3166_2}", english, row.name_ru if row.adm0_a3 in ("RUS", "BLR") else row.name,
                      PlaceKind.OBLAST, countries[row.adm0_a3], _inside(row.geometry), _radius_km(row.geometry),
                      "naturalearth", parent=f"adm0:{row.adm0_a3}")  # fmt: skip
        entry.spell(Spelling.NAME, [english, row.name, row.name_uk, row.name_ru])
        stems = [
            re.sub(r"(?i) (oblast|region|voblast|voivodeship|county|district)$", "", n) for n in (english, row.name)
        ]
        forms = [f"{s} {w}" for s in stems for w in ("Oblast", "region")]
        russian = re.sub(" область$", "", row.name_ru or "")
        entry.spell(Spelling.ALTERNATE, forms)
        seat = next((t for t in cities if t.country == entry.country and fold(stems[0]) in t.keys), None)
        if seat:
            entry.seat, entry.keys = seat.place_id, {k: s for k, s in entry.keys.items() if k not in seat.keys}
        yield entry.spell_adjective(russian) if russian.endswith("ая") else entry


def curated_entries(shapes: Mapping[str, BaseGeometry], lengths_km: Mapping[str, float]) -> Iterator[Entry]:
    """Seas, borders, informal regions and Snake Island, with the names reports use."""
    for row in curated()["place"]:
        place_id, kind = row["id"], PlaceKind(row["kind"])
        country, parent = ("", "") if kind is PlaceKind.SEA else ("UA", row.get("parent", "adm0:UKR"))
        if "point" in row:
            point, radius = tuple(row["point"]), row["radius_km"]
        elif kind is PlaceKind.BORDER:
            middle = max(shapely.get_parts(shapes[place_id]), key=lambda p: p.length).interpolate(0.5, normalized=True)
            point, radius = (middle.x, middle.y), lengths_km[place_id] / 2
        else:
            point, radius = _inside(shapes[place_id]), _radius_km(shapes[place_id])
        entry = Entry(place_id, row["name"], row["local_name"], kind, country, point, radius, "curated", parent=parent)
        others = _border_names(row["neighbour"], row["adjective"]) if "neighbour" in row else []
        entry.spell(Spelling.NAME, [entry.name, entry.local_name])
        yield entry.spell(Spelling.ALTERNATE, others + row["others"])


def _city(city: Mapping[str, Any], kind: PlaceKind, parent: str, local: str) -> Entry:
    name, near = city["name"], city["countrycode"] in NEAR or city["countrycode"] == "UA"
    people = city["population"]
    entry = Entry(f"gn:{city['geonameid']}", name, local, kind, city["countrycode"],
                  (city["longitude"], city["latitude"]), _city_radius_km(people), "geonames",
                  people, parent)  # fmt: skip
    names = [n for n in city["alternatenames"] if near or people >= _WELL_KNOWN or _CYRILLIC.search(n)]
    return entry.spell(Spelling.NAME, [name]).spell(Spelling.ALTERNATE, names)


def _city_radius_km(population: int) -> float:
    """Half a kilometre plus the radius at 3,000 people a square kilometre, at most 12.5 km (our rule)."""
    return 0.5 + min(12.0, math.sqrt(max(population, 1) / math.pi / 3000))


def _radius_km(geometry: BaseGeometry) -> float:
    return math.sqrt(area_km2(geometry) / math.pi)


def _inside(geometry: BaseGeometry) -> tuple[float, float]:
    point = geometry.representative_point()
    return point.x, point.y


def _land_names(adjective: str) -> list[str]:
    """Popular names of an oblast: Сумська -> Сумщина, Донецька -> Донеччина, and their romanisation."""
    land = re.sub("цька$", "ччина", adjective) if adjective.endswith("цька") else re.sub("ська$", "щина", adjective)
    return [land, romanise(land)]


def _border_names(neighbour: str, adjective: str) -> list[str]:
    """The ways reports name the border with a neighbour ("Belarus", "Belarusian")."""
    return [
        f"{neighbour} border",
        f"{adjective} border",
        f"border with {neighbour}",
        f"borders with {neighbour}",
        f"state border with {neighbour}",
        f"border of {neighbour}",
        f"{neighbour}'s border",
        f"border of Ukraine with {neighbour}",
        f"border of Ukraine (with {neighbour})",
        f"Ukraine-{neighbour} border",
        f"{neighbour}-Ukraine border",
        f"Ukrainian-{adjective} border",
        f"{adjective}-Ukrainian border",
    ]
