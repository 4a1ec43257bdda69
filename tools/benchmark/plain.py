"""The yardstick of loading: the plainest Dash page that shows a store's claims on one Plotly map, served as ours is.

Same claims, same offline style, same web server, compressed by the switch that Dash has for it; nothing else is done.
Run as ``python -m tools.benchmark.plain STORE`` in the checkout; it prints its address.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Final

import plotly.graph_objects as go
from dash import Dash, dcc
from flask import Flask, send_from_directory
from waitress.server import create_server

from dashboard.figures.style import map_style
from dashboard.routes import BASEMAP, basemap_urls
from dashboard.settings import Settings
from geodata.query import Query
from geodata.stores import open_store
from geodata.stores.base import ClaimStore

VIEW: Final[dict[str, Any]] = {"center": {"lon": 31.3, "lat": 48.75}, "zoom": 5.05}
MARGIN: Final = {"l": 0, "r": 0, "t": 0, "b": 0}


def figure(store: ClaimStore) -> go.Figure:
    """One trace with a point a mark, and what each says."""
    marks = store.marks(Query())
    said = store.table(Query(), ["statement"]).take(marks["ordinal"])["statement"]
    return drawn(marks["lon"].to_numpy(), marks["lat"].to_numpy(), text=said.to_pylist())


def drawn(lon: Any, lat: Any, **trace: Any) -> go.Figure:
    """A Plotly map of points over our style."""
    layout = {"map": {"style": map_style(basemap_urls()), **VIEW}, "margin": MARGIN, "uirevision": "constant"}
    return go.Figure(go.Scattermap(lon=lon, lat=lat, **trace), layout)


def app(store: ClaimStore) -> Dash:
    """The page."""
    made = Dash(__name__, compress=True)
    made.layout = dcc.Graph(id="map", figure=figure(store), style={"height": "100vh"})
    return made


def serve(server: Flask) -> None:
    """Serve with the basemap until ended."""
    server.add_url_rule(
        "/basemap/<name>", view_func=lambda name: send_from_directory(BASEMAP, name, mimetype="application/json")
    )
    served = create_server(server, host="127.0.0.1", port=0, threads=Settings().threads)
    print(f"Page is at http://127.0.0.1:{served.effective_port}/", flush=True)
    served.run()


if __name__ == "__main__":
    serve(app(open_store(Path(sys.argv[1]))).server)
