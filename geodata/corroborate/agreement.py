"""The agreement among claims: events, who backs and who contradicts whom, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa

from geodata.corroborate import because, nearby, wider
from geodata.corroborate.byhand import HAND
from geodata.corroborate.grouping import grouped
from geodata.corroborate.groups import Groups
from geodata.corroborate.inputs import Inputs, from_claims, from_table, with_pairings
from geodata.corroborate.rule import WITHDRAWN, Rule
from geodata.corroborate.stated import Stated, stated
from geodata.corroborate.voices import Chorus, chorus
from geodata.model import (
    UNKNOWN_SIDE,
    UNSTATED,
    Basis,
    Claim,
    Kind,
    Modality,
    Pairing,
    RelationType,
    Source,
    Standing,
)
from geodata.query import Query
from geodata.spans import Span

__all__ = ["Agreement", "Event", "Link", "Saying", "Support", "corroborate"]

_NO_SOURCES: Final[Mapping[str, Source]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Support:
    """How one claim stands among the others."""

    claim_id: str
    event: str
    """Id of its event; empty if nothing else speaks of the same happening."""
    voices: tuple[str, ...]
    """Source ids that say the same, its own claimant among them, however many relay each."""
    sides: int
    """Independent sides among them, at least 1; a side nobody knows adds none."""
    opposed: tuple[str, ...]
    """Source ids that say what excludes it."""
    standing: frozenset[Standing]


@dataclass(frozen=True, slots=True)
class Saying:
    """One thing said of an event, and by whom; relays do not count."""

    what: str
    """In a few plain words."""
    claims: tuple[str, ...]
    claimants: tuple[str, ...]
    sides: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """Claims about one happening: never a fact, only what several say of one place and time."""

    event_id: str
    place: str
    span: Span
    """The time at which all of them can have happened; of a running total, from the first day to the last."""
    sayings: tuple[Saying, ...]
    contradicted: bool
    because: tuple[str, ...]
    """Why the claims were grouped, in plain sentences."""

    @property
    def claims(self) -> tuple[str, ...]:
        """Their ids."""
        return tuple(sorted({c for s in self.sayings for c in s.claims}))


@dataclass(frozen=True, slots=True)
class Link:
    """``a`` stands in ``type`` to ``b``, stated by a claim or inferred by the rule, with the reasons."""

    type: RelationType
    a: str
    b: str
    basis: Basis
    because: tuple[str, ...]


def corroborate(
    claims: Iterable[Claim] | pa.Table,
    sources: Mapping[str, Source] = _NO_SOURCES,
    *,
    rule: Rule | None = None,
    pairings: Iterable[Pairing] = (),
) -> Agreement:
    """Who agrees with whom about what, by a rule and by the relations stated.

    Parameters
    ----------
    claims : values, or a table with ``geodata.corroborate.COLUMNS``; their order makes no difference.
    sources : by id, for the sides of claimants and the names by which retractions call them.
    rule : what "the same" means; the default one, if None.
    pairings : what people say of two claims, in force: they go before the rule, as relations of the claims do.

    Notes
    -----
    Some 5 s of one core for 300,000 claims and 14 s for a million: blocks are compared, never all with all.
    """
    inputs = from_table(claims) if isinstance(claims, pa.Table) else from_claims(claims, sources)
    inputs, rule = with_pairings(inputs, pairings), rule or Rule()
    return Agreement(rule, inputs, grouped(inputs, rule), sources)


@dataclass(frozen=True)
class Agreement:
    """What :func:`corroborate` found. Voices are added up, tables and events made when they are asked for."""

    rule: Rule
    inputs: Inputs
    groups: Groups
    sources: Mapping[str, Source]

    @cached_property
    def stated(self) -> Stated:
        """The relations that are stated."""
        return stated(self.inputs, self.sources)

    @cached_property
    def chorus(self) -> Chorus:
        """Whose voices say the same of each claim."""
        return chorus(self.inputs, self.groups, self.stated, self.sources)

    def support(self, claim_id: str) -> Support:
        """How the claim stands.

        Raises
        ------
        KeyError
            If it is not among the claims.
        """
        i = self._position[claim_id]
        n, event = self.chorus.footing[i], self._event_of[i]
        voices, opposed, sides = self.chorus.voices[n], self.chorus.opposed[n], self.chorus.sides[n]
        words = {word for word, held in self._flags.items() if held[i]}
        words |= set() if Standing.CORROBORATED in words else {Standing.ALONE}
        named = self.groups.events["event_id"].iloc[event] if event >= 0 else ""
        return Support(claim_id, named, voices, sides, opposed, frozenset(words))

    def table(self) -> pa.Table:
        """One row a claim, by id: ``claim_id``, ``event`` (null if alone), ``footing``, ``sides``, and flags.

        ``footing`` points into :meth:`footings`; flags are all of :class:`geodata.model.Standing` but ``alone``.
        """
        ids = np.array([*self.groups.events["event_id"], None], object)
        return pa.table(
            {
                "claim_id": pa.array(self.inputs.claims["claim_id"], pa.string()),
                "event": pa.array(ids[self._event_of], pa.string()),
                "footing": pa.array(self.chorus.footing, pa.int32()),
                "sides": pa.array(np.array(self.chorus.sides, np.int32)[self.chorus.footing]),
                **{str(word): pa.array(held) for word, held in self._flags.items()},
            }
        )

    def footings(self) -> pa.Table:
        """Whose voices say the same and whose exclude it: ``footing``, ``voices`` and ``opposed`` (lists), sorted."""
        many = pa.list_(pa.string())
        return pa.table(
            {
                "footing": pa.array(range(len(self.chorus.voices)), pa.int32()),
                "voices": pa.array(self.chorus.voices, many),
                "opposed": pa.array(self.chorus.opposed, many),
            }
        )

    def blocks(self) -> pa.Table:
        """``claim_id`` and ``block``: only claims that share a block, or are related, can bear on each other.

        It does not depend on the other claims, so a store that keeps it knows whom a new claim concerns.
        """
        return nearby.blocks(self.inputs, self.groups)

    def lens(self, query: Query) -> Callable[[Claim], bool]:
        """The lens of a query (``geodata.query.LENS`` and ``min_sides``) as a test of a claim."""
        only, every, none = (Query.voices(v) for v in (query.only_by, query.all_by, query.not_by))
        side_of = self.chorus.side_of

        def sees(claim: Claim) -> bool:
            held = self.support(claim.claim_id)
            voices, sides = set(held.voices), {side_of.get(v, UNKNOWN_SIDE) for v in held.voices}
            return (
                (not query.only_by or bool(voices) and all(v in only[0] or side_of.get(v) in only[1] for v in voices))
                and not (voices & set(none[0]) or sides & set(none[1]))
                and voices >= set(every[0])
                and sides >= set(every[1])
                and held.sides >= query.min_sides
                and (not query.standing or bool(held.standing & set(query.standing)))
            )

        return sees

    def event(self, event_id: str) -> Event:
        """The event with this id.

        Raises
        ------
        KeyError
            If there is none.
        """
        return self._event(self._events[event_id])

    def events(self) -> Iterator[Event]:
        """Every event of two claims and more, by id."""
        return (self._event(n) for _, n in sorted(self._events.items()))

    def links(self) -> Iterator[Link]:
        """Every relation between two claims, stated or found, each once; the count grows with the square of an event.

        A computed one says ``corroborates`` (of independent voices), ``same_as`` (of one), ``contradicts``,
        ``consistent_with`` (neither, about one happening), ``generalises``, ``retracts`` or ``denies``.
        """
        ids = self.inputs.claims["claim_id"]
        known = set()
        for a, kind, b in self.stated.relations:
            known |= {(a, b), (b, a)}
            yield Link(kind, ids[a], ids[b], Basis.STATED, because.BY_HAND if kind in HAND else ("stated by a claim",))
        for a, kind, b in self.stated.told:
            yield Link(kind, ids[a], ids[b], Basis.INFERRED, because.WITHDRAWAL)
        for a, b, kind, why in self._found():
            if (a, b) not in known:
                known |= {(a, b), (b, a)}
                yield Link(kind, ids[a], ids[b], Basis.INFERRED, why)
        for a, b, why in wider.pairs(self.inputs, self.rule):
            if (a, b) not in known:
                known |= {(a, b), (b, a)}
                yield Link(RelationType.GENERALISES, ids[a], ids[b], Basis.INFERRED, why)

    def between(self, a: str, b: str) -> tuple[Link, ...]:
        """The links between two claims, in either direction."""
        return tuple(link for link in self.links() if {link.a, link.b} == {a, b})

    def _found(self) -> Iterator[tuple[int, int, RelationType, tuple[str, ...]]]:
        """Pairs within events, with the relation the rule gives them."""
        claimants = self.inputs.claims["claimant"]
        empty = self.inputs.claims["modality"].isin([str(m) for m in WITHDRAWN])
        for number in range(len(self.groups.events)):
            event, rows = self.groups.events.iloc[number], self._rows_of(number)
            members = sorted(set(zip(rows["claim"].tolist(), rows["saying"].tolist(), strict=True)))
            for n, (a, x) in enumerate(members):
                for b, y in members[n + 1 :]:
                    if a == b:
                        continue
                    found = 1 if x == y or y in self.groups.same.get(x, ()) else 0
                    found = -1 if y in self.groups.opposed.get(x, ()) else found
                    found = 0 if found > 0 and claimants[a] != claimants[b] and (empty[a] or empty[b]) else found
                    kind = _kind(found, claimants[a], claimants[b], total=event["sort"].startswith("total"))
                    if kind:
                        told = because.pair(kind, event, *(self.groups.sayings.iloc[s] for s in (x, y)))
                        yield a, b, kind, told

    def _event(self, number: int) -> Event:
        described, rows = self.groups.events.iloc[number], self._rows_of(number)
        claims = self.inputs.claims
        sayings = []
        for saying, members in rows.groupby("saying"):
            said = claims.iloc[sorted(set(members["claim"]))]
            told = self.groups.sayings.iloc[int(str(saying))]
            sayings.append(
                Saying(
                    because.saying(told["stance"], told["figures"]),
                    tuple(said["claim_id"]),
                    tuple(sorted(set(said["claimant"]))),
                    tuple(sorted(set(said["side"]))),
                )
            )
        at_odds = bool(self._flags[Standing.CONTRADICTED][rows["claim"].to_numpy()].any())
        place, span = because.place(described), because.span(described)
        return Event(described["event_id"], place, span, tuple(sayings), at_odds, because.event(described))

    def _rows_of(self, number: int) -> pd.DataFrame:
        order, bounds = self._by_event
        return self.groups.rows.iloc[order[bounds[number] : bounds[number + 1]]]

    @cached_property
    def _by_event(self) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        event = self.groups.rows["event"].to_numpy()
        order = np.argsort(event, kind="stable")
        return order, np.searchsorted(event[order], np.arange(len(self.groups.events) + 1))

    @cached_property
    def _position(self) -> dict[str, int]:
        return {claim_id: i for i, claim_id in enumerate(self.inputs.claims["claim_id"])}

    @cached_property
    def _events(self) -> dict[str, int]:
        return {event_id: i for i, event_id in enumerate(self.groups.events["event_id"])}

    @cached_property
    def _event_of(self) -> np.ndarray[Any, Any]:
        """The first event of each claim, -1 for none."""
        found = np.full(len(self.inputs.claims), -1)
        rows = self.groups.rows
        found[rows["claim"].to_numpy()[::-1]] = rows["event"].to_numpy()[::-1]
        return found

    @cached_property
    def _flags(self) -> dict[Standing, np.ndarray[Any, Any]]:
        claims, told = self.inputs.claims, [*self.stated.relations, *self.stated.told]
        spoken = (claims["kind"] != str(Kind.INFORMATION)).to_numpy()
        against = np.array([bool(o) for o in self.chorus.opposed], bool)[self.chorus.footing]
        others = np.array([len(v) for v in self.chorus.voices], int)[self.chorus.footing]
        flags = {Standing.CORROBORATED: others > self.chorus.heard, Standing.CONTRADICTED: against}
        for word, voice, kind in (
            (Standing.RETRACTED, Modality.RETRACTED, RelationType.RETRACTS),
            (Standing.DENIED, Modality.DENIED, RelationType.DENIES),
        ):
            flags[word] = (claims["modality"] == str(voice)).to_numpy() & spoken
            flags[word][[b for _, k, b in told if k is kind]] = True
        for claim, kind in self.stated.absent:
            if lone := _ABSENT.get(kind):
                flags[lone][claim] = True
        return flags


_ABSENT: Final = {
    RelationType.CONTRADICTS: Standing.CONTRADICTED,
    RelationType.CONTRADICTED_BY: Standing.CONTRADICTED,
    RelationType.RETRACTED_BY: Standing.RETRACTED,
    RelationType.DENIED_BY: Standing.DENIED,
}


def _kind(found: int, a: str, b: str, *, total: bool) -> RelationType | None:
    """What the rule calls two claims of one event; one voice counting on is no relation between its counts."""
    alike = a == b
    if found < 0:
        return None if alike and a != UNSTATED else RelationType.CONTRADICTS
    if found > 0 and not (alike and a == UNSTATED):
        return RelationType.SAME_AS if alike else RelationType.CORROBORATES
    return None if total and alike else RelationType.CONSISTENT_WITH
