"""An analyst lays two sources beside each other, reads who else says so, and hands the picture on."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from geodata.query import Query
from geodata.stores.base import ClaimStore
from tests.browser.conftest import Desk

STAFF, MOD = "ua-general-staff", "uk-mod"
CAMERAS = """() => { const { map, split } = window.conflictMap.page;
  return [map, split.map].map(({ map }) => [map.getZoom(), map.getCenter().lng, map.getCenter().lat].map(v => v.toFixed(4)).join()); }"""


def total(page: Page, claims: int, store: ClaimStore) -> None:
    """The sentence says so many claims, and the list has as many."""
    expect(page.locator("#count")).to_have_text(f"{claims} of {store.count(Query())} claims")
    expect(page.locator("#list-count")).to_have_text(str(claims))


def test_an_analyst_compares_two_sources_and_shares_the_link(page: Page, phone_page: Page, kept: ClaimStore) -> None:
    Desk(page).open("/", until="list")
    page.get_by_label("First voice").select_option(STAFF)
    total(page, kept.count(Query(all_by=(STAFF,))), kept)
    page.get_by_label("Second voice").select_option(MOD)
    total(page, kept.count(Query(all_by=(STAFF, MOD))), kept)
    page.locator("#lens-swap").focus()
    page.keyboard.press("Shift+Tab")
    page.get_by_label("but not", exact=True).check(force=True)
    total(page, kept.count(Query(all_by=(STAFF,), not_by=(MOD,))), kept)
    expect(page.locator("#phrase")).to_contain_text("not said by UK Ministry of Defence")
    layer = kept.facets(Query(all_by=(STAFF,), not_by=(MOD,), layer=("retreat",)))["layer"]["retreat"]
    page.locator(".facet-layer").get_by_label(re.compile("^Retreat")).check()
    total(page, layer, kept)

    Desk(phone_page).open(page.url, until="list")
    expect(phone_page.locator("#count")).to_have_text(f"{layer} of {kept.count(Query())} claims")
    phone_page.get_by_role("button", name="Filters").tap()
    expect(phone_page.get_by_label("Second voice")).to_have_value(MOD)
    phone_page.locator("#lens-clear").tap()
    expect(phone_page.locator("#count")).to_have_text(f"{kept.count(Query(layer=('retreat',)))} of 76 claims")


def test_two_maps_move_in_step_and_count_by_their_own_voices(page: Page, kept: ClaimStore) -> None:
    page.goto("/?side=ukrainian&split=side:western")
    page.locator('html[data-split="map"]').wait_for()
    for half, side in (("first", "ukrainian"), ("second", "western")):
        expect(page.locator(f".half-head.{half} b")).to_have_text(str(kept.count(Query(side=(side,)))))
    for slot in ("#map", "#map-second"):
        before = page.evaluate(CAMERAS)
        box = page.locator(slot).bounding_box()
        assert box is not None
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 60, y + 40, steps=4)
        page.mouse.up()
        expect(page.locator(slot)).to_be_visible()
        one, two = page.evaluate(CAMERAS)
        assert one == two
        assert one != before[0]
    page.get_by_label("Second map beside this one").select_option("days:7")
    expect(page).to_have_url(re.compile("split=days:7"))
    expect(page.locator(".half-head.second")).to_contain_text("earlier")
    page.get_by_label("Second map beside this one").select_option("")
    expect(page.locator("#split-half")).to_be_hidden()
    expect(page).not_to_have_url(re.compile("split="))
