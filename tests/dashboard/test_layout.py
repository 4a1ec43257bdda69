"""What the card and the shell are made of: text as text, links only to the web, every control with a name."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from plotly.utils import PlotlyJSONEncoder

from dashboard.labels import label
from dashboard.layout.card import claim_card
from dashboard.layout.page import page
from dashboard.view import card
from geodata.query import Query


def made(component):
    """Components as the browser is sent them: (type, props), outermost first."""
    tree = json.loads(json.dumps(component, cls=PlotlyJSONEncoder))
    todo = [tree]
    while todo:
        node = todo.pop(0)
        if isinstance(node, list):
            todo = [*node, *todo]
        elif isinstance(node, dict) and "type" in node:
            yield node["type"], node["props"]
            todo.insert(0, node["props"].get("children"))


def words(component):
    """All text of a component, in reading order."""
    if isinstance(component, str):
        return component
    if isinstance(component, list | tuple):
        return "".join(words(c) for c in component)
    return words(getattr(component, "children", None) or "")


def of_type(component, name):
    return [props for type_, props in made(component) if type_ == name]


def test_every_card_says_who_through_whom_where_and_in_which_words(stored):
    sources = stored.sources()
    for claim in stored.claims(Query()):
        shown = card(stored, claim.claim_id)
        said = words(claim_card(shown))
        for part in (claim.statement, claim.quote, *(m.mention for m in claim.places)):
            assert part in said, claim.claim_id
        chain = [sources[s].name for s in (claim.claimant, *claim.relays)]
        at = [said.index(name) for name in chain]
        assert at == sorted(at), "claimant first, then the relays on the way to the reader"
        assert shown.document.licence in said and shown.document.attribution in said
        assert (shown.unplaced in said) == bool(claim.unplaced) or not shown.unplaced


def test_the_words_marked_in_the_document_are_the_quote(stored):
    for claim in stored.claims(Query()):
        shown = card(stored, claim.claim_id)
        layout = claim_card(shown)
        assert [props["children"] for props in of_type(layout, "Mark")] == [claim.quote]
        document = next(props for props in of_type(layout, "Div") if props.get("className") == "document")
        text = "".join(c if isinstance(c, str) else c["props"]["children"] for c in document["children"])
        assert text == shown.document.text


def test_text_is_never_given_as_markup(stored):
    for claim in stored.claims(Query()):
        for type_, props in made(claim_card(card(stored, claim.claim_id))):
            assert type_ not in ("Markdown", "Iframe", "Script"), claim.claim_id
            assert not [name for name in props if "html" in name.lower() or name.startswith("on")]


@pytest.mark.parametrize(
    ("url", "linked"),
    [
        ("https://example.org/a", True),
        ("http://example.org/a", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("//example.org", False),
        ("", False),
    ],
)
def test_only_an_address_of_the_web_becomes_a_link(stored, url, linked):
    shown = card(stored, "2022-03-22-left-okhtyrka")
    links = of_type(claim_card(replace(shown, document=replace(shown.document, url=url))), "A")
    assert [link["href"] for link in links] == ([url] if linked else [])
    assert all({"noopener", "noreferrer"} <= set(link["rel"].split()) for link in links)


def test_related_claims_can_be_pressed_and_related_sources_are_named(stored):
    for claim in stored.claims(Query()):
        shown = card(stored, claim.claim_id)
        pressed = [props["data-claim"] for props in of_type(claim_card(shown), "Button")]
        assert pressed == [r.row.claim_id for r in shown.related if r.row]
        assert all(r.text in words(claim_card(shown)) for r in shown.related if not r.row)


def test_a_claim_whose_claimant_was_inferred_says_so(stored):
    for claim in stored.claims(Query()):
        said = words(claim_card(card(stored, claim.claim_id)))
        assert ("claimant inferred" in said) == (claim.claimant_basis != "stated")


def test_what_was_not_so_is_said_once_beside_its_kind(stored):
    for claim_id, word in (("2022-03-22-killed-9861", "retracted"), ("2022-03-22-kp-hacked", "denied")):
        head = next(p for p in of_type(claim_card(card(stored, claim_id)), "P") if p.get("className") == "card-kind")
        chips = [c["props"]["children"] for c in head["children"] if c["props"].get("className") == f"chip chip-{word}"]
        assert chips == [label("modality", word)]


def test_every_control_of_the_shell_has_a_name():
    shell = page("A title")
    assert [words(p["children"]) for p in of_type(shell, "H1")] == ["A title"]
    for type_, props in made(shell):
        if type_ in ("Button", "A", "Summary"):
            said = words_of(props)
            assert props.get("aria-label") or said, props
    labelled = {props["htmlFor"] for props in of_type(shell, "Label") if "htmlFor" in props}
    named = {props["id"] for type_, props in made(shell) if type_ == "Input"}
    assert named <= labelled


def words_of(props):
    """Text inside a component that was already made."""
    inside = props.get("children")
    if isinstance(inside, str):
        return inside
    return "".join(words_of(node["props"]) if isinstance(node, dict) else str(node) for node in inside or [] if node)


def test_regions_of_the_page_have_names():
    for type_ in ("Aside", "Section", "Nav"):
        assert all(props.get("aria-label") for props in of_type(page("A title"), type_)), type_
