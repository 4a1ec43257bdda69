"""A claim as one line, as the card shows the claims it is related to; ``assets/app/lists.mjs`` draws the lists."""

from __future__ import annotations

from dash import html

from dashboard.view import Row

__all__ = ["claim_line"]


def claim_line(row: Row) -> html.Button:
    """A pressable line: symbol, statement, who, where and when."""
    chips = [html.Span(text, className=f"chip chip-{word}") for word, text in row.flags]
    who = [html.B(row.claimant.name), html.Span(f" · {row.aside}", className="side-tag"), *chips]
    where = " · ".join(part for part in (row.kind, row.place, row.happened) if part)
    text = [
        html.Span(row.statement, className="what struck" if row.struck else "what"),
        html.Span(who, className="who"),
        html.Span(where, className="where"),
    ]
    return html.Button(
        [html.I(className=f"symbol symbol-{row.layer}", title=row.kind), html.Span(text, className="line-text")],
        type="button",
        className="claim-line",
        **{"data-claim": row.claim_id},
    )
