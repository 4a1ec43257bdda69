"""The part of the card that lays a claim beside what others say of the same happening."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from dash import html

from dashboard.beside import Beside, Spoken
from dashboard.view import Row

__all__ = ["voices"]


def voices(found: Beside | None) -> Iterator[Any]:
    """Who says the same on how many sides, each in its own words and at its time; then why they are grouped."""
    if found is None:
        return
    yield html.H3(_counted(found), className="voices-head")
    if found.opposed:
        yield html.P(["Others say what excludes it: ", html.B(_several(found.opposed))], className="voices-against")
    yield html.Div([_said(spoken, alone=len(found.spoken) == 1) for spoken in found.spoken], className="sayings")
    reasons = [*found.because, *(["only its first claims were compared"] if found.partial else [])]
    yield html.Details(
        [html.Summary("Grouped because"), html.Ul([html.Li(reason) for reason in reasons])],
        className="grouped",
        open=False,
    )


def _counted(found: Beside) -> str:
    said = f"Said by {found.voices} {'voice' if found.voices == 1 else 'voices'}"
    sides = len(found.sides)
    return f"{said} on {sides} {'side' if sides == 1 else 'sides'}: {_several(found.sides)}" if sides else said


def _said(spoken: Spoken, *, alone: bool) -> html.Section:
    head = [] if alone and not spoken.what else [html.H4(_capital(spoken.what) or "No number is named")]
    rest = [html.P(f"and {spoken.more:,} more", className="muted")] if spoken.more else []
    lines = [html.Li(_line(row, at, own=spoken.own and n == 0)) for n, (row, at) in enumerate(spoken.rows)]
    return html.Section([*head, html.Ul(lines), *rest], className="saying own" if spoken.own else "saying")


def _line(row: Row, at: str, *, own: bool) -> html.Button:
    """One voice: its words, its name and side, when it said so."""
    parts: Sequence[Any] = [
        html.Span(row.statement, className="what struck" if row.struck else "what"),
        html.Span([html.B(row.claimant.name), f" · {row.claimant.side}"], className="who"),
        html.Span("this claim" if own else f"said {at}" if at else "time of saying not stated", className="where"),
    ]
    current = {"aria-current": "true"} if own else {}
    return html.Button(parts, type="button", className="voice-line", **{"data-claim": row.claim_id}, **current)


def _capital(text: str) -> str:
    return text.removeprefix("that ")[:1].upper() + text.removeprefix("that ")[1:]


def _several(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
