"""A claim as a row: the columns, the indexed place, what is absent, and what a claim says of itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

import msgspec
import pytest

from geodata.model import (
    Basis,
    Claim,
    Document,
    Figure,
    Kind,
    Mark,
    Origin,
    PlaceMention,
    Precision,
    Relation,
    RelationType,
    Role,
    Source,
    TextSpan,
    Unplaced,
)
from geodata.schema import COLUMN_OF, SCHEMA, Dtype, row
from geodata.spans import day, until

SOURCES = {"uk-mod": Source("uk-mod", "UK Ministry of Defence", "western")}
DOCUMENTS = {"d": Document("d", "A briefing", "A paper", "2022-03-22", "https://example.org", "CC0-1.0", "A credit")}
PLACES = (
    PlaceMention("Kyiv", Role.REFERENCE, Precision.SETTLEMENT, "gn:1", "Kyiv"),
    PlaceMention("the Akhtyrka region", Role.LOCATION, Precision.DISTRICT, "gn:2", "Okhtyrka"),
)
MARK = Mark(34.9, 50.3, Precision.DISTRICT, Role.LOCATION, 30.0, "gn:2", "area:gn:2", basis=Basis.INFERRED)
CLAIM = Claim(
    "c1",
    "They advanced",
    Kind.ADVANCE,
    claimant="uk-mod",
    relays=("paper", "article"),
    document_id="d",
    span=TextSpan(3, 9),
    happened=until(date(2022, 3, 22)),
    said_at=day(date(2022, 3, 23)),
    places=PLACES,
    marks=(MARK,),
    figures=(Figure("killed", low=14_000, high=21_000),),
    origin=Origin("sample", "file.toml", "7", "native"),
)


def cells(**changes: Any) -> dict[str, Any]:
    return row(replace(CLAIM, **changes), SOURCES, DOCUMENTS)


def test_a_row_has_every_column_in_order() -> None:
    assert list(cells()) == [c.name for c in SCHEMA] == list(COLUMN_OF)


PYTHON = {
    Dtype.TEXT: str,
    Dtype.WORD: StrEnum,
    Dtype.LIST: list,
    Dtype.INTEGER: int,
    Dtype.NUMBER: float,
    Dtype.FLAG: bool,
    Dtype.INSTANT: datetime,
    Dtype.JSON: str,
}


@pytest.mark.parametrize("claim", [CLAIM, Claim("bare", "", Kind.OTHER)], ids=["full", "bare"])
def test_each_cell_holds_what_its_column_says(claim: Claim) -> None:
    for name, cell in row(claim, SOURCES, DOCUMENTS).items():
        column = COLUMN_OF[name]
        if cell is None:
            assert column.dtype not in (Dtype.TEXT, Dtype.LIST, Dtype.FLAG), name
        else:
            assert isinstance(cell, column.words or PYTHON[column.dtype]), name


def test_the_indexed_place_is_that_of_the_first_mark_not_of_the_first_mention() -> None:
    found = cells()
    assert (found["mention"], found["place"], found["role"]) == ("the Akhtyrka region", "Okhtyrka", "location")
    assert (found["lon"], found["lat"], found["precision"], found["shape"]) == (34.9, 50.3, "district", "area:gn:2")
    assert found["geometry_basis"] == "inferred"


def test_an_unplaced_claim_names_its_first_mention_and_has_no_coordinates() -> None:
    found = cells(marks=(), unplaced=Unplaced.STATEMENT)
    assert (found["mention"], found["unplaced"], found["precision"]) == ("Kyiv", "statement", "none")
    assert found["lon"] is found["lat"] is found["radius_km"] is None
    assert cells(marks=(), unplaced=Unplaced.COUNTRY_ONLY)["precision"] == "country"


def test_an_open_start_stays_open() -> None:
    found = cells()
    assert found["happened_start"] is None
    assert found["happened_end"] == datetime(2022, 3, 23, tzinfo=UTC)
    assert found["happened_precision"] == "open"
    assert found["said_at"] == datetime(2022, 3, 23, tzinfo=UTC)


def test_side_is_the_claimants_and_unknown_where_the_register_does_not_know_him() -> None:
    assert (cells()["side"], cells()["claimant_name"]) == ("western", "UK Ministry of Defence")
    found = cells(claimant="somebody")
    assert (found["side"], found["claimant_name"]) == ("unknown", "somebody")


def test_document_origin_and_figures_travel_with_the_claim() -> None:
    found = cells()
    assert [found[n] for n in ("document_title", "publisher", "published", "licence", "attribution")] == [
        "A briefing",
        "A paper",
        "2022-03-22",
        "CC0-1.0",
        "A credit",
    ]
    assert (found["span_start"], found["span_end"], found["dataset"]) == (3, 9, "sample")
    assert found["origin"] == "file.toml#7 (native)"
    assert msgspec.json.decode(found["figures"], type=tuple[Figure, ...]) == CLAIM.figures
    assert found["relations"] is None


@pytest.mark.parametrize(
    ("type", "contradicted"),
    [(RelationType.CONTRADICTS, True), (RelationType.CONTRADICTED_BY, True), (RelationType.CORROBORATES, False)],
)
def test_contradicted_is_what_the_relations_say(type: RelationType, contradicted: bool) -> None:
    assert cells(relations=(Relation(type, "c2"),))["contradicted"] is contradicted
