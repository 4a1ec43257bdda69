"""What has come since a version of the store: the condition on a claim's row, and the counts of its parts."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from geodata.errors import StoreError
from geodata.model import News
from geodata.stores.snapshot import Snapshot, number_in

__all__ = ["news_sql"]

_RETRACTED: Final = "(added <= {n} AND retracted AND coalesce(retracted_in > {n}, false))"
_CONTRADICTED: Final = "(added <= {n} AND contradicted AND coalesce(contradicted_in > {n}, false))"
_PARTS: Final = MappingProxyType(
    {
        "": "changed > {n}",
        News.NEW: "added > {n}",
        News.RETRACTED: _RETRACTED,
        News.CONTRADICTED: f"{_CONTRADICTED} AND NOT {_RETRACTED}",
        News.CHANGED: f"changed > {{n}} AND added <= {{n}} AND NOT {_RETRACTED} AND NOT {_CONTRADICTED}",
    }
)
"""A claim is of one part at most: what is both retracted and contradicted counts as retracted."""


def news_sql(since: str, snapshot: Snapshot) -> str:
    """The condition that a claim's row has come or changed since what :attr:`geodata.query.Query.since` names.

    Raises
    ------
    StoreError
        If that is no version of this store, or no part of the news.
    """
    version, _, part = since.partition(":")
    n = number_in(version, snapshot)
    if part not in _PARTS:
        raise StoreError(f"no news {part!r}", remedy=f"Use one of: {', '.join(News)}.")
    return _PARTS[part].format(n=n)
