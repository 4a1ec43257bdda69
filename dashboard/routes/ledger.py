"""The numbers that the claims of a query state: what is counted, and each number of one series."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import partial
from typing import Final

from flask import Flask, request

from dashboard.ledger import ledger
from dashboard.routes.answers import reply
from geodata.query import Query
from geodata.stores.base import ClaimStore

__all__ = ["register"]

_OWN: Final = ("figure",)


def register(server: Flask, store: ClaimStore) -> None:
    """Add ``/ledger`` to ``server``."""
    view = partial(reply, store, partial(_body, store), "application/json", _OWN)
    server.add_url_rule("/ledger", endpoint="/ledger", view_func=view)


def _body(store: ClaimStore, query: Query) -> bytes:
    found = asdict(ledger(store, query, request.args.get("figure", "")))
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()
