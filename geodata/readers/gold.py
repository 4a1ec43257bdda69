"""The coded-article format ``claims-gold/1``: claims coded by hand, with character spans into a text beside them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Final

import msgspec

from geodata.errors import ReaderError
from geodata.model import (
    UNKNOWN_SIDE,
    AttributionMode,
    Basis,
    Claim,
    Document,
    Figure,
    Kind,
    Modality,
    Origin,
    PlaceMention,
    Precision,
    Relation,
    RelationType,
    Role,
    Source,
    Status,
    TextSpan,
)
from geodata.readers.base import Options, Record
from geodata.readers.checked import decode, envelope
from geodata.sources import slug
from geodata.spans import Span, TimePrecision, day, days, until

__all__ = ["GoldReader"]

_SNIFF: Final = re.compile(rb'"schema"\s*:\s*"claims-gold/1"')
_WINDS: Final = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")


class _Doc(msgspec.Struct):
    id: str
    path: str
    sha256: str
    doc_date: date


class _Source(msgspec.Struct):
    name: str
    side: str = UNKNOWN_SIDE
    kind: str = "unknown"


class _File(msgspec.Struct):
    schema: str
    doc: _Doc
    sources: dict[str, _Source]
    claims: list[msgspec.Raw]


class _Geometry(msgspec.Struct):
    type: str
    anchor: str | list[float] = ""
    bearing: str = ""


class _Place(msgspec.Struct):
    mention: str
    start: int
    end: int
    place: str
    role: Role
    precision: Precision
    inherited: bool = False
    geometry: _Geometry | None = None


class _Time(msgspec.Struct):
    start: date | None
    end: date | None
    precision: TimePrecision


class _Figure(msgspec.Struct):
    text: str
    start: int
    end: int
    measure: str
    unit: str = ""
    min: float | None = None
    max: float | None = None
    approx: str | None = None


class _Attribution(msgspec.Struct):
    mode: AttributionMode


class _Relation(msgspec.Struct):
    type: RelationType
    target: str


class _Claim(msgspec.Struct):
    id: str
    quote: str
    start: int
    end: int
    claimant: str
    event_type: Kind
    attribution: _Attribution
    time: _Time
    modality: Modality
    status: Status
    claimant_explicit: bool = True
    claimant_alt: list[str] = []
    relayed_by: list[str] = []
    subtype: str | None = None
    alt_types: list[Kind] = []
    actor: str | None = None
    actor_alt: list[str] = []
    object: str | None = None
    negated: bool = False
    places: list[_Place] = []
    reported_date: date | None = None
    figures: list[_Figure] = []
    core: bool = True
    relations: list[_Relation] = []
    note: str | None = None


class GoldReader:
    """Reads claims coded by hand; the text they point into is the option ``document``, else the file they name."""

    name: Final = "claims-gold"
    title: Final = "coded article, claims-gold/1, with its text beside it"
    options: Final[Mapping[str, str]] = MappingProxyType({"document": "path of the text that was coded"})

    def sniff(self, head: bytes) -> bool:
        """True if the head names the schema."""
        return _SNIFF.search(head) is not None

    def read(self, path: Path, options: Options) -> Iterator[Record]:
        """The sources, the one document and its claims. Ids get the document's id in front.

        Raises
        ------
        ReaderError
            If the file does not fit the schema, or the text is absent or not the one that was coded.
        """
        file = envelope(path, _File)
        text_path = Path(options["document"]) if "document" in options else path.with_name(file.doc.path)
        for key, source in file.sources.items():
            yield Source(slug(key), source.name, source.side.casefold(), source.kind)
        yield _document(file.doc, text_path)
        for i, raw in enumerate(file.claims):
            origin = Origin(dataset=file.schema, file=path.name, row=f"claims[{i}]", reader=self.name)
            coded = decode(raw, _Claim, origin)
            if isinstance(coded, _Claim):
                yield _claim(coded, file, replace(origin, row=coded.id))
            else:
                yield coded


def _document(doc: _Doc, path: Path) -> Document:
    remedy = "Name the text that was coded with --document."
    try:
        data = path.read_bytes()
        text = data.decode()
    except OSError as e:
        raise ReaderError(f"the text cannot be read: {e.strerror}", where=str(path), remedy=remedy) from e
    except UnicodeDecodeError as e:
        raise ReaderError("the text is not UTF-8", where=str(path), remedy=remedy) from e
    found = hashlib.sha256(data).hexdigest()
    if found != doc.sha256:
        what = f"not the text that was coded: its SHA-256 is {found}, the claims point into {doc.sha256}"
        raise ReaderError(what, where=str(path), remedy=remedy)
    published = doc.doc_date.isoformat()
    return Document(doc.id, doc.path, published=published, language="en", text=text, sha256=found)


def _claim(coded: _Claim, file: _File, origin: Origin) -> Claim:
    doc, said = file.doc, coded.reported_date
    return Claim(
        claim_id=_id(doc, coded.id),
        statement=_statement(coded.quote),
        kind=coded.event_type,
        claimant=slug(coded.claimant),
        claimant_basis=Basis.STATED if coded.claimant_explicit else Basis.INFERRED,
        claimant_alt=tuple(map(slug, coded.claimant_alt)),
        relays=tuple(map(slug, coded.relayed_by)),
        attribution=coded.attribution.mode,
        document_id=doc.id,
        span=TextSpan(coded.start, coded.end),
        quote=coded.quote,
        subtype=coded.subtype or "",
        actor=_name(coded.actor, file),
        actor_alt=tuple(coded.actor_alt),
        target=_name(coded.object, file),
        status=coded.status,
        modality=coded.modality,
        negated=coded.negated,
        happened=_span(coded.time),
        said_at=day(said) if said else until(doc.doc_date),
        places=tuple(map(_place, coded.places)),
        figures=tuple(_figure(f, coded.time) for f in coded.figures),
        relations=tuple(_relation(r, doc) for r in coded.relations),
        note=_note(coded),
        origin=origin,
        core=coded.core,
    )


def _id(doc: _Doc, claim: str) -> str:
    return f"{doc.id}-{claim}"


def _name(who: str | None, file: _File) -> str:
    """An actor as people call it where the file knows it as a source."""
    return file.sources[who].name if who in file.sources else who or ""


def _span(time: _Time) -> Span:
    """The coded days, the last one included, as a half-open span."""
    if time.start and time.end:
        return days(time.start, time.end, time.precision)
    if time.end:
        return until(time.end)
    return Span(day(time.start).start if time.start else None, None, TimePrecision.OPEN)


def _place(place: _Place) -> PlaceMention:
    """The place as coded; "east of Kyiv" becomes Kyiv with a bearing of 90 degrees."""
    shape = place.geometry
    sector = shape if shape and shape.bearing in _WINDS and isinstance(shape.anchor, str) else None
    return PlaceMention(
        mention=place.mention,
        role=place.role,
        precision=place.precision,
        name=str(sector.anchor) if sector else place.place,
        span=TextSpan(place.start, place.end),
        inherited=place.inherited,
        bearing_deg=45.0 * _WINDS.index(sector.bearing) if sector else None,
    )


def _figure(figure: _Figure, time: _Time) -> Figure:
    cumulative = time.start is not None and time.precision is TimePrecision.RANGE
    return Figure(
        measure=figure.measure,
        unit=figure.unit,
        low=figure.min,
        high=figure.max,
        qualifier=figure.approx or "",
        text=figure.text,
        span=TextSpan(figure.start, figure.end),
        since=time.start.isoformat() if time.start and cumulative else "",
    )


def _relation(relation: _Relation, doc: _Doc) -> Relation:
    """``sourced_to`` names a source, every other relation a claim of the same file."""
    to_source = relation.type is RelationType.SOURCED_TO
    return Relation(relation.type, slug(relation.target) if to_source else _id(doc, relation.target))


def _note(coded: _Claim) -> str:
    other = f"Could also be coded as: {', '.join(coded.alt_types)}." if coded.alt_types else ""
    return " ".join(filter(None, (coded.note, other)))


def _statement(quote: str) -> str:
    """The quote as a sentence: quotation marks that enclose all of it, or that have lost their partner, go.

    >>> _statement("“the enemy suffered significant losses”")
    'The enemy suffered significant losses'
    >>> _statement("Russian forces “retreated")
    'Russian forces retreated'
    >>> _statement("it “left the area”")
    'It “left the area”'
    """
    if quote.count("“") != quote.count("”") or (quote.startswith("“") and quote.endswith("”")):
        quote = quote.replace("“", "").replace("”", "")
    return quote[:1].upper() + quote[1:]
