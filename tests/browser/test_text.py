"""Whatever stands in a file is text: markup in statements, quotes, names and documents is shown, never interpreted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard.cli import main

MARKUP = '<img src="x" onerror="window.ran = 1"><b id="smuggled">bold</b>'
QUOTE = f"the town {MARKUP} was shelled"
TEXT = f"A spokesman said that {QUOTE} on Sunday. </div><script>window.ran = 1</script>"


def hostile(path: Path) -> Path:
    """A native file with markup wherever text can stand; one claim is on the map, one is not."""
    claim = {
        "statement": f"Shelled: {MARKUP}",
        "kind": "bombardment",
        "claimant": "speaker",
        "relays": ["relay"],
        "document_id": "d1",
        "span": {"start": TEXT.index(QUOTE), "end": TEXT.index(QUOTE) + len(QUOTE)},
        "quote": QUOTE,
        "note": MARKUP,
        "happened": {"start": "2022-03-20T00:00:00Z", "end": "2022-03-21T00:00:00Z", "precision": "day"},
    }
    okhtyrka = {"mention": "Okhtyrka", "role": "location", "precision": "settlement", "note": MARKUP}
    nowhere = {"mention": MARKUP, "role": "location", "precision": "settlement"}
    document = {
        "document_id": "d1",
        "title": f"Briefing {MARKUP}",
        "url": "javascript:window.ran=1",
        "licence": MARKUP,
        "attribution": MARKUP,
        "text": TEXT,
        "sha256": hashlib.sha256(TEXT.encode()).hexdigest(),
    }
    sources = [{"source_id": i, "name": f"{i} {MARKUP}", "side": "ukrainian"} for i in ("speaker", "relay")]
    claims = [
        {**claim, "claim_id": "here", "places": [okhtyrka]},
        {**claim, "claim_id": "nowhere", "places": [nowhere]},
    ]
    whole = {"format": "conflict-map", "version": 1, "sources": sources, "documents": [document], "claims": claims}
    path.write_text(json.dumps(whole))
    return path


@pytest.fixture
def reader(browser: Browser, tmp_path: Path, watch, serve) -> Iterator[Page]:
    """A page over a store that holds nothing but the hostile file."""
    store = tmp_path / "store"
    assert main(["import", str(hostile(tmp_path / "claims.json")), "--store", str(store)]) == 0
    with serve(store, tmp_path / "stderr.log") as server, watch(browser, server) as page:
        yield page


def test_markup_is_shown_as_it_is_written_and_never_becomes_part_of_the_page(reader: Page) -> None:
    reader.goto("/?sel=here")
    reader.locator("html[data-ready=map]").wait_for(state="attached")
    card = reader.locator("#card")
    expect(card.locator("h2")).to_have_text(f"Shelled: {MARKUP}")
    expect(card.locator(".document mark")).to_have_text(QUOTE)
    assert card.locator(".document").inner_text() == TEXT
    expect(card.locator(".chain")).to_contain_text(f"speaker {MARKUP}")
    expect(card.locator(".chain")).to_contain_text(f"relay {MARKUP}")
    assert card.locator("a").count() == 0, "an address that is not of the web is no link"
    expect(reader.locator("#listing .what").first).to_have_text(f"Shelled: {MARKUP}")
    expect(reader.locator("#facets")).to_contain_text(f"speaker {MARKUP}")
    expect(reader.locator("#tray .where")).to_contain_text(MARKUP)
    at = reader.evaluate(
        """() => { const { map, marks } = window.conflictMap.page.map, at = map.project([marks.lon[0], marks.lat[0]]);
           const box = map.getCanvas().getBoundingClientRect(); return [box.x + at.x, box.y + at.y]; }"""
    )
    reader.mouse.move(*at)
    expect(reader.locator("#tip")).to_contain_text(f"Shelled: {MARKUP}")
    reader.keyboard.press("p")
    expect(reader.locator("#burn-sources")).to_contain_text(f"speaker {MARKUP}")
    assert reader.locator("#smuggled, img[src=x]").count() == 0
    assert reader.evaluate("() => window.ran") is None
