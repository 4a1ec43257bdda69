"""Clicks are heard by the browser's own modules: Dash need not count them."""

from __future__ import annotations

from typing import TypeVar

from dash import html
from dash.development.base_component import Component

__all__ = ["uncounted"]

Parts = TypeVar("Parts", Component, list[Component])


def uncounted(parts: Parts) -> Parts:
    """These components, with no clicks counted in them: Dash would tell each to all around it, 6 ms of every press."""
    for part in html.Div(parts)._traverse():
        if isinstance(part, Component) and "disable_n_clicks" in part.available_properties:
            part.disable_n_clicks = True
    return parts
