"""The second, smaller wire form: when claims were said and recorded, and how each stood at any time between.

It is sent when the other clock or "as known" is asked for. Its form is that of ``dashboard/columns.py`` without chunks;
entries of ``clocks`` are in the order of ``/columns``, times are int32 minutes since 1970 UTC, an end rounded up.

- ``clocks``: ``start`` and ``end`` of when it was said, open ends as there; ``recorded`` by the store. By the said a
  claim is known from ``end``.
- ``said`` and ``recorded``: how claims stood, by ``at``: from then on ``claim`` has ``flags`` (bits 0 to 2: sides, 3:
  contradicted) and, where ``taken`` is 0, is not yet taken back. A claim without an entry always stands as it does.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from dashboard.columns import MAX_SIDES, OPEN_END, OPEN_START, head
from geodata.errors import QueryError
from geodata.model import UNKNOWN_SIDE, Modality
from geodata.query import Query
from geodata.stores.base import ClaimStore

__all__ = ["encode"]

_COLUMNS: Final = ("event", "claimant", "side", "sides", "contradicted", "modality")
_TAKEN_BACK: Final = (str(Modality.RETRACTED), str(Modality.DENIED))

Array = np.ndarray[Any, Any]


def encode(store: ClaimStore, version: str) -> bytes:
    """The clocks of all claims of a version.

    Raises
    ------
    QueryError
        If that version is not in force.
    """
    told, claims = store.clocks(), store.table(Query(), _COLUMNS)
    if store.version() != version or len(told) != len(claims):
        raise QueryError("these claims have changed since", names=("version",), remedy="Reload the page.")
    start = _minutes(told["said_start"], OPEN_START, up=False)
    known = {"said": _minutes(told["said_end"], OPEN_END), "recorded": _minutes(told["recorded"], OPEN_END)}
    frame = claims.to_pandas()
    frame["struck"] = frame["modality"].astype(str).isin(_TAKEN_BACK).to_numpy() & told["taken"].to_numpy()
    tables = {"clocks": {"start": start, "end": known["said"], "recorded": known["recorded"]}}
    for clock, from_ in known.items():
        frame["known"], frame["take"] = from_, _minutes(told[f"{clock}_taken"], OPEN_END)
        tables[clock] = _standings(frame)
    return head({"version": version, "claims": 0}, tables)


def _standings(frame: pd.DataFrame) -> dict[str, Array]:
    """How claims stood, an entry for each time at which that changed, in order of time."""
    heard = frame[(frame["event"] != "") & (frame["known"] < OPEN_END)]
    sided = heard[heard["side"] != UNKNOWN_SIDE]
    arrivals = sided.groupby(["event", "side"], observed=True)["known"].min().groupby("event").apply(_sorted)
    against = heard[heard["contradicted"]].groupby(["event", "claimant"], observed=True)["known"].min()
    second = against.sort_values().groupby("event").nth(1).droplevel("claimant")
    some = frame[(frame["sides"] > 1) | frame["contradicted"] | frame["struck"]]
    some = some[some["known"] < OPEN_END]
    known, event = some["known"].to_numpy(np.int64), some["event"]
    lone = (event == "").to_numpy()
    con = np.where(lone, known, event.map(second).fillna(OPEN_END).to_numpy(np.int64))
    con = np.where(some["contradicted"].to_numpy(bool), con, OPEN_END)
    take = np.where(some["struck"].to_numpy(bool), some["take"].to_numpy(np.int64), known)
    nth = ({e: held[k] for e, held in arrivals.items() if k < len(held)} for k in range(1, MAX_SIDES))
    steps = [event.map(when).fillna(OPEN_END).to_numpy(np.int64) for when in nth]
    times = np.stack([known, con, take, *steps])
    claim = np.broadcast_to(np.arange(len(some)), times.shape)
    due = (times < OPEN_END).ravel()
    pairs = np.unique(np.stack([np.maximum(times, known).ravel()[due], claim.ravel()[due]]), axis=1)
    at, row = pairs if pairs.size else np.zeros((2, 0), np.int64)
    most = np.minimum(some["sides"].to_numpy(np.int64), MAX_SIDES)[row]
    heard_of = 1 + sum((step[row] <= at).astype(np.int64) for step in steps)
    sides = np.where(lone[row], most, np.minimum(most, heard_of))
    return {
        "at": at.astype("<i4"),
        "claim": some.index.to_numpy()[row].astype("<u4"),
        "taken": (take[row] <= at).astype("<u1"),
        "flags": (sides | (con[row] <= at).astype(np.int64) << 3).astype("<u1"),
    }


def _sorted(times: pd.Series) -> list[int]:
    return sorted(times)[:MAX_SIDES]


def _minutes(column: pa.ChunkedArray, missing: int, *, up: bool = True) -> Array:
    seconds = pc.fill_null(column.cast(pa.int64()), 0).to_numpy()
    minutes = -(-seconds // 60_000_000) if up else seconds // 60_000_000
    return np.where(pc.is_valid(column).to_numpy(), minutes, missing).astype("<i4")
