"""The page in the hand: grips, bars, buttons, keys, the browser's own back and forward, links, an empty store."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from geodata.query import Query
from tests.browser.conftest import Desk

DAYS = 27
"""Days of the sample's timeline, 24 February to 22 March."""
OKHTYRKA = "2022-03-22-left-okhtyrka"


def drag(desk, start, days):
    """Press at a point of the timeline, move by some days, let go."""
    x, y = start
    width = desk.find("#timeline").bounding_box()["width"]
    desk.page.mouse.move(x, y)
    desk.page.mouse.down()
    desk.page.mouse.move(x + days * width / DAYS, y, steps=3)
    desk.page.mouse.up()


def middle(desk, selector):
    box = desk.find(selector).bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_grips_resize_the_window_and_its_middle_moves_it(desk):
    desk.open("/?from=2022-03-03&to=2022-03-08", until="list")
    shown = desk.find("#date")
    drag(desk, middle(desk, ".grip.end"), 2)
    expect(shown).to_have_text("3 to 9 March 2022")
    drag(desk, middle(desk, ".grip.start"), -1)
    expect(shown).to_have_text("2 to 9 March 2022")
    drag(desk, middle(desk, ".brush"), 5)
    expect(shown).to_have_text("7 to 14 March 2022")
    drag(desk, middle(desk, ".brush"), 20)
    expect(shown).to_have_text("15 to 22 March 2022")
    drag(desk, middle(desk, ".grip.start"), 20)
    expect(shown).to_have_text("22 March 2022")


def first_known_day(claim):
    """The day under whose bar a claim is counted: its first, or the last possible where no start is stated."""
    return (claim.happened.start or claim.happened.end - timedelta(minutes=1)).date()


def test_a_bar_says_what_it_holds_and_a_click_on_it_shows_its_day(desk, kept):
    desk.open(until="list")
    held = sum(first_known_day(claim) == date(2022, 3, 3) for claim in kept.claims(Query()))
    box = desk.find("#timeline").bounding_box()
    x, y = box["x"] + 7.5 * box["width"] / DAYS, box["y"] + box["height"] / 2
    desk.page.mouse.move(x, y)
    expect(desk.find(".bar-note")).to_contain_text(f"3 March 2022 · {held} claims")
    desk.page.mouse.click(x, y)
    expect(desk.find("#date")).to_have_text("3 March 2022")
    desk.find("#whole").click()
    expect(desk.find("#date")).to_have_text("24 February to 22 March 2022")
    expect(desk.find("#whole")).to_be_disabled()
    assert "from" not in desk.asked()


def test_a_grip_is_a_slider_that_says_its_day(desk):
    desk.open("/?from=2022-03-03&to=2022-03-08", until="list")
    for side, key, day in (("start", "ArrowLeft", "2 March 2022"), ("end", "PageUp", "14 March 2022")):
        grip = desk.page.get_by_role("slider", name=f"Window {side}")
        grip.press(key)
        expect(grip).to_have_attribute("aria-valuetext", day)
        low, now, high = (int(grip.get_attribute(f"aria-value{word}")) for word in ("min", "now", "max"))
        assert low <= now <= high


def test_playing_comes_to_rest_at_the_end_of_time(desk):
    desk.open("/?from=2022-03-10&to=2022-03-13", until="list")
    desk.find("#time-more").click()
    desk.find("#speed").select_option("week")
    desk.find("#play").click()
    expect(desk.find("#play")).to_have_attribute("aria-label", "Pause")
    expect(desk.find("#date")).to_have_text("20 to 22 March 2022", timeout=30_000)
    expect(desk.find("#play")).to_have_attribute("aria-label", "Play")


def test_back_and_forward_walk_through_what_was_looked_at(desk, kept):
    desk.open(until="list")
    desk.find("#mode-cumulative").click()
    desk.find(f"#listing [data-claim='{OKHTYRKA}']").click()
    expect(desk.find("#card h2")).to_have_text(kept.get(OKHTYRKA).statement)
    desk.find("[data-close=sel]").click()
    expect(desk.find("#detail")).to_be_hidden()
    desk.page.go_back()
    expect(desk.find("#detail")).to_be_visible()
    desk.page.go_back()
    expect(desk.find("#detail")).to_be_hidden()
    expect(desk.find("#mode-cumulative")).to_have_attribute("aria-pressed", "true")
    desk.page.go_back()
    expect(desk.find("#mode-window")).to_have_attribute("aria-pressed", "true")
    desk.page.go_forward()
    expect(desk.find("#mode-cumulative")).to_have_attribute("aria-pressed", "true")


def test_the_link_that_is_copied_is_the_picture_that_is_seen(desk):
    desk.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk.open("/?layer=retreat")
    desk.press("Home")
    desk.find("#zoom-in").click()
    expect(desk.page).to_have_url(re.compile("map="))
    desk.find("#share").click()
    expect(desk.find("#notice")).to_contain_text("copied")
    link = desk.page.evaluate("() => navigator.clipboard.readText()")
    assert link == desk.page.url
    assert {"layer", "from", "to", "map"} <= set(desk.asked())


def test_moving_the_map_is_in_the_address_and_fit_brings_every_mark_back_into_view(desk):
    desk.open("/?map=9/46/30&layer=retreat")
    desk.find("#fit").click()
    expect(desk.page).to_have_url(re.compile(r"map=[4-7][./]"))
    x, y = desk.mark(OKHTYRKA)
    frame = desk.find("#map").bounding_box()
    assert frame["x"] < x < frame["x"] + frame["width"]
    assert frame["y"] < y < frame["y"] + frame["height"]


def test_a_claim_is_opened_and_left_by_keyboard_and_the_focus_is_seen(desk, kept):
    desk.open(until="list")
    first = desk.find("#listing .claim-line").first
    first.focus()
    desk.press("Tab")
    ring = desk.page.evaluate(
        "() => { const s = getComputedStyle(document.activeElement); return [s.outlineStyle, parseFloat(s.outlineWidth)]; }"
    )
    assert ring == ["solid", 2]
    second = kept.get(desk.page.evaluate("() => document.activeElement.dataset.claim"))
    desk.press("Enter")
    expect(desk.find("#card h2")).to_have_text(second.statement)
    desk.press("Escape")
    expect(desk.find("#detail")).to_be_hidden()


def test_a_question_mark_shows_the_keys(desk):
    desk.open(until="list")
    desk.press("?")
    expect(desk.page.get_by_role("dialog")).to_contain_text("play or pause")
    desk.press("Escape")
    expect(desk.find("#help")).to_be_hidden()


def test_keys_typed_into_the_search_are_words_and_no_commands(desk):
    desk.open(until="list")
    desk.find("#search").press_sequentially("p t ?")
    expect(desk.find("header")).to_be_visible()
    assert not desk.state("present")
    expect(desk.find("#play")).to_have_attribute("aria-pressed", "false")


def test_a_link_to_a_presented_picture_opens_presented(desk):
    desk.open("/?present=1&mode=cumulative&to=2022-03-15&theme=dark")
    expect(desk.find("header")).to_be_hidden()
    expect(desk.find("#burn-date")).to_have_text("to 14 March 2022")
    width = desk.page.evaluate("() => window.conflictMap.page.map.map.getCanvas().clientWidth")
    assert width == desk.page.viewport_size["width"], "the map fills the screen"
    desk.press("Escape")
    expect(desk.find("header")).to_be_visible()
    desk.page.go_back()
    expect(desk.find("header")).to_be_hidden()


def test_an_address_with_an_unknown_claim_says_so(desk):
    desk.open("/?sel=nobody-said-this", until="list")
    expect(desk.find("#card")).to_contain_text("nobody-said-this")


def test_a_system_that_is_dark_gets_a_dark_page(browser, server, watch):
    with watch(browser, server, color_scheme="dark") as page:
        desk = Desk(page)
        desk.open(until="list")
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")
        desk.open("/?theme=light", until="list")
        expect(page.locator("html")).to_have_attribute("data-theme", "light")


def test_an_empty_store_says_how_it_is_filled(browser, tmp_path: Path, serve, watch):
    with serve(tmp_path / "store", tmp_path / "log", "--empty") as server, watch(browser, server) as page:
        page.goto("/")
        expect(page.locator("#listing")).to_contain_text("conflict-map import")
        expect(page.locator("#count")).to_have_text("0 claims")
        page.locator("html[data-ready=map]").wait_for(state="attached")


@pytest.mark.parametrize(
    "address", ["/", f"/?panel=claims&sel={OKHTYRKA}", "/?panel=timeline", "/?panel=filters", "/?present=1"]
)
def test_on_a_phone_nothing_is_wider_than_the_screen(phone, address):
    phone.open(address, until="list")
    wide = phone.page.evaluate(
        """() => [...document.querySelectorAll("body *")].filter(e => e.checkVisibility({ visibilityProperty: true })
             && !e.closest(".maplibregl-map, .sr, .skip") && e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 80))"""
    )
    assert wide == []


def test_on_a_phone_a_sheet_is_closed_by_its_button_and_time_unfolds(phone):
    phone.open(until="list")
    phone.find("[data-opens=filters]").tap()
    phone.find("#filters [data-close=panel]").tap()
    expect(phone.find("#filters")).to_be_hidden()
    expect(phone.find("#mode-cumulative")).to_be_hidden()
    phone.find("[data-opens=timeline]").tap()
    phone.find("#mode-cumulative").tap()
    expect(phone.find("#mode-cumulative")).to_have_attribute("aria-pressed", "true")


def test_on_a_narrow_desk_nothing_lies_over_its_neighbour(desk):
    desk.page.set_viewport_size({"width": 1000, "height": 760})
    desk.open(until="list")
    stage, pane, filters = (desk.find(s).bounding_box() for s in ("#stage", "#pane", "#filters"))
    for name in ("#stage", ".map-frame", "#time", ".time-bar", "#timeline"):
        box = desk.find(name).bounding_box()
        assert filters["x"] + filters["width"] <= box["x"] + 1, name
        assert box["x"] + box["width"] <= pane["x"] + 1, name
    bar = [desk.find(s).bounding_box() for s in (".time-bar .transport", ".reading-time", ".time-bar .segmented")]
    for a, b in zip(bar, bar[1:], strict=False):
        assert a["x"] + a["width"] <= b["x"] + 1 or a["y"] + a["height"] <= b["y"] + 1
    assert stage["width"] > 400
