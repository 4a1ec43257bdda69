"""Tables beside the agreement: the ledger of numbers, the matrix, who is first, and how each source fares."""

from __future__ import annotations

from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from geodata.corroborate import corroborate
from geodata.corroborate.compare import lead_lag, matrix, shares
from geodata.corroborate.ledger import ledger
from geodata.errors import QueryError
from geodata.model import Claim, Figure, Kind, PlaceMention, Precision
from geodata.spans import day, days

AT = (PlaceMention("p1", precision=Precision.SETTLEMENT, place_id="p1", name="p1"),)


def made(claim_id: str, claimant: str, said: int, **more: Any) -> Claim:
    given = {"places": AT, "happened": day(date(2022, 3, 1)), "said_at": day(date(2022, 3, said)), "actor": "RU"}
    return Claim(claim_id, claim_id, Kind.CLASH, claimant=claimant, **(given | more))


def test_the_one_who_says_so_first_leads() -> None:
    claims = [made("1", "a", 2), made("2", "b", 3), made("3", "b", 9), made("4", "c", 2), made("5", "unstated", 1)]
    rows = {(r["a"], r["b"]): r for r in lead_lag(corroborate(claims)).to_pylist()}
    assert set(rows) == {("a", "b"), ("a", "c"), ("b", "c")}
    assert rows["a", "b"] == {
        "a": "a", "b": "b", "events": 1, "a_first": 1, "b_first": 0, "together": 0, "median_h": 24.0,
    }  # fmt: skip
    assert rows["b", "c"]["median_h"] == -24.0
    assert rows["a", "c"]["together"] == 1


def test_each_source_is_counted_by_how_its_claims_stand() -> None:
    claims = [made("1", "a", 2), made("2", "b", 3), made("3", "a", 2, places=())]
    rows = {r["source"]: r for r in shares(corroborate(claims)).to_pylist()}
    assert (rows["a"]["claims"], rows["a"]["corroborated"], rows["a"]["contradicted"]) == (2, 1, 0)


def test_the_ledger_keeps_each_number_with_who_says_it_and_sums_nothing() -> None:
    def total(claim_id: str, who: str, **figure: Any) -> Claim:
        told = (Figure("killed", "person", since="2022-02-24", **figure),)
        span = days(date(2022, 2, 24), date(2022, 3, 22))
        return Claim(claim_id, "", Kind.CASUALTIES, claimant=who, target="RU", happened=span, figures=told)

    single = made("single", "ua", 2, figures=(Figure("killed", "person", low=3, high=3),))
    found = ledger(
        corroborate(
            [total("a", "ru", high=10_000, qualifier="almost"), total("b", "us", low=7_000, high=7_000), single]
        )
    )
    rows = {r["claim_id"]: r for r in found.to_pylist()}
    assert len(rows) == found.num_rows == 3
    a = rows["a"]
    assert (a["low"], a["high"], a["least"], a["most"]) == (None, 10_000, 9_000, 10_000)
    assert (a["whose"], a["opposed"], a["contradicted"], a["since"]) == ("RU", ["us"], True, "2022-02-24")
    assert a["series"] == rows["b"]["series"] is not None
    assert (rows["single"]["series"], rows["single"]["since"]) == (None, "")


def test_the_matrix_counts_pairs_and_weeks_begin_on_monday() -> None:
    stamps = pa.array([1646092800_000_000, 1646524800_000_000, None], pa.timestamp("us", "UTC"))
    table = pa.table({"claimant": ["a", "a", "b"], "happened_start": stamps})
    rows = {(r["row"], r["column"]): r["claims"] for r in matrix(table, "claimant", "week").to_pylist()}
    assert rows == {("a", date(2022, 2, 28)): 2, ("b", None): 1}
    with pytest.raises(QueryError, match="layer"):
        matrix(table, "claimant", "layer")
