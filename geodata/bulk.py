"""Our own tables a block at a time: rows that are good beyond doubt go on as columns, the others one by one.

Cells that belong together (a place, a time, figures) are read once for each set of values that occurs, by the reader
and the checker that read rows; a row is good if all its sets are. What names a source for the first time, or has an id
that came before, goes through the reader of rows too. So both ways keep and refuse the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from geodata.ingest import Checker, Known, collect
from geodata.model import PANEL_KINDS, Bundle, Claim, Document, Kind, RelationType
from geodata.readers import Record, detect
from geodata.readers.blocks import Block, blocks, suits
from geodata.readers.exported import MINUTE, ExportedReader, Told, claim_of, said_of
from geodata.readers.guarded import GUARDED
from geodata.readers.tables import Row, Table
from geodata.shapes import MOVEMENTS
from geodata.spans import TimePrecision
from geodata.stores import CLAIMS, table_of

__all__ = ["Batch", "Bulk", "ahead", "whole_columns"]

_SEP: Final = "\x1f"
_TEXT: Final = ("claim_id", "statement", "quote", "subtype", "actor", "target", "note", "dataset")
_TIME: Final = ("happened_start", "happened_end")
_SAID: Final = ("said_at", "said_precision")
_DOCUMENT: Final = (
    "document_id", "document_title", "publisher", "published", "url", "licence", "attribution", "citation", "graphic",
)  # fmt: skip
_PLACE: Final = ("mention", "place", "role", "precision", "place_id", "lon", "lat", "shape", "unplaced")
_SETS: Final[Mapping[tuple[str, ...], tuple[str, ...]]] = {
    ("kind", "claimant_basis", "status", "modality", "negated", "coding", "happened_precision"): (
        "kind", "claimant_basis", "status", "modality", "negated", "coding", "happened_precision",
    ),
    _SAID: ("said_start", "said_end", "said_precision"),
    ("span_start", "span_end"): ("span_start", "span_end"),
    (*_PLACE, "kind", "negated"): ("places", "marks", "unplaced"),
    ("figures",): ("figures",),
    ("relations",): ("relations",),
    ("actor_alt",): ("actor_alt",),
    ("relays",): ("relays",),
    ("claimant",): ("claimant",),
    ("document_id",): ("document_id",),
}  # fmt: skip
"""Cells that are read together, and the columns of CLAIMS that are made of them."""
_NAMES: Final = ("claimant", "relays")
_COLUMNS: Final = tuple(dict.fromkeys((*_TEXT, *_TIME, *_DOCUMENT, *(n for names in _SETS for n in names))))
_INSTANT: Final = r"^([12]\d{3}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?Z)?$"
_KINDS: Final = frozenset(map(str, Kind))
_KEPT: Final = 100_000
"""Sets of values remembered from block to block."""

_BLANK: Final = Claim("", "", Kind.OTHER)
"""Stands in the columns for sets that no claim is made of."""

T = TypeVar("T")
Mask = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Batch:
    """The claims and refusals of some rows."""

    bundle: Bundle
    """What was read row by row, and all sources and documents."""
    claims: pa.Table
    """The other claims, with columns of CLAIMS."""
    records: int
    """Rows or records it was made of."""
    mended: Collection[str] = ()
    """Ids of rejections whose rows have come again."""


def whole_columns(path: Path) -> Table | None:
    """The table in a file, if it is our own and can be read in columns."""
    reader = detect(path)
    table = reader.table(path) if isinstance(reader, ExportedReader) else None
    return table if table and suits(table) else None


class _Sets:
    """The sets of values of some cells, numbered as they come, the claim each makes, and the columns made of those."""

    def __init__(self, columns: tuple[str, ...]) -> None:
        self.numbers: dict[str, int] = {}
        self.claims: list[Claim | None] = []
        self._made = table_of((), columns)

    def columns(self, codes: Whole) -> dict[str, pa.Array]:
        """The columns of the rows that have these sets."""
        more = [claim or _BLANK for claim in self.claims[self._made.num_rows :]]
        self._made = pa.concat_tables([self._made, table_of(more, self._made.column_names)]).combine_chunks()
        rows = pa.array(codes)
        return {name: self._made[name].combine_chunks().take(rows) for name in self._made.column_names}


@dataclass(frozen=True, slots=True)
class _Read:
    """What the rows of a block hold, whatever came before them."""

    block: Block
    sets: dict[tuple[str, ...], tuple[Whole, _Sets]]
    texts: dict[str, pa.Array]
    """The columns of CLAIMS that are cells of their own."""
    minutes: pa.Array
    """When it was said, of rows that say so to the minute in the plain form; null in the others."""
    good: Mask
    """The rows that are sound by themselves."""


class Bulk:
    """Reads one table; what it must remember of the rows before, ``known`` and the checker remember."""

    def __init__(self, table: Table, checker: Checker, known: Known) -> None:
        self._table, self._checker, self._known = table, checker, known
        self._told = Told()
        self._named: dict[str, str] = {}
        self._sets = {names: _Sets(columns) for names, columns in _SETS.items()}
        self._places: dict[str, Claim | None] = {}

    def batches(self, skip: int = 0) -> Iterator[Batch]:
        """A batch for each block after those whose rows an earlier run has loaded: ``skip`` rows."""
        for read in ahead(map(self._whole, blocks(self._table, _COLUMNS))):
            batch = self._batch(read, skipped=skip > 0)
            if skip <= 0:
                yield batch
            skip -= batch.records

    def _whole(self, block: Block) -> _Read:
        """All that does not depend on the rows before."""
        minutes, cells = _minutes(block.cells)
        sets = {names: self._read(names, cells) for names in _SETS}
        texts = {name: _unguarded(cells[name].combine_chunks()) for name in _TEXT}
        start, end, good = _happened(cells)
        good &= np.asarray(pc.binary_length(texts["claim_id"])) > 0
        good &= np.asarray(pc.binary_length(texts["statement"])) > 0
        for codes, found in sets.values():
            good &= np.array([claim is not None for claim in found.claims], bool)[codes] if found.claims else True
        return _Read(block, sets, {**texts, "happened_start": start, "happened_end": end}, minutes, good)

    def _batch(self, read: _Read, *, skipped: bool) -> Batch:
        block, sets, texts, cells = read.block, read.sets, read.texts, read.block.cells
        good = read.good & ~self._again(texts["claim_id"], block, skipped=skipped)
        slow = ~good | self._leads(sets, good)
        slow |= self._with_documents(sets[("document_id",)], slow, block)
        records = self._one_by_one(block, np.flatnonzero(slow), skipped=skipped)
        by_time = np.asarray(pc.array_sort_indices(texts["happened_start"], null_placement="at_start"))
        fast = by_time[~slow[by_time]].astype(np.int64)
        documents = self._documents(sets[("document_id",)], np.flatnonzero(~slow), cells)
        rows = pa.array(fast)
        columns = {name: text.take(rows) for name, text in texts.items()}
        for names, (codes, found) in sets.items():
            columns |= self._sources(names, found, codes[fast]) if names[0] in _NAMES else found.columns(codes[fast])
        columns |= _said(columns, read.minutes.take(rows))
        columns |= self._origins(block.at[fast])
        bundle = collect(records)
        return Batch(
            replace(bundle, documents=(*bundle.documents, *documents)),
            pa.table(columns),
            block.cells.num_rows + len(block.odd),
        )

    def _read(self, names: tuple[str, ...], cells: pa.Table) -> tuple[Whole, _Sets]:
        """The number of the set of these cells that each row has, and the sets."""
        columns = [_like(name, cells[name]) if "place" in names else cells[name] for name in names]
        joined = pc.binary_join_element_wise(*columns, _SEP).combine_chunks().dictionary_encode()
        if len(self._sets[names].claims) > _KEPT:
            self._sets[names] = _Sets(_SETS[names])
            self._places.clear()
        known = self._sets[names]
        keys = joined.dictionary.to_pylist()
        for key in keys:
            if key not in known.numbers:
                known.numbers[key] = len(known.claims)
                known.claims.append(self._claim(names, dict(zip(names, key.split(_SEP), strict=True))))
        numbers = np.array([known.numbers[key] for key in keys], np.int64)
        return numbers[np.asarray(joined.indices)], known

    def _claim(self, names: tuple[str, ...], cells: dict[str, str]) -> Claim | None:
        """What the reader of rows makes of these cells; None if a row that has them must be left to it."""
        if names == ("document_id",):
            return None if not cells["document_id"] else claim_of(cells)[0]  # type: ignore[index]
        if "place" in names:
            return self._placed(cells)
        if "said_at" in names:
            return said_of(cells)
        read = claim_of(cells)
        if read is None or any(r.type is RelationType.SOURCED_TO for r in read[0].relations):
            return None
        return read[0]

    def _placed(self, cells: dict[str, str]) -> Claim | None:
        """The claim of the cells of a place; the place is read once for all kinds of claims."""
        key = _SEP.join(cells[name] for name in _PLACE)
        if key not in self._places:
            read = claim_of({name: cells[name] for name in _PLACE})
            self._places[key] = self._checker.located(read[0]) if read else None
        claim, kind = self._places[key], cells["kind"]
        if claim is None or kind not in _KINDS:
            return None
        return self._checker.drawn(claim, Kind(kind), negated=cells["negated"] == "true")

    def _again(self, ids: pa.Array, block: Block, *, skipped: bool) -> Mask:
        """The rows whose id another row of the file has too, as far as it has been read."""
        odd = [row.cells.get("claim_id", "") for _, row in block.odd if isinstance(row, Row)]
        told: Collection[str] = () if skipped else self._known.told(ids.to_pylist(), documents=False)
        counted = ids.value_counts()
        twice = counted.field("values").filter(pc.greater(counted.field("counts"), 1))
        others = pa.concat_arrays([twice, _unguarded(pa.array([*odd], pa.string())), pa.array([*told], pa.string())])
        return np.asarray(pc.is_in(ids, value_set=others))

    def _leads(self, sets: dict[tuple[str, ...], tuple[Whole, _Sets]], good: Mask) -> Mask:
        """The first good row for each name of a source that no row has told yet."""
        leads = np.zeros(len(good), bool)
        first: dict[str, int] = {}
        for name in _NAMES:
            codes, found = sets[(name,)]
            rows = np.flatnonzero(good)
            which, at = np.unique(codes[rows], return_index=True)
            for code, row in zip(which.tolist(), rows[at].tolist(), strict=True):
                claim = found.claims[code]
                for said in _names(claim, name) if claim else ():
                    if said not in self._named:
                        first[said] = min(row, first.get(said, row))
        leads[list(first.values())] = True
        return leads

    def _with_documents(self, told: tuple[Whole, _Sets], slow: Mask, block: Block) -> Mask:
        """The first rows of new documents that rows read one by one name too."""
        codes, found = told
        odd = (row.cells.get("document_id", "") for _, row in block.odd if isinstance(row, Row))
        theirs = (self._claim(("document_id",), {"document_id": cell}) for cell in {*odd})
        shared = {claim.document_id for claim in (*theirs, *(found.claims[i] for i in np.unique(codes[slow]))) if claim}
        led = np.zeros(len(slow), bool)
        for code in np.unique(codes[~slow]).tolist():
            claim = found.claims[code]
            if claim and claim.document_id in shared - self._told.documents:
                led[np.flatnonzero((codes == code) & ~slow)[0]] = True
        return led

    def _one_by_one(self, block: Block, rows: Whole, *, skipped: bool) -> list[Record]:
        """What the reader of rows and the checker make of the plain rows named and of those that are not plain."""
        found = [(int(block.at[i]), row) for i in rows for row in block.row(int(i))]
        found = sorted([*found, *block.odd], key=lambda pair: pair[0])
        records = [record for _, row in found for record in self._told.records(row, self._table)]
        if skipped:
            self._checker.skip(records)
            checked = records
        else:
            checked = self._checker.check(records)
        kept = {r.claim_id for r in checked if isinstance(r, Claim)}
        for record in records:
            if isinstance(record, Claim) and record.claim_id in kept:
                for name in (record.claimant, *record.relays):
                    self._named.setdefault(name, self._checker.source_id(name))
        return checked

    def _documents(self, told: tuple[Whole, _Sets], fast: Whole, cells: pa.Table) -> list[Document]:
        """The documents that these rows are the first to name."""
        codes, found = told
        which, at = np.unique(codes[fast], return_index=True)
        documents = []
        for code, row in sorted(zip(which.tolist(), fast[at].tolist(), strict=True), key=lambda pair: pair[1]):
            claim = found.claims[code]
            if claim and claim.document_id not in self._told.documents:
                self._told.documents.add(claim.document_id)
                read = claim_of({name: cells[name][row].as_py() for name in _DOCUMENT})
                documents += [read[1]] if read else []
        return documents

    def _sources(self, names: tuple[str, ...], found: _Sets, codes: Whole) -> dict[str, pa.Array]:
        """The columns that name sources, by the ids that these have in the store."""
        used, codes = np.unique(codes, return_inverse=True)
        told = _Sets(names)
        for claim in (found.claims[i] for i in used.tolist()):
            if claim:
                relays = tuple(self._named.get(name, "") for name in claim.relays)
                told.claims.append(replace(claim, claimant=self._named.get(claim.claimant, ""), relays=relays))
        return told.columns(codes)

    def _origins(self, lines: Whole) -> dict[str, pa.Array]:
        origin = self._table.at(0)
        text = pa.array(lines).cast(pa.string())
        return {
            "origin_file": pa.repeat(origin.file, len(lines)),
            "origin_row": pc.binary_join_element_wise("line", text, " "),
            "origin_reader": pa.repeat(origin.reader, len(lines)),
        }


def ahead(items: Iterator[T]) -> Iterator[T]:
    """The items; while one is used, the next is made in a thread of its own."""
    context, following = copy_context(), partial(next, items, None)
    with ThreadPoolExecutor(1) as worker:
        due = worker.submit(context.run, following)
        while (item := due.result()) is not None:
            due = worker.submit(context.run, following)
            yield item


def _names(claim: Claim, of: str) -> tuple[str, ...]:
    return (claim.claimant,) if of == "claimant" else claim.relays


def _like(name: str, column: pa.ChunkedArray) -> pa.ChunkedArray:
    """What a claim is drawn by (:func:`geodata.shapes.marks`): one kind for all that are drawn alike."""
    if name == "negated":
        return pc.if_else(pc.equal(column, "true"), "true", "")
    if name != "kind":
        return column
    for alike in (PANEL_KINDS, MOVEMENTS, frozenset(Kind) - PANEL_KINDS - MOVEMENTS):
        kinds = sorted(map(str, alike))
        column = pc.if_else(pc.is_in(column, value_set=pa.array(kinds)), kinds[0], column)
    return column


def _unguarded(column: pa.Array) -> pa.Array:
    """The cells without the apostrophe that keeps a spreadsheet from taking them for formulas."""
    if not pc.any(pc.starts_with(column, "'")).as_py():
        return column
    return pc.replace_substring_regex(column, GUARDED, r"\1")


def _happened(cells: pa.Table) -> tuple[pa.Array, pa.Array, Mask]:
    """Start and end of what happened, and the rows whose cells are instants in order, or empty."""
    known = np.ones(cells.num_rows, bool)
    found = []
    for name in _TIME:
        text = cells[name].combine_chunks()
        known &= np.asarray(pc.match_substring_regex(text, _INSTANT))
        text = pc.if_else(pa.array(known), text, "")
        try:
            instants = pc.if_else(pc.equal(text, ""), None, text).cast(CLAIMS.field(name).type)
        except pa.ArrowInvalid:
            instants = _each(text, CLAIMS.field(name).type)
            known &= np.asarray(pc.or_(pc.is_valid(instants), pc.equal(text, "")))
        found.append(instants)
    start, end = found
    known &= np.asarray(pc.fill_null(pc.less(start, end), True))
    return start, end, known


def _minutes(cells: pa.Table) -> tuple[pa.Array, pa.Table]:
    """When it was said where that is a minute, nearly every row its own; and the cells without those."""
    kind, told = CLAIMS.field("said_start").type, {name: cells[name].combine_chunks() for name in _SAID}
    plain = pc.and_(pc.match_substring_regex(told["said_at"], _INSTANT), pc.not_equal(told["said_at"], ""))
    plain = pc.and_(plain, pc.equal(told["said_precision"], TimePrecision.MINUTE))
    try:
        minutes = pc.if_else(plain, told["said_at"], None).cast(kind)
    except pa.ArrowInvalid:
        return pa.nulls(len(plain), kind), cells
    for name in _SAID:
        cells = cells.set_column(cells.column_names.index(name), name, pc.if_else(plain, "", told[name]))
    return minutes, cells


def _said(columns: Mapping[str, pa.Array], minutes: pa.Array) -> dict[str, pa.Array]:
    """The columns of when it was said, with those minutes."""
    ends, precision = pc.add(minutes, MINUTE), columns["said_precision"]
    return {
        "said_start": pc.coalesce(minutes, columns["said_start"]),
        "said_end": pc.coalesce(ends, columns["said_end"]),
        "said_precision": pc.if_else(minutes.is_valid(), pa.scalar(TimePrecision.MINUTE, precision.type), precision),
    }


def _each(text: pa.Array, kind: pa.DataType) -> pa.Array:
    """The instants one by one; null where a month has no such day."""
    told = text.dictionary_encode()
    found = []
    for value in told.dictionary:
        try:
            found.append(value.cast(kind).as_py())
        except pa.ArrowInvalid:
            found.append(None)
    return pa.array(found, kind).take(told.indices)
