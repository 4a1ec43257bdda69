"""Builds the page around a store: layout, callbacks, routes, headers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import pandas  # noqa: F401  # whole before threads start: plotly's JSON trips over a pandas that another thread is loading
from dash import Dash, dcc, set_props
from flask import Flask, Response
from plotly.utils import PlotlyJSONEncoder

from dashboard import __version__, byhand, desk, ids, live, routes
from dashboard.callbacks import detail
from dashboard.figures.map import CONFIG, map_figure
from dashboard.figures.palette import LAYERS
from dashboard.figures.symbols import SYMBOLS, svg_url
from dashboard.figures.tokens import stylesheet
from dashboard.labels import LABELS
from dashboard.layout.clicks import uncounted
from dashboard.layout.page import page
from dashboard.settings import Settings
from dashboard.uploads import routes as upload_routes
from dashboard.uploads.jobs import Uploads
from geodata.errors import GeodataError
from geodata.model import Layer
from geodata.stores.base import ClaimStore

__all__ = ["create_app"]

_HERE: Final = Path(__file__).parent
_POLICY: Final = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' {hashes}",
        "style-src 'self' 'unsafe-inline'",  # plotly.js writes style elements
        "img-src 'self' data: blob:",
        "connect-src 'self'",
        "worker-src 'self' blob:",  # MapLibre starts its worker from a blob
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'self'",
    )
)

_COMPRESSED: Final = [
    "text/html",
    "text/css",
    "text/csv",
    "text/javascript",
    "application/javascript",
    "application/json",
    "application/geo+json",
    "application/jsonl",
    "application/octet-stream",
]

_INDEX: Final = """<!DOCTYPE html>
<html lang="en">
<head>
{%metas%}
<title>{%title%}</title>
<link rel="icon" href="ICON">
<link rel="preload" href="/columns" as="fetch" crossorigin="anonymous">
<style>STYLE</style>
{%css%}
<script type="application/json" id="config">CONFIG</script>
<script type="module" async src="/assets/main.mjs"></script>
PRELOADS
<link rel="prefetch" href="/_dash-component-suites/plotly/package_data/plotly.min.js">
<link rel="prefetch" href="/_dash-component-suites/dash/dcc/async-graph.js">
</head>
<body>
{%app_entry%}
<footer>{%config%}{%scripts%}{%renderer%}</footer>
</body>
</html>"""


class _Packed(dict[str, bytes]):
    """Dash's own scripts as compressed: megabytes, the same for as long as the server runs."""

    MOST: Final = 64

    def set(self, key: str, body: bytes) -> None:
        if "/_dash-component-suites/" in key and len(self) < self.MOST:
            self[key] = body


def create_app(store: ClaimStore, settings: Settings, uploads: Uploads | None = None) -> Dash:
    """The Dash app over ``store``; ``app.server`` is the Flask app to serve. Without ``uploads`` it takes no files."""
    server = Flask(__name__, static_folder=None)
    server.config |= {"COMPRESS_MIMETYPES": _COMPRESSED, "COMPRESS_ZSTD_LEVEL": 6, "COMPRESS_BR_LEVEL": 5}
    server.config |= {"COMPRESS_CACHE_BACKEND": _Packed, "COMPRESS_CACHE_KEY": lambda request: request.path}
    app = Dash(
        __name__,
        server=server,
        title=settings.title,
        update_title="",
        assets_folder=str(_assets()),
        assets_ignore=r".*\.mjs$",
        compress=True,
        on_error=_notice,
        meta_tags=[
            {"name": "viewport", "content": "width=device-width, initial-scale=1, viewport-fit=cover"},
            {
                "name": "description",
                "content": "Reported advances, retreats and bombardments: who said what, where and when.",
            },
        ],
    )
    figure = map_figure(routes.basemap_urls())
    app.index_string = _index(dcc.Graph(id=ids.MAP, figure=figure, config=dict(CONFIG), responsive=True), uploads)
    app.layout = uncounted(page(settings.title, uploads=uploads is not None))
    detail.register(app, store)
    routes.register(app.server, store, __version__, settings.most)
    live.register(app.server, store)
    desk.register(app.server, store, uploads)
    byhand.register(app.server, store, uploads and uploads.write)
    upload_routes.register(app.server, uploads)
    _secure(app)
    return app


def _assets() -> Path:
    inside = _HERE / "assets"
    return inside if inside.is_dir() else _HERE.parent / "assets"


def _index(graph: dcc.Graph, uploads: Uploads | None) -> str:
    config = {"labels": LABELS, "paths": list(SYMBOLS.values()), "graph": graph}
    if uploads:
        config["upload_bytes"] = uploads.limits.size_bytes
    modules = sorted(path.name for path in (_assets() / "app").glob("*.mjs"))
    preloads = "\n".join(f'<link rel="modulepreload" href="/assets/app/{name}">' for name in modules)
    text = json.dumps(config, ensure_ascii=False, cls=PlotlyJSONEncoder).replace("<", "\\u003c")
    filled = _INDEX.replace("ICON", _icon()).replace("STYLE", stylesheet())
    return filled.replace("CONFIG", text).replace("PRELOADS", preloads)


def _icon() -> str:
    """Address of the page's icon, which needs no request: the symbol of an advance in its colour."""
    symbol = f'<path fill="{LAYERS[Layer.ADVANCE][0]}" d="{SYMBOLS[Layer.ADVANCE]}"/>'
    return svg_url(symbol).removeprefix('url("').removesuffix('")')


def _notice(error: Exception) -> None:
    """Show a domain error in the page; anything else is a bug and stays a 500."""
    if not isinstance(error, GeodataError):
        raise error
    set_props(ids.NOTICE, {"children": str(error)})


def _secure(app: Dash) -> None:
    server: Flask = app.server
    policy: list[str] = []

    @server.after_request
    def headers(response: Response) -> Response:
        if not policy:
            policy.append(_POLICY.format(hashes=" ".join(app.csp_hashes())))
        response.headers["Content-Security-Policy"] = policy[0]
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        return response
