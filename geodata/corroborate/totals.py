"""Running totals: numbers counted from one day on, which grow, so that only some of two different ones exclude."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from geodata.corroborate.byhand import Hands, told_apart
from geodata.corroborate.groups import Groups
from geodata.corroborate.inputs import NEVER, Inputs
from geodata.corroborate.rule import TOLL_KINDS, UNREAL, Rule, bounds, party
from geodata.corroborate.spots import DAY

__all__ = ["grouped", "running"]

_SERIES = ["key", "measure", "unit", "who", "since"]


def running(inputs: Inputs, rule: Rule, placed: pd.DataFrame) -> pd.DataFrame:
    """One row a running total: ``claim``, what it counts (``measure``, ``unit``, ``who``, ``since``, ``key``), more.

    ``as_of`` is the day it counts to (days since 1970), ``low`` and ``high`` the closed range it can mean.
    """
    rows = inputs.figures[inputs.figures["since"] != ""]
    claims = inputs.claims.iloc[rows["claim"]]
    real = ~claims["status"].isin([str(s) for s in UNREAL]).to_numpy()
    toll = claims["kind"].isin([str(k) for k in TOLL_KINDS]).to_numpy()
    who = np.where(toll, claims["target"].to_numpy(), claims["actor"].to_numpy())
    end = claims["happened_end"].to_numpy()
    end = np.where(end == NEVER, claims["said_end"].to_numpy(), end)
    numbers = rows[["low", "high", "qualifier"]].itertuples(index=False, name=None)
    found = [bounds(number, rule) for number in numbers]
    place = placed[~placed["example"]].drop_duplicates("claim").set_index("claim")
    held: pd.DataFrame = rows[["claim", "measure", "unit", "since"]].assign(
        who=[party(w) for w in who],
        as_of=(end - 1) // DAY,
        low=[low for low, _ in found],
        high=[high for _, high in found],
        key=place["key"].reindex(rows["claim"]).fillna("").to_numpy(),
        named=place["named"].reindex(rows["claim"]).fillna("").to_numpy(),
    )
    kept = real & (end != NEVER) & (held["key"] != "").to_numpy()
    told: pd.DataFrame = held.loc[kept].reset_index(drop=True)
    return told


def grouped(inputs: Inputs, rule: Rule, placed: pd.DataFrame, hands: Hands) -> Groups:
    """Totals of one thing in one place since one day, as an event of its own: a count, told by whoever counts."""
    rows = running(inputs, rule, placed)
    blocks = rows[["claim"]].assign(block="total " + rows["measure"] + " " + rows["key"])
    rows = hands.parted(rows.assign(group=rows.groupby(_SERIES, sort=False).ngroup(), part=0))
    rows = rows[rows.groupby("group")["claim"].transform("nunique") > 1]
    rows = rows.assign(event=rows.groupby("group", sort=False).ngroup())
    rows["saying"] = rows.groupby(["event", "as_of", "low", "high"], sort=False).ngroup()
    sayings = rows.drop_duplicates("saying").sort_values("saying").reset_index(drop=True)
    same: dict[int, tuple[int, ...]] = {}
    opposed: dict[int, tuple[int, ...]] = {}
    for places in sayings.groupby("event", sort=False).indices.values():
        _compare(sayings.iloc[places], rule, same, opposed)
    sayings["stance"] = "total"
    figures = sayings[["measure", "unit", "low", "high"]].itertuples(index=False, name=None)
    sayings["figures"] = pd.Series([(f,) for f in figures], dtype=object)
    events = _described(rows)
    return Groups(
        blocks, rows[["claim", "event", "saying"]], events, sayings[["event", "stance", "figures"]], same, opposed
    )


def _described(rows: pd.DataFrame) -> pd.DataFrame:
    events = rows.groupby("event").agg(
        key=("key", "first"), named=("named", "max"), party=("who", "first"), measure=("measure", "first"),
        unit=("unit", "first"), since=("since", "first"), first=("as_of", "min"), last=("as_of", "max"),
        claims=("claim", "nunique"), part=("part", "max"),
    )  # fmt: skip
    what = (events["measure"] + " " + events["unit"]).str.strip()
    events["sort"] = "total " + what
    events["town"] = False
    events["start"], events["end"] = events["first"] * DAY, (events["last"] + 1) * DAY
    events["event_id"] = "total " + what + " " + events["key"] + " " + events["since"] + " " + events["party"]
    events["event_id"] = told_apart(events["event_id"].str.strip(), events["part"])
    return events.drop(columns=["measure", "unit", "first", "last", "part"])


def _compare(
    sayings: pd.DataFrame, rule: Rule, same: dict[int, tuple[int, ...]], opposed: dict[int, tuple[int, ...]]
) -> None:
    """Totals of one time agree where their ranges meet; a later one excludes an earlier one that lies above it."""
    numbers = sayings.index.to_numpy()
    as_of, low, high = (sayings[c].to_numpy() for c in ("as_of", "low", "high"))
    for i, n in enumerate(numbers):
        apart = as_of - as_of[i]
        near = np.abs(apart) <= rule.as_of_days
        meet = (low <= high[i]) & (high >= low[i])
        fell = np.where(apart > 0, high < low[i], low > high[i])
        _put(same, n, numbers[near & meet & (numbers != n)])
        _put(opposed, n, numbers[np.where(near, ~meet, fell)])


def _put(into: dict[int, tuple[int, ...]], n: int, others: np.ndarray[Any, Any]) -> None:
    if len(others):
        into[int(n)] = tuple(others.tolist())
