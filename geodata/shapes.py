"""What is drawn for a claim: the mentions of places become marks, each with the recipe of its shape.

:func:`marks` chooses by DESIGN section 5 and CODEBOOK section 5; what a recipe means stands in :mod:`geodata.recipes`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

import numpy as np
import shapely
from pyproj import Geod

from geodata.gazetteer import Gazetteer
from geodata.model import PANEL_KINDS, Basis, Kind, Mark, Place, PlaceKind, PlaceMention, Precision, Role, Unplaced
from geodata.recipes import bearing_of, circle, geometry, label_point, nearest, place_shape, reach_km, recipe_of

__all__ = ["MOVEMENTS", "circle", "geometry", "label_point", "marks"]

MOVEMENTS: Final = frozenset({Kind.ADVANCE, Kind.RETREAT, Kind.DESERTION, Kind.REINFORCEMENT})
"""Kinds that state a movement: only their directions and destinations get an arrow."""

STATED_SPREAD_DEG: Final = 40.0
STATED_REACH_KM: Final = 30.0
"""Wedge where the claim says on which side of the town (from the town's edge outward; our drawing choice)."""
INFERRED_SPREAD_DEG: Final = 45.0
INFERRED_REACH_KM: Final = 50.0
"""Wedge where the side is inferred: wider and longer, as less is known."""
BORDER_SPREAD_DEG: Final = 30.0
BORDER_REACH_KM: Final = 60.0
BORDER_HALF_KM: Final = 50.0
"""Wedge from a settlement towards a border, and half the stretch of border that is drawn."""
RING_KM: Final = 20.0
"""Width of the ring around a place that is an objective."""
CLEARANCE_KM: Final = 1.0
"""A wedge or ring ends this far from the edge of its town."""

_GEOD: Final = Geod(ellps="WGS84")
_POINTS: Final = frozenset({PlaceKind.SETTLEMENT, PlaceKind.QUARTER, PlaceKind.ISLAND})
_BORROWED: Final = frozenset({"hromada-centre", "raion-centre"})
_AREA_PRECISION: Final = MappingProxyType(
    {
        PlaceKind.HROMADA: Precision.DISTRICT,
        PlaceKind.RAION: Precision.DISTRICT,
        PlaceKind.OBLAST: Precision.OBLAST,
        PlaceKind.REGION: Precision.REGION,
        PlaceKind.SEA: Precision.REGION,
    }
)
_UNDRAWN: Final = frozenset({Precision.COUNTRY, Precision.NONE})
_AIMS: Final = (Role.DIRECTION, Role.OBJECTIVE, Role.DESTINATION)
_CAPITALS: Final = MappingProxyType({"UA": (30.5238, 50.4547)})
_NEAR_KM: Final = MappingProxyType(
    {
        Precision.DISTRICT: 25.0,
        Precision.OBLAST: 90.0,
        Precision.REGION: 190.0,
        Precision.BORDER: 25.0,
        Precision.DIRECTION: 50.0,
        Precision.SECTOR: 50.0,
    }
)
"""Radius drawn where data gives a point but says it stands for something larger (25 km: UCDP where_prec 2)."""


@dataclass(frozen=True, slots=True)
class _Aim:
    """A mention with the place it resolved to (None: coordinates only)."""

    mention: PlaceMention
    place: Place | None
    lon: float
    lat: float

    @property
    def radius_km(self) -> float:
        return self.place.radius_km if self.place else 1.0

    @property
    def is_point(self) -> bool:
        return self.place is None or self.place.kind in _POINTS


def marks(
    mentions: Sequence[PlaceMention], kind: Kind, gazetteer: Gazetteer, *, negated: bool = False
) -> tuple[tuple[Mark, ...], Unplaced | None]:
    """The marks of a claim, most telling first, or none and the reason why.

    Every location finer than a country is marked; directions, objectives and destinations are marked beside it. Without
    a location they and the origins are; without those the containers are; references never. A direction, destination
    or objective is never a symbol at the town: nothing is said to have happened there.
    """
    if kind in PANEL_KINDS:
        return (), Unplaced.STATEMENT
    if negated:
        return (), Unplaced.NEGATED
    aims = [aim for mention in mentions if (aim := _resolve(mention, gazetteer))]
    drawn = _drawn(aims, kind in MOVEMENTS, gazetteer)
    return (tuple(dict.fromkeys(drawn)), None) if drawn else ((), _why_not(mentions))


def _drawn(aims: Sequence[_Aim], moving: bool, gazetteer: Gazetteer) -> list[Mark]:
    def of(*roles: Role) -> list[_Aim]:
        return [aim for aim in aims if aim.mention.role in roles]

    start = next((a for a in of(Role.ORIGIN) + of(Role.LOCATION) if a.is_point), None)
    aimed = [mark for aim in of(*_AIMS) for mark in _aim_marks(aim, start, aims, moving, gazetteer)]
    located = [_located(aim, aims, gazetteer) for aim in of(Role.LOCATION)]
    if located:
        return located + aimed
    drawn_from = [start] if any(_is_border(aim) for aim in of(*_AIMS)) else []
    left = [_located(aim, aims, gazetteer) for aim in of(Role.ORIGIN) if aim not in drawn_from]
    return aimed + left or [_located(aim, aims, gazetteer) for aim in of(Role.CONTAINER)]


def _is_border(aim: _Aim) -> bool:
    return aim.place is not None and aim.place.kind is PlaceKind.BORDER


def _why_not(mentions: Iterable[PlaceMention]) -> Unplaced:
    def is_named(m: PlaceMention) -> bool:
        looked_up = m.place_id is None and m.lon is None and bool(m.mention)
        return m.role is not Role.REFERENCE and (m.precision is not Precision.NONE or looked_up)

    named = [m for m in mentions if is_named(m)]
    if not named:
        return Unplaced.NO_PLACE
    return Unplaced.COUNTRY_ONLY if all(m.precision is Precision.COUNTRY for m in named) else Unplaced.UNRESOLVED


def _resolve(mention: PlaceMention, gazetteer: Gazetteer) -> _Aim | None:
    if mention.precision in _UNDRAWN:
        return None
    place = gazetteer.get(mention.place_id) if mention.place_id else None
    if place and place.kind is PlaceKind.COUNTRY:
        return None
    if mention.lon is not None and mention.lat is not None:
        return _Aim(mention, place, mention.lon, mention.lat)
    return _Aim(mention, place, place.lon, place.lat) if place else None


def _located(aim: _Aim, aims: Sequence[_Aim], gazetteer: Gazetteer) -> Mark:
    """What is said to have happened at a place: a point, an area, a line, or a wedge on one side of it."""
    mention, place = aim.mention, aim.place
    if mention.shape:
        return _mark(aim, mention.shape, mention.precision, gazetteer)
    if place and place.kind is PlaceKind.BORDER:
        return _mark(aim, f"line:{place.place_id}", Precision.BORDER, gazetteer)
    if place and place.kind in _AREA_PRECISION:
        if mention.precision is Precision.SECTOR and mention.bearing_deg is not None:
            return _wedge(aim, mention.bearing_deg, (STATED_SPREAD_DEG, STATED_REACH_KM), gazetteer)
        return _mark(aim, f"area:{place.place_id}", _AREA_PRECISION[place.kind], gazetteer)
    if mention.precision in (Precision.DIRECTION, Precision.SECTOR) and place:
        return _side(aim, None, aims, gazetteer)
    if mention.precision in _NEAR_KM and not place:
        recipe = recipe_of("circle", aim.lon, aim.lat, _NEAR_KM[mention.precision])
        return _mark(aim, recipe, mention.precision, gazetteer)
    if place and place.point_source in _BORROWED and mention.lon is None:
        return _mark(aim, f"area:{place.hierarchy[0]}", Precision.DISTRICT, gazetteer, inferred=True)
    return Mark(aim.lon, aim.lat, Precision.SETTLEMENT, mention.role, aim.radius_km, mention.place_id)


def _aim_marks(aim: _Aim, start: _Aim | None, aims: Sequence[_Aim], moving: bool, gazetteer: Gazetteer) -> list[Mark]:
    """What is aimed at: a wedge short of a town, a ring around an objective, an area, or a stretch of border."""
    arrow = moving and not aim.mention.inherited
    if _is_border(aim) and start:
        return _towards_border(aim, start, arrow, gazetteer)
    if not aim.is_point:
        return [_located(aim, aims, gazetteer)]
    if aim.mention.role is Role.OBJECTIVE:
        return [_ring(aim, gazetteer)]
    mark = _side(aim, start, aims, gazetteer)
    inward = bearing_of(mark.shape)
    return [replace(mark, bearing_deg=(inward + 180) % 360) if arrow and inward is not None else mark]


def _side(aim: _Aim, start: _Aim | None, aims: Sequence[_Aim], gazetteer: Gazetteer) -> Mark:
    """A wedge on that side of a town which is stated, else inferred; a ring if nothing tells the side.

    In order: the bearing stated of the town itself; a stated sector of another place ("east of Kyiv"), averaged with
    the bearing from that place to the town; the side of the place they come from; the side of the region or oblast
    named; away from the capital.
    """
    stated, inferred = (STATED_SPREAD_DEG, STATED_REACH_KM), (INFERRED_SPREAD_DEG, INFERRED_REACH_KM)
    if aim.mention.bearing_deg is not None:
        return _wedge(aim, aim.mention.bearing_deg, stated, gazetteer)
    for other in aims:
        bearing = other.mention.bearing_deg
        if bearing is not None and _km(other, aim) > other.radius_km:
            return _wedge(aim, _mean_bearing(bearing, _bearing(other, aim)), stated, gazetteer)
    wide = [a for a in aims if not a.is_point and a.place and a.place.kind in _AREA_PRECISION]
    for other in [*([start] if start else []), *wide]:
        if _km(aim, other) > aim.radius_km + CLEARANCE_KM and other is not aim and not _holds(other, aim, gazetteer):
            return _wedge(aim, _bearing(aim, other), inferred, gazetteer)
    capital = _CAPITALS.get(aim.place.country if aim.place else "")
    if capital and _GEOD.inv(*capital, aim.lon, aim.lat)[2] / 1000 > aim.radius_km:
        return _wedge(aim, _GEOD.inv(*capital, aim.lon, aim.lat)[0], inferred, gazetteer)
    return _ring(aim, gazetteer)


def _towards_border(aim: _Aim, start: _Aim, arrow: bool, gazetteer: Gazetteer) -> list[Mark]:
    assert aim.place is not None
    line = place_shape(aim.place.place_id, aim.place.place_id, gazetteer)
    lon, lat = nearest(line, start.lon, start.lat)
    bearing, _, metres = _GEOD.inv(start.lon, start.lat, lon, lat)
    inner_km = start.radius_km + CLEARANCE_KM
    length_km = max(inner_km + CLEARANCE_KM, min(BORDER_REACH_KM, metres / 1000))
    wedge = recipe_of("sector", start.lon, start.lat, bearing % 360, BORDER_SPREAD_DEG, inner_km, length_km)
    movement = _mark(replace(aim, place=start.place), wedge, Precision.BORDER, gazetteer)
    movement = replace(movement, bearing_deg=round(bearing % 360, 1) if arrow else None)
    stretch = recipe_of(f"stretch:{aim.place.place_id}", lon, lat, BORDER_HALF_KM)
    return [movement, _mark(aim, stretch, Precision.BORDER, gazetteer)]


def _wedge(aim: _Aim, bearing: float, extent: tuple[float, float], gazetteer: Gazetteer) -> Mark:
    spread_deg, reach_km = extent
    inner_km = aim.radius_km + CLEARANCE_KM
    recipe = recipe_of("sector", aim.lon, aim.lat, bearing % 360, spread_deg, inner_km, inner_km + reach_km)
    precision = Precision.SECTOR if aim.mention.precision is Precision.SECTOR else Precision.DIRECTION
    return _mark(aim, recipe, precision, gazetteer)


def _ring(aim: _Aim, gazetteer: Gazetteer) -> Mark:
    inner_km = aim.radius_km + CLEARANCE_KM
    recipe = recipe_of("ring", aim.lon, aim.lat, inner_km, inner_km + RING_KM)
    return _mark(aim, recipe, Precision.SECTOR, gazetteer)


def _mark(aim: _Aim, recipe: str, precision: Precision, gazetteer: Gazetteer, *, inferred: bool = False) -> Mark:
    verb = recipe.partition(":")[0]
    lon, lat = label_point(recipe, gazetteer)
    radius_km = aim.radius_km if verb in ("area", "line") else reach_km(recipe)
    ours = inferred or verb not in ("area", "line", "wkb")
    place_id = aim.place.place_id if aim.place else None
    return Mark(
        round(lon, 5), round(lat, 5), precision, aim.mention.role, radius_km, place_id, recipe,
        basis=Basis.INFERRED if ours else Basis.STATED,
    )  # fmt: skip


def _bearing(a: _Aim, b: _Aim) -> float:
    return float(_GEOD.inv(a.lon, a.lat, b.lon, b.lat)[0]) % 360


def _km(a: _Aim, b: _Aim) -> float:
    return float(_GEOD.inv(a.lon, a.lat, b.lon, b.lat)[2]) / 1000


def _mean_bearing(a: float, b: float) -> float:
    x, y = np.deg2rad([a, b])
    return float(np.rad2deg(np.arctan2(np.sin(x) + np.sin(y), np.cos(x) + np.cos(y)))) % 360


def _holds(wide: _Aim, aim: _Aim, gazetteer: Gazetteer) -> bool:
    """True if the wide place is an area that the town lies in: then it does not tell a side."""
    shape = gazetteer.area(wide.place.place_id) if wide.place else None
    return shape is not None and bool(shapely.contains_xy(shape, aim.lon, aim.lat))
