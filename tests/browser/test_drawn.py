"""What is drawn, read from the pixels of the screen: in its place, in its window, through every upheaval of the map."""

from __future__ import annotations

import struct
from collections import Counter

from playwright.sync_api import expect

from geodata.query import Query
from tests.browser.conftest import NEAR, Desk, read_png

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


def layer(desk, name):
    desk.page.evaluate("name => window.conflictMap.state.set({ filters: { layer: [name] } })", name)


def test_a_symbol_of_the_layers_colour_stands_at_its_village_and_only_in_its_window(desk):
    desk.open(f"/?{AT_HAVRONSHCHYNA}&{UNTIL}&layer=other")
    assert desk.page.evaluate(
        "() => document.querySelector('#map .js-plotly-plot')._fullLayout.map._subplot.map === window.conflictMap.page.map.map"
    ), "Plotly still keeps its map where we look for it"
    at = desk.mark(HAVRONSHCHYNA)
    assert desk.painted(*at, "--layer-other") > SYMBOL
    away = (at[0] + 120, at[1] + 60)
    assert desk.painted(*away, "--layer-other") == 0
    layer(desk, "retreat")
    assert desk.painted(*at, "--layer-other") == 0
    layer(desk, "other")
    assert desk.painted(*at, "--layer-other") > SYMBOL
    desk.page.evaluate("() => window.conflictMap.state.set({ from: 27436320, to: 27437760 })")  # 2 March
    assert desk.painted(*at, "--layer-other") < SYMBOL, "before its last possible day it is faint"
    assert len(set(desk.pixels(*at))) > 3, "but there"


ANEW = """() => new Promise(done => { const { map } = window.conflictMap.page.map, style = map.getStyle();
  const ours = l => l.id.startsWith("claim-"), layers = style.layers.filter(l => !ours(l));
  const sources = Object.fromEntries(Object.entries(style.sources).filter(([id]) => !ours({ id })));
  map.once("idle", () => done()); map.setStyle({ ...style, layers, sources }, { diff: false }); })"""
LOST = """() => new Promise(done => { const { map } = window.conflictMap.page.map, gl = map.painter.context.gl;
  const loss = gl.getExtension("WEBGL_lose_context");
  map.once("webglcontextlost", () => setTimeout(() => loss.restoreContext(), 0));
  map.once("webglcontextrestored", () => map.once("idle", () => done()));
  loss.loseContext(); })"""
RESIZED = """() => new Promise(done => { const { map } = window.conflictMap.page.map;
  const look = () => (map.getCanvas().clientWidth === document.getElementById("map-slot").parentElement.clientWidth ? done() : requestAnimationFrame(look)); look(); })"""


NAMES_ON_SYMBOLS = """() => { const { map, rings, marks, groups, flags, census } = window.conflictMap.page.map;
  const { origin, lon, lat } = marks, layers = ["places-labels", "cities-labels"];
  const at = (x, y) => map.project([(x + origin[0]) * 360 - 180,
    Math.atan(Math.sinh(Math.PI * (1 - 2 * (y + origin[1])))) * 180 / Math.PI]);
  const alone = [...lon.keys()].filter(q => census.atPlace[q] && !flags[groups.groupOf[q]]);
  const symbols = [...rings.map(g => at(groups.x[g], groups.y[g])), ...alone.map(q => map.project([lon[q], lat[q]]))];
  const named = (...where) => map.queryRenderedFeatures(...where, { layers }).map(f => f.properties.en);
  return { all: named(),
    covered: symbols.flatMap(({ x, y }) => named([[x - 6, y - 6], [x + 6, y + 6]])) }; }"""


def test_names_of_places_stand_beside_symbols_and_not_under_them(desk):
    desk.open("/")
    desk.page.wait_for_function(f"() => !({NAMES_ON_SYMBOLS})().covered.length")
    shown = desk.page.evaluate(NAMES_ON_SYMBOLS)["all"]
    assert {"Kyiv", "Kharkiv"} <= {*shown}, "towns with symbols on them keep their names"


def test_a_district_is_tinted_and_symbol_and_tint_are_drawn_again_after_each_upheaval(desk):
    desk.open(f"/?{IN_THE_AREA}&{UNTIL}&layer=retreat")
    tinted = desk.pixels(*area_beside_the_symbol(desk))
    layer(desk, "toll")
    plain = desk.pixels(*area_beside_the_symbol(desk))
    changed = sum(a != b for a, b in zip(tinted, plain, strict=True))
    assert changed > 0.9 * len(plain), "the whole neighbourhood is tinted, not a pin"
    layer(desk, "retreat")

    def symbol():
        desk.idle()
        return desk.painted(*desk.mark(OKHTYRKA), "--layer-retreat")

    for upheaval in (ANEW, LOST):
        desk.page.evaluate(upheaval)
        assert symbol() > SYMBOL / 2, upheaval
        assert any(p[2] > p[0] + 4 for p in desk.pixels(*area_beside_the_symbol(desk))), upheaval
    desk.press("t")
    assert symbol() > SYMBOL / 2
    area = desk.pixels(*area_beside_the_symbol(desk))
    assert max(max(p) for p in area) < 160, "the land is dark"
    assert any(p[2] > p[0] + 8 for p in area), "and the district is tinted blue"
    desk.page.set_viewport_size({"width": 1000, "height": 700})
    desk.page.evaluate(RESIZED)
    assert symbol() > SYMBOL / 2


def test_no_claim_is_hidden_by_another(desk, kept):
    """Every visible mark is drawn by itself, counted by a badge, or counted by a ring."""
    desk.open("/?map=5.3/48.6/33.7")
    drawn, counted = desk.page.evaluate(
        """async () => { const view = window.conflictMap.page.map, { census, marks, flags, groups: { groupOf }, columns, window: [from, to] } = view, seen = new Set();
           const { rows } = await import("/assets/app/lists.mjs"), list = piles => marks.claimsOf(piles, from, to);
           const rings = view.rings.every(g => { const claims = list([...marks.pilesAt(view.finder.placesOf(view.groups, g))]); claims.forEach(c => seen.add(c)); return claims.length === census.total(g); });
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
    drawn, caption = Counter(pixels[: wide * map_high]), Counter(pixels[wide * map_high :])
    colours = {name: desk.colour(f"--{name}") for name in ("layer-other", "ink", "muted")}

    def painted(part, name):
        return sum(n for p, n in part.items() if max(abs(a - b) for a, b in zip(p, colours[name], strict=True)) < NEAR)

    assert painted(drawn, "layer-other") > SYMBOL
    assert painted(caption, "ink") > 500, "the sentence"
    assert painted(caption, "layer-other") > SYMBOL / 2, "the legend"
    assert painted(caption, "muted") > 200, "the credit"


PAPER = """() => { const { width, height } = document.querySelector("#printed canvas");
  const bytes = document.querySelector("#printed canvas").getContext("2d").getImageData(0, 0, width, height).data;
  const seen = new Set(); let light = 0;
  for (let i = 0; i < bytes.length; i += 4) { seen.add(bytes[i] << 16 | bytes[i + 1] << 8 | bytes[i + 2]); light += bytes[i + 1] > 127; }
  return [seen.size, light / (bytes.length / 4)]; }"""
"""How many colours the picture on paper has, and how much of it is light."""


def test_on_paper_the_map_stands_with_its_caption_and_the_list_after_it(desk):
    desk.open("/?theme=dark")
    desk.page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    desk.page.emulate_media(media="print")
    expect(desk.find("#printed canvas")).to_be_visible()
    colours, light = desk.page.evaluate(PAPER)
    assert colours > 100, "drawn"
    assert light > 0.9, "paper is light, whatever the screen"
    expect(desk.find("#filters")).to_be_hidden()
    expect(desk.find("#time")).to_be_hidden()
    last = desk.find("#listing .claim-line").last
    expect(last).to_be_visible()
    assert last.bounding_box()["y"] > desk.find("#printed canvas").bounding_box()["height"], "nothing is scrolled away"
    desk.page.emulate_media(media="screen")
    desk.page.evaluate("() => dispatchEvent(new Event('afterprint'))")
    expect(desk.find("#printed canvas")).to_have_count(0)
    expect(desk.find("#filters")).to_be_visible()
    expect(desk.find("html")).to_have_attribute("data-theme", "dark")


def test_symbols_are_sharp_and_in_place_on_a_screen_of_two_pixels_for_one(browser, server, watch):
    with watch(browser, server, device_scale_factor=2) as page:
        desk = Desk(page)
        desk.open(f"/?{AT_HAVRONSHCHYNA}&{UNTIL}&layer=other")
        assert desk.painted(*desk.mark(HAVRONSHCHYNA), "--layer-other") > SYMBOL * 4 * 0.8


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
    desk.open(f"/?{IN_THE_AREA}&{UNTIL}&layer=retreat")
    desk.page.evaluate(
        "() => { const { map } = window.conflictMap.page.map; for (const { id } of map.getStyle().layers) if (id.startsWith('claim-') && id !== 'claim-symbols' || map.getLayer(id).type === 'symbol') map.setLayoutProperty(id, 'visibility', 'none'); }"
    )
    village = {"center": [29.8716, 50.4786], "zoom": 11.5}
    for camera, claim, name, glows in ((None, OKHTYRKA, "retreat", True), (village, HAVRONSHCHYNA, "other", False)):
        if camera:
            desk.page.evaluate("camera => { window.conflictMap.page.map.map.jumpTo(camera); }", camera)
        layer(desk, name)
        desk.idle()
        x, y = desk.mark(claim)
        here = desk.pixels(x, y + 17, reach=1)
        layer(desk, "toll")
        assert (here != desk.pixels(x, y + 17, reach=1)) is glows
