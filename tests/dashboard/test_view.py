"""What the reader will see, as data."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from dashboard.view import card, listing, not_yet, row
from geodata.errors import UnknownClaimError
from geodata.model import UNSTATED
from geodata.query import Query
from geodata.spans import parse_instant


def test_a_listing_holds_every_claim_once_and_the_tray_those_without_a_mark(stored):
    found = listing(stored, Query())
    assert found.total == len(found.rows) == stored.count(Query())
    unplaced = {c.claim_id for c in stored.claims(Query()) if c.unplaced}
    assert {r.claim_id for g in found.tray for r in g.rows} == unplaced
    assert found.tray_total == len(unplaced)


def test_rows_known_in_the_window_come_before_those_an_open_start_lets_in(stored):
    found = listing(stored, Query(start=parse_instant("2022-03-01"), end=parse_instant("2022-03-08")))
    undated = [r.undated for r in found.rows]
    assert undated == sorted(undated)
    assert 0 < sum(undated) < len(undated)


def test_a_listing_can_be_cut_and_still_knows_its_size(stored):
    found = listing(stored, Query(), limit=3)
    assert (len(found.rows), found.total) == (3, stored.count(Query()))
    assert all(len(g.rows) <= 3 for g in found.tray)


def test_the_card_prints_the_spelling_of_the_source_first(stored):
    shown = card(stored, "2022-03-22-left-okhtyrka")
    claim = stored.get("2022-03-22-left-okhtyrka")
    assert [p.mention for p in shown.places] == [m.mention for m in claim.places]
    assert shown.row.claimant.side == "Ukrainian"
    assert [v.source_id for v in shown.relays] == list(claim.relays)


def test_a_line_names_the_side_of_who_says_so_or_whom_it_came_through_where_nobody_is_stated(stored):
    claim, sources = stored.get("2022-03-22-left-okhtyrka"), stored.sources()
    assert row(claim, sources).aside == "Ukrainian"
    nobody = replace(claim, claimant=UNSTATED, relays=("uk-mod", "un"))
    assert row(nobody, sources).aside == "through UK Ministry of Defence, United Nations"
    assert row(replace(nobody, relays=()), sources).aside == "Side not known"


def test_a_claim_that_was_not_known_says_from_when_it_is(stored):
    claim_id = "2022-03-22-left-okhtyrka"
    claim, then = stored.get(claim_id), Query(known=parse_instant("2022-03-01"))
    found = not_yet(stored, claim_id, then)
    assert found is not None and found.since is not None and found.since == claim.said_at.end
    assert not_yet(stored, claim_id, replace(then, known=found.since)) is None
    assert not_yet(stored, claim_id, replace(then, known=found.since - timedelta(minutes=1))) == replace(
        found,
        then=replace(then, known=found.since - timedelta(minutes=1)).state_of_knowledge.removeprefix("as known on "),
    )
    recorded = not_yet(stored, claim_id, replace(then, by="recorded"))
    assert recorded.since - claim.recorded_at < timedelta(minutes=1) and recorded.since.second == 0
    assert not_yet(stored, claim_id, replace(then, by="recorded", known=recorded.since)) is None
    with pytest.raises(UnknownClaimError):
        not_yet(stored, "nobody-said-this", then)


def test_figures_keep_what_is_open(stored):
    almost = card(stored, "2022-03-22-killed-almost-10000").figures
    more = card(stored, "2022-03-22-ten-million-displaced").figures
    between = card(stored, "2022-03-22-wounded-14000-to-21000").figures
    assert almost[0][1].startswith("up to 10,000")
    assert more[0][1].startswith("10,000,000 or more")
    assert between[0][1].startswith("14,000 to 21,000")


def test_relations_name_the_other_claim_or_the_source(stored):
    related = card(stored, "2022-03-22-killed-9861").related
    assert {"Contradicted by", "Retracted by", "Denied by"} <= {r.relation for r in related}
    sourced = [r for r in related if r.relation == "Sourced to"]
    assert [(r.row, bool(r.text)) for r in sourced] == [(None, True)] * len(sourced)


def test_a_district_names_no_radius_and_a_drawn_extent_says_it_is_ours(stored):
    brovary = card(stored, "2022-03-22-offensive-near-brovary").places
    assert all("ours" in p.note for p in brovary)
    airport = card(stored, "2022-03-14-hostomel-airport").places
    assert any("km" in p.note for p in airport)
