"""What the reader will see, as plain frozen data: rows, the tray, the card. No components, no colours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from dashboard.labels import RELATION, UNPLACED, label
from geodata.errors import UnknownClaimError
from geodata.model import Basis, Claim, Coding, Document, Figure, Mark, PlaceMention, Source, Unplaced
from geodata.query import Query
from geodata.spans import Span, TimePrecision
from geodata.stores.base import ClaimStore

__all__ = [
    "MOST",
    "Card",
    "Listing",
    "PlaceLine",
    "Related",
    "Row",
    "TrayGroup",
    "Voice",
    "card",
    "listing",
    "row",
]

MOST: Final = 1200
"""Rows of one list that a page is ever sent; beyond it filters or an export serve better."""


@dataclass(frozen=True, slots=True)
class Voice:
    """A source as printed: its name, side and sort of body."""

    source_id: str
    name: str
    side: str
    body: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list of claims."""

    claim_id: str
    layer: str
    kind: str
    statement: str
    claimant: Voice
    place: str
    happened: str
    struck: bool
    """True if the claim was denied or retracted."""
    flags: tuple[tuple[str, str], ...]
    """(word, English) of what a reader must know before believing: retracted, contradicted, assessed, ..."""
    undated: bool = False
    """True if only its open start lets the claim into the window asked for."""


@dataclass(frozen=True, slots=True)
class TrayGroup:
    """Claims that are not on the map for one reason."""

    reason: str
    total: int
    rows: tuple[Row, ...]
    """The latest of them."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The claims a query matches: the first rows, and everything that has no mark."""

    total: int
    rows: tuple[Row, ...]
    tray: tuple[TrayGroup, ...]
    tray_total: int
    phrase: str


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """A place of a claim: as spelled by the source, and as resolved."""

    mention: str
    resolved: str
    role: str
    precision: str
    note: str


@dataclass(frozen=True, slots=True)
class Related:
    """Another claim (or source) this one stands in relation to; ``row`` is None for a source."""

    relation: str
    row: Row | None
    text: str


@dataclass(frozen=True, slots=True)
class Card:
    """Everything that is known of one claim."""

    row: Row
    claim: Claim
    relays: tuple[Voice, ...]
    alternatives: tuple[Voice, ...]
    said: str
    places: tuple[PlaceLine, ...]
    figures: tuple[tuple[str, str], ...]
    """(measure, figure in words)."""
    related: tuple[Related, ...]
    document: Document | None
    unplaced: str


def row(claim: Claim, sources: Mapping[str, Source], query: Query | None = None) -> Row:
    """The line that stands for ``claim`` in the list of a query."""
    span = claim.happened
    end = query and (query.wall if span.of_days else query.window).end
    return Row(
        claim_id=claim.claim_id,
        layer=claim.layer,
        kind=label("kind", claim.kind),
        statement=claim.statement,
        claimant=_voice(claim.claimant, sources),
        place=_place_word(claim),
        happened=_when(claim.happened),
        struck=claim.modality in ("denied", "retracted"),
        flags=tuple(_flags(claim)),
        undated=bool(end and span.start is None and (span.end is None or span.end > end)),
    )


def listing(store: ClaimStore, query: Query, *, limit: int = MOST) -> Listing:
    """The first ``limit`` rows a query matches, the latest first, and the tray of those without a mark."""
    sources = store.sources()
    tray = tuple(_tray(store, query, sources, limit))
    return Listing(
        total=store.count(query),
        rows=tuple(row(c, sources, query) for c in store.latest(query, limit=limit)),
        tray=tray,
        tray_total=sum(group.total for group in tray),
        phrase=query.without("start", "end", *_unsaid(query)).phrase({i: s.name for i, s in sources.items()}),
    )


def card(store: ClaimStore, claim_id: str) -> Card:
    """The card of one claim.

    Raises
    ------
    UnknownClaimError
    """
    claim, sources = store.get(claim_id), store.sources()
    documents = store.documents([claim.document_id])
    return Card(
        row=row(claim, sources),
        claim=claim,
        relays=tuple(_voice(s, sources) for s in claim.relays),
        alternatives=tuple(_voice(s, sources) for s in claim.claimant_alt),
        said=_when(claim.said_at) if claim.said_at else "not stated",
        places=tuple(_place(m, claim.marks) for m in claim.places),
        figures=tuple((f"{f.measure} ({f.unit})" if f.unit else f.measure, _figure(f)) for f in claim.figures),
        related=tuple(_related(store, claim, sources)),
        document=documents.get(claim.document_id),
        unplaced=UNPLACED[claim.unplaced] if claim.unplaced else "",
    )


def _tray(store: ClaimStore, query: Query, sources: Mapping[str, Source], limit: int) -> Iterator[TrayGroup]:
    for reason in Unplaced:
        if query.unplaced and reason not in query.unplaced:
            continue
        found = replace(query, unplaced=(reason,))
        if total := store.count(found):
            rows = tuple(row(c, sources) for c in store.latest(found, limit=limit))
            yield TrayGroup(UNPLACED[reason], total, rows)


def _unsaid(query: Query) -> tuple[str, ...]:
    """The field of who coded the claims where the page says it beside the sentence, with the number left out."""
    return ("coding",) if set(query.coding) == set(Coding) - {Coding.MACHINE} else ()


def _flags(claim: Claim) -> Iterator[tuple[str, str]]:
    if claim.modality not in ("claimed", "reported"):
        yield claim.modality, label("modality", claim.modality).split(" or ")[0]
    if any(r.type.startswith("contradict") for r in claim.relations):
        yield "contradicted", "Contradicted"


def _voice(source_id: str, sources: Mapping[str, Source]) -> Voice:
    s = sources.get(source_id) or Source(source_id, source_id)
    return Voice(s.source_id, s.name, label("side", s.side), s.body.replace("_", " "))


def _place_word(claim: Claim) -> str:
    named = [m for m in claim.places if m.role not in ("container", "reference")] or list(claim.places)
    return ", ".join(dict.fromkeys(m.mention for m in named))


def _when(span: Span) -> str:
    """The span in words; an open start says so.

    >>> from datetime import date
    >>> from geodata.spans import until
    >>> _when(until(date(2022, 3, 22)))
    'on or before 22 March 2022'
    """
    if span.start is None and span.end is not None and span.precision is TimePrecision.OPEN:
        return "on or before " + span.describe().removeprefix("until ")
    return span.describe()


def _place(mention: PlaceMention, marks: Iterable[Mark]) -> PlaceLine:
    mark = next((m for m in marks if m.place_id and m.place_id == mention.place_id), None)
    notes = [mention.note] if mention.note else []
    if mention.inherited:
        notes.append("taken from the same sentence, not said of this claim itself")
    if mark and mark.shape and mark.basis is Basis.INFERRED:
        notes.append("the extent drawn is ours")
    elif mark and not mark.shape:
        notes.append(f"within about {mark.radius_km:.1f} km")
    resolved = mention.name if mention.name and mention.name != mention.mention else ""
    return PlaceLine(
        mention.mention, resolved, mention.role, label("precision", mention.precision).lower(), "; ".join(notes)
    )


def _figure(f: Figure) -> str:
    def number(v: float) -> str:
        return f"{v:,.0f}" if v == int(v) else f"{v:,}"

    if f.low is not None and f.high is not None:
        text = number(f.low) if f.low == f.high else f"{number(f.low)} to {number(f.high)}"
    elif f.low is not None:
        text = f"{number(f.low)} or more"
    elif f.high is not None:
        text = f"up to {number(f.high)}"
    else:
        text = number(f.best) if f.best is not None else "not stated"
    words = [f"as written: “{f.text}”"] if f.text else [f.qualifier] if f.qualifier else []
    if f.since:
        words.append(f"since {f.since}")
    return f"{text} ({'; '.join(words)})" if words else text


def _related(store: ClaimStore, claim: Claim, sources: Mapping[str, Source]) -> Iterator[Related]:
    for r in claim.relations:
        name = RELATION[r.type]
        try:
            yield Related(name, row(store.get(r.target), sources), "")
        except UnknownClaimError:
            known = sources.get(r.target)
            yield Related(name, None, known.name if known else r.target)
