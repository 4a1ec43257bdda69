"""Names, spellings and transliterations -> candidate places. Choosing one is :mod:`geodata.geocode`'s task.

The data is two sorted tables (``places.parquet``: one row a place, a parent and a seat by row number;
``names.parquet``: folded spelling -> row) and one of shapes (``areas.parquet``), built by ``tools/build_geodata.py``.
"""

from __future__ import annotations

import functools
import math
import re
import unicodedata
from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from pyproj import Geod
from shapely.geometry.base import BaseGeometry

from geodata.errors import GazetteerError
from geodata.model import Place, PlaceKind

__all__ = ["CAP", "SPELLINGS", "Candidate", "Context", "Gazetteer", "Spelling", "adjective_stem", "default", "fold"]

CAP: Final = 500
"""The most candidates one look-up returns; the commonest Ukrainian village name has fewer than 200."""


class Spelling(StrEnum):
    """How a spelling belongs to a place, most trusted first."""

    NAME = "name"
    """The official romanisation or the name in its own language."""
    ALTERNATE = "alternate"
    """Listed by a source: other languages, former names, curated forms; also a unit called after its seat."""
    TRANSLITERATED = "transliterated"
    """Another romanisation of the local name, by rule."""
    DERIVED = "derived"
    """A regular Russian form made by rule; nobody lists it."""


SPELLINGS: Final = tuple(Spelling)
"""Spellings by the code that ``names.parquet`` holds."""

_TRUST: Final = MappingProxyType(
    {Spelling.NAME: 3.0, Spelling.ALTERNATE: 2.5, Spelling.TRANSLITERATED: 2.0, Spelling.DERIVED: 1.0}
)
_WEIGHT: Final = MappingProxyType(
    {
        PlaceKind.COUNTRY: 7.0,
        PlaceKind.OBLAST: 6.5,
        PlaceKind.REGION: 6.0,
        PlaceKind.SEA: 6.0,
        PlaceKind.BORDER: 6.0,
        PlaceKind.RAION: 5.0,
        PlaceKind.HROMADA: 3.5,
        PlaceKind.ISLAND: 3.0,
        PlaceKind.SETTLEMENT: 0.0,
        PlaceKind.QUARTER: -3.0,
    }
)
_KINDS: Final = MappingProxyType({str(kind): kind for kind in PlaceKind})
_CALLED_AFTER_SEAT: Final = 4.0
_SAME_COUNTRY: Final = 3.0
_OWN_POINT: Final = 1.0
_FARTHEST_KM: Final = 500.0
_LOCAL: Final = frozenset(
    {PlaceKind.SETTLEMENT, PlaceKind.QUARTER, PlaceKind.ISLAND, PlaceKind.HROMADA, PlaceKind.RAION}
)

_OBLAST: Final = frozenset({PlaceKind.OBLAST})
_DISTRICT: Final = frozenset({PlaceKind.RAION, PlaceKind.HROMADA, PlaceKind.QUARTER})
_HROMADA: Final = frozenset({PlaceKind.HROMADA})
_TOWN: Final = frozenset({PlaceKind.SETTLEMENT})
_UNIT_WORDS: Final = MappingProxyType(
    dict.fromkeys(("oblast", "province", "област", "обл"), _OBLAST)
    | dict.fromkeys(("district", "raion", "rayon", "раион"), _DISTRICT)
    | dict.fromkeys(("hromada", "community", "громада"), _HROMADA)
    | dict.fromkeys(("region", "area", "регіон", "регион"), _OBLAST | _DISTRICT)
    | dict.fromkeys(("city", "town", "village", "місто", "город", "село"), _TOWN)
)
"""Folded words before or after a name and the kinds of place they tell of."""

_NO_SUCH_RAION: Final = (
    "No raion of this name since the reform of 17 July 2020; this is the hromada that has the same seat today."
)

_DROPPED: Final = re.compile("['’ʼ`ʹʺ‘\"«»“”„ьъ]")
_GAP: Final = re.compile(r"[\s\-–—‑./,()]+")
_LETTERS: Final = str.maketrans({"ł": "l", "đ": "d", "ø": "o", "æ": "ae", "ı": "i", "ħ": "h", "ə": "e"})
_ADJECTIVE: Final = re.compile("(?<=[szсзц][kк])(?:yi|yy|iy|ij|ii|y|aya|a|oi|oho|ogo|ии|ыи|ая|а|ои|оі|ого|ую|у)$")
_GEOD: Final = Geod(ellps="WGS84")


def fold(text: str) -> str:
    """The spelling as the index holds it: case, accents, apostrophes, soft signs and hyphens make no difference.

    >>> [fold(t) for t in ("Okhtyrka", "ОХТИРКА", "Stanytsia-Luhanska", "Знам’янка")]
    ['okhtyrka', 'охтирка', 'stanytsia luhanska', 'знамянка']
    """
    text = text.casefold()
    if not text.isascii():
        parts = unicodedata.normalize("NFKD", text).casefold()
        text = "".join(c for c in parts if not unicodedata.combining(c)).translate(_LETTERS)
    return _GAP.sub(" ", _DROPPED.sub("", text)).strip()


def adjective_stem(folded: str) -> str:
    """A folded adjectival unit name without its ending, the same for all genders: ``makarivska`` -> ``makarivsk``."""
    return _ADJECTIVE.sub("", folded)


@dataclass(frozen=True, slots=True)
class Context:
    """What is known around a name. ``within`` and ``kinds`` must hold of a candidate; the others only rank."""

    country: str = ""
    """ISO 3166-1 alpha-2 of the country that is meant where nothing else is said."""
    within: str = ""
    """Place id of a container: hromada, raion, oblast, country, region or sea."""
    near: tuple[float, float] | None = None
    """lon, lat."""
    kinds: tuple[PlaceKind, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """One place a name may mean. Scores compare only within one look-up; one point is a tenfold population."""

    place: Place
    score: float
    spelling: Spelling
    note: str = ""
    """What the reader must know, e.g. that the raion asked for is abolished."""


_ANYWHERE: Final = Context()


class Gazetteer:
    """Places of Ukraine down to the village, of the world down to 15,000 people (neighbours: 1,000). Immutable."""

    def __init__(self, places: pa.Table, names: pa.Table, folder: Path) -> None:
        self._folder = folder
        self._ids: list[str] = places["place_id"].to_pylist()
        self._names: list[str] = places["name"].to_pylist()
        self._local: list[str] = places["local_name"].to_pylist()
        self._country: list[str] = places["country"].to_pylist()
        self._kind = list(map(_KINDS.__getitem__, places["kind"].to_pylist()))
        self._source: list[str] = places["point_source"].to_pylist()
        self._lon, self._lat = _doubles(places["lon"]), _doubles(places["lat"])
        self._radius, self._population = _doubles(places["radius_km"]), _integers(places["population"])
        self._parent = _integers(places["parent"])
        self._keys: list[str] = names["key"].to_pylist()
        self._key_rows, self._key_spelling = _integers(names["row"]), _integers(names["spelling"])
        self._row_of = {place_id: row for row, place_id in enumerate(self._ids)}
        self._seated: dict[int, list[int]] = defaultdict(list)
        for unit, seat in enumerate(places["seat"].to_pylist()):
            if seat >= 0:
                self._seated[seat].append(unit)
        self._places: dict[int, Place] = {}
        self._shapes: dict[str, bytes] = {}
        self._areas: dict[str, BaseGeometry | None] = {}

    @classmethod
    def load(cls, path: Path | None = None) -> Gazetteer:
        """Read the gazetteer from a folder (the packaged one, if None); about a quarter of a second.

        Raises
        ------
        GazetteerError
            If the files are absent or are not gazetteer files.
        """
        folder = path or Path(__file__).parent / "data"
        try:
            return cls(pq.read_table(folder / "places.parquet"), pq.read_table(folder / "names.parquet"), folder)
        except (OSError, KeyError, ValueError) as e:
            raise GazetteerError(f"cannot read the gazetteer ({e})", where=str(folder), remedy=_REBUILD) from e

    def __len__(self) -> int:
        return len(self._ids)

    def find(self, name: str, context: Context = _ANYWHERE) -> tuple[Candidate, ...]:
        """Every place ``name`` may mean, best first, at most :data:`CAP`; empty if none is known.

        Takes any script, case and apostrophe, "the X" and unit words ("X region", "X district", "X область", ...).
        Score = trust in the spelling (3 to 1) + log10 of the population (for areas a fixed number of like size) + 1 if
        the point is the place's own + 3 in the context's country - distance from ``near`` / 100 km (at most 5).
        """
        key = fold(name).removeprefix("the ")
        found = [
            self._candidate(row, spelling, extra, context)
            for row, (spelling, extra) in self._matches(key).items()
            if self._fits(row, context)
        ]
        found.sort(key=lambda c: (-c.score, c.place.place_id))
        return tuple(self._with_notes(key, found[:CAP]))

    def get(self, place_id: str) -> Place:
        """The place with this id.

        Raises
        ------
        GazetteerError
            If there is none.
        """
        row = self._row_of.get(place_id)
        if row is None:
            raise GazetteerError(
                f"no place has the id {place_id!r}", remedy="Look it up with: conflict-map places NAME"
            )
        return self._place(row)

    def chain(self, place: Place) -> tuple[Place, ...]:
        """The places that contain ``place``, innermost first: hromada, raion, oblast, country."""
        return tuple(self.get(i) for i in place.hierarchy)

    def area(self, place_id: str) -> BaseGeometry | None:
        """Polygon of a hromada, raion, oblast, country, region or sea, line of a border; None for a settlement.

        EPSG:4326. Raions and hromadas are approximate (Voronoi cells of their settlements).

        Raises
        ------
        GazetteerError
            If the id is unknown or the file of shapes is absent.
        """
        self.get(place_id)
        if not self._shapes:
            try:
                table = pq.read_table(self._folder / "areas.parquet")
            except (OSError, ValueError) as e:
                raise GazetteerError(f"cannot read the shapes ({e})", where=str(self._folder), remedy=_REBUILD) from e
            self._shapes = dict(zip(table["place_id"].to_pylist(), table["geometry"].to_pylist(), strict=True))
        if place_id not in self._areas:
            wkb = self._shapes.get(place_id)
            self._areas[place_id] = shapely.from_wkb(wkb) if wkb else None
        return self._areas[place_id]

    def _rows(self, key: str) -> Iterator[tuple[int, Spelling]]:
        for i in range(bisect_left(self._keys, key), bisect_right(self._keys, key)):
            yield self._key_rows[i], SPELLINGS[self._key_spelling[i]]

    def _matches(self, key: str) -> dict[int, tuple[Spelling, float]]:
        """Row -> spelling and what is added to its score: by name, by unit word, by the name of the seat."""
        found: dict[int, tuple[Spelling, float]] = {}
        stem, kinds = _unit_form(key)
        for row, spelling in self._rows(key):
            found.setdefault(row, (spelling, 0.0))
            if not stem:
                for unit in self._seated.get(row, ()):
                    found.setdefault(unit, (Spelling.ALTERNATE, -_CALLED_AFTER_SEAT))
        if stem:
            for row, spelling in [*self._rows(stem), *self._rows(f"{adjective_stem(stem)}~")]:
                if self._kind[row] in kinds:
                    found.setdefault(row, (spelling, 0.0))
                for unit in self._seated.get(row, ()):
                    if self._kind[unit] in kinds:
                        found.setdefault(unit, (min(spelling, Spelling.ALTERNATE, key=_TRUST.__getitem__), 0.0))
        return found

    def _fits(self, row: int, context: Context) -> bool:
        if context.kinds and self._kind[row] not in context.kinds:
            return False
        if not context.within:
            return True
        container, chain = self._row_of.get(context.within, -1), [row, *self._ancestors(row)]
        if container in chain:
            return True
        if container < 0 or self._kind[container] not in (PlaceKind.REGION, PlaceKind.SEA):
            return False
        area = self.area(context.within)
        own = (r for r in chain if self._kind[r] is not PlaceKind.COUNTRY)
        return area is not None and any(shapely.contains_xy(area, self._lon[r], self._lat[r]) for r in own)

    def _ancestors(self, row: int) -> Iterator[int]:
        while (row := self._parent[row]) >= 0:
            yield row

    def _candidate(self, row: int, spelling: Spelling, extra: float, context: Context) -> Candidate:
        kind, population = self._kind[row], self._population[row]
        score = _TRUST[spelling] + extra + _WEIGHT[kind]
        if kind in (PlaceKind.SETTLEMENT, PlaceKind.QUARTER):
            score += math.log10(max(population, 1)) + (_OWN_POINT if self._source[row] == "geonames" else 0.0)
        if context.country and self._country[row] == context.country:
            score += _SAME_COUNTRY
        if context.near and kind in _LOCAL:
            away_km = _GEOD.inv(*context.near, self._lon[row], self._lat[row])[2] / 1000
            score -= min(away_km, _FARTHEST_KM) / 100
        return Candidate(self._place(row), round(score, 3), spelling)

    def _with_notes(self, key: str, found: list[Candidate]) -> list[Candidate]:
        stem, kinds = _unit_form(key)
        settled = any(c.place.kind in (PlaceKind.RAION, PlaceKind.OBLAST) for c in found)
        if not stem or PlaceKind.RAION not in kinds or settled:
            return found
        return [
            Candidate(c.place, c.score, c.spelling, _NO_SUCH_RAION) if c.place.kind is PlaceKind.HROMADA else c
            for c in found
        ]

    def _place(self, row: int) -> Place:
        if (place := self._places.get(row)) is None:
            place = self._places[row] = Place(
                place_id=self._ids[row],
                name=self._names[row],
                local_name=self._local[row] or self._names[row],
                kind=self._kind[row],
                country=self._country[row],
                lon=self._lon[row],
                lat=self._lat[row],
                radius_km=self._radius[row],
                point_source=self._source[row],
                population=self._population[row],
                hierarchy=tuple(self._ids[r] for r in self._ancestors(row)),
            )
        return place


def _doubles(column: pa.ChunkedArray) -> array[float]:
    return array("d", column.to_numpy().astype("float64").tobytes())


def _integers(column: pa.ChunkedArray) -> array[int]:
    return array("q", column.to_numpy().astype("int64").tobytes())


_REBUILD: Final = "Install the package again, or run tools/build_geodata.py."


@functools.cache
def default() -> Gazetteer:
    """The packaged gazetteer, loaded once a process."""
    return Gazetteer.load()


def _unit_form(key: str) -> tuple[str, frozenset[PlaceKind]]:
    """A folded name with a unit word taken apart: ``okhtyrka region`` -> (``okhtyrka``, kinds); else an empty stem."""
    head, _, last = key.rpartition(" ")
    if head and (kinds := _UNIT_WORDS.get(last)):
        return head, kinds
    first, _, tail = key.partition(" ")
    if tail and (kinds := _UNIT_WORDS.get(first)):
        return tail.removeprefix("of "), kinds
    return "", frozenset()
