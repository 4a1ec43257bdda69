"""The card of the claim that the browser says is selected."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

from dash import Dash, Input, Output, no_update

from dashboard import ids
from dashboard.beside import beside, by_hand
from dashboard.layout.card import absent, claim_card, unknown_yet
from dashboard.layout.clicks import uncounted
from dashboard.view import card, not_yet
from geodata.errors import UnknownClaimError
from geodata.query import Query
from geodata.stores.base import ClaimStore

__all__ = ["register"]


def register(app: Dash, store: ClaimStore) -> None:
    """Wire the card to ``store``."""

    @app.callback(
        output={"card": Output(ids.CARD, "children")},
        inputs={"claim_id": Input(ids.SELECTION, "data"), "known": Input(ids.KNOWN, "data")},
    )
    def show_card(claim_id: str | None, known: str | None) -> dict[str, Any]:
        if not claim_id:
            return {"card": no_update}
        try:
            then = Query.from_url(parse_qs(known or ""))
            if unknown := not_yet(store, claim_id, then):
                return {"card": unknown_yet(unknown)}
            parts = card(store, claim_id, then), beside(store, claim_id, then), by_hand(store, claim_id, then)
            return {"card": uncounted(claim_card(*parts))}
        except UnknownClaimError:
            return {"card": absent(claim_id)}
