"""Everything that can go wrong in the domain, in one tree.

    GeodataError
    ├── SpanError            a time span that cannot be (start not before end, unknown precision)
    ├── QueryError           a query parameter that is unknown or has no readable value
    ├── GazetteerError       gazetteer data that is absent or damaged
    ├── ShapeError           a shape's recipe that cannot be read
    ├── ReaderError          a file that no reader can take, or that cannot be read at all
    ├── IngestError          an ingest that cannot go on (rows that fail are Rejections, not errors)
    └── StoreError           a store that cannot be opened, read or written
        ├── ForeignFileError the path holds something that is not a claim store
        ├── CorruptStoreError the path holds a claim store that is damaged
        ├── StoreLockedError another process is writing
        └── UnknownClaimError no claim with that id

Bad *rows* are values (:class:`geodata.model.Rejection`), never exceptions.
"""

from __future__ import annotations

__all__ = [
    "CorruptStoreError",
    "ForeignFileError",
    "GazetteerError",
    "GeodataError",
    "IngestError",
    "QueryError",
    "ReaderError",
    "ShapeError",
    "SpanError",
    "StoreError",
    "StoreLockedError",
    "UnknownClaimError",
]


class GeodataError(Exception):
    """Base of all errors of this package. ``str(e)`` says what, where and what to do."""

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        self.what, self.where, self.remedy = what, where, remedy
        head = f"{where}: {what}" if where else what
        super().__init__(f"{head.rstrip('.')}. {remedy}".strip())


class SpanError(GeodataError):
    """A time span that cannot be."""


class QueryError(GeodataError):
    """A query parameter that is unknown or unreadable; ``names`` lists the offenders."""

    def __init__(self, what: str, *, names: tuple[str, ...] = (), where: str = "", remedy: str = "") -> None:
        super().__init__(what, where=where, remedy=remedy)
        self.names = names


class GazetteerError(GeodataError):
    """Gazetteer data that is absent or damaged."""


class ShapeError(GeodataError):
    """A shape's recipe that cannot be read."""


class ReaderError(GeodataError):
    """A file that no reader takes, or that cannot be read at all."""


class IngestError(GeodataError):
    """An ingest that cannot go on."""


class StoreError(GeodataError):
    """A store that cannot be opened, read or written."""


class ForeignFileError(StoreError):
    """The path holds something that is not a claim store."""


class CorruptStoreError(StoreError):
    """The path holds a claim store that is damaged."""


class StoreLockedError(StoreError):
    """Another process is writing to the store."""


class UnknownClaimError(StoreError):
    """No claim with that id."""
