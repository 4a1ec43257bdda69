"""Which claims speak of one happening, who agrees and who contradicts: the rule on cases made by hand."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from geodata.corroborate import Agreement, Rule, corroborate
from geodata.model import (
    UNSTATED,
    Basis,
    Claim,
    Figure,
    Kind,
    Modality,
    Pairing,
    PlaceMention,
    Precision,
    Relation,
    RelationType,
    Role,
    Source,
    Standing,
    Status,
)
from geodata.query import Query
from geodata.spans import Span, TimePrecision, day, days, until

MAKARIV, BROVARY, MARIUPOL = "gn:702337", "gn:711390", "gn:701822"
BUCHA_RAION = "adm2:UA32080000000084076"
SIDES = {"ua": "ukrainian", "ua-2": "ukrainian", "ru": "russian", "uk": "western", "us": "western", "x": "unknown"}
SOURCES = {i: Source(i, i.upper(), side) for i, side in SIDES.items()}
TUESDAY = day(date(2022, 3, 22))


def town(place_id: str, **more: Any) -> tuple[PlaceMention, ...]:
    return (PlaceMention(place_id, precision=Precision.SETTLEMENT, place_id=place_id, name=place_id, **more),)


def made(claim_id: str, kind: Kind, claimant: str, **more: Any) -> Claim:
    given = {"places": town(MAKARIV), "happened": TUESDAY, "actor": "RU"} | more
    return Claim(claim_id, claim_id, kind, claimant=claimant, **given)


def agreed(*claims: Claim, rule: Rule | None = None) -> Agreement:
    return corroborate(claims, SOURCES, rule=rule)


def events(*claims: Claim) -> list[set[str]]:
    return [set(e.claims) for e in agreed(*claims).events()]


def links(*claims: Claim) -> set[tuple[str, str, str]]:
    return {(link.a, str(link.type), link.b) for link in agreed(*claims).links()}


def test_two_outlets_quoting_one_official_are_one_voice() -> None:
    a = made("a", Kind.BOMBARDMENT, "ua", relays=("outlet-1",))
    b = made("b", Kind.BOMBARDMENT, "ua", relays=("outlet-2",))
    found = agreed(a, b)
    assert events(a, b) == [{"a", "b"}]
    assert found.support("a").voices == ("ua",)
    assert found.support("a").sides == 1
    assert found.support("a").standing == {Standing.ALONE}
    assert links(a, b) == {("a", "same_as", "b")}


def test_sources_of_one_side_are_two_voices_of_one_side_and_an_unknown_side_adds_none() -> None:
    claims = [made(who, Kind.BOMBARDMENT, who) for who in ("ua", "ua-2", "x")]
    support = agreed(*claims).support("ua")
    assert (support.voices, support.sides) == (("ua", "ua-2", "x"), 1)
    assert agreed(*claims, made("uk", Kind.BOMBARDMENT, "uk")).support("x").sides == 2


def test_a_source_and_the_one_it_has_its_words_from_are_one_voice() -> None:
    taken = (Relation(RelationType.SOURCED_TO, "ru"),)
    found = agreed(made("a", Kind.BOMBARDMENT, "uk", relations=taken), made("b", Kind.BOMBARDMENT, "ru"))
    assert found.support("b").voices == ("ru",)
    assert found.support("a").sides == 1


@pytest.mark.parametrize("voice", [Modality.RETRACTED, Modality.DENIED, Modality.UNCONFIRMED])
def test_what_is_withdrawn_backs_nothing(voice: Modality) -> None:
    found = agreed(made("a", Kind.CLASH, "ua"), made("b", Kind.CLASH, "uk", modality=voice))
    assert found.support("a").voices == ("ua",)


def test_nobody_named_is_no_voice() -> None:
    found = agreed(made("a", Kind.CLASH, "ua"), made("b", Kind.CLASH, UNSTATED), made("c", Kind.CLASH, UNSTATED))
    assert found.support("a").voices == ("ua",)
    assert found.support("b").voices == ("ua",)


def test_a_district_and_a_town_inside_it_are_neither_one_place_nor_at_odds() -> None:
    area = (PlaceMention("Bucha district", precision=Precision.DISTRICT, place_id=BUCHA_RAION),)
    wide = made("wide", Kind.CAPTURE, "ru", places=area)
    inside, against = made("in", Kind.CAPTURE, "ua-2"), made("against", Kind.REPULSED, "ua")
    assert events(wide, inside) == []
    assert links(wide, inside) == {("wide", "generalises", "in")}
    assert links(wide, against) == set()


def test_two_towns_of_one_name_are_two_places() -> None:
    near, far = (
        tuple(
            PlaceMention("Mykolaivka", precision=Precision.SETTLEMENT, name="Mykolaivka", lon=lon, lat=lat)
            for lon, lat in [point]
        )
        for point in ((37.77, 48.86), (33.77, 46.63))
    )
    a, b = made("a", Kind.CAPTURE, "ru", places=near), made("b", Kind.REPULSED, "ua", places=far)
    assert events(a, b) == []
    assert events(a, made("b", Kind.REPULSED, "ua", places=near)) == [{"a", "b"}]


def test_a_point_near_a_town_of_its_name_is_that_town() -> None:
    point = (PlaceMention("Makariv", precision=Precision.SETTLEMENT, lon=29.80, lat=50.46),)
    assert events(made("a", Kind.CLASH, "ua"), made("b", Kind.CLASH, "uk", places=point)) == [{"a", "b"}]


def test_a_direction_and_the_town_it_is_named_after_are_two_places() -> None:
    towards = (PlaceMention("Brovary", Role.DIRECTION, Precision.DIRECTION, BROVARY),)
    headed = town(BROVARY, role=Role.OBJECTIVE)
    a = made("a", Kind.OFFENSIVE, "ua", places=towards)
    b = made("b", Kind.CAPTURE, "ru", places=town(BROVARY))
    c = made("c", Kind.OFFENSIVE, "uk", places=headed)
    assert events(a, b) == events(b, c) == []
    assert events(a, b, c) == [{"a", "c"}]


def test_bombardment_on_different_days_is_not_one_event() -> None:
    days_ = [day(date(2022, 3, d)) for d in (20, 21, 22)]
    claims = [made(who, Kind.BOMBARDMENT, who, happened=d) for who, d in zip(("ua", "uk", "us"), days_, strict=True)]
    assert events(*claims) == []


def test_no_chain_of_overlaps_joins_days_that_do_not_meet() -> None:
    """The claim of two days meets both others; it goes with one of them, and the two are never one event."""
    first, second = day(date(2022, 3, 20)), day(date(2022, 3, 21))
    both = days(date(2022, 3, 20), date(2022, 3, 21))
    found = events(
        *(made(i, Kind.BOMBARDMENT, i, happened=s) for i, s in zip("abc", (first, both, second), strict=True))
    )
    assert found == [{"a", "b"}]


def test_a_month_is_not_the_day_within_it_but_sums_it_up() -> None:
    month = days(date(2022, 3, 1), date(2022, 3, 31), TimePrecision.MONTH)
    claims = made("day", Kind.BOMBARDMENT, "ua"), made("month", Kind.BOMBARDMENT, "uk", happened=month)
    assert events(*claims) == []
    assert links(*claims) == {("month", "generalises", "day")}
    assert events(*claims, made("again", Kind.BOMBARDMENT, "us", happened=month)) == [{"again", "month"}]


def test_an_open_start_is_compared_on_the_last_day() -> None:
    a = made("a", Kind.CLASH, "ua", happened=until(date(2022, 3, 22)))
    assert events(a, made("b", Kind.CLASH, "uk")) == [{"a", "b"}]
    assert events(a, made("b", Kind.CLASH, "uk", happened=day(date(2022, 3, 21)))) == []


def test_a_town_repulsed_and_captured_is_contradicted_on_both_sides() -> None:
    a, b = made("a", Kind.REPULSED, "ua"), made("b", Kind.CAPTURE, "ru")
    found = agreed(a, b)
    assert links(a, b) == {("a", "contradicts", "b")}
    assert (found.support("a").opposed, found.support("b").opposed) == (("ru",), ("ua",))
    (event,) = found.events()
    assert event.contradicted
    assert len(event.sayings) == 2


def test_failing_to_take_a_town_and_holding_it_are_one_thing_said() -> None:
    said = (("a", Kind.FAILED_CAPTURE, "RU"), ("b", Kind.CAPTURE, "UA"), ("c", Kind.RETREAT, "RU"))
    claims = [made(i, kind, who, actor=actor) for (i, kind, actor), who in zip(said, ("ua", "uk", "x"), strict=True)]
    assert agreed(*claims).support("a").voices == ("ua", "uk", "x")


def test_fighting_in_a_town_contradicts_no_holder() -> None:
    found = links(made("a", Kind.CLASH, "uk", actor="both"), made("b", Kind.CAPTURE, "ru"))
    assert found == {("a", "consistent_with", "b")}


def test_a_negated_claim_contradicts_the_claim() -> None:
    found = links(made("a", Kind.BOMBARDMENT, "ru", negated=True), made("b", Kind.BOMBARDMENT, "ua"))
    assert found == {("a", "contradicts", "b")}


def test_one_claimant_who_changes_his_mind_contradicts_nobody() -> None:
    a, b = made("a", Kind.CAPTURE, "ua"), made("b", Kind.REPULSED, "ua")
    assert links(a, b) == set()
    assert agreed(a, b).support("a").opposed == ()


def test_two_parties_shelling_one_town_are_two_events() -> None:
    assert events(made("a", Kind.BOMBARDMENT, "ua"), made("b", Kind.BOMBARDMENT, "ru", actor="UA")) == []


@pytest.mark.parametrize("kind", [Kind.ASSESSMENT, Kind.INFORMATION, Kind.OTHER])
def test_judgements_and_unknown_kinds_are_not_grouped(kind: Kind) -> None:
    assert events(made("a", kind, "ua"), made("b", kind, "uk")) == []


def test_plans_and_forecasts_are_not_grouped_with_what_happened() -> None:
    plan, forecast = {"status": Status.INTENDED}, {"modality": Modality.FORECAST}
    assert events(made("a", Kind.CAPTURE, "ua", **plan), made("b", Kind.CAPTURE, "uk"),
                  made("c", Kind.CAPTURE, "us", **forecast)) == []  # fmt: skip


def total(claim_id: str, claimant: str, low: float | None, high: float | None, **more: Any) -> Claim:
    figure = {"measure": "killed", "unit": "person", "since": "2022-02-24"} | more.pop("figure", {})
    given = {"places": (), "actor": "", "target": "RU", "happened": days(date(2022, 2, 24), date(2022, 3, 22))} | more
    return made(claim_id, Kind.CASUALTIES, claimant, figures=(Figure(low=low, high=high, **figure),), **given)


def test_totals_of_one_time_contradict_where_their_ranges_do_not_meet() -> None:
    almost = total("almost", "ru", None, 10_000, figure={"qualifier": "almost"})
    exact, lower = total("exact", "ru", 9_861, 9_861), total("lower", "us", 7_000, 7_000)
    inside = total("inside", "uk", 7_000, 9_900)
    assert links(almost, exact, lower, inside) == {
        ("almost", "same_as", "exact"), ("almost", "contradicts", "lower"), ("exact", "contradicts", "lower"),
        ("exact", "corroborates", "inside"), ("inside", "corroborates", "lower"), ("almost", "corroborates", "inside"),
    }  # fmt: skip


def test_a_total_may_grow_but_not_shrink() -> None:
    early, late = (days(date(2022, 2, 24), date(2022, 3, d)) for d in (10, 22))
    assert links(total("a", "ua", 5, 5, happened=early), total("b", "uk", 9, 9, happened=late)) == {
        ("a", "consistent_with", "b")
    }
    assert links(total("a", "ua", 9, 9, happened=early), total("b", "uk", 5, 5, happened=late)) == {
        ("a", "contradicts", "b")
    }


def test_the_daily_totals_of_one_claimant_are_one_count_and_never_at_odds() -> None:
    ends = [days(date(2022, 2, 24), date(2022, 3, d)) for d in range(1, 20)]
    series = [total(f"d{n:02}", "ua", 100 * n, 100 * n, happened=span) for n, span in enumerate(ends)]
    found = agreed(*series, total("fell", "ua", 50, 50, happened=days(date(2022, 2, 24), date(2022, 3, 21))))
    assert len(list(found.events())) == 1
    assert not any(Standing.CONTRADICTED in found.support(c.claim_id).standing for c in series)


@pytest.mark.parametrize(
    "other", [{"target": "UA"}, {"figure": {"measure": "wounded"}}, {"figure": {"unit": "general"}},
              {"figure": {"since": "2014-04-14"}}, {"places": town(MARIUPOL)}],
)  # fmt: skip
def test_totals_of_different_things_are_not_compared(other: dict[str, Any]) -> None:
    assert links(total("a", "ua", 1, 1), total("b", "uk", 9, 9, **other)) == set()


def test_the_dead_of_one_strike_contradict_by_number() -> None:
    def strike(claim_id: str, who: str, killed: int) -> Claim:
        return made(claim_id, Kind.STRIKE, who, figures=(Figure("killed", "person", killed, killed),))

    assert links(strike("a", "ua", 30), strike("b", "ru", 3), strike("c", "uk", 30)) == {
        ("a", "contradicts", "b"), ("b", "contradicts", "c"), ("a", "corroborates", "c"),
    }  # fmt: skip


def test_a_stated_relation_wins() -> None:
    compatible = (Relation(RelationType.CONSISTENT_WITH, "b"),)
    found = agreed(made("a", Kind.REPULSED, "ua", relations=compatible), made("b", Kind.CAPTURE, "ru"))
    assert found.support("a").opposed == found.support("b").opposed == ()
    assert {(link.type, link.basis) for link in found.links()} == {(RelationType.CONSISTENT_WITH, Basis.STATED)}
    at_odds = (Relation(RelationType.CONTRADICTED_BY, "b"),)
    found = agreed(made("a", Kind.CLASH, "ua", relations=at_odds), made("b", Kind.CLASH, "uk"))
    assert (found.support("a").voices, found.support("b").opposed) == (("ua",), ("ua",))
    backed = (Relation(RelationType.CORROBORATES, "b"),)
    found = agreed(made("a", Kind.CLASH, "ua", relations=backed), made("b", Kind.LOOTING, "uk", places=()))
    assert found.support("b").sides == 2


def test_people_can_keep_claims_apart_and_put_them_together() -> None:
    apart = (Relation(RelationType.OTHER_EVENT, "b"),)
    assert events(made("a", Kind.CLASH, "ua", relations=apart), made("b", Kind.CLASH, "uk")) == []
    three = made("a", Kind.CLASH, "ua", relations=apart), made("b", Kind.CLASH, "uk"), made("c", Kind.CLASH, "us")
    assert events(*three) == [{"b", "c"}]
    together = (Relation(RelationType.SAME_EVENT, "b"),)
    far = made("a", Kind.CLASH, "ua", relations=together, places=town(MARIUPOL))
    assert events(far, made("b", Kind.CLASH, "uk"), made("c", Kind.CLASH, "us")) == [{"a", "b", "c"}]


def hand(claim_id: str, other: str, *, same: bool = False) -> Pairing:
    return Pairing(claim_id, other, RelationType.SAME_EVENT if same else RelationType.OTHER_EVENT, "Ada")


def grouped_by(*pairings: Pairing, claims: list[Claim]) -> list[set[str]]:
    return [set(e.claims) for e in corroborate(claims, pairings=pairings).events()]


def test_what_leaves_one_claim_stays_together_unless_it_is_kept_apart_too() -> None:
    five = [made(i, Kind.CLASH, i) for i in "abcde"]
    assert grouped_by(hand("c", "a"), hand("d", "a"), claims=five) == [{"a", "b", "e"}, {"c", "d"}]
    assert grouped_by(hand("c", "a"), hand("d", "a"), hand("d", "c"), claims=five) == [{"a", "b", "e"}]
    assert grouped_by(hand("c", "a"), hand("d", "b"), claims=five) == [{"a", "b", "e"}]


def test_what_is_put_together_leaves_and_comes_as_one() -> None:
    three = [made(i, Kind.CLASH, i) for i in "abc"]
    far = [made(i, Kind.CLASH, i, places=town(MARIUPOL)) for i in "xy"]
    chain = (hand("x", "y", same=True), hand("y", "b", same=True))
    assert grouped_by(*chain, claims=[*three, *far]) == [{"a", "b", "c", "x", "y"}]
    assert grouped_by(*chain, hand("y", "a"), claims=[*three, *far]) == [{"a", "c"}, {"b", "x", "y"}]
    assert grouped_by(hand("x", "gone", same=True), claims=[*three, *far]) == [{"x", "y"}, {"a", "b", "c"}]


def test_running_totals_are_kept_apart_too() -> None:
    totals = [
        made(who, Kind.CASUALTIES, who, target="RU", figures=(Figure("killed", "person", n, n, since="2022-02-24"),))
        for who, n in (("a", 7000), ("b", 9000), ("c", 9000))
    ]
    (event,) = corroborate(totals).events()
    assert event.contradicted
    assert any("2022-02-24" in sentence for sentence in event.because)
    assert grouped_by(hand("a", "b"), claims=totals) == [{"b", "c"}]
    assert not corroborate(totals, pairings=[hand("a", "b")]).support("b").opposed


def test_a_retraction_finds_what_its_source_withdrew_in_the_same_document() -> None:
    act = made("act", Kind.INFORMATION, "x", subtype="retraction", actor="RU", document_id="d", places=())
    withdrawn = made("withdrawn", Kind.CAPTURE, "ru", modality=Modality.RETRACTED, document_id="d")
    others = (
        made("stands", Kind.CLASH, "ru", document_id="d", places=()),
        made("elsewhere", Kind.LOOTING, "ru", modality=Modality.RETRACTED, document_id="e", places=()),
        made("another", Kind.STALLED, "ua", modality=Modality.RETRACTED, document_id="d", places=()),
    )
    assert links(act, withdrawn, *others) == {("act", "retracts", "withdrawn")}
    assert Standing.RETRACTED in agreed(act, withdrawn).support("withdrawn").standing


def test_every_group_says_why() -> None:
    found = agreed(made("a", Kind.FAILED_CAPTURE, "ua"), made("b", Kind.CAPTURE, "uk", actor="UA"))
    (link,) = found.between("a", "b")
    assert link.because[-1] == "both say that Ukraine held it"
    assert any("22 March 2022" in sentence for sentence in next(found.events()).because)


def test_the_lens_asks_who_else_says_so() -> None:
    claims = [
        made("a", Kind.CLASH, "ua"),
        made("b", Kind.CLASH, "uk"),
        made("c", Kind.LOOTING, "ua", places=town(BROVARY)),
    ]
    found = agreed(*claims)

    def seen(**lens: Any) -> set[str]:
        return {c.claim_id for c in claims if found.lens(Query(**lens))(c)}

    assert seen(only_by=("ua",)) == {"c"}
    assert seen(only_by=("ua", "uk")) == {"a", "b", "c"}
    assert seen(all_by=("ua", "uk")) == {"a", "b"}
    assert seen(not_by=("uk",)) == {"c"}
    assert seen(min_sides=2) == {"a", "b"}
    assert seen(standing=("alone",)) == {"c"}
    assert seen(standing=("corroborated", "alone")) == {"a", "b", "c"}
    assert seen(standing=("contradicted",)) == set()


def mixed() -> list[Claim]:
    rng = random.Random(7)
    kinds = [Kind.CLASH, Kind.CAPTURE, Kind.REPULSED, Kind.BOMBARDMENT, Kind.RETREAT]
    at = [town(MAKARIV), town(BROVARY), (), town(MAKARIV) + town(BROVARY)]
    spans = [day(date(2022, 3, d)) for d in (20, 21, 22)] + [days(date(2022, 3, 20), date(2022, 3, 21))]
    spans.append(Span(datetime(2022, 3, 21, 12, tzinfo=UTC), datetime(2022, 3, 22, 12, tzinfo=UTC)))
    return [
        made(f"c{n}", rng.choice(kinds), rng.choice([*SIDES, UNSTATED]), actor=rng.choice(["RU", "UA", "", "both"]),
             places=rng.choice(at), happened=rng.choice(spans))
        for n in range(150)
    ]  # fmt: skip


def told(claims: Iterable[Claim]) -> tuple[Any, ...]:
    found = corroborate(claims, SOURCES)
    return found.table().drop(["footing"]), list(found.events()), [found.support(f"c{n}") for n in range(150)]


@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_the_claims_makes_no_difference(seed: int) -> None:
    claims = mixed()
    expected = told(claims)
    random.Random(seed).shuffle(claims)
    assert told(claims) == expected


def test_any_two_claims_of_an_event_can_have_happened_at_once() -> None:
    claims = {c.claim_id: c for c in mixed()}
    for event in corroborate(claims.values(), SOURCES).events():
        held = [claims[i] for i in event.claims]
        assert all(a.happened.overlaps(b.happened) for a in held for b in held)


def test_an_empty_store_agrees_on_nothing() -> None:
    assert agreed().table().num_rows == 0
    assert list(agreed().events()) == list(agreed().links()) == []
