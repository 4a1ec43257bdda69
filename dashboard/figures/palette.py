"""Colours of both themes in one table.

tests/dashboard/test_palette.py holds them to contrast and colour blindness by number.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from geodata.model import Layer

__all__ = ["BASE", "LAYERS", "PAGE", "SIDES", "THEMES"]

THEMES: Final = ("light", "dark")

PAGE: Final[Mapping[str, tuple[str, str]]] = {
    "paper": ("#faf8f3", "#16181b"),
    "raised": ("#ffffff", "#1e2125"),
    "sunken": ("#f1eee6", "#101215"),
    "line": ("#dfd9cc", "#33373d"),
    "ghost": ("#e4dfd3", "#2c3036"),
    "ink": ("#22201b", "#ece9e2"),
    "muted": ("#666053", "#a5a297"),
    "accent": ("#1f5f8b", "#7db8e0"),
    "mark": ("#ffe9a8", "#5a4a12"),
    "halo": ("#fffdf8", "#14161a"),
}
"""Page tokens: word -> (light, dark). ``halo`` surrounds symbols on the map."""

LAYERS: Final[Mapping[Layer, tuple[str, str]]] = {
    Layer.ADVANCE: ("#a31515", "#ff5c4a"),
    Layer.RETREAT: ("#1866af", "#5aaef4"),
    Layer.BOMBARDMENT: ("#ae7500", "#ffd84d"),
    Layer.FIGHTING: ("#682aaf", "#ab74f6"),
    Layer.MOVEMENT: ("#0a9172", "#30d7c0"),
    Layer.STATIC: ("#6b717f", "#8e94a8"),
    Layer.TOLL: ("#2a2723", "#f6f1eb"),
    Layer.OTHER: ("#bc5fa8", "#eb9ca9"),
}
"""Layer colours: (on the light map, on the dark map)."""

SIDES: Final[Mapping[str, tuple[str, str]]] = {
    "ukrainian": ("#1866af", "#5aaef4"),
    "russian": ("#a31515", "#ff5c4a"),
    "western": ("#0b7a62", "#2fd0ae"),
    "un": ("#8a5d00", "#f0c040"),
    "other": ("#6b6459", "#a5a297"),
}
"""Colours of sources by side; ``other`` is every side that is not named. A name always stands beside them."""

BASE: Final[Mapping[str, tuple[str, str]]] = {
    "sea": ("#dbe5e8", "#0f1316"),
    "land": ("#f3f0e8", "#191c1f"),
    "home": ("#fcfaf5", "#202428"),
    "river": ("#c6d7dd", "#141a1e"),
    "raion": ("#ece7db", "#282c31"),
    "oblast": ("#d9d2c2", "#363b42"),
    "border": ("#a79d8a", "#5c626b"),
    "place": ("#8a8271", "#7d828a"),
    "label": ("#5f594c", "#b3b0a6"),
    "label_halo": ("#fcfaf5", "#1a1d20"),
    "sea_label": ("#7d97a1", "#5d707a"),
}
"""Basemap colours: word -> (light, dark)."""
