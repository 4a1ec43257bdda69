"""Text cells that a spreadsheet would take for formulas, kept from it by an apostrophe and read without it again."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["GUARDED", "guarded", "unguarded"]

GUARDED: Final = r"^'('*[=+\-@\t\r])"
"""Start of a cell that has the apostrophe, as a regular expression; the group is what stood there before."""
_FORMULA: Final = re.compile(r"'*[=+\-@\t\r]")
_GUARDED: Final = re.compile(GUARDED)
_NUMBER: Final = re.compile(r"[+-]?\d+([.,]\d+)?")


def guarded(cell: str, *, numbers: bool = False) -> str:
    """The text as a cell that no spreadsheet takes for a formula; with ``numbers``, a number stays as it is.

    >>> guarded("=1+1"), guarded("Kyiv"), guarded("-1"), guarded("-1", numbers=True)
    ("'=1+1", 'Kyiv', "'-1", '-1')
    """
    return f"'{cell}" if _FORMULA.match(cell) and not (numbers and _NUMBER.fullmatch(cell)) else cell


def unguarded(cell: str) -> str:
    """The text that :func:`guarded` was given.

    >>> unguarded("'=1+1"), unguarded("'tis"), unguarded(guarded("-x"))
    ('=1+1', "'tis", '-x')
    """
    return cell[1:] if _GUARDED.match(cell) else cell
