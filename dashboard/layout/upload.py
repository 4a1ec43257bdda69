"""Where files are handed over: the button, and the dialog that the browser fills."""

from __future__ import annotations

from dash import html

__all__ = ["button", "dialog"]


def button() -> html.Button:
    """Opens the dialog; a file dropped anywhere on the page does so too."""
    text = html.Span("Add data")
    title = "Add data: choose files, or drop them anywhere on the page"
    icon = html.I(className="icon icon-add", **{"aria-hidden": "true"})
    return html.Button([icon, text], id="add-data", type="button", title=title, **{"aria-label": title})


def dialog() -> html.Dialog:
    """Empty until it is opened."""
    return html.Dialog(id="upload", **{"aria-labelledby": "upload-title"})
