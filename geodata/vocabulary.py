"""The fixed words of the domain. An enum's value is the word used in CSV, URLs and CSS alike."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import Final

__all__ = [
    "LAYER_OF",
    "PANEL_KINDS",
    "AttributionMode",
    "Basis",
    "Coding",
    "Kind",
    "Layer",
    "Modality",
    "PlaceKind",
    "Precision",
    "RelationType",
    "Role",
    "Standing",
    "Status",
    "Unplaced",
]


class Kind(StrEnum):
    """What is said to have happened (CODEBOOK section 3; the crosswalk to other vocabularies is there)."""

    ADVANCE = "advance"
    CAPTURE = "capture"
    RETREAT = "retreat"
    OFFENSIVE = "offensive"
    FAILED_CAPTURE = "failed_capture"
    REPULSED = "repulsed"
    CLASH = "clash"
    BOMBARDMENT = "bombardment"
    STRIKE = "strike"
    REINFORCEMENT = "reinforcement"
    REGROUP = "regroup"
    DEFENCE = "defence"
    STALLED = "stalled"
    LOSSES = "losses"
    CASUALTIES = "casualties"
    DESERTION = "desertion"
    LOOTING = "looting"
    DISPLACEMENT = "displacement"
    ASSESSMENT = "assessment"
    INFORMATION = "information"
    OTHER = "other"


class Layer(StrEnum):
    """What the map colours by. The order is the order of legend and bars."""

    ADVANCE = "advance"
    RETREAT = "retreat"
    BOMBARDMENT = "bombardment"
    FIGHTING = "fighting"
    MOVEMENT = "movement"
    STATIC = "static"
    TOLL = "toll"
    OTHER = "other"


LAYER_OF: Final = MappingProxyType(
    {
        Kind.ADVANCE: Layer.ADVANCE,
        Kind.CAPTURE: Layer.ADVANCE,
        Kind.RETREAT: Layer.RETREAT,
        Kind.OFFENSIVE: Layer.FIGHTING,
        Kind.FAILED_CAPTURE: Layer.FIGHTING,
        Kind.REPULSED: Layer.FIGHTING,
        Kind.CLASH: Layer.FIGHTING,
        Kind.BOMBARDMENT: Layer.BOMBARDMENT,
        Kind.STRIKE: Layer.BOMBARDMENT,
        Kind.REINFORCEMENT: Layer.MOVEMENT,
        Kind.REGROUP: Layer.MOVEMENT,
        Kind.DEFENCE: Layer.STATIC,
        Kind.STALLED: Layer.STATIC,
        Kind.LOSSES: Layer.TOLL,
        Kind.CASUALTIES: Layer.TOLL,
        Kind.DISPLACEMENT: Layer.TOLL,
        Kind.DESERTION: Layer.OTHER,
        Kind.LOOTING: Layer.OTHER,
        Kind.ASSESSMENT: Layer.OTHER,
        Kind.INFORMATION: Layer.OTHER,
        Kind.OTHER: Layer.OTHER,
    }
)

PANEL_KINDS: Final = frozenset({Kind.ASSESSMENT, Kind.INFORMATION})
"""Statements and judgements: listed and read, never drawn (CODEBOOK section 3, "none (panel)")."""


class Status(StrEnum):
    """How far the thing claimed is said to have gone (CODEBOOK section 4)."""

    ASSERTED = "asserted"
    ONGOING = "ongoing"
    ATTEMPTED = "attempted"
    FAILED = "failed"
    INTENDED = "intended"
    PREDICTED = "predicted"


class Modality(StrEnum):
    """In what voice it is said (CODEBOOK section 4)."""

    CLAIMED = "claimed"
    ASSESSED = "assessed"
    REPORTED = "reported"
    FORECAST = "forecast"
    DENIED = "denied"
    RETRACTED = "retracted"
    UNCONFIRMED = "unconfirmed"


class Coding(StrEnum):
    """Who turned the report into a claim."""

    HAND = "hand"
    """People who read it."""
    ASSISTED = "assisted"
    """People, with a model's labels."""
    MACHINE = "machine"
    """A program alone; nobody has read it."""


class Precision(StrEnum):
    """How finely a place is named, finest first (CODEBOOK section 5). ``country`` and ``none`` are never drawn."""

    SETTLEMENT = "settlement"
    DISTRICT = "district"
    OBLAST = "oblast"
    DIRECTION = "direction"
    SECTOR = "sector"
    REGION = "region"
    BORDER = "border"
    COUNTRY = "country"
    NONE = "none"


class Role(StrEnum):
    """What a place is to the claim (CODEBOOK section 5)."""

    LOCATION = "location"
    ORIGIN = "origin"
    DESTINATION = "destination"
    DIRECTION = "direction"
    OBJECTIVE = "objective"
    CONTAINER = "container"
    REFERENCE = "reference"


class Basis(StrEnum):
    """Whether a thing is stated by the source or inferred by us."""

    STATED = "stated"
    INFERRED = "inferred"


class AttributionMode(StrEnum):
    """How the claimant is brought in (CODEBOOK section 2)."""

    DIRECT = "direct"
    MIXED = "mixed"
    INDIRECT = "indirect"
    NARRATOR = "narrator"


class RelationType(StrEnum):
    """How one claim stands to another (CODEBOOK section 8). Read: *this claim* <type> *target*."""

    CONTRADICTS = "contradicts"
    CONTRADICTED_BY = "contradicted_by"
    CONSISTENT_WITH = "consistent_with"
    CORROBORATES = "corroborates"
    CORROBORATED_BY = "corroborated_by"
    SAME_AS = "same_as"
    GENERALISES = "generalises"
    SPECIALISES = "specialises"
    ROUNDS = "rounds"
    EXACT_FOR = "exact_for"
    RETRACTS = "retracts"
    RETRACTED_BY = "retracted_by"
    DENIES = "denies"
    DENIED_BY = "denied_by"
    SOURCES = "sources"
    SOURCED_TO = "sourced_to"
    QUALIFIES = "qualifies"
    QUALIFIED_BY = "qualified_by"
    IN_TENSION_WITH = "in_tension_with"
    CAUSED_BY = "caused_by"
    FOLLOWS = "follows"
    PRECEDES = "precedes"
    EXEMPLIFIES = "exemplifies"
    EXEMPLIFIED_BY = "exemplified_by"
    SAME_EVENT = "same_event"
    """Put by hand into the event of the target."""
    OTHER_EVENT = "other_event"
    """Taken by hand out of the event of the target."""


class Standing(StrEnum):
    """How a claim stands among the others at hand. Not a verdict: several may hold, and none says what is true."""

    CORROBORATED = "corroborated"
    """Another independent voice says the same."""
    ALONE = "alone"
    """No other voice does."""
    CONTRADICTED = "contradicted"
    """Another voice says what excludes it."""
    RETRACTED = "retracted"
    DENIED = "denied"


class News(StrEnum):
    """What has become of a claim since a version of the store."""

    NEW = "new"
    CHANGED = "changed"
    """It says something else, or stands otherwise among the others."""
    RETRACTED = "retracted"
    CONTRADICTED = "contradicted"
    """It is contradicted and was not."""


class PlaceKind(StrEnum):
    """What sort of thing a gazetteer place is."""

    SETTLEMENT = "settlement"
    QUARTER = "quarter"
    ISLAND = "island"
    HROMADA = "hromada"
    RAION = "raion"
    OBLAST = "oblast"
    COUNTRY = "country"
    REGION = "region"
    SEA = "sea"
    BORDER = "border"


class Unplaced(StrEnum):
    """Why a claim has no mark; the tray lists every one of them."""

    NO_PLACE = "no_place"
    COUNTRY_ONLY = "country_only"
    UNRESOLVED = "unresolved"
    STATEMENT = "statement"
    NEGATED = "negated"
