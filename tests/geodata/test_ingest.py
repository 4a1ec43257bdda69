from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.errors import ReaderError
from geodata.gazetteer import default
from geodata.ingest import collect, ingest, load_file, report
from geodata.model import (
    UNSTATED,
    Bundle,
    Claim,
    Document,
    Figure,
    Kind,
    Mark,
    PlaceMention,
    Precision,
    Rejection,
    Relation,
    RelationType,
    Role,
    Source,
    TextSpan,
    Unplaced,
)
from geodata.readers import Record
from geodata.sources import Register

CODED = Path(__file__).resolve().parents[1] / "fixtures" / "coded.gold.json"
TEXT = "The 3rd brigade left Sumy."
DOCUMENT = Document("d", "A report", text=TEXT)
QUOTE = "3rd brigade left Sumy"
LEFT = Claim("left", "A brigade left Sumy", Kind.RETREAT, document_id="d", span=TextSpan(4, 25), quote=QUOTE)


def taken(*records: Record, register: Register | None = None) -> Bundle:
    return collect(ingest(records, register=register or Register.load(), gazetteer=None))


def reasons(bundle: Bundle) -> list[tuple[str, str]]:
    return [(r.reason, r.field) for r in bundle.rejections]


def test_a_claim_whose_words_stand_in_the_text_is_kept() -> None:
    bundle = taken(DOCUMENT, LEFT)
    assert [c.claim_id for c in bundle.claims] == ["left"]
    assert not bundle.rejections


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"span": TextSpan(3, 24)}, "span"),
        ({"span": TextSpan(4, 99)}, "span"),
        ({"span": TextSpan(-22, -1)}, "span"),
        ({"quote": "3rd brigade left Suma"}, "span"),
        ({"places": (PlaceMention("Sumy", span=TextSpan(20, 24)),)}, "places[0].span"),
        ({"figures": (Figure("units", text="3rd", span=TextSpan(0, 3)),)}, "figures[0].span"),
    ],
)
def test_a_span_that_holds_other_words_is_refused(change: dict[str, object], field: str) -> None:
    bad = replace(LEFT, **change)  # type: ignore[arg-type]
    bundle = taken(DOCUMENT, bad, replace(LEFT, claim_id="right"))
    assert reasons(bundle) == [("span_mismatch", field)]
    assert [c.claim_id for c in bundle.claims] == ["right"]


def test_a_refusal_says_what_stands_there_and_where_the_words_are() -> None:
    (refused,) = taken(DOCUMENT, replace(LEFT, span=TextSpan(0, 21))).rejections
    assert TEXT[0:21] in refused.remedy
    assert "begins at 4" in refused.remedy
    assert json.loads(refused.raw)["claim_id"] == "left"


def test_offsets_are_code_points() -> None:
    text = "👩‍🚀 Їжак left"
    claim = replace(LEFT, span=TextSpan(4, 8), quote="Їжак")
    assert taken(Document("d", "D", text=text), claim).claims


def test_a_claim_without_its_document_is_refused() -> None:
    bundle = taken(DOCUMENT, replace(LEFT, document_id="e"), replace(LEFT, document_id=""))
    assert reasons(bundle) == [("unknown_document", "document_id"), ("no_document", "document_id")]


def test_a_reference_without_text_cannot_be_checked_and_is_kept() -> None:
    assert taken(Document("d", "Only a reference"), LEFT).claims


def test_the_second_of_two_with_one_id_is_refused() -> None:
    bundle = taken(DOCUMENT, DOCUMENT, LEFT, replace(LEFT, statement="Another"))
    assert reasons(bundle) == [("duplicate_id", "document_id"), ("duplicate_id", "claim_id")]
    assert bundle.claims[0].statement == LEFT.statement


def test_a_document_whose_checksum_is_wrong_takes_its_claims_with_it() -> None:
    bundle = taken(replace(DOCUMENT, sha256="0" * 64), LEFT)
    assert reasons(bundle) == [("sha256_mismatch", "sha256"), ("unknown_document", "document_id")]


def test_names_become_ids_and_unknown_ones_are_entered_unreviewed() -> None:
    claim = replace(LEFT, claimant="UK MoD", claimant_alt=("",), relays=("Radio Nowhere", "radio NOWHERE"))
    bundle = taken(DOCUMENT, claim)
    assert bundle.claims[0].claimant == "uk-mod"
    assert bundle.claims[0].claimant_alt == (UNSTATED,)
    assert bundle.claims[0].relays == ("radio-nowhere", "radio-nowhere")
    assert [(s.source_id, s.reviewed) for s in bundle.sources] == [
        ("uk-mod", True),
        (UNSTATED, True),
        ("radio-nowhere", False),
    ]


def test_the_register_wins_over_what_a_file_says_of_a_source() -> None:
    theirs = Source("X1", "United Nations", side="russian", reviewed=True)
    bundle = taken(theirs, DOCUMENT, replace(LEFT, claimant="X1"))
    assert bundle.claims[0].claimant == "un"
    assert [(s.source_id, s.side) for s in bundle.sources] == [("un", "un")]


def test_a_source_of_the_file_that_nobody_knows_is_taken_as_it_is() -> None:
    theirs = Source("X1", "Radio Nowhere", side="ngo")
    bundle = taken(theirs, DOCUMENT, replace(LEFT, claimant="radio nowhere"))
    assert bundle.claims[0].claimant == "X1"
    assert bundle.sources == (theirs,)


def test_the_source_a_figure_is_traced_to_is_known_too() -> None:
    claim = replace(LEFT, relations=(Relation(RelationType.SOURCED_TO, "RU_MOD"),))
    bundle = taken(DOCUMENT, claim)
    assert bundle.claims[0].relations[0].target == "ru-mod"
    assert "ru-mod" in {s.source_id for s in bundle.sources}


def test_a_relation_to_an_absent_claim_is_kept_and_reported() -> None:
    lost = Relation(RelationType.CONTRADICTS, "elsewhere")
    bundle = taken(DOCUMENT, replace(LEFT, relations=(lost, Relation(RelationType.SAME_AS, "left"))))
    assert bundle.claims[0].relations[0] == lost
    assert report(bundle).dangling == (("left", lost),)


@given(
    ids=st.lists(st.sampled_from("abc")),
    starts=st.lists(st.integers(-2, 9)),
    documents=st.lists(st.sampled_from(["d", "e", ""])),
)
def test_every_claim_read_is_kept_or_rejected(ids: list[str], starts: list[int], documents: list[str]) -> None:
    claims = [
        replace(LEFT, claim_id=i, document_id=d, span=TextSpan(s, s + 21))
        for i, s, d in zip(ids, starts, documents, strict=False)
    ]
    already = Rejection("bad_value", LEFT.origin)
    bundle = taken(DOCUMENT, *claims, already)
    outcome = report(bundle)
    assert outcome.read == outcome.kept + outcome.rejected == len(claims) + 1
    assert sum(n for _, n in outcome.reasons) == outcome.rejected
    assert len({c.claim_id for c in bundle.claims}) == outcome.kept


def test_the_report_shows_a_few_examples_of_each_reason() -> None:
    bad = [replace(LEFT, claim_id=str(i), document_id="e") for i in range(9)]
    outcome = report(taken(DOCUMENT, *bad, replace(LEFT, document_id="")))
    assert outcome.reasons == (("unknown_document", 9), ("no_document", 1))
    assert 1 < len([r for r in outcome.examples if r.reason == "unknown_document"]) < 9
    assert [r.reason for r in outcome.examples].count("no_document") == 1


def test_a_file_of_a_known_format_is_loaded_whole() -> None:
    bundle = load_file(CODED)
    assert [c.claim_id for c in bundle.claims] == ["coded-c1", "coded-c2", "coded-c3"]
    assert {c.claimant for c in bundle.claims} == {"garrison"}
    assert {s.source_id for s in bundle.sources} == {"garrison", "un", "article"}


def test_places_are_found_and_drawn_as_what_they_are() -> None:
    left, moving, burnt = load_file(CODED, gazetteer=default()).claims
    assert (left.marks, left.unplaced) == ((), Unplaced.NO_PLACE)
    assert [(p.place_id is None, p.name) for p in (*moving.places, *burnt.places)] == [
        (False, "Mykolaiv"),
        (False, "Kyiv"),
    ]
    assert [m.precision for m in moving.marks] == [Precision.DIRECTION]
    assert [m.precision for m in burnt.marks] == [Precision.SECTOR]
    assert moving.unplaced is None


def test_a_place_nobody_knows_leaves_the_claim_in_the_tray() -> None:
    claim = replace(LEFT, span=None, places=(PlaceMention("Nowhereville", precision=Precision.SETTLEMENT),))
    (kept,) = collect(ingest([DOCUMENT, claim], register=Register.load(), gazetteer=default())).claims
    assert (kept.marks, kept.unplaced) == ((), Unplaced.UNRESOLVED)
    assert kept.places[0].note


def test_marks_of_the_file_are_drawn_anew_where_there_is_a_gazetteer() -> None:
    pin = Mark(35.0, 50.3, Precision.SETTLEMENT, Role.LOCATION, 1.0)
    district = PlaceMention("Okhtyrka district", precision=Precision.DISTRICT)
    claim = replace(LEFT, places=(district,), marks=(pin,))
    (kept,) = collect(ingest([DOCUMENT, claim], register=Register.load(), gazetteer=default())).claims
    assert [m.precision for m in kept.marks] == [Precision.DISTRICT]
    assert taken(DOCUMENT, claim).claims[0].marks == (pin,)


def test_a_file_of_no_known_format_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("hello")
    with pytest.raises(ReaderError):
        load_file(tmp_path / "file")


def test_what_was_placed_once_is_placed_alike_again() -> None:
    places = (PlaceMention("Nowhereville"), PlaceMention("Sumy", precision=Precision.SETTLEMENT))
    first = ingest([DOCUMENT, replace(LEFT, span=None, places=places)], register=Register.load(), gazetteer=default())
    (once,) = collect(first).claims
    (twice,) = collect(ingest([DOCUMENT, once], register=Register.load(), gazetteer=default())).claims
    assert twice == once


def test_a_named_place_that_nobody_knows_is_unresolved_without_a_precision_too() -> None:
    claim = replace(LEFT, span=None, places=(PlaceMention("Nowhereville"),))
    (kept,) = collect(ingest([DOCUMENT, claim], register=Register.load(), gazetteer=default())).claims
    assert (kept.marks, kept.unplaced) == ((), Unplaced.UNRESOLVED)
