"""The yardstick: the plainest Dash page that shows a store's claims on one Plotly map, served as ours is.

Same claims, same offline style, same web server, compressed by the switch that Dash has for it; nothing else is done.
Run as ``python -m tools.benchmark.plain STORE`` in the checkout; it prints its address.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
from dash import Dash, dcc
from flask import send_from_directory
from waitress.server import create_server

from dashboard.figures.style import map_style
from dashboard.routes import BASEMAP, basemap_urls
from dashboard.settings import Settings
from geodata.query import Query
from geodata.stores import open_store
from geodata.stores.base import ClaimStore

THREADS = Settings().threads


def figure(store: ClaimStore) -> go.Figure:
    """One trace with a point a mark; ``customdata`` holds layer, start and end of the claim."""
    claims = store.table(Query(), ["statement", "layer", "happened_start", "happened_end"])
    marks = store.marks(Query())
    drawn = claims.take(marks["ordinal"])
    columns = [
        drawn["layer"].to_pylist(),
        *([_milliseconds(t) for t in drawn[name].to_pylist()] for name in claims.column_names[2:]),
    ]
    trace = go.Scattermap(
        lon=marks["lon"].to_numpy(), lat=marks["lat"].to_numpy(), text=drawn["statement"].to_pylist(),
        customdata=list(zip(*columns, strict=True)),
    )  # fmt: skip
    view = {"style": map_style(basemap_urls()), "center": {"lon": 31.3, "lat": 48.75}, "zoom": 5.05}
    margin = {"l": 0, "r": 0, "t": 0, "b": 0}
    return go.Figure(trace, {"map": view, "margin": margin})


def app(store: ClaimStore) -> Dash:
    """The page."""
    made = Dash(__name__, compress=True)
    made.layout = dcc.Graph(id="map", figure=figure(store), style={"height": "100vh"})
    made.server.add_url_rule(
        "/basemap/<name>", view_func=lambda name: send_from_directory(BASEMAP, name, mimetype="application/json")
    )
    return made


def _milliseconds(instant: Any) -> float | None:
    return instant and instant.timestamp() * 1000


def main(store: Path) -> None:
    """Serve until ended."""
    server = create_server(app(open_store(store)).server, host="127.0.0.1", port=0, threads=THREADS)
    print(f"Plain page is at http://127.0.0.1:{server.effective_port}/", flush=True)
    server.run()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
