"""What ``import``, ``check`` and ``refused`` print: one line a file, what was left out, what was refused and why.

Results go to standard output; progress goes to standard error, and only there.
"""

from __future__ import annotations

import io
import sys
import textwrap
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final, TextIO

from dashboard.errors import EXIT_REJECTED, OutputError, answer
from geodata import gazetteer
from geodata.errors import GeodataError, ReaderError
from geodata.loading import LoadReport, Progress, Watch, load
from geodata.model import Rejection
from geodata.readers import explain
from geodata.refusals import Listing, to_mend, write_mendable
from geodata.stores import DuckDBStore, Gone
from geodata.survey import Found, survey

__all__ = ["Job", "refused", "run", "written"]

WIDTH: Final = 100
"""Columns of a terminal that everything fits into, but for the name of a file and of a place in it."""
_BAR: Final = 20
_DRAWN_S: Final = 0.2
_TOLD_S: Final = 5.0
_SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be imported, and how."""

    paths: Sequence[Path]
    options: Mapping[str, str]
    dry_run: bool = False
    listing: Path | None = None
    """Where all refused rows are to be listed."""
    quiet: bool = False


@dataclass(slots=True)
class _Outcome:
    done: list[LoadReport] = field(default_factory=list)
    failed: list[GeodataError] = field(default_factory=list)

    @property
    def code(self) -> int:
        if self.failed:
            return answer(self.failed[0]).exit_code
        return EXIT_REJECTED if any(r.rejected for r in self.done) else 0


def run(job: Job, store: Callable[[], DuckDBStore | None]) -> int:
    """Load what there is at the job's paths, print what became of it, and return the exit code.

    Parameters
    ----------
    store : opens the store; called once every file that is named is known to be readable.
    """
    found = survey(job.paths, job.options)
    taken = [f for f in found if not f.left_out]
    for f in taken:
        _mapping(f, named=f.path in job.paths)
    outcome, held = _Outcome(), store()
    table = _FileTable([f.path.name for f in taken], job.dry_run)
    with _listed(job.listing) as listing:
        for f in taken:
            watch = _Told(f.path.name, listing, quiet=job.quiet)
            try:
                done = load(
                    held, f.path, gazetteer=gazetteer.default(), options=f.options, dry_run=job.dry_run, watch=watch
                )
            except ReaderError as e:
                outcome.failed.append(e)
                continue
            finally:
                watch.clear()
            outcome.done.append(done)
            table.row(done)
    if held:
        held.close()
    _conclude(table, outcome, [f for f in found if f.left_out])
    return outcome.code


def refused(store: DuckDBStore, folder: Path | None) -> int:
    """Print what stands refused in the store, and write it to a folder to be mended; the exit code."""
    rows = store.rejections()
    _refusals(rows)
    if not rows:
        print("Nothing stands refused.")
    if folder and rows:
        named, left = to_mend(rows)
        mappings = {entry.file: entry.mapping for entry in store.imports()}
        for name, some in named.items():
            with written(folder / name) as file:
                write_mendable(some, file)
            if (mapping := mappings.get(some[0].origin.file)) and some[0].header:
                with written((folder / name).with_suffix(".toml")) as file:
                    file.write(mapping.encode())
            print(f"{len(some):,} to be mended in {folder / name}")
        if left:
            print(f"{len(left):,} to be mended in the file they came from")
        print("Mend the cells and import these files: what is taken then is refused no longer.")
    return EXIT_REJECTED if rows else 0


@contextmanager
def written(path: Path) -> Iterator[BinaryIO]:
    """Open a file that takes the place of ``path`` when all is written, and leaves nothing when it is not.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as file:
            yield file
        part.replace(path)
    except OSError as e:
        raise OutputError(f"cannot be written: {e.strerror or e}", where=str(path), remedy="Check the folder.") from e
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def _listed(path: Path | None) -> Iterator[Listing | None]:
    if path is None:
        yield None
        return
    with written(path) as file, _text(file) as text:
        yield Listing(text)


@contextmanager
def _text(file: BinaryIO) -> Iterator[TextIO]:
    text = io.TextIOWrapper(file, "utf-8-sig", newline="")
    yield text
    text.detach()


class _Told(Watch):
    """Draws a bar where somebody looks on, else says now and then how far it is."""

    def __init__(self, name: str, listing: Listing | None, *, quiet: bool) -> None:
        self._name, self._listing, self._quiet = name, listing, quiet
        self._drawn = sys.stderr.isatty()
        self._began = self._last = time.monotonic()

    def progress(self, progress: Progress) -> None:
        now = time.monotonic()
        if self._quiet or now - self._last < (_DRAWN_S if self._drawn else _TOLD_S):
            return
        self._last = now
        line = progress_line(self._name, progress, now - self._began)
        print(
            f"\r\x1b[K{line[:WIDTH]}" if self._drawn else line,
            end="" if self._drawn else "\n",
            file=sys.stderr,
            flush=True,
        )

    def refused(self, rejection: Rejection) -> None:
        if self._listing:
            self._listing.refused(rejection)

    def gone(self, claim: Gone) -> None:
        if self._listing:
            self._listing.gone(claim)

    def clear(self) -> None:
        """Take the bar away."""
        if self._drawn and not self._quiet:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def progress_line(name: str, progress: Progress, elapsed_s: float) -> str:
    """How far a file is, how fast it goes, and how long it will take.

    >>> progress_line("a.csv", Progress(250, 1000, 900, 100), 10)
    'a.csv  █████░░░░░░░░░░░░░░░   25%  900 claims, 100 refused  100/s  30 s left'
    """
    share = progress.done_bytes / progress.total_bytes if progress.total_bytes else 0.0
    bar = "█" * round(_BAR * share) + "░" * (_BAR - round(_BAR * share))
    rows = progress.claims + progress.rejected
    left = f"  {_lasting(elapsed_s / share - elapsed_s)} left" if 0 < share < 1 else ""
    counts = f"{progress.claims:,} claims" + (f", {progress.rejected:,} refused" if progress.rejected else "")
    return f"{name}  {bar}  {share:>4.0%}  {counts}  {rows / max(elapsed_s, 1e-9):,.0f}/s{left}"


def _lasting(seconds: float) -> str:
    if seconds < 99.5:
        return f"{seconds:.1f} s" if seconds < 9.95 else f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


_COLUMNS: Final = ("format", "new", "changed", "unchanged", "gone", "refused", "time")


class _FileTable:
    """One line a file, printed as each is done; the same columns for the totals."""

    def __init__(self, names: Sequence[str], dry_run: bool) -> None:
        self._width = max(map(len, [*names, "total"]), default=5)
        self._head = ("would be" if dry_run else "file", *_COLUMNS)
        self._rows = 0

    def row(self, r: LoadReport) -> None:
        """Print what became of a file."""
        counts = (r.new, r.changed, r.unchanged, r.gone, r.rejected)
        self._print(r.file, r.reader, *(f"{n:,}" for n in counts), "known" if r.earlier else _lasting(r.duration_s))
        if r.resumed:
            print(f"{'':{self._width}}  went on after {r.resumed:,} rows that an earlier run had loaded")

    def total(self, done: Sequence[LoadReport]) -> None:
        """Print the sums, where there are several files."""
        if len(done) > 1:
            sums = [sum(getattr(r, name) for r in done) for name in ("new", "changed", "unchanged", "gone", "rejected")]
            self._print("total", "", *(f"{n:,}" for n in sums), _lasting(sum(r.duration_s for r in done)))

    def _print(self, *cells: str) -> None:
        if not self._rows:
            self._line(self._head)
        self._rows += 1
        self._line(cells)

    def _line(self, cells: Sequence[str]) -> None:
        name, reader, *counts = cells
        print(f"{name:{self._width}}  {reader:8}" + "".join(f"{cell:>10}" for cell in counts))


def _mapping(f: Found, *, named: bool) -> None:
    """Say how the columns of a file that is named are read, where they have no fixed names."""
    if named:
        for line in explain(f.path, f.options):
            print(line)


def _conclude(table: _FileTable, outcome: _Outcome, left_out: Sequence[Found]) -> None:
    table.total(outcome.done)
    for error in outcome.failed:
        print(f"conflict-map: {error}", file=sys.stderr)
    if left_out:
        print(f"\nLeft out: {_many(len(left_out), 'file')}")
        width = max(len(f.path.name) for f in left_out)
        for f in left_out:
            print(f"  {f.path.name:{width}}  {f.left_out}")
    _remarks(outcome.done)
    counts: dict[str, int] = {}
    for r in outcome.done:
        for reason, n in r.reasons:
            counts[reason] = counts.get(reason, 0) + n
    _refusals([example for r in outcome.done for example in r.examples], counts)


def _remarks(done: Sequence[LoadReport]) -> None:
    unplaced: dict[str, int] = {}
    for r in done:
        for reason, n in r.unplaced:
            unplaced[reason] = unplaced.get(reason, 0) + n
    unreviewed = {name for r in done for name in r.unreviewed}
    dangling, gone = sum(r.dangling for r in done), sum(r.gone for r in done)
    lines = []
    if known := [r.earlier for r in done if r.earlier]:
        lines.append(
            f"Known: {_many(len(known), 'file')} imported before, last {max(known):%Y-%m-%d %H:%M} UTC; not read again"
        )
    if unplaced:
        why = ", ".join(f"{_words(reason)} {n:,}" for reason, n in unplaced.items())
        lines.append(f"Not on the map: {_many(sum(unplaced.values()), 'claim')} ({why})")
    if unreviewed:
        lines.append(
            f"No reviewed side: {_many(len(unreviewed), 'source')}; the page lists them under the side “unknown”"
        )
    if dangling:
        lines.append(f"Relations to claims that are neither in the file nor in the store: {dangling:,}")
    if gone:
        lines.append(
            f"Gone from newer versions of their files, kept in the store: {_many(gone, 'claim')}; --report lists them"
        )
    if lines:
        print("\n" + "\n".join(lines))


def _refusals(examples: Sequence[Rejection], counts: Mapping[str, int] | None = None) -> None:
    """The table of refusals: each reason with its count and what to do, under it a few rows of it."""
    by_reason: dict[str, list[Rejection]] = {}
    for r in examples:
        by_reason.setdefault(r.reason, []).append(r)
    counts = counts if counts is not None else {reason: len(rows) for reason, rows in by_reason.items()}
    if not counts:
        return
    print(f"\nRefused: {_many(sum(counts.values()), 'row')}")
    shown = [r for rows in by_reason.values() for r in rows[:_SHOWN]]
    wide = [max(len(cell) for cell in column) for column in zip(*map(_where, shown), strict=True)]
    for reason, n in sorted(counts.items(), key=lambda item: -item[1]):
        rows = by_reason.get(reason, [])[:_SHOWN]
        remedies = {r.remedy for r in rows}
        print(f"{n:>9,}  {_words(reason)}")
        for r in rows:
            file, at, name = (f"{cell:{width}}" for cell, width in zip(_where(r), wide, strict=True))
            lead = f"{'':11}{file}  {at}  {name}"
            print(f"{lead}  {_cut(r.value, max(16, WIDTH - len(lead) - 2))}".rstrip())
            if len(remedies) > 1:
                _advice([r.remedy])
        if len(remedies) == 1:
            _advice(remedies)


def _where(r: Rejection) -> tuple[str, str, str]:
    return (_cut(r.origin.file, 34), _cut(r.origin.row, 24), _cut(r.field, 22))


def _advice(remedies: Iterable[str]) -> None:
    for remedy in remedies:
        if remedy:
            print(textwrap.fill(remedy, WIDTH, initial_indent=f"{'':11}→ ", subsequent_indent=f"{'':13}"))


def _cut(text: str, width: int) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= width else f"{plain[: width - 1]}…"


def _words(code: str) -> str:
    return code.replace("_", " ")


def _many(n: int, what: str) -> str:
    return f"{n:,} {what}" if n == 1 else f"{n:,} {what}s"
