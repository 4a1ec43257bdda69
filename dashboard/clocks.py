"""The second, smaller wire form: when claims were said and recorded, and how each stood at any time between.

It is sent when the other clock or "as known" is asked for. Its form is that of ``dashboard/columns.py`` without chunks;
entries of ``clocks`` are in the order of ``/columns``, times are int32 minutes since 1970 UTC, an end rounded up.

- ``clocks``: ``start`` and ``end`` of when it was said, open ends as there; ``recorded`` by the store. By the said a
  claim is known from ``end``.
- ``said`` and ``recorded``: how claims stood, by ``at``: from then on ``claim`` has ``flags`` (bits 0 to 2: sides, 3:
  contradicted) and, where ``taken`` is 0, is not yet taken back. A claim without an entry always stands as it does.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dashboard.columns import MAX_SIDES, OPEN_END, OPEN_START, head
from geodata.errors import QueryError
from geodata.spans import Clock
from geodata.stores.base import ClaimStore

__all__ = ["encode"]

Array = np.ndarray[Any, Any]


def encode(store: ClaimStore, version: str) -> bytes:
    """The clocks of all claims of a version.

    Raises
    ------
    QueryError
        If that version is not in force.
    """
    told, logs = store.clocks(), {by: store.standings(by) for by in (Clock.SAID, Clock.RECORDED)}
    if store.version() != version:
        raise QueryError("these claims have changed since", names=("version",), remedy="Reload the page.")
    clocks = {
        "start": _minutes(told["said_start"], OPEN_START, up=False),
        "end": _minutes(told["said_end"], OPEN_END),
        "recorded": _minutes(told["recorded"], OPEN_END),
    }
    return head({"version": version, "claims": 0}, {"clocks": clocks, **{str(w): _log(t) for w, t in logs.items()}})


def _log(stood: pa.Table) -> dict[str, Array]:
    sides = np.minimum(stood["sides"].to_numpy(), MAX_SIDES)
    return {
        "at": _minutes(stood["since"], OPEN_END),
        "claim": stood["claim"].to_numpy().astype("<u4"),
        "taken": stood["taken"].to_numpy().astype("<u1"),
        "flags": (sides | stood["contradicted"].to_numpy().astype(np.int64) << 3).astype("<u1"),
    }


def _minutes(column: pa.ChunkedArray, missing: int, *, up: bool = True) -> Array:
    seconds = pc.fill_null(column.cast(pa.int64()), 0).to_numpy()
    minutes = -(-seconds // 60_000_000) if up else seconds // 60_000_000
    return np.where(pc.is_valid(column).to_numpy(), minutes, missing).astype("<i4")
