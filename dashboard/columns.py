"""The wire form of claims: little-endian typed arrays behind a JSON header, read by ``assets/app/columns.mjs``.

Layout: ``b"CMC1"``, header length (uint32), header (JSON, UTF-8), padding to 8 bytes, then the arrays, each
aligned to 8 bytes. The header names each array as ``[table, name, dtype, offset, count]``, offset from the end of
the padded header. Times are int32 minutes since 1970 UTC; an open start or end is the smallest or largest int32.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geodata.model import LAYER_OF, Coding, Kind, Layer, Modality, Precision, Role, Source
from geodata.query import Query
from geodata.stores.base import ClaimStore

__all__ = ["CLAIM_COLUMNS", "OPEN_END", "OPEN_START", "encode"]

OPEN_START: Final = -(2**31)
OPEN_END: Final = 2**31 - 1
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
_MAGIC: Final = b"CMC1"
_NONE: Final = 0xFFFFFFFF
_MAX_SIDES: Final = 7


def encode(store: ClaimStore, query: Query) -> bytes:
    """All matching claims and their marks in the wire form."""
    claims, marks, sources = store.table(query, CLAIM_COLUMNS), store.marks(query), store.sources()
    words: dict[str, list[Any]] = {"layer": [str(v) for v in Layer]}
    arrays = [*_claim_arrays(claims, words), *_mark_arrays(marks, words)]
    words["source"] = [_source(sources, s) for s in words["source"]]
    words["side"] = sorted({s["side"] for s in words["source"]}, key=lambda s: (s == "unknown", s))
    layers = [str(v) for v in Layer]
    header = {
        "version": store.version(),
        "claims": claims.num_rows,
        "marks": marks.num_rows,
        "extent": _extent(claims),
        "dictionaries": words,
        "kind_layer": [layers.index(LAYER_OF[Kind(k)]) for k in words["kind"]],
    }
    return _assemble(header, [*arrays, ("", "ids", "\n".join(claims["claim_id"].to_pylist()).encode())])


def _claim_arrays(claims: pa.Table, words: dict[str, list[Any]]) -> Iterator[tuple[str, str, Any]]:
    yield "claims", "start", _minutes(claims["happened_start"], OPEN_START)
    yield "claims", "end", _minutes(claims["happened_end"], OPEN_END)
    for name, column, order in (
        ("source", "claimant", None),
        ("kind", "kind", Kind),
        ("actor", "actor", None),
        ("precision", "precision", Precision),
        ("modality", "modality", Modality),
        ("coding", "coding", Coding),
    ):
        codes, words[name] = _codes(claims[column], order)
        yield "claims", name, codes.astype("<u2" if order is None else "<u1")
    sides = np.minimum(claims["sides"].to_numpy().astype(np.uint8), _MAX_SIDES)
    flags = (
        sides | _bit(claims["contradicted"], 3) | _bit(claims["negated"], 4) | _bit(pc.is_valid(claims["unplaced"]), 5)
    )
    yield "claims", "flags", flags.astype("<u1")


def _mark_arrays(marks: pa.Table, words: dict[str, list[Any]]) -> Iterator[tuple[str, str, Any]]:
    yield "marks", "claim", marks["ordinal"].to_numpy().astype("<u4")
    yield "marks", "lon", marks["lon"].to_numpy().astype("<f4")
    yield "marks", "lat", marks["lat"].to_numpy().astype("<f4")
    for name, order in (("precision", list(Precision)), ("role", list(Role))):
        index = {str(v): k for k, v in enumerate(order)}
        words[f"mark_{name}"] = [str(v) for v in order]
        yield "marks", name, np.array([index[v] for v in marks[name].to_pylist()], "<u1")
    shapes, words["shape"] = _codes(marks["shape"], None, missing=_NONE)
    yield "marks", "shape", shapes.astype("<u4")
    bearing = pc.fill_null(marks["bearing_deg"], -1.0).to_numpy()
    yield "marks", "bearing", np.round(bearing).astype("<i2")


def _codes(column: pa.ChunkedArray, order: Any, missing: int = 0) -> tuple[np.ndarray, list[str]]:
    """Codes into a word list: enum order (only words that occur) or first appearance."""
    text = column.cast(pa.string()).combine_chunks()
    encoded = text.dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    words = [w for w in encoded.dictionary.to_pylist() if w is not None]
    ranked = [str(v) for v in order if str(v) in words] if order else words
    rank = np.array([ranked.index(w) for w in words], dtype=np.int64)
    indices = encoded.indices
    valid = np.asarray(pc.is_valid(indices))
    filled = pc.fill_null(indices, 0).to_numpy(zero_copy_only=False)
    codes = np.where(valid, rank[filled] if len(rank) else 0, missing)
    return codes, ranked


def _minutes(column: pa.ChunkedArray, missing: int) -> np.ndarray:
    seconds = column.cast(pa.timestamp("s", tz="UTC"), safe=False).cast(pa.int64())
    minutes = pc.floor(pc.divide(seconds.cast(pa.float64()), 60.0))
    return pc.fill_null(minutes, float(missing)).to_numpy().astype("<i4")


def _bit(column: Any, place: int) -> np.ndarray:
    flags = pc.fill_null(column, False)
    return (
        np.asarray(flags.to_numpy(zero_copy_only=False) if isinstance(flags, pa.Array) else flags.to_numpy()).astype(
            np.uint8
        )
        << place
    )


def _source(sources: Mapping[str, Source], source_id: str) -> dict[str, str]:
    s = sources.get(source_id) or Source(source_id, source_id)
    return {"id": s.source_id, "name": s.name, "side": s.side}


def _extent(claims: pa.Table) -> list[int]:
    """First and last day known, as minutes ``[from, to)``; an open start is known by its last possible minute."""
    start, end = _minutes(claims["happened_start"], OPEN_START), _minutes(claims["happened_end"], OPEN_END)
    edge = np.where(start != OPEN_START, start, np.where(end != OPEN_END, end - 1, 0))
    if not len(edge):
        return [0, 1440]
    return [int(edge.min() // 1440 * 1440), int((edge.max() // 1440 + 1) * 1440)]


def _assemble(header: dict[str, Any], arrays: Sequence[tuple[str, str, Any]]) -> bytes:
    columns, body, offset = [], [], 0
    for table, name, values in arrays:
        data = values if isinstance(values, bytes) else values.tobytes()
        dtype, count = ("text", len(data)) if isinstance(values, bytes) else (values.dtype.str[-2:], len(values))
        columns.append([table, name, dtype, offset, count])
        body.append(data + b"\0" * (-len(data) % 8))
        offset += len(body[-1])
    head = json.dumps({**header, "columns": columns}, ensure_ascii=False, separators=(",", ":")).encode()
    return b"".join([_MAGIC, len(head).to_bytes(4, "little"), head, b"\0" * (-(8 + len(head)) % 8), *body])
