"""What the contract of stores is held against: seven claims of every sort, and each class of store there is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

from geodata.model import (
    Bundle,
    Claim,
    Coding,
    Document,
    Kind,
    Mark,
    Modality,
    Origin,
    PlaceMention,
    Precision,
    Rejection,
    Role,
    Source,
    Unplaced,
)
from geodata.query import Query
from geodata.spans import Span, day, days, until
from geodata.stores import ClaimStore, DuckDBStore

STORES: tuple[Callable[[Path], ClaimStore], ...] = (lambda path: DuckDBStore(path, create=True),)


SOURCES = (
    Source("ua-gs", "General Staff", "ukrainian", reviewed=True),
    Source("ua-2", "Another Ukrainian", "ukrainian"),
    Source("uk-mod", "UK Ministry of Defence", "western"),
    Source("ru-mod", "Russian Ministry", "russian"),
    Source("nobody", "Nobody knows"),
)


DOCUMENT = Document(
    "d1",
    "The Évening summary",
    "A paper",
    "2022-03-22",
    licence="CC0-1.0",
    text="Straße nach Київ",
    citation="Cite",
    graphic=True,
)


def mark(lon: float = 30.5, lat: float = 50.4, precision: Precision = Precision.SETTLEMENT, place: str = "p1") -> Mark:
    return Mark(lon, lat, precision, Role.LOCATION, 5.0, place)


def mention(name: str, place: str = "p1") -> PlaceMention:
    return PlaceMention(name, Role.LOCATION, Precision.SETTLEMENT, place, name.title())


def said(claim_id: str, kind: Kind, claimant: str, happened: Span, **more: object) -> Claim:
    return Claim(claim_id, f"statement of {claim_id}", kind, claimant, happened=happened, **more)  # type: ignore[arg-type]


CLAIMS = (
    said(
        "a-day", Kind.ADVANCE, "ru-mod", day(date(2022, 3, 1)), actor="RU", places=(mention("kyiv"),), marks=(mark(),)
    ),
    said(
        "b-day", Kind.RETREAT, "ua-gs", day(date(2022, 3, 22)), actor="RU", document_id="d1", marks=(mark(), mark(35))
    ),
    said("c-range", Kind.CLASH, "uk-mod", days(date(2022, 3, 5), date(2022, 3, 10)), actor="both", marks=(mark(33),)),
    said(
        "d-open", Kind.BOMBARDMENT, "ua-gs", until(date(2022, 3, 22)), actor="RU", quote="Die Straße", marks=(mark(),)
    ),
    said(
        "e-ever", Kind.ASSESSMENT, "nobody", Span(None, None), modality=Modality.ASSESSED, unplaced=Unplaced.STATEMENT
    ),
    said(
        "f-since",
        Kind.LOSSES,
        "uk-mod",
        Span(datetime(2022, 3, 20, tzinfo=UTC), None),
        unplaced=Unplaced.COUNTRY_ONLY,
        coding=Coding.MACHINE,
    ),
    said(
        "g-hour",
        Kind.STRIKE,
        "unheard",
        Span(datetime(2022, 3, 1, 9, tzinfo=UTC), datetime(2022, 3, 1, 10, tzinfo=UTC)),
    ),
)


BUNDLE = Bundle(SOURCES, (DOCUMENT,), CLAIMS, (Rejection("bad_date", Origin(file="f.csv", row="3"), "date", "x"),))


ORDER = ["d-open", "e-ever", "a-day", "g-hour", "c-range", "f-since", "b-day"]


def ids(store: ClaimStore, **asked: object) -> list[str]:
    """The ids a query finds, asked for in each of the ways there are, which must agree."""
    query = Query(**asked)  # type: ignore[arg-type]
    found: list[str] = store.table(query, ["claim_id"])["claim_id"].to_pylist()
    assert [c.claim_id for c in store.claims(query)] == found
    assert store.count(query) == len(found)
    return found


def at(*when: int) -> datetime:
    return datetime(*when, tzinfo=UTC)  # type: ignore[arg-type]
