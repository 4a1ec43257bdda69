"""The shell: header, filters, map with timeline, the claims pane. The browser modules fill what moves."""

from __future__ import annotations

from collections.abc import Sequence

from dash import dcc, html

from dashboard import ids
from dashboard.layout import upload
from dashboard.layout.desk import DESK_KEYS, desk, desks, saved
from dashboard.layout.takeout import downloads
from dashboard.layout.time import KEYS, button, time, time_travel

__all__ = ["page"]


def page(title: str, *, uploads: bool = False) -> html.Div:
    """The whole page; the browser puts the map into its slot. With ``uploads`` it takes files."""
    return html.Div(
        [
            dcc.Store(id=ids.SELECTION, data=""),
            dcc.Store(id=ids.KNOWN, data=""),
            html.A("Skip to the claims", href=f"#{ids.LISTING}", className="skip"),
            html.Div(id="printed"),
            _header(title, uploads=uploads),
            _filters(),
            _stage(),
            _pane(),
            _tabs(),
            _help(),
            *([upload.dialog()] if uploads else []),
            downloads(),
            saved(),
            html.Div(id=ids.NOTICE, role="status", className="notice", **{"aria-live": "polite"}),
        ],
        id="page",
    )


def _header(title: str, *, uploads: bool) -> html.Header:
    sentence = [
        html.B("…", id="count"),
        html.Span(id=ids.PHRASE),
        html.Span(id="when"),
        html.Span(id="undated"),
    ]
    return html.Header(
        [
            html.H1(title),
            desks(),
            html.Div(
                [], id="news", className="news", role="group", hidden=True, **{"aria-label": "Since your last visit"}
            ),
            html.P(sentence, className="sentence"),
            html.P(
                [html.Span(id="machine-said"), html.Button("show", id="machine-turn", type="button")],
                id="machine",
                className="machine",
                hidden=True,
            ),
            html.Div(
                [
                    *([upload.button()] if uploads else []),
                    button("share", html.I(className="icon icon-link"), "Copy a link to this picture"),
                    button("saved", html.I(className="icon icon-saved"), "Saved views", **{"data-pops": "views"}),
                    button("theme", html.I(className="icon icon-theme"), "Light or dark (t)"),
                    button(
                        "takeout",
                        [html.I(className="icon icon-take"), html.Span("Download")],
                        "Download the claims in view",
                        **{"data-pops": "downloads"},
                    ),
                    button("present", "Present", "Present: hide everything but the map (p)"),
                ],
                className="actions",
            ),
        ]
    )


def _filters() -> html.Aside:
    search = dcc.Input(id="search", type="search", placeholder="Search words, places, sources  /", debounce=False)
    return html.Aside(
        [
            html.Div(
                [html.Label("Search the claims", htmlFor="search", className="sr"), search, html.Div(id="suggestions")],
                className="search",
            ),
            html.Div(id="facets"),
            _reading(),
            html.Div(_close("panel"), className="sheet-close"),
        ],
        id="filters",
        **{"aria-label": "Filters and legend"},
    )


def _reading() -> html.Details:
    """The legend of what the filter lines above do not show."""
    lines: Sequence[tuple[str, str]] = (
        (
            "shape shape-district",
            "A district, oblast or region: the whole area is tinted, its symbol stands inside. Never a pin.",
        ),
        (
            "shape shape-direction",
            "A direction: a dashed wedge that ends short of the town. Its width and length are ours.",
        ),
        ("shape shape-border", "A border: the stretch of line that is meant."),
        ("voice voice-wide", "A glow around a symbol: somewhere about here; the wider, the less finely placed."),
        (
            "symbol symbol-advance",
            "Arrows point where the claim says; with none stated, straight up (advance) or down (retreat).",
        ),
        ("voice voice-claimed", "Solid: claimed or reported."),
        ("voice voice-assessed", "Hatched: assessed, forecast or unconfirmed."),
        ("voice voice-retracted", "Struck through: denied or retracted."),
        ("voice voice-ring", "A ring: as many independent sides say so as there are rings, plus one."),
        ("voice voice-split", "A broken ring: contradicted by another claim."),
        ("voice voice-pile", "A number: so many claims here; click for the list."),
    )
    items = [html.Li([html.I(className=icon, **{"aria-hidden": "true"}), html.Span(text)]) for icon, text in lines]
    faded = html.P(
        "Faint: the claim gives no start, so it may be older than the window. Pale to strong: earlier to later."
    )
    return html.Details(
        [html.Summary("How to read the map"), html.Ul(items), faded], className="facet reading", open=False
    )


def _stage() -> html.Main:
    burned = html.Div(
        [html.Time(id="burn-date"), html.Ul(id="burn-layers"), html.Ul(id="burn-sources")],
        className="burn",
        **{"aria-hidden": "true"},
    )
    tools = html.Div(
        [
            button("zoom-in", "+", "Zoom in"),
            button("zoom-out", "−", "Zoom out"),
            button("fit", html.I(className="icon icon-fit"), "Fit the claims in view"),
            button("picture", html.I(className="icon icon-picture"), "Save the map as a picture"),
        ],
        className="map-tools",
    )
    tip = html.Div(id="tip", hidden=True, role="tooltip")
    second = html.Div(
        [html.Div(id=ids.SPLIT_SLOT), html.Div(id="tip-second", hidden=True, role="tooltip")],
        id="split-half",
        **{"aria-label": "Second map"},
    )
    stage = html.Div(
        [
            html.Div(id=ids.MAP_SLOT),
            time_travel(),
            tip,
            second,
            tools,
            burned,
            html.Div(id="credits", className="credits"),
        ],
        className="map-frame",
        **{"aria-label": "Map of claims; the list holds the same claims as text"},
    )
    return html.Main([stage, desk(), time()], id="stage")


def _pane() -> html.Aside:
    return html.Aside(
        [
            _pane_tabs(),
            html.Div([_order(), html.Div(id=ids.LISTING, tabIndex="-1")], className="pane-body", id="pane-claims"),
            html.Div(html.Div(id=ids.TRAY), className="pane-body", id="pane-tray"),
            _detail(),
            html.Div(_close("panel"), className="sheet-close"),
        ],
        id="pane",
        **{"aria-label": "Claims"},
    )


def _order() -> html.Div:
    """In which order the list stands, once it was searched for."""
    words = (("", "Latest first"), ("best", "Best match first"))
    buttons = [html.Button(name, type="button", **{"data-order": word}) for word, name in words]
    return html.Div(buttons, id="list-order", className="segments list-order", role="group", hidden=True)


def _pane_tabs() -> html.Div:
    tabs = (("Claims ", ids.LIST_COUNT, "claims"), ("Not on the map ", ids.TRAY_COUNT, "tray"))
    return html.Div(
        [
            html.Button([text, html.Span(id=count, className="badge")], type="button", **{"data-tab": name})
            for text, count, name in tabs
        ],
        className="pane-tabs",
    )


def _detail() -> html.Div:
    body = [
        html.Article(id=ids.CARD, **{"aria-live": "polite"}),
        html.Section(id="notes", hidden=True, **{"aria-label": "Notes"}),
        html.Div(id=ids.PILE),
    ]
    return html.Div([_close("sel"), html.Div(body, className="pane-body")], id=ids.DETAIL)


def _close(what: str) -> html.Button:
    text = "Back to the list" if what == "sel" else "Close"
    return html.Button(
        [html.I(className="icon icon-back"), html.Span(text)], type="button", className="close", **{"data-close": what}
    )


def _tabs() -> html.Nav:
    """The phone's bottom bar: each button opens a sheet."""
    sheets = (("filters", "Filters"), ("timeline", "Time"), ("claims", "Claims"), ("tray", "Not on map"))
    return html.Nav(
        [html.Button(text, type="button", **{"data-opens": name, "aria-expanded": "false"}) for name, text in sheets],
        id="sheets",
        **{"aria-label": "Sheets"},
    )


def _help() -> html.Dialog:
    keys = (
        *KEYS,
        DESK_KEYS,
        ("p", "present; Esc returns"),
        ("/", "search"),
        ("t", "light or dark"),
        ("Esc", "close what is open"),
    )
    rows = [html.Tr([html.Th(html.Kbd(k), scope="row"), html.Td(what)]) for k, what in keys]
    return html.Dialog(
        [
            html.H2("Keys"),
            html.Table(html.Tbody(rows)),
            html.Form(html.Button("Close", className="plain"), method="dialog"),
        ],
        id="help",
    )
