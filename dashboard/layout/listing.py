"""Lists of claims: the table beside the map, the tray, the claims piled at one place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from dash import html

from dashboard.labels import label
from dashboard.view import Listing, Row, TrayGroup

_UNDATED = "No start is stated: these may fall in the window, or later"

__all__ = ["claim_line", "pile", "table", "tray"]


def claim_line(row: Row) -> html.Button:
    """A claim as one pressable line: symbol, statement, who, where and when."""
    flags = [row.modality] if row.modality in ("denied", "retracted", "unconfirmed", "assessed", "forecast") else []
    flags += ["contradicted"] if row.contradicted else []
    chips = [html.Span(label("modality", f).split(" or ")[0], className=f"chip chip-{f}") for f in flags]
    return html.Button(
        [
            html.I(className=f"symbol symbol-{row.layer}", title=row.kind),
            html.Span(
                [
                    html.Span(row.statement, className="what struck" if row.struck else "what"),
                    html.Span(
                        [html.B(row.claimant.name), html.Span(f" · {row.claimant.side}", className="side-tag"), *chips],
                        className="who",
                    ),
                    html.Span(" · ".join(p for p in (row.kind, row.place, row.happened) if p), className="where"),
                ],
                className="line-text",
            ),
        ],
        type="button",
        className="claim-line",
        **{"data-claim": row.claim_id},
    )


def table(listing: Listing) -> Sequence[Any]:
    """The claims in view as a table of one column: the map's text alternative."""
    if not listing.total:
        return [
            html.Div(
                [
                    html.P("No claim matches.", className="empty-head"),
                    html.P("Widen the window or take a filter away."),
                    html.Button("Clear filters and dates", type="button", className="plain", **{"data-reset": "1"}),
                ],
                className="empty",
            )
        ]
    rows = [html.Tr(html.Td(claim_line(r))) for r in listing.rows]
    dated = sum(not r.undated for r in listing.rows)
    if dated < len(rows):
        rows.insert(dated, html.Tr(html.Th(_UNDATED, scope="rowgroup", className="divider")))
    head = html.Thead(
        html.Tr(html.Th("Claim: statement, who says it, kind, place and time", scope="col")), className="sr"
    )
    return [
        html.Table(
            [html.Caption("Claims in view, newest first", className="sr"), head, html.Tbody(rows)], className="claims"
        ),
        *_more(listing.total - len(listing.rows)),
    ]


def tray(groups: Iterable[TrayGroup]) -> Sequence[Any]:
    """What has no mark, by reason."""
    intro = html.P(
        "A claim without a place finer than a country is never drawn as a pin. All of them are here.",
        className="muted intro",
    )
    parts: list[Any] = [intro]
    for group in groups:
        parts.append(html.H3([group.reason, html.Span(str(group.total), className="badge")]))
        parts.append(html.Ul([html.Li(claim_line(r)) for r in group.rows], className="plain-list"))
        parts += _more(group.total - len(group.rows))
    return parts if len(parts) > 1 else [html.P("Every claim in view is on the map.", className="empty")]


def _more(left: int) -> list[Any]:
    if left <= 0:
        return []
    text = f"Show more ({left:,} left)"
    return [html.P(html.Button(text, type="button", className="plain", **{"data-more": "1"}), className="more")]


def pile(rows: Sequence[Row]) -> Sequence[Any]:
    """Several claims picked together on the map."""
    places = list(dict.fromkeys(r.place for r in rows if r.place))
    return [
        html.H2(f"{len(rows)} claims{' at ' + ', '.join(places[:2]) if places else ''}"),
        html.Ul([html.Li(claim_line(r)) for r in rows], className="plain-list"),
    ]
