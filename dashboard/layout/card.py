"""The claim card and the document with the quoted words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from dash import html

from dashboard.beside import Beside, Hands
from dashboard.labels import label
from dashboard.layout.beside import by_hand, voices
from dashboard.layout.lines import claim_line
from dashboard.view import Card, NotYet, Voice
from geodata.model import Basis, Claim, Coding, Document

__all__ = ["absent", "claim_card", "unknown_yet"]


def claim_card(card: Card, others: Beside | None = None, hands: Hands | None = None) -> Sequence[Any]:
    """The card, top to bottom: what, who through whom, when, where, how much, against whom, in which words.

    What a graphic document shows and says lies folded behind a warning.
    """
    head, document = [*_words(card)], [*_document(card.document, card.claim)]
    if card.graphic:
        head, document = [_warning(card, [*head, *document])], []
    return [
        _kind(card),
        *head,
        _chain(card),
        *voices(others),
        *(by_hand(hands, card.claim.claim_id) if hands else ()),
        _facts(card),
        *_figures(card),
        *_related(card),
        *document,
        *_credit(card),
    ]


def unknown_yet(found: NotYet) -> Sequence[Any]:
    """In place of the card of a claim that was not known then: from when it is, and the way there."""
    known = f"{found.since.day} {found.since:%B %Y, %H:%M} UTC" if found.since else ""
    when = f"It is known from {known} on." if known else "It states no time of saying, so by that clock it never is."
    ways = [html.Button("All that is known today", type="button", className="plain", **{"data-goes": ""})]
    if found.since:
        there = {"data-goes": str(int(found.since.timestamp()) // 60)}
        ways.insert(0, html.Button("Go to when it became known", type="button", className="plain", **there))
    return [
        html.H2("Not known yet"),
        html.P(f"This claim was not known on {found.then}. {when}"),
        html.P(ways, className="unknown"),
    ]


def absent(claim_id: str) -> Sequence[Any]:
    """In place of the card of a claim that the store does not have."""
    return [
        html.H2("No such claim here"),
        html.P([html.Code(claim_id), " is in no version of this store. The link may be to another one."]),
        html.P(className="unknown"),
    ]


def _kind(card: Card) -> html.P:
    claim = card.claim
    chips = [
        claim.modality,
        *([claim.status] if claim.status != "asserted" else []),
        *(["negated"] if claim.negated else []),
    ]
    machine = [html.Span("Machine-coded", className="chip chip-machine")] if claim.coding is Coding.MACHINE else []
    subtype = claim.subtype.replace("_", " ").replace("+", " and ")
    kind = f"{card.row.kind}: {subtype}" if subtype else card.row.kind
    return html.P(
        [
            html.I(className=f"symbol symbol-{card.row.layer}"),
            html.Span(kind),
            *(
                html.Span(
                    label("modality", c).split(" or ")[0].removesuffix(" by a party").removesuffix(" by the narrator"),
                    className=f"chip chip-{c}",
                )
                for c in chips
            ),
            *machine,
        ],
        className="card-kind",
    )


def _words(card: Card) -> Iterator[Any]:
    yield html.H2(card.row.statement)
    if card.claim.quote:
        yield html.Blockquote(card.claim.quote)


def _warning(card: Card, content: Sequence[Any]) -> html.Details:
    """The content behind a warning; the id is the claim's, so that each card begins folded."""
    told = html.Span("Its publisher says that this report shows graphic violence.")
    summary = html.Summary([html.B("Graphic content"), told, html.Span(className="plain")])
    return html.Details([summary, *content], className="graphic", id=f"graphic-{card.claim.claim_id}", open=False)


def _chain(card: Card) -> html.Div:
    basis = [] if card.claim.claimant_basis is Basis.STATED else [html.Span("claimant inferred", className="chip")]
    steps = [html.Li([html.Span("said by", className="muted step"), _voice(card.row.claimant), *basis])]
    steps += [html.Li([html.Span("through", className="muted step"), _voice(v)]) for v in card.relays]
    if card.document:
        title = (card.document.publisher or "a graphic document") if card.graphic else card.document.title
        steps.append(html.Li([html.Span("read in", className="muted step"), html.Span(title)]))
    parts: list[Any] = [html.Ol(steps, className="chain")]
    if card.alternatives:
        parts.append(
            html.P(
                "Could also be read as said by " + " or ".join(v.name for v in card.alternatives) + ".",
                className="muted",
            )
        )
    return html.Div(parts)


def _voice(voice: Voice) -> html.Span:
    about = [voice.side, *([voice.body] if voice.body != "unknown" else []), *([] if voice.reviewed else [_UNREVIEWED])]
    return html.Span([html.B(voice.name), html.Span(" " + " · ".join(about), className="side-tag")])


_UNREVIEWED = "not reviewed"
"""Met in a file: nobody has looked at who it is."""


def _facts(card: Card) -> html.Dl:
    claim = card.claim
    facts: list[tuple[str, Any]] = [("Happened", card.row.happened), ("Said", card.said)]
    if claim.actor or claim.actor_alt:
        facts.append(("Actor", _actor(claim)))
    if claim.target:
        facts.append(("Target", label("actor", claim.target)))
    for p in card.places:
        shown = [html.B(p.mention), f" — {p.role}" if p.role in p.precision else f" — {p.role}, {p.precision}"]
        shown += [html.Br(), html.Span(p.resolved, className="muted")] if p.resolved else []
        shown += [html.Br(), html.Span(p.note, className="muted")] if p.note else []
        facts.append(("Place", shown))
    if card.unplaced:
        facts.append(("Not on the map", card.unplaced))
    facts.append(("Coded", card.coded))
    if claim.note:
        facts.append(("Coder's note", claim.note))
    return html.Dl([html.Div([html.Dt(k), html.Dd(v)]) for k, v in facts], className="facts")


def _actor(claim: Claim) -> list[Any]:
    if not claim.actor_alt:
        return [label("actor", claim.actor)]
    meant = " or ".join(label("actor", a) for a in claim.actor_alt)
    return [
        html.Span([html.Span("as written ", className="muted"), label("actor", claim.actor)], className="as-written"),
        html.Br(),
        html.Span([html.Span("likely meant ", className="muted"), meant], className="likely-meant"),
    ]


def _figures(card: Card) -> Iterator[Any]:
    if card.figures:
        yield html.H3("Figures")
        yield html.Table(
            html.Tbody([html.Tr([html.Th(m, scope="row"), html.Td(v)]) for m, v in card.figures]), className="figures"
        )


def _related(card: Card) -> Iterator[Any]:
    if not card.related:
        return
    yield html.H3("Beside other claims")
    items = []
    for r in card.related:
        body = claim_line(r.row) if r.row else html.Span(r.text)
        items.append(
            html.Li([html.Span(r.relation, className=f"relation{' against' if r.relation in _AGAINST else ''}"), body])
        )
    yield html.Ul(items, className="plain-list related")


_AGAINST = frozenset(
    {"Contradicts", "Contradicted by", "Denies", "Denied by", "Retracts", "Retracted by", "In tension with"}
)


def _document(document: Document | None, claim: Claim) -> Iterator[Any]:
    if document is None:
        return
    yield html.H3("The document")
    title = (
        html.A(document.title, href=document.url, rel="noopener noreferrer", target="_blank")
        if document.url.startswith(("https://", "http://"))
        else document.title
    )
    yield html.P(
        [
            title,
            html.Br(),
            html.Span(" · ".join(p for p in (document.publisher, document.published) if p), className="muted"),
        ]
    )
    if document.text:
        yield html.Div(_marked(document.text, claim), className="document", tabIndex="0")


def _credit(card: Card) -> Iterator[Any]:
    """The data set, its licence and what is to be printed with it; then the claim's own id."""
    claim, document = card.claim, card.document or Document("", "")
    lines = (
        ("Data set", claim.origin.dataset),
        ("Licence", document.licence or "not stated"),
        ("Credit", document.attribution),
        ("Cite as", document.citation),
        ("Claim", [html.Code(claim.claim_id), f", revision {claim.revision}"]),
    )
    yield html.Dl([html.Div([html.Dt(k), html.Dd(v)]) for k, v in lines if v], className="facts credit")


def _marked(text: str, claim: Claim) -> list[Any]:
    if claim.span is None:
        return [text]
    a, b = claim.span.start, claim.span.end
    return [text[:a], html.Mark(text[a:b]), text[b:]]
