"""Two clocks and what was known when: the page's set is the store's, and an analyst travels back and watches."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import expect

from dashboard.state import query_of
from geodata.model import Bundle
from geodata.query import FACETS
from geodata.stores import open_store
from tests.browser.conftest import Desk
from tests.browser.test_drawn import LOST, SYMBOL
from tests.geodata.test_stores_agreement import SOURCES, mixed
from tests.geodata.test_stores_clocks import CLAIMS
from tests.geodata.test_stores_clocks import SOURCES as VOICES

WINDOWS = (
    "",
    "&from=2022-03-01&to=2022-03-06",
    "&modality=retracted",
    "&modality=claimed&zone=kyiv&from=2022-03-02&to=2022-03-09T08:00Z",
)
ASKED = [
    f"clock={clock}{f'&known={known}&by={by}' if known else ''}{window}"
    for clock in ("happened", "said")
    for known, by in (("", ""), ("2022-03-03", "said"), ("2022-03-08T15:59Z", "said"), ("2022-03-08T16:00Z", "said"), ("2022-03-02T12:00Z", "said"), ("2022-03-22", "recorded"), ("2035-01-01", "recorded"))
    for window in WINDOWS
]  # fmt: skip

COUNT = """async addresses => {
  const { Columns, FACETS } = await import("/assets/app/columns.mjs"), { Counts } = await import("/assets/app/counts.mjs"), { parse } = await import("/assets/app/state.mjs"), { Clocks, tellings } = await import("/assets/app/clocks.mjs"), { ZONES } = await import("/assets/app/dates.mjs");
  let columns, counts;
  for await (columns of Columns.arriving((await fetch("/columns")).body));
  const clocks = new Clocks(columns, await tellings(columns));
  return addresses.map(address => {
    const { filters, from, to, clock, known, by, zone } = parse("?" + address), window = [from ?? -Infinity, to ?? Infinity];
    if (clocks.clock !== clock) clocks.turn(clock);
    const other = clocks.begin(known, by);
    columns.filter(filters, null);
    columns.lean = window.map(t => ZONES[zone].offset(t));
    counts = new Counts(columns);
    counts.within(...window);
    if (known !== null) {   // from there to the instant by small moves, forth and back
      for (const t of [known + 3000, known - 20000, known]) { clocks.learn(t, (claims, d) => counts.learn(claims, d)); counts.open.clear(); }
    }
    const found = counts.within(...window);
    const facets = Object.fromEntries(FACETS.map(f => [f, Object.fromEntries(columns.words[f].map((_, c) => [columns.word(f, c), found.of(f, c)]).filter(([w, n]) => w && n))]));
    const flags = {};
    for (let i = 0; i < columns.n; i++) if (columns.visible(i, ...window)) { flags[i] = columns.sorts.flags[columns.sort[i]] & 15; }
    return { total: found.total, facets, flags };
  }); }"""


STEPS = """() => {
  const { page, state } = window.conflictMap, count = () => performance.getEntriesByType("resource").filter(e => !e.name.endsWith("/version")).length;
  let first;
  window.steps = [0, 0];
  state.on(["known"], () => { if (page.travel.playing) { first ??= count(); window.steps[0]++; window.steps[1] = count() - first; } }); }"""
"""Counts the steps of knowledge played, and what is asked from the first of them to the last."""


@pytest.fixture(scope="module")
def told(tmp_path_factory, serve):
    """A server whose claims are said, contradicted and taken back one after the other."""
    folder = tmp_path_factory.mktemp("told")
    store = open_store(folder / "store", create=True)
    spread = [
        c.__class__(**{f: getattr(c, f) for f in c.__dataclass_fields__} | {"said_at": CLAIMS[k % 5].said_at})
        for k, c in enumerate(mixed(60))
    ]
    store.append(Bundle((*SOURCES, *VOICES), (), (*CLAIMS, *spread)))
    store.close()
    with serve(folder / "store", folder / "stderr.log") as running:
        yield running
    assert "Traceback" not in running.log.read_text()


def test_the_set_of_the_browser_is_that_of_the_store_at_every_instant(browser, told, watch):
    kept = open_store(told.store)
    with watch(browser, told) as page:
        page.goto("/healthz")
        answers = page.evaluate(COUNT, ASKED)
    order = {i: n for n, i in enumerate(kept.table(query_of({}), ["claim_id"])["claim_id"].to_pylist())}
    for address, found in zip(ASKED, answers, strict=True):
        query = query_of({**parse_qs(address), "coding": ["hand,assisted"]})
        assert found["total"] == kept.count(query), address
        expected = kept.facets(query)
        assert found["facets"] == {f: {v: n for v, n in expected[f].items() if n} for f in FACETS}, address
        rows = kept.table(query, ["claim_id", "sides", "contradicted"]).to_pylist()
        flags = {str(order[r["claim_id"]]): min(r["sides"], 7) + 8 * r["contradicted"] for r in rows}
        assert found["flags"] == flags, address
    kept.close()


def test_an_analyst_travels_to_what_was_known_and_watches_it_change(browser, told, watch, tmp_path):
    kept = open_store(told.store)
    with watch(browser, told) as page:
        desk = Desk(page)
        desk.open("/?known=2022-03-08T15:00Z&sel=captured&speed=week")
        expect(desk.find("#known-at")).to_have_text("8 March 2022, 15:00 UTC")
        desk.shows(kept, "coding=hand,assisted&known=2022-03-08T15:00Z")
        expect(desk.find("#card .chip-retracted")).to_have_count(0)
        expect(desk.find("#card")).to_contain_text("captured is said")
        at = desk.mark("captured")
        assert at
        page.locator("#known-slide").focus()
        with page.expect_response("**/_dash-update-component*"):
            desk.press("Home")
        assert desk.state("known") < 27446880
        begun = desk.state("known")
        page.evaluate("known => window.conflictMap.state.set({ known })", begun - 60)
        expect(desk.find("#card h2")).to_have_text("Not known yet")
        expect(desk.find("#card")).not_to_contain_text("captured")
        expect(desk.find("#notes")).to_be_hidden()
        desk.find("#card [data-goes]").first.click()
        expect(desk.find("#card h2")).to_have_text("captured is said")
        expect(desk.find("#known-at")).to_have_text("3 March 2022, 00:00 UTC")
        assert desk.state("known") == begun
        first = datetime.fromtimestamp(desk.state("known") * 60, UTC)
        desk.shows(kept, f"coding=hand,assisted&known={first:%Y-%m-%dT%H:%MZ}")
        page.evaluate(STEPS)
        desk.find("#known-play").click()
        expect(desk.find("#known-at")).to_have_text("21 March 2022, 00:00 UTC", timeout=30000)
        steps, requests = page.evaluate("() => window.steps")
        assert steps > 5, steps
        assert not requests
        expect(desk.find("#card .chip-retracted")).to_have_count(1)
        desk.shows(kept, "coding=hand,assisted&known=2022-03-21")
        assert desk.asked()["known"] == ["2022-03-21"]
        desk.find("#clock-said").click()
        desk.shows(kept, "coding=hand,assisted&known=2022-03-21&clock=said")
        desk.find("#share").click()
        address = page.url
        desk.find("#known-end").click()
        expect(desk.find("#known-band")).to_be_hidden()
        desk.shows(kept, "coding=hand,assisted&clock=said")
        desk.open(address, until="list")
        expect(desk.find("#known-at")).to_have_text("21 March 2022, 00:00 UTC")
        desk.shows(kept, "coding=hand,assisted&known=2022-03-21&clock=said")
        desk.open("/?known=2022-03-08T15:00Z&standing=retracted", until="list")
        desk.shows(kept, "coding=hand,assisted&known=2022-03-08T15:00Z&standing=retracted")
        expect(desk.find("#known-play")).to_be_disabled()
        desk.find("#known-on").click()
        desk.shows(kept, "coding=hand,assisted&known=2022-03-09&standing=retracted")
    kept.close()


def test_the_window_stays_when_the_clock_is_turned_unless_that_clock_has_no_such_days(browser, told, watch):
    with watch(browser, told) as page:
        desk = Desk(page)
        desk.open("/?from=2022-03-02&to=2022-03-09")
        window = [desk.state("from"), desk.state("to")]
        desk.find("#clock-said").click()
        page.wait_for_function("() => window.conflictMap.page.clocks?.clock === 'said'")
        assert [desk.state("from"), desk.state("to")] == window
        desk.find("#clock-happened").click()
        page.evaluate("() => window.conflictMap.state.set({ from: 26_000_000, to: 26_001_440 })")
        desk.find("#clock-said").click()
        page.wait_for_function("() => window.conflictMap.state.value.from === null")
        assert desk.state("to") is None


def test_a_symbol_is_drawn_in_the_window_of_the_clock_that_is_turned(browser, told, watch):
    with watch(browser, told) as page:
        desk = Desk(page)
        desk.open(
            "/?map=9/50/36.2&from=2022-03-05&to=2022-03-20T02:00Z&layer=bombardment&clock=said"
        )  # happened on the 1st

        def drawn() -> bool:
            return desk.painted(*desk.mark("late"), "--layer-bombardment") > SYMBOL

        page.wait_for_function("() => window.conflictMap.page.clocks?.clock === 'said'")
        assert drawn()
        for clock, seen in (("happened", False), ("said", True)):
            desk.find(f"#clock-{clock}").click()
            assert drawn() is seen, clock
        page.evaluate(LOST)
        assert drawn(), "after the context was lost"
        page.evaluate("() => window.conflictMap.state.set({ from: 27437760, to: 27440640 })")  # 3 and 4 March
        assert not drawn()


def test_the_clock_turns_on_a_page_whose_store_has_changed_since(browser, told, watch):
    kept = open_store(told.store)  # the last test of these claims: it adds one
    with watch(browser, told) as page:
        desk = Desk(page)
        desk.open("/")
        kept.append(Bundle(SOURCES, (), (replace(CLAIMS[1], claim_id="so-three"),)))
        desk.find("#clock-said").click()
        page.wait_for_function("() => window.conflictMap.page.clocks?.clock === 'said'")
        desk.shows(kept, "coding=hand,assisted&clock=said")
    kept.close()
