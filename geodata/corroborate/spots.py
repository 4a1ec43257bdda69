"""Where and when each claim is to be compared: a place in words that can be equal, and a stretch of time."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

import numpy as np
import pandas as pd

from geodata.corroborate.inputs import NEVER, Inputs
from geodata.corroborate.rule import Rule
from geodata.gazetteer import Context, default
from geodata.model import PlaceKind, Precision, Role

__all__ = ["DAY", "WIDE", "distinct", "moments", "spots"]

DAY: Final = 86_400_000_000
"""A day in microseconds."""
WIDE: Final = "everywhere"
"""The place of a claim that names none, or nothing finer than a country."""

_ROLE: Final = {
    str(Role.LOCATION): 0,
    str(Role.DIRECTION): 1,
    str(Role.DESTINATION): 1,
    str(Role.OBJECTIVE): 1,
    str(Role.CONTAINER): 2,
}
"""Which place a claim is about, the first of these that it has; origins and references are not where it happened."""
_PRECISION: Final = {str(p): n for n, p in enumerate(Precision)}
_COUNTRY: Final = _PRECISION[Precision.COUNTRY]


def spots(inputs: Inputs, rule: Rule) -> pd.DataFrame:
    """One row a claim and place it is about: ``claim``, ``key``, ``town``, ``named`` and ``example``.

    A settlement that is only headed for, a direction, a sector and a district each have a key of their own, so none of
    them is ever the town whose name it bears. A claim of several towns is, besides, an ``example`` of WIDE. A claim
    whose place is not resolved has no row.
    """
    places = inputs.places.assign(
        role_rank=inputs.places["role"].map(_ROLE).fillna(9).astype(np.int8),
        rank=inputs.places["precision"].map(_PRECISION).astype(np.int8),
    )
    first = places.groupby("claim", sort=False)[["role_rank"]].transform("min")["role_rank"]
    places = places[(places["role_rank"] == first)]
    finest = places.groupby("claim", sort=False)["rank"].transform("min")
    places = places[places["rank"] == finest]
    keyed = _keyed(places, rule).drop_duplicates(["claim", "key"])
    towns = keyed[keyed["town"]].groupby("claim").size()
    several = towns.index[towns > 1].to_numpy()
    nowhere = np.flatnonzero(np.bincount(inputs.places["claim"], minlength=len(inputs.claims)) == 0)
    rows = pd.concat([keyed[keyed["key"] != ""], _wide(nowhere, example=False), _wide(several, example=True)])
    return rows.reset_index(drop=True)


def moments(inputs: Inputs) -> pd.DataFrame:
    """``start`` and ``end`` of when each claim is compared, microseconds; NEVER where no time is stated at all.

    An open start is not filled in for good: the claim is compared on the last day it can have happened. One that is
    not dated is compared when it was said.
    """
    claims = inputs.claims
    start, end = (claims[f"happened_{side}"].to_numpy() for side in ("start", "end"))
    undated = (start == NEVER) & (end == NEVER)
    start = np.where(undated, claims["said_start"].to_numpy(), start)
    end = np.where(undated, claims["said_end"].to_numpy(), end)
    known = (start != NEVER) | (end != NEVER)
    start = np.where(known & (start == NEVER), end - DAY, start)
    return pd.DataFrame({"start": start, "end": np.where(known & (end == NEVER), start + DAY, end)})


def distinct(frame: pd.DataFrame) -> tuple[np.ndarray[Any, Any], Iterator[tuple[Any, ...]]]:
    """The number of each row among the rows that differ, and those, one after the other."""
    number = frame.groupby(list(frame.columns), sort=False, dropna=False).ngroup().to_numpy()
    _, first = np.unique(number, return_index=True)
    return number, frame.iloc[first].itertuples(index=False, name=None)


def _keyed(places: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    wide = (places["rank"] >= _COUNTRY).to_numpy()
    lost = ((places["place_id"] == "") & ~_on_earth(places) & ~wide | (places["role_rank"] == 9)).to_numpy()
    pointed = (places["place_id"] == "").to_numpy() & ~wide & ~lost
    place = places["place_id"].astype(object).to_numpy(copy=True)
    if pointed.any():
        number, found = distinct(places.loc[pointed, ["name", "mention", "lon", "lat", "rank"]])
        words = [_place(name or mention if rank == 0 else "", *at, rule.near_km) for name, mention, *at, rank in found]
        place[pointed] = np.array(words, object)[number]
    town = (places["rank"] == 0).to_numpy() & (places["role_rank"] == 0).to_numpy() & ~lost
    shape = places["precision"].where(places["role_rank"] != 1, "towards").where(places["rank"] < 7, WIDE)
    stated = np.isfinite(places["bearing_deg"].to_numpy())
    bearing = np.where(stated, places["bearing_deg"].to_numpy() % 360, -1).astype(int)
    frame = pd.DataFrame({"shape": shape.to_numpy(), "place": place, "bearing": bearing})
    number, found = distinct(frame)
    keys = np.array(["", *(_word(*row) for row in found)], object)[np.where(lost, 0, number + 1)]
    return pd.DataFrame(
        {
            "claim": places["claim"].to_numpy(),
            "key": keys,
            "town": town,
            "named": places["name"].where(places["name"] != "", places["mention"]).to_numpy(),
            "example": False,
        }
    )


def _on_earth(places: pd.DataFrame) -> np.ndarray[Any, Any]:
    lon, lat = places["lon"].to_numpy(), places["lat"].to_numpy()
    held: np.ndarray[Any, Any] = (np.abs(lon) <= 180) & (np.abs(lat) <= 90)
    return held


def _word(shape: str, place: str, bearing: int) -> str:
    if shape == WIDE:
        return WIDE
    if shape == Precision.SETTLEMENT:
        return place
    return f"{shape} {place}" + (f" {bearing}" if bearing >= 0 else "")


def _wide(claims: np.ndarray[Any, Any], *, example: bool) -> pd.DataFrame:
    return pd.DataFrame({"claim": claims, "key": WIDE, "town": False, "named": "", "example": example})


@lru_cache(maxsize=100_000)
def _place(name: str, lon: float, lat: float, near_km: float) -> str:
    """The gazetteer's settlement of that name nearest to the point, else the point to a hundredth of a degree."""
    known = [c.place for c in default().find(name, Context(near=(lon, lat), kinds=(PlaceKind.SETTLEMENT,)))]
    near = min(((_distance_km(p.lon, p.lat, lon, lat), p.place_id) for p in known), default=(np.inf, ""))
    return near[1] if near[0] <= near_km else f"{lon:.2f},{lat:.2f}"


def _distance_km(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Good to one per cent over tens of kilometres, which is all that is asked."""
    x = (lon - other_lon) * np.cos(np.radians((lat + other_lat) / 2))
    return float(111.2 * np.hypot(x, lat - other_lat))
