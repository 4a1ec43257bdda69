"""GDELT 2.0: events and mentions that a machine codes from the world's news every 15 minutes.

Nobody reads what the machine codes, so every claim says that it is machine-coded: ``coding`` is ``machine`` and
its note begins with :data:`MACHINE_CODED`. Columns and codes by the GDELT Event Codebook 2.0 (19 February 2015).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Final

from geodata.model import (
    AttributionMode,
    Basis,
    Claim,
    Coding,
    Document,
    Kind,
    Modality,
    Origin,
    PlaceMention,
    Precision,
    Rejection,
    Relation,
    RelationType,
    Source,
)
from geodata.readers.base import Options, Record
from geodata.readers.cameo import cameo
from geodata.readers.cells import Cells, Refused, joined
from geodata.readers.tables import Table, open_table, sniff_header
from geodata.readers.unpacked import head as head_of
from geodata.readers.web import outlet
from geodata.sources import slug
from geodata.spans import Span, TimePrecision, until

__all__ = ["EVENT_COLUMNS", "MACHINE_CODED", "MENTION_COLUMNS", "GdeltReader"]

MACHINE_CODED: Final = "Coded by machine, read by nobody."

_GEO: Final = ("Type", "FullName", "CountryCode", "ADM1Code", "ADM2Code", "Lat", "Long", "FeatureID")
_ACTOR: Final = ("Code", "Name", "CountryCode", "KnownGroupCode", "EthnicCode", "Religion1Code", "Religion2Code",
                 "Type1Code", "Type2Code", "Type3Code")  # fmt: skip
EVENT_COLUMNS: Final[tuple[str, ...]] = (
    *("GLOBALEVENTID", "SQLDATE", "MonthYear", "Year", "FractionDate"),
    *(f"Actor{n}{part}" for n in (1, 2) for part in _ACTOR),
    *("IsRootEvent", "EventCode", "EventBaseCode", "EventRootCode", "QuadClass", "GoldsteinScale"),
    *("NumMentions", "NumSources", "NumArticles", "AvgTone"),
    *(f"{who}Geo_{part}" for who in ("Actor1", "Actor2", "Action") for part in _GEO),
    *("DATEADDED", "SOURCEURL"),
)
"""The 61 columns of an events file, which has no header."""
MENTION_COLUMNS: Final = (
    "GLOBALEVENTID", "EventTimeDate", "MentionTimeDate", "MentionType", "MentionSourceName", "MentionIdentifier",
    "SentenceID", "Actor1CharOffset", "Actor2CharOffset", "ActionCharOffset", "InRawText", "Confidence",
    "MentionDocLen", "MentionDocTone", "MentionDocTranslationInfo", "Extras",
)  # fmt: skip
"""The 16 columns of a mentions file, which has no header."""
_EVENT_SIGNATURE: Final = frozenset({"globaleventid", "sqldate", "eventcode", "actiongeo_type"})
_MENTION_SIGNATURE: Final = frozenset({"globaleventid", "mentiontimedate", "mentionidentifier"})

_PRECISIONS: Final = MappingProxyType(
    {
        0: Precision.NONE,
        1: Precision.COUNTRY,
        2: Precision.OBLAST,
        3: Precision.SETTLEMENT,
        4: Precision.SETTLEMENT,
        5: Precision.OBLAST,
    }
)
"""ActionGeo_Type: none, country, US state, US city or landmark, world city or landmark, world state."""
_COUNTY: Final = re.compile(r" (County|Parish)$")
"""US counties are coded as cities."""
_COUNTRIES: Final = MappingProxyType({"RUS": "RU", "UKR": "UA"})
_FIRST_DAY: Final = date(1979, 1, 1)
"""GDELT begins here; an earlier date is misread."""
_LATE_DAYS: Final = 7
"""A date this far from the day the event was added is noted: GDELT often takes it a year or ten off."""

_LOOKED_AT: Final = 20
"""Lines by which a file without header is known: the first ones may be damaged."""

_DATASET: Final = Document(
    document_id="gdelt",
    title="The GDELT Project: Event Database 2.0",
    publisher="The GDELT Project",
    url="https://www.gdeltproject.org/",
    licence="GDELT terms of use: any use, with citation and link",
    attribution="The GDELT Project (https://www.gdeltproject.org/)",
    citation=(
        "Leetaru, Kalev, and Philip A. Schrodt (2013). GDELT: Global Data on Events, Location, and Tone, 1979-2012. "
        "ISA Annual Convention"
    ),
    note=MACHINE_CODED,
)


class GdeltReader:
    """Reads GDELT 2.0 files of events and of mentions, as published (tabs, no header) or exported with a header."""

    name: Final = "gdelt"
    title: Final = "GDELT 2.0 events and mentions, machine-coded, tab-separated or CSV"
    options: Final[Mapping[str, str]] = MappingProxyType({})

    def sniff(self, head: bytes) -> bool:
        """True if a first line has the cells of an event or of a mention, or names their columns."""
        return bool(_bare(head)) or _is_named(sniff_header(head))

    def read(self, path: Path, options: Options) -> Iterator[Record]:
        """A claim for each event; a mention is the statement that a document speaks of an event, and is not drawn.

        Raises
        ------
        ReaderError
            If the file cannot be read.
        """
        origin = Origin(dataset="GDELT", reader=self.name)
        header = _bare(head_of(path))
        table = (
            open_table(path, header=header, delimiter="\t", quoting=False, origin=origin)
            if header
            else open_table(path, origin=origin)
        )
        columns = {name.casefold(): name for name in table.columns}
        yield _DATASET
        yield from _records(table, columns, _mention if columns.keys() >= _MENTION_SIGNATURE else _event)


def _bare(head: bytes) -> tuple[str, ...]:
    """The columns of a file without header, by its first lines; empty if it is no such file."""
    for line in head.split(b"\n", _LOOKED_AT)[:_LOOKED_AT]:
        cells = line.rstrip(b"\r").split(b"\t")
        if len(cells) == len(EVENT_COLUMNS) and _digits(cells[0]) and _digits(cells[1], 8) and _digits(cells[59], 14):
            return EVENT_COLUMNS
        if len(cells) == len(MENTION_COLUMNS) and _digits(cells[0]) and all(_digits(c, 14) for c in cells[1:3]):
            return MENTION_COLUMNS
    return ()


def _digits(cell: bytes, count: int = 0) -> bool:
    return cell.isdigit() and (not count or len(cell) == count)


def _is_named(columns: Sequence[str]) -> bool:
    names = {name.casefold() for name in columns}
    return names >= _EVENT_SIGNATURE or names >= _MENTION_SIGNATURE


def _records(
    table: Table, columns: Mapping[str, str], translate: Callable[[Cells], tuple[Claim, str, str]]
) -> Iterator[Record]:
    """A claim or a Rejection for each row, the outlet and the document before the first claim that names them."""
    relays, documents = set[str](), {_DATASET.document_id}
    for row in table:
        if isinstance(row, Rejection):
            yield row
            continue
        try:
            claim, name, report = translate(Cells(row, columns))
        except Refused as refused:
            yield refused.at(table.at(row.line), row)
            continue
        relay, document_id = slug(name), f"{_DATASET.document_id}-{_digest(report)}" if report else _DATASET.document_id
        if relay and relay not in relays:
            relays.add(relay)
            yield Source(relay, name)
        if document_id not in documents:
            documents.add(document_id)
            yield _document(document_id, report)
        yield replace(
            claim,
            relays=(relay,) if relay else (),
            document_id=document_id,
            note=joined(MACHINE_CODED, claim.note, *row.notes),
            origin=table.at(row.line),
        )


def _document(document_id: str, report: str) -> Document:
    """The report at an address, or the one a citation names."""
    host = outlet(report)
    return replace(
        _DATASET,
        document_id=document_id,
        title=f"Report at {host}" if host else report,
        publisher=host,
        url=report if host else "",
        note="Found by GDELT; its words are not kept.",
    )


def _event(row: Cells) -> tuple[Claim, str, str]:
    """The claim of an event, who relayed it and the address of the report it was first seen in."""
    code, report = row.required("eventcode"), row.text("sourceurl")
    found = cameo(code)
    if found is None:
        remedy = "Give the CAMEO code as text of three or four digits: 043, not 43."
        raise Refused("bad_code", "EventCode", code, remedy)
    happened, added = _day(row), _added(row, "dateadded")
    places = _place(row)
    claim = Claim(
        claim_id=f"gdelt-{_id(row)}",
        statement=_statement(row, found.words, places),
        kind=found.kind,
        subtype=f"cameo_{code}",
        claimant_basis=Basis.INFERRED,
        attribution=AttributionMode.NARRATOR,
        actor=_actor(row, 1),
        target=_actor(row, 2),
        modality=Modality.REPORTED,
        coding=Coding.MACHINE,
        happened=happened,
        said_at=added,
        places=places,
        note=joined(_far(happened, added), _counts(row)),
    )
    return claim, outlet(report) or report, report


def _mention(row: Cells) -> tuple[Claim, str, str]:
    """The claim that a document speaks of an event, who relayed it and the document's address or citation."""
    event, report = _id(row), row.required("mentionidentifier")
    name = row.text("mentionsourcename") or outlet(report)
    said = _added(row, "mentiontimedate")
    assert said.start is not None
    confidence = row.count("confidence")
    where = _digest(report, row.text("sentenceid"))[:12]
    claim = Claim(
        claim_id=f"gdelt-{event}-{where}",
        statement=f"{name or 'A report'} speaks of GDELT event {event}",
        kind=Kind.INFORMATION,
        subtype="mention",
        claimant_basis=Basis.INFERRED,
        attribution=AttributionMode.NARRATOR,
        modality=Modality.REPORTED,
        coding=Coding.MACHINE,
        happened=until(said.start.date()),
        said_at=said,
        relations=(Relation(RelationType.SAME_AS, f"gdelt-{event}"),),
        note="" if confidence is None else f"The machine's confidence is {confidence} of 100.",
    )
    return claim, name, report


def _id(row: Cells) -> str:
    event = row.required("globaleventid")
    if not (event.isascii() and event.isdigit()):
        raise Refused("bad_number", "GLOBALEVENTID", event, "Give the number that GDELT gives.")
    return event


def _day(row: Cells) -> Span:
    """The day the machine read, kept as it stands."""
    found = row.when("sqldate")
    if found.precision is not TimePrecision.DAY or not found.start or found.start.date() < _FIRST_DAY:
        raise Refused("bad_date", "SQLDATE", row.text("sqldate"), "Write the day as 20220224; GDELT begins in 1979.")
    return found


def _added(row: Cells, field: str) -> Span:
    """When GDELT took it in: the minute, or the day in files that give no more."""
    found = row.when(field)
    if found.precision not in (TimePrecision.DAY, TimePrecision.MINUTE):
        raise Refused("bad_date", field.upper(), row.text(field), "Write it as 20220224101500.")
    return found


def _far(happened: Span, added: Span) -> str:
    assert happened.start is not None and added.start is not None
    apart = (added.start.date() - happened.start.date()).days
    if abs(apart) <= _LATE_DAYS:
        return ""
    side = "before" if apart > 0 else "after"
    return f"The date is {abs(apart):,} days {side} the day GDELT added the event, and may be misread."


def _place(row: Cells) -> tuple[PlaceMention, ...]:
    """Where the action is put: a city is a point, a state an area, a country is not drawn."""
    precision, name = row.code("actiongeo_type", _PRECISIONS), row.text("actiongeo_fullname")
    if precision in (None, Precision.NONE):
        return ()
    if _COUNTY.search(name.partition(",")[0]):
        precision = Precision.DISTRICT
    point, feature = row.point("actiongeo_long", "actiongeo_lat"), row.text("actiongeo_featureid")
    return (
        PlaceMention(
            mention=name or "a point without a name",
            precision=precision,
            lon=point[0] if point else None,
            lat=point[1] if point else None,
            note=f"placed by machine; GDELT feature {feature}" if feature else "placed by machine",
        ),
    )


def _actor(row: Cells, n: int) -> str:
    """RU or UA by the country code, else the name as GDELT writes it, else its code."""
    country = _COUNTRIES.get(row.text(f"actor{n}countrycode"), "")
    return country or row.text(f"actor{n}name") or row.text(f"actor{n}code")


def _statement(row: Cells, words: str, places: Sequence[PlaceMention]) -> str:
    """A sentence in place of words, which GDELT does not keep."""
    who, whom = (row.text(f"actor{n}name") or row.text(f"actor{n}code") for n in (1, 2))
    towards = f", towards {whom}" if whom else ""
    where = f" ({places[0].mention})" if places else ""
    return f"{who or 'Somebody not named'}: {words}{towards}{where}"


def _counts(row: Cells) -> str:
    counted = [(row.count(f"num{word}"), word) for word in ("mentions", "sources", "articles")]
    found = ", ".join(f"{word} {count:,}" for count, word in counted if count is not None)
    return f"When added: {found}." if found else ""


def _digest(*words: str) -> str:
    return hashlib.sha256("\x1f".join(words).encode()).hexdigest()[:16]
