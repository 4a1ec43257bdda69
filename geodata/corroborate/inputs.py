"""Claims as flat columns, from values or from a table, ready to be grouped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from geodata.model import UNKNOWN_SIDE, Claim, Pairing, Source
from geodata.spans import Span

__all__ = ["COLUMNS", "NEVER", "Inputs", "from_claims", "from_table", "with_pairings"]

COLUMNS: Final = (
    "claim_id", "kind", "subtype", "claimant", "side", "document_id", "actor", "target", "status", "modality",
    "negated", "happened_start", "happened_end", "said_start", "said_end", "places", "figures", "relations",
)  # fmt: skip
"""What a table of claims must have: columns of the store's claims and the claimant's ``side``."""

NEVER: Final = np.iinfo(np.int64).min
"""An instant that is not stated, where instants are microseconds since 1970."""

_TIMES: Final = ("happened_start", "happened_end", "said_start", "said_end")
_PLACE: Final = ("role", "precision", "place_id", "name", "mention", "lon", "lat", "bearing_deg")
_FIGURE: Final = ("measure", "unit", "low", "high", "best", "qualifier", "since")


@dataclass(frozen=True, slots=True)
class Inputs:
    """Claims in the order of their ids; the other frames name a claim by its position in the first (``claim``)."""

    claims: pd.DataFrame
    places: pd.DataFrame
    figures: pd.DataFrame
    relations: pd.DataFrame


def from_claims(claims: Iterable[Claim], sources: Mapping[str, Source]) -> Inputs:
    """Values as columns; of several revisions of a claim the latest is taken."""
    newest: dict[str, Claim] = {}
    for c in claims:
        if c.claim_id not in newest or newest[c.claim_id].revision <= c.revision:
            newest[c.claim_id] = c
    held = [newest[i] for i in sorted(newest)]
    words = ("claim_id", "kind", "subtype", "claimant", "document_id", "actor", "target", "status", "modality")
    frame = pd.DataFrame({name: pd.array([str(getattr(c, name)) for c in held], "str") for name in words})
    frame["side"] = pd.array([s.side if (s := sources.get(c.claimant)) else UNKNOWN_SIDE for c in held], "str")
    frame["negated"] = np.array([c.negated for c in held], bool)
    for name, spans in (("happened", [c.happened for c in held]), ("said", [c.said_at for c in held])):
        for end in ("start", "end"):
            frame[f"{name}_{end}"] = _instants(spans, end)
    return Inputs(
        frame,
        _nested(held, "places", _PLACE),
        _nested(held, "figures", _FIGURE),
        _nested(held, "relations", ("type", "target")),
    )


def from_table(table: pa.Table) -> Inputs:
    """A table with :data:`COLUMNS`, one row a claim, as columns; nothing is made of each row."""
    table = table.select(list(COLUMNS)).combine_chunks()
    table = table.take(pc.array_sort_indices(table["claim_id"].combine_chunks()))
    flat = [c for c in COLUMNS if c not in ("places", "figures", "relations", *_TIMES)]
    frame = pd.DataFrame({name: _words(table[name]) for name in flat})
    for name in _TIMES:
        instants = table[name].cast(pa.timestamp("us")).cast(pa.int64())
        frame[name] = pc.fill_null(instants, int(NEVER)).to_numpy()
    return Inputs(
        frame,
        _unnested(table["places"], _PLACE),
        _unnested(table["figures"], _FIGURE),
        _unnested(table["relations"], ("type", "target")),
    )


def with_pairings(inputs: Inputs, pairings: Iterable[Pairing]) -> Inputs:
    """The inputs with what people say of two claims among the relations, as far as the first of them is at hand."""
    told = [(p.claim_id, str(p.type), p.other) for p in pairings]
    if not told:
        return inputs
    position = {claim_id: i for i, claim_id in enumerate(inputs.claims["claim_id"])}
    held = [(position[a], kind, b) for a, kind, b in told if a in position]
    more = pd.DataFrame(held, columns=["claim", "type", "target"])
    relations = pd.concat([inputs.relations, more.astype(inputs.relations.dtypes)], ignore_index=True)
    return replace(inputs, relations=relations)


def _instants(spans: Iterable[Span | None], end: str) -> np.ndarray[Any, Any]:
    held = [getattr(s, end) if s else None for s in spans]
    return np.array([NEVER if t is None else round(t.timestamp() * 1e6) for t in held], np.int64)


def _nested(claims: list[Claim], field: str, names: tuple[str, ...]) -> pd.DataFrame:
    """The values of a tuple field, one row each."""
    values = [(i, v) for i, c in enumerate(claims) for v in getattr(c, field)]
    frame = pd.DataFrame({"claim": np.array([i for i, _ in values], np.int64)})
    for name in names:
        column = [getattr(v, name) for _, v in values]
        frame[name] = _typed(name, column)
    return frame


def _typed(name: str, column: list[Any]) -> Any:
    if name in _NUMBERS:
        return np.array([np.nan if v is None else v for v in column], float)
    return pd.array(["" if v is None else str(v) for v in column], "str")


_NUMBERS: Final = frozenset({"lon", "lat", "bearing_deg", "low", "high", "best"})


def _unnested(lists: pa.ChunkedArray, names: tuple[str, ...]) -> pd.DataFrame:
    column = lists.combine_chunks()
    structs = pc.list_flatten(column)
    frame = pd.DataFrame({"claim": pc.list_parent_indices(column).to_numpy().astype(np.int64)})
    for name in names:
        values = structs.field(name)
        if name in _NUMBERS:
            frame[name] = values.to_numpy(zero_copy_only=False).astype(float)
        else:
            frame[name] = _words(values)
    return frame


def _words(values: pa.Array | pa.ChunkedArray) -> Any:
    """Texts as a pandas column; what is absent is empty, and few different ones are a categorical."""
    if pa.types.is_boolean(values.type):
        return values.to_numpy(zero_copy_only=False) if isinstance(values, pa.Array) else values.to_numpy()
    plain = values.cast(pa.string())
    return pc.fill_null(plain, "").to_pandas().astype("str")
