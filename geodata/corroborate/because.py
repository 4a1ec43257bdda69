"""The reasons in plain English: why claims are grouped, and what each of two says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from geodata.model import RelationType
from geodata.spans import Span, TimePrecision

__all__ = ["BY_HAND", "WITHDRAWAL", "event", "pair", "place", "saying", "span"]

WITHDRAWAL: Final = (
    "a statement about the same source in the same document",
    "its voice says that it was withdrawn",
)
BY_HAND: Final = ("put so by hand",)
_DAY: Final = timedelta(days=1)
_NAMES: Final = {"RU": "Russia", "UA": "Ukraine"}
_SORTS: Final = {"fight": "fighting for it, or who holds it", "fire": "fire on it", "movement": "movements there",
                 "static": "no movement there", "toll": "what was lost there"}  # fmt: skip
_STATES: Final = {"contested": "that it was contested", "truce": "that a truce held",
                  "gray_zone": "that it lay between the lines", "uncontrolled": "that nobody held it"}  # fmt: skip


def place(described: Any) -> str:
    """The name of an event's place."""
    return str(described["named"] or described["key"])


def span(described: Any) -> Span:
    """The time the claims of an event share."""
    start, end = (datetime.fromtimestamp(described[side] / 1e6, UTC) for side in ("start", "end"))
    whole = not any((t.hour, t.minute, t.second) != (0, 0, 0) for t in (start, end))
    precise = TimePrecision.DAY if end - start == _DAY else TimePrecision.RANGE
    return Span(start, end, precise if whole else TimePrecision.MINUTE)


def event(described: Any) -> tuple[str, ...]:
    """Why the claims of an event were grouped."""
    sort, who = described["sort"], _NAMES.get(described["party"], described["party"])
    wide = described["key"] == "everywhere"
    where = "no place finer than a country" if wide else f"the same place: {place(described)}"
    if sort.startswith("total "):
        since = described["since"]
        return (f"running totals of the same thing: {sort[6:]}" + (f", {who}" if who else ""), where,
                f"counted from the same day: {since}")  # fmt: skip
    about = _SORTS.get(sort, sort.replace("_", " "))
    when = f"all can have happened at one time: {span(described).describe()}"
    return (where, when, f"about one thing: {about}", *([f"the same party: {who}"] if who else []))


def pair(kind: RelationType, described: Any, a: Any, b: Any) -> tuple[str, ...]:
    """Why two claims of an event stand as they do."""
    one, other = (saying(s["stance"], s["figures"]) for s in (a, b))
    if kind is RelationType.CONTRADICTS:
        said = f"one says {one}, the other {other}: both cannot be"
    elif kind is RelationType.CONSISTENT_WITH or one != other:
        said = f"one says {one}, the other {other}"
    else:
        said = f"both say {one}"
    return (*event(described), said)


def saying(stance: str, figures: tuple[tuple[str, str, float, float], ...]) -> str:
    """What is said, as the end of "it says ..."."""
    word, _, who = stance.partition(":")
    who = _NAMES.get(who, who)
    told = {
        "holds": f"that {who} held it",
        "lost": f"that {who} did not hold it",
        "stands": f"that {who} fought back in it",
        "state": _STATES.get(who, ""),
        "fighting": "that there was fighting",
        "no fighting": "that there was no fighting",
        "total": "",
    }.get(word, word.replace("_", " "))
    numbers = [f"{_range(low, high)} {measure}" for measure, _, low, high in figures]
    return ": ".join(filter(None, (told, ", ".join(numbers))))


def _range(low: float, high: float) -> str:
    if low == high:
        return f"{low:,.0f}"
    if high == float("inf"):
        return f"{low:,.0f} or more"
    return f"up to {high:,.0f}" if low == float("-inf") else f"{low:,.0f} to {high:,.0f}"
