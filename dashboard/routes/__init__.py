"""Plain routes beside the Dash page: health, columns, rows, shapes, matches, exports, basemap; most take its query."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import lru_cache, partial
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
from flask import Flask, Response, request
from flask.typing import ResponseReturnValue

from dashboard import clocks, columns, counted
from dashboard.errors import answer
from dashboard.routes import comparing, ledger, table
from dashboard.routes.answers import reply
from dashboard.state import query_of
from dashboard.view import MOST, graphic_among, listing, row
from geodata import export, gazetteer, shapes
from geodata.errors import GeodataError, QueryError
from geodata.query import Query
from geodata.stores.base import ClaimStore

__all__ = ["BASEMAP", "basemap_urls", "register"]

BASEMAP = Path(gazetteer.__file__).parent / "data" / "basemap"


_BLOCK: Final = 1 << 18
_OWN: Final = {"/list": ("limit", "order"), "/columns": ("cells",)}
_LARGE: Final = 1.2
"""Square degrees (about 10,000 km2 in Ukraine) from which an area is tinted more lightly."""


def basemap_urls() -> dict[str, str]:
    """Basemap layer name -> address."""
    return {p.stem: f"/basemap/{p.name}" for p in sorted(BASEMAP.glob("*.geojson"))}


def register(server: Flask, store: ClaimStore, version: str, most: int) -> None:
    """Add the routes to ``server``; ``most`` claims are sent to a page one by one, of more it gets counts."""
    server.register_error_handler(GeodataError, _refused)
    server.add_url_rule(
        "/healthz", view_func=lambda: {"status": "ok", "version": version, "claims": store.count(Query())}
    )
    wires = columns.Wires(store)
    told = lru_cache(maxsize=1)(partial(clocks.encode, store))
    counts = counted.Counted(store, wires, most)
    bodies: tuple[tuple[str, str, Callable[[Query], Any]], ...] = (
        ("/columns", "application/octet-stream", lambda q: counts.parts(q, request.args.get("cells", type=int))),
        ("/counts", "application/json", lambda q: _json(counts.totals(q))),
        ("/timeline", "application/json", lambda q: _json(counts.days(q))),
        ("/list", "application/json", lambda q: _list(store, q)),
        ("/shapes.geojson", "application/geo+json", lambda q: _shapes(counts.shapes(q))),
        ("/matches", "application/octet-stream", lambda q: _matches(store, wires.of(Query()).ids, q)),
        ("/claims.csv", "text/csv", lambda q: export.csv_lines(store, q, datetime.now(UTC))),
        ("/claims.geojson", "application/geo+json", lambda q: export.geojson_chunks(store, q, datetime.now(UTC))),
        ("/claims.jsonl", "application/jsonl", lambda q: export.jsonl_lines(store, q, datetime.now(UTC))),
        ("/claims.parquet", "application/vnd.apache.parquet", lambda q: _parquet(store, q)),
    )
    for path, mimetype, body in bodies:
        server.add_url_rule(path, endpoint=path, view_func=partial(reply, store, body, mimetype, _OWN.get(path, ())))
    table.register(server, store)
    ledger.register(server, store)
    comparing.register(server, store)
    server.add_url_rule("/claims/<claim_id>.json", view_func=partial(_note, store, wires), endpoint="claim")
    server.add_url_rule("/clocks", view_func=partial(_clocks, told), endpoint="clocks")
    server.add_url_rule("/rows", view_func=partial(_rows, store, wires), endpoint="rows")
    server.add_url_rule("/basemap/<name>.geojson", view_func=_basemap)


def _refused(error: GeodataError) -> ResponseReturnValue:
    names = list(error.names) if isinstance(error, QueryError) else []
    status = answer(error).status
    return {"ok": False, "error": error.what, "remedy": error.remedy, "parameters": names, "status": status}, status


def _parquet(store: ClaimStore, query: Query) -> Iterator[bytes]:
    """GeoParquet by way of a file, since its end says where its parts begin."""
    with TemporaryFile() as file:
        export.write(store, query, ".parquet", file)
        file.seek(0)
        yield from iter(partial(file.read, _BLOCK), b"")


def _note(store: ClaimStore, wires: columns.Wires, claim_id: str) -> ResponseReturnValue:
    """The line of one claim, and ``at``: where it stands in ``/columns`` of the ``version`` named."""
    claim = store.get(claim_id)
    line = asdict(row(claim, store.sources(), graphic=bool(graphic_among(store, [claim]))))
    version = request.args.get("version", "")
    return line | {"at": wires.ordinal(version, claim_id, _asked("version")) if version else None}


def _clocks(told: Callable[[str], bytes]) -> Response:
    """When the claims of ``/columns`` of a ``version`` were said and recorded, and how they stood in between."""
    version = request.args.get("version", "")
    response = Response(told(version), mimetype="application/octet-stream")
    response.headers["Cache-Control"] = "private, max-age=86400"  # a version never changes
    return response


def _rows(store: ClaimStore, wires: columns.Wires) -> ResponseReturnValue:
    """The lines of the claims that stand ``at`` these places in ``/columns`` of a query at a ``version``."""
    places = [int(k) for k in request.args.get("at", "").split(",") if k.isdecimal()][:MOST]
    ids = wires.ids(request.args.get("version", ""), places, _asked("version", "at", "known", "by"))
    found = (
        {c.claim_id: c for c in store.claims(replace(_then(request.args.to_dict()), claim=tuple(ids)))} if ids else {}
    )
    sources, graphic = store.sources(), graphic_among(store, found.values())
    return {"rows": [asdict(row(found[i], sources, graphic=i in graphic)) for i in ids if i in found]}


def _asked(*own: str) -> Query:
    """The query of the address, but for the parameters that are the route's own."""
    return query_of({name: values for name, values in request.args.to_dict(flat=False).items() if name not in own})


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _then(given: Mapping[str, str]) -> Query:
    """What was known when, out of the parameters of a route."""
    return Query.from_url({name: given[name] for name in ("known", "by") if given.get(name)})


def _basemap(name: str) -> ResponseReturnValue:
    path = BASEMAP / f"{name}.geojson"
    if path.parent != BASEMAP or not path.exists():
        return Response(status=204)
    response = Response(path.read_bytes(), mimetype="application/geo+json")
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


def _list(store: ClaimStore, query: Query) -> bytes:
    """The lists beside the map, the first ``limit`` rows of each."""
    limit = request.args.get("limit", MOST, type=int)
    return json.dumps(
        asdict(listing(store, query, limit=max(0, min(limit, MOST)), best=request.args.get("order") == "best")),
        ensure_ascii=False,
    ).encode()


def _matches(store: ClaimStore, everything: pa.ChunkedArray, query: Query) -> bytes:
    """One byte a claim in the order of ``/columns``: 1 where the query matches."""
    found = store.table(query, ["claim_id"])["claim_id"].combine_chunks()
    return bytes(pc.is_in(everything, value_set=found).to_numpy().astype("u1"))


def _shapes(recipes: Sequence[str]) -> bytes:
    """Every shape in use once, as GeoJSON; ``properties.shape`` is its code in the dictionary of ``/columns``."""
    features = [_feature(code, recipe) for code, recipe in enumerate(recipes)]
    return json.dumps({"type": "FeatureCollection", "features": features}, separators=(",", ":")).encode()


def _feature(code: int, recipe: str) -> dict[str, Any]:
    geometry = shapes.geometry(recipe, gazetteer.default())
    kind = "sector" if recipe.startswith("sector:") else "line" if "LineString" in geometry.geom_type else "area"
    properties = {"shape": code, "kind": kind, "large": geometry.area > _LARGE}
    return {"type": "Feature", "properties": properties, "geometry": geometry.simplify(0.002).__geo_interface__}
