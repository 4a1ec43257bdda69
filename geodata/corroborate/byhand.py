"""Claims put together and kept apart by hand: what people say of two goes before what the rule says of all.

Claims put together, one with the next, are of one happening: that of the first of them, by id, that others of them were
put to. A claim kept apart from another leaves it, with what was put to it by hand; those that leave the same claim stay
with each other, unless they are kept apart too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from geodata.corroborate.inputs import Inputs
from geodata.model import RelationType

__all__ = ["HAND", "Hands", "told_apart"]

HAND: Final = frozenset({RelationType.SAME_EVENT, RelationType.OTHER_EVENT})


@dataclass(frozen=True)
class Hands:
    """Pairs of positions in ``Inputs.claims``, the claim spoken of first."""

    apart: tuple[tuple[int, int], ...]
    together: tuple[frozenset[int], ...]
    """Claims put together, by way of each other; none stands in two."""
    targets: frozenset[int]
    """Those that others were put to."""

    @classmethod
    def of(cls, inputs: Inputs) -> Hands:
        """What the relations say."""
        held = inputs.relations[inputs.relations["type"].isin([str(word) for word in HAND])]
        ids = inputs.claims["claim_id"]
        position = {claim_id: i for i, claim_id in enumerate(ids)} if len(held) else {}
        rows = list(held[["claim", "type", "target"]].itertuples(index=False, name=None))
        same = [(ids[a], b) for a, word, b in rows if word == RelationType.SAME_EVENT]
        apart = [(a, position[b]) for a, word, b in rows if word == RelationType.OTHER_EVENT and b in position]
        return cls(
            tuple(sorted(set(apart))),
            tuple(frozenset(position[i] for i in part if i in position) for part in _parts(same)),
            frozenset(position[b] for _, b in same if b in position),
        )

    def __bool__(self) -> bool:
        return bool(self.apart or self.together)

    def joined(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Rows with ``claim``, ``group`` and ``stance``: those put together are in one group."""
        for part in self.together:
            there = rows[rows["claim"].isin(part)]
            if there.empty:
                continue
            at = min(there["claim"], key=lambda claim: (claim not in self.targets, claim))
            home = there[there["claim"] == at].iloc[[0]]
            (group,) = home["group"]
            for claim in sorted(part - set(there.loc[there["group"] == group, "claim"])):
                moved, mine = home.assign(claim=claim, example=False), rows["claim"] == claim
                if mine.any():
                    moved["stance"] = rows.loc[mine, "stance"].iloc[0]
                rows = pd.concat([rows[~mine], moved], ignore_index=True)
        return rows.sort_values(["group", "claim"], ignore_index=True, kind="stable") if self.together else rows

    def parted(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Rows with ``claim``, ``group`` and ``part`` (0): those kept apart are in groups, and parts, of their own."""
        if not self.apart:
            return rows
        rows, fresh = rows.reset_index(drop=True), int(rows["group"].max()) + 1 if len(rows) else 0
        first = dict(zip(rows.index, rows["group"], strict=True))
        made: dict[tuple[int, int], list[int]] = defaultdict(list)
        count: dict[int, int] = defaultdict(int)
        for claim, target in self.apart:
            with_it = self._with(claim, target)
            moving = rows["claim"].isin(with_it)
            for group in sorted(set(rows.loc[rows["claim"] == claim, "group"])):
                if not ((rows["group"] == group) & (rows["claim"] == target)).any():
                    continue
                index = rows.index[moving & (rows["group"] == group)]
                origin = first[index[0]]
                free = (g for g in made[origin, target] if not self._at_odds(with_it, rows, g))
                number = next(free, None)
                if number is None:
                    number, fresh = fresh, fresh + 1
                    made[origin, target].append(number)
                    count[origin] += 1
                    rows.loc[index, "part"] = count[origin]
                else:
                    rows.loc[index, "part"] = rows.loc[rows["group"] == number, "part"].iloc[0]
                rows.loc[index, "group"] = number
        return rows.sort_values(["group", "claim"], ignore_index=True, kind="stable")

    def _with(self, claim: int, target: int) -> frozenset[int]:
        """The claim and those it was put together with, unless the target is one of them."""
        part = next((p for p in self.together if claim in p), frozenset({claim}))
        return frozenset({claim}) if target in part else part

    def _at_odds(self, claims: frozenset[int], rows: pd.DataFrame, group: int) -> bool:
        members = set(rows.loc[rows["group"] == group, "claim"])
        return any((a in claims and b in members) or (b in claims and a in members) for a, b in self.apart)


def told_apart(ids: Iterable[str], parts: Iterable[int]) -> Any:
    """Ids of events; those that people made out of one event have its id and a number."""
    return pd.array([f"{i} #{part + 1}" if part else i for i, part in zip(ids, parts, strict=True)], "str")


def _parts(pairs: Iterable[tuple[str, str]]) -> Iterator[frozenset[str]]:
    """Ids that pairs hold together, by way of each other."""
    part_of: dict[str, frozenset[str]] = {}
    for a, b in pairs:
        whole = part_of.get(a, frozenset({a})) | part_of.get(b, frozenset({b}))
        part_of |= dict.fromkeys(whole, whole)
    yield from sorted(set(part_of.values()), key=min)
