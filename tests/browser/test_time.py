"""The row of time in the hand: keys, zoom, loop and reverse, fingers, and a day of 23 hours in Kyiv."""

from __future__ import annotations

import re
from contextlib import closing
from datetime import UTC, date, datetime, timedelta

import pytest
from playwright.sync_api import expect

from geodata.model import Bundle, Claim, Kind, Source
from geodata.spans import Span, TimePrecision, day
from geodata.stores import DuckDBStore


def test_keys_shape_the_window_and_words_say_what_it_is(desk):
    desk.open("/?from=2022-03-03&to=2022-03-08", until="list")
    words, shown = desk.find("#time-words"), desk.find("#date")
    expect(words).to_have_text("5 days")
    desk.press("]", "]", "[")
    expect(words).to_have_text("6 days")
    desk.press("u")
    expect(shown).to_have_text("2 to 7 March 2022")
    expect(desk.find("#zone")).to_have_text("Kyiv time")
    expect(desk.page).to_have_url(re.compile("from=2022-03-01T22:00Z&to=2022-03-07T22:00Z&zone=kyiv"))
    desk.press("m")
    expect(shown).to_have_text("to 7 March 2022")
    expect(words).to_have_text("Everything up to then")
    desk.press("m")
    expect(shown).to_have_text("End of 7 March 2022")
    desk.press("a")
    expect(shown).to_have_text("24 February to 22 March 2022")
    expect(words).to_have_text("The whole time")
    desk.find("#time-more").click()
    desk.find("#length").fill("36 h")
    desk.press("Enter")
    expect(words).to_have_text("36 hours")
    expect(shown).to_have_text("21 March, 12:00 to 23 March 2022, 00:00")
    desk.find("#length").fill("soon")
    desk.press("Enter")
    expect(desk.find("#notice")).to_contain_text("3 d, 36 h")
    desk.find("[name=time-step][value=week]").check()
    desk.press("Escape")
    expect(desk.find("#time-settings")).to_be_hidden()
    desk.find("#from-date").fill("2022-03-01")
    desk.find("#to-date").fill("2022-03-07")
    desk.find("#to-time").fill("09:30")
    expect(shown).to_have_text("1 March, 12:00 to 7 March 2022, 09:30")
    desk.find("#preset").select_option(label="March 2022")
    expect(shown).to_have_text("1 to 22 March 2022")
    desk.page.go_back()
    expect(shown).to_have_text("1 March, 12:00 to 7 March 2022, 09:30")


PAINTS = "() => { const t = window.conflictMap.page.timeline, paint = t.paint.bind(t); window.paints = 0; t.paint = () => { window.paints++; paint(); }; }"


def test_zooming_looping_and_reversing_stay_in_the_part_shown_and_leave_canvas_and_history_alone(desk):
    desk.open("/?from=2022-03-08&to=2022-03-10&speed=week", until="list")
    box = desk.find(".detail").bounding_box()
    desk.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 40)
    desk.page.mouse.wheel(0, -600)
    expect(desk.page).to_have_url(re.compile("view="))
    first, last = desk.state("view")
    assert last - first < 15 * 1440
    middle = (datetime(2022, 2, 24, tzinfo=UTC) + timedelta(days=13.5)).timestamp() / 60
    assert first < middle < last, "what lay under the pointer is still in view"
    desk.press("l", "r")
    expect(desk.find("#notice")).to_have_text("Plays backwards")
    expect(desk.page).to_have_url(re.compile("play=loop,reverse"))
    desk.page.evaluate(PAINTS)
    before = desk.page.evaluate("() => history.length")
    seen = desk.page.evaluate(
        """() => new Promise(done => { const { state } = window.conflictMap, ends = []; let turns = 0;
             state.on(["to"], ({ to }) => { if (ends.length && to > ends.at(-1)) turns++; ends.push(to); if (turns === 2) done([Math.min(...ends), Math.max(...ends)]); });
             document.querySelector("#play").click(); })"""
    )
    assert first <= seen[0] < seen[1] <= last + 1
    desk.press("Space")
    expect(desk.find("#play")).to_have_attribute("aria-pressed", "false")
    assert desk.page.evaluate("() => [history.length, window.paints]") == [before, 0]
    assert desk.state("to") % 1440 == 0
    desk.press("z")
    assert desk.state("view") is None
    desk.press("z")
    start, end = desk.state("view")
    assert start <= desk.state("from") < desk.state("to") <= end


def test_claim_by_claim_each_beat_is_the_next_day_with_a_claim_and_empty_time_is_skipped_with_a_sign(desk):
    desk.open("/?from=2022-03-01&to=2022-03-02&play=event&beat=0.5", until="list")
    days = desk.page.evaluate(
        """() => new Promise(done => { const ends = []; window.conflictMap.state.on(["to"], ({ to }) => { ends.push(new Date((to - 1) * 60000).toISOString().slice(8, 10)); if (ends.length === 4) done(ends); });
             document.querySelector("#play").click(); })"""
    )
    assert days == ["03", "07", "12", "14"]
    desk.press("Space", "e", "s", "a", "Home", "Space")
    expect(desk.find("#time-words")).to_contain_text("Skipped")
    desk.press("Space")


def touch(page, kind, *points):
    page.touch.send(
        "Input.dispatchTouchEvent",
        {"type": kind, "touchPoints": [{"x": x, "y": y, "id": k} for k, (x, y) in enumerate(points)]},
    )


def test_fingers_pinch_the_bars_and_drag_the_overview(phone):
    phone.open("/?from=2022-03-08&to=2022-03-10", until="list")
    phone.page.touch = phone.page.context.new_cdp_session(phone.page)
    box = phone.find(".detail").bounding_box()
    y, middle = box["y"] + 40, box["x"] + box["width"] / 2
    touch(phone.page, "touchStart", (middle - 30, y), (middle + 30, y))
    for reach in (60, 100, 140):
        touch(phone.page, "touchMove", (middle - reach, y), (middle + reach, y))
    touch(phone.page, "touchEnd")
    first, last = phone.state("view")
    assert 3 * 1440 < last - first < 9 * 1440
    assert phone.state("to") - phone.state("from") == 2 * 1440, "two fingers leave the window alone"
    over = phone.find(".frame").bounding_box()
    x, y = over["x"] + over["width"] / 2, over["y"] + over["height"] / 2
    touch(phone.page, "touchStart", (x, y))
    for by in (10, 30, 60):
        touch(phone.page, "touchMove", (x - by, y))
    touch(phone.page, "touchEnd")
    moved = phone.state("view")
    assert moved[0] < first and moved[1] - moved[0] == pytest.approx(last - first, abs=2)
    phone.find("[data-opens=timeline]").tap()
    small = phone.page.evaluate(
        """() => [...document.querySelectorAll("#time button, #time select, #time .grip, #time .choices label, #time .check")]
             .filter(e => e.checkVisibility() && e.id !== "zone" && e.getBoundingClientRect().height < 42).map(e => e.id || e.className)"""
    )
    assert small == []


@pytest.fixture
def spring(tmp_path):
    """A store of the days around 27 March 2022, when clocks in Kyiv go forward at three in the morning."""

    def said(name: str, happened: Span) -> Claim:
        return Claim(name, f"what {name} says", Kind.STRIKE, "someone", happened=happened)

    def hour(*when: int) -> Span:
        start = datetime(2022, 3, *when, tzinfo=UTC)
        return Span(start, start + timedelta(minutes=1), TimePrecision.MINUTE)

    claims = [said(f"day {d}", day(date(2022, 3, d))) for d in range(25, 31)]
    claims += [said("before midnight", hour(26, 21, 59)), said("after midnight", hour(26, 22, 1))]
    claims += [said("before the next", hour(27, 20, 59)), said("after the next", hour(27, 21, 1))]
    with closing(DuckDBStore(tmp_path / "store", create=True)) as store:
        store.append(Bundle(sources=(Source("someone", "Someone", "western"),), claims=tuple(claims)))
    return tmp_path


def test_a_day_of_23_hours_in_kyiv_is_a_day_and_dates_without_an_hour_do_not_move(browser, spring, serve, watch):
    with serve(spring / "store", spring / "log") as server, watch(browser, server) as page:
        page.route("**/plotly.min.js*", lambda _: None)
        page.goto("/?zone=kyiv&from=2022-03-25T22:00Z&to=2022-03-26T22:00Z")
        shown, what = page.locator("#date"), page.locator("#listing .what")
        expect(shown).to_have_text("26 March 2022")
        expect(what).to_have_text(["what before midnight says", "what day 26 says"])
        page.keyboard.press("ArrowRight")
        expect(shown).to_have_text("27 March 2022")
        expect(page.locator("#time-words")).to_have_text("1 day")
        expect(page).to_have_url(re.compile("from=2022-03-26T22:00Z&to=2022-03-27T21:00Z"))
        expect(what).to_have_text(["what before the next says", "what day 27 says", "what after midnight says"])
        expect(page.locator("#count")).to_have_text("3 of 10 claims")
        box = page.locator(".detail").bounding_box()
        page.mouse.move(box["x"] + box["width"] * 2.45 / 6, box["y"] + 40)
        page.keyboard.press("ArrowRight")
        expect(shown).to_have_text("28 March 2022")
        expect(page.locator("#listing .what")).to_have_count(2)
        page.keyboard.press("u")
        expect(shown).to_have_text("28 March 2022")
        expect(page).to_have_url(re.compile("from=2022-03-28&to=2022-03-29"))
        expect(what).to_have_text(["what day 28 says"])
