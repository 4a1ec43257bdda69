"""The words of the domain: claims, who makes them, where they are and what is drawn.

Everything is a frozen value. Coordinates are ``lon, lat`` in EPSG:4326; times are UTC; intervals and
text spans are half-open. An enum's value is the word used in CSV, URLs and CSS alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from geodata.spans import EVER, Span

__all__ = [
    "LAYER_OF",
    "PANEL_KINDS",
    "UNKNOWN_SIDE",
    "UNSTATED",
    "AttributionMode",
    "Basis",
    "Bundle",
    "Claim",
    "Document",
    "Figure",
    "Kind",
    "Layer",
    "Mark",
    "Modality",
    "Origin",
    "Place",
    "PlaceKind",
    "PlaceMention",
    "Precision",
    "Rejection",
    "Relation",
    "RelationType",
    "Role",
    "Source",
    "Status",
    "TextSpan",
    "Unplaced",
]

UNKNOWN_SIDE: Final = "unknown"
"""The side of a source nobody has reviewed. Sides are lower-case words: ukrainian, russian, western, un, ngo, ..."""

UNSTATED: Final = "unstated"
"""The claimant of a claim whose text names nobody."""


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


@dataclass(frozen=True, slots=True)
class TextSpan:
    """``[start, end)`` in Unicode code points of the stored document."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Source:
    """Somebody who claims or relays. ``side`` is the source's own side, never that of the actor spoken of."""

    source_id: str
    name: str
    side: str = UNKNOWN_SIDE
    body: str = "unknown"
    """Sort of body: military, government, igo, ngo, think_tank, media, person, dataset, unknown."""
    aliases: tuple[str, ...] = ()
    reviewed: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """The text or dataset row a claim stands in. ``text`` is None where only a reference is kept."""

    document_id: str
    title: str
    publisher: str = ""
    published: str = ""
    """ISO date (or date-time) of publication; empty if not known."""
    url: str = ""
    licence: str = ""
    attribution: str = ""
    language: str = ""
    text: str | None = None
    sha256: str = ""
    """Of the text as UTF-8; empty if there is no text."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """One gazetteer entry: a representative point, how sure it is, and where it hangs in the hierarchy."""

    place_id: str
    name: str
    """Official romanisation in use today."""
    local_name: str
    kind: PlaceKind
    country: str
    """ISO 3166-1 alpha-2; empty for seas and regions of several countries."""
    lon: float
    lat: float
    radius_km: float
    """Extent of the place, or the error of its point, whichever is larger."""
    point_source: str
    """geonames, geonames-postal, hromada-centre, raion-centre, naturalearth, voronoi or curated."""
    population: int = 0
    hierarchy: tuple[str, ...] = ()
    """Place ids that contain it, innermost first: hromada, raion, oblast, country."""


@dataclass(frozen=True, slots=True)
class PlaceMention:
    """A place as the claim names it. ``place_id`` is None where the gazetteer gave no single answer."""

    mention: str
    role: Role = Role.LOCATION
    precision: Precision = Precision.NONE
    place_id: str | None = None
    name: str = ""
    """Resolved name as first recorded; the mention is always what is printed first."""
    span: TextSpan | None = None
    inherited: bool = False
    """Taken from the same sentence, not said of this claim itself."""
    bearing_deg: float | None = None
    """Compass bearing where one is stated ("east of Kyiv" = 90)."""
    lon: float | None = None
    lat: float | None = None
    """Where the data itself gives a point; else None and the gazetteer decides."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """What is drawn for a claim at one place: a symbol, and a shape unless the place is a settlement."""

    lon: float
    lat: float
    precision: Precision
    role: Role
    radius_km: float
    place_id: str | None = None
    shape: str | None = None
    """Recipe of the shape drawn (see :mod:`geodata.shapes`); None = a symbol at the point."""
    bearing_deg: float | None = None
    """Direction of a stated movement, for the arrow; None = none is stated."""
    basis: Basis = Basis.STATED
    """``inferred`` where the extent (a wedge's width and length) is our drawing choice."""


class Unplaced(StrEnum):
    """Why a claim has no mark; the tray lists every one of them."""

    NO_PLACE = "no_place"
    COUNTRY_ONLY = "country_only"
    UNRESOLVED = "unresolved"
    STATEMENT = "statement"
    NEGATED = "negated"


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as claimed. ``low``/``high`` None = not stated on that side: "almost 10,000" has only a high."""

    measure: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    best: float | None = None
    qualifier: str = ""
    text: str = ""
    span: TextSpan | None = None
    since: str = ""
    """ISO date a cumulative figure runs from; empty if it is not cumulative."""


@dataclass(frozen=True, slots=True)
class Relation:
    """This claim stands in ``type`` to ``target``: a claim id, or a source id for ``sourced_to``."""

    type: RelationType
    target: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the record came from, finely enough to find it again."""

    dataset: str = ""
    file: str = ""
    row: str = ""
    """Line, row number or id inside the file."""
    reader: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """Who said what happened where and when, through whom, in which words.

    ``span`` points into the document so that ``document.text[start:end] == quote``. ``happened`` is when
    it is said to have happened, ``said_at`` when it was said; the two are never mixed.
    """

    claim_id: str
    statement: str
    kind: Kind
    claimant: str = UNSTATED
    """Source id of the one whose assertion it is."""
    claimant_basis: Basis = Basis.STATED
    claimant_alt: tuple[str, ...] = ()
    """Other readings of who claims it that are defensible."""
    relays: tuple[str, ...] = ()
    """Source ids between claimant and reader, innermost first."""
    attribution: AttributionMode = AttributionMode.INDIRECT
    document_id: str = ""
    span: TextSpan | None = None
    quote: str = ""
    subtype: str = ""
    actor: str = ""
    """Who does it, as written: RU, UA, both, or a name."""
    actor_alt: tuple[str, ...] = ()
    """Who is likely meant where that differs from what is written; ``note`` says why."""
    target: str = ""
    status: Status = Status.ASSERTED
    modality: Modality = Modality.CLAIMED
    negated: bool = False
    happened: Span = EVER
    said_at: Span | None = None
    places: tuple[PlaceMention, ...] = ()
    marks: tuple[Mark, ...] = ()
    unplaced: Unplaced | None = None
    """Reason why ``marks`` is empty; None if there are marks."""
    figures: tuple[Figure, ...] = ()
    relations: tuple[Relation, ...] = ()
    note: str = ""
    origin: Origin = Origin()
    core: bool = True
    revision: int = 1
    recorded_at: datetime | None = None
    """When this store learned it; set by the store on append."""

    @property
    def layer(self) -> Layer:
        """The layer the claim is coloured by."""
        return LAYER_OF[self.kind]


@dataclass(frozen=True, slots=True)
class Rejection:
    """A row that could not become a claim, kept with its reason."""

    reason: str
    """Short code, e.g. ``span_mismatch``, ``bad_date``, ``ragged_row``."""
    origin: Origin
    field: str = ""
    value: str = ""
    remedy: str = ""
    raw: str = ""
    """The row as read, so that it can be mended and imported again."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """Sources, documents and claims that travel together: what a reader yields and a native file holds."""

    sources: tuple[Source, ...] = ()
    documents: tuple[Document, ...] = ()
    claims: tuple[Claim, ...] = ()
    rejections: tuple[Rejection, ...] = ()
