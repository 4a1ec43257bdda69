"""A claim beside the others of its happening: everybody's words and time, the reasons, and no verdict."""

from __future__ import annotations

from dashboard.beside import beside
from dashboard.layout.beside import voices
from geodata.query import Query
from geodata.stores.base import ClaimStore

KILLED = "2022-03-22-killed-7000"


def test_numbers_that_exclude_each_other_stand_side_by_side_each_by_its_own_voice(stored: ClaimStore) -> None:
    found = beside(stored, KILLED)
    assert found is not None
    assert found.spoken[0].own
    assert found.spoken[0].rows[0][0].claim_id == KILLED
    ranges = {s.what: {row.claimant.source_id for row, _ in s.rows} for s in found.spoken}
    assert ranges.keys() == {"6,300 to 7,700 killed", "9,861 killed", "9,000 to 10,000 killed"}
    assert ranges["6,300 to 7,700 killed"] == {"us-intel"}
    assert (found.voices, found.sides, len(found.opposed)) == (1, ("Western",), 2)
    assert any("2022-02-24" in reason for reason in found.because)


def test_two_sides_that_agree_are_counted_as_sides_and_voices(stored: ClaimStore) -> None:
    (claim, *_) = stored.table(Query(min_sides=2), ["claim_id"])["claim_id"].to_pylist()
    found = beside(stored, claim)
    assert found is not None
    assert (found.voices, set(found.sides), found.opposed) == (2, {"Western", "Ukrainian"}, ())


def test_a_claim_that_nobody_else_speaks_of_has_nothing_beside_it(stored: ClaimStore) -> None:
    rows = stored.table(Query(), ["claim_id", "event"]).to_pylist()
    alone = next(r["claim_id"] for r in rows if not r["event"])
    assert beside(stored, alone) is None
    assert list(voices(None)) == []
