"""The browser's clock: zones, days, bins and lengths against Python's; windows of mixed claims against the rule of geodata."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from geodata.query import Query
from geodata.spans import Span, Zone
from tests.browser.conftest import MADE

SPRING, AUTUMN = datetime(2022, 3, 27, tzinfo=UTC), datetime(2022, 10, 30, tzinfo=UTC)
"""Days on which clocks in Kyiv change."""


@pytest.fixture
def bench(page):
    """A page of our origin with nothing on it that moves."""
    page.goto("/healthz")
    return page


def minutes(t: datetime) -> int:
    return int(t.timestamp()) // 60


def instants(count: int) -> list[datetime]:
    """Instants of thirty years, every quarter of an hour around the changes of the clock among them."""
    some = random.Random(4)
    at = [datetime(1996, 1, 1, tzinfo=UTC) + timedelta(minutes=some.randrange(16_000_000)) for _ in range(count)]
    return at + [day + timedelta(minutes=15 * k) for day in (SPRING, AUTUMN) for k in range(-100, 100)]


def test_clocks_in_kyiv_show_what_python_says(bench):
    at = [minutes(t) for t in instants(400)]
    shown = bench.evaluate(
        """async at => { const { ZONES: { kyiv } } = await import("/assets/app/dates.mjs");
           return at.map(t => [kyiv.wall(t), ...kyiv.fields(t), kyiv.instant(kyiv.wall(t))]); }""",
        at,
    )
    for t, (wall, date, clock, back) in zip(at, shown, strict=True):
        expected = Zone.KYIV.wall(datetime.fromtimestamp(t * 60, UTC))
        assert wall == minutes(expected)
        assert (date, clock) == (f"{expected:%Y-%m-%d}", f"{expected:%H:%M}")
        assert back == t or back == t - 60, "an hour shown twice is its first"


def test_days_weeks_and_months_partition_time_and_steps_return(bench):
    wrong = bench.evaluate(
        """async at => {
          const { ZONES } = await import("/assets/app/dates.mjs"), wrong = [];
          for (const zone of Object.values(ZONES)) for (const t of at) for (const unit of ["minute", "hour", "day", "week", "month", "year"]) {
            const start = zone.floor(unit, t), next = zone.add(unit, start, 1);
            if (!(start <= t && t < next)) wrong.push(["holds", zone.word, unit, t, start, next]);
            if (zone.floor(unit, start) !== start || zone.floor(unit, next) !== next || zone.floor(unit, next - 1) !== start) wrong.push(["edges", zone.word, unit, t]);
            if (zone.add(unit, next, -1) !== start) wrong.push(["returns", zone.word, unit, t]);
            if (!["minute", "hour"].includes(unit) && !zone.midnight(start)) wrong.push(["midnight", zone.word, unit, t]);
          }
          return wrong; }""",
        [minutes(t) for t in instants(150)],
    )
    assert wrong == []


def test_bins_cover_their_stretch_without_gap_and_keep_to_the_days(bench):
    wrong = bench.evaluate(
        """async at => {
          const { ZONES } = await import("/assets/app/dates.mjs"), wrong = [];
          const bins = [["minute", 15, 3], ["hour", 1, 4], ["hour", 6, 9], ["day", 1, 40], ["week", 1, 90], ["month", 1, 400], ["month", 3, 900], ["year", 1, 2000]];
          for (const zone of Object.values(ZONES)) for (const t of at) for (const [unit, count, days] of bins) {
            const from = t, to = t + days * 1440, edges = zone.edges(unit, count, from, to);
            if (!(edges[0] <= from && edges[1] > from && edges.at(-1) >= to && edges.at(-2) < to)) wrong.push(["covers", zone.word, unit, count, t]);
            if (edges.some((e, k) => k && e <= edges[k - 1])) wrong.push(["rises", zone.word, unit, count, t]);
            const days_ = new Set(edges), first = zone.ceil("day", from);
            if (["minute", "hour"].includes(unit)) for (let d = first; d < edges.at(-1); d = zone.add("day", d, 1)) if (!days_.has(d)) wrong.push(["midnight", zone.word, unit, count, d]);
          }
          return wrong; }""",
        [minutes(t) for t in instants(0)[::9]],
    )
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("3 d", [3, "day"]),
        ("36h", [36, "hour"]),
        ("2 Weeks", [2, "week"]),
        ("90 min", [90, "minute"]),
        ("1 month", [1, "month"]),
        ("7", [7, "day"]),
        ("0 d", None),
        ("-1 d", None),
        ("soon", None),
        ("", None),
    ],
)
def test_a_typed_length_is_read_or_refused(bench, text, read):
    assert bench.evaluate("async t => (await import('/assets/app/dates.mjs')).readLength(t)", text) == read


def test_windows_are_named_by_what_they_hold(bench):
    rows = [
        ("utc", SPRING, SPRING + timedelta(days=1), "27 March 2022", "1 day"),
        ("kyiv", SPRING - timedelta(hours=2), SPRING + timedelta(hours=21), "27 March 2022", "1 day"),
        ("kyiv", SPRING, SPRING + timedelta(hours=1), "27 March 2022, 02:00 to 04:00", "1 hour"),
        ("utc", SPRING - timedelta(minutes=30), SPRING, "26 March, 23:30 to 27 March 2022, 00:00", "30 minutes"),
    ]
    said = bench.evaluate(
        """async rows => { const { ZONES, describe, lengthWords } = await import("/assets/app/dates.mjs");
           return rows.map(([z, a, b]) => [describe(a, b, ZONES[z]), lengthWords(a, b, ZONES[z])]); }""",
        [[zone, minutes(a), minutes(b)] for zone, a, b, *_ in rows],
    )
    assert said == [[name, length] for *_, name, length in rows]


MIXED = f"""async ([spans, windows]) => {{ {MADE}
  const {{ OPEN_START, OPEN_END }} = await import("/assets/app/orders.mjs"), {{ Counts }} = await import("/assets/app/counts.mjs"), {{ ZONES }} = await import("/assets/app/dates.mjs");
  const rows = spans.map(([a, b]) => [a ?? OPEN_START, b ?? OPEN_END]).sort((a, b) => a[0] - b[0]), n = rows.length;
  const words = {{ source: [{{ id: "a", side: "x" }}], side: ["x"], layer: ["l"], kind: ["k"], actor: [""], precision: ["p"], modality: ["claimed"], coding: ["hand"] }};
  const columns = await made(rows, words);
  const counts = new Counts(columns);
  return windows.map(([from, to]) => {{
    columns.lean = [from, to].map(t => ZONES.kyiv.offset(t));
    let seen = 0;
    for (let i = 0; i < n; i++) if (columns.visible(i, from, to)) seen++;
    return [seen, counts.within(from, to).total]; }}); }}"""


def test_claims_with_and_without_an_hour_lie_in_the_windows_of_kyiv_that_geodata_puts_them_in(bench):
    some, base = random.Random(7), SPRING - timedelta(days=20)
    spans: list[Span] = []
    for _ in range(400):
        start = base + timedelta(minutes=some.randrange(40 * 1440))
        if some.random() < 0.6:
            start = start.replace(hour=0, minute=0)
            spans.append(Span(some.choice([start, start, start, None]), start + timedelta(days=some.randint(1, 3))))
        else:
            spans.append(Span(start, start + timedelta(minutes=some.randint(1, 600))))
    days = [SPRING + timedelta(days=d) - timedelta(hours=2 if d <= 0 else 3) for d in range(-15, 15)]
    windows = list(zip(days, days[1:], strict=False)) + [(days[k], days[k] + timedelta(hours=k + 1)) for k in range(9)]
    counted = bench.evaluate(
        MIXED,
        [
            [[s.start and minutes(s.start), s.end and minutes(s.end)] for s in spans],
            [[minutes(a), minutes(b)] for a, b in windows],
        ],
    )
    for (start, end), (seen, summed) in zip(windows, counted, strict=True):
        query = Query(start=start, end=end, zone=Zone.KYIV)
        assert seen == summed == sum(query.meets(s) for s in spans), (start, end)
