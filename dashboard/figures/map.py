"""The one Plotly figure of the page: an empty map with our style; the browser hangs the claims into it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from dashboard.figures.style import map_style

__all__ = ["CONFIG", "map_figure"]

CONFIG: Final[Mapping[str, Any]] = {
    "displayModeBar": False,
    "showSendToCloud": False,
    "scrollZoom": True,
    "responsive": True,
    "doubleClick": False,
}


def map_figure(
    source_urls: Mapping[str, str], *, center: tuple[float, float] = (31.3, 48.75), zoom: float = 5.05
) -> dict[str, Any]:
    """Figure value with one empty trace.

    Parameters
    ----------
    source_urls : basemap layer name -> address.
    center : lon, lat.
    """
    lon, lat = center
    return {
        "data": [{"type": "scattermap", "lon": [], "lat": [], "hoverinfo": "none"}],
        "layout": {
            "map": {"style": map_style(source_urls), "center": {"lon": lon, "lat": lat}, "zoom": zoom},
            "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "dragmode": "pan",
            "uirevision": "constant",
            "showlegend": False,
        },
    }
