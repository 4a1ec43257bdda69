"""Claims that say of a wider place or time what others say of a place or time within it: neither same nor at odds."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

import pandas as pd

from geodata.corroborate.grouping import blocks
from geodata.corroborate.inputs import Inputs
from geodata.corroborate.rule import Rule
from geodata.corroborate.spots import DAY, WIDE, spots
from geodata.errors import GazetteerError
from geodata.gazetteer import default

__all__ = ["pairs"]

_AREAS: Final = ("district", "oblast", "region")


def pairs(inputs: Inputs, rule: Rule) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """Pairs (wider, narrower, why) of one kind and party whose times meet; grows with both, so for few claims."""
    rows = blocks(inputs, spots(inputs, rule))
    rows = rows[(rows["who"] != "") & ~rows["example"]]
    wide = rows[(rows["key"] == WIDE) | rows["key"].str.split(" ").str[0].isin(_AREAS)]
    inside = pd.Series([_containers(key) for key in rows["key"]], rows.index, dtype=object)
    narrow = rows.assign(inside=inside).explode("inside").astype({"inside": object})
    within = narrow.merge(wide, left_on=["kind", "who", "inside"], right_on=["kind", "who", "key"])
    yield from _told(within, "of a wider place what the other says of a place within it")
    long = rows[rows["end"] - rows["start"] > rule.max_days * DAY]
    short = rows[rows["end"] - rows["start"] <= rule.max_days * DAY]
    yield from _told(short.merge(long, on=["kind", "who", "key"]), "of a longer time what the other says of less")


def _told(found: pd.DataFrame, what: str) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    found = found[(found["start_x"] < found["end_y"]) & (found["start_y"] < found["end_x"])]
    for a, b in sorted(set(zip(found["claim_y"].tolist(), found["claim_x"].tolist(), strict=True))):
        if a != b:
            yield a, b, ("the same kind, party and time", f"one says {what}")


@lru_cache(maxsize=100_000)
def _containers(key: str) -> tuple[str, ...]:
    """The keys of the areas a place lies in, and WIDE."""
    if key == WIDE:
        return ()
    words = key.split(" ")
    place_id = words[1] if len(words) > 1 else key
    try:
        place = default().get(place_id)
    except GazetteerError:
        return (WIDE,)
    held = [*place.hierarchy, *([place_id] if words[0] not in _AREAS and len(words) > 1 else [])]
    return (*(f"{area} {i}" for i in held for area in _AREAS), WIDE)
