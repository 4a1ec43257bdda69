"""Without its relations, the article gives back the contradictions, retractions and denials that were coded by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from geodata.corroborate import Agreement, Event, corroborate
from geodata.gazetteer import default
from geodata.ingest import load_file
from geodata.model import Bundle, Claim, RelationType, Standing

ACTIVE = {"contradicted_by": "contradicts", "retracted_by": "retracts", "denied_by": "denies",
          "corroborated_by": "corroborates", "specialises": "generalises"}  # fmt: skip


@pytest.fixture(scope="module")
def coded(shared: Path) -> Bundle:
    document = str(shared / "gold" / "article.txt")
    return load_file(shared / "gold" / "article.gold.json", gazetteer=default(), options={"document": document})


@pytest.fixture(scope="module")
def stripped(coded: Bundle) -> Agreement:
    claims = [replace(c, relations=()) for c in coded.claims]
    return corroborate(claims, {s.source_id: s for s in coded.sources})


@pytest.fixture(scope="module")
def found(stripped: Agreement) -> Mapping[str, set[tuple[str, str]]]:
    kinds: dict[str, set[tuple[str, str]]] = {}
    for link in stripped.links():
        kinds.setdefault(link.type, set()).add(_pair(link.type, link.a, link.b))
    return kinds


@pytest.fixture(scope="module")
def gold(coded: Bundle) -> Mapping[str, set[tuple[str, str]]]:
    kinds: dict[str, set[tuple[str, str]]] = {}
    for c in coded.claims:
        for r in c.relations:
            kind = ACTIVE.get(r.type, str(r.type))
            a, b = (r.target, c.claim_id) if kind != r.type else (c.claim_id, r.target)
            kinds.setdefault(kind, set()).add(_pair(kind, a, b))
    return kinds


def _pair(kind: str, a: str, b: str) -> tuple[str, str]:
    a, b = a.removeprefix("seed-"), b.removeprefix("seed-")
    return (a, b) if kind in ("retracts", "denies", "generalises", a) else (min(a, b), max(a, b))


@pytest.mark.parametrize("kind", ["contradicts", "retracts", "denies"])
def test_every_one_is_found_and_none_is_false(
    kind: str, found: Mapping[str, set[tuple[str, str]]], gold: Mapping[str, set[tuple[str, str]]]
) -> None:
    assert gold[kind]
    assert found[kind] == gold[kind]


def test_every_corroboration_is_found_but_one_that_is_of_a_wider_place(
    found: Mapping[str, set[tuple[str, str]]], gold: Mapping[str, set[tuple[str, str]]]
) -> None:
    """Reinforcements "in some areas" are, to the rule, wider than those moved to the border."""
    assert gold["corroborates"] - found["corroborates"] == {("s10", "s25")}
    assert found["corroborates"] <= gold["corroborates"]
    assert ("s25", "s10") in found["generalises"]


def test_whatever_else_is_found_is_compatible_in_gold_too(
    found: Mapping[str, set[tuple[str, str]]], gold: Mapping[str, set[tuple[str, str]]]
) -> None:
    known = {frozenset(p) for pairs in gold.values() for p in pairs}
    rest = {frozenset(p) for k in ("same_as", "consistent_with", "generalises") for p in found[k]}
    assert rest - known == {frozenset(("s26", "s27")), frozenset(("s21", "s23"))}


def _event(agreement: Agreement, claim: str) -> Event:
    return agreement.event(agreement.support(f"seed-{claim}").event)


def test_makariv_is_held_in_two_voices(stripped: Agreement) -> None:
    support = stripped.support("seed-s04")
    assert support.voices == ("article", "ua-general-staff")
    assert support.sides == 2
    assert _event(stripped, "s11").place == "Makariv"
    assert _event(stripped, "s04").claims == ("seed-s04", "seed-s11")


def test_mariupol_is_repulsed_in_one_voice(stripped: Agreement) -> None:
    event = _event(stripped, "s26")
    assert (event.place, event.claims, event.contradicted) == ("Mariupol", ("seed-s26", "seed-s27"), False)
    assert stripped.support("seed-s26").voices == ("uk-mod",)


def test_bombardment_by_two_officials_is_one_event(stripped: Agreement) -> None:
    assert _event(stripped, "s29").claims == ("seed-s29", "seed-s44")
    assert stripped.support("seed-s44").voices == ("uk-mod", "us-dod-official")


def test_16153_lies_inside_14000_to_21000(stripped: Agreement) -> None:
    (link,) = stripped.between("seed-s36", "seed-s39")
    assert link.type is RelationType.CONSISTENT_WITH
    assert Standing.CONTRADICTED not in stripped.support("seed-s36").standing


def test_the_figures_of_the_paper_stand_retracted_denied_and_contradicted(stripped: Agreement) -> None:
    for claim in ("seed-s31", "seed-s35"):
        assert {Standing.RETRACTED, Standing.DENIED, Standing.CONTRADICTED} <= stripped.support(claim).standing
    assert stripped.support("seed-s37").standing == {Standing.CONTRADICTED, Standing.ALONE}


@pytest.fixture(scope="module")
def control(shared: Path) -> list[Claim]:
    bundle = load_file(shared / "data" / "control_points" / "control_to_2022-03-21.csv", gazetteer=default())
    return [replace(c, relations=()) for c in bundle.claims]


def test_the_town_disputed_in_the_control_tables_is_found_at_its_hours(control: list[Claim]) -> None:
    """Of some hundred changes of holder only one names two at a time; changes back and forth are not at odds."""
    (event,) = [e for e in corroborate(control).events() if e.contradicted]
    assert event.place == "Volnovakha"
    assert (event.span.start, event.span.end) == (
        datetime(2022, 3, 5, 10, 8, tzinfo=UTC),
        datetime(2022, 3, 5, 11, 31, tzinfo=UTC),
    )
    assert len(event.sayings) == 2
