"""What is counted, asked about and taken out: machine-coded claims, graphic documents, data sets, downloads."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from geodata.ingest import load_file, sample_path
from geodata.model import Bundle, Claim, Coding, Document, Kind, Origin, Source
from geodata.query import Query
from geodata.spans import Span, parse_instant
from geodata.stores import open_store
from tests.browser.conftest import DESKTOP, PHONE, Desk, watched_page

TERRIBLE = "Words that nobody should meet unasked"


@pytest.fixture(scope="module")
def mixed(tmp_path_factory, serve):
    """A server whose store has the sample, a graphic film and claims that a program coded."""
    folder = tmp_path_factory.mktemp("mixed")
    store = open_store(folder / "store", create=True)
    store.append(load_file(sample_path()))
    when = Span(parse_instant("2022-03-10"), parse_instant("2022-03-11"))
    films = [
        Claim(
            f"film-{i}",
            TERRIBLE,
            Kind.STRIKE,
            document_id="film",
            quote=TERRIBLE,
            happened=when,
            origin=Origin("Films"),
        )
        for i in range(2)
    ]
    coded = [
        Claim(
            f"coded-{i}",
            "Coded",
            Kind.CLASH,
            document_id="set",
            coding=Coding.MACHINE,
            happened=when,
            origin=Origin("Set"),
        )
        for i in range(3)
    ]
    documents = (
        Document("film", TERRIBLE, "A channel", graphic=True),
        Document("set", "A set", licence="CC BY 4.0", citation="Makers (2022)"),
    )
    store.append(Bundle((Source("unstated", "Not stated"),), documents, (*films, *coded)))
    store.close()
    with serve(folder / "store", folder / "log") as server:
        yield server


@pytest.mark.parametrize("options", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_machine_coded_claims_are_hidden_counted_and_shown(browser, mixed, options):
    with watched_page(browser, mixed, options) as page:
        desk = Desk(page)
        desk.open("/", until="list")
        total = open_store(mixed.store).count(Query())
        note, turn = desk.find("#machine-said"), desk.find("#machine-turn")
        expect(note).to_have_text(re.compile(r"^3 machine-coded claims hidden$"))
        expect(desk.find("#count")).to_have_text(f"{total - 3} of {total} claims")
        expect(page).to_have_url(re.compile("coding=hand,assisted"))
        turn.click()
        expect(note).to_have_text(re.compile("^3 .* shown$"))
        expect(desk.find("#count")).to_have_text(f"{total} claims")
        shared = page.url
        turn.click()
        expect(note).to_have_text(re.compile("hidden$"))
        desk.open(shared, until="list")
        expect(desk.find("#count")).to_have_text(f"{total} claims")
        desk.open("/?layer=fighting&coding=machine", until="list")
        expect(desk.find("#list-count")).to_have_text("3")
        desk.open("/?layer=toll", until="list")
        expect(desk.find("#machine")).to_be_hidden()


def test_a_graphic_document_is_shown_when_asked_for_and_only_on_that_card(browser, mixed):
    with watched_page(browser, mixed, DESKTOP) as page:
        desk = Desk(page)
        desk.open("/?from=2022-03-10&to=2022-03-11", until="list")
        expect(desk.find("#listing .claim-line", has_text="Graphic")).to_have_count(2)
        expect(desk.find("#listing")).not_to_contain_text(TERRIBLE)
        for claim in ("film-0", "film-1"):
            desk.find(f"#listing [data-claim={claim}]").click()
            words = desk.find("#card h2")
            expect(desk.find("#card summary")).to_contain_text("Graphic content")
            expect(words).not_to_be_visible()
            desk.find("#card summary").focus()
            desk.press("Enter")
            expect(words).to_have_text(TERRIBLE)
            expect(words).to_be_visible()
            desk.press("Escape")
        desk.find("#listing [data-claim=film-0]").click()
        expect(desk.find("#card h2")).not_to_be_visible()


@pytest.mark.parametrize("options", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_the_menu_takes_out_what_is_in_view_and_the_footer_says_whose_it_is(browser, mixed, options):
    with watched_page(browser, mixed, options) as page:
        desk = Desk(page)
        desk.open("/?from=2022-03-10&to=2022-03-11&coding=hand,assisted,machine", until="list")
        desk.find("#takeout").click()
        menu = desk.find("#downloads")
        expect(menu).to_be_visible()
        inside = menu.bounding_box()
        assert inside["x"] >= 0 and inside["x"] + inside["width"] <= page.viewport_size["width"]
        for suffix in ("csv", "geojson", "parquet", "jsonl"):
            with page.expect_download() as download:
                desk.find(f"[data-export={suffix}]").click()
            assert re.fullmatch(rf"conflict-map-[\d-]+-[0-9a-f]{{8}}\.{suffix}", download.value.suggested_filename)
        desk.press("Escape")
        expect(menu).not_to_be_visible()
        credits = desk.find("#credits > button")
        expect(credits).to_contain_text("Data: ")
        credits.click()
        expect(desk.find("#credits-panel")).to_contain_text("Makers (2022)")
        expect(desk.find("#credits-panel section", has_text="Set").last).to_contain_text("3 claims")
        desk.press("Escape")
        desk.open("/?q=nobody-said-this", until="list")
        desk.find("#takeout").click()
        expect(menu).to_contain_text("Nothing to take out")
        expect(desk.find("[data-export][href]")).to_have_count(0)
