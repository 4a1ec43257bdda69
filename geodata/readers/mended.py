"""Refused rows that come again: the columns that :mod:`geodata.refusals` adds to theirs, and what is read from them.

A row with these columns stands for the refused row it was: it keeps that row's file and line, and its record says which
refusal it mends. So the same cells make the same claim, from whichever file they come.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from geodata.model import Origin
from geodata.readers.guarded import unguarded

__all__ = ["CONFIRM", "KEY", "RESERVED", "STRUCTURAL", "header_of", "is_mended", "mended"]

RESERVED: Final = ("refused_id", "refused_file", "refused_row", "refused_reason", "refused_field", "refused_remedy")
"""Names of the columns, after those of the table."""
KEY: Final = "refused"
"""Name of the object that stands in a record of JSON instead, with the same names less the prefix."""

STRUCTURAL: Final = ("ragged_row", "bad_quoting", "bad_encoding", "nul_byte")
"""Reasons that lie in the line and not in a cell: which cell is which was a guess, so somebody must say it is right."""
CONFIRM: Final = "When every cell stands in its column, empty refused_reason."


def is_mended(columns: Sequence[str]) -> bool:
    """True if the last columns are those of refused rows."""
    return tuple(columns[-len(RESERVED) :]) == RESERVED


def mended(cells: Sequence[str], origin: Origin) -> Origin:
    """Where a row was refused, by the cells of its reserved columns; where it stands now if they were emptied."""
    refusal, file, row = (unguarded(cell.strip()) for cell in cells[:3])
    return replace(origin, file=file or origin.file, row=row or origin.row, mends=refusal)


def header_of(columns: Sequence[str], delimiter: str) -> str:
    """The names of columns as a line of a table."""
    line = io.StringIO()
    csv.writer(line, delimiter=delimiter, lineterminator="").writerow(columns)
    return line.getvalue()
