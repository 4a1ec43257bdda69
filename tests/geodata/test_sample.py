"""The sample is what a newcomer sees first: it must be complete, exact and honest."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from geodata.ingest import load_file, report, sample_path
from geodata.model import Bundle, Claim, Layer, Modality, Precision, Relation, RelationType, Role, Unplaced

BEGIN, END = datetime(2022, 2, 24, tzinfo=UTC), datetime(2022, 3, 23, tzinfo=UTC)


@pytest.fixture(scope="module")
def sample() -> Bundle:
    return load_file(sample_path())


@pytest.fixture(scope="module")
def claims(sample: Bundle) -> Mapping[str, Claim]:
    """By what follows the date in the id."""
    return {c.claim_id[len("2022-03-22-") :]: c for c in sample.claims}


def test_nothing_is_refused_dangling_or_unreviewed(sample: Bundle) -> None:
    outcome = report(sample)
    assert outcome.read == outcome.kept == len(sample.claims)
    assert not outcome.dangling
    assert not outcome.unreviewed


def test_every_claim_says_what_who_and_where_it_stands(sample: Bundle) -> None:
    sources = {s.source_id for s in sample.sources}
    documents = {d.document_id: d for d in sample.documents}
    for claim in sample.claims:
        text = documents[claim.document_id].text
        assert text is not None
        assert claim.span is not None
        assert text[claim.span.start : claim.span.end] == claim.quote
        assert claim.statement
        assert {claim.claimant, *claim.relays} <= sources
        assert claim.relays


def test_statements_are_single_sentences_that_stand_alone(sample: Bundle) -> None:
    for claim in sample.claims:
        assert claim.statement[0].isupper() or claim.statement[0].isdigit()
        assert not claim.statement.endswith(".")
        assert len(claim.statement) <= 125
    assert len({c.statement for c in sample.claims}) == len(sample.claims)


def test_every_document_carries_its_licence_and_the_origin_of_its_facts(sample: Bundle) -> None:
    assert all(d.licence == "CC0-1.0" and d.attribution and d.text and d.sha256 for d in sample.documents)


def test_the_timeline_spans_24_february_to_22_march(sample: Bundle) -> None:
    spans = [s for c in sample.claims for s in (c.happened, c.said_at) if s]
    assert min(s.start for s in spans if s.start) == BEGIN
    assert max(s.end for s in spans if s.end) == END
    assert {c.said_at.end.date().isoformat() for c in sample.claims if c.said_at and c.said_at.end} >= {
        "2022-02-25",
        "2022-03-04",
        "2022-03-08",
        "2022-03-15",
        "2022-03-17",
        "2022-03-23",
    }


def test_nobody_says_a_thing_before_it_begins(sample: Bundle) -> None:
    for claim in sample.claims:
        if claim.said_at and claim.said_at.end and claim.happened.start:
            assert claim.happened.start < claim.said_at.end


def test_a_claim_without_a_mark_has_a_reason_and_one_with_marks_has_none(sample: Bundle) -> None:
    assert all(bool(c.marks) != bool(c.unplaced) for c in sample.claims)
    assert {c.unplaced for c in sample.claims} == {
        None,
        Unplaced.NO_PLACE,
        Unplaced.COUNTRY_ONLY,
        Unplaced.STATEMENT,
    }


def test_every_place_is_resolved(sample: Bundle) -> None:
    assert [p.mention for c in sample.claims for p in c.places if p.place_id is None] == []


def test_only_a_settlement_is_drawn_as_a_symbol_alone(sample: Bundle) -> None:
    for claim in sample.claims:
        for mark in claim.marks:
            assert (mark.shape is None) == (mark.precision is Precision.SETTLEMENT)
            assert mark.precision not in (Precision.COUNTRY, Precision.NONE)


def test_every_layer_of_the_legend_is_on_the_map(sample: Bundle) -> None:
    assert {c.layer for c in sample.claims if c.marks} == set(Layer)


def places(claim: Claim) -> list[tuple[str, Role, Precision, bool]]:
    return [(p.name, p.role, p.precision, p.inherited) for p in claim.places]


def test_towards_mykolaiv_is_a_direction(claims: Mapping[str, Claim]) -> None:
    claim = claims["back-towards-mykolaiv"]
    assert [(p.role, p.precision) for p in claim.places] == [(Role.DIRECTION, Precision.DIRECTION)]
    assert all(m.precision is Precision.DIRECTION for m in claim.marks)


def test_okhtyrka_is_a_district_of_an_oblast(claims: Mapping[str, Claim]) -> None:
    okhtyrka, sumy = claims["left-okhtyrka"].places
    assert (okhtyrka.role, okhtyrka.precision) == (Role.LOCATION, Precision.DISTRICT)
    assert (sumy.role, sumy.precision) == (Role.CONTAINER, Precision.OBLAST)
    assert [m.precision for m in claims["left-okhtyrka"].marks] == [Precision.DISTRICT]


def test_brovary_keeps_what_is_written_beside_what_is_likely_meant(claims: Mapping[str, Claim]) -> None:
    claim = claims["offensive-near-brovary"]
    assert (claim.actor, claim.actor_alt) == ("UA", ("RU",))
    assert claim.note
    assert claims["fell-back-near-brovary"].places[0].inherited


def test_the_kp_figure_is_retracted_denied_and_contradicted(claims: Mapping[str, Claim]) -> None:
    claim = claims["killed-9861"]
    assert claim.modality is Modality.RETRACTED
    assert {
        Relation(RelationType.RETRACTED_BY, claims["figures-deleted"].claim_id),
        Relation(RelationType.DENIED_BY, claims["kp-hacked"].claim_id),
        Relation(RelationType.CONTRADICTED_BY, claims["killed-7000"].claim_id),
        Relation(RelationType.SOURCED_TO, "ru-mod"),
    } <= set(claim.relations)


def test_the_un_speaks_through_the_ministry(claims: Mapping[str, Claim]) -> None:
    claim = claims["ten-million-displaced"]
    assert (claim.claimant, claim.relays) == ("un", ("uk-mod", "article"))


def test_the_flight_goes_to_a_border_from_a_village_taken_over_from_the_sentence(claims: Mapping[str, Claim]) -> None:
    border, village = claims["flight-to-belarus"].places
    assert (border.role, border.precision) == (Role.DIRECTION, Precision.BORDER)
    assert (village.role, village.inherited) == (Role.ORIGIN, True)


def test_a_report_nobody_vouches_for_is_unconfirmed_and_nobodys(claims: Mapping[str, Claim]) -> None:
    claim = claims["kherson-taken"]
    assert (claim.claimant, claim.relays[0], claim.modality) == ("unstated", "us-dod-official", Modality.UNCONFIRMED)


def test_a_relation_that_has_a_converse_is_stated_on_both_sides(sample: Bundle) -> None:
    """Only where the other claim names the first at all; some hold in one direction only."""
    stated = {(c.claim_id, r.type, r.target) for c in sample.claims for r in c.relations}
    for mine, converse in (
        (RelationType.RETRACTS, RelationType.RETRACTED_BY),
        (RelationType.CONTRADICTS, RelationType.CONTRADICTED_BY),
        (RelationType.DENIES, RelationType.DENIED_BY),
        (RelationType.QUALIFIES, RelationType.QUALIFIED_BY),
    ):
        missing = [s for s in stated if s[1] == mine and (s[2], converse, s[0]) not in stated]
        assert not missing


def test_the_committed_sample_is_what_the_tool_makes(checkout: Path, sample: Bundle) -> None:
    """Marks drift when the gazetteer or the drawing changes; then run tools/build_sample.py again."""
    spec = importlib.util.spec_from_file_location("build_sample", checkout / "tools" / "build_sample.py")
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    assert tool.compile_sample() == sample
