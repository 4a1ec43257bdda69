"""What the worker finds out about files, as plain data for the page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from dashboard.labels import UNPLACED
from dashboard.view import row
from geodata.errors import ReaderError
from geodata.gazetteer import Gazetteer
from geodata.ingest import ingest
from geodata.loading import LoadReport
from geodata.model import Claim, Document, Rejection, Source, Unplaced
from geodata.query import Query
from geodata.readers import Reader, detect, read
from geodata.readers.mapping import FIELDS, SEVERAL, FieldMap
from geodata.readers.preview import Look
from geodata.sources import Register
from geodata.stores.base import ClaimStore
from geodata.survey import survey

__all__ = [
    "MAPPING",
    "Subject",
    "extent_data",
    "first_claims",
    "look_data",
    "mapped",
    "report_data",
    "subjects",
    "toml_of",
]

MAPPING: Final = ".toml"
"""A file that ends so says how the tables dropped with it are read."""
_FIRST: Final = 6
_RECORDS: Final = 2_000
"""Records looked through for the first claims."""
_DOCUMENT: Final = ("title", "publisher", "published", "url", "licence", "attribution")


class Subject(NamedTuple):
    """Something among the files that can be read by itself."""

    name: str
    path: Path
    reader: Reader


def subjects(folder: Path) -> tuple[list[Subject], list[tuple[str, str]]]:
    """What can be read of the files in a folder, and what cannot with its reason.

    Files that are read along with another of them are neither; a table whose columns say nothing can still be mapped.
    """
    found, unread = [], []
    for file in survey([folder]):
        try:
            if not (file.left_out and file.reader) and file.path.suffix != MAPPING:
                found.append(Subject(file.path.name, file.path, detect(file.path)))
        except ReaderError as e:
            unread.append((file.path.name, e.what))
    return found, unread


def look_data(found: Look) -> dict[str, Any]:
    """A look as the page wants it."""
    told = found.mapping
    mapping = None
    if told is not None:
        mapping = {
            "columns": {name: list(fields) for name, fields in told.columns.items()},
            "constants": dict(told.constants),
            "document": dict(told.document),
            "day_first": told.day_first,
            "guessed": told.guessed,
            "fields": [[word, help_] for word, help_ in FIELDS.items()],
            "several": sorted(SEVERAL),
        }
    problem = {"what": found.problem.what, "remedy": ""} if found.problem else None
    return {
        "reader": found.reader,
        "title": found.title,
        "columns": list(found.columns),
        "rows": [list(cells) for cells in found.rows],
        "layers": list(found.layers),
        "mapping": mapping,
        "problem": problem,
    }


def mapped(base: FieldMap, given: Mapping[str, Any]) -> FieldMap:
    """The mapping with what was set by hand on the page in place of what was guessed."""
    columns = {str(name): tuple(map(str, fields)) for name, fields in given.get("columns", {}).items() if fields}
    constants = {str(k): str(v) for k, v in given.get("constants", {}).items() if v}
    document = {str(k): str(v) for k, v in given.get("document", {}).items() if v and k in _DOCUMENT}
    day_first = given.get("day_first", base.day_first)
    return replace(base, columns=columns, constants=constants, document=document, day_first=day_first, guessed=False)


def toml_of(mapping: FieldMap) -> str:
    """The mapping as the TOML file that the readers take.

    Examples
    --------
    >>> print(toml_of(FieldMap({"town": ("place",)}, constants={"claimant": "A"}, day_first=True)))
    day_first = true
    separator = "|"
    [columns]
    "town" = ["place"]
    [constants]
    "claimant" = "A"
    """
    plain = {"dataset": mapping.dataset or None, "day_first": mapping.day_first, "separator": mapping.separator}
    lines = [f"{name} = {_toml(value)}" for name, value in plain.items() if value is not None]
    tables: dict[str, Mapping[str, Any]] = {
        "columns": {name: list(fields) for name, fields in mapping.columns.items()},
        "constants": mapping.constants,
        "document": mapping.document,
        **{f"words.{field}": words for field, words in mapping.words.items()},
    }
    for name, table in tables.items():
        if table:
            lines += [f"[{name}]", *(f"{_toml(key)} = {_toml(value)}" for key, value in table.items())]
    return "\n".join(lines)


def _toml(value: object) -> str:
    """A value in TOML, whose strings, lists and booleans are those of JSON but for one control character."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def first_claims(path: Path, options: Mapping[str, str], gazetteer: Gazetteer) -> dict[str, Any]:
    """The first claims as the lists show them, and the document they stand in."""
    sources: dict[str, Source] = {}
    documents: dict[str, Document] = {}
    claims: list[Claim] = []
    for record in islice(ingest(read(path, options), register=Register.load(), gazetteer=gazetteer), _RECORDS):
        if isinstance(record, Source):
            sources[record.source_id] = record
        elif isinstance(record, Document):
            documents[record.document_id] = record
        elif isinstance(record, Claim):
            claims.append(record)
        if len(claims) == _FIRST:
            break
    document = documents.get(claims[0].document_id) if claims else next(iter(documents.values()), None)
    return {
        "first": [{**asdict(row(c, sources)), "unplaced": UNPLACED[c.unplaced] if c.unplaced else ""} for c in claims],
        "document": {name: getattr(document, name) for name in _DOCUMENT} if document else None,
    }


def report_data(found: LoadReport) -> dict[str, Any]:
    """A report as the page wants it."""
    return {
        "kept": found.kept,
        "new": found.new,
        "changed": found.changed,
        "unchanged": found.unchanged,
        "gone": found.gone,
        "refused": found.rejected,
        "reasons": [[reason, count] for reason, count in found.reasons],
        "examples": [_example(r) for r in found.examples],
        "unplaced": [[UNPLACED[Unplaced(reason)], count] for reason, count in found.unplaced],
        "unreviewed": list(found.unreviewed),
        "duration_s": found.duration_s,
    }


def extent_data(store: ClaimStore, since: datetime) -> dict[str, Any]:
    """Where and when the claims lie that the store has recorded since an instant: what the page moves to.

    ``bbox`` is west, south, east, north in degrees, ``window`` minutes since 1970 UTC, ``[from, to)``; None where
    nothing is drawn, or dated at both ends.
    """
    found = store.table(Query(), ("recorded_at", "happened_start", "happened_end"))
    fresh = pc.greater_equal(found["recorded_at"], pa.scalar(since))
    marks = store.marks(Query())
    marks = marks.filter(pc.take(fresh, marks["ordinal"]))
    bounds = [pc.min_max(marks[name]).as_py() for name in ("lon", "lat")]
    bbox = [bounds[k][end] for end in ("min", "max") for k in (0, 1)] if marks.num_rows else None
    times = found.filter(fresh)
    first, last = pc.min(times["happened_start"]).as_py(), pc.max(times["happened_end"]).as_py()
    window = [int(t.timestamp() // 60) for t in (first, last)] if first and last else None
    return {"bbox": bbox, "window": window}


def _example(r: Rejection) -> dict[str, str]:
    return {"reason": r.reason, "row": r.origin.row, "field": r.field, "value": r.value[:200], "remedy": r.remedy}
