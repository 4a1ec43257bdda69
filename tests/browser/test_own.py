"""An analyst says what the rule cannot know: which claims are of one happening, and who a source is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect

from geodata.query import Query
from geodata.stores import open_store
from geodata.stores.base import ClaimStore
from tests.browser.conftest import Desk

MARKED = "() => [...(CSS.highlights.get('found') ?? [])].some(range => range.toString().toLowerCase() === 'mariupol')"


def test_an_analyst_parts_and_joins_voices_and_describes_a_source(
    serve: Any, watch: Any, browser: Browser, tmp_path: Path
) -> None:
    with serve(tmp_path / "store", tmp_path / "log") as server, watch(browser, server) as page:
        kept = open_store(tmp_path / "store")
        mine = kept.table(Query(min_sides=2), ["claim_id"])["claim_id"].to_pylist()[0]
        Desk(page).open(f"/?sel={mine}", until="list")
        said = page.locator("#card .voice-line:not([aria-current])")
        voices = said.count() if said.first.wait_for() is None else 0
        page.get_by_role("button", name="Not the same happening").first.click()
        page.get_by_label("Why").fill("another street")
        page.locator("#card").get_by_label("Your name").fill("Ada")
        page.get_by_role("button", name="Keep apart").click()
        hand = page.locator("#card .hands li")
        expect(hand).to_contain_text("by Ada on")
        expect(hand).to_contain_text("another street")
        expect(said).to_have_count(voices - 1)
        page.get_by_role("button", name="Put together with another claim").click()
        near = page.locator(".pair-found .claim-line")
        expect(near.first).to_be_visible()
        near.first.click()
        page.get_by_role("button", name="Put together", exact=True).click()
        expect(hand).to_have_count(2)
        expect(hand.nth(1)).to_contain_text("Put together with")
        hand.nth(1).get_by_role("button", name="Undo").click()
        expect(hand).to_have_count(1)
        hand.get_by_role("button", name="Undo").click()
        expect(hand).to_have_count(0)
        expect(said).to_have_count(voices)

        page.goto(f"{server.url}/?desk=sources&who=uk-mod")
        page.get_by_role("button", name="Edit name, side and other names").click()
        page.locator(".source-form select").first.select_option("ngo")
        page.get_by_label("Other names").fill("The MOD\nBritish ministry")
        page.get_by_label("Why").fill("a trial")
        page.get_by_role("button", name="Keep", exact=True).click()
        head = page.locator(".source-head")
        expect(head).to_contain_text("NGO")
        expect(head).to_contain_text("Also written The MOD, British ministry")
        expect(head.locator("summary")).to_contain_text("1 revision, the last by Ada on")
        head.locator("summary").click()
        expect(head.locator(".source-history s").first).to_have_text("Western")
        ngo = kept.facets(Query())["side"]["ngo"]
        expect(page.get_by_role("checkbox", name=f"NGO {ngo}")).to_have_count(1)
        kept.close()


def test_what_is_searched_for_is_marked_on_the_card_and_the_best_match_comes_first(
    page: Page, kept: ClaimStore
) -> None:
    asked = Query(text="Mariupol")
    Desk(page).open("/?q=Mariupol", until="list")
    best = [hit.claim_id for hit in kept.search(asked, limit=3)]
    first = page.locator("#listing .claim-line").first
    expect(first).to_have_attribute("data-claim", kept.latest(asked, limit=1)[0].claim_id)
    page.get_by_role("button", name="Best match first").click()
    expect(first).to_have_attribute("data-claim", best[0])
    page.reload()
    expect(first).to_have_attribute("data-claim", best[0])
    first.click()
    page.locator(f'#card[data-found="{best[0]}"]').wait_for()
    assert page.evaluate(MARKED)
