"""What every reader of an outside format can do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Protocol, TypeAlias

from geodata.model import Claim, Document, Pairing, Rejection, Source, SourceRevision

__all__ = ["Options", "Reader", "Record"]

Record: TypeAlias = Source | Document | Claim | Rejection | Pairing | SourceRevision
"""What a reader yields. Sources and documents come before the claims that name them."""

Options: TypeAlias = Mapping[str, str]


class Reader(Protocol):
    """One format. A reader translates words and never judges: checks against text and places come after it."""

    @property
    def name(self) -> str:
        """Short word for commands and origins."""
        ...

    @property
    def title(self) -> str:
        """One line for people."""
        ...

    @property
    def options(self) -> Mapping[str, str]:
        """Options it takes, each with one line of help."""
        ...

    def sniff(self, head: bytes) -> bool:
        """True if a file that begins with these bytes is of this format; the file's name is never asked."""
        ...

    def read(self, path: Path, options: Options) -> Iterator[Record]:
        """The file's records one by one; a bad row is a Rejection and reading goes on.

        Raises
        ------
        ReaderError
            If the file as a whole cannot be read.
        """
        ...
