"""The layers under the claims: small GeoJSON files of names and coordinates, without any styling.

``world`` is drawn everywhere, the rest only inside :data:`tools.geodata_build.areas.BBOX`. Every layer of areas is
simplified as one coverage, so that neighbours keep one common edge; ``borders``, ``oblasts`` and ``raions`` are those
edges as lines, each drawn once.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry import LineString, Point, box
from shapely.geometry.base import BaseGeometry
from shapely.ops import linemerge

from geodata.model import PlaceKind
from tools.geodata_build.areas import BBOX, natural_earth, rounded, world
from tools.geodata_build.entries import Entry
from tools.geodata_build.packages import read_member
from tools.geodata_build.settlements import km_between

__all__ = ["LAYERS", "write"]

LAYERS: Final = (
    "world", "world_borders", "countries", "borders", "sea", "lakes", "rivers",
    "oblasts", "raions", "places", "places_small",
)  # fmt: skip
"""File names without ``.geojson``; ``raions`` and ``places_small`` are for close views only."""

_ZOOM: Final = ((5_000_000, 3), (1_000_000, 4), (300_000, 5), (100_000, 6), (30_000, 7), (8_000, 8), (2_000, 9))
_CITY: Final = 300_000
_NEAR_DEG: Final = 0.2
_FAR_ZOOM: Final = 4
_FIRST_ZOOM: Final = 7
_RIVER_COUNTRIES: Final = ("UA", "BY", "RU", "PL", "SK", "HU", "RO", "MD", "BG", "TR", "LT")
_RIVER_GAP_KM: Final = 60
_CLIP: Final = box(*BBOX)

Feature = tuple[dict[str, Any], BaseGeometry]


def write(
    cache: Path, out: Path, countries: gpd.GeoDataFrame, units: dict[str, gpd.GeoDataFrame], towns: Iterable[Entry]
) -> None:
    """Write all layers into ``out/basemap``; ``units`` are the polygons of ``oblast`` and ``raion``."""
    folder = out / "basemap"
    folder.mkdir(parents=True, exist_ok=True)
    near = _coverage(countries[countries.intersects(_CLIP)], "ADM0_A3", 0.006)
    far = _coverage(world(cache, "110m").dropna(subset="a3"), "a3", 0.2, clip=None)
    oblasts = _shared(_coverage(units["oblast"], "iso", 0.006, clip=None))
    raions = shapely.difference(_shared(_coverage(units["raion"], "code", 0.003, clip=None)), oblasts.buffer(0.015))
    outside = shapely.difference(_shared(far), _CLIP)
    names = countries.NAME_EN.to_dict()
    layers: dict[str, list[Feature]] = {
        "world": [({"a3": a3}, rounded(g, 1)) for a3, g in far.items()],
        "world_borders": [({}, rounded(outside, 1))],
        "countries": [({"a3": a3, "en": names[a3]}, rounded(g, 3)) for a3, g in near.items()],
        "borders": [*_borders(near)],
        "sea": [({}, rounded(_sea(cache), 3))],
        "lakes": [*_lakes(cache)],
        "rivers": [*_rivers(cache)],
        "oblasts": [({}, rounded(oblasts, 3))],
        "raions": [({}, rounded(raions, 3))],
    }
    places = sorted(_places(towns), key=lambda f: (-f[0]["pop"], f[0]["en"], f[1].x))
    layers["places"] = [f for f in places if f[0]["z"] <= _FIRST_ZOOM]
    layers["places_small"] = [f for f in places if f[0]["z"] > _FIRST_ZOOM]
    for name in LAYERS:
        (folder / f"{name}.geojson").write_text(_geojson(layers[name]), encoding="utf8")


def _coverage(
    frame: gpd.GeoDataFrame, key: str, tolerance: float, clip: BaseGeometry | None = _CLIP
) -> dict[str, BaseGeometry]:
    shapes = frame.geometry.to_numpy()
    if clip is not None:
        shapes = shapely.intersection(shapes, clip)
    simple = shapely.coverage_simplify(shapes, tolerance)
    found = dict(zip(frame[key], simple, strict=True))
    return {k: found[k] for k in sorted(found) if not found[k].is_empty}


def _shared(coverage: dict[str, BaseGeometry]) -> BaseGeometry:
    """The edges inside a coverage: those between two of its areas, each once."""
    edges = shapely.union_all([g.boundary for g in coverage.values()])
    return _merged(edges.difference(shapely.union_all(list(coverage.values())).boundary))


def _borders(near: dict[str, BaseGeometry]) -> Iterator[Feature]:
    for a, b in combinations(near, 2):
        line = _merged(near[a].boundary.intersection(near[b].boundary))
        if line.length > 0:
            yield {"a": a, "b": b, "ukraine": "UKR" in (a, b)}, rounded(line, 3)


def _merged(geometry: BaseGeometry) -> BaseGeometry:
    lines = [p for p in shapely.get_parts(geometry) if p.geom_type == "LineString" and p.length > 0]
    return linemerge(lines) if len(lines) > 1 else lines[0] if lines else LineString()


def _sea(cache: Path) -> BaseGeometry:
    return (
        natural_earth(cache, "physical/ne_10m_ocean", bbox=BBOX)
        .make_valid()
        .union_all()
        .intersection(_CLIP)
        .simplify(0.003)
    )


def _lakes(cache: Path) -> Iterator[Feature]:
    frame = natural_earth(cache, "physical/ne_10m_lakes", bbox=BBOX)
    frame["geometry"] = frame.make_valid().intersection(_CLIP).simplify(0.002)
    for row in frame[~frame.is_empty].sort_values("ne_id").itertuples():
        yield {"en": row.name_en if isinstance(row.name_en, str) else ""}, rounded(row.geometry, 3)


def _rivers(cache: Path) -> Iterator[Feature]:
    """Named rivers; the package closes its lines and joins cut ends, so both are opened again."""
    path = cache / "unpacked" / "maps.sqlite3"
    path.write_bytes(
        read_member(cache, "pyworldatlas-mapdata-standard", "pyworldatlas_mapdata_standard/data/maps.sqlite3")
    )
    found: dict[str, list[LineString]] = {}
    with sqlite3.connect(path) as database:
        for code in _RIVER_COUNTRIES:
            row = database.execute("select payload from country_map where alpha2=?", (code,)).fetchone()
            for river in json.loads(zlib.decompress(row[0]))["rivers"]:
                name = "" if river["name"] == "River" else river["name"]
                found.setdefault(name, []).extend(_runs(river["points"]))
    for name in sorted(found):
        line = shapely.union_all(found[name]).intersection(_CLIP).simplify(0.002)
        if not line.is_empty:
            yield {"en": name}, rounded(_merged(line), 3)


def _runs(points: list[tuple[float, float]]) -> Iterator[LineString]:
    path = [((lon + 180) % 360 - 180, lat) for lon, lat in points]
    path = path[:-1] if path[0] == path[-1] else path
    cuts = [i + 1 for i, (a, b) in enumerate(pairwise(path)) if km_between(a, b) > _RIVER_GAP_KM]
    for first, last in pairwise([0, *cuts, len(path)]):
        if last - first > 1:
            yield LineString(path[first:last])


def _places(towns: Iterable[Entry]) -> Iterator[Feature]:
    settlements = [t for t in towns if t.kind is PlaceKind.SETTLEMENT]
    cities = [t for t in settlements if t.population >= _CITY]
    for town in settlements:
        zoom = next((z for people, z in _ZOOM if town.population >= people), None)
        if zoom is None or not (zoom <= _FAR_ZOOM or _CLIP.covers(Point(town.point))) or _is_quarter(town, cities):
            continue
        local = {"local": town.local_name} if town.local_name not in ("", town.name) else {}
        yield {"en": town.name, **local, "pop": town.population, "z": zoom}, Point(np.round(town.point, 3))


def _is_quarter(town: Entry, cities: list[Entry]) -> bool:
    """True for an entry abroad that lies in a larger city: the source does not tell quarters from towns."""
    return town.country != "UA" and any(
        city.population > town.population
        and abs(city.point[1] - town.point[1]) < _NEAR_DEG
        and km_between(city.point, town.point) <= city.radius_km
        for city in cities
    )


def _geojson(features: Iterable[Feature]) -> str:
    rows = [
        {"type": "Feature", "properties": properties, "geometry": json.loads(shapely.to_geojson(geometry))}
        for properties, geometry in features
        if not geometry.is_empty
    ]
    exact = {"type": "FeatureCollection", "features": rows}
    return json.dumps(exact, ensure_ascii=False, separators=(",", ":"), default=float, allow_nan=False) + "\n"
