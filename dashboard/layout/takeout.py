"""The menu that takes the claims in view out, one line a format."""

from __future__ import annotations

from typing import Final

from dash import html

__all__ = ["downloads"]

_FORMATS: Final = (
    ("csv", "CSV", "For a spreadsheet: one row a claim. No cell can run as a formula."),
    ("geojson", "GeoJSON", "For another map: points, areas and wedges as they are drawn here."),
    ("parquet", "GeoParquet", "For analysis in Python, R or DuckDB: typed columns and geometry."),
    ("jsonl", "JSON Lines", "For another Conflict map: nothing is lost, and it can be imported again."),
)


def downloads() -> html.Div:
    """The menu; the browser gives each line its address and opens it from the button that names it."""
    lines = [
        html.Li(html.A([html.B(name), html.Span(use)], className="take", download="", **{"data-export": suffix}))
        for suffix, name, use in _FORMATS
    ]
    note = html.P("Each file says what was asked, when, and under which licence and citation.", className="muted")
    return html.Div(
        [html.H2(id="take-count"), html.P(id="take-what", className="muted"), html.Ul(lines), note],
        id="downloads",
        className="pop",
        role="dialog",
        **{"aria-labelledby": "take-count"},
    )
