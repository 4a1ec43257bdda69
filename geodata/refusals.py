"""Refused rows on their way out: a list of all with their reasons, and files to be mended and imported again."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Final, TextIO

import msgspec

from geodata.model import Rejection
from geodata.readers.guarded import guarded
from geodata.readers.mended import CONFIRM, KEY, RESERVED, STRUCTURAL
from geodata.readers.native import FORMAT, VERSION
from geodata.readers.tables import columns_of
from geodata.stores import Gone, refusal_id

__all__ = ["Listing", "to_mend", "write_mendable"]

_COLUMNS: Final = ("file", "row", "reason", "field", "value", "remedy", "raw")
_KINDS: Final = ("source", "document", "claim")
_GONE_REMEDY: Final = "A newer version of the file has it no more; the claim stays in the store as it was told."


class Listing:
    """A CSV of refused rows and claims that are gone, safe to open in a spreadsheet, written as they are told."""

    def __init__(self, file: TextIO) -> None:
        self._rows = csv.writer(file)
        self._rows.writerow(_COLUMNS)

    def refused(self, r: Rejection) -> None:
        """Add a row that was refused."""
        self._add(r.origin.file, r.origin.row, r.reason, r.field, r.value, r.remedy, r.raw)

    def gone(self, claim: Gone) -> None:
        """Add a claim that is gone; ``raw`` is its statement."""
        self._add(claim.file, claim.row, "gone", "claim_id", claim.claim_id, _GONE_REMEDY, claim.statement)

    def _add(self, *cells: str) -> None:
        self._rows.writerow([guarded(cell, numbers=True) for cell in cells])


def to_mend(rejections: Iterable[Rejection]) -> tuple[dict[str, list[Rejection]], list[Rejection]]:
    """The rejections by the name of the file they can be mended in, and those only the original can be mended in.

    Rows of a table keep its columns, so there is a file for each table; records of our own format go into one of that.
    """
    files: dict[tuple[str, str], list[Rejection]] = defaultdict(list)
    left = []
    for r in rejections:
        stem = Path(r.origin.file or "claims").stem
        if r.header:
            files[f"{stem}.refused.csv", r.header].append(r)
        elif _native(r):
            files[f"{stem}.refused.jsonl", ""].append(r)
        else:
            left.append(r)
    named: dict[str, list[Rejection]] = {}
    for (name, _), rows in files.items():
        free, n = name, 1
        while free in named:
            n += 1
            free = name.replace(".refused.", f".refused.{n}.")
        named[free] = rows
    return named, left


def write_mendable(rejections: Sequence[Rejection], file: BinaryIO) -> None:
    """One file of :func:`to_mend`: the rows in their own columns with the reasons beside, or records likewise."""
    if rejections[0].header:
        text = io.TextIOWrapper(file, "utf-8-sig", newline="")
        _table(rejections, text)
        text.detach()
    else:
        for line in ({"format": FORMAT, "version": VERSION, "records": "lines"}, *map(_line, rejections)):
            file.write(msgspec.json.encode(line) + b"\n")


def _table(rejections: Sequence[Rejection], file: TextIO) -> None:
    columns, delimiter = columns_of(rejections[0].header)
    rows = csv.writer(file)
    rows.writerow((*columns, *RESERVED))
    for r in rejections:
        cells = _cells(r.raw, delimiter, len(columns))
        remedy = r.remedy if r.reason not in STRUCTURAL or r.remedy == CONFIRM else f"{r.remedy} {CONFIRM}"
        marks = (refusal_id(r), r.origin.file, r.origin.row, r.reason, r.field, remedy)
        rows.writerow([guarded(cell, numbers=True) for cell in (*cells, *marks)])


def _cells(raw: str, delimiter: str, width: int) -> list[str]:
    """The cells of a row, as many as the table has columns; what is too much stays in the last one."""
    try:
        cells = next(csv.reader([raw], delimiter=delimiter, strict=True), [])
    except csv.Error:
        cells = raw.split(delimiter)
    if len(cells) > width:
        cells = [*cells[: width - 1], delimiter.join(cells[width - 1 :])]
    return cells + [""] * (width - len(cells))


def _native(r: Rejection) -> bool:
    given = _decoded(r)
    return r.origin.reader == "native" or "claim_id" in given or "document_id" in given


def _decoded(r: Rejection) -> dict[str, Any]:
    try:
        given = msgspec.json.decode(r.raw)
    except msgspec.DecodeError:
        return {}
    return given if isinstance(given, dict) else {}


def _line(r: Rejection) -> dict[str, Any]:
    """The record as a line of our own format, with why it was refused beside it."""
    given, word = _decoded(r), r.origin.row.partition("[")[0].removesuffix("s")
    mark = {"id": refusal_id(r), "file": r.origin.file, "row": r.origin.row}
    mark |= {"reason": r.reason, "field": r.field, "remedy": r.remedy}
    if not given:
        return {KEY: mark, "text": r.raw}
    if r.origin.reader == "native" and len(given) == 1:
        return {KEY: mark, **given}
    kind = word if word in _KINDS else "claim" if "claim_id" in given else "document"
    return {KEY: mark, kind: given}
