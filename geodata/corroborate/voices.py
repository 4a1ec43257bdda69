"""For each claim: whose voices say the same, whose exclude it, and how many sides that is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final, TypeAlias

import numpy as np
import pandas as pd

from geodata.corroborate.groups import Groups
from geodata.corroborate.inputs import Inputs
from geodata.corroborate.rule import WITHDRAWN
from geodata.corroborate.stated import AGREE, COMPATIBLE, OPPOSE, Stated
from geodata.model import UNKNOWN_SIDE, UNSTATED, Source

__all__ = ["Chorus", "chorus"]

Whole: TypeAlias = np.ndarray[Any, np.dtype[np.int64]]

_NOBODY: Final[frozenset[str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Chorus:
    """``footing[i]`` points into ``voices`` and ``opposed``: source ids, sorted, shared by claims that stand alike.

    A voice is a claimant, or the source it is stated to have its words from; however many relay it, it is one.
    ``unstated`` is never a voice that backs, but it can contradict.
    """

    footing: np.ndarray[Any, Any]
    voices: list[tuple[str, ...]]
    opposed: list[tuple[str, ...]]
    sides: list[int]
    heard: np.ndarray[Any, Any]
    """1 for each claim whose own voice is one of ``voices``, 0 where nobody is named for it."""
    side_of: Mapping[str, str]


@dataclass(slots=True)
class _Book:
    """The footings met so far."""

    own: list[str]
    side_of: Mapping[str, str]
    numbers: dict[tuple[frozenset[str], frozenset[str]], int] = field(default_factory=dict)
    voices: list[tuple[str, ...]] = field(default_factory=list)
    opposed: list[tuple[str, ...]] = field(default_factory=list)
    sides: list[int] = field(default_factory=list)

    def enter(self, voices: frozenset[str], opposed: frozenset[str]) -> int:
        """The number of a footing."""
        key = (voices, opposed)
        if key not in self.numbers:
            self.numbers[key] = len(self.voices)
            self.voices.append(tuple(sorted(voices)))
            self.opposed.append(tuple(sorted(opposed)))
            known = set(map(self.side_of.get, voices)) - {None, UNKNOWN_SIDE}
            self.sides.append(max(1, len(known)))
        return self.numbers[key]


def chorus(inputs: Inputs, groups: Groups, said: Stated, sources: Mapping[str, Source]) -> Chorus:
    """Add up the voices of every claim, computed first and then as stated relations have it."""
    claims = inputs.claims
    codes, known = pd.factorize(claims["claimant"])
    names = {name: code for code, name in enumerate(known)}
    for claim, origin in said.origins.items():
        codes[claim] = names.setdefault(origin, len(names))
    own = np.array(list(names), object)[codes] if len(codes) else codes.astype(object)
    backs = ~claims["modality"].isin([str(m) for m in WITHDRAWN]).to_numpy() & (own != UNSTATED)
    sides = dict(claims[["claimant", "side"]].drop_duplicates("claimant").itertuples(index=False, name=None))
    book = _Book(own.tolist(), {s.source_id: s.side for s in sources.values()} | sides)
    alone = np.array([book.enter(frozenset({name} - {UNSTATED}), _NOBODY) for name in names], np.int64)
    footing = alone[codes]
    _together(footing, groups, backs, (codes, list(names)), book)
    _overruled(footing, groups, said, backs, book)
    return Chorus(footing, book.voices, book.opposed, book.sides, (own != UNSTATED).astype(int), book.side_of)


def _together(
    footing: Whole, groups: Groups, backs: np.ndarray[Any, Any], own: tuple[Whole, list[str]], book: _Book
) -> None:
    """Enter what the rule makes of each claim; those that only agree with others of their saying stand alike."""
    claim, saying = (groups.rows[c].to_numpy() for c in ("claim", "saying"))
    count, (codes, names) = len(groups.sayings), own
    says = _sets(saying, codes[claim], names, count)
    backing = backs[claim]
    backed = _sets(saying[backing], codes[claim[backing]], names, count)
    voices, against = backed.copy(), [_NOBODY] * count
    for s, same in groups.same.items():
        voices[s] = _union(backed, (s, *same))
    for s, others in groups.opposed.items():
        against[s] = _union(says, others)
    plain = backing & ~np.array([bool(a) for a in against], bool)[saying] if len(claim) else backing
    plain &= np.bincount(claim, minlength=len(footing))[claim] == 1
    numbers = np.zeros(count, np.int64)
    for s in np.unique(saying[plain]).tolist():
        numbers[s] = book.enter(voices[s], against[s])
    footing[claim[plain]] = numbers[saying[plain]]
    for i, sayings in _by_claim(claim[~plain], saying[~plain]):
        mine, alike = book.own[i], _union(voices, sayings)
        alike = alike if mine == UNSTATED or mine in alike else alike | {mine}
        footing[i] = book.enter(alike, _others(_union(against, sayings), mine))


def _overruled(
    footing: np.ndarray[Any, Any], groups: Groups, said: Stated, backs: np.ndarray[Any, Any], book: _Book
) -> None:
    """Count again, pair by pair, the claims of which relations are stated."""
    told: dict[int, dict[int, int]] = {}
    for a, kind, b in said.relations:
        if kind not in AGREE | OPPOSE | COMPATIBLE:
            continue
        verdict = 1 if kind in AGREE else -1 if kind in OPPOSE else 0
        for x, y in ((a, b), (b, a)):
            before = told.setdefault(x, {}).get(y, 0)
            told[x][y] = -1 if -1 in (before, verdict) else max(before, verdict)
    if not told:
        return
    ranks = _Ranks.of(groups, {*told, *(m for verdicts in told.values() for m in verdicts)}, backs, book.own)
    for i, verdicts in told.items():
        mine, ayes = ranks.sayings.get(i, ()), {m for m, v in verdicts.items() if v > 0 and backs[m]}
        alike = {t for s in mine for t in (s, *groups.same.get(s, ()))}
        against = {t for s in mine for t in groups.opposed.get(s, ())}
        noes = {m for m, v in verdicts.items() if v < 0}
        voices = ranks.without(alike, noes, backing=True) | {book.own[m] for m in ayes} | ({book.own[i]} - {UNSTATED})
        others = _others(ranks.without(against, verdicts, backing=False), book.own[i])
        footing[i] = book.enter(voices, others | {book.own[m] for m in noes})


@dataclass(frozen=True, slots=True)
class _Ranks:
    """Who speaks in each saying, and how often: what is left of it without some of its claims."""

    sayings: Mapping[int, tuple[int, ...]]
    """Those of each of the claims asked about."""
    claims: Whole
    """By saying."""
    bounds: Whole
    backs: np.ndarray[Any, Any]
    own: Sequence[str]
    counted: dict[tuple[int, bool], Counter[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, groups: Groups, asked: set[int], backs: np.ndarray[Any, Any], own: Sequence[str]) -> _Ranks:
        claim, saying = (groups.rows[c].to_numpy() for c in ("claim", "saying"))
        held, order = np.isin(claim, list(asked)), np.argsort(saying, kind="stable")
        bounds = np.searchsorted(saying[order], np.arange(len(groups.sayings) + 1))
        return cls(dict(_by_claim(claim[held], saying[held])), claim[order], bounds, backs, own)

    def without(self, sayings: Iterable[int], away: Iterable[int], *, backing: bool) -> frozenset[str]:
        """The voices of the sayings, those of all their claims or of those that back, but for some claims."""
        out = Counter((s, self.own[m]) for m in away if self.backs[m] or not backing for s in self.sayings.get(m, ()))
        return frozenset(v for s in sayings for v, n in self._count(s, backing).items() if n > out[s, v])

    def _count(self, saying: int, backing: bool) -> Counter[str]:
        if (saying, backing) not in self.counted:
            claims = self.claims[self.bounds[saying] : self.bounds[saying + 1]]
            claims = claims[self.backs[claims]] if backing else claims
            self.counted[saying, backing] = Counter(self.own[m] for m in claims.tolist())
        return self.counted[saying, backing]


def _others(voices: frozenset[str], own: str) -> frozenset[str]:
    """Nobody contradicts himself by computation; what nobody is named for can stand against its like."""
    return voices - {own} if own != UNSTATED and own in voices else voices


def _sets(saying: Whole, code: Whole, names: list[str], count: int) -> list[frozenset[str]]:
    """The names of each saying."""
    pairs = np.unique(saying.astype(np.int64) * len(names) + code)
    held = [names[c] for c in (pairs % max(1, len(names))).tolist()]
    bounds = np.searchsorted(pairs, np.arange(count + 1) * len(names)).tolist()
    return [frozenset(held[a:b]) for a, b in pairwise(bounds)]


def _union(sets: list[frozenset[str]], numbers: Sequence[int]) -> frozenset[str]:
    return sets[numbers[0]] if len(numbers) == 1 else _NOBODY.union(*(sets[n] for n in numbers)) if numbers else _NOBODY


def _by_claim(claim: np.ndarray[Any, Any], saying: np.ndarray[Any, Any]) -> Iterable[tuple[int, tuple[int, ...]]]:
    found: dict[int, tuple[int, ...]] = {}
    for c, s in zip(claim.tolist(), saying.tolist(), strict=True):
        found[c] = (*found[c], s) if c in found else (s,)
    return found.items()
