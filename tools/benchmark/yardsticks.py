"""The yardsticks of moving: pages on which the same marks are moved through time by other means than ours.

``/`` is a Dash page with one Plotly map, for a callback that returns the figure, for ``Plotly.restyle`` and for frames;
``/deck`` has deck.gl over MapLibre. ``/rows`` holds the marks in four arrays, sorted by time. Every yardstick draws plain
dots of one colour in our basemap, at the size of our map. Run as ``python -m tools.benchmark.yardsticks STORE DECK``.
"""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import plotly.graph_objects as go
import pyarrow as pa
from dash import Dash, Input, Output, dcc, no_update
from flask import Response, send_from_directory

from dashboard.figures.style import map_style
from dashboard.routes import basemap_urls
from geodata.model import Layer
from geodata.query import Query
from geodata.stores import open_store
from geodata.stores.base import ClaimStore
from tools.benchmark.plain import VIEW, drawn, serve

DECK_PAGE = """<!doctype html><html><body style="margin:0"><div id="map" style="position:absolute;inset:0"></div>
<script type="module" src="/deck/deck.mjs"></script></body></html>"""


class Rows(NamedTuple):
    """Marks whose claims state a start: degrees WGS 84, minutes since 1970 UTC, place of the layer in ``Layer``."""

    lon: np.ndarray[Any, Any]
    lat: np.ndarray[Any, Any]
    t: np.ndarray[Any, Any]
    layer: np.ndarray[Any, Any]

    @classmethod
    def of(cls, store: ClaimStore) -> Rows:
        """The marks of a store by time."""
        claims, marks = store.table(Query(), ["layer", "happened_start"]), store.marks(Query())
        start = claims["happened_start"].cast(pa.timestamp("s", "UTC")).cast(pa.int64()).fill_null(-1).to_numpy() // 60
        codes = claims["layer"].cast(pa.string()).combine_chunks().dictionary_encode()
        order = np.array([list(Layer).index(Layer(word)) for word in codes.dictionary.to_pylist()], np.uint8)
        of = marks["ordinal"].to_numpy()
        by_time = np.argsort(start[of], kind="stable")
        by_time = by_time[start[of][by_time] >= 0]
        lon, lat = (marks[name].to_numpy().astype("<f4")[by_time] for name in ("lon", "lat"))
        return cls(lon, lat, start[of][by_time].astype("<i4"), order[codes.indices.to_numpy()][of][by_time])

    @classmethod
    def read(cls, data: bytes) -> Rows:
        """What ``/rows`` sent."""
        n, parts = len(data) // 13, ("<f4", "<f4", "<i4", "u1")
        return cls(*(np.frombuffer(data, kind, n, 4 * k * n) for k, kind in enumerate(parts)))

    def within(self, window: list[int], layers: list[int]) -> np.ndarray[Any, Any]:
        """Which marks start in the window and are of one of the layers; all layers where none is named."""
        found = np.arange(*np.searchsorted(self.t, window))
        return found[np.isin(self.layer[found], layers)] if layers else found


def app(rows: Rows, deck: Path) -> Dash:
    """All pages."""
    made = Dash(__name__, compress=True)
    made.layout = [dcc.Graph(id="map", figure=drawn([], []), style={"height": "100vh"}), dcc.Store(id="ask")]

    @made.callback(Output("map", "figure"), Input("ask", "data"))
    def move(ask: dict[str, list[int]] | None) -> go.Figure:
        if not ask:
            return no_update
        found = rows.within(ask["window"], ask["layers"])
        return drawn(rows.lon[found], rows.lat[found])

    view = {"style": map_style(basemap_urls()), **VIEW}
    packed = b"".join(column.tobytes() for column in rows)
    rules = {
        "/rows": lambda: Response(packed, mimetype="application/octet-stream"),
        "/view.json": lambda: view,
        "/deck": lambda: DECK_PAGE,
        "/deck/<name>": lambda name: send_from_directory(deck.resolve(), name),
    }
    for path, answer in rules.items():
        made.server.add_url_rule(path, endpoint=path, view_func=answer)
    return made


if __name__ == "__main__":
    with closing(open_store(Path(sys.argv[1]))) as held:
        columns = Rows.of(held)
    serve(app(columns, Path(sys.argv[2])).server)
