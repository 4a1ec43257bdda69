"""An analyst at the ledger of claimed numbers, and at the sources beside each other."""

from __future__ import annotations

from playwright.sync_api import expect

NUMBER = "2022-03-22-killed-9861"
POINT = f".plot-point[data-claim='{NUMBER}']"
ROW = f".figures-rows tr[data-claim='{NUMBER}']"


def test_a_number_leads_to_its_claim_and_to_what_takes_it_back(desk):
    desk.open("/?desk=figures", until="list")
    expect(desk.find(".figures-rows tbody tr")).to_have_count(3)
    expect(desk.find(".plot-point.struck")).to_have_count(2)
    expect(desk.find(f"{ROW} .chip-retracted")).to_contain_text("Retracted")
    desk.find(POINT).focus()
    desk.press("Enter")
    expect(desk.find(ROW)).to_have_attribute("aria-current", "true")
    assert desk.asked()["sel"] == [NUMBER]
    desk.find(f"{ROW} .chip-denied").click()
    expect(desk.find("#card h2")).to_contain_text("hack")
    desk.page.go_back()
    expect(desk.find(f"{POINT}.chosen")).to_have_count(1)
    desk.find(".figures-bar button", has_text="Wounded").click()
    expect(desk.find(".figures-rows tbody tr")).to_have_count(2)
    expect(desk.find(".figures-rows")).to_contain_text("14,000 to 21,000")
    assert desk.asked()["figure"] == ["wounded~person~RU"]
    desk.find(".figures-bar button", has_text="Log").click()
    expect(desk.find(".figures-bar button", has_text="Log")).to_have_attribute("aria-pressed", "true")
    desk.page.evaluate("() => window.conflictMap.state.set({ filters: { source: ['un'] } }, { record: true })")
    expect(desk.find(".figures-rows tbody tr")).to_have_count(1)
    expect(desk.find(".figures-words")).to_contain_text("displaced")


def test_a_number_of_the_matrix_filters_the_page_to_its_claims(desk, kept):
    desk.open("/?desk=sources&across=place", until="list")
    desk.find(".matrix-cell[aria-label^='Senior US defence official (unnamed), Kyiv']").click()
    expect(desk.find(".matrix-cell[aria-current]")).to_have_count(1)
    desk.shows(kept, "source=us-dod-official&place=gn:703448")
    assert desk.asked()["place"] == ["gn:703448"]
    desk.find(".sources-desk button", has_text="Show all again").click()
    expect(desk.find(".matrix-cell[aria-current]")).to_have_count(0)
    desk.find(".matrix-who", has_text="Komsomolskaya Pravda").first.click()
    expect(desk.find(".source-head h2")).to_have_text("Komsomolskaya Pravda")
    expect(desk.find(".source-standing")).to_contain_text("3 of 4")
    desk.find("button", has_text="Show it alone on the map").click()
    desk.shows(kept, "source=ru-kp")
    desk.find(".source-list button", has_text="Newspaper article").click()
    assert desk.asked()["who"] == ["article"]
    expect(desk.find(".source-head h2")).to_contain_text("Newspaper article")
