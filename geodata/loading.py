"""A file into the store: read, checked, compared with what is there, told as it goes on. For the command and the page.

Bad rows are values: they are counted, told one by one and kept in the store. Only what ends the whole load is raised.
"""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import Final

import pyarrow as pa

from geodata.bulk import Batch, Bulk, whole_columns
from geodata.gazetteer import Gazetteer
from geodata.ingest import Checker, collect
from geodata.model import Bundle, Claim, Document, Rejection
from geodata.readers import Options, Record, detect, read
from geodata.readers.mapped import MappedReader
from geodata.readers.unpacked import metered
from geodata.sources import Register
from geodata.stores import DuckDBStore, Gone, Import, Writer, open_store
from geodata.survey import fingerprint

__all__ = ["LoadReport", "Progress", "Watch", "load"]

_NONE: Options = MappingProxyType({})
_BATCH: Final = 4_096
"""Records that are checked, compared and written together, in one transaction."""
_EVERY_S: Final = 60.0
"""What has been loaded is put in force this often, and less often where that takes long: see ``_SHARE``."""
_SHARE: Final = 10
"""Putting in force takes at most one part in so many of the time."""
_EXAMPLES: Final = 3
_NO_MORE: Final = pa.table({})


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

    def gone(self, claim: Gone) -> None:
        """Called for each claim that an earlier version of the file had and this one has not."""


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
    unreviewed: tuple[str, ...] = ()
    """Names of sources nobody has reviewed: their side is not to be relied on."""
    dangling: int = 0
    """Relations whose target is neither in the file nor in the store."""
    resumed: int = 0
    """Of the claims and refusals, those that an earlier run had loaded before it was cut short."""
    earlier: datetime | None = None
    """When this very content was imported before; nothing was read then, and the counts are those of that time."""
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
    reader = detect(path)
    content = fingerprint(path, reader, options)
    if store is not None and (entry := store.imported(content)):
        return _again(entry, store.refused_by(entry), watch)
    with _writer(store, dry_run=dry_run) as (writer, register):
        mapping = reader.mapping(path, options) if isinstance(reader, MappedReader) else ""
        entry = writer.begin(path.name, reader.name, content, mapping)
        run = _Run(writer, entry, Checker(register, gazetteer, _Told(writer, entry)), watch)
        found = run.through(path, options)
    return replace(found, duration_s=time.monotonic() - began)


@contextmanager
def _writer(store: DuckDBStore | None, *, dry_run: bool) -> Iterator[tuple[Writer, Register]]:
    """A writer, on a copy if nothing is to be written, and the register that the store goes by."""
    if store is None:
        with (
            tempfile.TemporaryDirectory() as folder,
            _writer(open_store(Path(folder) / "store", create=True), dry_run=True) as empty,
        ):
            yield empty
    else:
        with store.trying() if dry_run else store.writing() as writer:
            yield writer, _register(store)


def _register(store: DuckDBStore) -> Register:
    """The sources that come with the package, those that it does not know, and what people made of either."""
    ours, held = Register.load(), store.sources()
    met = ours.with_sources(source for source in held.values() if ours.find(source.source_id) is None)
    described = dict.fromkeys(r.source.source_id for r in store.revisions())
    return met.with_sources((held[i] for i in described), instead=True)


def _again(entry: Import, refused: Collection[Rejection], watch: Watch) -> LoadReport:
    """What is to be told of a file whose content is in the store already."""
    tally = _Tally()
    for rejection in refused:
        watch.refused(rejection)
        tally.refuse(rejection)
    finished = entry.finished.replace(tzinfo=UTC) if entry.finished else None
    kept = entry.new + entry.changed + entry.unchanged
    return replace(
        tally.report(entry), unchanged=kept, new=0, changed=0, gone=0, rejected=len(refused), earlier=finished
    )


class _Told:
    """What the store remembers of the file under way and of those before it."""

    def __init__(self, writer: Writer, entry: Import) -> None:
        self._writer, self._entry = writer, entry

    def told(self, ids: Collection[str], *, documents: bool) -> Collection[str]:
        return self._writer.told(self._entry, ids, documents=documents)

    def documents(self, ids: Collection[str]) -> Mapping[str, Document]:
        return self._writer.documents(ids)

    def tell(self, records: Iterable[Record]) -> None:
        """The batch is told when it is written."""


@dataclass(slots=True)
class _Tally:
    """Counts of what is said in the end; nothing that grows with the claims."""

    reasons: Counter[str] = field(default_factory=Counter)
    examples: list[Rejection] = field(default_factory=list)
    unplaced: Counter[str] = field(default_factory=Counter)
    unreviewed: list[str] = field(default_factory=list)

    def refuse(self, rejection: Rejection) -> None:
        self.reasons[rejection.reason] += 1
        if self.reasons[rejection.reason] <= _EXAMPLES:
            self.examples.append(rejection)

    def add(self, batch: Batch) -> None:
        bundle = batch.bundle
        for rejection in bundle.rejections:
            self.refuse(rejection)
        self.unplaced.update(str(c.unplaced) for c in bundle.claims if c.unplaced)
        if batch.claims.num_rows:
            counts = batch.claims["unplaced"].drop_null().value_counts().to_pylist()
            self.unplaced.update({count["values"]: count["counts"] for count in counts})
        self.unreviewed += [s.name for s in bundle.sources if not s.reviewed]

    def report(self, entry: Import) -> LoadReport:
        return LoadReport(
            file=entry.file,
            reader=entry.reader,
            new=entry.new,
            changed=entry.changed,
            unchanged=entry.unchanged,
            gone=entry.gone,
            rejected=entry.refused,
            reasons=tuple(self.reasons.most_common()),
            examples=tuple(self.examples),
            unplaced=tuple(self.unplaced.most_common()),
            unreviewed=tuple(self.unreviewed),
        )


@dataclass(slots=True)
class _Run:
    """One file on its way into the store."""

    writer: Writer
    entry: Import
    checker: Checker
    watch: Watch
    tally: _Tally = field(default_factory=_Tally)

    def through(self, path: Path, options: Options) -> LoadReport:
        """All batches that an earlier run has not loaded, put in force from time to time; what came of them."""
        entry, due = self.entry, time.monotonic() + _EVERY_S
        before = entry.new + entry.changed + entry.unchanged, entry.refused
        claims, rejected = before
        with metered() as meter:
            for batch in self._fresh(path, options):
                self._take(batch)
                claims += len(batch.bundle.claims) + batch.claims.num_rows
                rejected += len(batch.bundle.rejections)
                done = meter.done()
                try:
                    self.watch.progress(Progress(done, max(done, path.stat().st_size), claims, rejected))
                except BaseException:
                    self.writer.publish()
                    raise
                if time.monotonic() >= due:
                    due = self._publish()
        ended, gone, dangling = self.writer.end(entry)
        for claim in gone:
            self.watch.gone(claim)
        return replace(self.tally.report(ended), dangling=dangling, resumed=sum(before))

    def _fresh(self, path: Path, options: Options) -> Iterator[Batch]:
        """The batches after those that an earlier run has loaded; their refusals are told again from the store."""
        for rejection in self.writer.refusals(self.entry):
            self.watch.refused(rejection)
            self.tally.refuse(rejection)
        records = read(path, options)
        if table := whole_columns(path):
            return Bulk(table, self.checker, _Told(self.writer, self.entry)).batches(self.entry.records)
        return self._row_by_row(records)

    def _row_by_row(self, records: Iterator[Record]) -> Iterator[Batch]:
        for skipped in _batches(islice(records, self.entry.records)):
            self.checker.skip(skipped)
        for batch in _batches(records):
            checked = self.checker.check(batch)
            mended = {r.origin.mends for r in checked if isinstance(r, Claim | Rejection) and r.origin.mends}
            yield Batch(_bundle(checked), _NO_MORE, len(batch), frozenset(mended))

    def _take(self, batch: Batch) -> None:
        for rejection in batch.bundle.rejections:
            self.watch.refused(rejection)
        self.writer.take(self.entry, batch.bundle, claims=batch.claims, records=batch.records, mended=batch.mended)
        self.tally.add(batch)

    def _publish(self) -> float:
        """Put in force what has been loaded; when to do it next, by the monotonic clock."""
        began = time.monotonic()
        self.writer.publish()
        took = time.monotonic() - began
        return time.monotonic() + max(_EVERY_S, _SHARE * took)


def _batches(records: Iterator[Record]) -> Iterator[tuple[Record, ...]]:
    while batch := tuple(islice(records, _BATCH)):
        yield batch


def _bundle(records: Iterable[Record]) -> Bundle:
    found = collect(records)
    rejections = tuple(
        replace(r, origin=replace(r.origin, mends="")) if r.origin.mends else r for r in found.rejections
    )
    return replace(found, rejections=rejections)
