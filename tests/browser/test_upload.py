"""A file on the page, from the drop to the map; another viewer learns of it and is not disturbed."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from geodata.query import Query
from geodata.stores import open_store
from tests.browser.conftest import Desk

TOWNS = ("Irpin", "Bucha", "Sumy", "Trostianets")
ROWS = "".join(
    f"2022-03-{day:02},{town},shelled near the bridge,Kyiv Post\n" for day in range(26, 31) for town in TOWNS
)
TABLE = f"when,town,what it says,outlet\n{ROWS}never,Sumy,shelled,Kyiv Post\n2022-03-30,Sumy,one cell,too,many\n"
CLAIMS, REFUSED = 20, 2
SLOW = 60_000
"""Milliseconds: a process starts, reads and writes."""

DROP = """([name, text]) => {
  const held = new DataTransfer();
  held.items.add(new File([text], name, { type: "text/csv" }));
  for (const type of ["dragover", "drop"]) document.body.dispatchEvent(new DragEvent(type, { dataTransfer: held, bubbles: true, cancelable: true }));
}"""
RESTED = """() => new Promise(done => { const { map } = conflictMap.page.map;
  const look = () => (map.isMoving() ? map.once("moveend", () => look()) : done()); look(); })"""
LOOK = "() => window.conflictMap.live.look()"


@pytest.fixture
def own(serve, tmp_path):
    """A server whose store a test may write to."""
    with serve(tmp_path / "store", tmp_path / "stderr.log") as server:
        yield server
    assert "Traceback" not in server.log.read_text()


def shown(page) -> int:
    return int(page.locator("#count").inner_text().split(" claims")[0].split(" of ")[-1].replace(",", ""))


def test_a_dropped_table_is_mended_and_loaded_and_the_map_flies_there(browser, watch, own):
    with watch(browser, own) as page, watch(browser, own) as other:
        Desk(page).open()
        address = "/?from=2022-03-03&to=2022-03-23&layer=other&map=7.00/49.000/31.000"
        Desk(other).open(address, until="list")
        before = shown(page)
        page.evaluate(DROP, ["towns.csv", TABLE])
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_role("heading", name="towns.csv")).to_be_visible()
        says = dialog.get_by_label("What what it says means")
        expect(says).to_have_value("", timeout=SLOW)
        says.select_option("statement")
        expect(dialog.locator(".first .what").first).to_have_text("shelled near the bridge", timeout=SLOW)
        dialog.get_by_label("Licence").press_sequentially("CC BY 4.0", delay=120)
        expect(dialog.get_by_label("Licence")).to_have_value("CC BY 4.0")
        add = dialog.get_by_role("button", name=f"Add {CLAIMS} claims")
        expect(add).to_be_visible(timeout=SLOW)
        refusals = dialog.locator(".refusals")
        expect(refusals).to_contain_text(f"{REFUSED} rows are refused")
        expect(refusals).to_contain_text("line 22")
        expect(refusals.locator("code", has_text="never")).to_be_visible()
        add.click()
        expect(dialog.locator(".outcome")).to_contain_text(f"{CLAIMS} claims added", timeout=SLOW)
        dialog.get_by_role("button", name="Done").click()
        expect(page.locator("#count")).to_contain_text(str(before + CLAIMS))
        expect(page.locator("#listing")).to_contain_text("shelled near the bridge")
        page.evaluate(RESTED)
        west, south, east, north = page.evaluate("() => conflictMap.page.map.map.getBounds().toArray().flat()")
        assert west < 30.2 < 35.0 < east and south < 50.5 < 50.95 < north, "Irpin to Trostianets are in view"
        assert east - west < 20, "and not much more"

        other.evaluate(LOOK)
        notice = other.get_by_role("button", name=f"{CLAIMS} new claims")
        expect(notice).to_be_visible()
        assert shown(other) == before, "nothing moves before it is asked for"
        asked = other.url
        notice.click()
        expect(notice).to_be_hidden()
        expect(other.locator("#count")).to_contain_text(str(before + CLAIMS))
        assert other.url == asked
        other.locator("#whole").click()
        expect(other.locator("#listing")).to_contain_text("shelled near the bridge")
    store = open_store(own.store)
    assert store.count(Query()) == before + CLAIMS
    assert "CC BY 4.0" in {d.licence for d in store.documents().values()}
    store.close()
