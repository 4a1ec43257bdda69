"""The part of the card that lays a claim beside what others say of the same happening."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from dash import html

from dashboard.beside import Beside, Hand, Hands, Spoken
from dashboard.layout.lines import claim_line
from dashboard.view import Row
from geodata.model import RelationType

__all__ = ["by_hand", "voices"]


def by_hand(found: Hands, claim_id: str) -> Iterator[Any]:
    """What people put together and kept apart; with which the page can be told more, where it may write."""
    if found.said:
        yield html.Ul([_hand(hand, claim_id) for hand in found.said], className="hands")
    yield html.Button(
        "Put together with another claim",
        type="button",
        className="link join",
        **{"data-pair": "same_event", "data-of": claim_id, "data-near": found.near},
    )


def _hand(hand: Hand, claim_id: str) -> html.Li:
    told = "Put together with" if hand.together else "Kept apart from"
    said = [f"by {hand.author} on {hand.day}", *([f": {hand.reason}"] if hand.reason else [])]
    word = RelationType.SAME_EVENT if hand.together else RelationType.OTHER_EVENT
    undo = {"data-pair": str(word), "data-of": claim_id, "data-with": hand.row.claim_id, "data-undo": "1"}
    return html.Li(
        [
            html.Span(told, className="relation"),
            claim_line(hand.row),
            html.P([*said, html.Button("Undo", type="button", className="link", **undo)], className="muted"),
        ]
    )


def voices(found: Beside | None) -> Iterator[Any]:
    """Who says the same on how many sides, each in its own words and at its time; then why they are grouped."""
    if found is None:
        return
    yield html.H3(_counted(found), className="voices-head")
    if found.opposed:
        yield html.P(["Others say what excludes it: ", html.B(_several(found.opposed))], className="voices-against")
    yield html.Div(
        [_said(spoken, found.claim_id, alone=len(found.spoken) == 1) for spoken in found.spoken], className="sayings"
    )
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


def _said(spoken: Spoken, of: str, *, alone: bool) -> html.Section:
    head = [] if alone and not spoken.what else [html.H4(_capital(spoken.what) or "No number is named")]
    rest = [html.P(f"and {spoken.more:,} more", className="muted")] if spoken.more else []
    lines = [html.Li([_line(row, at, own=row.claim_id == of), *_parting(row, of)]) for row, at in spoken.rows]
    return html.Section([*head, html.Ul(lines), *rest], className="saying own" if spoken.own else "saying")


def _parting(row: Row, of: str) -> Iterator[html.Button]:
    """What takes another claim out of the happening of the card's own."""
    if row.claim_id != of:
        told = {"data-pair": str(RelationType.OTHER_EVENT), "data-of": row.claim_id, "data-with": of}
        yield html.Button("Not the same happening", type="button", className="link part", **told)


def _line(row: Row, at: str, *, own: bool) -> html.Button:
    """One voice: its words, its name and side, when it said so."""
    parts: Sequence[Any] = [
        html.Span(row.statement, className="what struck" if row.struck else "what"),
        html.Span([html.B(row.claimant.name), f" · {row.aside}"], className="who"),
        html.Span("this claim" if own else f"said {at}" if at else "time of saying not stated", className="where"),
    ]
    current = {"aria-current": "true"} if own else {}
    return html.Button(parts, type="button", className="voice-line", **{"data-claim": row.claim_id}, **current)


def _capital(text: str) -> str:
    return text.removeprefix("that ")[:1].upper() + text.removeprefix("that ")[1:]


def _several(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
