"""The one column table of claims: GeoDataFrame, CSV, GeoJSON properties and the store speak these names.

Text that is absent is empty; everything else that is absent is null, and an open start or end stays null.
The *indexed place* of a claim is that of its first mark, or of its first mention where nothing is drawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import msgspec

from geodata.model import (
    UNKNOWN_SIDE,
    Basis,
    Claim,
    Coding,
    Document,
    Kind,
    Layer,
    Mark,
    Modality,
    PlaceMention,
    Precision,
    RelationType,
    Role,
    Source,
    Status,
    Unplaced,
)
from geodata.spans import TimePrecision

__all__ = ["COLUMN_OF", "SCHEMA", "Column", "Dtype", "place_of", "row"]


class Dtype(StrEnum):
    """What a cell holds."""

    TEXT = "text"
    WORD = "word"
    """One of the words of a StrEnum."""
    LIST = "list"
    """Texts in order; joined by ``"; "`` where a cell can hold only text."""
    INTEGER = "integer"
    NUMBER = "number"
    FLAG = "flag"
    INSTANT = "instant"
    """A moment in UTC, microseconds."""
    JSON = "json"
    """A JSON array as text; null where it would be empty."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, what a cell holds, what it means and in which unit."""

    name: str
    dtype: Dtype
    meaning: str
    unit: str = ""
    words: type[StrEnum] | None = None
    """The words a WORD column may hold."""


def _word(name: str, words: type[StrEnum], meaning: str) -> Column:
    return Column(name, Dtype.WORD, meaning, words=words)


SCHEMA: Final[tuple[Column, ...]] = (
    Column("claim_id", Dtype.TEXT, "identity of the claim"),
    Column("revision", Dtype.INTEGER, "1 for the first wording, one more for each edit"),
    Column("recorded_at", Dtype.INSTANT, "when this store learned the revision", "UTC"),
    Column("statement", Dtype.TEXT, "what is claimed, in plain words"),
    _word("kind", Kind, "what is said to have happened"),
    Column("subtype", Dtype.TEXT, "finer sort of the kind"),
    _word("layer", Layer, "what the map colours by"),
    Column("claimant", Dtype.TEXT, "source id of the one whose assertion it is"),
    Column("claimant_name", Dtype.TEXT, "the claimant's name in the register, its id if it is not there"),
    _word("claimant_basis", Basis, "whether the claimant is stated or inferred"),
    Column("side", Dtype.TEXT, "side of the claimant by the register, never of the actor"),
    Column("relays", Dtype.LIST, "source ids between claimant and reader, innermost first"),
    Column("actor", Dtype.TEXT, "who does it, as written"),
    Column("actor_alt", Dtype.LIST, "who is likely meant, where that differs from what is written"),
    Column("target", Dtype.TEXT, "who or what it is done to"),
    _word("status", Status, "how far the thing is said to have gone"),
    _word("modality", Modality, "in what voice it is said"),
    Column("negated", Dtype.FLAG, "true if the claim is that it did not happen"),
    _word("coding", Coding, "who turned the report into a claim: people, people with a model, a program alone"),
    Column("happened_start", Dtype.INSTANT, "first moment it is said to have happened; null if not stated", "UTC"),
    Column("happened_end", Dtype.INSTANT, "first moment after it; null if not stated", "UTC"),
    _word("happened_precision", TimePrecision, "how finely the time is known"),
    Column("said_at", Dtype.INSTANT, "start of the time at which it was said", "UTC"),
    _word("said_precision", TimePrecision, "how finely that time is known"),
    Column("place", Dtype.TEXT, "name of the indexed place as resolved"),
    Column("mention", Dtype.TEXT, "the same place as the source spells it"),
    _word("role", Role, "what the place is to the claim"),
    _word("precision", Precision, "how finely the place is named; country or none where nothing is drawn"),
    Column("place_id", Dtype.TEXT, "gazetteer id of the place"),
    Column("lon", Dtype.NUMBER, "longitude of the mark, EPSG:4326", "degree"),
    Column("lat", Dtype.NUMBER, "latitude of the mark, EPSG:4326", "degree"),
    Column("radius_km", Dtype.NUMBER, "extent of the place or error of its point, whichever is larger", "km"),
    Column("shape", Dtype.TEXT, "recipe of the shape drawn; empty for a point"),
    _word("geometry_basis", Basis, "whether the extent is stated or our drawing choice"),
    _word("unplaced", Unplaced, "why nothing is drawn; null if something is"),
    Column("quote", Dtype.TEXT, "the words of the document"),
    Column("span_start", Dtype.INTEGER, "where the quote begins in the document", "code point"),
    Column("span_end", Dtype.INTEGER, "where it ends, exclusive", "code point"),
    Column("document_id", Dtype.TEXT, "the document it stands in"),
    Column("document_title", Dtype.TEXT, "its title"),
    Column("publisher", Dtype.TEXT, "its publisher"),
    Column("published", Dtype.TEXT, "its date, ISO 8601"),
    Column("url", Dtype.TEXT, "its address"),
    Column("licence", Dtype.TEXT, "its licence"),
    Column("attribution", Dtype.TEXT, "the credit its licence asks for"),
    Column("citation", Dtype.TEXT, "how its publisher, or that of its data set, wants it cited"),
    Column("graphic", Dtype.FLAG, "true if its publisher says that it shows graphic violence"),
    Column("figures", Dtype.JSON, "numbers as claimed (geodata.model.Figure)"),
    Column("relations", Dtype.JSON, "how it stands to other claims (geodata.model.Relation)"),
    Column("note", Dtype.TEXT, "the coder's remark"),
    Column("dataset", Dtype.TEXT, "the dataset it was imported from"),
    Column("origin", Dtype.TEXT, "file, row and reader it came through"),
    Column("contradicted", Dtype.FLAG, "true if another claim says what excludes it (geodata.corroborate)"),
    Column("corroborated", Dtype.FLAG, "true if another independent voice says the same"),
    Column("retracted", Dtype.FLAG, "true if it is said to be withdrawn, in its own voice or by another claim"),
    Column("denied", Dtype.FLAG, "true if it is denied, in its own voice or by another claim"),
    Column("sides", Dtype.INTEGER, "independent sides among those who say the same, its claimant among them", "side"),
    Column("event", Dtype.TEXT, "what other claims speak of too, as computed; empty if it is alone"),
)
"""Every column, in the order of files and frames."""

COLUMN_OF: Final[Mapping[str, Column]] = {c.name: c for c in SCHEMA}
"""The columns by name."""

_OPPOSED: Final = frozenset({RelationType.CONTRADICTS, RelationType.CONTRADICTED_BY})
_BACKED: Final = frozenset({RelationType.CORROBORATES, RelationType.CORROBORATED_BY})
_TAKEN_BACK: Final = RelationType.RETRACTED_BY


def row(claim: Claim, sources: Mapping[str, Source], documents: Mapping[str, Document]) -> dict[str, Any]:
    """The claim as one value a column of :data:`SCHEMA`, in its order.

    How it stands (``contradicted`` to ``event``) is what the claim says of itself; a store adds what others say of it.
    """
    cells = _said(claim, sources) | _dated(claim) | _placed(claim) | _documented(claim, documents)
    return {column.name: cells[column.name] for column in SCHEMA}


def place_of(claim: Claim, mark: Mark | None) -> PlaceMention | None:
    """The mention a mark was drawn for, by place and role; the first mention where no mark tells."""
    if mark is None or not mark.place_id:
        return next(iter(claim.places), None)
    named = [m for m in claim.places if m.place_id == mark.place_id]
    return next((m for m in named if m.role is mark.role), named[0] if named else None)


def _said(claim: Claim, sources: Mapping[str, Source]) -> dict[str, Any]:
    source = sources.get(claim.claimant)
    return {
        **{name: getattr(claim, name) for name in _AS_IS},
        "layer": claim.layer,
        "claimant_name": source.name if source else claim.claimant,
        "side": source.side if source else UNKNOWN_SIDE,
        "relays": list(claim.relays),
        "actor_alt": list(claim.actor_alt),
        "figures": _json(claim.figures),
        "relations": _json(claim.relations),
        "dataset": claim.origin.dataset,
        "origin": _origin(claim),
        "contradicted": any(r.type in _OPPOSED for r in claim.relations),
        "corroborated": any(r.type in _BACKED for r in claim.relations),
        "retracted": claim.modality is Modality.RETRACTED or any(r.type is _TAKEN_BACK for r in claim.relations),
        "denied": claim.modality is Modality.DENIED or any(r.type is RelationType.DENIED_BY for r in claim.relations),
        "sides": 1,
        "event": "",
    }


def _dated(claim: Claim) -> dict[str, Any]:
    said = claim.said_at
    return {
        "happened_start": claim.happened.start,
        "happened_end": claim.happened.end,
        "happened_precision": claim.happened.precision,
        "said_at": said.start if said else None,
        "said_precision": said.precision if said else None,
    }


def _placed(claim: Claim) -> dict[str, Any]:
    mark = claim.marks[0] if claim.marks else None
    mention = place_of(claim, mark)
    country = claim.unplaced is Unplaced.COUNTRY_ONLY
    return {
        "place": mention.name if mention else "",
        "mention": mention.mention if mention else "",
        "role": mark.role if mark else mention.role if mention else None,
        "precision": mark.precision if mark else Precision.COUNTRY if country else Precision.NONE,
        "place_id": (mark.place_id if mark else mention.place_id if mention else None) or "",
        "lon": mark.lon if mark else None,
        "lat": mark.lat if mark else None,
        "radius_km": mark.radius_km if mark else None,
        "shape": mark.shape or "" if mark else "",
        "geometry_basis": mark.basis if mark else None,
        "unplaced": claim.unplaced,
    }


def _documented(claim: Claim, documents: Mapping[str, Document]) -> dict[str, Any]:
    document = documents.get(claim.document_id, _NO_DOCUMENT)
    return {
        "span_start": claim.span.start if claim.span else None,
        "span_end": claim.span.end if claim.span else None,
        "document_title": document.title,
        **{name: getattr(document, name) for name in _OF_DOCUMENT},
    }


def _origin(claim: Claim) -> str:
    origin = claim.origin
    where = f"{origin.file}#{origin.row}" if origin.row else origin.file
    return f"{where} ({origin.reader})" if origin.reader else where


def _json(values: tuple[Any, ...]) -> str | None:
    return msgspec.json.encode(values).decode() if values else None


_NO_DOCUMENT: Final = Document("", "")
_OF_DOCUMENT: Final = ("publisher", "published", "url", "licence", "attribution", "citation", "graphic")
_AS_IS: Final = (
    "claim_id", "revision", "recorded_at", "statement", "kind", "subtype", "claimant", "claimant_basis", "actor",
    "target", "status", "modality", "negated", "coding", "quote", "document_id", "note",
)  # fmt: skip
