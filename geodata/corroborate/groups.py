"""Claims put together, as numbers that point into each other."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

__all__ = ["Groups"]


@dataclass(frozen=True, slots=True)
class Groups:
    """Who says what of which happening, in numbers that point into each other.

    ``blocks`` has ``claim`` and ``block``, also of claims that are alone. ``rows`` has ``claim``, ``event`` and
    ``saying``; ``events`` has ``event_id``, ``sort``, ``key``, ``town``, ``party``, ``named``, ``start`` and ``end``
    (the time its claims share) and ``claims``; ``sayings`` has ``event``, ``stance`` and ``figures``. ``same`` and
    ``opposed`` give, for a saying, the others of its event that say the same or exclude it.
    """

    blocks: pd.DataFrame
    rows: pd.DataFrame
    events: pd.DataFrame
    sayings: pd.DataFrame
    same: dict[int, tuple[int, ...]]
    opposed: dict[int, tuple[int, ...]]
