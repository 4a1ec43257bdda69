"""What others say of the happening a claim speaks of: who says the same, who excludes it, and why they are grouped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from dashboard.labels import label
from dashboard.view import Row, as_known, graphic_among, row
from geodata.corroborate import Saying, corroborate
from geodata.model import UNKNOWN_SIDE, Claim, Pairing, RelationType, Source
from geodata.query import Query
from geodata.spans import Clock, day
from geodata.stores.base import ClaimStore

__all__ = ["Beside", "Hand", "Hands", "Spoken", "beside", "by_hand"]

_MOST: Final = 300
"""Claims of one happening that are compared for a card; a siege has thousands."""
_NEAR: Final = timedelta(days=7)
_SHOWN: Final = 12
"""Of these, as many of one saying are laid out."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """One thing said of the happening, in the words of those who say it."""

    what: str
    rows: tuple[tuple[Row, str], ...]
    """Line and time of saying of the claims, this one first, then in the order they were said."""
    more: int
    """Claims that say it too and are left out."""
    voices: int
    own: bool
    """True if the claim of the card says it."""


@dataclass(frozen=True, slots=True)
class Beside:
    """A claim among the others about its happening; nothing here weighs one against the other."""

    claim_id: str
    voices: int
    """Sources that say the same, its own claimant among them, however many relay each."""
    sides: tuple[str, ...]
    """Sides of those voices, in words; a side that nobody knows is left out."""
    opposed: tuple[str, ...]
    """Names of the sources that say what excludes it."""
    spoken: tuple[Spoken, ...]
    because: tuple[str, ...]
    partial: bool
    """True if the happening has more claims than were compared."""


@dataclass(frozen=True, slots=True)
class Hand:
    """What a person said of the claim and another: that they are of one happening, or of two."""

    row: Row
    """The other claim."""
    together: bool
    author: str
    day: str
    """On which it was said, in words."""
    reason: str


@dataclass(frozen=True, slots=True)
class Hands:
    """What people said of a claim, and where to look for more."""

    said: tuple[Hand, ...]
    near: str
    """Address of the query of claims that may be of its happening: at its place, within a week of it."""


def by_hand(store: ClaimStore, claim_id: str, then: Query | None = None) -> Hands:
    """What people said of the claim and others that were known, in the order they said it."""
    claim, sources = store.get(claim_id), store.sources()
    mine = {
        p.other if p.claim_id == claim_id else p.claim_id: p
        for p in _pairings(store, then or Query())
        if claim_id in (p.claim_id, p.other)
    }
    found = {c.claim_id: c for c in store.claims(replace(then or Query(), claim=tuple(mine)))} if mine else {}
    graphic = graphic_among(store, found.values())
    said = tuple(
        Hand(
            row(found[i], sources, graphic=i in graphic),
            p.type is RelationType.SAME_EVENT,
            p.author,
            day(p.written_at.date()).describe() if p.written_at else "",
            p.reason,
        )
        for i, p in mine.items()
        if i in found
    )
    return Hands(said, _near(claim).to_url())


def _pairings(store: ClaimStore, then: Query) -> tuple[Pairing, ...]:
    """What people had said of two claims: all of it, or by the recorded clock what was in force at that instant."""
    if then.known is None or then.by is not Clock.RECORDED:
        return tuple(store.pairings())
    known = [p for p in store.pairings(every=True) if p.written_at is None or p.written_at <= then.known]
    newest = {frozenset((p.claim_id, p.other)): p for p in known}
    return tuple(p for p in newest.values() if not p.removed)


def _near(claim: Claim) -> Query:
    place = next((p.place_id for p in claim.places if p.place_id), "")
    start, end = claim.happened.start, claim.happened.end
    start, end = (start or end), (end or start)
    return Query(
        place=(place,) if place else (),
        start=start and start - _NEAR,
        end=end and end + _NEAR,
    )


def beside(store: ClaimStore, claim_id: str, then: Query | None = None) -> Beside | None:
    """The claim beside the others of its happening; None where nothing else in the store speaks of it.

    With ``then`` only what was known at its instant is compared, anew; what people said of two claims belongs to no
    clock but the recorded one.
    """
    then = then or Query()
    pairings, found = _pairings(store, then), store.table(replace(then, claim=(claim_id,)), ["event"])
    events, parted = _elsewhere(store, claim_id, "".join(found["event"].to_pylist()), pairings)
    if not found.num_rows or not (events or parted):
        return None
    own, sources = as_known(store, claim_id, then), store.sources()
    asked = replace(then, event=events) if events else replace(then, claim=parted)
    members = {c.claim_id: c for c in store.claims(asked, limit=_MOST)} | {claim_id: own}
    members |= {c.claim_id: c for c in store.claims(replace(then, claim=parted))} if parted else {}
    named = tuple(r.target for r in own.relations if r.target not in members)
    related = {c.claim_id: c for c in store.claims(replace(then, claim=named))} if named else {}
    agreed = corroborate([*members.values(), *related.values()], sources, pairings=pairings)
    support = agreed.support(claim_id)
    if not support.event:
        return None
    happening = agreed.event(support.event)
    sides = dict.fromkeys(sources[v].side for v in support.voices if v in sources)
    return Beside(
        claim_id=claim_id,
        voices=len(support.voices),
        sides=tuple(label("side", s) for s in sides if s != UNKNOWN_SIDE),
        opposed=tuple(sources[v].name if v in sources else v for v in support.opposed),
        spoken=_spoken(store, members, sources, happening.sayings, claim_id),
        because=happening.because,
        partial=store.count(asked) > _MOST,
    )


def _elsewhere(
    store: ClaimStore, claim_id: str, event: str, pairings: Sequence[Pairing]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Happenings and claims that what was said of two claims, and was not in force then, has taken out of this one."""
    later = [p for p in store.pairings() if p not in pairings]
    told = tuple(i for p in later for i in (p.claim_id, p.other))
    rows = store.table(Query(claim=told), ["claim_id", "event"]).to_pylist() if told else []
    of = {row["claim_id"]: row["event"] for row in rows}
    ends = [(p.claim_id, p.other) for p in later]
    near = [i for two in ends if claim_id in two or (event and event in map(of.get, two)) for i in two]
    return tuple(dict.fromkeys(e for e in (event, *map(of.get, near)) if e)), tuple(near)


def _spoken(
    store: ClaimStore, members: dict[str, Claim], sources: dict[str, Source], sayings: tuple[Saying, ...], own: str
) -> tuple[Spoken, ...]:
    told = []
    for saying in sorted(sayings, key=lambda s: own not in s.claims):
        claims = sorted(
            (members[c] for c in saying.claims if c in members), key=lambda c: (c.claim_id != own, _said(c))
        )
        shown = claims[:_SHOWN]
        graphic = graphic_among(store, shown)
        rows = tuple(
            (row(c, sources, graphic=c.claim_id in graphic), c.said_at.stated() if c.said_at else "") for c in shown
        )
        told.append(Spoken(saying.what, rows, len(claims) - len(shown), len(saying.claimants), own in saying.claims))
    return tuple(told)


def _said(claim: Claim) -> tuple[str, str]:
    at = claim.said_at and (claim.said_at.start or claim.said_at.end)
    return (at.isoformat() if at else "~", claim.claim_id)
