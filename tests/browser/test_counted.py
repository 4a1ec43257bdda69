"""A store with more claims than the page should hold: counts, then single claims; the limit is lowered for the test."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from geodata.ingest import load_file, sample_path
from geodata.query import Query
from geodata.stores import open_store

DRAWN = "() => { const { map } = window.conflictMap.page; return map.rings.reduce((sum, g) => sum + map.census.total(g), 0); }"


FIRST = f"addEventListener('conflict-map:map', () => {{ window.first = ({DRAWN})(); }})"
"""Keeps what the map counts when it first stands."""


@pytest.fixture
def small(tmp_path: Path, serve):
    """A server that sends at most a dozen claims one by one, and its store."""
    store = open_store(tmp_path / "store", create=True)
    store.append(load_file(sample_path()))
    with serve(tmp_path / "store", tmp_path / "log", "--most", "12") as server:
        yield server, store
    store.close()
    assert "Traceback" not in (tmp_path / "log").read_text()


def test_counts_stand_in_for_claims_until_few_are_in_view(small, browser, watch):
    server, store = small
    with watch(browser, server) as page:
        asked: list[str] = []
        page.on("request", lambda r: asked.append(r.url) if r.url.startswith(f"{server.url}/columns") else None)
        page.goto("/")
        page.locator("html[data-ready=map]").wait_for(timeout=60_000)
        note, count = page.locator("#counting"), page.locator("#count")
        expect(note).to_contain_text("Showing counts")
        expect(count).to_have_text(f"{store.count(Query())} claims")
        expect(page.locator("#f-layer-1 ~ label .count")).to_have_text(str(store.facets(Query())["layer"]["retreat"]))
        assert page.evaluate(DRAWN) == store.marks(Query()).num_rows
        assert len(asked) == 1, asked

        # another filter: other counts, and one more question
        page.locator("#f-layer-1").check()
        expect(count).to_contain_text(f"{store.count(Query(layer=('retreat',)))} of ")
        expect(note).to_contain_text("one by one")
        page.locator("#f-layer-1").uncheck()
        expect(note).to_contain_text("Showing counts")
        expect(count).to_have_text(f"{store.count(Query())} claims")

        # as known at an instant: other counts, days and numbers
        known = Query.from_url({"known": "2022-03-10"})
        page.evaluate("() => window.conflictMap.state.set({ known: 27447840 })")
        expect(count).to_have_text(f"{store.count(known)} of {store.count(Query())} claims")
        expect(page.locator("#known-at")).to_have_text("10 March 2022, 00:00 UTC")
        expect(page.locator("#known-play")).to_be_disabled()
        expect(page.locator("#list-count")).to_have_text(str(store.count(known)))
        page.locator("#clock-said").click()
        page.locator("#known-end").click()
        expect(count).to_have_text(f"{store.count(Query())} claims")
        expect(note).to_contain_text("Showing counts")
        page.locator("#clock-happened").click()

        # a ring opens its list, from the server
        view = page.evaluate(
            """() => { const { map } = window.conflictMap.page, g = map.rings.reduce((a, b) => (map.census.total(a) > map.census.total(b) ? a : b));
                const at = map.finder.project(map.groups.lead[g], map.map.getCenter().lng);
                return { x: at.x, y: at.y, total: map.census.total(g) }; }"""
        )
        box = page.locator("#map .maplibregl-canvas").bounding_box()
        page.mouse.click(box["x"] + view["x"], box["y"] + view["y"])
        expect(page.locator("#pile h2")).to_contain_text("in this square")
        within = page.locator("#pile .claim-line").count()
        assert 0 < within <= view["total"], "a claim with two marks in a square is one line"
        page.keyboard.press("Escape")

        # where few are in view they stand one by one, and are named by the server
        page.evaluate("() => { window.conflictMap.page.map.map.jumpTo({ center: [33.4, 46.7], zoom: 8 }); }")
        expect(note).to_contain_text("one by one")
        found = page.evaluate("() => window.conflictMap.page.drawn.n")
        bbox = page.evaluate("() => new URLSearchParams(window.conflictMap.page.drawn.asked).get('bbox')")
        here = Query.from_url({"bbox": bbox})
        assert found == store.count(here) > 0
        claim = store.table(here, ["claim_id"])["claim_id"].to_pylist()[0]
        assert page.evaluate("id => window.conflictMap.page.ordinal(id)", claim) == 0
        page.evaluate("() => { window.conflictMap.page.map.map.jumpTo({ center: [32, 49], zoom: 4.6 }); }")
        expect(note).to_contain_text("Showing counts")


def test_the_first_picture_counts_what_the_address_asks_for_alone(small, browser, watch):
    server, store = small
    asked = Query(layer=("other",))
    assert 12 < store.count(asked) < store.count(Query())
    with watch(browser, server) as page:
        page.add_init_script(FIRST)
        page.goto("/?layer=other")
        page.wait_for_function("() => window.first !== undefined", timeout=60_000)
        assert page.evaluate("() => window.first") == store.marks(asked).num_rows
