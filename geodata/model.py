"""The words of the domain: claims, who makes them, where they are and what is drawn.

Everything is a frozen value. Coordinates are ``lon, lat`` in EPSG:4326; times are UTC; intervals and
text spans are half-open. The words stand in :mod:`geodata.vocabulary` and are given on from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from geodata.spans import EVER, Span
from geodata.vocabulary import (
    LAYER_OF,
    PANEL_KINDS,
    AttributionMode,
    Basis,
    Coding,
    Kind,
    Layer,
    Modality,
    News,
    PlaceKind,
    Precision,
    RelationType,
    Role,
    Standing,
    Status,
    Unplaced,
)

__all__ = [
    "BODIES",
    "LAYER_OF",
    "PANEL_KINDS",
    "UNKNOWN_SIDE",
    "UNSTATED",
    "AttributionMode",
    "Basis",
    "Bundle",
    "Claim",
    "Coding",
    "Document",
    "Figure",
    "Kind",
    "Layer",
    "Mark",
    "Modality",
    "News",
    "Origin",
    "Pairing",
    "Place",
    "PlaceKind",
    "PlaceMention",
    "Precision",
    "Rejection",
    "Relation",
    "RelationType",
    "Role",
    "Source",
    "SourceRevision",
    "Standing",
    "Status",
    "TextSpan",
    "Unplaced",
]

UNKNOWN_SIDE: Final = "unknown"
"""The side of a source nobody has reviewed. Sides are lower-case words: ukrainian, russian, western, un, ngo, ..."""

BODIES: Final = (
    "military", "government", "igo", "ngo", "think_tank", "media", "person", "dataset", "unknown",
)  # fmt: skip
"""Sorts of body that a source can be."""

UNSTATED: Final = "unstated"
"""The claimant of a claim whose text names nobody."""


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
    """One of :data:`BODIES`."""
    aliases: tuple[str, ...] = ()
    reviewed: bool = False


@dataclass(frozen=True, slots=True)
class SourceRevision:
    """A source as somebody has described it anew: it stands before what files and the register say of it."""

    source: Source
    author: str
    """Empty for the source as it came, before anybody described it."""
    reason: str = ""
    written_at: datetime | None = None
    """When it was written (UTC); set by the store where it is not given."""


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
    """The credit its licence asks for."""
    language: str = ""
    text: str | None = None
    sha256: str = ""
    """Of the text as UTF-8; empty if there is no text."""
    graphic: bool = False
    """Its publisher says that it shows graphic violence: ask before opening it."""
    note: str = ""
    citation: str = ""
    """How its publisher, or that of the data set it came in, wants it cited."""


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
    shape: str | None = None
    """Recipe of the line or area that the data itself gives (see :mod:`geodata.recipes`)."""


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
    """Recipe of the shape drawn (see :mod:`geodata.recipes`); None = a symbol at the point."""
    bearing_deg: float | None = None
    """Direction of a stated movement, for the arrow; None = none is stated."""
    basis: Basis = Basis.STATED
    """``inferred`` where the extent (a wedge's width and length) is our drawing choice."""


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
    """Name of the data set, as a reader should see it: UCDP GED, VIINA 2.0, ..."""
    file: str = ""
    row: str = ""
    """Line, row number or id inside the file."""
    reader: str = ""
    mends: str = ""
    """Id of the refusal that this record stands for, mended; empty for nearly all, and not kept."""


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
    coding: Coding = Coding.HAND
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
class Pairing:
    """What a person says of two claims, beside them and without changing either: one happening, or two."""

    claim_id: str
    other: str
    type: RelationType
    """``other_event``: the claim is taken out of the event of the other; ``same_event``: it is put into it."""
    author: str
    reason: str = ""
    written_at: datetime | None = None
    """When it was said (UTC); set by the store where it is not given."""
    removed: bool = False
    """True if it takes back what was said of the two before."""


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
    header: str = ""
    """The names of its cells as a line of the same table; empty where ``raw`` is no row of one."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """Sources, documents and claims that travel together: what a reader yields and a native file holds."""

    sources: tuple[Source, ...] = ()
    documents: tuple[Document, ...] = ()
    claims: tuple[Claim, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    pairings: tuple[Pairing, ...] = ()
    revisions: tuple[SourceRevision, ...] = ()
