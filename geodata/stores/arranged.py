"""Claims in an order of the reader's choosing, grouped or not: every page of them costs the same.

The order is made once, as the places of the claims in one version's file; a page looks up only its own. 1,000,000
claims are 8 MB, and the few orders asked for last are kept.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from geodata.errors import StoreError
from geodata.schema import COLUMN_OF, Dtype
from geodata.stores import history, sql
from geodata.stores.base import GROUPS, Group
from geodata.stores.hits import ranked
from geodata.stores.snapshot import Snapshot, sound
from geodata.stores.words import Term

__all__ = ["Arranged", "Arrangements", "arrange"]

_HELD: Final = 6
_SCORE: Final = "ranked.score"
_NO_ORDER: Final = (Dtype.LIST, Dtype.JSON)
_KEYS: Final = {
    "source": ("claimant", "claimant_name"),
    "place": ("coalesce(nullif({place_id}, ''), {place})", "{place}"),
    "day": ("strftime(edge, '%Y-%m-%d')", "''"),
}
"""What tells the groups apart, and what names them where that is something else."""


@dataclass(frozen=True)
class Arranged:
    """See :class:`geodata.stores.base.Arranged`."""

    groups: tuple[Group, ...]
    snapshot: Snapshot
    rowids: npt.NDArray[np.int64] = field(repr=False)
    known: str = field(default="", repr=False)
    """``WITH`` clause by which ``claims`` are those known at an instant."""

    def __len__(self) -> int:
        return len(self.rowids)

    def page(self, columns: Sequence[str], *, offset: int, limit: int) -> pa.Table:
        """The SCHEMA columns named, of at most ``limit`` claims from the one numbered ``offset`` on."""
        wanted = self.rowids[offset : offset + limit]
        statement = f"""{self.known} SELECT {sql.selected(columns)}, rowid AS "at" FROM claims
            WHERE rowid IN (SELECT unnest(CAST($1 AS BIGINT[])))"""
        found = self._arrow(statement, [wanted.tolist()])
        return sql.utc(found.take(pc.index_in(pa.array(wanted), found["at"])).drop_columns("at"))

    def pages(self, columns: Sequence[str], *, size: int = 5_000) -> Iterator[pa.Table]:
        """All of them, page by page."""
        return (self.page(columns, offset=at, limit=size) for at in range(0, max(1, len(self)), size))

    def position(self, claim_id: str) -> int | None:
        """The number of a claim in this order, from 0; None if it is not among them."""
        found = self._arrow("SELECT rowid FROM claims WHERE claim_id = $1", [claim_id])["rowid"].to_pylist()
        if not found:
            return None
        places = np.flatnonzero(self.rowids == found[0])
        return int(places[0]) if places.size else None

    def _arrow(self, statement: str, values: Sequence[Any]) -> pa.Table:
        with sound(self.snapshot.version.parent):
            return history.ready(self.snapshot.con, statement).sql(statement, params=values).to_arrow_table()


class Arrangements:
    """The orders that were asked for last."""

    def __init__(self) -> None:
        self._held: OrderedDict[tuple[Any, ...], Arranged] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: tuple[Any, ...], make: Callable[[], Arranged]) -> Arranged:
        """What is held under a key that begins with the version's token, or is made now; other versions are let go."""
        with self._lock:
            for old in [k for k in self._held if k[0] != key[0]]:
                del self._held[old]
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key]
        made = make()
        with self._lock:
            self._held[key] = made
            while len(self._held) > _HELD:
                self._held.popitem(last=False)
        return made


def arrange(
    snapshot: Snapshot, where: sql.Where, order: Sequence[str], group: str, asked: Sequence[Term] = ()
) -> Arranged:
    """Put the claims of a query in order; ``asked`` are the terms of its text.

    Raises
    ------
    StoreError
        If they cannot be ordered or grouped so.
    """
    keys = _keys(group) if group else ()
    by = ", ".join([*(["value"] if group else []), *map(_by, order), "happened_start NULLS FIRST", "claim_id"])
    named = f", {keys[0]} AS value, {keys[1]} AS label" if keys else ""
    head, values, joined = where.head, where.values, ""
    if _SCORE in by:
        if not asked:
            raise StoreError("nothing is searched for, so nothing matches best", remedy="Give the query a text.")
        (head, values), joined = ranked(where, asked), "JOIN ranked USING (key)"
    statement = f"{head} SELECT rowid{named} FROM claims {joined} {where.sql()} ORDER BY {by}"
    with sound(snapshot.version.parent):
        found = history.ready(snapshot.con, statement).sql(statement, params=values).to_arrow_table()
    rowids = found["rowid"].to_numpy()
    if not group or not len(rowids):
        return Arranged((), snapshot, rowids, where.known)
    runs = pc.run_end_encode(found["value"].combine_chunks().cast(pa.string()))
    edges = [0, *runs.run_ends.to_pylist()]
    names = found.group_by("value").aggregate([("label", "max")])  # one place may be written in several ways
    label = dict(zip(names["value"].to_pylist(), names["label_max"].to_pylist(), strict=True))
    named_runs = [(v, label[v], run) for v, run in zip(runs.values.to_pylist(), pairwise(edges), strict=True)]
    if group == "day":
        named_runs.sort(key=lambda run: run[0] or "", reverse=True)
    else:
        named_runs.sort(key=lambda run: (not run[0], run[2][0] - run[2][1], run[1] or ""))
    groups, start = [], 0
    for value, label, (first, end) in named_runs:
        groups.append(Group(value or "", label or "", start, end - first))
        start += end - first
    ordered = np.concatenate([rowids[a:b] for _, _, (a, b) in named_runs])
    return Arranged(tuple(groups), snapshot, ordered, where.known)


def _keys(group: str) -> tuple[str, str]:
    if group not in GROUPS:
        raise StoreError(f"claims cannot be grouped by {group}", remedy=f"Use one of: {', '.join(GROUPS)}.")
    value, label = _KEYS.get(group, (f"CAST({group} AS VARCHAR)", "''"))
    made = {name: f"({sql.made(name)})" for name in ("place_id", "place")}
    return value.format(**made), label.format(**made)


def _by(word: str) -> str:
    """``-said_at`` as SQL; what is absent comes last in either direction."""
    name = word.removeprefix("-")
    if name == "relevance":
        return f"{_SCORE} {'ASC' if word.startswith('-') else 'DESC'}, edge DESC NULLS LAST"
    column = COLUMN_OF.get(name)
    if column is None or column.dtype in _NO_ORDER:
        raise StoreError(
            f"claims cannot be ordered by {name}", remedy="Name a column of SCHEMA that is no list, or relevance."
        )
    made = f"({sql.made(name)})"
    if column.dtype in (Dtype.TEXT, Dtype.WORD):
        made = f"nullif(lower(CAST({made} AS VARCHAR)), '')"
    return f"{made} {'DESC' if word.startswith('-') else 'ASC'} NULLS LAST"
