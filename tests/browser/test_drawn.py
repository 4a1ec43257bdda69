"""What is drawn, read from the pixels of the screen: in its place, in its window, through every upheaval of the map."""

from __future__ import annotations

import struct

import pytest
from playwright.sync_api import expect

from geodata.query import Query
from tests.browser.conftest import NEAR, read_png

OKHTYRKA = "2022-03-22-left-okhtyrka"
HAVRONSHCHYNA = "2022-03-22-looting-in-havronshchyna"
AT_HAVRONSHCHYNA = "map=11.5/50.4786/29.8716"
IN_THE_AREA = "map=8.3/50.33/35.2"
UNTIL = "from=2022-03-20&to=2022-03-23"
SYMBOL = 60  # pixels of the layer's colour that a symbol has at the least


def area_beside_the_symbol(desk):
    """A point of the Okhtyrka district where no symbol stands."""
    x, y = desk.mark(OKHTYRKA)
    return x - 70, y


def test_plotly_still_keeps_its_map_where_we_look_for_it(desk):
    desk.open()
    assert desk.page.evaluate(
        "() => document.querySelector('#map .js-plotly-plot')._fullLayout.map._subplot.map === window.conflictMap.page.map.map"
    )


def test_a_symbol_of_the_layers_colour_stands_at_its_village_and_only_in_its_window(desk):
    desk.open(f"/?{AT_HAVRONSHCHYNA}&{UNTIL}&layer=other")
    at = desk.mark(HAVRONSHCHYNA)
    assert desk.painted(*at, "--layer-other") > SYMBOL
    away = (at[0] + 120, at[1] + 60)
    assert desk.painted(*away, "--layer-other") == 0
    desk.page.evaluate("() => window.conflictMap.state.set({ filters: { layer: ['retreat'] } })")
    desk.find(".facet-layer .symbol-retreat").wait_for()
    assert desk.painted(*at, "--layer-other") == 0


def test_a_claim_is_gone_after_its_last_day_and_faint_before_it(desk):
    desk.open(f"/?{AT_HAVRONSHCHYNA}&{UNTIL}&layer=other")
    at = desk.mark(HAVRONSHCHYNA)
    desk.page.evaluate("() => window.conflictMap.state.set({ from: 27436320, to: 27437760 })")  # 2 March
    assert desk.painted(*at, "--layer-other") < SYMBOL, "before its last possible day it is faint"
    assert len(set(desk.pixels(*at))) > 3, "but there"


def test_a_district_is_a_tinted_area(desk):
    desk.open(f"/?{IN_THE_AREA}&{UNTIL}&layer=retreat")
    at = area_beside_the_symbol(desk)
    tinted = desk.pixels(*at)
    desk.page.evaluate("() => window.conflictMap.state.set({ filters: { layer: ['toll'] } })")
    plain = desk.pixels(*at)
    changed = sum(a != b for a, b in zip(tinted, plain, strict=True))
    assert changed > 0.9 * len(plain), "the whole neighbourhood is tinted, not a pin"


def light(desk, act):
    """Symbol and tint before and after ``act``, as pixel counts of the layers' colours."""
    desk.open(f"/?{IN_THE_AREA}&{UNTIL}&layer=retreat")
    act()
    desk.idle()
    at = desk.mark(OKHTYRKA)
    return desk.painted(*at, "--layer-retreat"), desk.pixels(*area_beside_the_symbol(desk))


def test_after_a_change_of_theme_symbols_and_areas_wear_its_colours(desk):
    symbol, area = light(desk, lambda: desk.press("t"))
    assert symbol > SYMBOL / 2
    assert max(max(p) for p in area) < 160, "the land is dark"
    assert any(p[2] > p[0] + 8 for p in area), "and the district is tinted blue"


def test_after_the_style_is_loaded_anew_everything_is_drawn_again(desk):
    def reload_style():
        desk.page.evaluate(
            """() => new Promise(done => { const { map } = window.conflictMap.page.map, style = window.conflictMap.page.map.map.getStyle();
               const ours = l => l.id.startsWith("claim-"), layers = style.layers.filter(l => !ours(l));
               const { "claim-shapes": gone, ...sources } = style.sources;
               map.once("idle", () => done()); map.setStyle({ ...style, layers, sources }, { diff: false }); })"""
        )

    symbol, area = light(desk, reload_style)
    assert symbol > SYMBOL / 2
    assert any(p[2] > p[0] + 4 for p in area)


def test_after_the_graphics_context_is_lost_and_restored_everything_is_drawn_again(desk):
    def lose_and_restore():
        desk.page.evaluate(
            """() => new Promise(done => { const { map } = window.conflictMap.page.map, gl = map.painter.context.gl;
               const loss = gl.getExtension("WEBGL_lose_context");
               map.once("webglcontextlost", () => setTimeout(() => loss.restoreContext(), 0));
               map.once("webglcontextrestored", () => map.once("idle", () => done()));
               loss.loseContext(); })"""
        )

    symbol, area = light(desk, lose_and_restore)
    assert symbol > SYMBOL / 2
    assert any(p[2] > p[0] + 4 for p in area)


def test_after_a_change_of_size_the_symbol_stands_at_its_place(desk):
    def resize():
        desk.page.set_viewport_size({"width": 1000, "height": 700})
        desk.page.evaluate(
            """() => new Promise(done => { const { map } = window.conflictMap.page.map;
               const look = () => (map.getCanvas().clientWidth === document.getElementById("map-slot").parentElement.clientWidth ? done() : requestAnimationFrame(look)); look(); })"""
        )

    symbol, _ = light(desk, resize)
    assert symbol > SYMBOL / 2


def test_no_claim_is_hidden_by_another(desk, kept):
    """Every visible mark is drawn by itself, counted by a badge, or counted by a ring."""
    desk.open("/?map=5.3/48.6/33.7")
    drawn, counted = desk.page.evaluate(
        """async () => { const view = window.conflictMap.page.map, { census, marks, flags, groups: { groupOf }, columns, window: [from, to] } = view, seen = new Set();
           const { rows } = await import("/assets/app/lists.mjs"), list = piles => marks.claimsOf(piles, from, to);
           const rings = view.rings.every(g => { const claims = list([...marks.pilesAt(view.placesOf(view.groups, g))]); claims.forEach(c => seen.add(c)); return claims.length === census.total(g); });
           const alone = [...census.visible.keys()].filter(p => census.visible[p] && !flags[groupOf[marks.place[p]]]);
           alone.forEach(p => list([p]).forEach(c => seen.add(c)));
           const badges = alone.every(p => census.visible[p] === list([p]).length) && view.crowded().badged.length === alone.filter(p => census.visible[p] > 1).length;
           return [(await rows(columns, [...seen])).map(r => r.claim_id), rings && badges && view.rings.length > 0]; }"""
    )
    assert counted
    assert set(drawn) == {c.claim_id for c in kept.claims(Query()) if c.marks}


def test_the_saved_picture_holds_the_symbols_and_under_them_whom_to_credit(desk, tmp_path):
    desk.open(f"/?{AT_HAVRONSHCHYNA}&{UNTIL}&layer=other")
    with desk.page.expect_download() as download:
        desk.find("#picture").click()
    picture = tmp_path / "picture.png"
    download.value.save_as(picture)
    pixels = read_png(picture.read_bytes())
    (wide,) = struct.unpack(">I", picture.read_bytes()[16:20])
    map_high = desk.page.evaluate("() => window.conflictMap.page.map.map.getCanvas().height")
    drawn, caption = pixels[: wide * map_high], pixels[wide * map_high :]
    colours = {name: desk.colour(f"--{name}") for name in ("layer-other", "ink", "muted")}

    def painted(part, name):
        return sum(max(abs(a - b) for a, b in zip(p, colours[name], strict=True)) < NEAR for p in part)

    assert painted(drawn, "layer-other") > SYMBOL
    assert painted(caption, "ink") > 500, "the sentence"
    assert painted(caption, "layer-other") > SYMBOL / 2, "the legend"
    assert painted(caption, "muted") > 200, "the credit"


@pytest.mark.parametrize("ratio", [1, 2])
def test_symbols_are_sharp_and_in_place_at_any_pixel_ratio(browser, server, ratio):
    from tests.browser.conftest import Desk

    context = browser.new_context(
        base_url=server.url, viewport={"width": 1280, "height": 800}, device_scale_factor=ratio
    )
    desk = Desk(context.new_page())
    desk.open(f"/?{AT_HAVRONSHCHYNA}&{UNTIL}&layer=other")
    assert desk.painted(*desk.mark(HAVRONSHCHYNA), "--layer-other") > SYMBOL * ratio * ratio * 0.8
    context.close()


def test_without_webgl_the_claims_stand_on_a_plain_chart_and_the_page_says_so(browser, server, kept, watch):
    with watch(browser, server) as page:
        page.add_init_script(
            """const { getContext } = HTMLCanvasElement.prototype;
               HTMLCanvasElement.prototype.getContext = function (kind, ...more) { return kind.startsWith("webgl") ? null : getContext.call(this, kind, ...more); };"""
        )
        page.goto("/")
        expect(page.locator("#notice")).to_contain_text("WebGL2")
        marked = sum(bool(c.marks) for c in kept.claims(Query()))
        expect(page.locator("#map .scatterlayer .point")).to_have_count(marked)
        page.locator(".facet-layer input").first.click()
        fewer = sum(bool(c.marks) and c.layer == "advance" for c in kept.claims(Query()))
        expect(page.locator("#map .scatterlayer .point")).to_have_count(fewer)


def test_a_symbol_stands_to_the_pixel_at_the_highest_zoom_and_in_every_copy_of_the_world(desk):
    desk.open(f"/?map=18/50.4786/29.8716&{UNTIL}&layer=other")
    at = desk.mark(HAVRONSHCHYNA)
    desk.page.evaluate(
        "([x, y]) => { const { map } = window.conflictMap.page.map, box = map.getCanvas().getBoundingClientRect(); map.panBy([x - box.x - box.width / 2, y - box.y - box.height / 2], { animate: false }); }",
        list(at),
    )
    x, y = desk.mark(HAVRONSHCHYNA)
    inked = [
        i
        for i, p in enumerate(desk.pixels(x, y))
        if max(abs(a - b) for a, b in zip(p, desk.colour("--layer-other"), strict=True)) < 24
    ]
    middle = (sum(i % 32 for i in inked) / len(inked), sum(i // 32 for i in inked) / len(inked))
    assert all(abs(m - 15.5) < 1.5 for m in middle), middle
    desk.page.evaluate("() => window.conflictMap.page.map.map.jumpTo({ center: [29.8716 + 360, 50.4786] })")
    assert desk.painted(*desk.mark(HAVRONSHCHYNA), "--layer-other") > SYMBOL
    desk.page.mouse.move(*desk.mark(HAVRONSHCHYNA))
    expect(desk.find("#tip")).to_be_visible()


def test_a_step_of_time_draws_the_symbols_over_the_basemap_as_it_stands(desk):
    """The second of two steps does not have MapLibre draw its layers, and the picture is the one that it would draw."""
    desk.open(f"/?{AT_HAVRONSHCHYNA}&{UNTIL}&layer=other")
    x, y = desk.mark(HAVRONSHCHYNA)
    clip = {"x": x - 60, "y": y - 60, "width": 120, "height": 120}
    for away, back in ((27436320, 27437760), (27465120, 27469440)):  # 2 March; 22 to 24 March
        desk.idle()
        drawn = desk.page.evaluate(
            """async windows => { const { map } = window.conflictMap.page.map, frame = () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done())));
               const settled = () => new Promise(done => { map.once("idle", () => done()); map.triggerRepaint(); }); let n = 0;
               window.conflictMap.state.set(windows[0]); await settled(); window.conflictMap.state.set({ from: windows[0].from + 1 }); await frame();
               map.on("render", () => n++); window.conflictMap.state.set(windows[1]); await frame(); return n; }""",
            [{"from": away, "to": back}, {"from": away - 1, "to": back}],
        )
        stepped = desk.page.screenshot(clip=clip)
        assert drawn == 0
        desk.idle()
        assert desk.page.screenshot(clip=clip) == stepped


def test_a_symbol_glows_where_its_place_is_wider_than_a_settlement(desk):
    """Beside the symbol, with areas left out and the basemap the same."""
    for address, claim, layer, glows in (
        (IN_THE_AREA, OKHTYRKA, "retreat", True),
        (AT_HAVRONSHCHYNA, HAVRONSHCHYNA, "other", False),
    ):
        desk.open(f"/?{address}&{UNTIL}&layer={layer}")
        desk.page.evaluate(
            "() => { const { map } = window.conflictMap.page.map; for (const { id } of map.getStyle().layers) if (id.startsWith('claim-') && id !== 'claim-symbols' || map.getLayer(id).type === 'symbol') map.setLayoutProperty(id, 'visibility', 'none'); }"
        )
        x, y = desk.mark(claim)
        here = desk.pixels(x, y + 17, reach=1)
        desk.page.evaluate("() => window.conflictMap.state.set({ filters: { layer: ['toll'] } })")
        assert (here != desk.pixels(x, y + 17, reach=1)) is glows
