"""Stores of made-up claims, for measuring only: the sample's claims again and again, at other places and times."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from geodata.ingest import load_file, sample_path
from geodata.model import Bundle, Claim, Mark
from geodata.spans import Span
from geodata.stores import open_store

DAYS: Final = 120
PLACES: Final = 5_000
"""Distinct points; a data set of 100,000 coded events names some thousands of settlements."""
_BEGIN: Final = datetime(2022, 2, 24, tzinfo=UTC)
_WEST, _SOUTH, _EAST, _NORTH = 23.0, 45.5, 40.0, 52.2


def synthetic(n: int, *, seed: int = 1) -> Bundle:
    """``n`` claims, the same for the same seed, with the sample's sources, documents and mix of shapes."""
    sample = load_file(sample_path())
    return replace(sample, claims=tuple(_made(sample.claims, n, random.Random(seed))), rejections=())


def fill(folder: Path, n: int) -> None:
    """Make a store in ``folder`` and import ``n`` made-up claims."""
    store = open_store(folder, create=True)
    store.append(synthetic(n))
    store.close()


def _made(templates: tuple[Claim, ...], n: int, rng: random.Random) -> Iterator[Claim]:
    places = [(rng.uniform(_WEST, _EAST), rng.uniform(_SOUTH, _NORTH)) for _ in range(PLACES)]
    for number in range(n):
        claim = templates[number % len(templates)]
        start = _BEGIN + timedelta(hours=rng.randrange(DAYS * 24))
        happened = Span(start, start + timedelta(days=rng.choice((1, 1, 1, 2, 7))))
        marks = tuple(_moved(mark, places, rng) for mark in claim.marks)
        yield replace(claim, claim_id=f"made-{number}", happened=happened, marks=marks, relations=())


def _moved(mark: Mark, places: list[tuple[float, float]], rng: random.Random) -> Mark:
    """A point at another place, some places far more often than others; a shape stays where it is."""
    if mark.shape:
        return mark
    lon, lat = places[int(len(places) * rng.random() ** 2)]
    return replace(mark, lon=lon, lat=lat, place_id=None)
