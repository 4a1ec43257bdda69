"""An analyst at the table: order, groups, what is selected on map and card, columns, copies, notes, a typo, a view."""

from __future__ import annotations

import csv
import io
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import expect

from geodata.ingest import load_file, sample_path
from geodata.model import Bundle
from geodata.query import Query
from geodata.stores import open_store
from tests.browser.conftest import PHONE, Desk

LINES = ".grid-line:not(.grid-group)"


@pytest.fixture(scope="module")
def own(tmp_path_factory, serve):
    """A server whose store takes notes and changes."""
    folder = tmp_path_factory.mktemp("own")
    store = open_store(folder / "store", create=True)
    store.append(load_file(sample_path()))
    store.close()
    with serve(folder / "store", folder / "log") as server:
        yield server


def cells(desk: Desk, column: int) -> list[str]:
    return [line.locator("[role=gridcell]").nth(column).inner_text() for line in desk.find(LINES).all()]


def test_order_groups_columns_selection_and_copy(browser, own, watch):
    with watch(browser, own, permissions=["clipboard-read", "clipboard-write"]) as page:
        desk = Desk(page)
        asked: list[str] = []
        page.on("request", lambda r: asked.append(r.url))
        desk.open(until="list")
        assert not [url for url in asked if "/assets/desk/" in url or "/table" in url]
        desk.press("2")
        grid = desk.find("[role=grid]")
        expect(grid).to_have_attribute("aria-rowcount", "77")
        desk.find(".grid-title", has_text="Said by").click()
        expect(desk.find(".grid-name[aria-sort=ascending]")).to_contain_text("Said by")
        expect(desk.find(LINES).first).to_contain_text("Centre for Defence")
        grid.focus()
        desk.press("Control+Home", "ArrowDown", "Enter")
        chosen = desk.find(".grid-line.chosen")
        expect(chosen).to_have_count(1)
        statement = chosen.locator(".wordy > span").first.inner_text()
        expect(desk.find("#card h2")).to_have_text(statement)
        desk.press("Control+c")
        copied = page.evaluate("() => navigator.clipboard.readText()")
        assert statement in copied and copied.count("\n") == 1 and copied.startswith("When\tClaim\t")
        desk.find(".table-bar select").select_option("place")
        expect(desk.find(".grid-group").first).to_be_visible()
        expect(desk.find(".grid-line.chosen")).to_be_in_viewport()
        named = desk.find(".grid-group b").first.inner_text()
        group = desk.find(".grid-group").filter(has=page.get_by_text(named, exact=True))
        group.click()
        expect(group).to_have_attribute("aria-expanded", "false")
        desk.find(".table-bar select").select_option("")
        grid.focus()
        desk.press("Control+Home", "ArrowUp", "Alt+ArrowDown")
        desk.find(".table-menu").get_by_role("button", name="Hide").click()
        expect(desk.find("[role=columnheader]")).to_have_count(4)
        assert desk.asked()["cols"] == ["statement,claimant_name,place,kind"]
        href = desk.find(".table-bar a").get_attribute("href")
        head, *rows = csv.reader(io.StringIO(urlopen(own.url + href).read().decode("utf-8-sig")))
        assert head == ["statement", "claimant_name", "place", "kind"]
        assert [row[0] for row in rows[:3]] == cells(desk, 0)[:3]
        page.evaluate("() => window.conflictMap.state.set({ sel: '2022-03-22-power-to-attack-gone' })")
        expect(desk.find(".grid-line.chosen")).to_contain_text("power to attack")
        expect(desk.find(".grid-line.chosen")).to_be_in_viewport()


def test_note_tag_view_typo_and_what_is_new(browser, own, watch):
    with watch(browser, own) as page:
        desk = Desk(page)
        desk.open("/?sel=2022-03-22-power-to-attack-gone", until="list")
        desk.find("#notes textarea").fill("Compare with the evening briefing")
        desk.find("#notes input[name=tags]").fill("check")
        desk.find("#notes").get_by_label("Your name").fill("Ada")
        desk.find("#notes").get_by_role("button", name="Keep").click()
        desk.find("#notes .tag").click()
        expect(desk.find("#count")).to_have_text("1 of 76 claims")
        expect(desk.find("#phrase")).to_contain_text("tagged check")
        desk.find("#saved").click()
        desk.find("#views input[name=name]").fill("To be checked")
        desk.find("#views").get_by_role("button", name="Save this view").click()
        expect(desk.find("#views .take")).to_have_attribute("href", "?" + page.url.split("?")[1])
        with page.expect_download() as out:
            desk.find("#views a[download]").click()
        lines = Path(out.value.path()).read_bytes()
        page.locator("#views input[type=file]").set_input_files(
            {"name": "n.jsonl", "mimeType": "application/jsonl", "buffer": lines.replace(b"To be", b"Already") + b"{}"}
        )
        expect(desk.find("#views [role=status]")).to_contain_text("1 taken in, 1 known already, 1 refused")
        expect(desk.find("#views [role=status] li")).to_contain_text("line 3")
        desk.press("Escape")
        page.evaluate("() => window.conflictMap.state.set({ tag: '', sel: '' })")
        desk.find("#search").press_sequentially("Makariw")
        option = desk.find("#suggestions [role=option]", has_text="Makariv").first
        expect(option).to_contain_text("did you mean")
        desk.press("ArrowDown", "Enter")
        expect(desk.find("#listing mark").first).to_have_text("Makariv")
        desk.press("Escape", "2")
        desk.find(".table-bar").get_by_role("button", name="Best match first").click()
        expect(desk.find(".grid-line").first).to_contain_text("Makariv")
        assert desk.asked()["sort"] == ["relevance"]
        page.evaluate("() => window.conflictMap.state.set({ desk: '', sort: '' })")
        store = open_store(own.store)
        store.append(Bundle(claims=[replace(next(store.claims(Query())), statement="Said in other words")]))
        store.close()
        page.goto("/")
        news = desk.find("#news")
        expect(news).to_contain_text("1 changed")
        news.get_by_text("changed").click()
        expect(desk.find("#phrase")).to_contain_text("changed since")
        expect(desk.find("#count")).to_have_text("1 of 76 claims")
        assert "since" in desk.asked()


def test_the_table_on_a_phone_takes_the_place_of_the_map(browser, own, watch):
    with watch(browser, own, **PHONE) as page:
        desk = Desk(page)
        desk.open("/?desk=table", until="list")
        expect(desk.find(LINES).first).to_be_visible()
        expect(desk.find(".map-frame")).to_be_hidden()
        desk.find(LINES).first.tap()
        expect(desk.find("#card h2")).to_be_visible()
        desk.find("#desks [data-desk='']").tap(force=True)
        expect(desk.find(".map-frame")).to_be_visible()


def test_a_view_that_cannot_be_fetched_says_so_and_opens_when_it_is_chosen_again(browser, server):
    with closing(browser.new_context(base_url=server.url)) as unwatched:
        desk = Desk(unwatched.new_page())
        desk.page.route("**/desk/figures.mjs*", lambda route: route.abort())
        desk.open("/", until="list")
        desk.find("#desks [data-desk=figures]").click()
        expect(desk.find("#notice")).to_contain_text("could not be fetched")
        desk.page.unroute("**/desk/figures.mjs*")
        desk.find("#desks [data-desk='']").click()
        desk.find("#desks [data-desk=figures]").click()
        expect(desk.find("[data-view=figures] .figures-plot")).to_be_visible()
