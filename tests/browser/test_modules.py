"""The browser's pure functions: the address, the wire form and the counts, against the same facts that Python has."""

from __future__ import annotations

import json
from dataclasses import replace
from urllib.parse import parse_qs

import pytest

from dashboard.state import query_of
from geodata.query import FACETS
from geodata.stores import open_store
from tests.browser.conftest import MADE

QUERIES = (
    "",
    "layer=retreat",
    "side=ukrainian",
    "layer=fighting,bombardment&side=western",
    "modality=retracted",
    "actor=RU&precision=settlement",
    "from=2022-03-01&to=2022-03-08",
    "from=2022-03-22&to=2022-03-23&layer=toll",
    "to=2022-03-04",
    "source=uk-mod,ua-general-staff&from=2022-03-10",
)


@pytest.fixture
def bench(page):
    """A page of our origin with nothing on it that moves."""
    page.goto("/healthz")
    return page


def test_addresses_are_read_and_written_as_python_does(bench, checkout):
    table = json.loads((checkout / "tests" / "fixtures" / "addresses.json").read_text("utf-8"))
    written = bench.evaluate(
        """async rows => { const { parse, queryString } = await import("/assets/app/state.mjs");
           return rows.map(r => queryString(parse("?" + r.address))); }""",
        table,
    )
    for row, text in zip(table, written, strict=True):
        asked = query_of(parse_qs(row["query"]))
        assert query_of(parse_qs(text)) == replace(asked, coding=asked.coding or ("hand", "assisted")), row


def test_an_address_written_by_the_page_opens_the_same_state(bench):
    address = "layer=retreat,advance&from=2022-03-01&to=2022-03-23&q=Mykolaiv&mode=cumulative&sel=x&theme=dark&map=6.5/48.1/31.2&present=1"
    same = bench.evaluate(
        """async text => { const { parse, format } = await import("/assets/app/state.mjs");
           const once = parse("?" + text); return [once, parse("?" + format(once))]; }""",
        address,
    )
    assert same[0] == same[1]
    assert same[0]["mode"] == "cumulative"


def test_windows_are_named_as_python_names_them(bench):
    from geodata.spans import parse_instant

    windows = [
        ("2022-03-01", "2022-03-23"),
        ("2022-02-24", "2022-03-23"),
        ("2022-03-22", "2022-03-23"),
        ("2021-12-30", "2022-01-02"),
    ]
    minutes = [[int(parse_instant(t).timestamp() // 60) for t in w] for w in windows]
    said = bench.evaluate(
        """async ws => { const { describe } = await import("/assets/app/dates.mjs"); return ws.map(w => describe(...w)); }""",
        minutes,
    )
    assert said == [query_of({"from": [a], "to": [b]}).window.describe() for a, b in windows]


COUNT = """async addresses => {
  const { Columns, FACETS } = await import("/assets/app/columns.mjs"), { Counts } = await import("/assets/app/counts.mjs"), { parse } = await import("/assets/app/state.mjs");
  let columns;
  for await (columns of Columns.arriving((await fetch("/columns")).body));
  return addresses.map(address => {
    const { filters, from, to } = parse("?" + address);
    columns.filter(filters, null);
    const counts = new Counts(columns).within(from ?? -Infinity, to ?? Infinity);
    const facets = Object.fromEntries(FACETS.map(f => [f, Object.fromEntries(columns.words[f].map((_, c) => [columns.word(f, c), counts.of(f, c)]).filter(([w, n]) => w && n))]));
    return { total: counts.total, facets };
  }); }"""


def test_counts_from_prefix_sums_are_those_of_the_store(bench, server):
    counted = bench.evaluate(COUNT, list(QUERIES))
    with_store = open_store(server.store)
    for address, found in zip(QUERIES, counted, strict=True):
        query = query_of(parse_qs(address))
        assert found["total"] == with_store.count(query), address
        expected = with_store.facets(query)
        assert found["facets"] == {f: {v: n for v, n in expected[f].items() if n} for f in FACETS}, address
    with_store.close()


SCENE = f"""async ([n, seed]) => {{ {MADE}
  const {{ OPEN_START, OPEN_END }} = await import("/assets/app/orders.mjs");
  const random = k => {{ seed = (seed * 1103515245 + 12345) % 2147483648; return seed % k; }};
  const lasting = s => s + 1 + random(random(9) ? 5000 : 200000), span = s => [s, random(9) ? lasting(Math.max(s, 0)) : OPEN_END];
  const rows = Array.from({{ length: n }}, () => span(random(8) ? random(400000) : OPEN_START)).sort((a, b) => a[0] - b[0]);
  const words = {{ source: [{{ id: "a", side: "x" }}, {{ id: "b", side: "y" }}], side: ["x", "y"], layer: ["l", "m"], kind: ["k", "j"], actor: ["", "RU"], precision: ["p"], modality: ["claimed", "denied"], coding: ["hand"] }};
  const codes = {{ source: rows.map(() => random(2)), kind: rows.map(() => random(2)), actor: rows.map(() => random(2)), modality: rows.map(() => random(2)) }};
  const columns = await made(rows, words, (name, i) => codes[name]?.[i] ?? 0);
  columns.filter({{ source: ["a"], modality: ["denied"] }}, null);
  const windows = Array.from({{ length: 60 }}, (_, k) => {{ const from = random(400000); return k % 7 ? [from, from + 1 + random(k % 3 ? 20000 : 300000)] : [-Infinity, k ? from : Infinity]; }});"""
"""JavaScript: the beginning of a function of a number of claims and a seed; leaves ``columns``, ``windows``, ``random``."""


@pytest.mark.parametrize("count", [1, 5, 300, 5000])
@pytest.mark.parametrize("lean", [[0, 0], [120, 180]])
def test_prefix_counts_equal_a_plain_scan(bench, count, lean):
    counted = bench.evaluate(
        f"""async ([n, lean]) => await ({SCENE}
          const {{ Counts }} = await import("/assets/app/counts.mjs"), counts = new Counts(columns);
          columns.lean = lean;
          return windows.map(([from, to]) => {{
            let total = 0, early = 0, other = 0;
            for (let i = 0; i < n; i++) if (columns.overlaps(i, from, to)) {{
              const ok = columns.passes(i);
              total += ok; early += ok && !columns.known(i, to);
              other += columns.source[i] === 1 && columns.code("modality", i) === 1;   // refused by its source alone
            }}
            const found = counts.within(from, to);
            return [[total, early, other], [found.total, found.undated, found.of("source", 1)]]; }}); }})([n, 7])""",
        [count, lean],
    )
    assert all(plain == found for plain, found in counted)


REACH = f"""async chosen => {{ {MADE}
  const {{ Bars }} = await import("/assets/app/bars.mjs"), day = 1440, rows = [[-3650, -3649], [10, 11], [12, 14], [900, 901]].map(span => span.map(d => d * day));
  const words = {{ source: [{{ id: "a", side: "x" }}], side: ["x"], layer: ["l", "m"], kind: ["k", "j"], actor: [""], precision: ["p"], modality: ["claimed"], coding: ["hand", "machine"] }};
  const columns = await made(rows, words, (name, i) => (name === "coding" ? Number(i === 0 || i === 3) : name === "kind" ? Number(i === 2) : 0)), bars = new Bars(columns);
  return chosen.map(filters => {{ columns.filter(filters, null); return [bars.filtered(), bars.extent.map(t => t / day)]; }}); }}"""


def test_days_of_claims_left_out_by_who_coded_them_do_not_stretch_the_timeline(bench):
    steps = [{"coding": ["hand"]}, {"coding": ["hand"], "kind": ["j"]}, {}]
    assert bench.evaluate(REACH, steps) == [[True, [10, 13]], [False, [10, 13]], [True, [-3650, 901]]]


def test_claims_are_ordered_by_their_ends_as_a_plain_sort_does(bench):
    same = bench.evaluate(
        """async () => { const { orderBy, OPEN_START, OPEN_END } = await import("/assets/app/orders.mjs");
          const keys = Int32Array.from([5, OPEN_END, -3, OPEN_START, 5, 70000, -70000, 0, 5, OPEN_END]);
          return [[...orderBy(keys)], [...keys.keys()].sort((a, b) => keys[a] - keys[b] || a - b)]; }"""
    )
    assert same[0] == same[1]


CENSUS = f"""async ([n, lean]) => await ({SCENE}
  const {{ Census }} = await import("/assets/app/census.mjs"), layers = 2, piles = 12, places = 6;
  const firstMark = new Uint32Array(n + 1), pile = [];
  for (let i = 0; i < n; i++) {{ for (let k = random(4); k > 0; k--) pile.push(random(piles)); firstMark[i + 1] = pile.length; }}
  Object.assign(columns, {{ firstMark }});
  const marks = {{ columns, pile: Uint32Array.from(pile), piles, places, layers, place: Uint32Array.from({{ length: piles }}, (_, p) => p >> 1), layer: Uint8Array.from({{ length: piles }}, (_, p) => p & 1), several: columns.start.map((_, i) => i).filter(i => firstMark[i + 1] - firstMark[i] > 1) }};
  const groupOf = Uint32Array.of(0, 0, 0, 1, 1, 2), census = new Census(marks), wrong = [];
  census.regroup({{ groupOf, groups: 3 }});
  columns.lean = lean;
  for (const [k, [from, to]] of windows.entries()) {{
    census.move(from, to);
    if (k % 5 === 0) census.regroup({{ groupOf, groups: 3 }});
    const visible = Array.from({{ length: piles }}, () => new Set()), pending = Array.from({{ length: piles }}, () => new Set()), inGroup = [0, 1, 2].map(() => new Set());
    for (let i = 0; i < n; i++) if (columns.visible(i, from, to)) for (let m = firstMark[i]; m < firstMark[i + 1]; m++) {{
      visible[pile[m]].add(i); inGroup[groupOf[pile[m] >> 1]].add(i);
      if (!columns.known(i, to)) pending[pile[m]].add(i);
    }}
    const seenAt = [0, 1, 2, 3, 4, 5].map(q => visible[2 * q].size + visible[2 * q + 1].size), seen = g => [0, 1, 2, 3, 4, 5].filter(q => groupOf[q] === g && seenAt[q]);
    const told = [[...census.visible], [...census.pending], [...census.atPlace], [0, 1, 2].map(g => census.total(g)), [...census.places]];
    const plain = [visible.map(s => s.size), pending.map(s => s.size), seenAt, inGroup.map(s => s.size), [0, 1, 2].map(g => seen(g).length)];
    if (JSON.stringify(told) !== JSON.stringify(plain)) wrong.push([from, to, told, plain]);
    for (const g of [0, 1, 2]) if (seen(g).length === 1 && census.single[g] !== seen(g)[0]) wrong.push(["single", g]);
  }}
  return wrong; }})([n, 11])"""


@pytest.mark.parametrize("count", [1, 40, 3000])
@pytest.mark.parametrize("lean", [[0, 0], [120, 180]])
def test_a_census_moved_from_window_to_window_is_that_of_a_plain_scan(bench, count, lean):
    assert bench.evaluate(CENSUS, [count, lean]) == []


GROUPS = """async () => {
  const { grouping, REACH } = await import("/assets/app/clusters.mjs"), n = 400;
  let seed = 3; const random = k => { seed = (seed * 1103515245 + 12345) % 2147483648; return seed % k; };
  const marks = { places: n, x: Float32Array.from({ length: n }, () => random(10000) / 2e5), y: Float32Array.from({ length: n }, () => random(10000) / 2e5), size: Uint32Array.from({ length: n }, () => 1 + random(50)) };
  return [4, 6.2, 8, 12].map(zoom => {
    const { step, groupOf, lead, groups } = grouping(marks, zoom), reach = step >= 10 ? 0 : REACH / (512 * 2 ** step), apart = (a, b) => Math.hypot(marks.x[a] - marks.x[b], marks.y[a] - marks.y[b]);
    const far = [...groupOf.keys()].filter(q => groupOf[q] >= groups || apart(q, lead[groupOf[q]]) > reach || marks.size[q] > marks.size[lead[groupOf[q]]]);
    let close = 0;
    for (let a = 0; a < groups; a++) for (let b = 0; b < a; b++) if (apart(lead[a], lead[b]) < reach) close++;
    return [far.length, close]; }); }"""


TILES = """async () => {
  const { grouping } = await import("/assets/app/clusters.mjs"), zoom = 12, n = 2 ** zoom, side = 64;
  const x = [], y = [];   // cells of a whole country, each its own tile's corner or middle
  for (let k = 0; k < side * side; k++) { x.push(2300 + k % side); y.push(1300 + Math.floor(k / side)); }
  const at = v => Float32Array.from(v, c => (c + 0.5) / n - 0.5), size = Uint32Array.from(x, (_, k) => 1 + (k * 7919) % 97);
  const marks = { places: x.length, spotOf: Uint32Array.from(x.keys()), origin: [0.5, 0.5], x: at(x), y: at(y), size, counted: { zoom }, columns: { spots: { x, y } } };
  return [5.5, 6, 6.4].map(zoom => {
    const { step, groups, groupOf, x: gx, y: gy } = grouping(marks, zoom), world = 512 * 2 ** zoom, far = 12 - step;
    let least = Infinity, outside = 0;
    for (let a = 0; a < groups; a++) for (let b = 0; b < a; b++) least = Math.min(least, Math.hypot(gx[a] - gx[b], gy[a] - gy[b]) * world);
    for (let q = 0; q < x.length; q++) { const g = groupOf[q]; if (Math.floor((gx[g] + 0.5) * 2 ** step) !== x[q] >> far || Math.floor((gy[g] + 0.5) * 2 ** step) !== y[q] >> far) outside++; }
    return [groups > 9, least > 31, outside]; }); }"""


def test_rings_of_counted_squares_stand_in_their_squares_and_do_not_touch(bench):
    assert bench.evaluate(TILES) == [[True, True, 0]] * 3


def test_places_are_grouped_about_the_largest_and_the_groups_stand_apart(bench):
    assert bench.evaluate(GROUPS) == [[0, 0]] * 4


def test_the_wire_is_read_in_whatever_pieces_it_comes(bench):
    same = bench.evaluate(
        """async () => { const { Columns } = await import("/assets/app/columns.mjs"), bytes = new Uint8Array(await (await fetch("/columns")).arrayBuffer());
          const all = async body => { let columns; for await (columns of Columns.arriving(body)); return columns; };
          const cut = size => new ReadableStream({ start(c) { for (let at = 0; at < bytes.length; at += size) c.enqueue(bytes.slice(at, at + size)); c.close(); } });
          const plain = c => JSON.stringify([c.header, [...c.start], [...c.end], [...c.source], [...c.sort], [...c.firstMark], [...c.spot]]);
          const whole = plain(await all(new Response(bytes).body)), broken = all(new Response(bytes.slice(0, -9)).body).then(() => "read", () => "refused");
          return [plain(await all(cut(7))) === whole, plain(await all(cut(1000))) === whole, await broken]; }"""
    )
    assert same == [True, True, "refused"]


def test_neighbours_fan_out_without_covering_each_other(bench):
    apart = bench.evaluate(
        """async () => { const { fan } = await import("/assets/app/marks.mjs");
          return [1, 2, 3, 4, 5, 6, 7, 8].map(n => { const at = fan(n); let least = Infinity;
            at.forEach((a, i) => at.forEach((b, j) => { if (i < j) least = Math.min(least, Math.hypot(a[0] - b[0], a[1] - b[1])); }));
            return least; }); }"""
    )
    assert apart[0] is None or apart[0] == float("inf")
    assert min(apart[1:]) > 0.7
