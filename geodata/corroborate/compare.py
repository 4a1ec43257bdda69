"""Sources beside each other: who says what where and when, who is first, and how their words fare with others."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa

from geodata.corroborate.agreement import Agreement
from geodata.corroborate.inputs import NEVER
from geodata.corroborate.spots import DAY
from geodata.errors import QueryError
from geodata.model import UNSTATED

__all__ = ["lead_lag", "matrix", "shares"]

_HOUR: Final = 3_600_000_000
_STANDING: Final = ("corroborated", "contradicted", "retracted", "denied")


def matrix(table: pa.Table, rows: str, columns: str) -> pa.Table:
    """Claims counted by two of a table's columns: ``row``, ``column``, ``claims``; pairs without a claim are left out.

    Parameters
    ----------
    table : as a store's ``table(query, [...])`` gives it.
    rows, columns : names of columns; ``week`` stands for the Monday (UTC) of ``happened_start``, null where it is open.

    Raises
    ------
    QueryError
        If the table has no such column.
    """
    frame = pd.DataFrame({"row": _values(table, rows), "column": _values(table, columns)})
    found = frame.groupby(["row", "column"], dropna=False, observed=True).size().rename("claims").reset_index()
    return pa.Table.from_pandas(found, preserve_index=False)


def shares(agreement: Agreement) -> pa.Table:
    """One row a claimant: ``source``, ``claims``, and how many of them stand so by others' words.

    Columns ``corroborated``, ``contradicted``, ``retracted``, ``denied``: counts, not shares, for a share of few claims
    misleads; one claim may count in several.
    """
    frame = agreement.table().select(list(_STANDING)).to_pandas()
    frame.insert(0, "source", agreement.inputs.claims["claimant"].to_numpy())
    by = frame.groupby("source")
    found = by[list(_STANDING)].sum().astype(np.int64)
    found.insert(0, "claims", by.size())
    return pa.Table.from_pandas(found.reset_index(), preserve_index=False)


def lead_lag(agreement: Agreement) -> pa.Table:
    """One row a pair of sources that speak of the same events: who says so first, and by how much.

    Columns ``a`` and ``b`` (in alphabetical order), ``events`` (shared and dated by both), ``a_first``, ``b_first``
    and ``together`` (counts of them), ``median_h`` (hours from *a* to *b*; negative where *b* leads). A source speaks
    when it first says anything of an event; where only a day is stated it is that day's first moment, so that hours
    mean little below a day. Running totals are no events of this sort.
    """
    claims, groups = agreement.inputs.claims, agreement.groups
    rows = groups.rows[["claim", "event"]].drop_duplicates()
    start, end = (claims[f"said_{side}"].to_numpy()[rows["claim"]] for side in ("start", "end"))
    at = np.where(start != NEVER, start, np.where(end != NEVER, end - DAY, NEVER))
    rows = rows.assign(source=claims["claimant"].to_numpy()[rows["claim"]], at=at)
    single = ~groups.events["sort"].str.startswith("total").to_numpy()
    rows = rows[(at != NEVER) & (rows["source"] != UNSTATED) & single[rows["event"]]]
    first = rows.groupby(["event", "source"])["at"].min().reset_index()
    pairs = first.merge(first, on="event", suffixes=("_a", "_b"))
    pairs = pairs[pairs["source_a"] < pairs["source_b"]]
    pairs["lag"] = (pairs["at_b"] - pairs["at_a"]) / _HOUR
    by = pairs.groupby(["source_a", "source_b"])["lag"]
    found = by.agg(
        events="size", a_first=lambda x: int((x > 0).sum()), b_first=lambda x: int((x < 0).sum()),
        together=lambda x: int((x == 0).sum()), median_h="median",
    )  # fmt: skip
    told = found.reset_index().rename(columns={"source_a": "a", "source_b": "b"})
    return pa.Table.from_pandas(told, preserve_index=False)


def _values(table: pa.Table, name: str) -> pd.Series:
    column = "happened_start" if name == "week" else name
    if column not in table.column_names:
        raise QueryError(f"no column {column}", names=(name,), remedy=f"Columns: {', '.join(table.column_names)}.")
    values = table[column].to_pandas()
    if name != "week":
        plain: pd.Series[Any] = values.astype(object)
        return plain
    weeks = values.dt.tz_convert(None).dt.to_period("W-SUN")
    return pd.Series([None if pd.isna(w) else w.start_time.date() for w in weeks], dtype=object)
