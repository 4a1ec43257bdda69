"""A mention and what stands around it -> one place, or none with the reason; never a silent first match.

**The rule of the clear winner.** The best candidate is taken only if no other one of the kinds asked for has a score
within :data:`TIE` of it and lies farther than :data:`SAME_PLACE_KM` away (or is a part of it). One point of score is
a tenfold population, so a village never hides behind a town and a town never behind one of like size.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from pyproj import Geod

from geodata.errors import GazetteerError
from geodata.gazetteer import Candidate, Context, Gazetteer
from geodata.model import Place, PlaceKind, PlaceMention, Precision, Role

__all__ = ["SAME_PLACE_KM", "TIE", "clear_winner", "describe_candidates", "geocode", "geocode_all"]

TIE: Final = 1.0
"""Score by which a winner must lead: a tenfold population, or a kind that is plainly meant."""

SAME_PLACE_KM: Final = 5.0
"""Namesakes this near are one place told twice (a town and its quarter, two sources)."""

_SHOWN: Final = 3
_LISTED: Final = 25
_POINTS: Final = (PlaceKind.SETTLEMENT, PlaceKind.QUARTER, PlaceKind.ISLAND)
_AREAS: Final = (PlaceKind.OBLAST, PlaceKind.REGION, PlaceKind.RAION, PlaceKind.HROMADA, PlaceKind.SEA)
_KINDS: Final = MappingProxyType(
    {
        Precision.SETTLEMENT: (_POINTS,),
        Precision.DISTRICT: ((PlaceKind.RAION, PlaceKind.HROMADA), (PlaceKind.QUARTER,)),
        Precision.OBLAST: ((PlaceKind.OBLAST,),),
        Precision.DIRECTION: (_POINTS, _AREAS),
        Precision.SECTOR: (_POINTS, _AREAS, (PlaceKind.COUNTRY,)),
        Precision.REGION: ((PlaceKind.REGION, PlaceKind.SEA), (PlaceKind.OBLAST,), (PlaceKind.ISLAND,)),
        Precision.BORDER: ((PlaceKind.BORDER,),),
        Precision.COUNTRY: ((PlaceKind.COUNTRY,),),
        Precision.NONE: ((),),
    }
)
"""Kinds that a precision asks for; each group is tried only if the one before it finds nothing."""

_PRECISION: Final = MappingProxyType(
    dict.fromkeys(_POINTS, Precision.SETTLEMENT)
    | {
        PlaceKind.HROMADA: Precision.DISTRICT,
        PlaceKind.RAION: Precision.DISTRICT,
        PlaceKind.OBLAST: Precision.OBLAST,
        PlaceKind.REGION: Precision.REGION,
        PlaceKind.SEA: Precision.REGION,
        PlaceKind.BORDER: Precision.BORDER,
        PlaceKind.COUNTRY: Precision.COUNTRY,
    }
)
_WINDS: Final = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")
_SIDE: Final = re.compile(
    r"(?:the |to the |just |an area |areas? )*(north|south)?[ -]?(east|west)?(?:ern)?"
    r"(?: (?:outskirts|suburbs|approaches|part|side|bank))? (?:of|from) (?:the )?(?P<name>.+)",
    re.IGNORECASE,
)
_TOWARDS: Final = re.compile(
    r"(?:in |from )?(?:the )?(?:(?:general )?direction of|towards?|approaches to|way to) (?:the )?(?P<name>.+)"
    r"|(?:in |on )?(?:the )?(?P<named>.+) (?:direction|axis|front)",
    re.IGNORECASE,
)
_COARSE_FIRST: Final = (
    Precision.COUNTRY,
    Precision.REGION,
    Precision.OBLAST,
    Precision.DISTRICT,
    Precision.BORDER,
    Precision.SETTLEMENT,
)
_ANYWHERE: Final = Context()
_GEOD: Final = Geod(ellps="WGS84")


def geocode(mention: PlaceMention, gazetteer: Gazetteer, context: Context = _ANYWHERE) -> PlaceMention:
    """The mention with its place, or without one and with a ``note`` that says why.

    ``name`` is looked up if it is given, else the mention itself; "east of X" and "the direction of X" are taken
    apart. A precision of ``none`` means that none is stated: the place found gives it. A place id is checked, not
    replaced; coordinates without an id are kept as they are, but those that stand for an oblast find it by its name
    if they lie within its extent.

    Parameters
    ----------
    context : what is known around the mention; its ``kinds``, if any, win over those the precision asks for. Where
        nothing fits ``within``, it is left out of the search and the note says so.
    """
    if mention.place_id:
        return _checked(mention, gazetteer)
    if mention.lon is not None and mention.lat is not None:
        return _oblast_around(mention, gazetteer, context) if mention.precision is Precision.OBLAST else mention
    name, mention = _peeled(mention, gazetteer)
    found, left_out = _search(name, mention.precision, gazetteer, context)
    if not found:
        return replace(mention, note=_joined(mention.note, _unknown(name, mention.precision, gazetteer)))
    winner = clear_winner(found)
    if winner is None:
        return replace(mention, note=_joined(mention.note, _ambiguous(name, found, gazetteer)))
    return _resolved(mention, winner, left_out)


def geocode_all(
    mentions: Sequence[PlaceMention], gazetteer: Gazetteer, context: Context = _ANYWHERE
) -> tuple[PlaceMention, ...]:
    """The mentions of one claim, each with its place or the reason why not; in their order.

    Coarse ones go first: a container found narrows what follows to its inside, any settlement found draws namesakes
    near to it. Both yield to what ``context`` already says.
    """
    done: dict[int, PlaceMention] = {}
    within, near = context.within, context.near
    for i in sorted(range(len(mentions)), key=lambda i: _order(mentions[i])):
        held = "" if mentions[i].role is Role.CONTAINER else within
        narrower = (near, held) != (context.near, context.within)
        done[i] = geocode(mentions[i], gazetteer, replace(context, near=near, within=held) if narrower else context)
        place = gazetteer.get(done[i].place_id or "") if done[i].place_id else None
        if place and place.kind in _AREAS and mentions[i].role is Role.CONTAINER and not context.within:
            within = place.place_id
        if place and place.kind in _POINTS and near is None:
            near = (place.lon, place.lat)
    return tuple(done[i] for i in range(len(mentions)))


def clear_winner(found: Sequence[Candidate]) -> Candidate | None:
    """The best candidate if it stands alone by the rule of this module, else None."""
    if not found:
        return None
    best = found[0]
    rivals = [c for c in found[1:] if best.score - c.score < TIE and not _same_place(best.place, c.place)]
    return None if rivals else best


def describe_candidates(name: str, found: Sequence[Candidate], gazetteer: Gazetteer) -> str:
    """The candidates of a name as a plain table, with a last line that says whether they settle it."""
    if not found:
        return f"{name}: no place of this name is known. Try another spelling, in Latin or Cyrillic letters."
    head = ("", "name", "local name", "kind", "in", "lon", "lat", "radius km", "point from", "spelling", "place id")
    rows = [head, *(_row(i, c, gazetteer) for i, c in enumerate(found[:_LISTED], 1))]
    widths = [max(len(row[i]) for row in rows) for i in range(len(head))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    if len(found) > _LISTED:
        lines.append(f"... and {len(found) - _LISTED} more.")
    lines += sorted({c.note for c in found[:_LISTED] if c.note})
    return "\n".join([*lines, _verdict(name, found)])


def _oblast_around(mention: PlaceMention, gazetteer: Gazetteer, context: Context) -> PlaceMention:
    """The mention with the oblast of its name that its point lies in; as it is if there is none."""
    found, _ = _search(mention.name or mention.mention, Precision.OBLAST, gazetteer, context)
    for candidate in found:
        place = candidate.place
        if _GEOD.inv(mention.lon, mention.lat, place.lon, place.lat)[2] <= place.radius_km * 1000:
            return _resolved(mention, candidate, "")
    return mention


def _checked(mention: PlaceMention, gazetteer: Gazetteer) -> PlaceMention:
    try:
        place = gazetteer.get(mention.place_id or "")
    except GazetteerError:
        note = f"unknown: the gazetteer has no place {mention.place_id}"
        return replace(mention, place_id=None, note=_joined(mention.note, note))
    return replace(mention, name=mention.name or place.name, precision=_precision(mention, place))


def _peeled(mention: PlaceMention, gazetteer: Gazetteer) -> tuple[str, PlaceMention]:
    """The name to look up, and the mention with the bearing or the direction that its words state."""
    name = mention.name or mention.mention
    if gazetteer.find(name):
        return name, mention
    if side := _SIDE.fullmatch(name):
        wind = "-".join(w.lower() for w in side.group(1, 2) if w)
        if wind and mention.precision in (Precision.NONE, Precision.SECTOR):
            stated = mention.bearing_deg if mention.bearing_deg is not None else 45.0 * _WINDS.index(wind)
            return side["name"], replace(mention, bearing_deg=stated, precision=Precision.SECTOR)
    if towards := _TOWARDS.fullmatch(name):
        precision = Precision.DIRECTION if mention.precision is Precision.NONE else mention.precision
        return towards["name"] or towards["named"], replace(mention, precision=precision)
    return name, mention


def _search(
    name: str, precision: Precision, gazetteer: Gazetteer, context: Context
) -> tuple[tuple[Candidate, ...], str]:
    """Candidates of the first kinds that give any, and the container that had to be left out for them."""
    groups = (context.kinds,) if context.kinds else _KINDS[precision]
    for within in dict.fromkeys((context.within, "")):
        for kinds in groups:
            if found := gazetteer.find(name, replace(context, kinds=kinds, within=within)):
                return found, context.within if within != context.within else ""
    return (), ""


def _resolved(mention: PlaceMention, winner: Candidate, left_out: str) -> PlaceMention:
    outside = f"not within {left_out} as the claim says" if left_out else ""
    return replace(
        mention,
        place_id=winner.place.place_id,
        name=mention.name or winner.place.name,
        precision=_precision(mention, winner.place),
        note=_joined(mention.note, winner.note, outside),
    )


def _precision(mention: PlaceMention, place: Place) -> Precision:
    if mention.precision is not Precision.NONE:
        return mention.precision
    if mention.role is Role.DIRECTION and place.kind in _POINTS:
        return Precision.DIRECTION
    return _PRECISION[place.kind]


def _unknown(name: str, precision: Precision, gazetteer: Gazetteer) -> str:
    others = gazetteer.find(name)
    if not others:
        return f"unknown: no place is called {name!r}"
    kinds = ", ".join(sorted({str(c.place.kind) for c in others}))
    return f"unknown: {name!r} is known as {kinds}, not as {precision}"


def _ambiguous(name: str, found: Sequence[Candidate], gazetteer: Gazetteer) -> str:
    first = "; ".join(f"{c.place.place_id} {c.place.name} ({_where(c.place, gazetteer)})" for c in found[:_SHOWN])
    more = f"; and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return f"ambiguous: {len(found)} places may be {name!r}: {first}{more}"


def _same_place(best: Place, other: Place) -> bool:
    if best.place_id in other.hierarchy:
        return True
    return float(_GEOD.inv(best.lon, best.lat, other.lon, other.lat)[2]) <= SAME_PLACE_KM * 1000


def _order(mention: PlaceMention) -> tuple[bool, int]:
    rank = _COARSE_FIRST.index(mention.precision) if mention.precision in _COARSE_FIRST else len(_COARSE_FIRST)
    return (mention.role is not Role.CONTAINER, rank)


def _joined(*notes: str) -> str:
    """The notes in one line; what one of them says already is not said again."""
    said: list[str] = []
    for note in filter(None, notes):
        if not any(note == held or note in held.split("; ") for held in said):
            said.append(note)
    return "; ".join(said)


def _where(place: Place, gazetteer: Gazetteer) -> str:
    return ", ".join(p.name for p in gazetteer.chain(place)) or place.country or str(place.kind)


def _row(rank: int, candidate: Candidate, gazetteer: Gazetteer) -> tuple[str, ...]:
    p = candidate.place
    point = (f"{p.lon:.4f}", f"{p.lat:.4f}", f"{p.radius_km:.1f}", p.point_source)
    where = _where(p, gazetteer)
    return (str(rank), p.name, p.local_name, str(p.kind), where, *point, str(candidate.spelling), p.place_id)


def _verdict(name: str, found: Sequence[Candidate]) -> str:
    winner = clear_winner(found)
    if winner:
        return f"{name} alone is taken as {winner.place.name} ({winner.place.kind}, {winner.place.place_id})."
    return (
        f"{name} alone is ambiguous and is not placed. "
        "Name the oblast, raion or hromada it lies in, a place nearby, or the place id."
    )
