"""The ledger of claimed numbers: what is counted, who says so, how it stands, known again by its address."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

from dashboard.ledger import ledger
from geodata.model import Bundle, Claim, Document, Figure, Kind, Source
from geodata.query import Query
from geodata.spans import day, days

KILLED = "killed~person~RU"


def told(claim_id: str, best: float | None = None, **more) -> Claim:
    figure = Figure("killed", "person", best=best, low=more.pop("low", None), high=more.pop("high", None))
    given = {"target": "RU", "happened": day(date(2022, 3, 1)), "claimant": "a"}
    return Claim(claim_id, claim_id, Kind.CASUALTIES, figures=(figure,), **(given | more))


def test_the_sample_keeps_each_claimed_number_and_what_takes_it_back(stored):
    found = ledger(stored, Query())
    assert found.chosen == KILLED
    rows = {row.says: row for row in found.rows}
    assert set(rows) == {"9,861", "almost 10,000", "around 7,000"}
    for taken in (rows["9,861"], rows["almost 10,000"]):
        assert taken.struck
        assert {word for word, _, _ in taken.taken_back} == {"retracted", "denied"}
        assert ("contradicted", "Contradicted by US intelligence") in taken.flags
        for _, _, claim_id in taken.taken_back:
            assert stored.get(claim_id).kind == "information"
    assert not rows["around 7,000"].struck
    assert (rows["almost 10,000"].least, rows["almost 10,000"].most, rows["almost 10,000"].best) == (9000, 10000, 10000)
    wounded = {row.range: row for row in ledger(stored, Query(), "wounded~person~RU").rows}
    assert set(wounded) == {"16,153", "14,000 to 21,000"}
    assert not any(word == "contradicted" for row in wounded.values() for word, _ in row.flags)
    assert wounded["14,000 to 21,000"].when == "16 March 2022"


def test_totals_are_told_from_reports_and_open_ends_stay_open(empty):
    total = Figure("killed", "person", low=500, qualifier="more than", since="2022-02-24")
    span = days(date(2022, 2, 24), date(2022, 3, 5))
    empty.append(
        Bundle(
            claims=(
                told("one", 16_153, low=14_000, high=21_000),
                replace(told("total", happened=span), figures=(total,)),
                told("theirs", 3, target="UA"),
            ),
            sources=(Source("a", "Ministry A"),),
        )
    )
    found = ledger(empty, Query(), KILLED)
    assert {s.word: s.numbers for s in found.series} == {KILLED: 2, "killed~person~UA": 1}
    one, running = found.rows
    assert (one.range, one.since, one.least, one.most) == ("16,153 (14,000 to 21,000)", "", 14_000, 21_000)
    assert (running.range, running.most, running.when) == ("500 or more", None, "5 March 2022")
    assert ledger(empty, Query(), KILLED, limit=1).total == 2


def test_words_of_a_graphic_document_are_withheld(empty):
    claim = told("one", 4, document_id="d")
    empty.append(Bundle(claims=(claim,), documents=(Document("d", "A film", graphic=True),)))
    (row,) = ledger(empty, Query()).rows
    assert "one" not in row.statement


def test_the_route_filters_and_is_known_again(client):
    first = client.get(f"/ledger?figure={KILLED}&desk=figures&source=us-intel")
    assert [row["source"] for row in json.loads(first.data)["rows"]] == ["us-intel"]
    again = {"If-None-Match": first.headers["ETag"]}
    assert client.get(f"/ledger?figure={KILLED}&source=us-intel", headers=again).status_code == 304
    assert client.get("/ledger?figure=wounded~person~RU&source=us-intel", headers=again).status_code == 200
    assert json.loads(client.get("/ledger?from=2023-01-01").data) == {
        "series": [],
        "chosen": "",
        "total": 0,
        "rows": [],
    }
    assert client.get("/ledger?colour=red").get_json()["parameters"] == ["colour"]
