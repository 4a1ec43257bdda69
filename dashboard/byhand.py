"""What an analyst says beside the claims, where the server may be written to.

POST /pairs    what is said of two claims (geodata.model.Pairing): of one happening, or of two; answered as it is kept
POST /sources  who a source is (geodata.model.SourceRevision); likewise
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TypeVar

import msgspec
from flask import Flask, request
from flask.typing import ResponseReturnValue

from dashboard.uploads import access
from geodata.errors import QueryError
from geodata.model import Pairing, SourceRevision
from geodata.stores.base import ClaimStore

__all__ = ["register"]

T = TypeVar("T")


def register(server: Flask, store: ClaimStore, write: str | None) -> None:
    """Add the routes; ``write`` is the setting, None where nothing is written."""

    def pair() -> ResponseReturnValue:
        access.check(request, write)
        return asdict(store.pair(_told(Pairing))) | {"version": store.version()}

    def revise() -> ResponseReturnValue:
        access.check(request, write)
        return asdict(store.revise(_told(SourceRevision))) | {"version": store.version()}

    server.add_url_rule("/sources", endpoint="revise", view_func=revise, methods=["POST"])
    server.add_url_rule("/pairs", endpoint="pair", view_func=pair, methods=["POST"])


def _told(kind: type[T]) -> T:
    try:
        return msgspec.json.decode(request.get_data(), type=kind)
    except (msgspec.DecodeError, ValueError) as e:
        raise QueryError(f"not understood: {e}", remedy="Send the fields of geodata.model as JSON.") from e
