"""Symbols of the layers as SVG path data in a 24 x 24 box; the map's atlas, the legend and the cards all draw these."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from geodata.model import Layer

__all__ = ["SYMBOLS", "svg_url"]


def _burst(points: int = 8, outer: float = 11.0, inner: float = 4.6) -> str:
    corners = []
    for k in range(2 * points):
        r, a = (outer if k % 2 == 0 else inner), math.pi * k / points
        corners.append(f"{12 + r * math.sin(a):.2f} {12 - r * math.cos(a):.2f}")
    return "M" + " L".join(corners) + " Z"


SYMBOLS: Final[Mapping[Layer, str]] = {
    Layer.ADVANCE: "M12 1.5 L21.5 21.5 L12 16.6 L2.5 21.5 Z",
    Layer.RETREAT: "M12 22.5 L2.5 2.5 L12 7.4 L21.5 2.5 Z M12 17.2 L17.2 6.9 L12 9.6 L6.8 6.9 Z",
    Layer.BOMBARDMENT: _burst(),
    Layer.FIGHTING: "M5.2 2.2 L12 9 L18.8 2.2 L21.8 5.2 L15 12 L21.8 18.8 L18.8 21.8 L12 15 L5.2 21.8 L2.2 18.8 L9 12 L2.2 5.2 Z",
    Layer.MOVEMENT: "M12 2 L21.5 11.5 L18.6 14.4 L12 7.8 L5.4 14.4 L2.5 11.5 Z M12 10.6 L21.5 20.1 L18.6 23 L12 16.4 L5.4 23 L2.5 20.1 Z",
    Layer.STATIC: "M4 4 H20 V20 H4 Z",
    Layer.TOLL: "M12 1.5 L22.5 12 L12 22.5 L1.5 12 Z",
    Layer.OTHER: "M12 3 A9 9 0 1 0 12 21 A9 9 0 1 0 12 3 Z",
}
"""Upright symbols point north: an advance up, a retreat down; a stated bearing turns them."""


def svg_url(body: str, box: int = 24) -> str:
    """A CSS ``url(...)`` of an inline SVG with ``body`` in a square box."""
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {box} {box}">{body}</svg>'
    return f'url("data:image/svg+xml,{quote(svg)}")'
