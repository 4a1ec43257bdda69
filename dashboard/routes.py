"""Plain routes beside the Dash page: health, columns, shapes, matches, exports, basemap. All take the page's query."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from flask import Flask, Response, jsonify, request
from flask.typing import ResponseReturnValue

from dashboard import columns
from dashboard.errors import answer
from dashboard.state import query_of
from dashboard.view import row
from geodata import export, gazetteer, shapes
from geodata.errors import GeodataError, QueryError
from geodata.query import Query
from geodata.stores.base import ClaimStore

__all__ = ["BASEMAP", "basemap_urls", "register"]

BASEMAP = Path(gazetteer.__file__).parent / "data" / "basemap"


def basemap_urls() -> dict[str, str]:
    """Basemap layer name -> address."""
    return {p.stem: f"/basemap/{p.name}" for p in sorted(BASEMAP.glob("*.geojson"))}


def register(server: Flask, store: ClaimStore, version: str) -> None:
    """Add the routes to ``server``."""

    @server.errorhandler(GeodataError)
    def refused(error: GeodataError) -> ResponseReturnValue:
        names = list(error.names) if isinstance(error, QueryError) else []
        body = {"ok": False, "error": error.what, "remedy": error.remedy, "parameters": names, "status": answer(error).status}
        return jsonify(body), answer(error).status

    @server.get("/healthz")
    def healthz() -> ResponseReturnValue:
        return jsonify(status="ok", version=version, claims=store.count(Query()))

    @server.get("/columns")
    def columns_route() -> Response:
        return _cached(store, lambda q: columns.encode(store, q), "application/octet-stream")

    @server.get("/shapes.geojson")
    def shapes_route() -> Response:
        return _cached(store, lambda q: _shapes(store, q), "application/geo+json")

    @server.get("/matches")
    def matches() -> Response:
        return _cached(store, lambda q: _matches(store, q), "application/octet-stream")

    @server.get("/claims/<claim_id>.json")
    def claim(claim_id: str) -> ResponseReturnValue:
        found = row(store.get(claim_id), store.sources())
        return jsonify(claim_id=claim_id, statement=found.statement, claimant=found.claimant.name, side=found.claimant.side, place=found.place, happened=found.happened)

    @server.get("/claims.geojson")
    def claims_geojson() -> Response:
        return _streamed(store, lambda q: export.geojson_chunks(store, q), "application/geo+json", "claims.geojson")

    @server.get("/claims.csv")
    def claims_csv() -> Response:
        return _streamed(store, lambda q: export.csv_lines(store, q), "text/csv", "claims.csv")

    @server.get("/basemap/<name>.geojson")
    def basemap(name: str) -> ResponseReturnValue:
        path = BASEMAP / f"{name}.geojson"
        if path.parent != BASEMAP or not path.exists():
            return Response(status=204)
        response = Response(path.read_bytes(), mimetype="application/geo+json")
        response.headers["Cache-Control"] = "public, max-age=86400"
        return response


def _cached(store: ClaimStore, body: Callable[[Query], bytes], mimetype: str) -> Response:
    """A body that is the same for one store version and query, so it carries an ETag and is sent once."""
    query = query_of(request.args.to_dict(flat=False))
    tag = f"{store.version()}-{request.path}-{query.to_url()}"
    response = Response(status=304) if request.if_none_match.contains(tag) else Response(body(query), mimetype=mimetype)
    response.set_etag(tag)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _streamed(store: ClaimStore, chunks: Callable[[Query], Iterator[str]], mimetype: str, name: str) -> Response:
    query = query_of(request.args.to_dict(flat=False))
    tag = f"{store.version()}-{request.path}-{query.to_url()}"
    if request.if_none_match.contains(tag):
        return Response(status=304)
    response = Response(chunks(query), mimetype=mimetype)
    response.set_etag(tag)
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _matches(store: ClaimStore, query: Query) -> bytes:
    """One byte a claim in the order of ``/columns``: 1 where the query matches."""
    everything = store.table(Query(), ["claim_id"])["claim_id"].to_pylist()
    found = set(store.table(query, ["claim_id"])["claim_id"].to_pylist())
    return np.fromiter((i in found for i in everything), np.uint8, len(everything)).tobytes()


def _shapes(store: ClaimStore, query: Query) -> bytes:
    """Every shape in use once, as GeoJSON; ``properties.shape`` is its code in the dictionary of ``/columns``."""
    recipes = [r for r in dict.fromkeys(store.marks(query)["shape"].to_pylist()) if r]
    features = [_feature(code, recipe) for code, recipe in enumerate(recipes)]
    return json.dumps({"type": "FeatureCollection", "features": features}, separators=(",", ":")).encode()


def _feature(code: int, recipe: str) -> dict[str, Any]:
    geometry = shapes.geometry(recipe, gazetteer.default())
    kind = "sector" if recipe.startswith("sector:") else "line" if "LineString" in geometry.geom_type else "area"
    simple = geometry.simplify(0.002)
    return {"type": "Feature", "properties": {"shape": code, "kind": kind}, "geometry": simple.__geo_interface__}
