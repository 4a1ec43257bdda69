"""The row of time under the map, and the keys that work it. ``assets/app/transport.mjs`` fills the settings."""

from __future__ import annotations

from typing import Any, Final

from dash import html

__all__ = ["KEYS", "button", "time", "time_travel"]

KEYS: Final = (
    ("Space", "play or pause"),
    ("← →", "one step back or on"),
    ("Shift ← →", "previous or next day with a claim"),
    ("Home  End", "to the first or last days"),
    ("[  ]", "window shorter or longer"),
    ("−  +", "play slower or faster"),
    ("m", "window, everything up to then, at that moment"),
    ("e", "play by the clock or claim by claim"),
    ("s", "skip empty time"),
    ("l", "loop in the part of time shown"),
    ("r", "play backwards"),
    ("z", "zoom the timeline to the window, and out"),
    ("a", "all of time"),
    ("u", "UTC or Kyiv time"),
    ("c", "when it happened or when it was said"),
    ("k", "as known at the window's end, and back"),
)
"""(key, what it does) for everything that concerns time."""


def button(id_: str, text: Any, title: str, **rest: Any) -> html.Button:
    """A button that says its title to everybody."""
    return html.Button(text, id=id_, type="button", title=title, **{"aria-label": title, **rest})


def time() -> html.Section:
    """Play and steps, the date in words, the mode, the settings and the timeline."""
    reading = html.Div(
        [
            html.Time(id="date", className="now"),
            html.P(
                [html.Span(id="time-words"), button("zone", "UTC", "Time zone: switch between UTC and Kyiv time (u)")],
                className="time-words",
            ),
        ],
        className="reading-time",
    )
    more = button(
        "time-more",
        html.I(className="icon icon-tune"),
        "Length, step, speed and time zone",
        **{"aria-expanded": "false", "aria-controls": "time-settings"},
    )
    bar = html.Div([_transport(), reading, _modes(), more], className="time-bar")
    settings = html.Div(id="time-settings", hidden=True, role="group", **{"aria-label": "Settings of time"})
    status = html.P(id="time-status", className="sr", role="status")
    return html.Section([settings, bar, html.Div(id="timeline"), status], id="time", **{"aria-label": "Timeline"})


def _transport() -> html.Div:
    return html.Div(
        [
            button("event-back", html.I(className="icon icon-event-back"), "Previous day with a claim (Shift ←)"),
            button("step-back", html.I(className="icon icon-back"), "One day back (←)"),
            button("play", html.I(className="icon icon-play"), "Play", **{"aria-pressed": "false"}),
            button("step-on", html.I(className="icon icon-on"), "One day on (→)"),
            button("event-on", html.I(className="icon icon-event-on"), "Next day with a claim (Shift →)"),
        ],
        className="transport",
        role="group",
        **{"aria-label": "Play and step"},
    )


def _clocks() -> html.Div:
    which = html.Div(
        [
            button("clock-happened", "Happened", "Time is when it is said to have happened (c)"),
            button("clock-said", "Said", "Time is when it was said (c)"),
        ],
        className="segmented",
        role="group",
        **{"aria-label": "Which time is meant"},
    )
    known = button("as-known", "As known …", "Only what was known by the window's end (k)", **{"aria-pressed": "false"})
    return html.Div([which, html.Div(known, className="segmented")], id="clocks", className="clocks")


def time_travel() -> html.Div:
    """Which time is meant; and the band over the map that says as of when all is shown, moves that, and leads back."""
    moves = html.Div(
        [
            button("known-back", html.I(className="icon icon-back"), "Known a step earlier"),
            button("known-play", html.I(className="icon icon-play"), "Play knowledge", **{"aria-pressed": "false"}),
            button("known-on", html.I(className="icon icon-on"), "Known a step later"),
        ],
        className="transport",
        role="group",
        **{"aria-label": "Move what is known"},
    )
    said = html.P(["As known on ", html.Time(id="known-at")], className="known-at")
    by = html.Div(
        [
            button("known-said", "said", "Known once it had certainly been said"),
            button("known-recorded", "recorded", "Known once this store had recorded it"),
        ],
        className="segmented known-by",
        role="group",
        **{"aria-label": "What makes a claim known"},
    )
    slide = html.Div(id="known-room")
    count = html.Span(id="known-count", className="muted")
    end = button("known-end", "Back to today", "Show all that is known today (k)")
    first = html.Div([moves, said, end], className="known-line")
    then = html.Div([html.Span(["by what was ", by]), slide, count], className="known-line known-more")
    band = html.Section([first, then], id="known-band", hidden=True, **{"aria-label": "As known at an instant"})
    return html.Div([_clocks(), band], className="travel")


def _modes() -> html.Div:
    return html.Div(
        [
            button("mode-window", "Window", "Show the claims inside the window (m)"),
            button("mode-cumulative", "Up to", "Show everything up to the window's end (m)"),
            button("mode-moment", "Moment", "Show what was going on at the window's last moment (m)"),
            button("whole", "All", "Show the whole time (a)"),
        ],
        className="segmented",
        role="group",
        **{"aria-label": "What the window shows"},
    )
