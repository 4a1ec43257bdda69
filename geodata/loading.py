"""A file into the store: read, checked, compared with what is there, told as it goes on. For the command and the page.

Bad rows are values: they are counted, told one by one and kept in the store. Only what ends the whole load is raised.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from geodata.gazetteer import Gazetteer
from geodata.ingest import load_file
from geodata.ingest import report as counted
from geodata.model import Rejection
from geodata.readers import Options, detect
from geodata.stores import DuckDBStore

__all__ = ["LoadReport", "Progress", "Watch", "load"]

_NONE: Options = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a load is; what is done is a share of the file read, so that rate and time left can be told."""

    done_bytes: int
    total_bytes: int
    claims: int
    rejected: int


class Watch:
    """Is told how a load goes on. An exception raised by :meth:`progress` ends it after a whole batch."""

    def progress(self, progress: Progress) -> None:
        """Called after each batch."""

    def refused(self, rejection: Rejection) -> None:
        """Called for each row that is refused."""


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What became of one file, counted in claims unless said otherwise."""

    file: str
    reader: str
    """Name of the format."""
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    gone: int = 0
    """Claims that an earlier version of the file had and this one has not; they stay in the store as they are."""
    rejected: int = 0
    reasons: tuple[tuple[str, int], ...] = ()
    """Rejections by reason, most frequent first."""
    examples: tuple[Rejection, ...] = ()
    """The first few rejections of each reason."""
    unplaced: tuple[tuple[str, int], ...] = ()
    """Kept claims without a mark by reason, most frequent first."""
    unreviewed: int = 0
    """Sources nobody has reviewed: their side is not to be relied on."""
    dangling: int = 0
    """Relations whose target is neither in the file nor in the store."""
    duration_s: float = 0.0

    @property
    def kept(self) -> int:
        """Claims that were read and not refused."""
        return self.new + self.changed + self.unchanged

    @property
    def read(self) -> int:
        """Claims and rows that came in."""
        return self.kept + self.rejected


def load(
    store: DuckDBStore | None,
    path: Path,
    *,
    gazetteer: Gazetteer | None,
    options: Options = _NONE,
    dry_run: bool = False,
    watch: Watch | None = None,
) -> LoadReport:
    """Load a file of any known format into the store and say what became of it.

    Parameters
    ----------
    store : None = compared with nothing and not written.
    path : a file, or a folder or zip whose files are one format.
    gazetteer : finds the places and what is drawn; None keeps places and marks as the file has them.
    options : the reader's options, see :data:`geodata.readers.READERS`.
    dry_run : do everything but write.
    watch : is told about progress and refusals.

    Raises
    ------
    ReaderError
        If no reader takes the file, or it cannot be read as a whole.
    StoreLockedError, StoreError
        If another process is writing; if the store cannot be written.
    """
    began, watch = time.monotonic(), watch or Watch()
    reader = detect(path).name
    bundle = load_file(path, gazetteer=gazetteer, options=options)
    for rejection in bundle.rejections:
        watch.refused(rejection)
    held = _held(store, [c.claim_id for c in bundle.claims])
    known = Counter(c.claim_id in held for c in bundle.claims)
    new, changed, unchanged = known[False], 0, known[True]
    if store is not None and not dry_run:
        done = store.append(bundle)
        new, changed, unchanged = done.new, done.changed, done.unchanged
    size = path.stat().st_size
    watch.progress(Progress(size, size, len(bundle.claims), len(bundle.rejections)))
    found = counted(bundle)
    return LoadReport(
        file=path.name,
        reader=reader,
        new=new,
        changed=changed,
        unchanged=unchanged,
        rejected=found.rejected,
        reasons=found.reasons,
        examples=found.examples,
        unplaced=found.unplaced,
        unreviewed=len(found.unreviewed),
        dangling=len(found.dangling),
        duration_s=time.monotonic() - began,
    )


def _held(store: DuckDBStore | None, ids: list[str]) -> frozenset[str]:
    """Those of the claims that the store holds."""
    from geodata.query import Query

    if store is None or not ids:
        return frozenset()
    return frozenset(store.table(Query(claim=tuple(ids)), ["claim_id"])["claim_id"].to_pylist())
