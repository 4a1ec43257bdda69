"""The wire form of claims: little-endian typed arrays in order of time, read by ``assets/app/wire.mjs`` as they come.

Layout: ``b"CMC2"``, length of the header (uint32), header (JSON, UTF-8), the tables, then one chunk after another, each
part padded to 8 bytes. A claim points into three tables, so that 13 bytes or so carry it:

- ``sources``, in the header: who claims, with name and side;
- ``sorts``: what claims have in common: kind, actor, precision, modality, coding and flags (bits 0 to 2: independent
  sides that say so; 3: contradicted; 4: negated; 5: unplaced);
- ``spots``: what marks have in common: point (1e-7 degrees), precision, shape and bearing.

The header's ``tables`` names each array as ``[table, name, dtype, offset, count]``, offset from the end of the header;
``body`` is where the first chunk begins, counted from there too, and ``chunk`` lists a chunk's arrays as
``[name, dtype]``. A chunk is four uint32 (claims, marks, claims of :data:`FAR`, 0) and its arrays; ``marks`` says how
many marks each claim has, ``spot`` has an entry for each of those. Times are int32 minutes since 1970 UTC.
``duration`` is in minutes; where it is :data:`FAR` the end stands in ``end``, for a span that is open or longer. An
open start or end is the smallest or largest int32.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geodata.errors import QueryError
from geodata.model import LAYER_OF, Coding, Kind, Layer, Modality, Precision, Source
from geodata.query import Query
from geodata.stores.base import ClaimStore

__all__ = [
    "CHUNK",
    "CLAIM_COLUMNS",
    "FAR",
    "MAX_SIDES",
    "NONE",
    "OPEN_END",
    "OPEN_START",
    "Wire",
    "Wires",
    "encode",
    "head",
    "packed",
]

OPEN_START: Final = -(2**31)
OPEN_END: Final = 2**31 - 1
FAR: Final = 0xFFFF
"""Duration (minutes) of a span that is open or lasts 45 days and more."""
NONE: Final = 0xFFFFFFFF
"""Shape of a mark that is a point."""
CHUNK: Final = 131_072
"""Claims in a chunk."""
CLAIM_COLUMNS: Final = (
    "claim_id",
    "happened_start",
    "happened_end",
    "claimant",
    "kind",
    "actor",
    "precision",
    "modality",
    "coding",
    "sides",
    "contradicted",
    "negated",
    "unplaced",
)
_MAGIC: Final = b"CMC2"
MAX_SIDES: Final = 7
_MARK_PRECISIONS: Final = [str(v) for v in Precision]
_WORDS: Final[Mapping[str, Any]] = {
    "kind": Kind,
    "actor": None,
    "precision": Precision,
    "modality": Modality,
    "coding": Coding,
}
"""What sorts of claims are told apart by, each with the order of its words (None: as they appear)."""

_ALL: Final = Query()

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class Wire:
    """The claims of a query in the wire form, and what its codes stand for."""

    version: str
    """Of the store they were read from."""
    head: bytes
    chunks: tuple[bytes, ...]
    ids: pa.ChunkedArray
    """Claim ids in the order of the columns: a claim's place there is its ordinal."""
    shapes: tuple[str, ...]
    """Recipes of the shapes in use, by code."""

    def parts(self) -> Iterator[bytes]:
        """The body, a chunk at a time."""
        yield self.head
        yield from self.chunks


class Wires:
    """Wire forms of a store, each made once; the last few are kept, so that a page may still name what it was sent."""

    _KEPT: Final = 3

    def __init__(self, store: ClaimStore) -> None:
        self._store, self._lock = store, Lock()
        self._made: OrderedDict[tuple[str, Query], Wire] = OrderedDict()

    def of(self, query: Query) -> Wire:
        """The wire form of what the query matches now."""
        with self._lock:
            key = (self._store.version(), query)
            wire = self._made.pop(key, None) or encode(self._store, query)
            self._made[wire.version, query] = wire
            while len(self._made) > self._KEPT:
                self._made.popitem(last=False)
            return wire

    def ids(self, version: str, ordinals: Sequence[int], query: Query = _ALL) -> list[str]:
        """Ids of the claims at these places of ``/columns`` of a query as it was at a version of the store.

        Raises
        ------
        QueryError
            If that version is neither in force nor at hand any more, or has no such place.
        """
        wire = self._made.get((version, query)) or self.of(query)
        if wire.version != version or not all(0 <= i < len(wire.ids) for i in ordinals):
            raise QueryError("these claims have changed since", names=("version", "at"), remedy="Reload the page.")
        return [str(i) for i in wire.ids.take(pa.array(ordinals, pa.int64())).to_pylist()]

    def ordinal(self, version: str, claim_id: str, query: Query = _ALL) -> int | None:
        """Where the claim stands in ``/columns`` of a query at a version, if that is in force."""
        wire = self.of(query)
        place = pc.index(wire.ids, claim_id).as_py() if wire.version == version else -1
        return None if place < 0 else int(place)


def encode(store: ClaimStore, query: Query) -> Wire:
    """All matching claims and their marks, of one version of the store."""
    while True:
        version = store.version()
        claims, marks = store.table(query, CLAIM_COLUMNS), store.marks(query)
        if store.version() == version:
            return _wire(version, claims, marks, store.sources())


def _wire(version: str, claims: pa.Table, marks: pa.Table, sources: Mapping[str, Source]) -> Wire:
    words: dict[str, list[Any]] = {"layer": [str(v) for v in Layer], "mark_precision": _MARK_PRECISIONS}
    start, end = _minutes(claims["happened_start"], OPEN_START), _minutes(claims["happened_end"], OPEN_END)
    sort, sorts = _sorts(claims, words)
    spot, spots = _spots(marks, words)
    source, ids = _codes(claims["claimant"], None)
    words["source"] = [_source(sources, s) for s in ids]
    words["side"] = sorted({s["side"] for s in words["source"]}, key=lambda s: (s == "unknown", s))
    counts = np.bincount(marks["ordinal"].to_numpy(), minlength=len(start))
    rows = {
        "start": start,
        "duration": _durations(start, end),
        "source": _narrow(source),
        "sort": _narrow(sort),
        "marks": _narrow(counts),
    }
    head, chunks = packed(
        {"version": version, "dictionaries": words}, {"sorts": sorts, "spots": spots}, rows, spot, end
    )
    return Wire(version, head, chunks, claims["claim_id"], tuple(words["shape"]))


def packed(
    header: Mapping[str, Any],
    tables: Mapping[str, Mapping[str, Array]],
    rows: Mapping[str, Array],
    spot: Array,
    end: Array,
) -> tuple[bytes, tuple[bytes, ...]]:
    """Head and chunks of these columns; ``rows`` in order of time, ``end`` (minutes) stands in where a span is far."""
    words = header["dictionaries"]
    whole = {
        **header,
        "claims": len(end),
        "marks": len(spot),
        "extent": _extent(rows["start"], end),
        "kind_layer": [words["layer"].index(LAYER_OF[Kind(k)]) for k in words["kind"]],
        "chunk": [*((name, _dtype(a)) for name, a in rows.items()), ("spot", _dtype(spot)), ("end", "i4")],
    }
    return head(whole, tables), tuple(_chunk(rows, spot, end, first) for first in range(0, len(end), CHUNK))


def _sorts(claims: pa.Table, words: dict[str, list[Any]]) -> tuple[Array, dict[str, Array]]:
    """The sort of each claim, and the table of sorts."""
    columns: dict[str, Array] = {}
    for name, order in _WORDS.items():
        columns[name], words[name] = _codes(claims[name], order)
    columns["flags"] = (
        np.minimum(claims["sides"].to_numpy().astype(np.int64), MAX_SIDES)
        | _bit(claims["contradicted"], 3)
        | _bit(claims["negated"], 4)
        | _bit(pc.is_valid(claims["unplaced"]), 5)
    )
    sort, sorts = _distinct(columns)
    return sort, {name: _narrow(values) for name, values in sorts.items()}


def _spots(marks: pa.Table, words: dict[str, list[Any]]) -> tuple[Array, dict[str, Array]]:
    """The spot of each mark, and the table of spots."""
    shape, words["shape"] = _codes(marks["shape"], None, missing=-1)
    precision, found = _codes(marks["precision"], Precision)
    rank = np.array([_MARK_PRECISIONS.index(w) for w in found], np.int64)
    spot, spots = _distinct(
        {
            "lon": np.round(marks["lon"].to_numpy() * 1e7).astype(np.int64),
            "lat": np.round(marks["lat"].to_numpy() * 1e7).astype(np.int64),
            "precision": rank[precision] if len(rank) else precision,
            "shape": shape,
            "bearing": np.round(pc.fill_null(marks["bearing_deg"], -1.0).to_numpy()).astype(np.int64),
        }
    )
    types = {"lon": "<i4", "lat": "<i4", "precision": "<u1", "bearing": "<i2"}
    typed = {name: spots[name].astype(kind) for name, kind in types.items()}
    return _narrow(spot), {**typed, "shape": np.where(spots["shape"] < 0, NONE, spots["shape"]).astype("<u4")}


def _distinct(columns: Mapping[str, Array]) -> tuple[Array, dict[str, Array]]:
    """For each row the number of its combination of values; and the combinations, column by column."""
    code = np.zeros(len(next(iter(columns.values()))), np.int64)
    for values in columns.values():
        low = int(values.min(initial=0))
        width = int(values.max(initial=0)) - low + 1
        # numbered anew each time, so that no product grows too large
        code = pa.array(code * width + (values - low)).dictionary_encode().indices.to_numpy().astype(np.int64)
    first = np.empty(int(code.max(initial=-1)) + 1, np.int64)
    first[code[::-1]] = np.arange(len(code))[::-1]
    return code, {name: values[first] for name, values in columns.items()}


def _codes(column: pa.ChunkedArray, order: Any, missing: int = 0) -> tuple[Array, list[str]]:
    """Codes into a word list: enum order (only words that occur) or first appearance."""
    encoded = column.cast(pa.string()).combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    words = [w for w in encoded.dictionary.to_pylist() if w is not None]
    ranked = [str(v) for v in order if str(v) in words] if order else words
    place = {w: k for k, w in enumerate(ranked)}
    rank = np.array([*(place[w] for w in words), missing], np.int64)
    return rank[pc.fill_null(encoded.indices, len(words)).to_numpy(zero_copy_only=False)], ranked


def _minutes(column: pa.ChunkedArray, missing: int) -> Array:
    minutes = np.floor_divide(pc.fill_null(column.cast(pa.int64()), 0).to_numpy(), 60_000_000)
    return np.where(pc.is_valid(column).to_numpy(), minutes, missing).astype("<i4")


def _durations(start: Array, end: Array) -> Array:
    lasts = np.where((start == OPEN_START) | (end == OPEN_END), FAR, end.astype(np.int64) - start)
    return np.minimum(lasts, FAR).astype("<u2")


def _bit(column: pa.ChunkedArray, place: int) -> Array:
    return pc.fill_null(column, False).to_numpy().astype(np.int64) << place


def _narrow(values: Array) -> Array:
    """The values, none of them negative, in the narrowest unsigned type that holds them."""
    most = int(values.max(initial=0))
    return values.astype("<u1" if most < 1 << 8 else "<u2" if most < 1 << 16 else "<u4")


def _dtype(values: Array) -> str:
    return values.dtype.str[-2:]


def _source(sources: Mapping[str, Source], source_id: str) -> dict[str, str]:
    s = sources.get(source_id) or Source(source_id, source_id)
    return {"id": s.source_id, "name": s.name, "side": s.side}


def _extent(start: Array, end: Array) -> list[int]:
    """First and last day known, as minutes ``[from, to)``; an open start is known by its last possible minute."""
    edge = np.where(start != OPEN_START, start, np.where(end != OPEN_END, end - 1, 0))
    if not len(edge):
        return [0, 1440]
    return [int(edge.min() // 1440 * 1440), int((edge.max() // 1440 + 1) * 1440)]


def _chunk(rows: Mapping[str, Array], spot: Array, end: Array, first: int) -> bytes:
    part = {name: values[first : first + CHUNK] for name, values in rows.items()}
    before = int(rows["marks"][:first].sum(dtype=np.int64))
    spots = spot[before : before + int(part["marks"].sum(dtype=np.int64))]
    far = end[first : first + CHUNK][part["duration"] == FAR]
    sizes = np.array([len(part["start"]), len(spots), len(far), 0], "<u4")
    return b"".join(_padded(a.tobytes()) for a in (sizes, *part.values(), spots, far))


def head(header: dict[str, Any], tables: Mapping[str, Mapping[str, Array]]) -> bytes:
    """A header that names the arrays of its tables, and those: the wire form as far as its first chunk."""
    listed: list[Sequence[Any]] = []
    body: list[bytes] = []
    offset = 0
    for table, columns in tables.items():
        for name, values in columns.items():
            listed.append([table, name, _dtype(values), offset, len(values)])
            body.append(_padded(values.tobytes()))
            offset += len(body[-1])
    whole = {**header, "tables": listed, "body": offset}
    text = json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()
    return b"".join([_padded(_MAGIC + len(text).to_bytes(4, "little") + text), *body])


def _padded(data: bytes) -> bytes:
    return data + b"\0" * (-len(data) % 8)
