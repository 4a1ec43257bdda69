"""Numbers as they are claimed, one row each: ranges with who says so, when, and how it stands. Nothing is summed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from geodata.corroborate.agreement import Agreement
from geodata.corroborate.inputs import NEVER
from geodata.corroborate.rule import TOLL_KINDS, bounds, party

__all__ = ["ledger"]


def ledger(agreement: Agreement) -> pa.Table:
    """Every claimed number, by measure, whose it is, and time.

    Columns: ``claim_id``, ``measure``, ``unit``, ``whose`` (the party that suffers, or acts), ``low``, ``best``,
    ``high`` as claimed (null = not stated), ``least`` and ``most`` (the closed range it can mean, infinite where open),
    ``qualifier``, ``claimant``, ``side``, ``said_at``, ``from`` and ``to`` (``[from, to)``, UTC; null = not stated),
    ``since`` (ISO date a running total counts from; empty for a single report), ``series`` (event of a running total,
    else null), ``opposed`` (sources whose numbers or words exclude it), ``contradicted``, ``retracted``, ``denied``.
    """
    figures, claims = agreement.inputs.figures, agreement.inputs.claims.iloc[agreement.inputs.figures["claim"]]
    toll = claims["kind"].isin([str(k) for k in TOLL_KINDS]).to_numpy()
    who = np.where(toll, claims["target"].to_numpy(), claims["actor"].to_numpy())
    numbers = figures[["low", "high", "qualifier"]].itertuples(index=False, name=None)
    ranges = [bounds(number, agreement.rule) for number in numbers]
    standing = agreement.table().take(pa.array(figures["claim"].to_numpy()))
    opposed = agreement.footings()["opposed"].combine_chunks().take(standing["footing"].combine_chunks())
    running = (figures["since"] != "").to_numpy()
    columns: Mapping[str, Any] = {
        "claim_id": standing["claim_id"],
        **{name: pa.array(figures[name], pa.string()) for name in ("measure", "unit")},
        "whose": pa.array([party(w) for w in who], pa.string()),
        **{name: pa.array(figures[name], pa.float64(), from_pandas=True) for name in ("low", "best", "high")},
        "least": pa.array([low for low, _ in ranges], pa.float64()),
        "most": pa.array([high for _, high in ranges], pa.float64()),
        "qualifier": pa.array(figures["qualifier"], pa.string()),
        "claimant": pa.array(claims["claimant"], pa.string()),
        "side": pa.array(claims["side"], pa.string()),
        "said_at": _instants(claims["said_start"]),
        "from": _instants(claims["happened_start"]),
        "to": _instants(claims["happened_end"]),
        "since": pa.array(figures["since"], pa.string()),
        "series": pa.array(np.where(running, standing["event"].to_pylist(), None), pa.string()),
        "opposed": opposed,
        **{name: standing[name] for name in ("contradicted", "retracted", "denied")},
    }
    order = [(name, "ascending") for name in ("measure", "unit", "whose", "to", "claim_id")]
    return pa.table(columns).sort_by(order)


def _instants(values: pd.Series) -> pa.Array:
    held = values.to_numpy()
    return pa.array(held, pa.int64(), mask=held == NEVER).cast(pa.timestamp("us", "UTC"))
