"""What is shown with care: graphic documents, claims and sources nobody has looked at, and whose data it is."""

from __future__ import annotations

import json

import pytest
from plotly.utils import PlotlyJSONEncoder

from dashboard.app import create_app
from dashboard.layout.card import claim_card
from dashboard.settings import Settings
from dashboard.view import card, listing
from geodata.model import Bundle, Claim, Coding, Document, Figure, Kind, Origin, Relation, RelationType, Source
from geodata.query import Query
from geodata.stores import open_store

TERRIBLE = "Words that nobody should meet unasked"
READ = Query(coding=("hand", "assisted"))


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    store = open_store(tmp_path_factory.mktemp("care") / "store", create=True)
    documents = (
        Document("film", TERRIBLE, "A channel", url="https://example.org/film", text=TERRIBLE, graphic=True),
        Document("set", "A set", licence="CC BY 4.0", attribution="Its makers", citation="Makers (2022)"),
    )
    claims = (
        Claim("seen", TERRIBLE, Kind.STRIKE, "met", document_id="film", quote=TERRIBLE, origin=Origin("Films")),
        Claim("coded", "A clash", Kind.CLASH, document_id="set", coding=Coding.MACHINE, origin=Origin("Set")),
        Claim(
            "beside",
            "Another word on it",
            Kind.STRIKE,
            "known",
            relays=("met",),
            document_id="set",
            figures=(Figure("wounded", "person", 14_000, 21_000, 16_153),),
            relations=(Relation(RelationType.CONTRADICTS, "seen"),),
            origin=Origin("Set"),
        ),
    )
    sources = (Source("met", "Somebody"), Source("known", "The known", "western", reviewed=True))
    store.append(Bundle(sources, documents, claims))
    yield store
    store.close()


def sent(component):
    return json.loads(json.dumps(component, cls=PlotlyJSONEncoder))


def parts(node, type_):
    """Components of a type, wherever they stand."""
    if isinstance(node, list):
        return [found for child in node for found in parts(child, type_)]
    if not isinstance(node, dict):
        return []
    own = [node["props"]] if node.get("type") == type_ else []
    return own + parts(node["props"].get("children"), type_)


def facts(store, claim_id):
    """The lines of the card: what stands beside each term."""
    pairs = [d["children"] for d in parts(sent(claim_card(card(store, claim_id))), "Div") if len(d["children"]) == 2]
    return {p[0]["props"]["children"]: p[1]["props"]["children"] for p in pairs if p[0]["type"] == "Dt"}


def test_no_list_shows_the_words_of_a_graphic_document(store):
    rows = {r.claim_id: r for r in listing(store, Query()).rows}
    assert TERRIBLE not in json.dumps([rows["seen"].statement, rows["seen"].place])
    assert rows["beside"].statement == "Another word on it"
    client = create_app(store, Settings()).server.test_client()
    for address in ("/list", "/list?claim=seen", "/claims/seen.json"):
        assert TERRIBLE not in client.get(address).get_data(as_text=True), address


def test_the_card_folds_them_behind_a_warning(store):
    layout = sent(claim_card(card(store, "seen")))
    (folded,) = [n for n in layout if n["type"] == "Details"]
    assert folded["props"]["open"] is False
    assert json.dumps(folded).count(TERRIBLE) >= 3
    assert "https://example.org/film" in json.dumps(folded)
    assert TERRIBLE not in json.dumps([n for n in layout if n is not folded])
    assert TERRIBLE not in json.dumps(sent(claim_card(card(store, "beside"))))
    assert not parts(sent(claim_card(card(store, "beside"))), "Details")


def test_a_claim_that_a_program_coded_says_so(store):
    rows = {r.claim_id: r for r in listing(store, Query()).rows}
    assert "machine" in dict(rows["coded"].flags)
    assert "machine" not in dict(rows["beside"].flags)
    assert "program" in facts(store, "coded")["Coded"]
    assert "people" in facts(store, "beside")["Coded"]


def test_what_the_page_leaves_out_is_no_part_of_the_sentence(store):
    assert listing(store, READ).phrase == "all claims"
    assert listing(store, READ).total == 2
    assert "machine" in listing(store, Query(coding=("machine",))).phrase


def test_a_source_that_nobody_reviewed_says_so(store):
    tags = {
        claim: [s["children"] for s in parts(sent(claim_card(card(store, claim))), "Span")]
        for claim in ("seen", "beside")
    }
    assert " Side not known · not reviewed" in tags["seen"]
    assert [t for t in tags["beside"] if isinstance(t, str) and "Western" in t] == [" Western"]
    assert " Side not known · not reviewed" in tags["beside"], "a relay too"


def test_licence_credit_and_citation_stand_on_the_card(store):
    said = facts(store, "beside")
    assert (said["Data set"], said["Licence"], said["Credit"], said["Cite as"]) == (
        "Set",
        "CC BY 4.0",
        "Its makers",
        "Makers (2022)",
    )
    assert facts(store, "seen")["Licence"] == "not stated"


def test_the_listing_says_whose_data_it_is(store):
    found = listing(store, READ).credits
    assert [(c.dataset, c.claims) for c in found] == [("Films", 1), ("Set", 1)]


@pytest.mark.parametrize(
    ("low", "high", "best", "said"),
    [
        (14_000, 21_000, 16_153, "16,153 (14,000 to 21,000)"),
        (14_000, 21_000, None, "14,000 to 21,000"),
        (5, 5, 5, "5"),
        (5, 9, 5, "5 (5 to 9)"),
        (0, 9, 3, "3 (0 to 9)"),
        (5, None, 5, "5 or more"),
        (5, None, 8, "8 (5 or more)"),
        (None, 9, None, "up to 9"),
        (None, None, 2.5, "2.5"),
        (None, None, None, "not stated"),
    ],
)
def test_a_figure_says_the_best_and_the_range(store, low, high, best, said):
    figure = Figure("wounded", "person", low, high, best)
    store.append(Bundle(claims=(Claim("counted", "x", Kind.CASUALTIES, figures=(figure,)),)))
    assert card(store, "counted").figures == (("wounded (person)", said),)
