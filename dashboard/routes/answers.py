"""What all routes under the page's query answer: known again by store version and query, named where it is a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Response, request

from dashboard.state import query_of
from geodata.query import Query
from geodata.stores.base import ClaimStore

__all__ = ["reply"]


def reply(store: ClaimStore, body: Callable[[Query], Any], mimetype: str, own: Sequence[str] = ()) -> Response:
    """A body that is the same for one store version and query, so it carries an ETag and is sent once.

    Parameters
    ----------
    own : parameters that belong to the route, not to the query.
    """
    path = Path(request.path)
    params = request.args.to_dict(flat=False)
    taken = [f"{name}={','.join(params.pop(name))}" for name in own if name in params]
    query = query_of(params)
    digest = sha256("&".join([query.to_url(), *taken]).encode()).hexdigest()[:16]
    notes = store.notebook.version() if query.tag or path.stem == "table" else ""
    tag = f"{store.version()}{notes}-{digest}"
    response = Response(status=304) if _holds(tag) else Response(body(query), mimetype=mimetype)
    response.set_etag(tag)
    response.headers["Cache-Control"] = "private, no-cache"
    if path.stem in ("claims", "table") and path.suffix:
        name = f"conflict-map-{datetime.now(UTC):%Y-%m-%d}-{digest[:8]}{path.suffix}"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _holds(tag: str) -> bool:
    """True if the browser has this body already; compression adds ``:zstd`` and the like to the tag it was given."""
    return any(held.partition(":")[0] == tag for held in request.if_none_match.as_set(include_weak=True))
