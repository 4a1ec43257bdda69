"""UCDP GED: events with at least one death, as the Uppsala Conflict Data Program codes them.

Codes and columns by the GED codebook; the rows stay what they are, claims that UCDP has from others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

from geodata.errors import SpanError
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
)
from geodata.readers.base import Options, Record
from geodata.readers.cells import Cells, Refused, claims, joined, point_of
from geodata.readers.dates import moment
from geodata.readers.tables import open_table, sniff_header
from geodata.sources import slug
from geodata.spans import Span, TimePrecision, days

__all__ = ["UcdpReader"]

_SIGNATURE: Final = frozenset({"id", "side_a", "side_b", "where_prec", "date_prec", "date_start", "type_of_violence"})
_FORMER: Final = MappingProxyType({"best_est": "best", "high_est": "high", "low_est": "low"})
"""Names of the first editions."""

_PLACED: Final = MappingProxyType(
    {
        1: (Precision.SETTLEMENT, ""),
        2: (Precision.DISTRICT, "within about 25 km of it"),
        3: (Precision.DISTRICT, "somewhere in the district"),
        4: (Precision.OBLAST, "somewhere in the province"),
        5: (Precision.REGION, "along a line or in an area without clear bounds; the point stands for it"),
        6: (Precision.COUNTRY, "only the country is known"),
        7: (Precision.REGION, "at sea or in the air; the point is estimated"),
    }
)
"""``where_prec``: precision, and what the point stands for."""

_DATED: Final = MappingProxyType(
    {
        1: TimePrecision.DAY,
        2: TimePrecision.RANGE,
        3: TimePrecision.WEEK,
        4: TimePrecision.MONTH,
        5: TimePrecision.YEAR,
    }
)
"""``date_prec``: the day, 2 to 6 days, a week, a month, more than a month."""

_KINDS: Final = MappingProxyType(
    {1: (Kind.CLASH, "state_based"), 2: (Kind.CLASH, "non_state"), 3: (Kind.CASUALTIES, "one_sided")}
)
"""``type_of_violence``: it says who fights, not how, so two armed sides clash and one-sided killing is a toll."""

_REPORT: Final = re.compile(r'(?:^|;)\s*"(?P<office>[^"]*?),(?P<day>\d{4}-\d{2}-\d{2})?[^,"]*,')
_VOICES: Final = re.compile(r"\s*(?:;|//|[\r\n]+)\s*")
_LISTED: Final = re.compile(r",\s+(?=[A-Z\d])")
_TIMES: Final = re.compile(r"\s*\(?\bx\s?\d+\)?$")
_NOBODY: Final = frozenset({"", "unknown", "n-a", "not-stated", "no-information"})
_WKT: Final = re.compile(r"POINT\s*\(\s*(\S+)\s+([^\s)]+)\s*\)", re.IGNORECASE)


class _Report(NamedTuple):
    office: str
    day: date | None
    headline: str


class UcdpReader:
    """Reads UCDP GED as CSV: with or without HDX's extra columns and tag row, columns in any order."""

    name: Final = "ucdp"
    title: Final = "UCDP Georeferenced Event Dataset, CSV"
    options: Final[Mapping[str, str]] = MappingProxyType({"version": "edition of the dataset, e.g. 22.1"})

    def sniff(self, head: bytes) -> bool:
        """True if the header has the columns that only GED has together."""
        return {name.casefold() for name in sniff_header(head)} >= _SIGNATURE

    def read(self, path: Path, options: Options) -> Iterator[Record]:
        """One claim a row; the claimant is who ``source_original`` names first, the offices are the relays.

        Raises
        ------
        ReaderError
            If the file cannot be read.
        """
        table = open_table(path, origin=Origin(dataset="UCDP GED", reader=self.name))
        columns = {name.casefold(): name for name in table.columns}
        columns |= {now: columns[then] for then, now in _FORMER.items() if then in columns}
        return claims(table, _document(options.get("version", "")), _claim, columns)


def _document(version: str) -> Document:
    return Document(
        document_id="ucdp-ged",
        title=joined("UCDP Georeferenced Event Dataset (GED)", version),
        publisher="Uppsala Conflict Data Program, Uppsala University",
        url="https://ucdp.uu.se/downloads/",
        licence="CC BY 4.0",
        attribution="UCDP GED, Uppsala Conflict Data Program, Uppsala University",
        citation=(
            "Sundberg, Ralph, and Erik Melander (2013). Introducing the UCDP Georeferenced Event Dataset. Journal of "
            "Peace Research 50(4). Davies, Shawn, Therése Pettersson and Magnus Öberg. Organized violence. Journal of "
            "Peace Research, for the year of the edition"
        ),
        language="en",
    )


def _claim(row: Cells) -> Claim:
    found = row.code("type_of_violence", _KINDS)
    if found is None:
        raise Refused("missing_field", "type_of_violence", "", "Use one of: 1, 2, 3.")
    kind, subtype = found
    voices, times = _voices(row.text("source_original"))
    reports = _reports(row)
    place, odd_place = _place(row)
    figures, odd_figures = _figures(row)
    return Claim(
        claim_id=f"ucdp-{slug(row.required('id').removesuffix('.0'))}",
        statement=_statement(row, kind, figures),
        kind=kind,
        subtype=subtype,
        claimant=voices[0] if voices else UNSTATED,
        claimant_alt=voices[1:],
        relays=tuple({slug(r.office): r.office for r in reversed(reports) if slug(r.office)}.values())[::-1],
        attribution=AttributionMode.INDIRECT if voices else AttributionMode.NARRATOR,
        modality=Modality.CLAIMED if voices else Modality.REPORTED,
        quote=next((r.headline for r in reports if r.headline), ""),
        actor=row.text("side_a"),
        target=row.text("side_b"),
        happened=_happened(row),
        said_at=_said(reports),
        places=place,
        figures=figures,
        note=joined(times, odd_place, odd_figures, _aggregate(row), _reported(row, reports)),
    )


def _statement(row: Cells, kind: Kind, figures: Sequence[Figure]) -> str:
    """A sentence in place of the words that the format does not keep."""
    a, b = row.required("side_a"), row.required("side_b")
    what = f"{a} killed {b}" if kind is Kind.CASUALTIES else f"Fighting between {a} and {b}"
    best = figures[0].best if figures else None
    return what if best is None else f"{what}: {best:,} killed"


def _voices(text: str) -> tuple[tuple[str, ...], str]:
    """Who said it, in the order given, and a note where a voice stands for several entries ("Memorybook x2").

    A comma parts two names only before a capital letter; what follows in lower case describes the one before it.

    >>> _voices("Eduard Basurin, a DPR spokesman; MemoryBook (x2)")[0]
    ('Eduard Basurin, a DPR spokesman', 'MemoryBook')
    """
    pieces = [piece.strip(" .") for part in _VOICES.split(text) for piece in _LISTED.split(part)]
    plain = [_TIMES.sub("", piece) for piece in pieces]
    names = {slug(name): name for name in plain if slug(name) not in _NOBODY}
    note = f"Original source as written: {' / '.join(text.split(chr(10)))}." if plain != pieces else ""
    return tuple(names.values()), note


def _reports(row: Cells) -> list[_Report]:
    """The reports by day, the undated last; from the quoted triples, else from the offices and their days.

    Headlines hold semicolons and quotes, so the other columns are not split where the triples can be read.
    """
    text = row.text("source_article")
    found = list(_REPORT.finditer(text))
    ends = [*(m.start() for m in found[1:]), len(text)]
    reports = [
        _Report(m["office"].strip(), _day(m["day"] or ""), text[m.end() : end].strip().removesuffix('"').strip(" -"))
        for m, end in zip(found, ends, strict=False)
    ]
    if not reports and row.text("source_office"):
        offices, dates = row.text("source_office").split(";"), row.text("source_date").split(";")
        paired = dates if len(dates) == len(offices) else [""] * len(offices)
        reports = [_Report(o.strip(), _day(d.strip()), "") for o, d in zip(offices, paired, strict=True)]
    return sorted(reports, key=lambda r: r.day or date.max)


def _day(text: str) -> date | None:
    """The day of a report; one that cannot be read is no reason to refuse the row."""
    try:
        start = moment(text).start
    except SpanError:
        return None
    return start.date() if start else None


def _said(reports: Sequence[_Report]) -> Span | None:
    """From the first report to the last."""
    said = [r.day for r in reports if r.day]
    return days(said[0], said[-1], TimePrecision.DAY if said[0] == said[-1] else TimePrecision.RANGE) if said else None


def _reported(row: Cells, reports: Sequence[_Report]) -> str:
    if not reports:
        text = row.text("source_article")
        return f"Reported in: {text}." if text else ""
    listed = (f"{r.office} ({r.day or 'no date'})" + (f": {r.headline}" if r.headline else "") for r in reports)
    return f"Reported by {'; '.join(listed)}."


def _happened(row: Cells) -> Span:
    start, end = row.when("date_start").start, row.when("date_end").end
    precision = row.code("date_prec", _DATED) or TimePrecision.DAY
    if not start or not end or end <= start:
        value = f"{row.text('date_start')} to {row.text('date_end')}"
        raise Refused("bad_span", "date_start, date_end", value, "Let the last day be on or after the first.")
    if precision is TimePrecision.DAY and end - start > timedelta(days=1):
        precision = TimePrecision.RANGE
    return Span(start, end, precision)


def _aggregate(row: Cells) -> str:
    several = row.text("event_clarity").removesuffix(".0") == "2"
    return "The source gives a summary of several events." if several else ""


def _place(row: Cells) -> tuple[tuple[PlaceMention, ...], str]:
    """Where, and a note if that cannot be drawn. An oblast is also looked up by name, to be drawn as it is."""
    coded = row.code("where_prec", _PLACED)
    precision, meaning = coded or (Precision.NONE, "how exact the place is, is not given")
    point = _point(row)
    words = [row.text(field) for field in ("where_coordinates", "adm_2", "adm_1", "country")]
    mention = ", ".join(dict.fromkeys(filter(None, words)))
    if not mention and point is None:
        return (), "No place is given."
    described = row.text("where_description")
    place = PlaceMention(
        mention=mention or "a point without a name",
        precision=precision,
        name=row.text("adm_1") if precision is Precision.OBLAST else words[0],
        lon=point[0] if point else None,
        lat=point[1] if point else None,
        note="; ".join(filter(None, (described, meaning))),
    )
    return (place,), ""


def _point(row: Cells) -> tuple[float, float] | None:
    """The point of the two columns, else of ``geom_wkt``; refused where the two show that it is swapped."""
    point, wkt = row.point(), _WKT.match(row.text("geom_wkt"))
    try:
        other = (float(wkt[1]), float(wkt[2])) if wkt else None
    except ValueError:
        other = None
    if point is None:
        return point_of(*other, "geom_wkt") if other else None
    if other and point != other and _near(point, other[::-1]) and not _near(point, other):
        raise Refused("swapped_coordinates", "longitude, latitude", f"{point[0]}, {point[1]}", "Swap them.")
    return point


def _near(a: Sequence[float], b: Sequence[float]) -> bool:
    return abs(a[0] - b[0]) < 0.01 and abs(a[1] - b[1]) < 0.01


def _figures(row: Cells) -> tuple[tuple[Figure, ...], str]:
    """All deaths, then those of each side, and a note where the numbers do not agree with each other."""
    low, best, high = (row.count(field) for field in ("low", "best", "high"))
    figures = []
    if (low, best, high) != (None, None, None):
        figures.append(Figure("killed", "person", low, high, best))
    sides = {
        "deaths_a": f"killed among {row.text('side_a')}",
        "deaths_b": f"killed among {row.text('side_b')}",
        "deaths_civilians": "killed among civilians",
        "deaths_unknown": "killed, side unknown",
    }
    parts = [(measure, count) for field, measure in sides.items() if (count := row.count(field)) is not None]
    figures += [Figure(measure, "person", count, count, count) for measure, count in parts]
    return tuple(figures), joined(_disorder(low, best, high), _sum(best, [c for _, c in parts], len(sides)))


def _disorder(low: float | None, best: float | None, high: float | None) -> str:
    given = [n for n in (low, best, high) if n is not None]
    if given == sorted(given):
        return ""
    return f"As given, the figures are out of order: low {low}, best {best}, high {high}."


def _sum(best: float | None, parts: Sequence[float], sides: int) -> str:
    if best is None or len(parts) < sides or sum(parts) == best:
        return ""
    return f"The sides add up to {sum(parts):,} killed, the best estimate is {best:,}."
