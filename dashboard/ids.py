"""Ids of every element that Python and the browser both speak of. The browser modules use the same words."""

from __future__ import annotations

from typing import Final

MAP: Final = "map"
QUERY: Final = "query"
"""Store: the query part of the address, set by the browser when the hand rests."""
SELECTION: Final = "selection"
"""Store: claim ids picked, comma-separated; empty for none."""
SHOWN: Final = "shown"
"""Store: how many rows of each list are shown."""
LISTING: Final = "listing"
TRAY: Final = "tray"
TRAY_COUNT: Final = "tray-count"
LIST_COUNT: Final = "list-count"
PHRASE: Final = "phrase"
CARD: Final = "card"
DETAIL: Final = "detail"
NOTICE: Final = "notice"
