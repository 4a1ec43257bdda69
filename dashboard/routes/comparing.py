"""Sources beside each other under the page's query, and the page of one of them."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import partial
from typing import Final

from flask import Flask, request

from dashboard.comparing import compare, portrait
from dashboard.routes.answers import reply
from geodata.errors import QueryError
from geodata.query import Query
from geodata.stores.base import ClaimStore

__all__ = ["register"]

_OWN: Final = ("across", "who")


def register(server: Flask, store: ClaimStore) -> None:
    """Add ``/sources`` to ``server``: the matrix, or with ``who`` the page of a source."""
    view = partial(reply, store, partial(_body, store), "application/json", _OWN)
    server.add_url_rule("/sources", endpoint="/sources", view_func=view)


def _body(store: ClaimStore, query: Query) -> bytes:
    who = request.args.get("who", "")
    found = portrait(store, query, who) if who else compare(store, query, request.args.get("across", "layer"))
    if found is None:
        raise QueryError(f"no source {who!r}", names=("who",), remedy="Choose one in the list of sources.")
    return json.dumps(asdict(found), ensure_ascii=False, separators=(",", ":")).encode()
