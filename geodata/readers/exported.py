"""Our own CSV, as :mod:`geodata.export` writes it, perhaps mended in a spreadsheet since.

A row has one place and no text of its document, so what comes back is the claim as far as its row says it. Documents
get ids of their own: a row must not take the text away from the document it was exported with.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import msgspec

from geodata.errors import SpanError
from geodata.model import UNKNOWN_SIDE, Claim, Document, Kind, Origin, Rejection, Source
from geodata.readers.base import Options, Record
from geodata.readers.cells import Refused
from geodata.readers.checked import decode
from geodata.readers.guarded import unguarded
from geodata.readers.tables import Row, Table, open_table, sniff_header
from geodata.spans import Span, TimePrecision, day, month, parse_instant, week, year

__all__ = ["MINUTE", "ExportedReader", "Told", "claim_of", "said_of"]

_SIGNATURE: Final = frozenset({"claim_id", "revision", "recorded_at", "statement", "kind", "happened_precision"})
_DOCUMENT: Final = ("publisher", "published", "url", "licence", "attribution", "citation")
_CLAIM: Final = (
    "claim_id", "statement", "kind", "subtype", "claimant", "claimant_basis", "actor", "target", "status", "modality",
    "coding", "quote", "unplaced", "note",
)  # fmt: skip
_WHOLE: Final = MappingProxyType(
    {TimePrecision.DAY: day, TimePrecision.WEEK: week, TimePrecision.MONTH: month, TimePrecision.YEAR: year}
)
MINUTE: Final = timedelta(minutes=1)
"""How long what was said to the minute may have taken."""


class ExportedReader:
    """Reads the CSV that ``export`` and ``/claims.csv`` write."""

    name: Final = "exported"
    title: Final = "conflict-map CSV: claims as they were exported"
    options: Final[Mapping[str, str]] = MappingProxyType({})

    def sniff(self, head: bytes) -> bool:
        """True if the header has our columns, in any order."""
        return set(sniff_header(head)) >= _SIGNATURE

    def read(self, path: Path, options: Options) -> Iterator[Record]:
        """A claim for each row, after the sources and the document it names; what does not fit is a Rejection.

        Raises
        ------
        ReaderError
            If the file cannot be read.
        """
        table = self.table(path)
        told = Told()
        for row in table:
            yield from told.records(row, table)

    def table(self, path: Path) -> Table:
        """The rows of the file.

        Raises
        ------
        ReaderError
            If the file cannot be read.
        """
        return open_table(path, origin=Origin(reader=self.name))


class Told:
    """Which sources and documents the rows have told: each is told once."""

    def __init__(self) -> None:
        self.sources: set[str] = set()
        self.documents: set[str] = set()

    def records(self, row: Row | Rejection, table: Table) -> Iterator[Record]:
        """What a row of the table holds beyond what has been told."""
        if isinstance(row, Rejection):
            yield row
            return
        for record in _records(row, table.at(row.line)):
            if isinstance(record, Source | Document):
                told, key = (
                    (self.sources, record.source_id)
                    if isinstance(record, Source)
                    else (self.documents, record.document_id)
                )
                if key in told:
                    continue
                told.add(key)
            yield record


def claim_of(cells: Mapping[str, str]) -> tuple[Claim, Document] | None:
    """The claim of a row that has these cells and is good in the others, and its document; None if it is refused."""
    *about, found = _records(Row(0, {**_GOOD, **cells}, ""), Origin())
    return (found, about[1]) if isinstance(found, Claim) and isinstance(about[1], Document) else None


def said_of(cells: Mapping[str, str]) -> Claim | None:
    """A claim that was said when these cells have it, and nothing else; None if they are no good time."""
    try:
        told = _said({name: unguarded(cell) for name, cell in cells.items()})
        return Claim("", "", Kind.OTHER, said_at=msgspec.convert(told.get("said_at"), Span | None))
    except (Refused, SpanError, msgspec.ValidationError):
        return None


_GOOD: Final = {"claim_id": "x", "statement": "x", "kind": Kind.ADVANCE, "document_id": "x"}


def _records(row: Row, origin: Origin) -> Iterator[Record]:
    """What a row holds: source, document and claim; or its Rejection alone."""
    cells = {name: unguarded(cell) for name, cell in row.cells.items()}
    try:
        told = _claim(cells)
    except Refused as refused:
        yield refused.at(origin, row)
        return
    origin = replace(origin, dataset=cells.get("dataset", ""))
    claim = _decoded({**told, "origin": origin}, origin)
    if isinstance(claim, Rejection):
        yield replace(claim, field=claim.field.removeprefix("$."), raw=row.raw)
        return
    name = cells.get("claimant_name", "")
    yield Source(claim.claimant, name or claim.claimant, cells.get("side", "") or UNKNOWN_SIDE)
    about = {name: cells.get(name, "") for name in _DOCUMENT}
    title = cells.get("document_title", "") or claim.document_id
    yield Document(claim.document_id, title, graphic=cells.get("graphic", "") == "true", **about)
    yield claim


def _decoded(told: dict[str, Any], origin: Origin) -> Claim | Rejection:
    """The claim; where it is not sound, or cells of JSON may hold what no claim has, it is looked through."""
    if not told["figures"] and not told["relations"]:
        with suppress(msgspec.ValidationError, SpanError):
            return msgspec.convert(told, Claim)
    return decode(msgspec.Raw(msgspec.json.encode(told)), Claim, origin)


def _claim(cells: Mapping[str, str]) -> dict[str, Any]:
    """The claim in the words of the native format; empty cells are left out."""
    found: dict[str, Any] = {name: cells[name] for name in _CLAIM if cells.get(name)}
    lists = ((n, [part for part in cells.get(n, "").split("; ") if part]) for n in ("relays", "actor_alt"))
    return {
        **found,
        **{name: parts for name, parts in lists if parts},
        "document_id": f"table-{cells['document_id']}" if cells.get("document_id") else "",
        "negated": cells.get("negated", "") == "true",
        **_span(cells),
        "happened": {
            "start": cells.get("happened_start") or None,
            "end": cells.get("happened_end") or None,
            "precision": cells.get("happened_precision") or TimePrecision.OPEN,
        },
        **_said(cells),
        "places": _places(cells),
        "figures": _json(cells, "figures"),
        "relations": _json(cells, "relations"),
    }


def _span(cells: Mapping[str, str]) -> dict[str, Any]:
    start, end = cells.get("span_start", ""), cells.get("span_end", "")
    return {"span": {"start": _number(start, "span_start"), "end": _number(end, "span_end")}} if start or end else {}


def _said(cells: Mapping[str, str]) -> dict[str, Any]:
    """When it was said; the end of that time follows from its precision."""
    text, precision = cells.get("said_at", ""), cells.get("said_precision", "")
    if not text:
        return {}
    try:
        start = parse_instant(text).astimezone(UTC)
    except SpanError as e:
        raise Refused("bad_date", "said_at", text, e.remedy) from e
    whole = _WHOLE.get(precision)  # type: ignore[call-overload]
    end = whole(start.date()).end if whole else start + MINUTE if precision == TimePrecision.MINUTE else None
    return {"said_at": {"start": start, "end": end, "precision": precision}}


def _places(cells: Mapping[str, str]) -> list[dict[str, Any]]:
    """The indexed place; its point where the gazetteer does not know the place."""
    mention = cells.get("mention") or cells.get("place")
    if not mention:
        return []
    drawn = cells.get("shape", "")
    about = {"role": "role", "precision": "precision", "place_id": "place_id", "name": "place"}
    found: dict[str, Any] = {field: cells[name] for field, name in about.items() if cells.get(name)}
    if not cells.get("place_id"):
        found |= {name: _number(cells[name], name) for name in ("lon", "lat") if cells.get(name)}
        found |= {"shape": drawn} if drawn.startswith("wkb:") else {}
    return [{"mention": mention, **found}]


def _number(text: str, field: str) -> float:
    try:
        return float(text) if field in ("lon", "lat") else int(float(text))
    except ValueError:
        raise Refused("bad_number", field, text, "Write a plain number, or nothing.") from None


def _json(cells: Mapping[str, str], field: str) -> Any:
    text = cells.get(field, "")
    try:
        return msgspec.json.decode(text) if text else []
    except msgspec.DecodeError:
        raise Refused("bad_value", field, text, "Leave the JSON as it was exported.") from None
