"""VIINA 2.0: headlines of Ukrainian and Russian media, placed and labelled by machine.

A row of ``event_info`` is one place of one report. A report is one proposition with a set of places, and only a
different set of places, kind or actor would make it two claims (codebook, section 1); its labels are those of its
headline. So the rows of one report become **one claim with several places**, and one report stays one voice.

The date and time are those of the report. When the thing happened is not stated: until the day of the report.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

from geodata.errors import ReaderError
from geodata.model import (
    AttributionMode,
    Basis,
    Claim,
    Coding,
    Document,
    Modality,
    Origin,
    PlaceMention,
    Rejection,
    Relation,
    RelationType,
    Source,
)
from geodata.readers.base import Options, Record
from geodata.readers.cells import Cells, Refused, joined
from geodata.readers.parts import Parts, opened_parts
from geodata.readers.tables import Table, open_table, sniff_header
from geodata.readers.viina_cells import DATASET, LANGUAGES, id_of, outlet_of, place_of, said_of
from geodata.readers.viina_control import changes
from geodata.readers.viina_labels import LabelIndex, Labels, labels_of
from geodata.sources import slug
from geodata.spans import Span, TimePrecision, until

__all__ = ["ViinaReader"]

_FORMS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "event_info": frozenset({"event_id", "report_id", "date", "geo_precision", "source", "text"}),
        "event_1pd": frozenset({"event_id_1pd", "event_ids", "n_reports", "date", "geo_precision"}),
        "event_labels": frozenset({"event_id", "date", "t_mil_b", "t_artillery_b"}),
        "control": frozenset({"geonameid", "date", "status_wiki", "status_dsm"}),
        "kontrol": frozenset({"kod", "date", "status_wiki", "status_dsm"}),
    }
)
"""Columns by which each file of the dataset is known, the order being the order of asking."""

_REPORT_NOTE: Final = "Headline only, as VIINA keeps it; its times have no zone and are read as UTC."


class _Event(NamedTuple):
    """One row of ``event_info``: one place of one report."""

    event_id: str
    report: str
    row: Cells
    said: Span
    place: PlaceMention
    labels: Labels | None


@dataclass(frozen=True, slots=True)
class _File:
    """A file of the dataset, with its columns by their names in lower case."""

    table: Table
    columns: Mapping[str, str]

    @classmethod
    def open(cls, path: Path) -> _File:
        table = open_table(path, origin=Origin(dataset="VIINA 2.0", reader=ViinaReader.name))
        return cls(table, {name.casefold(): name for name in table.columns})


class ViinaReader:
    """Reads the files of VIINA 2.0 as CSV or as the zips they are published in."""

    name: Final = "viina"
    title: Final = "VIINA 2.0, CSV or zip: event_info with event_labels, event_1pd, control, kontrol"
    options: Final[Mapping[str, str]] = MappingProxyType(
        {"labels": "path of event_labels; else the one that lies beside event_info is taken"}
    )

    def sniff(self, head: bytes) -> bool:
        """True if the header is that of one of the dataset's files."""
        return bool(_form(head))

    def stands_alone(self, head: bytes) -> bool:
        """False for the labels, which are read with the ``event_info`` beside them."""
        return _form(head) != "event_labels"

    def read(self, path: Path, options: Options) -> Iterator[Record]:
        """Claims of one file, or of those in a folder or zip; a file of labels is read with its ``event_info``.

        ``event_1pd`` gives a claim for each of its groups, ``control`` and ``kontrol`` one for each change of holder.

        Raises
        ------
        ReaderError
            If a file cannot be read, or is one of labels and there is no ``event_info`` beside it.
        """
        with opened_parts(path) as parts:
            if parts.like(lambda start: _form(start) == "event_labels", named=True):
                _need_reports(path, parts)
            yield DATASET
            for file in parts.like(lambda start: _form(start) == "event_info", named=True):
                yield from _reports(_File.open(file), _labels_for(file, parts, options))
            for file in parts.like(lambda start: _form(start) == "event_1pd", named=True):
                yield from _groups(_File.open(file))
            for file in parts.like(lambda start: _form(start) in ("control", "kontrol"), named=True):
                yield from changes(_File.open(file).table)


def _form(head: bytes) -> str:
    columns = {name.casefold() for name in sniff_header(head)}
    return next((form for form, needed in _FORMS.items() if columns >= needed), "")


def _labels_for(info: Path, parts: Parts, options: Options) -> Path | None:
    """The labels of a file of reports: named, or of the same name but for the word, or the only ones there."""
    if "labels" in options:
        return Path(options["labels"])
    found = parts.like(lambda start: _form(start) == "event_labels")
    stem = info.name.partition(".")[0].replace("info", "labels")
    same = [path for path in found if path.name.partition(".")[0] == stem]
    return same[0] if same else found[0] if len(found) == 1 else None


def _need_reports(path: Path, parts: Parts) -> None:
    if not parts.like(lambda start: _form(start) == "event_info"):
        remedy = "Put the event_info of the same release beside it, and import that."
        raise ReaderError("labels without the reports they are of", where=str(path), remedy=remedy)


def _reports(info: _File, labels: Path | None) -> Iterator[Record]:
    """A document and a claim for each report, a Rejection for each row that cannot be read, of labels as well."""
    with closing(LabelIndex()) as index:
        if labels:
            held = _File.open(labels)
            yield from index.fill(held.table, held.columns)
        earlier: dict[str, str] = {}
        outlets: set[str] = set()
        for group in _adjacent(info, index):
            if isinstance(group, Rejection):
                yield group
                continue
            document = _document(group[0])
            if document.publisher not in outlets:
                outlets.add(document.publisher)
                yield outlet_of(group[0].row.text("source"))
            if document.document_id not in earlier:
                yield document
            claim = _claim(group, document, earlier.get(document.document_id))
            claim = replace(claim, origin=_origin(group, info.table))
            earlier.setdefault(document.document_id, claim.claim_id)
            yield claim


def _adjacent(info: _File, index: LabelIndex) -> Iterator[list[_Event] | Rejection]:
    """The rows of one report that follow each other, as VIINA writes them."""
    group: list[_Event] = []
    for row in info.table:
        if isinstance(row, Rejection):
            yield row
            continue
        try:
            event = _event(Cells(row, info.columns), index)
        except Refused as refused:
            yield refused.at(info.table.at(row.line), row)
            continue
        if group and event.report != group[0].report:
            yield group
            group = []
        group.append(event)
    if group:
        yield group


def _event(row: Cells, index: LabelIndex) -> _Event:
    event_id, text = id_of(row, "event_id"), row.required("text")
    said = said_of(row)
    found = labels_of(row) or index.find(row.text("event_id"), row.text("date"))
    report = row.text("report_id").removesuffix(".0") or _digest(row.text("source"), row.text("url"), text)
    return _Event(event_id, report, row, said, place_of(row), found)


def _claim(events: Sequence[_Event], document: Document, earlier: str | None) -> Claim:
    first = events[0]
    row, text = first.row, first.row.required("text")
    labels = next((e.labels for e in events if e.labels), None)
    kind, subtype = (labels or Labels({})).kind
    told = "Kind, actor and places were set by machine"
    set_ = f"{told}; labels: {labels.describe()}." if labels else f"{told}; there are no labels for it."
    ids = ", ".join(e.event_id for e in events)
    groups = ", ".join(dict.fromkeys(filter(None, (e.row.text("event_id_1pd").removesuffix(".0") for e in events))))
    return Claim(
        claim_id=f"viina-{first.event_id}",
        statement=text,
        kind=kind,
        subtype=subtype,
        claimant_basis=Basis.INFERRED,
        relays=(outlet_of(row.text("source")).source_id,),
        attribution=AttributionMode.NARRATOR,
        document_id=document.document_id,
        quote=text,
        actor=labels.actor if labels else "",
        modality=Modality.REPORTED,
        coding=Coding.ASSISTED,
        happened=_until(first.said),
        said_at=first.said,
        places=tuple(e.place for e in events),
        relations=(Relation(RelationType.SAME_AS, earlier),) if earlier else (),
        note=joined(
            set_,
            f"One report on {len(events)} places (VIINA events {ids})." if len(events) > 1 else "",
            f"Group of like reports of the day: {groups}." if groups else "",
            *(note for e in events for note in e.row.row.notes),
        ),
    )


def _until(said: Span) -> Span:
    assert said.start is not None
    return until(said.start.date())


def _origin(events: Sequence[_Event], table: Table) -> Origin:
    first, last = events[0].row.row.line, events[-1].row.row.line
    origin = table.at(first)
    return origin if first == last else replace(origin, row=f"lines {first} to {last}")


def _document(event: _Event) -> Document:
    """The report: what VIINA keeps of it is outlet, address and headline."""
    row, said = event.row, event.said
    lang = row.text("lang").casefold()
    start = said.start.isoformat() if said.start else ""
    return replace(
        DATASET,
        document_id=f"viina-report-{slug(event.report)}",
        title=row.text("text"),
        publisher=outlet_of(row.text("source")).name,
        published=start[:10] if said.precision is TimePrecision.DAY else start,
        url=row.text("url"),
        language=LANGUAGES.get(lang, lang),
        note=_REPORT_NOTE,
    )


def _digest(*words: str) -> str:
    return hashlib.sha256("\x1f".join(words).encode()).hexdigest()[:16]


def _groups(file: _File) -> Iterator[Record]:
    """A claim for each group of like reports: what several outlets say of one place on one day."""
    known: set[str] = set()
    for row in file.table:
        if isinstance(row, Rejection):
            yield row
            continue
        try:
            claim, outlets = _group(Cells(row, file.columns))
        except Refused as refused:
            yield refused.at(file.table.at(row.line), row)
            continue
        for outlet in outlets:
            if outlet.source_id not in known:
                known.add(outlet.source_id)
                yield outlet
        yield replace(claim, note=joined(claim.note, *row.notes), origin=file.table.at(row.line))


def _group(row: Cells) -> tuple[Claim, list[Source]]:
    labels = labels_of(row) or Labels({})
    kind, subtype = labels.kind
    said, place, count = said_of(row), place_of(row), row.count("n_reports")
    codes = [code for part in row.text("sources").split(",") for code in part.replace("|", " ").split()]
    outlets = [outlet_of(code) for code in dict.fromkeys(codes)]
    words = labels.words
    claim = Claim(
        claim_id=f"viina-1pd-{id_of(row, 'event_id_1pd')}",
        statement=f"{words[0].upper()}{words[1:]} reported at {place.mention}",
        kind=kind,
        subtype=subtype,
        claimant_basis=Basis.INFERRED,
        relays=tuple(outlet.source_id for outlet in outlets),
        attribution=AttributionMode.NARRATOR,
        document_id=DATASET.document_id,
        actor=labels.actor,
        modality=Modality.REPORTED,
        coding=Coding.ASSISTED,
        happened=_until(said),
        said_at=said,
        places=(place,),
        note=joined(
            f"Kind, actor and place were set by machine; labels: {labels.describe()}.",
            f"Stands for {count or 'an unknown number of'} reports"
            f" (VIINA events {row.text('event_ids') or 'not given'}), which event_info has one by one.",
        ),
    )
    return claim, outlets
