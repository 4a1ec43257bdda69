"""The numbers that claims state, as the reader will see them: one series, each number with who says it. No sums."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from dashboard.labels import ACTOR, label
from dashboard.view import WITHHELD
from geodata.corroborate.rule import Rule, bounds
from geodata.model import Source
from geodata.query import Query
from geodata.spans import Span, TimePrecision, day
from geodata.stores.base import ClaimStore

__all__ = ["MOST", "Ledger", "Number", "Series", "ledger"]

MOST: Final = 1000
"""Numbers of one series that a page is sent: the largest. Filters or an export serve better beyond."""
_FIRST: Final = ("killed", "wounded", "captured", "missing", "displaced")
_SERIES: Final = ("measure", "unit", "whose")
_MEASURED: Final = ("per cent", "kilometre", "mile")
_MINUTE: Final = 60
_FLAGS: Final = (("retracted", "Retracted"), ("denied", "Denied"), ("contradicted", "Contradicted"))


@dataclass(frozen=True, slots=True)
class Series:
    """One thing that is counted: what, in which unit, of whom."""

    word: str
    """As the address has it: measure, unit and party joined by ``~``."""
    measure: str
    unit: str
    whose: str
    numbers: int


@dataclass(frozen=True, slots=True)
class Number:
    """One number as claimed."""

    claim_id: str
    statement: str
    source: str
    claimant: str
    side: str
    """As a word, for its colour."""
    relays: tuple[str, ...]
    says: str
    """As written, or the number with its range in words."""
    range: str
    best: float | None
    least: float | None
    """The closed range it can mean; None where it is open."""
    most: float | None
    qualifier: str
    at: int | None
    """Minutes since 1970: the day a running total is of, else the middle of its time; None where neither is stated."""
    when: str
    since: str
    """The day a running total counts from; empty for a single report."""
    counted: str
    """The same day in words."""
    struck: bool
    flags: tuple[tuple[str, str], ...]
    """(word, English) of how it stands among the others."""
    taken_back: tuple[tuple[str, str, str], ...]
    """(word, English, claim id) of each claim that takes it back."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """What is counted, and the numbers of the series chosen."""

    series: tuple[Series, ...]
    chosen: str
    total: int
    rows: tuple[Number, ...]


def ledger(store: ClaimStore, query: Query, word: str = "", *, limit: int = MOST) -> Ledger:
    """The series that a query's claims count, and the numbers of the one named, or of the first if there is no such."""
    asked = {_word(row): row for row in store.series(query).to_pylist()}
    found = sorted((_series(w, row) for w, row in asked.items()), key=_order)
    if not found:
        return Ledger((), "", 0, ())
    chosen = next((s for s in found if s.word == word), found[0])
    measure, unit, whose = (asked[chosen.word][name] for name in _SERIES)
    table = store.numbers(query, measure=measure, unit=unit, whose=whose, limit=limit)
    sources = store.sources()
    told = table.to_pylist()
    voices = _voices(store, [r["target"] for row in told for r in row["taken_back"]])
    rows = tuple(_number(row, sources, voices) for row in told)
    return Ledger(tuple(found), chosen.word, chosen.numbers, rows)


def _order(series: Series) -> tuple[int, int, str]:
    """People first, then things, then what is measured rather than counted."""
    place = _FIRST.index(series.measure) if series.measure in _FIRST else len(_FIRST) + (series.unit in _MEASURED)
    return place, -series.numbers, series.word


def _word(row: Mapping[str, Any]) -> str:
    return "~".join(row[name] for name in _SERIES)


def _series(word: str, row: Mapping[str, Any]) -> Series:
    whose = ACTOR.get(row["whose"]) or row["named"]
    return Series(word, row["measure"], row["unit"], whose, row["numbers"])


def _voices(store: ClaimStore, ids: Sequence[str]) -> Mapping[str, str]:
    """Who says each of the claims, by its id."""
    if not ids:
        return {}
    table = store.table(Query(claim=tuple(ids)), ("claim_id", "claimant_name"))
    return dict(zip(*(table[name].to_pylist() for name in table.column_names), strict=True))


def _number(row: Mapping[str, Any], sources: Mapping[str, Source], voices: Mapping[str, str]) -> Number:
    least, most = bounds((row["low"], row["high"], row["qualifier"]), Rule())
    if row["low"] is None and row["high"] is None:
        least = most = row["best"]
    happened = Span(row["happened_start"], row["happened_end"], TimePrecision.RANGE)
    known = [v for v in (row["best"], row["low"], row["high"]) if v is not None]
    back = tuple(_taken_back(row, voices))
    return Number(
        claim_id=row["claim_id"],
        statement=WITHHELD if row["graphic"] else row["statement"],
        source=row["claimant"],
        claimant=_name(row["claimant"], sources),
        side=row["side"],
        relays=tuple(_name(s, sources) for s in row["relays"]),
        says=row["text"] or _words(row),
        range=_words(row),
        best=row["best"] if row["best"] is not None else known[0] if len(set(known)) == 1 else None,
        least=_finite(least),
        most=_finite(most),
        qualifier=row["qualifier"],
        at=_instant(row, bool(row["since"])),
        when=_as_of(row) if row["since"] else happened.stated() if happened != Span(None, None) else "",
        since=row["since"],
        counted=day(date.fromisoformat(row["since"][:10])).describe() if row["since"] else "",
        struck=row["retracted"] or row["denied"],
        flags=tuple((word, text) for word, text in _flags(row, sources) if word not in {w for w, _, _ in back}),
        taken_back=back,
    )


def _taken_back(row: Mapping[str, Any], voices: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    for r in row["taken_back"]:
        if r["target"] in voices:
            word = r["type"].removesuffix("_by")
            yield word, f"{word.capitalize()}, says {voices[r['target']]}", r["target"]


def _name(source_id: str, sources: Mapping[str, Source]) -> str:
    source = sources.get(source_id)
    return source.name if source else source_id


def _flags(row: Mapping[str, Any], sources: Mapping[str, Source]) -> Iterator[tuple[str, str]]:
    for word, english in _FLAGS:
        if row[word]:
            by = ", ".join(_name(s, sources) for s in row["opposed"][:3]) if word == "contradicted" else ""
            yield word, f"{english} by {by}" if by else english
    if row["corroborated"]:
        yield "corroborated", f"{row['sides']} sides agree" if row["sides"] > 1 else "Another voice agrees"
    if row["modality"] in ("assessed", "forecast", "unconfirmed"):
        yield row["modality"], label("modality", row["modality"]).split(" or ")[0]
    if row["negated"]:
        yield "negated", "Says it did not happen"


def _words(row: Mapping[str, Any]) -> str:
    """``16,153 (14,000 to 21,000)``: the best number, and its range where that says more.

    >>> _words({"low": 14000, "best": 16153, "high": 21000}), _words({"low": None, "best": None, "high": 10000})
    ('16,153 (14,000 to 21,000)', 'up to 10,000')
    """
    low, best, high = (None if v is None else _plain(v) for v in (row["low"], row["best"], row["high"]))
    if low is not None and high is not None:
        reach = low if low == high else f"{low} to {high}"
    else:
        reach = f"{low} or more" if low is not None else f"up to {high}" if high is not None else ""
    if not reach or best is None:
        return reach or best or "not stated"
    return reach if best == reach else f"{best} ({reach})"


def _plain(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:,}"


def _finite(value: float | None) -> float | None:
    return None if value is None or abs(value) == float("inf") else value


def _instant(row: Mapping[str, Any], running: bool) -> int | None:
    start, end = row["happened_start"], row["happened_end"]
    last = end and end - min(timedelta(hours=12), end - start if start else timedelta(hours=12))
    middle = start + (end - start) / 2 if start and end else last or start
    said = row["said_start"] or row["said_end"]
    found: datetime | None = (last if running else middle) or said
    return int(found.timestamp()) // _MINUTE if found else None


def _as_of(row: Mapping[str, Any]) -> str:
    end = row["happened_end"]
    if end is None:
        return ""
    return day((end - timedelta(microseconds=1)).date()).describe()
