"""Sources beside each other, as the reader will see them: a matrix, who says so first, and the page of one source."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any, Final

from dashboard.labels import label
from geodata.model import BODIES, UNKNOWN_SIDE, Layer, Source, SourceRevision
from geodata.query import Query
from geodata.spans import day
from geodata.stores.base import ClaimStore

__all__ = ["FEW", "Comparison", "Lead", "Line", "Portrait", "Revised", "compare", "portrait"]

ROWS: Final = 60
COLUMNS: Final = 40
PLACES: Final = 14
PAIRS: Final = 40
FEW: Final = 5
"""Shared events below which a median says nothing."""
_WEEKS: Final = 27
_MONTHS: Final = 40
_AROUND: Final = timedelta(weeks=12)
"""What the columns of a matrix by time show at the least of the time around a window."""
_OWN: Final = {"layer": ("layer", "kind"), "place": ("place",), "week": ()}
_SIDES: Final = ("ukrainian", "russian", "western", "un", "ngo", UNKNOWN_SIDE)
_LAYERS: Final = {str(layer): k for k, layer in enumerate(Layer)}
_WIDTH: Final = {"week": 7, "month": 30.4, "year": 365.25}


@dataclass(frozen=True, slots=True)
class Line:
    """One source and its cells."""

    source: str
    name: str
    side: str
    body: str
    claims: int
    cells: tuple[int, ...]
    """Claims by column."""


@dataclass(frozen=True, slots=True)
class Lead:
    """Two sources that speak of the same events; ``first`` says so earlier at the median."""

    first: str
    second: str
    first_id: str
    second_id: str
    events: int
    before: int
    """Events of which ``first`` speaks earlier."""
    after: int
    together: int
    median_h: float | None
    """Hours from the one to the other; None where the events are too few to say."""
    first_alone: int
    """Events of several voices that ``first`` speaks of and ``second`` does not."""
    second_alone: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """The matrix and the pairs."""

    across: str
    """layer, place, week, month or year: weeks become months and years where they are too many."""
    columns: tuple[tuple[str, str, str], ...]
    """(word, name, end): layer; gazetteer id; or first day, with the day after its last."""
    lines: tuple[Line, ...]
    sources: int
    """How many there are in all."""
    leads: tuple[Lead, ...]


@dataclass(frozen=True, slots=True)
class Revised:
    """What somebody changed of a source."""

    author: str
    day: str
    reason: str
    changes: tuple[tuple[str, str, str], ...]
    """(what, before, after) in words."""


@dataclass(frozen=True, slots=True)
class Portrait:
    """The page of one source."""

    source: str
    name: str
    side: str
    side_word: str
    body: str
    body_word: str
    aliases: tuple[str, ...]
    reviewed: bool
    claims: int
    standing: tuple[tuple[str, int], ...]
    layers: tuple[tuple[str, int], ...]
    places: tuple[tuple[str, str, int], ...]
    """(gazetteer id, name, claims), the most first."""
    relays: tuple[tuple[str, str, int], ...]
    """(source id, name, claims) of those who pass its words on."""
    days: tuple[tuple[str, int], ...]
    """(ISO date, claims), in order."""
    first: str
    last: str
    leads: tuple[Lead, ...]
    revisions: tuple[Revised, ...]
    """The latest first."""
    sides: tuple[tuple[str, str], ...]
    """(word, English) that it may be given: those of the store's sources."""
    bodies: tuple[tuple[str, str], ...]


def compare(store: ClaimStore, query: Query, across: str = "layer") -> Comparison:
    """The largest sources by layer, place or time under a query, and who of them says so first.

    What rows and columns stand for is no filter here: a matrix keeps its other rows and columns, as a facet its values.
    By time it has the columns of the window and, where that is short, of the weeks around it.
    """
    across = across if across in ("place", "week") else "layer"
    query = query.without("source", "side", *_OWN[across])
    query = _widened(query) if across == "week" else query
    known, counts = store.sources(), store.facets(query)["source"]
    across = _fitting(*store.extent(query)) if across == "week" else across
    columns = PLACES if across == "place" else COLUMNS
    cells: dict[str, dict[str, int]] = defaultdict(dict)
    totals: dict[str, int] = defaultdict(int)
    names: dict[str, str] = {}
    for row in store.matrix(query, across, rows=ROWS, columns=columns).to_pylist():
        cells[row["source"]][row["col"]] = row["claims"]
        totals[row["col"]] += row["claims"]
        names[row["col"]] = row["name"]
    words = sorted(totals, key=lambda w: (-totals[w], w) if across == "place" else (_LAYERS.get(w, 0), w))
    heads = tuple(_head(across, w, names[w]) for w in words)
    shown = sorted(counts, key=lambda s: (-counts[s], s))[:ROWS]
    lines = [_line(known.get(s) or Source(s, s), counts[s], [cells[s].get(w, 0) for w in words]) for s in shown]
    lines.sort(key=lambda line: (line.side, -line.claims, line.name))
    return Comparison(across, heads, tuple(lines), len(counts), _leads(store, query, known))


def portrait(store: ClaimStore, query: Query, source_id: str) -> Portrait | None:
    """The page of a source under the rest of a query; None if there is no such source."""
    known = store.sources()
    if (source := known.get(source_id)) is None:
        return None
    parts: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in store.portrait(replace(query, source=(source_id,), side=())).to_pylist():
        parts[row["part"]].append(row)
    days = sorted((row["word"], row["claims"]) for row in parts["day"])
    return Portrait(
        source=source_id,
        name=_name(source_id, known),
        side=label("side", source.side),
        side_word=source.side,
        body=_words(source.body),
        body_word=source.body,
        aliases=source.aliases,
        reviewed=source.reviewed,
        claims=parts["claims"][0]["claims"],
        standing=tuple((row["word"], row["claims"]) for row in parts["standing"]),
        layers=tuple((row["word"], row["claims"]) for row in parts["layer"]),
        places=tuple((row["word"], row["name"], row["claims"]) for row in parts["place"] if row["word"])[:PLACES],
        relays=tuple((row["word"], _name(row["word"], known), row["claims"]) for row in parts["relay"])[:PLACES],
        days=tuple(days),
        first=day(date.fromisoformat(days[0][0])).describe() if days else "",
        last=day(date.fromisoformat(days[-1][0])).describe() if days else "",
        leads=_leads(store, query, known, source_id),
        revisions=_revised(store.revisions(source_id)),
        sides=tuple((word, label("side", word)) for word in sorted({*_SIDES, *(s.side for s in known.values())})),
        bodies=tuple((word, _words(word)) for word in BODIES),
    )


def _revised(told: Sequence[SourceRevision]) -> tuple[Revised, ...]:
    """Each revision by what it changed, the latest first."""
    return tuple(
        Revised(
            after.author,
            day(after.written_at.date()).describe() if after.written_at else "",
            after.reason,
            tuple((what, old, new) for what, old, new in _changes(before.source, after.source) if old != new),
        )
        for before, after in reversed(list(pairwise(told)))
    )


def _changes(before: Source, after: Source) -> Iterator[tuple[str, str, str]]:
    yield "Name", before.name, after.name
    yield "Side", label("side", before.side), label("side", after.side)
    yield "Sort", _words(before.body), _words(after.body)
    yield "Other names", ", ".join(before.aliases) or "none", ", ".join(after.aliases) or "none"
    yield "Reviewed", "no" if not before.reviewed else "yes", "no" if not after.reviewed else "yes"


def _words(body: str) -> str:
    return body.replace("_", " ")


def _widened(query: Query) -> Query:
    """With a window of at least ``_AROUND``; without any where one end is open, since that reaches over all time."""
    if query.start is None or query.end is None:
        return query.without("start", "end")
    more = max(timedelta(0), _AROUND - (query.end - query.start)) / 2
    return replace(query, start=query.start - more, end=query.end + more)


def _fitting(first: datetime | None, last: datetime | None) -> str:
    """The finest of week, month and year of which there are not too many."""
    if first is None or last is None:
        return "week"
    length = (last - first).days
    return "week" if length / 7 <= _WEEKS else "month" if length / _WIDTH["month"] <= _MONTHS - 1 else "year"


def _head(across: str, word: str, name: str) -> tuple[str, str, str]:
    if across == "layer":
        return word, label("layer", word), ""
    if across == "place":
        return word, name or word, ""
    start = date.fromisoformat(word)
    if across == "week":
        return word, f"{start.day} {start:%b}", (start + timedelta(days=7)).isoformat()
    end = (
        (start.replace(day=1) + timedelta(days=32)).replace(day=1)
        if across == "month"
        else start.replace(year=start.year + 1)
    )
    return word, f"{start:%b %Y}" if across == "month" else f"{start:%Y}", end.isoformat()


def _line(source: Source, claims: int, cells: Sequence[int]) -> Line:
    name = _name(source.source_id, {source.source_id: source})
    return Line(source.source_id, name, source.side, _words(source.body), claims, tuple(cells))


def _leads(store: ClaimStore, query: Query, known: Mapping[str, Source], source_id: str = "") -> tuple[Lead, ...]:
    others = replace(query, source=(), side=())
    return tuple(_lead(row, known) for row in store.leads(others, source=source_id, limit=PAIRS).to_pylist())


def _lead(row: Mapping[str, Any], known: Mapping[str, Source]) -> Lead:
    """The pair turned so that the first of them leads."""
    turned = (row["median_h"], row["a_first"] - row["b_first"]) < (0, 0)
    a, b = ("b", "a") if turned else ("a", "b")
    return Lead(
        first=_name(row[a], known),
        second=_name(row[b], known),
        first_id=row[a],
        second_id=row[b],
        events=row["events"],
        before=row[f"{a}_first"],
        after=row[f"{b}_first"],
        together=row["together"],
        median_h=abs(row["median_h"]) if row["events"] >= FEW else None,
        first_alone=row[f"{a}_alone"],
        second_alone=row[f"{b}_alone"],
    )


def _name(source_id: str, known: Mapping[str, Source]) -> str:
    source = known.get(source_id)
    return source.name if source else source_id
