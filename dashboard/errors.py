"""What a domain error answers: one table from error class to HTTP status and exit code.

The dashboard adds errors of its own to the tree of :mod:`geodata.errors`:

    GeodataError
    ├── SettingsError      a setting that is unknown or has no readable value
    ├── OutputError        a file that cannot be written
    ├── WriteRefusedError  a request to write that is not allowed
    ├── TooLargeError      more bytes than are taken
    ├── UploadError        an upload that is not there or not ready
    └── ServeError         the server cannot listen
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final, NamedTuple

from geodata import errors as e

__all__ = [
    "ANSWERS",
    "EXIT_REJECTED",
    "Answer",
    "OutputError",
    "ServeError",
    "SettingsError",
    "TooLargeError",
    "UploadError",
    "WriteRefusedError",
    "answer",
]


class SettingsError(e.GeodataError):
    """A setting that is unknown or has no readable value."""


class OutputError(e.GeodataError):
    """A file that cannot be written."""


class ServeError(e.GeodataError):
    """The server cannot listen where it was told to."""


class WriteRefusedError(e.GeodataError):
    """A request to write that does not come from whom the server takes files."""


class TooLargeError(e.GeodataError):
    """More bytes than are taken."""


class UploadError(e.GeodataError):
    """An upload that is not there, not ready, or one too many."""


class Answer(NamedTuple):
    """How an error is answered over HTTP and on the command line."""

    status: int
    exit_code: int


EXIT_REJECTED: Final = 1
"""Exit code of ``import`` and ``check`` when every file was read and some rows were refused."""

ANSWERS: Final = MappingProxyType(
    {
        e.GeodataError: Answer(500, 70),
        e.QueryError: Answer(400, 2),
        e.SpanError: Answer(400, 2),
        SettingsError: Answer(500, 2),
        e.ReaderError: Answer(422, 3),
        e.IngestError: Answer(422, 3),
        e.StoreError: Answer(500, 4),
        e.ForeignFileError: Answer(500, 4),
        e.CorruptStoreError: Answer(500, 4),
        e.UnknownClaimError: Answer(404, 4),
        e.StoreLockedError: Answer(503, 5),
        ServeError: Answer(503, 6),
        e.GazetteerError: Answer(500, 7),
        e.ShapeError: Answer(500, 7),
        OutputError: Answer(500, 8),
        WriteRefusedError: Answer(403, 9),
        TooLargeError: Answer(413, 9),
        UploadError: Answer(409, 9),
    }
)
"""The answer of each class; a class that is not named answers as its nearest named base."""


def answer(error: e.GeodataError) -> Answer:
    """The HTTP status and exit code of an error.

    Examples
    --------
    >>> answer(e.UnknownClaimError("no claim x"))
    Answer(status=404, exit_code=4)
    """
    return next(ANSWERS[cls] for cls in type(error).__mro__ if cls in ANSWERS)
