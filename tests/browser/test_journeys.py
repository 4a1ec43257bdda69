"""What three people do with the page: a viewer explores, an analyst filters and reads, a presenter steps through time."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from geodata.query import Query
from tests.browser.conftest import Desk

OKHTYRKA = "2022-03-22-left-okhtyrka"
KILLED = "2022-03-22-killed-9861"


def test_the_page_opens_with_every_claim_and_the_keyboard_reaches_controls_that_all_have_names(desk, kept):
    desk.open()
    desk.shows(kept, "")
    expect(desk.find("#tray-count")).to_have_text(str(sum(c.unplaced is not None for c in kept.claims(Query()))))
    assert desk.page.evaluate("() => window.conflictMap.page.timeline.canvas.width") > 0
    nameless = desk.page.evaluate(
        """() => [...document.querySelectorAll("button, a[href], input, select")].filter(e => e.getClientRects().length
             && !(e.getAttribute("aria-label") || e.title || e.textContent.trim() || e.labels?.length)).map(e => e.outerHTML)"""
    )
    assert nameless == []
    reached = set()
    for _ in range(220):
        desk.press("Tab")
        reached.add(desk.page.evaluate("() => document.activeElement.id || document.activeElement.className"))
        if {"search", "play", "claim-line"} <= reached:
            break
    assert {"share", "search", "play", "claim-line"} <= reached


def test_playing_moves_the_window_without_asking_the_server(desk):
    desk.open()
    desk.press("Home")
    expect(desk.find("#date")).to_have_text("24 to 26 February 2022")
    desk.find(".claim-line").first.wait_for()
    asked: list[str] = []
    desk.page.on("request", lambda r: asked.append(r.url))
    desk.press("Space")
    expect(desk.find("#play")).to_have_attribute("aria-pressed", "true")
    expect(desk.find("#date")).not_to_have_text("24 to 26 February 2022")
    while_playing = list(asked)
    desk.press("Space")
    expect(desk.find("#play")).to_have_attribute("aria-pressed", "false")
    own = ("/list", "/version", "favicon")  # the list follows, and the page looks now and then for a newer store
    assert not [url for url in while_playing if not any(word in url for word in own)]
    assert desk.state("to") % 1440 == 0, "a pause comes to rest at the end of a day"


def test_steps_go_by_day_and_by_day_with_a_claim(desk, kept):
    desk.open("/?from=2022-03-01&to=2022-03-02", until="list")
    desk.press("ArrowRight")
    expect(desk.find("#date")).to_have_text("2 March 2022")
    desk.press("Shift+ArrowRight")
    expect(desk.find("#date")).to_have_text("3 March 2022")
    desk.press("Shift+ArrowRight")
    expect(desk.find("#date")).to_have_text("7 March 2022")
    desk.press("ArrowLeft")
    expect(desk.find("#date")).to_have_text("6 March 2022")
    desk.press("End")
    expect(desk.find("#date")).to_have_text("22 March 2022")
    desk.shows(kept, "from=2022-03-22&to=2022-03-23")


def test_dragging_over_the_timeline_sets_the_window_and_the_list_follows(desk, kept):
    desk.open(until="list")
    box = desk.find("#timeline").bounding_box()
    day = box["width"] / 27
    y = box["y"] + 20
    desk.page.mouse.move(box["x"] + 7.5 * day, y)
    desk.page.mouse.down()
    desk.page.mouse.move(box["x"] + 11.5 * day, y, steps=4)
    desk.page.mouse.up()
    expect(desk.find("#date")).to_have_text("3 to 7 March 2022")
    desk.shows(kept, "from=2022-03-03&to=2022-03-08")
    expect(desk.page).to_have_url(re.compile("from=2022-03-03&to=2022-03-08"))
    desk.find(".grip.end").focus()
    desk.press("ArrowRight")
    expect(desk.find("#date")).to_have_text("3 to 8 March 2022")
    assert desk.find(".grip.end").get_attribute("aria-valuetext") == "8 March 2022"


def test_cumulative_shows_everything_up_to_the_end_of_the_window(desk, kept):
    desk.open("/?from=2022-03-03&to=2022-03-08", until="list")
    desk.find("#mode-cumulative").click()
    expect(desk.find("#date")).to_have_text("to 7 March 2022")
    desk.shows(kept, "to=2022-03-08")
    desk.find("#mode-window").click()
    desk.shows(kept, "from=2022-03-03&to=2022-03-08")


def test_a_typed_date_sets_the_window(desk, kept):
    desk.open(until="list")
    desk.find("#from-date").fill("2022-03-14")
    desk.find("#from-date").dispatch_event("change")
    desk.shows(kept, "from=2022-03-14&to=2022-03-23")


def test_filtering_by_source_changes_list_counts_sentence_and_address(desk, kept):
    desk.open(until="list")
    desk.find("#facets li.value label", has_text="UK Ministry of Defence").click()
    desk.shows(kept, "source=uk-mod")
    expect(desk.find("#phrase")).to_contain_text("said by UK Ministry of Defence")
    assert set(desk.find("#listing .who b").all_inner_texts()) == {"UK Ministry of Defence"}
    facets = kept.facets(Query(source=("uk-mod",)))
    for layer in ("fighting", "advance", "static"):
        line = desk.find(".facet-layer .value", has=desk.page.locator(f".symbol-{layer}")).locator(".count")
        expect(line).to_have_text(str(facets["layer"].get(layer, 0)))
    assert desk.asked()["source"] == ["uk-mod"]
    desk.find(".facet-precision > summary").click()  # what was folded when the filter came
    town = desk.find(".facet-precision .value", has=desk.page.locator(".shape-settlement")).locator(".count")
    expect(town).to_have_text(str(facets["precision"]["settlement"]))
    desk.page.go_back()
    desk.shows(kept, "")
    desk.page.go_forward()
    desk.shows(kept, "source=uk-mod")


def test_filters_combine_and_can_be_cleared(desk, kept):
    desk.open("/?layer=retreat,fighting&side=ukrainian", until="list")
    desk.shows(kept, "layer=retreat,fighting&side=ukrainian")
    desk.find("[data-clear=source]").click()
    desk.shows(kept, "layer=retreat,fighting")


def test_searching_words_asks_the_server_and_says_so(desk, kept):
    desk.open(until="list")
    desk.press("/")
    desk.page.keyboard.type("okhtyrka")
    desk.shows(kept, "q=okhtyrka")
    expect(desk.find("#phrase")).to_contain_text("okhtyrka")
    desk.find("#search").fill("no such word anywhere")
    expect(desk.find("#listing .empty-head")).to_be_visible()
    desk.find("[data-reset]").click()
    desk.shows(kept, "")


def test_a_mark_on_the_map_leads_to_claimant_relays_words_and_document(desk, kept):
    desk.open("/?map=8/50.4/35.04&from=2022-03-20&to=2022-03-23")
    at = desk.mark(OKHTYRKA)
    desk.page.mouse.move(*at)
    claim = kept.get(OKHTYRKA)
    expect(desk.find("#tip")).to_contain_text(claim.statement)
    expect(desk.find("#tip")).to_contain_text(kept.sources()[claim.claimant].name)
    desk.page.mouse.click(*at)
    expect(desk.find("#card h2")).to_have_text(claim.statement)
    expect(desk.find("#card .chain")).to_contain_text(kept.sources()[claim.claimant].name)
    for relay in claim.relays:
        expect(desk.find("#card .chain")).to_contain_text(kept.sources()[relay].name)
    expect(desk.find("#card .document mark")).to_have_text(claim.quote)
    document = kept.documents([claim.document_id])[claim.document_id]
    expect(desk.find("#card")).to_contain_text(document.licence)
    assert desk.asked()["sel"] == [OKHTYRKA]
    desk.press("Escape")
    expect(desk.find("#detail")).to_be_hidden()


def test_a_ring_lists_the_claims_it_counts(desk):
    desk.open("/?map=5.3/48.6/33.7")
    x, y, count = desk.page.evaluate(
        """() => { const view = window.conflictMap.page.map, box = view.map.getCanvas().getBoundingClientRect();
           const rings = view.rings.map(ring => [view.finder.project(view.groups.lead[ring], 33.7), view.census.total(ring)]);
           const off = ([{ x, y }]) => Math.hypot(x - box.width / 2, y - box.height / 2);   // some lie beyond the edge
           const [at, count] = rings.sort((a, b) => off(a) - off(b))[0]; return [box.x + at.x, box.y + at.y, count]; }"""
    )
    desk.page.mouse.click(x, y)
    expect(desk.find("#pile .claim-line")).to_have_count(count)
    first = desk.find("#pile .what").first.inner_text()
    desk.find("#pile .claim-line").first.click()
    expect(desk.find("#card h2")).to_have_text(first)
    desk.page.go_back()
    expect(desk.find("#pile .claim-line")).to_have_count(count)
    desk.open("/?" + urlsplit(desk.page.url).query)
    expect(desk.find("#pile .claim-line")).to_have_count(count)


def test_related_claims_are_one_click_away_and_retraction_and_contradiction_are_said(desk, kept):
    desk.open(f"/?sel={KILLED}", until="list")
    expect(desk.find("#card .chip-retracted").first).to_be_visible()
    expect(desk.find("#card")).to_contain_text("Contradicted by")
    against = desk.find("#card .related li", has_text="Contradicted by").locator(".claim-line")
    statement = against.locator(".what").inner_text()
    assert "7,000" in statement
    against.click()
    expect(desk.find("#card h2")).to_have_text(statement)


def test_what_is_written_and_what_is_meant_stand_apart(desk):
    desk.open("/?sel=2022-03-22-offensive-near-brovary", until="list")
    expect(desk.find("#card .as-written")).to_contain_text("Ukrainian")
    expect(desk.find("#card .likely-meant")).to_contain_text("Russian")


def test_the_tray_lists_every_claim_without_a_mark(desk, kept):
    desk.open("/?panel=tray", until="list")
    unplaced = [c for c in kept.claims(Query()) if c.unplaced]
    expect(desk.find("#tray .claim-line")).to_have_count(len(unplaced))
    assert sum(map(int, desk.find("#tray h3 .badge").all_inner_texts())) == len(unplaced)


def test_an_address_opens_the_same_picture(desk, kept, browser, server):
    address = f"/?layer=retreat&from=2022-03-01&to=2022-03-23&map=7.5/50.2/34.5&theme=dark&sel={OKHTYRKA}"
    desk.open(address)
    desk.shows(kept, "layer=retreat&from=2022-03-01&to=2022-03-23")
    expect(desk.find("html")).to_have_attribute("data-theme", "dark")
    expect(desk.find("#card h2")).to_have_text(kept.get(OKHTYRKA).statement)
    camera = desk.page.evaluate(
        "() => { const { map } = window.conflictMap.page.map, c = map.getCenter(); return [map.getZoom(), c.lat, c.lng]; }"
    )
    assert camera == pytest.approx([7.5, 50.2, 34.5], abs=0.01)


def test_presenting_hides_the_chrome_and_burns_date_sources_and_legend_into_the_map(desk):
    desk.page.set_viewport_size({"width": 1600, "height": 900})
    desk.open("/?from=2022-03-14&to=2022-03-15")
    desk.press("p")
    for hidden in ("header", "#filters", "#pane", ".time-bar"):
        expect(desk.find(hidden)).to_be_hidden()
    date = desk.find("#burn-date")
    expect(date).to_have_text("14 March 2022")
    size = date.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    assert size >= 48
    expect(desk.find("#burn-sources")).to_contain_text("Senior US defence official")
    expect(desk.find("#burn-layers li").first).to_be_visible()
    assert desk.find("#burn-sources").evaluate("e => parseFloat(getComputedStyle(e).fontSize)") >= 18
    desk.press("ArrowRight")
    expect(date).to_have_text("15 March 2022")
    assert desk.asked()["present"] == ["1"]
    desk.press("Escape")
    expect(desk.find("header")).to_be_visible()


BURNED = """() => { const { map, census: { atPlace }, marks: { lon, lat } } = window.conflictMap.page.map;
  const panels = ["#burn-date", "#burn-sources", "#burn-layers"].map(p => document.querySelector(p).getBoundingClientRect());
  const at = [...lon.keys()].filter(q => atPlace[q]).map(q => map.project([lon[q], lat[q]]));
  return at.filter(({ x, y }) => panels.some(b => x > b.left && x < b.right && y > b.top && y < b.bottom)).length; }"""
SIZE = "() => window.conflictMap.page.map.map.getLayoutProperty('places-labels', 'text-size')[1]"


def test_presented_the_map_is_fitted_beside_the_words_and_names_are_larger_unless_somebody_put_it_elsewhere(desk):
    desk.page.set_viewport_size({"width": 1600, "height": 900})
    desk.open()
    before, small = desk.state("map"), desk.page.evaluate(SIZE)
    desk.press("p")
    desk.page.wait_for_function("at => `${window.conflictMap.state.value.map}` !== `${at}`", arg=before)
    desk.page.wait_for_function(f"() => !window.conflictMap.page.map.map.isMoving() && ({BURNED})() === 0")
    assert desk.page.evaluate(SIZE) > small
    desk.press("Escape")
    desk.page.wait_for_function("at => `${window.conflictMap.state.value.map}` === `${at}`", arg=before)
    desk.page.evaluate("() => window.conflictMap.state.set({ map: [7, 49, 32] })")
    desk.press("p")
    desk.page.wait_for_function("() => window.conflictMap.page.map.map.getContainer().clientWidth === innerWidth")
    desk.idle()
    assert desk.state("map") == [7, 49, 32]


def test_the_theme_changes_by_key_and_stays_in_the_address(desk):
    desk.open(until="list")
    before = desk.colour("--paper")
    desk.press("t")
    expect(desk.find("html")).to_have_attribute("data-theme", "dark")
    assert desk.colour("--paper") != before
    expect(desk.page).to_have_url(re.compile("theme=dark"))


def test_exports_carry_the_query_of_the_page(desk):
    desk.open("/?layer=retreat&from=2022-03-01&to=2022-03-23&map=6/49/31", until="list")
    desk.find("#takeout").click()
    link = desk.find("[data-export=csv]")
    asked = "layer=retreat&coding=hand,assisted&from=2022-03-01&to=2022-03-23"
    expect(link).to_have_attribute("href", f"/claims.csv?{asked}")
    with desk.page.expect_download() as download:
        link.click()
    assert re.fullmatch(r"conflict-map-\d{4}-\d\d-\d\d-\w+\.csv", download.value.suggested_filename)


def test_reduced_motion_plays_in_whole_days(browser, server, watch):
    with watch(browser, server, reduced_motion="reduce") as page:
        desk = Desk(page)
        desk.open("/?from=2022-02-24&to=2022-02-25", until="list")
        desk.press("Space")
        expect(desk.find("#date")).to_have_text("25 February 2022")
        desk.press("Space")
        assert desk.state("to") % 1440 == 0


def test_on_a_phone_the_panes_are_sheets_and_nothing_scrolls_sideways(phone, kept):
    phone.open(until="list")
    assert phone.page.evaluate("() => document.scrollingElement.scrollWidth <= innerWidth + 1")
    for name, pane in (("filters", "#filters"), ("claims", "#pane"), ("tray", "#pane-tray")):
        phone.find(f"[data-opens={name}]").tap()
        expect(phone.find(pane)).to_be_visible()
        expect(phone.find(f"[data-opens={name}]")).to_have_attribute("aria-expanded", "true")
    phone.find("[data-opens=tray]").tap()
    expect(phone.find("#pane")).not_to_be_in_viewport()
    small = phone.page.evaluate(
        """() => [...document.querySelectorAll("#sheets button, .transport button, header button, .map-tools button")]
             .filter(e => e.offsetParent && (e.getBoundingClientRect().height < 34)).map(e => e.id)"""
    )
    assert small == []


def test_on_a_phone_a_tap_opens_the_card_as_a_sheet(phone, kept):
    phone.open("/?map=7.5/50.4/35.04&from=2022-03-20&to=2022-03-23")
    phone.page.touchscreen.tap(*phone.mark(OKHTYRKA))
    expect(phone.find("#card h2")).to_have_text(kept.get(OKHTYRKA).statement)
    expect(phone.find("#card h2")).to_be_in_viewport()
