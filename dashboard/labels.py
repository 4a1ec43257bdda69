"""English for the domain's words, as buttons, chips and legends print them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from geodata.model import Unplaced

__all__ = [
    "ACTOR",
    "CODED",
    "CODING",
    "LABELS",
    "LAYER",
    "MODALITY",
    "PRECISION",
    "RELATION",
    "SIDE",
    "UNPLACED",
    "label",
]

SIDE: Final = {"un": "UN", "ngo": "NGO", "unknown": "Side not known"}
ACTOR: Final = {
    "RU": "Russian forces",
    "UA": "Ukrainian forces",
    "both": "Both sides",
    "BY": "Belarusian forces",
    "": "Nobody named",
}
LAYER: Final = {
    "advance": "Advance",
    "retreat": "Retreat",
    "bombardment": "Bombardment",
    "fighting": "Fighting",
    "movement": "Troop movement",
    "static": "Holding, stalled",
    "toll": "Losses and displaced",
    "other": "Other",
}
MODALITY: Final = {
    "claimed": "Claimed by a party",
    "assessed": "Assessed or estimated",
    "reported": "Reported by the narrator",
    "forecast": "Forecast",
    "denied": "Denied",
    "retracted": "Retracted",
    "unconfirmed": "Unconfirmed",
}
CODING: Final = {
    "hand": "By hand",
    "assisted": "With a model's help",
    "machine": "By machine alone",
}
CODED: Final = {
    "hand": "By people who read the report",
    "assisted": "By people, with a model's labels",
    "machine": "By a program alone; nobody has read the report",
}
PRECISION: Final = {
    "settlement": "A town or village",
    "district": "A district",
    "oblast": "An oblast",
    "direction": "A direction",
    "sector": "A sector",
    "region": "A wider region",
    "border": "A border",
    "country": "No finer than a country",
    "none": "No place",
}
LABELS: Final[Mapping[str, Mapping[str, str]]] = {
    "side": SIDE,
    "layer": LAYER,
    "actor": ACTOR,
    "modality": MODALITY,
    "coding": CODING,
    "precision": PRECISION,
    "kind": {},
    "source": {},
}
"""Facet -> word -> English; words that are missing are printed with a capital and without underscores."""

RELATION: Final = {
    "contradicts": "Contradicts",
    "contradicted_by": "Contradicted by",
    "consistent_with": "Consistent with",
    "corroborates": "Corroborates",
    "corroborated_by": "Corroborated by",
    "same_as": "Said again",
    "generalises": "Sums up",
    "specialises": "A case of",
    "rounds": "Rounds the figure of",
    "exact_for": "Gives the exact figure for",
    "retracts": "Retracts",
    "retracted_by": "Retracted by",
    "denies": "Denies",
    "denied_by": "Denied by",
    "sources": "Names the source of",
    "sourced_to": "Sourced to",
    "qualifies": "Qualifies",
    "qualified_by": "Qualified by",
    "in_tension_with": "In tension with",
    "caused_by": "Caused by",
    "follows": "Follows",
    "precedes": "Precedes",
    "exemplifies": "An example of",
    "exemplified_by": "For example",
    "same_event": "Put with, by hand,",
    "other_event": "Kept apart, by hand, from",
}
UNPLACED: Final = {
    Unplaced.NO_PLACE: "No place is named",
    Unplaced.COUNTRY_ONLY: "Placed no finer than a country",
    Unplaced.UNRESOLVED: "The place could not be found or is ambiguous",
    Unplaced.STATEMENT: "A judgement or a statement about a statement",
    Unplaced.NEGATED: "Says that something did not happen",
}


def label(facet: str, word: str) -> str:
    """English for one word of a facet.

    >>> label("kind", "failed_capture"), label("side", "western"), label("actor", "")
    ('Failed capture', 'Western', 'Nobody named')
    """
    return LABELS[facet].get(word) or (word[:1].upper() + word[1:].replace("_", " "))
