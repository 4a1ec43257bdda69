"""What stands under the map beside the timeline: the buttons that choose it and the room it gets.

``assets/app/desk.mjs`` fills the room; a desk is a module in ``assets/desk`` that is fetched when it is first opened.
"""

from __future__ import annotations

from typing import Final

from dash import html

__all__ = ["DESKS", "DESK_KEYS", "desk", "desks", "saved"]

DESKS: Final = (("", "Map"), ("table", "Table"), ("figures", "Figures"), ("sources", "Sources"))
"""(word in the address, name), in the order of their keys 1, 2, ..."""
DESK_KEYS: Final = (
    "  ".join(str(k + 1) for k in range(len(DESKS))),
    ", ".join(name.lower() for _, name in DESKS),
)


def desks() -> html.Nav:
    """The buttons in the header."""
    buttons = [
        html.Button(name, type="button", title=f"{name} ({k + 1})", **{"data-desk": word})
        for k, (word, name) in enumerate(DESKS)
    ]
    return html.Nav(buttons, id="desks", **{"aria-label": "Views"})


def desk() -> html.Section:
    """The room under the map; the bar above it shares the height between the two."""
    share = {"aria-label": "Height of the map", "aria-orientation": "horizontal"}
    return html.Section(
        [html.Div(id="desk-bar", role="separator", tabIndex="0", **share), html.Div(id="desk-room")],
        id="desk",
        hidden=True,
        **{"aria-label": "View under the map"},
    )


def saved() -> html.Div:
    """The views that somebody kept; ``assets/app/notes.mjs`` fills it."""
    return html.Div(id="views", className="pop", role="dialog", **{"aria-label": "Saved views"})
