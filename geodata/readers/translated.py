"""A row of any table as a claim, by a mapping of its columns."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from enum import StrEnum
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Final, Protocol, TypeVar

from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from geodata.errors import ReaderError, ShapeError, SpanError
from geodata.model import (
    UNSTATED,
    AttributionMode,
    Claim,
    Document,
    Figure,
    Kind,
    Modality,
    Origin,
    PlaceMention,
    Precision,
    Rejection,
    Role,
)
from geodata.readers.base import Record
from geodata.readers.cells import Refused, joined, point_of
from geodata.readers.dates import moment
from geodata.readers.mapping import FIELDS, PRECISIONS, FieldMap, guess, told
from geodata.readers.tables import Row
from geodata.readers.web import outlet
from geodata.recipes import carried
from geodata.spans import EVER, Span, TimePrecision

__all__ = ["Rows", "Translator", "as_text", "mapping_of", "translated"]

W = TypeVar("W", bound=StrEnum)

_KINDS: Final = (
    (Kind.CASUALTIES, r"casualt|killed|fatalit|загиб|погиб|жертв|tote\b|muert"),
    (Kind.BOMBARDMENT, r"bomb|shell|artill|missile|rocket|mortar|air.?strike|drone|explo|обстр|ракет|артил|авіа|авиа|"
                       r"взрыв|вибух|дрон|beschuss|explos"),
    (Kind.REPULSED, r"repuls|repel|відби|отби"),
    (Kind.RETREAT, r"retreat|withdr|відступ|відхід|отступ|отход|rückzug|retirada"),
    (Kind.ADVANCE, r"advance|просув|продвиж|vormarsch|avance"),
    (Kind.OFFENSIVE, r"offensive|attack|наступ|атак|angriff|ataque"),
    (Kind.CAPTURE, r"captur|seiz|occup|control|захоп|захват|окуп|взят|einnahme"),
    (Kind.CLASH, r"clash|battle|fight|combat|бої|бій|бои|бой|зіткн|столкн|gefecht|kampf"),
    (Kind.DISPLACEMENT, r"displac|refug|evacu|евак|эвак|біжен|бежен|flucht"),
    (Kind.LOOTING, r"loot|мародер"),
    (Kind.STRIKE, r"strike|удар"),
)  # fmt: skip
"""Kinds by stems of the data's word for what happened; the word itself stays as the subtype."""
_TELLING: Final = frozenset({"statement", "quote", "kind", "place", "lat"})
"""Without any of these nothing is claimed."""
_SAMPLE: Final = 500
_MIDNIGHT: Final = time()
_RANGE: Final = re.compile(r"(\d+(?:\.\d+)?)\s*[-–]\s*(\d+(?:\.\d+)?)")
_NO_VALUE: Final = frozenset({"", "na", "n/a", "nan", "none", "null", "-", "?"})
_SPACES: Final = re.compile(r"(?<=\d)[ \u00a0\u202f,'](?=\d{3}\b)")


class Rows(Protocol):
    """A file's columns and, by iteration, its rows; a row may bring its geometry, EPSG:4326."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns, without that of the geometry."""
        ...

    def at(self, line: int) -> Origin:
        """Where a row is."""
        ...

    def __iter__(self) -> Iterator[tuple[Row | Rejection, BaseGeometry | None]]:
        """The rows from the first on, each time it is asked for."""
        ...


def mapping_of(rows: Rows, option: str) -> FieldMap:
    """The mapping that is told, else the one that is guessed from the columns and the first rows.

    Raises
    ------
    ReaderError
        If what is told does not fit the columns, or nothing in them was recognised.
    """
    sample = [row for row, _ in islice(rows, _SAMPLE) if isinstance(row, Row)]
    guessed = guess(rows.columns, sample)
    found = told(option, rows.columns, guessed) if option else guessed
    used = {word for words in found.columns.values() for word in words} | set(found.constants)
    if not used & _TELLING:
        what = f"no column says what is claimed or where; there are: {', '.join(rows.columns)}"
        raise ReaderError(what, remedy=f"Give pairs column=field with --map. Fields: {', '.join(FIELDS)}.")
    return found


def translated(rows: Rows, path: Path, option: str) -> Iterator[Record]:
    """The records of a file: its document, then each row's claim or Rejection.

    Raises
    ------
    ReaderError
        As :func:`mapping_of`.
    """
    found = mapping_of(rows, option)
    translator = Translator(found, found.of(path))
    for row, shape in rows:
        if isinstance(row, Rejection):
            yield row
        else:
            yield from translator.records(row, rows.at(row.line), shape)


def as_text(value: object) -> str:
    """A typed value as it would stand in a text table: days without an hour, whole numbers without a point."""
    if value is None or value != value:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes") if value.time() != _MIDNIGHT or value.tzinfo else str(value.date())
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, (list, tuple)):
        return "|".join(map(as_text, value))
    return "" if isinstance(value, bytes) else str(value)


@dataclass(slots=True)
class Translator:
    """Makes the records of one file; it remembers only which reports it has announced."""

    map: FieldMap
    document: Document
    announced: set[str] = field(default_factory=set)
    _columns: Mapping[str, tuple[str, ...]] = field(init=False)
    """The columns that give a field, by field."""

    def __post_init__(self) -> None:
        self._columns = {
            name: tuple(column for column, names in self.map.columns.items() if name in names) for name in FIELDS
        }

    def records(self, row: Row, origin: Origin, shape: BaseGeometry | None = None) -> Iterator[Record]:
        """The row's claim, after its document if that is new; or the row's Rejection.

        Parameters
        ----------
        shape : geometry of the row, EPSG:4326; a point counts as ``lon`` and ``lat``.
        """
        try:
            cells = _Fields(row, self.map, self._columns)
            claim = self._claim(cells, shape)
        except Refused as refused:
            yield refused.at(origin, row)
            return
        document = self._document(cells)
        if document.document_id not in self.announced:
            self.announced.add(document.document_id)
            yield document
        note = joined(claim.note, *row.notes)
        found = replace(origin, dataset=self.document.title)
        yield replace(claim, document_id=document.document_id, origin=found, note=note)

    def _claim(self, cells: _Fields, shape: BaseGeometry | None) -> Claim:
        kind, subtype = _kind(cells)
        places = _places(cells, shape)
        happened, said = _times(cells)
        quote = cells.text("quote")
        where = f" at {places[0].mention}" if places else ""
        what = subtype or ("something" if kind is Kind.OTHER else str(kind))
        told = cells.text("statement") or quote or f"{what.replace('_', ' ').capitalize()} reported{where}."
        figures = tuple(f for measure in ("killed", "wounded") if (f := _figure(cells, measure)))
        return Claim(
            claim_id=f"{self.document.document_id}-{cells.text('id') or _fingerprint(cells)}",
            statement=told,
            kind=kind,
            subtype=subtype,
            claimant=cells.text("claimant") or UNSTATED,
            relays=cells.several("relay"),
            attribution=AttributionMode.INDIRECT if cells.text("claimant") else AttributionMode.NARRATOR,
            quote=quote,
            actor=cells.text("actor"),
            target=cells.text("target"),
            modality=cells.word("modality", Modality, Modality.REPORTED),
            happened=happened,
            said_at=said,
            places=places,
            figures=figures,
            note=joined(*cells.several("note"), *map(_disorder, figures)),
        )

    def _document(self, cells: _Fields) -> Document:
        """The report the row gives an address or title of, under the data set's licence; else the data set."""
        url = next(iter(cells.several("url")), "")
        title = cells.text("title")
        if not url and not title:
            return self.document
        digest = hashlib.sha256(f"{url}\x1f{title}".encode()).hexdigest()[:12]
        host = outlet(url)
        return replace(
            self.document,
            document_id=f"{self.document.document_id}-{digest}",
            title=title or f"Report at {host or url}",
            publisher=cells.text("publisher") or host,
            published="",
            url=url,
            language=cells.text("language"),
            note=joined(f"Reported in the data set {self.document.title}.", self.document.note),
        )


@dataclass(frozen=True, slots=True)
class _Fields:
    """The cells of a row by field."""

    row: Row
    map: FieldMap
    columns: Mapping[str, tuple[str, ...]]
    """Those that give a field, by field."""

    def raw(self, name: str) -> list[tuple[str, str]]:
        """Column and cell of each column that gives the field and is not empty."""
        cells = self.row.cells
        return [(column, cell) for column in self.columns[name] if (cell := cells.get(column, ""))]

    def text(self, name: str) -> str:
        """The first cell that gives the field, in our word if it has one; else the constant; else empty."""
        cell = next((cell for _, cell in self.raw(name)), self.map.constants.get(name, ""))
        return self.map.words.get(name, {}).get(cell, cell)

    def several(self, name: str) -> tuple[str, ...]:
        """Every name in every cell that gives the field, once each."""
        cells = [cell for _, cell in self.raw(name)] or [self.map.constants.get(name, "")]
        mark = self.map.separator
        parts = (part.strip() for cell in cells for part in (cell.split(mark) if mark and name != "note" else [cell]))
        words = self.map.words.get(name, {})
        return tuple(dict.fromkeys(words.get(part, part) for part in parts if part))

    def column(self, name: str) -> str:
        return next((column for column, _ in self.raw(name)), name)

    def word(self, name: str, words: type[W], default: W) -> W:
        """The field as one of our words, the default if it is empty; another word is a ``bad_code``."""
        text = self.text(name)
        if not text:
            return default
        try:
            return words(text.casefold())
        except ValueError:
            raise Refused("bad_code", self.column(name), text, f"Use one of: {', '.join(words)}.") from None

    def number(self, name: str) -> float | None:
        text = self.text(name)
        degrees = name in ("lon", "lat")
        if text.casefold() in _NO_VALUE or (text == "-1" and not degrees):
            return None
        plain = text if degrees else _SPACES.sub("", text)
        try:
            return float(plain.replace(",", "."))
        except ValueError:
            remedy = "Write a plain number, or nothing if it is not known."
            raise Refused("bad_number", self.column(name), text, remedy) from None

    def when(self, name: str) -> Span | None:
        text = self.text(name)
        if text and name == "happened":
            text = joined(text, self.text("time"))
        try:
            return moment(text, day_first=self.map.day_first) if text else None
        except SpanError as e:
            raise Refused("bad_date", self.column(name), text, e.remedy) from e


def _kind(cells: _Fields) -> tuple[Kind, str]:
    """Our kind for the data's word, and that word as the subtype where it says more than the kind."""
    return _kind_of(cells.text("kind"), cells.text("subtype"))


@lru_cache(maxsize=4_096)
def _kind_of(word: str, finer: str) -> tuple[Kind, str]:
    plain = word.casefold().replace(" ", "_")
    if plain in list(Kind):
        return Kind(plain), finer
    found = (kind for text in (finer, word) for kind, stems in _KINDS if text and re.search(stems, text, re.IGNORECASE))
    return next(found, Kind.OTHER), finer or word


def _times(cells: _Fields) -> tuple[Span, Span | None]:
    """When it happened and when it was said; what is only known to be reported happened before that."""
    said, happened = cells.when("said"), cells.when("happened")
    first, last = cells.when("from"), cells.when("to")
    if happened is None and first and last and first != last:
        if first.start is None or last.end is None or first.start >= last.end:
            value = f"{cells.text('from')} to {cells.text('to')}"
            raise Refused("bad_span", cells.column("from"), value, "Let the last day be on or after the first.")
        return Span(first.start, last.end, TimePrecision.RANGE), said
    if happened is None and last and not first:
        happened = Span(None, last.end, TimePrecision.OPEN)
    if happened is None and first is None and said and said.end:
        return Span(None, said.end, TimePrecision.OPEN), said
    return happened or first or EVER, said


def _places(cells: _Fields, shape: BaseGeometry | None) -> tuple[PlaceMention, ...]:
    """The place and, if it has no point of its own, what it lies in, for the gazetteer."""
    name, within = cells.text("place"), cells.several("within")
    point, recipe = _point(cells, shape), None
    if shape is not None and not isinstance(shape, Point):
        point, recipe = _drawn(shape)
    given = _precision(cells)
    if point is None:
        containers = tuple(PlaceMention(unit, role=Role.CONTAINER) for unit in within if unit != name)
        return (PlaceMention(name, precision=given or Precision.NONE), *containers) if name else containers
    assumed = Precision.REGION if recipe else Precision.SETTLEMENT
    note = joined(
        f"In {', '.join(within)}." if within else "",
        "" if given else f"The data does not say how exact the place is; taken as {assumed}.",
    )
    mention = name or f"{point[1]:.4f}, {point[0]:.4f}"
    precision = given or assumed
    return (PlaceMention(mention, precision=precision, lon=point[0], lat=point[1], note=note, shape=recipe),)


def _point(cells: _Fields, shape: BaseGeometry | None) -> tuple[float, float] | None:
    if isinstance(shape, Point):
        return point_of(float(shape.x), float(shape.y), "geometry")
    lon, lat = cells.number("lon"), cells.number("lat")
    if lon is None and lat is None:
        return None
    if lon is None or lat is None:
        missing = "lon" if lon is None else "lat"
        raise Refused("missing_field", cells.column(missing), "", "Give both coordinates, or neither.")
    return point_of(lon, lat, f"{cells.column('lon')}, {cells.column('lat')}")


def _drawn(shape: BaseGeometry) -> tuple[tuple[float, float], str]:
    try:
        recipe = carried(shape)
    except ShapeError as e:
        raise Refused("bad_coordinates", "geometry", shape.wkt[:80], e.remedy) from e
    inside = shape.representative_point()
    return (float(inside.x), float(inside.y)), recipe


def _precision(cells: _Fields) -> Precision | None:
    text = cells.text("precision")
    return (PRECISIONS.get(text.casefold()) or cells.word("precision", Precision, Precision.NONE)) if text else None


def _figure(cells: _Fields, measure: str) -> Figure | None:
    """The numbers as they stand; the low, best and high of a count need not be in order."""
    text = cells.text(measure)
    low, high = cells.number(f"{measure}_low"), cells.number(f"{measure}_high")
    if span := _RANGE.fullmatch(_SPACES.sub("", text)):
        return Figure(measure, "people", low=float(span[1]), high=float(span[2]), text=text)
    best = cells.number(measure)
    if any(n is not None and n < 0 for n in (low, best, high)):
        raise Refused("bad_number", cells.column(measure), text, "A count is 0 or more; empty if it is not known.")
    if low is None and best is None and high is None:
        return None
    return Figure(measure, "people", low=low, best=best, high=high, text=text)


def _disorder(figure: Figure) -> str:
    known = [n for n in (figure.low, figure.best, figure.high) if n is not None]
    return "" if known == sorted(known) else f"The low, best and high of {figure.measure} are not in order."


def _fingerprint(cells: _Fields) -> str:
    """What tells the row from others: everything it says that is read."""
    said = (f"{name}={cell}" for name in sorted(cells.map.columns) if (cell := cells.row.cells.get(name, "")))
    return hashlib.sha256("\x1f".join(said).encode()).hexdigest()[:16]
