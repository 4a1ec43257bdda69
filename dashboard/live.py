"""What a page asks again and again: whether the store holds something that it does not show."""

from __future__ import annotations

from flask import Flask, Response, request
from flask.typing import ResponseReturnValue

from geodata.query import Query
from geodata.stores.base import ClaimStore

__all__ = ["register"]


def register(server: Flask, store: ClaimStore) -> None:
    """Add ``/version``: the store's version and number of claims; 304 while it is what the page has."""

    def version() -> ResponseReturnValue:
        token = store.version()
        response = Response(status=304)
        if token not in request.if_none_match:
            response = server.make_response({"version": token, "claims": store.count(Query())})
        response.set_etag(token)
        response.headers["Cache-Control"] = "private, no-cache"
        return response

    server.add_url_rule("/version", view_func=version)
