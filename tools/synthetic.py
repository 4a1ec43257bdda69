"""Made-up claims in Arrow batches, to ten million and more: for measuring only, and the same for the same seed.

A few places and sources have most of the claims, some days have many times the claims of others, and each statement
is a sentence of its own. One claim in ten has no place, one in twenty two places, one in fifty an open start.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geodata.model import Kind, Precision, Source, Unplaced
from geodata.stores import CLAIMS

__all__ = ["batches", "sources"]

DAYS: Final = 1_200
PLACES: Final = 8_000
SOURCES: Final = 400
BATCH: Final = 245_760
_BEGIN: Final = 1_645_660_800  # 24 February 2022, in seconds since 1970
_HOUR: Final = 3_600_000_000
_ACTORS: Final = ("RU", "UA", "both", "")
_VERBS: Final = (
    "shelled",
    "entered",
    "left",
    "held",
    "struck",
    "approached",
    "reported losses near",
    "denied attacking",
)
_THINGS: Final = (
    "positions",
    "a depot",
    "the bridge",
    "a column",
    "warehouses",
    "a crossing",
    "the station",
    "two posts",
)
_ENDS: Final = ("overnight", "in the morning", "for the third day", "with artillery", "with drones", "after a lull")


def sources() -> tuple[Source, ...]:
    """The sources the claims name."""
    sides = ("ukrainian", "russian", "western", "unknown")
    return tuple(Source(f"made-{i}", f"Made-up source {i}", sides[i % len(sides)]) for i in range(SOURCES))


def batches(n: int, *, seed: int = 1) -> Iterator[pa.Table]:
    """``n`` claims as tables of CLAIMS of at most BATCH rows, the columns they leave out being the model's defaults.

    Times rise from batch to batch as in a file that has been kept day by day, and mix within one.
    """
    rng = np.random.default_rng(seed)
    weights = rng.pareto(1.1, DAYS) + 0.2
    share = np.cumsum(weights / weights.sum())
    for first in range(0, n, BATCH):
        rows = min(BATCH, n - first)
        at = (first + rng.random(rows) * rows) / n
        yield _batch(first, np.searchsorted(share, at).clip(0, DAYS - 1), rng)


def _batch(first: int, day: np.ndarray[Any, Any], rng: np.random.Generator) -> pa.Table:
    rows = len(day)
    start = _BEGIN * 1_000_000 + (day * 24 + rng.integers(0, 24, rows)) * _HOUR
    place = (PLACES * rng.random(rows) ** 3).astype(np.int64)
    placed = rng.random(rows) > 0.1
    number = np.arange(first, first + rows)
    names = pa.array([f"Settlement {i}" for i in range(PLACES)])
    sentence = _sentence(names.take(pa.array(place)), number, rng)
    columns = {
        "claim_id": _join("made:", number),
        "statement": sentence,
        "quote": pc.binary_join_element_wise(
            pa.array([f"Source {i} says" for i in range(99)]).take(pa.array(number % 99)), sentence, " "
        ),
        "kind": _picked([str(k) for k in Kind], rng.zipf(1.5, rows) % len(Kind)),
        "claimant": _picked([s.source_id for s in sources()], (SOURCES * rng.random(rows) ** 4).astype(np.int64)),
        "actor": _picked(list(_ACTORS), rng.integers(0, len(_ACTORS), rows)),
        "happened_start": pa.array(start, pa.timestamp("us", "UTC"), mask=rng.random(rows) < 0.02),
        "happened_end": pa.array(start + 24 * _HOUR, pa.timestamp("us", "UTC")),
        "happened_precision": pa.repeat("day", rows),
        "unplaced": pc.if_else(pa.array(placed), pa.scalar(None, pa.string()), str(Unplaced.NO_PLACE)),
        "places": _places(names, place),
        "marks": _marks(place, np.where(placed, 1 + (rng.random(rows) < 0.05), 0)),
        "dataset": pa.repeat("made up", rows),
        "origin_file": pa.repeat("made-up.csv", rows),
        "origin_row": pc.cast(pa.array(number), pa.string()),
    }
    return pa.table(columns)


def _sentence(names: pa.Array, number: np.ndarray[Any, Any], rng: np.random.Generator) -> pa.Array:
    rows = len(number)
    parts = [_picked(list(ws), rng.integers(0, len(ws), rows)) for ws in (_ACTORS[:3], _VERBS, _THINGS, _ENDS)]
    return pc.binary_join_element_wise("Forces of", *parts[:3], "near", names, parts[3], _join("(report ", number), " ")


def _places(names: pa.Array, place: np.ndarray[Any, Any]) -> pa.Array:
    kind, named = CLAIMS.field("places").type, names.take(pa.array(place))
    given = {"mention": named, "name": named, "place_id": _join("made:p", place), "role": "location",
             "precision": str(Precision.SETTLEMENT), "inherited": False, "note": ""}  # fmt: skip
    return _lists(kind, given, np.ones(len(place), np.int32))


def _marks(place: np.ndarray[Any, Any], counts: np.ndarray[Any, Any]) -> pa.Array:
    point = np.random.default_rng(0).uniform((23.0, 45.5), (40.0, 52.2), (PLACES, 2)).round(5)
    place = np.repeat(place, counts)
    given = {"lon": pa.array(point[place, 0]), "lat": pa.array(point[place, 1]), "precision": str(Precision.SETTLEMENT),
             "role": "location", "radius_km": 5.0, "place_id": _join("made:p", place), "basis": "stated"}  # fmt: skip
    return _lists(CLAIMS.field("marks").type, given, counts)


def _lists(kind: pa.DataType, given: dict[str, Any], counts: np.ndarray[Any, Any]) -> pa.Array:
    """Lists of structs, so many to each row; a value that is no array stands in all of them."""
    rows = int(counts.sum())
    parts = []
    for field in kind.value_type:
        value = given.get(field.name)
        parts.append(value if isinstance(value, pa.Array) else pa.repeat(pa.scalar(value, field.type), rows))
    offsets = pa.array(np.concatenate(([0], np.cumsum(counts))), pa.int32())
    return pa.ListArray.from_arrays(offsets, pa.StructArray.from_arrays(parts, fields=list(kind.value_type)), type=kind)


def _picked(words: list[str], which: np.ndarray[Any, Any]) -> pa.Array:
    return pa.array(words).take(pa.array(which))


def _join(text: str, number: np.ndarray[Any, Any]) -> pa.Array:
    return pc.binary_join_element_wise(text, pc.cast(pa.array(number), pa.string()), "")
