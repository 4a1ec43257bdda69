"""The browser's pure functions: the address, the wire form and the counts, against the same facts that Python has."""

from __future__ import annotations

import json
from dataclasses import replace
from urllib.parse import parse_qs

import pytest

from dashboard.state import query_of
from geodata.query import FACETS
from geodata.stores import open_store

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
  const { Columns, Counts, decode, FACETS } = await import("/assets/app/columns.mjs"), { parse } = await import("/assets/app/state.mjs");
  const columns = new Columns(decode(await (await fetch("/columns")).arrayBuffer()));
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


@pytest.mark.parametrize("count", [1, 5, 300, 5000])
def test_prefix_counts_equal_a_plain_scan(bench, count):
    differences = bench.evaluate(
        """async n => {
          const { Columns, Counts, OPEN_START, OPEN_END } = await import("/assets/app/columns.mjs");
          let seed = 7; const random = k => { seed = (seed * 1103515245 + 12345) % 2147483648; return seed % k; };
          const rows = Array.from({ length: n }, () => { const s = random(8) ? random(100000) : OPEN_START, e = random(9) ? Math.max(s, 0) + 1 + random(5000) : OPEN_END; return [s, e]; }).sort((a, b) => a[0] - b[0]);
          const array = (T, f) => T.from(rows, f), words = { source: [{ id: "a", side: "x" }, { id: "b", side: "y" }], side: ["x", "y"], layer: ["l", "m"], kind: ["k", "j"], actor: ["", "RU"], precision: ["p"], modality: ["claimed", "denied"], coding: ["hand"] };
          const columns = new Columns({ header: { dictionaries: words, kind_layer: [0, 1] }, ids: [], marks: {}, claims: {
            start: array(Int32Array, r => r[0]), end: array(Int32Array, r => r[1]), source: array(Uint16Array, () => random(2)), kind: array(Uint8Array, () => random(2)),
            actor: array(Uint16Array, () => random(2)), precision: new Uint8Array(n), modality: array(Uint8Array, () => random(2)), coding: new Uint8Array(n), flags: new Uint8Array(n) } });
          columns.filter({ source: ["a"], modality: ["denied", "claimed"] }, null);
          const counts = new Counts(columns), wrong = [];
          for (let k = 0; k < 40; k++) {
            const from = random(100000), to = from + 1 + random(20000);
            let plain = 0; for (let i = 0; i < n; i++) if (columns.visible(i, from, to)) plain++;
            if (plain !== counts.within(from, to).total) wrong.push([from, to, plain, counts.within(from, to).total]);
          }
          return wrong; }""",
        count,
    )
    assert differences == []


def test_neighbours_fan_out_without_covering_each_other(bench):
    apart = bench.evaluate(
        """async () => { const { fan } = await import("/assets/app/marks.mjs");
          return [1, 2, 3, 4, 5, 6, 7, 8].map(n => { const at = fan(n); let least = Infinity;
            at.forEach((a, i) => at.forEach((b, j) => { if (i < j) least = Math.min(least, Math.hypot(a[0] - b[0], a[1] - b[1])); }));
            return least; }); }"""
    )
    assert apart[0] is None or apart[0] == float("inf")
    assert min(apart[1:]) > 0.7
