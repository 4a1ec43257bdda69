"""What claims say of each other: stated relations, which win, and retractions told without naming a claim."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from geodata.corroborate.inputs import Inputs
from geodata.model import Kind, Modality, RelationType, Source
from geodata.sources import Register

__all__ = ["AGREE", "COMPATIBLE", "CONVERSE", "OPPOSE", "WITHDRAWALS", "Stated", "stated"]

AGREE: Final = frozenset({RelationType.CORROBORATES, RelationType.CORROBORATED_BY})
OPPOSE: Final = frozenset({RelationType.CONTRADICTS, RelationType.CONTRADICTED_BY})
COMPATIBLE: Final = frozenset(
    {
        RelationType.CONSISTENT_WITH,
        RelationType.SAME_AS,
        RelationType.GENERALISES,
        RelationType.SPECIALISES,
        RelationType.ROUNDS,
        RelationType.EXACT_FOR,
        RelationType.QUALIFIES,
        RelationType.QUALIFIED_BY,
    }
)
"""Where one of these is stated of two claims, no contradiction between them is computed."""
CONVERSE: Final = {
    RelationType.CONTRADICTED_BY: RelationType.CONTRADICTS,
    RelationType.CORROBORATED_BY: RelationType.CORROBORATES,
    RelationType.RETRACTED_BY: RelationType.RETRACTS,
    RelationType.DENIED_BY: RelationType.DENIES,
    RelationType.SPECIALISES: RelationType.GENERALISES,
}
"""Passive words and the active ones that say the same from the other end."""

WITHDRAWALS: Final = {"retraction": RelationType.RETRACTS, "denial": RelationType.DENIES}
"""Subtypes of ``information`` that take a statement back, and what they do to it."""
_WITHDRAWN: Final = (str(Modality.RETRACTED), str(Modality.DENIED))


@dataclass(frozen=True, slots=True)
class Stated:
    """Pairs of positions in ``Inputs.claims``.

    ``relations`` are those stated between claims at hand, by their active word; ``absent`` are the claims that state an
    agreement or a contradiction with one that is not at hand, and the word. ``told`` are retractions and denials found
    without a stated relation; ``origins`` the source a claim is stated to be taken from.
    """

    relations: tuple[tuple[int, RelationType, int], ...]
    absent: tuple[tuple[int, RelationType], ...]
    told: tuple[tuple[int, RelationType, int], ...]
    origins: Mapping[int, str]


def stated(inputs: Inputs, sources: Mapping[str, Source]) -> Stated:
    """The relations the claims state, each once, and the retractions they tell of."""
    named = np.flatnonzero(inputs.claims["claim_id"].isin(inputs.relations["target"]))
    position = dict(zip(inputs.claims["claim_id"].iloc[named], named.tolist(), strict=True))
    found: dict[tuple[int, RelationType, int], None] = {}
    absent: list[tuple[int, RelationType]] = []
    origins = {}
    for claim, word, target in inputs.relations[["claim", "type", "target"]].itertuples(index=False, name=None):
        kind, other = RelationType(word), position.get(target)
        if kind is RelationType.SOURCED_TO and other is None:
            origins[claim] = target
        elif other is None:
            absent.append((claim, kind))
        elif kind in CONVERSE:
            found[other, CONVERSE[kind], claim] = None
        else:
            found[claim, kind, other] = None
    known = {(a, t, b) for a, t, b in found}
    told = tuple(t for t in _withdrawals(inputs.claims, sources) if t not in known)
    return Stated(tuple(sorted(found)), tuple(absent), told, origins)


def _withdrawals(claims: pd.DataFrame, sources: Mapping[str, Source]) -> Iterator[tuple[int, RelationType, int]]:
    """A retraction or denial concerns what its document has that source say in the voice of something withdrawn.

    CODEBOOK 4: retraction and denial are claims of kind ``information`` and also set the voice of what they concern.
    The source is the actor ("the paper deleted the figures"), or the claimant where no actor is named.
    """
    acts = claims[(claims["kind"] == str(Kind.INFORMATION)) & claims["subtype"].isin(list(WITHDRAWALS))]
    if acts.empty:
        return
    withdrawn = claims[claims["modality"].isin(_WITHDRAWN) & (claims["kind"] != str(Kind.INFORMATION))]
    names = ["subtype", "claimant", "actor", "document_id"]
    register = Register().with_sources(sources.values())
    for claim, (subtype, claimant, actor, document) in zip(
        acts.index, acts[names].itertuples(index=False, name=None), strict=True
    ):
        named = register.find(actor) if actor else None
        about = named.source_id if named else actor or claimant
        same = withdrawn[(withdrawn["claimant"] == about) & (withdrawn["document_id"] == document)]
        yield from ((claim, WITHDRAWALS[subtype], target) for target in same.index)
