"""What a store can say of its second clock: when claims were said and recorded, and how they stood meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from geodata.spans import Clock

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Clocked"]


class Clocked(Protocol):
    """The part of :class:`geodata.stores.base.ClaimStore` by which a page travels to what was known."""

    def clocks(self) -> pa.Table:
        """When every claim was said and recorded, in the order of :meth:`table`.

        Columns ``said_start``, ``said_end`` (null where not stated) and ``recorded`` (the first time).
        """
        ...

    def standings(self, by: Clock) -> pa.Table:
        """How claims stood as the others came to be known, by when these were said or recorded; in order of time.

        Columns ``claim`` (its number in the order of :meth:`table`), ``since``, ``sides``, ``contradicted``, and
        ``taken``: false while what takes it back was not known. A claim without a row always stood as it does.
        """
        ...
