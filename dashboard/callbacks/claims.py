"""Lists and cards for the query and the selection that the browser hands over."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import parse_qs

from dash import Dash, Input, Output, no_update

from dashboard import ids
from dashboard.layout import card as card_layout
from dashboard.layout import listing as listing_layout
from dashboard.state import query_of
from dashboard.view import card, listing, row
from geodata.errors import UnknownClaimError
from geodata.stores.base import ClaimStore

__all__ = ["MOST", "register"]

MOST: Final = 1200
"""Rows of one list that a page is ever sent; beyond it the filters or an export serve better."""


def register(app: Dash, store: ClaimStore) -> None:
    """Wire the list, the tray and the card to ``store``."""

    @app.callback(
        output={
            "rows": Output(ids.LISTING, "children"),
            "count": Output(ids.LIST_COUNT, "children"),
            "tray": Output(ids.TRAY, "children"),
            "tray_count": Output(ids.TRAY_COUNT, "children"),
            "phrase": Output(ids.PHRASE, "children"),
        },
        inputs={"asked": Input(ids.QUERY, "data"), "shown": Input(ids.SHOWN, "data")},
        prevent_initial_call=True,
    )
    def show_list(asked: str | None, shown: int) -> dict[str, Any]:
        found = listing(store, query_of(parse_qs(asked or "")), limit=min(int(shown), MOST))
        return {
            "rows": listing_layout.table(found),
            "count": str(found.total),
            "tray": listing_layout.tray(found.tray),
            "tray_count": str(found.tray_total),
            "phrase": "" if found.phrase == "all claims" else f": {found.phrase}",
        }

    @app.callback(
        output={"card": Output(ids.CARD, "children"), "shown": Output(ids.DETAIL, "className")},
        inputs={"picked": Input(ids.SELECTION, "data")},
    )
    def show_card(picked: str | None) -> dict[str, Any]:
        wanted = [i for i in (picked or "").split(",") if i]
        if not wanted:
            return {"card": no_update, "shown": ""}
        try:
            if len(wanted) == 1:
                return {"card": card_layout.claim_card(card(store, wanted[0])), "shown": "open"}
            sources = store.sources()
            return {"card": listing_layout.pile([row(store.get(i), sources) for i in wanted]), "shown": "open"}
        except UnknownClaimError as e:
            return {"card": [str(e)], "shown": "open"}
