"""Ids of every element that Python and the browser both speak of. The browser modules use the same words."""

from __future__ import annotations

from typing import Final

MAP: Final = "map"
MAP_SLOT: Final = "map-slot"
SPLIT_SLOT: Final = "split-slot"
"""Where the browser puts the map once the first list stands."""
SELECTION: Final = "selection"
"""Store: id of the claim whose card is shown; empty for none."""
KNOWN: Final = "known"
"""Store: the part of the address that says what is known when; empty for all."""
LISTING: Final = "listing"
TRAY: Final = "tray"
TRAY_COUNT: Final = "tray-count"
LIST_COUNT: Final = "list-count"
PHRASE: Final = "phrase"
PILE: Final = "pile"
"""Where the browser lists several claims picked together."""
CARD: Final = "card"
DETAIL: Final = "detail"
NOTICE: Final = "notice"
