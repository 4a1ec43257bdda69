"""What the reader will see, as plain frozen data: rows, the tray, the card. No components, no colours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from dashboard.labels import CODED, RELATION, UNPLACED, label
from geodata import gazetteer
from geodata.errors import GeodataError, UnknownClaimError
from geodata.model import UNSTATED, Basis, Claim, Coding, Document, Figure, Mark, PlaceMention, Source, Unplaced
from geodata.query import Query
from geodata.spans import EVER, Clock
from geodata.stores.base import ClaimStore, Credit

__all__ = [
    "MOST",
    "WITHHELD",
    "Card",
    "Listing",
    "NotYet",
    "PlaceLine",
    "Related",
    "Row",
    "TrayGroup",
    "Voice",
    "as_known",
    "card",
    "graphic_among",
    "listing",
    "not_yet",
    "row",
]

MOST: Final = 1200
"""Rows of one list that a page is ever sent; beyond it filters or an export serve better."""
WITHHELD: Final = "Graphic content: open the card to decide"
"""What a list says instead of the words of a graphic document."""


@dataclass(frozen=True, slots=True)
class Voice:
    """A source as printed: its name, side and sort of body."""

    source_id: str
    name: str
    side: str
    body: str
    reviewed: bool
    """False if it was met in a file and nobody has looked at who it is."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list of claims."""

    claim_id: str
    layer: str
    kind: str
    statement: str
    """Withheld where its document is graphic: a list shows such words to nobody who has not asked for them."""
    claimant: Voice
    place: str
    happened: str
    struck: bool
    """True if the claim was denied or retracted."""
    flags: tuple[tuple[str, str], ...]
    """(word, English) of what a reader must know before believing: retracted, contradicted, assessed, ..."""
    hits: tuple[tuple[int, int], ...] = ()
    """Where what was searched for stands in the statement: ``[start, end)`` in code points."""
    undated: bool = False
    """True if only its open start lets the claim into the window asked for."""
    aside: str = ""
    """The claimant's side; whom we know it through where no claimant is stated."""


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
    credits: tuple[Credit, ...]
    """What is to be printed with them: data sets, licences, credits, citations."""


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
    coded: str
    """Who turned the report into the claim, in words."""
    graphic: bool
    """True if its document is said to show graphic violence: ask before showing its words."""


def row(claim: Claim, sources: Mapping[str, Source], query: Query | None = None, *, graphic: bool = False) -> Row:
    """The line that stands for ``claim`` in the list of a query.

    Parameters
    ----------
    graphic : the claim stands in a graphic document, so its words are withheld.
    """
    span = (claim.said_at or EVER) if query and query.clock is Clock.SAID else claim.happened
    end = query and (query.wall if span.of_days else query.window).end
    return Row(
        claim_id=claim.claim_id,
        layer=claim.layer,
        kind=label("kind", claim.kind),
        statement=WITHHELD if graphic else claim.statement,
        claimant=_voice(claim.claimant, sources),
        place=_place_word(claim),
        happened=claim.happened.stated(),
        struck=claim.modality in ("denied", "retracted"),
        flags=tuple(_flags(claim)),
        undated=bool(end and span.start is None and (span.end is None or span.end > end)),
        aside=_aside(claim, sources),
    )


def _aside(claim: Claim, sources: Mapping[str, Source]) -> str:
    if claim.claimant == UNSTATED and claim.relays:
        return f"through {', '.join(_voice(relay, sources).name for relay in claim.relays)}"
    return _voice(claim.claimant, sources).side


def listing(store: ClaimStore, query: Query, *, limit: int = MOST, best: bool = False) -> Listing:
    """The first ``limit`` rows a query matches, the latest first, and the tray of those without a mark.

    With ``best``, what fits the words searched for best comes first.
    """
    sources = store.sources()
    tray = tuple(_tray(store, query, sources, limit))
    latest = _best(store, query, limit) if best and query.text else store.latest(query, limit=limit)
    names = {i: s.name for i, s in sources.items()}
    return Listing(
        total=store.count(query),
        rows=_rows(store, latest, sources, query),
        tray=tray,
        tray_total=sum(group.total for group in tray),
        phrase=query.without("start", "end", *_unsaid(query)).phrase(names | _places(query)),
        credits=tuple(store.credits(query)),
    )


def card(store: ClaimStore, claim_id: str, then: Query | None = None) -> Card:
    """The card of one claim, as far as it was known when ``then`` says.

    Raises
    ------
    UnknownClaimError
    """
    then = then or Query()
    claim, sources = as_known(store, claim_id, then), store.sources()
    document = store.documents([claim.document_id]).get(claim.document_id)
    return Card(
        row=row(claim, sources),
        claim=claim,
        relays=tuple(_voice(s, sources) for s in claim.relays),
        alternatives=tuple(_voice(s, sources) for s in claim.claimant_alt),
        said=claim.said_at.stated() if claim.said_at else "not stated",
        places=tuple(_place(m, claim.marks) for m in claim.places),
        figures=tuple((f"{f.measure} ({f.unit})" if f.unit else f.measure, _figure(f)) for f in claim.figures),
        related=tuple(_related(store, claim, sources, then)),
        document=document,
        unplaced=UNPLACED[claim.unplaced] if claim.unplaced else "",
        coded=CODED[claim.coding],
        graphic=document is not None and document.graphic,
    )


def as_known(store: ClaimStore, claim_id: str, then: Query) -> Claim:
    """The claim as it stood at the instant of ``then``.

    Raises
    ------
    UnknownClaimError
        If there is none, or it was not known by then.
    """
    newest = store.get(claim_id)
    if then.known is None:
        return newest
    found = next(iter(store.claims(replace(then, claim=(claim_id,)))), None)
    if found is None:
        told = "been recorded" if then.by is Clock.RECORDED else "been said"
        raise UnknownClaimError(f"{claim_id} had not {told} by then", remedy="Go back to all that is known.")
    return found


@dataclass(frozen=True, slots=True)
class NotYet:
    """A claim that was not known at an instant; what it says is not told."""

    then: str
    """The instant and the clock, in words: ``8 March 2022, 15:00 UTC, by what had been said``."""
    since: datetime | None
    """The first whole minute at which it was known by that clock; None where it never is."""


def not_yet(store: ClaimStore, claim_id: str, then: Query) -> NotYet | None:
    """From when a claim is known that was not at the instant of ``then``; None if it was.

    Raises
    ------
    UnknownClaimError
        If there is none.
    """
    claim = store.get(claim_id)
    if then.known is None or store.count(Query(claim=(claim_id,), known=then.known, by=then.by)):
        return None
    if then.by is Clock.RECORDED:
        since = store.get(claim_id, revision=1).recorded_at
    else:
        since = claim.said_at and claim.said_at.end
    if since and (since.second or since.microsecond):
        since = since.replace(second=0, microsecond=0) + timedelta(minutes=1)
    return NotYet(then.state_of_knowledge.removeprefix("as known on "), since)


def _tray(store: ClaimStore, query: Query, sources: Mapping[str, Source], limit: int) -> Iterator[TrayGroup]:
    totals = store.unplaced(query)
    for reason in Unplaced:
        if total := totals.get(reason):
            latest = store.latest(replace(query, unplaced=(reason,)), limit=limit)
            yield TrayGroup(UNPLACED[reason], total, _rows(store, latest, sources))


def _rows(
    store: ClaimStore, claims: Sequence[Claim], sources: Mapping[str, Source], query: Query | None = None
) -> tuple[Row, ...]:
    graphic = graphic_among(store, claims)
    found = tuple(row(c, sources, query, graphic=c.claim_id in graphic) for c in claims)
    if query is None or not query.text:
        return found
    spots = store.spots(query.text, [r.statement for r in found])
    return tuple(replace(r, hits=tuple(at)) for r, at in zip(found, spots, strict=True))


def _best(store: ClaimStore, query: Query, limit: int) -> Sequence[Claim]:
    if not (ids := [hit.claim_id for hit in store.search(query, limit=limit)]):
        return ()
    claims = {c.claim_id: c for c in store.claims(Query(claim=tuple(ids), known=query.known, by=query.by))}
    return [claims[i] for i in ids if i in claims]


def graphic_among(store: ClaimStore, claims: Iterable[Claim]) -> frozenset[str]:
    """Ids of those claims whose document is graphic."""
    told = {c.claim_id: c.document_id for c in claims if c.document_id}
    graphic = {i for i, document in store.documents(tuple(set(told.values()))).items() if document.graphic}
    return frozenset(claim for claim, document in told.items() if document in graphic)


def _places(query: Query) -> dict[str, str]:
    """The names of the places asked for that the gazetteer knows."""
    found: dict[str, str] = {}
    for place_id in query.place:
        with suppress(GeodataError, KeyError):
            found[place_id] = gazetteer.default().get(place_id).name
    return found


def _unsaid(query: Query) -> tuple[str, ...]:
    """The field of who coded the claims where the page says it beside the sentence, with the number left out."""
    return ("coding",) if set(query.coding) == set(Coding) - {Coding.MACHINE} else ()


def _flags(claim: Claim) -> Iterator[tuple[str, str]]:
    if claim.modality not in ("claimed", "reported"):
        yield claim.modality, label("modality", claim.modality).split(" or ")[0]
    if any(r.type.startswith("contradict") for r in claim.relations):
        yield "contradicted", "Contradicted"
    if claim.coding is Coding.MACHINE:
        yield "machine", "Machine-coded"


def _voice(source_id: str, sources: Mapping[str, Source]) -> Voice:
    s = sources.get(source_id) or Source(source_id, source_id)
    return Voice(
        s.source_id, s.name, label("side", s.side), s.body.replace("_", " "), s.reviewed or source_id == UNSTATED
    )


def _place_word(claim: Claim) -> str:
    named = [m for m in claim.places if m.role not in ("container", "reference")] or list(claim.places)
    return ", ".join(dict.fromkeys(m.mention for m in named))


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
    text, *words = _amounts(f)
    words += [f"as written: “{f.text}”"] if f.text else [f.qualifier] if f.qualifier else []
    if f.since:
        words.append(f"since {f.since}")
    return f"{text} ({'; '.join(words)})" if words else text


def _amounts(f: Figure) -> tuple[str, ...]:
    """The best figure in words, then its range where that says more; or the range alone."""
    low, high, best = (None if v is None else f"{v:,.0f}" if v == int(v) else f"{v:,}" for v in (f.low, f.high, f.best))
    if low and high:
        reach = low if low == high else f"{low} to {high}"
    else:
        reach = f"{low} or more" if low else f"up to {high}" if high else ""
    if not reach or not best or best == reach:
        return (reach or best or "not stated",)
    return (reach,) if best in (low, high) and not (low and high) else (best, reach)


def _related(store: ClaimStore, claim: Claim, sources: Mapping[str, Source], then: Query) -> Iterator[Related]:
    targets = tuple(r.target for r in claim.relations)
    found = {c.claim_id: c for c in store.claims(replace(then, claim=targets))} if targets else {}
    graphic = graphic_among(store, found.values())
    for r in claim.relations:
        if other := found.get(r.target):
            yield Related(RELATION[r.type], row(other, sources, graphic=r.target in graphic), "")
        else:
            known = sources.get(r.target)
            yield Related(RELATION[r.type], None, known.name if known else r.target)
