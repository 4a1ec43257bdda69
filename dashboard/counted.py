"""Counts in place of claims, for a page of more claims than it should hold: by cell, day and layer, in the wire form.

A row of :mod:`dashboard.columns` then stands for ``weight`` claims of a layer that begin in one bin of time and have
their mark in one cell, a tile of Web Mercator. Nothing is sampled: once few enough claims are in view, they are sent.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from math import atan, degrees, pi, sinh
from threading import Lock
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dashboard.columns import FAR, NONE, OPEN_END, OPEN_START, Wires, packed
from geodata.model import LAYER_OF, Coding, Kind, Layer, Modality, Precision, Source
from geodata.query import FACETS, Query
from geodata.stores.base import ClaimStore

__all__ = ["SINGLES", "Counted"]

SINGLES: Final = 100_000
"""Claims in view from which they are counted: about a megabyte on the way, half a second to read from a store."""
ROWS: Final = 300_000
"""Counts in one answer: a megabyte or so on the way. Where days make more, weeks are counted, or months, or years."""
_FIRST: Final = 9
"""Zoom of the cells of a page's first picture, 25 to 80 km wide: a region fits a screen."""
_FINEST: Final = 17
_DAYS: Final = (1, 7, 28, 364)
_DAY: Final = 24 * 60
_KEPT: Final = 24
_ORDER: Final[Mapping[str, Any]] = {"kind": Kind, "precision": Precision, "modality": Modality, "coding": Coding}


class Counted:
    """What a page is sent of a store: claims up to ``most`` of them, above that counts; the last answers are kept."""

    def __init__(self, store: ClaimStore, wires: Wires, most: int) -> None:
        self._store, self._wires, self._most, self._lock = store, wires, most, Lock()
        self._made: OrderedDict[tuple[Any, ...], Any] = OrderedDict()

    def parts(self, query: Query, cells: int | None) -> Iterator[bytes]:
        """Body of ``/columns``: claims or, where they are too many, counts.

        Parameters
        ----------
        cells : zoom of the cells that fit the screen; given, the query's window is left out, and cells at the edge of
            its box are whole. None, if the page knows nothing yet.
        """
        asked = query.without("start", "end", "zone") if cells is not None else query
        most = self._most if cells is None else min(self._most, SINGLES)
        if self._once("count", asked, self._store.count) <= most:
            return self._wires.of(asked).parts()
        zoom = min(max(cells if cells is not None else _FIRST, 0), _FINEST)
        whole = asked.without("start", "end", "zone")
        return iter(self._once("cells", whole, lambda q: self._cells(q, zoom), zoom))

    def shapes(self, query: Query) -> Sequence[str]:
        """Recipes of the shapes in ``/columns`` of a query; counts have none."""
        many = self._once("count", query, self._store.count) > self._most
        return () if many else self._wires.of(query).shapes

    def totals(self, query: Query) -> Mapping[str, Any]:
        """How many claims match, and by each value of each facet with that facet's own filter left out."""
        facets = self._once("facets", query, self._store.facets)
        return {
            "total": self._once("count", query, self._store.count),
            "facets": {k: dict(v) for k, v in facets.items()},
        }

    def days(self, query: Query) -> Mapping[str, Sequence[Any]]:
        """Claims by first day (since 1970, UTC) and layer, whatever the window; those of no known day are left out."""
        table = self._once("days", query.without("start", "end", "zone"), self._store.timeline)
        dated = table.filter(pc.is_valid(table["day"]))
        return {
            "day": dated["day"].cast(pa.int32()).to_pylist(),
            "layer": [list(Layer).index(Layer(word)) for word in dated["layer"].to_pylist()],
            "claims": dated["claims"].to_pylist(),
        }

    def _once(self, what: str, query: Query, made: Callable[[Query], Any], *more: int) -> Any:
        """An answer about this version of the store, made when it is first asked for."""
        key = (self._store.version(), self._store.notebook.version() if query.tag else "", what, query, *more)
        with self._lock:
            if key in self._made:
                self._made.move_to_end(key)
                return self._made[key]
        found = made(query)
        with self._lock:
            self._made[key] = found
            while len(self._made) > _KEPT:
                self._made.popitem(last=False)
        return found

    def _cells(self, query: Query, zoom: int) -> tuple[bytes, ...]:
        while True:
            version = self._store.version()
            box, drawn = query.bbox or None, query.without("bbox")
            for days in _DAYS:
                cube = self._store.cube(drawn, box=box, zoom=zoom, bin_minutes=days * _DAY)  # type: ignore[arg-type]
                if cube.num_rows <= ROWS:
                    break
            words = _words(self._once("facets", Query(), self._store.facets), self._store.sources())
            total = self._once("count", Query(), self._store.count)
            if self._store.version() == version:
                break
        told = {"zoom": zoom, "days": days, "claims": total, "singles": min(self._most, SINGLES)}
        head, chunks = _wire({"version": version, "dictionaries": words, "counted": told}, cube, zoom, days)
        return (head, *chunks)


def _words(facets: Mapping[str, Mapping[str, int]], sources: Mapping[str, Source]) -> dict[str, list[Any]]:
    """Every value that claims of the store have, as the page lists them; ``totals`` has the claims of each source."""
    words: dict[str, list[Any]] = {name: list(facets[name]) for name in FACETS}
    for name, order in _ORDER.items():
        words[name] = [str(v) for v in order if str(v) in facets[name]]
    found = [sources.get(i) or Source(i, i) for i in words["source"]]
    words["source"] = [{"id": s.source_id, "name": s.name, "side": s.side} for s in found]
    words["side"] = sorted({s.side for s in found}, key=lambda s: (s == "unknown", s))
    words["layer"] = [str(v) for v in Layer]
    return words | {"mark_precision": [str(v) for v in Precision], "totals": list(facets["source"].values())}


def _wire(header: dict[str, Any], cube: pa.Table, zoom: int, days: int) -> tuple[bytes, tuple[bytes, ...]]:
    cube = cube.take(pc.sort_indices(pc.fill_null(cube["minute"], OPEN_START)))
    words = header["dictionaries"]
    minute, dated = pc.fill_null(cube["minute"], OPEN_START).to_numpy(), pc.is_valid(cube["minute"]).to_numpy()
    end = np.where(dated, minute + days * _DAY, OPEN_END).astype("<i4")
    layers = [str(v) for v in Layer]
    layer = pc.index_in(cube["layer"].cast(pa.string()), pa.array(layers)).to_numpy().astype("<u1")
    code = (cube["x"].to_numpy().astype(np.int64) << 32) + cube["y"].to_numpy()
    cells, spot = np.unique(code, return_inverse=True)
    x, y = cells >> 32, cells & 0xFFFFFFFF
    nothing = np.zeros(len(end), "<u1")
    rows = {
        "start": minute.astype("<i4"),
        "duration": np.where(dated, min(days * _DAY, FAR), FAR).astype("<u2"),
        "source": nothing,
        "sort": layer,
        "marks": nothing + np.uint8(1),
        "weight": cube["claims"].to_numpy().astype("<u4"),
    }
    kind = [next((k for k, word in enumerate(words["kind"]) if LAYER_OF[Kind(word)] == name), 0) for name in layers]
    same = np.zeros(len(layers), "<u1")
    sorts = {"kind": np.array(kind, "<u1")} | {
        name: same for name in ("actor", "precision", "modality", "coding", "flags")
    }
    spots = {
        "lon": np.round(((x + 0.5) / 2**zoom * 360 - 180) * 1e7).astype("<i4"),
        "lat": np.array([round(_lat(v + 0.5, zoom) * 1e7) for v in y.tolist()], "<i4"),
        "precision": np.zeros(len(cells), "<u1"),
        "bearing": np.full(len(cells), -1, "<i2"),
        "shape": np.full(len(cells), NONE, "<u4"),
        "x": x.astype("<u4"),
        "y": y.astype("<u4"),
    }
    return packed(header, {"sorts": sorts, "spots": spots}, rows, spot.astype("<u4"), end)


def _lat(row: float, zoom: int) -> float:
    """Latitude of a row of tiles, counted from the north; halves stand between two edges."""
    return degrees(atan(sinh(pi * (1 - 2 * row / 2**zoom))))
