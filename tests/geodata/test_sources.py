from __future__ import annotations

import pytest

from geodata.model import UNSTATED, Source
from geodata.sources import Register, slug


@pytest.fixture(scope="module")
def register() -> Register:
    return Register.load()


@pytest.mark.parametrize(
    ("name", "source_id"),
    [
        ("UA_GENSTAFF", "ua-general-staff"),
        ("the General Staff of the Armed Forces of Ukraine", "ua-general-staff"),
        ("генштаб зсу", "ua-general-staff"),
        ("UK MoD.", "uk-mod"),
        ("  new  york TIMES ", "nyt"),
        ("Минобороны РФ", "ru-mod"),
        ("US_DEF_OFFICIAL", "us-dod-official"),
        ("UNSPECIFIED", UNSTATED),
    ],
)
def test_a_source_is_found_by_any_of_its_names(register: Register, name: str, source_id: str) -> None:
    found = register.find(name)
    assert found is not None
    assert found.source_id == source_id


def test_a_name_nobody_has_is_not_found(register: Register) -> None:
    assert register.find("Radio Nowhere") is None
    assert register.find("") is None
    with pytest.raises(KeyError):
        register.get("radio-nowhere")


def test_the_packaged_sources_are_reviewed_and_their_ids_fit_a_url(register: Register) -> None:
    assert all(s.reviewed and s.source_id == slug(s.source_id) and s.source_id.isascii() for s in register)


def test_no_two_packaged_sources_share_a_name(register: Register) -> None:
    for source in register:
        assert {register.find(n) for n in (source.source_id, source.name, *source.aliases)} == {source}


def test_entering_a_name_claims_nothing_about_it_and_changes_nothing(register: Register) -> None:
    before = list(register)
    entered = register.enter("Radio Nowhere")
    assert (entered.source_id, entered.side, entered.reviewed) == ("radio-nowhere", "unknown", False)
    assert list(register) == before


def test_two_names_with_one_slug_get_two_ids(register: Register) -> None:
    more = register.with_sources([Source("radio-nowhere", "An older station")])
    assert more.enter("Radio, Nowhere!").source_id == "radio-nowhere-2"


def test_an_alias_that_was_taken_away_is_free_and_the_old_name_is_still_understood(register: Register) -> None:
    mod, alias = register.get("uk-mod"), "British Ministry of Defence"
    told = [Source("uk-mod", "Defence Intelligence", mod.side, mod.body), Source("rival", "Rival", aliases=(alias,))]
    more = register.with_sources(told, instead=True)
    assert {more.find(n) for n in ("uk-mod", mod.name, "Defence Intelligence")} == {told[0]}
    assert more.find(alias) == told[1]
    assert register.with_sources(told).find(alias) == told[0]


def test_added_sources_are_found_and_known_ones_keep_their_names(register: Register) -> None:
    more = register.with_sources([Source("rival", "Rival", aliases=("NYT",))])
    assert more.find("rival") == more.get("rival")
    assert more.find("NYT") == register.get("nyt")
    assert register.find("rival") is None
