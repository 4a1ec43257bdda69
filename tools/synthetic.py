"""Made-up claims in Arrow batches, to ten million and more: for measuring only, and the same for the same seed.

A few places and sources have most of the claims, some days have many times the claims of others, and statements are
made in English, Ukrainian and Russian. One claim in ten has no place, one in ten lasts several days, one in twenty is
drawn twice, one in fifty has an open start. Four in five tell when they were said, mostly within some days after. One
in two hundred denies, contradicts or retracts one of the few thousand before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geodata.model import Kind, Precision, RelationType, Source, Unplaced
from geodata.stores import CLAIMS

__all__ = ["BEGIN", "DAYS", "batches", "names", "sources"]

DAYS: Final = 1_200
PLACES: Final = 8_000
SOURCES: Final = 400
BATCH: Final = 245_760
BEGIN: Final = 1_645_660_800  # 24 February 2022, in seconds since 1970
_MINUTE: Final = 60_000_000
_HOUR: Final = 60 * _MINUTE
_ACTORS: Final = ("RU", "UA", "both", "")
_SENTENCES: Final = (
    ("Forces of {actor} {verb} {thing} near {place} {end}", ("RU", "UA", "both sides"),
     ("shelled", "entered", "left", "held", "struck", "approached", "reported losses at", "denied attacking"),
     ("positions", "a depot", "the bridge", "a column", "warehouses", "a crossing", "the station", "two posts"),
     ("overnight", "in the morning", "for the third day", "with artillery", "with drones", "after a lull")),
    ("{actor} {verb} {thing} біля {place} {end}", ("Ворог", "ЗСУ", "Обидві сторони"),
     ("обстріляли", "зайняли", "залишили", "утримують", "атакували", "відбили наступ на", "повідомили про втрати біля"),
     ("позиції", "склад", "міст", "колону", "переправу", "станцію", "об’єкт", "їхні укриття"),
     ("уночі", "вранці", "третій день", "артилерією", "дронами", "після обстрілів")),
    ("{actor} {verb} {thing} у {place} {end}", ("Войска", "Силы ВСУ", "Обе стороны"),
     ("обстреляли", "заняли", "оставили", "удерживают", "атаковали", "отразили наступление на", "сообщили о потерях у"),
     ("позиции", "склад", "мост", "колонну", "переправу", "станцию", "объект", "посёлок"),
     ("ночью", "утром", "третий день", "артиллерией", "дронами", "после обстрела")),
)  # fmt: skip
"""How a claim is worded in English, Ukrainian and Russian, with the words that take each place."""
_SYLLABLES: Final = (
    ("Bere", "Bila", "Cher", "Dnipro", "Hrusha", "Irpi", "Kamia", "Lozo", "Mala ", "Nova ", "Oleks", "Stara ", "Vov",
     "Zele"),
    ("go", "ni", "ra", "ve", "sla", "kho", "dy", "lu", "pe", "ta", "zo", "my"),
    ("vka", "vsk", "hrad", "pil", "nka", "rivka", "ntsi", "zhia", "lne", "chi"),
)  # fmt: skip
_CYRILLIC: Final = dict(zip("abcdefghijklmnoprstuvyz", "абцдефгхійклмнопрстувиз", strict=True))


def sources() -> tuple[Source, ...]:
    """The sources the claims name."""
    sides = ("ukrainian", "russian", "western", "unknown")
    return tuple(Source(f"made-{i}", f"Made-up source {i}", sides[i % len(sides)]) for i in range(SOURCES))


def names() -> tuple[pa.Array, pa.Array]:
    """The names of the places, in Latin and in Cyrillic letters."""
    a, b, c = _SYLLABLES
    latin = [a[i % len(a)] + b[i // len(a) % len(b)] + b[i // 168 % len(b)] + c[i * 7 % len(c)] for i in range(PLACES)]
    table = str.maketrans(_CYRILLIC | {k.upper(): v.upper() for k, v in _CYRILLIC.items()})
    return pa.array(latin), pa.array([name.translate(table) for name in latin])


def batches(n: int, *, seed: int = 1) -> Iterator[pa.Table]:
    """``n`` claims as tables of CLAIMS of at most BATCH rows, the columns they leave out being the model's defaults.

    Times rise from batch to batch as in a file that has been kept day by day, and mix within one. Places and sources
    follow Zipf's law.
    """
    rng = np.random.default_rng(seed)
    weights = rng.pareto(1.1, DAYS) + 0.2
    days = np.cumsum(weights / weights.sum())
    skew = tuple(np.cumsum(w / w.sum()) for w in (1 / np.arange(1, k + 1) for k in (PLACES, SOURCES)))
    for first in range(0, n, BATCH):
        rows = min(BATCH, n - first)
        at = (first + rng.random(rows) * rows) / n
        day = np.searchsorted(days, at).clip(0, DAYS - 1)
        place, source = (np.searchsorted(s, rng.random(rows)).clip(0, len(s) - 1) for s in skew)
        yield _batch(first, day, place, source, rng)


Whole: TypeAlias = np.ndarray[Any, np.dtype[np.int64]]


def _batch(first: int, day: Whole, place: Whole, source: Whole, rng: np.random.Generator) -> pa.Table:
    rows = len(day)
    start = BEGIN * 1_000_000 + (day * 24 + rng.integers(0, 24, rows)) * _HOUR
    lasts = np.where(rng.random(rows) < 0.1, rng.integers(2, 15, rows), 1)
    placed = rng.random(rows) > 0.1
    number = np.arange(first, first + rows)
    language = np.searchsorted((0.4, 0.8), rng.random(rows))
    said = (start + lasts * 24 * _HOUR + rng.exponential(30, rows) * _HOUR).astype(np.int64) // _MINUTE * _MINUTE
    unsaid = rng.random(rows) < 0.2
    latin, cyrillic = (n.take(pa.array(place)) for n in names())
    mention = pc.if_else(pa.array(language == 0), latin, cyrillic)
    quote, statement = (_sentence(mention, which, rng) for which in (language, language))
    columns = {
        "claim_id": _join("made:", number),
        "statement": statement,
        "quote": quote,
        "kind": _picked([str(k) for k in Kind], rng.zipf(1.5, rows) % len(Kind)),
        "claimant": _join("made-", source),
        "actor": _picked(list(_ACTORS), rng.integers(0, len(_ACTORS), rows)),
        "happened_start": pa.array(start, pa.timestamp("us", "UTC"), mask=rng.random(rows) < 0.02),
        "happened_end": pa.array(start + lasts * 24 * _HOUR, pa.timestamp("us", "UTC")),
        "happened_precision": pa.repeat("day", rows),
        "said_start": pa.array(said, pa.timestamp("us", "UTC"), mask=unsaid),
        "said_end": pa.array(said + _MINUTE, pa.timestamp("us", "UTC"), mask=unsaid),
        "said_precision": pc.if_else(pa.array(unsaid), pa.scalar(None, pa.string()), "minute"),
        "unplaced": pc.if_else(pa.array(placed), pa.scalar(None, pa.string()), str(Unplaced.NO_PLACE)),
        "places": _places(mention, latin, place),
        "marks": _marks(place, np.where(placed, 1 + (rng.random(rows) < 0.05), 0)),
        "relations": _relations(number, rng),
        "dataset": pa.repeat("made up", rows),
        "origin_file": pa.repeat("made-up.csv", rows),
        "origin_row": pc.cast(pa.array(number), pa.string()),
    }
    return pa.table(columns)


def _sentence(mention: pa.Array, language: Whole, rng: np.random.Generator) -> pa.Array:
    """One sentence a row, made of parts in its language."""
    rows = len(language)
    made = pa.array([""] * rows)
    for which, (form, *lists) in enumerate(_SENTENCES):
        words = dict(zip(("{actor}", "{verb}", "{thing}", "{end}"), lists, strict=True))
        parts = [
            _picked(list(words[part]), rng.integers(0, len(words[part]), rows)) if part in words
            else mention if part == "{place}" else part
            for part in form.split()
        ]  # fmt: skip
        made = pc.if_else(pa.array(language == which), pc.binary_join_element_wise(*parts, " "), made)
    return made


def _places(mention: pa.Array, name: pa.Array, place: Whole) -> pa.Array:
    kind = CLAIMS.field("places").type
    given = {"mention": mention, "name": name, "place_id": _join("made:p", place), "role": "location",
             "precision": str(Precision.SETTLEMENT), "inherited": False, "note": ""}  # fmt: skip
    return _lists(kind, given, np.ones(len(place), np.int32))


def _marks(place: Whole, counts: np.ndarray[Any, Any]) -> pa.Array:
    point = np.random.default_rng(0).uniform((23.0, 45.5), (40.0, 52.2), (PLACES, 2)).round(5)
    place = np.repeat(place, counts)
    given = {"lon": pa.array(point[place, 0]), "lat": pa.array(point[place, 1]), "precision": str(Precision.SETTLEMENT),
             "role": "location", "radius_km": 5.0, "place_id": _join("made:p", place), "basis": "stated"}  # fmt: skip
    return _lists(CLAIMS.field("marks").type, given, counts)


def _relations(number: Whole, rng: np.random.Generator) -> pa.Array:
    """What a few claims say of one before them."""
    told = (rng.random(len(number)) < 0.005) & (number > 0)
    target = number[told] - 1 - (rng.random(int(told.sum())) * np.minimum(number[told], 5_000)).astype(np.int64)
    types = [RelationType.DENIES, RelationType.DENIES, RelationType.CONTRADICTS, RelationType.RETRACTS]
    given = {"type": _picked([str(t) for t in types], rng.integers(0, len(types), len(target))),
             "target": _join("made:", target)}  # fmt: skip
    return _lists(CLAIMS.field("relations").type, given, told.astype(np.int32))


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
