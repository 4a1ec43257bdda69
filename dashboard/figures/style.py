"""The offline map style: our own GeoJSON sources, no glyph or sprite address, both palettes in one style.

Every layer carries its paint for both themes in ``metadata``, and ``size`` of its words; the browser switches by
``setPaintProperty`` and ``setLayoutProperty``, so that a change reloads nothing and our own layers stay where they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from dashboard.figures.palette import BASE, THEMES

__all__ = ["CREDIT", "LATER", "map_style"]

CREDIT: Final = "Natural Earth · © GeoNames (CC BY 4.0) · KATOTTG"
_CITY: Final = 700_000
"""People of a place that keeps its name where symbols leave no room: a map without any is none."""
LATER: Final = ("places_small",)
"""Sources that the first view does not need; the browser fetches them once it is zoomed in (``metadata.later``)."""
_NOTHING: Final[Mapping[str, Any]] = {"type": "FeatureCollection", "features": []}

Layer = dict[str, Any]


def map_style(source_urls: Mapping[str, str]) -> dict[str, Any]:
    """A MapLibre style (version 8) over the named GeoJSON addresses.

    Parameters
    ----------
    source_urls : basemap layer name -> address on this host.
    """
    later = {name: url for name, url in source_urls.items() if name in LATER}
    data = {**source_urls, **dict.fromkeys(later, _NOTHING)}
    sources = {name: {"type": "geojson", "data": d, "attribution": CREDIT} for name, d in data.items()}
    layers = [layer for layer in _layers() if layer.get("source") in (None, *sources)]
    return {
        "version": 8,
        "name": "conflict-map",
        "metadata": {"later": later},
        "transition": {"duration": 0, "delay": 0},  # the map changes its theme with the page, not after it
        "sources": sources,
        "layers": layers,
    }


def _layers() -> list[Layer]:
    home = ["==", ["get", "a3"], "UKR"]
    return [
        _layer("background", "background", None, {"background-color": "sea"}),
        _layer("world", "fill", "world", {"fill-color": "land"}),
        _layer("land", "fill", "countries", {"fill-color": "land"}),
        _layer("home", "fill", "countries", {"fill-color": "home"}, filter=home),
        _layer("sea", "fill", "sea", {"fill-color": "sea"}),
        _layer("lakes", "fill", "lakes", {"fill-color": "sea"}),
        _layer("rivers", "line", "rivers", {"line-color": "river"}, {"line-width": _by_zoom(4, 0.6, 9, 2.2)}),
        _layer("raions", "line", "raions", {"line-color": "raion"}, {"line-width": 0.7}, minzoom=6.4),
        _layer("oblasts", "line", "oblasts", {"line-color": "oblast"}, {"line-width": _by_zoom(4, 0.6, 9, 1.4)}),
        _layer("world-borders", "line", "world_borders", {"line-color": "oblast"}, {"line-width": 0.8}),
        _layer("borders", "line", "borders", {"line-color": "border"}, {"line-width": _by_zoom(4, 1, 9, 2.2)}),
        *_places(),
    ]


def _places() -> list[Layer]:
    dot = ["case", [">=", ["get", "pop"], 300000], 3, [">=", ["get", "pop"], 50000], 2.2, 1.6]
    shown = ["<=", ["get", "z"], ["+", ["zoom"], 0.6]]
    size = ["case", [">=", ["get", "pop"], 1000000], 13.5, [">=", ["get", "pop"], 300000], 12.5, 11.5]
    label = {
        "text-field": ["get", "en"],
        "text-font": ["sans-serif"],
        "text-variable-anchor-offset": _beside(0.55, 1.3, 2.1),
        "text-padding": 5,
        "symbol-sort-key": ["-", 0, ["get", "pop"]],
    }
    halo = {"text-color": "label", "text-halo-color": "label_halo"}

    def dots(source: str) -> Layer:
        radius = {"circle-radius": dot}
        return _layer(f"{source}-dots", "circle", source, {"circle-color": "place"}, radius, filter=shown)

    def names(id_: str, source: str, which: list[Any], overlap: str) -> Layer:
        layout = {**label, "text-size": size, "text-overlap": overlap}
        layer = _layer(
            id_, "symbol", source, halo, {"text-halo-width": 1.4}, layout=layout, filter=["all", shown, which]
        )
        return {**layer, "metadata": {**layer["metadata"], "size": size}}

    city = [">=", ["get", "pop"], _CITY]
    return [
        dots("places"),
        dots("places_small"),
        names("places_small-labels", "places_small", ["!", city], "never"),
        names("places-labels", "places", ["!", city], "never"),
        names("cities-labels", "places", city, "cooperative"),
    ]


def _layer(
    id_: str,
    type_: str,
    source: str | None,
    colors: Mapping[str, str],
    paint: Mapping[str, Any] | None = None,
    **rest: Any,
) -> Layer:
    themed = {theme: {prop: BASE[word][k] for prop, word in colors.items()} for k, theme in enumerate(THEMES)}
    layer: Layer = {"id": id_, "type": type_, "paint": {**themed["light"], **(paint or {})}, "metadata": themed, **rest}
    return layer if source is None else {**layer, "source": source}


def _beside(*distances: float) -> list[Any]:
    """Where a name may stand, the best first: under, over, right or left of its place, so many ems away."""
    return [
        part
        for ems in distances
        for part in ("top", [0, ems], "bottom", [0, -ems], "left", [ems, 0], "right", [-ems, 0])
    ]


def _by_zoom(z0: float, v0: float, z1: float, v1: float) -> list[Any]:
    return ["interpolate", ["linear"], ["zoom"], z0, v0, z1, v1]
