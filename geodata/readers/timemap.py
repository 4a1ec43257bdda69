"""TimeMap JSON: what happened where, as analysts placed it, with the sources they link.

A set is three files: events, the sources and the associations (categories) they name. Events are read; the other two
are looked up beside them, in the same folder or zip. The words are the analysts'; they do not say who did it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Final

import msgspec

from geodata.errors import ReaderError, SpanError
from geodata.model import (
    AttributionMode,
    Basis,
    Claim,
    Document,
    Kind,
    Modality,
    Origin,
    PlaceMention,
    Precision,
    Rejection,
    Source,
)
from geodata.readers.base import Options, Record
from geodata.readers.cells import Refused, joined, point_of
from geodata.readers.checked import decode
from geodata.readers.dates import moment
from geodata.readers.parts import Parts, opened_parts
from geodata.readers.tables import clean
from geodata.readers.unpacked import whole
from geodata.readers.web import outlet
from geodata.sources import slug
from geodata.spans import Span, TimePrecision

__all__ = ["TimeMapReader"]

_DATASET: Final = "timemap"
_LIST: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*\[\s*\{")
_OBJECT: Final = re.compile(rb'(?:\xef\xbb\xbf)?\s*\{\s*"[^"]*"\s*:\s*\{')
_US_DATE: Final = re.compile(r"\d{1,2}/\d{1,2}/\d{4}")
_NOT_ID: Final = re.compile(r"[^\w.-]+")
_AXES: Final = ("longitude", "latitude")
_UNSET_TIME: Final = frozenset({"", "00:00", "0:00", "00:00:00"})
_YES: Final = frozenset({"true", "1", "yes"})
_KINDS: Final[tuple[tuple[Kind, re.Pattern[str]], ...]] = tuple(
    (kind, re.compile(words, re.IGNORECASE))
    for kind, words in (
        (Kind.RETREAT, r"\b(retreat|withdraw)"),
        (Kind.CAPTURE, r"\b(captur|occupation|territorial control)"),
        (Kind.BOMBARDMENT, r"\b(air ?strike|missile|rocket|shelling|artillery|mortar|cluster|bomb|incendiary|drone)"),
        (Kind.CLASH, r"\b(clash|battle|fighting|firefight)"),
        (Kind.CASUALTIES, r"\b(casualt|killed|injur|fatalit)"),
        (Kind.LOOTING, r"\blooting"),
        (Kind.DISPLACEMENT, r"\b(displace|evacuat|refugee)"),
    )
)
"""Kind by the words of a category that say what happened; categories that say what was hit give none."""


class _Event(msgspec.Struct):
    description: str | None = ""
    id: str | int | None = ""
    date: str | None = ""
    time: str | None = ""
    location: str | None = ""
    latitude: str | float | None = ""
    longitude: str | float | None = ""
    associations: list[str] = []
    sources: list[str] = []
    type: str | None = ""
    category: str | None = ""
    graphic: str | bool | None = False


class _Report(msgspec.Struct):
    id: str | int | None = ""
    title: str | None = ""
    description: str | None = ""
    paths: list[str] = []
    url: str | None = ""

    @property
    def addresses(self) -> list[str]:
        """Where it can be seen, each once."""
        return [path for path in dict.fromkeys((*self.paths, self.url or "")) if path]


class _Association(msgspec.Struct):
    id: str
    title: str | None = ""
    filter_paths: list[str] = []

    @property
    def words(self) -> str:
        """``group: value``, or the title where it has no path."""
        return ": ".join(self.filter_paths) or self.title or self.id


@dataclass(frozen=True, slots=True)
class _Lookup:
    """What the events of a set may name."""

    reports: Mapping[str, _Report] = field(default_factory=dict)
    associations: Mapping[str, _Association] = field(default_factory=dict)


class TimeMapReader:
    """Reads TimeMap's JSON: the file of events, or a folder or zip that holds it with its sources and associations."""

    name: Final = "timemap"
    title: Final = "TimeMap JSON: events with their sources and associations"
    options: Final[Mapping[str, str]] = MappingProxyType(
        {"licence": "licence of the set; its files name none", "attribution": "whom to credit; its files name nobody"}
    )

    def sniff(self, head: bytes) -> bool:
        """True if the file begins as a list of events or associations or as an object of sources."""
        return bool(_form(head))

    def stands_alone(self, head: bytes) -> bool:
        """True for the events; sources and associations are read with them."""
        return _form(head) == "events"

    def read(self, path: Path, options: Options) -> Iterator[Record]:
        """The events as claims, each with a document that links its sources.

        A file of sources or associations alone gives nothing: it is read with the events beside it.

        Raises
        ------
        ReaderError
            If a file is no JSON, or there are no events to which sources and associations belong.
        """
        with opened_parts(path) as parts:
            if not parts.like(lambda start: _form(start) == "events"):
                remedy = "Put the file of events into the same folder, and import that."
                raise ReaderError("sources or associations without their events", where=str(path), remedy=remedy)
            events = parts.like(lambda start: _form(start) == "events", named=True)
            if events:
                lookup, refused = _looked_up(parts)
                yield from refused
                for record in _claims(events, lookup):
                    yield _licensed(record, options) if isinstance(record, Document) else record


def _licensed(document: Document, options: Options) -> Document:
    return replace(document, licence=options.get("licence", ""), attribution=options.get("attribution", ""))


def _form(head: bytes) -> str:
    """events, sources, associations, or empty where it is none of them."""
    if _OBJECT.match(head):
        return "sources" if b'"paths"' in head else ""
    if not _LIST.match(head):
        return ""
    if b'"filter_paths"' in head and b'"mode"' in head:
        return "associations"
    placed = all(key in head for key in (b'"description"', b'"date"', b'"latitude"', b'"longitude"'))
    if placed and (b'"associations"' in head or b'"sources"' in head):
        return "events"
    return "sources" if b'"paths"' in head and b'"latitude"' not in head else ""


def _looked_up(parts: Parts) -> tuple[_Lookup, list[Rejection]]:
    """The sources and associations of the set by their ids, and those that cannot be read."""
    reports: dict[str, _Report] = {}
    associations: dict[str, _Association] = {}
    refused: list[Rejection] = []
    for path in parts.like(lambda start: _form(start) == "sources"):
        for key, origin, raw in _items(path):
            report = decode(raw, _Report, origin)
            if isinstance(report, Rejection):
                refused.append(report)
            else:
                reports.setdefault(key or str(report.id), report)
    for path in parts.like(lambda start: _form(start) == "associations"):
        for _, origin, raw in _items(path):
            found = decode(raw, _Association, origin)
            if isinstance(found, Rejection):
                refused.append(found)
            else:
                associations.setdefault(found.id, found)
    return _Lookup(reports, associations), refused


def _items(path: Path) -> Iterator[tuple[str, Origin, msgspec.Raw]]:
    """The records of a list, or of an object by key, each with its place in the file."""
    data = whole(path)
    try:
        data.decode()
        held = msgspec.json.decode(data, type=list[msgspec.Raw] | dict[str, msgspec.Raw])
    except (msgspec.MsgspecError, UnicodeDecodeError) as e:
        raise ReaderError(f"not readable JSON: {e}", where=str(path), remedy="Mend it.") from e
    for i, item in enumerate(held.items() if isinstance(held, dict) else (("", raw) for raw in held)):
        key, raw = item
        yield key, Origin("TimeMap", path.name, repr(key) if key else f"[{i}]", TimeMapReader.name), raw


def _claims(files: Sequence[Path], lookup: _Lookup) -> Iterator[Record]:
    """A document and a claim for each event, a Rejection for one that cannot be read or whose id came before."""
    ids: set[str] = set()
    outlets: set[str] = set()
    for path in files:
        for _, origin, raw in _items(path):
            text = bytes(raw).decode()
            event = decode(raw, _Event, origin)
            if isinstance(event, Rejection):
                yield event
                continue
            try:
                claim, document, relays = _claim(event, lookup)
                if claim.claim_id in ids:
                    raise Refused("duplicate_id", "id", str(event.id), "Give each event its own id.")
            except Refused as refused:
                yield refused.at(origin, text)
                continue
            ids.add(claim.claim_id)
            for name in relays:
                if name not in outlets:
                    outlets.add(name)
                    yield Source(slug(name), name)
            yield document
            yield replace(claim, origin=origin)


def _claim(event: _Event, lookup: _Lookup) -> tuple[Claim, Document, list[str]]:
    reports = [lookup.reports.get(name) for name in event.sources]
    categories = [lookup.associations.get(name) for name in event.associations]
    statement, damage = clean(event.description or "")
    odd = f"In the description: {damage}." if damage else ""
    places = _place(event)
    if not statement and not places:
        raise Refused("missing_field", "description", "", "Say what happened, or where.")
    happened, untimed = _happened(event)
    event_id = _id(event)
    relays = list(dict.fromkeys(filter(None, (outlet(r.addresses[0]) for r in reports if r and r.addresses))))
    values = [*(a.filter_paths[-1] if a.filter_paths else a.words for a in categories if a), event.type, event.category]
    claim = Claim(
        claim_id=f"{_DATASET}-{event_id}",
        statement=" ".join(statement.split()) or f"An event at {places[0].mention}",
        kind=_kind([value.replace("_", " ") for value in values if value]),
        claimant_basis=Basis.INFERRED,
        relays=tuple(map(slug, relays)),
        attribution=AttributionMode.NARRATOR,
        document_id=f"{_DATASET}-{event_id}",
        quote=statement,
        modality=Modality.REPORTED,
        happened=happened,
        places=places,
        note=joined(*_categories(event, lookup), untimed, odd, *_absent(event, lookup)),
    )
    return claim, _document(event_id, event, [r for r in reports if r]), relays


def _id(event: _Event) -> str:
    """The event's own id, or where it has none a hash of what identifies it."""
    if given := _NOT_ID.sub("-", str(event.id or "")).strip("-"):
        return given
    said = (event.date, event.time, event.location, event.latitude, event.longitude, event.description)
    return hashlib.sha256("\x1f".join(map(str, said)).encode()).hexdigest()[:16]


def _happened(event: _Event) -> tuple[Span, str]:
    """The day, month first, or the minute where a time is set; and what is odd about the time."""
    date, time = (event.date or "").strip(), (event.time or "").strip()
    if not date:
        raise Refused("missing_field", "date", "", "Give the date as MM/DD/YYYY.")
    month = date.partition("/")[0]
    try:
        if _US_DATE.fullmatch(date) and int(month) > 12:
            raise SpanError(f"{date!r} has no month {month}")
        on = moment(date, day_first=False)
    except SpanError as e:
        raise Refused("bad_date", "date", date, "Write the date as MM/DD/YYYY, the month first.") from e
    if time in _UNSET_TIME or on.precision is not TimePrecision.DAY:
        return on, ""
    try:
        return moment(f"{date} {time}", day_first=False), "The time has no zone and is read as UTC."
    except SpanError:
        return on, f"The time {time!r} cannot be read."


def _place(event: _Event) -> tuple[PlaceMention, ...]:
    """The analysts' point; where there is none, the location is looked up by name."""
    mention = " ".join(clean(event.location or "")[0].split())
    point = _point(event)
    if point is None:
        return (PlaceMention(mention),) if mention else ()
    note = "the analysts' point, which they may blur on purpose"
    name = mention or "a point without a name"
    return (PlaceMention(name, precision=Precision.SETTLEMENT, lon=point[0], lat=point[1], note=note),)


def _point(event: _Event) -> tuple[float, float] | None:
    """lon, lat; numbers may be text, with a decimal comma."""
    texts = {name: str(getattr(event, name) if getattr(event, name) is not None else "").strip() for name in _AXES}
    if not any(texts.values()):
        return None
    numbers = []
    for name, text in texts.items():
        try:
            numbers.append(float(text.replace(",", ".")))
        except ValueError:
            raise Refused("bad_number", name, text, "Give both coordinates in degrees, or neither.") from None
    return point_of(numbers[0], numbers[1], "longitude, latitude")


def _kind(values: Sequence[str]) -> Kind:
    return next((kind for kind, words in _KINDS if any(map(words.search, values))), Kind.OTHER)


def _categories(event: _Event, lookup: _Lookup) -> Iterator[str]:
    known = [lookup.associations[name].words for name in event.associations if name in lookup.associations]
    if known:
        yield f"Categories: {'; '.join(known)}."
    if unknown := [name for name in event.associations if name not in lookup.associations]:
        yield f"Categories that are not in the set: {', '.join(unknown)}."


def _absent(event: _Event, lookup: _Lookup) -> Iterator[str]:
    """What is missing of the sources: some are withheld on purpose, some are not in the set."""
    if unknown := [name for name in event.sources if name not in lookup.reports]:
        yield f"Sources that are not in the set: {', '.join(unknown)}."
    if withheld := [n for n in event.sources if n in lookup.reports and not lookup.reports[n].addresses]:
        yield f"Sources whose address is withheld: {', '.join(withheld)}."


def _document(event_id: str, event: _Event, reports: Sequence[_Report]) -> Document:
    """What the event links: the first address opens, the others stand in the note."""
    addresses = list(dict.fromkeys(address for report in reports for address in report.addresses))
    titles = [report.title for report in reports if report.title]
    words = [report.description for report in reports if report.description]
    return Document(
        document_id=f"{_DATASET}-{event_id}",
        title=titles[0] if titles else f"Sources of TimeMap event {event_id}",
        publisher=outlet(addresses[0]) if addresses else "",
        url=addresses[0] if addresses else "",
        graphic=str(event.graphic).casefold() in _YES,
        note=joined(*words, f"Also: {' '.join(addresses[1:])}" if addresses[1:] else ""),
    )
