"""The real samples of UCDP GED and of the losses series: every row is accounted for, none becomes a false point."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path

import pytest

from geodata.gazetteer import default
from geodata.ingest import collect, ingest
from geodata.model import Bundle, Claim, Precision, Unplaced
from geodata.readers import detect, read
from geodata.sources import Register, slug


def loaded(path: Path) -> Bundle:
    return collect(ingest(read(path), register=Register.load(), gazetteer=default()))


@pytest.fixture(scope="module")
def events(shared: Path) -> Path:
    (path,) = (shared / "data/ucdp").glob("*.csv")
    return path


@pytest.fixture(scope="module")
def rows(events: Path) -> list[dict[str, str]]:
    with events.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["id"]]


@pytest.fixture(scope="module")
def bundle(events: Path) -> Bundle:
    return loaded(events)


def test_every_row_is_a_claim(events: Path, bundle: Bundle, rows: list[dict[str, str]]) -> None:
    assert detect(events).name == "ucdp"
    assert bundle.rejections == ()
    assert [c.claim_id for c in bundle.claims] == [f"ucdp-{row['id']}" for row in rows]


def test_the_offices_are_the_relays(events: Path, rows: list[dict[str, str]]) -> None:
    claims = [r for r in read(events) if isinstance(r, Claim)]
    for claim, row in zip(claims, rows, strict=True):
        assert set(claim.relays) == {slug(office) for office in row["source_office"].split(";")} - {""}


def test_figures_are_those_of_the_row(bundle: Bundle, rows: list[dict[str, str]]) -> None:
    flagged = 0
    for claim, row in zip(bundle.claims, rows, strict=True):
        total = claim.figures[0]
        assert (total.low, total.best, total.high) == tuple(int(row[k]) for k in ("low", "best", "high"))
        ordered = int(row["low"]) <= int(row["best"]) <= int(row["high"])
        assert ("out of order" in claim.note) != ordered
        flagged += not ordered
    assert flagged == 13


def test_only_exact_places_are_pins(bundle: Bundle, rows: list[dict[str, str]]) -> None:
    for claim, row in zip(bundle.claims, rows, strict=True):
        if row["where_prec"] == "6":
            assert claim.unplaced is Unplaced.COUNTRY_ONLY
            continue
        (mark,) = claim.marks
        assert (mark.shape is None) == (row["where_prec"] == "1")
        assert (mark.precision is Precision.OBLAST) == (row["where_prec"] == "4")


def test_no_oblast_is_a_circle_where_its_border_is_known(bundle: Bundle) -> None:
    shapes = Counter(
        (c.marks[0].shape or "").partition(":")[0] for c in bundle.claims if c.places[0].precision == "oblast"
    )
    assert set(shapes) == {"area"}


def test_losses(shared: Path) -> None:
    for path in sorted((shared / "data/losses").glob("*.json")):
        assert detect(path).name == "losses"
        series = json.loads(path.read_text(encoding="utf-8"))
        counters = sum(1 for row in series for key in row if key not in ("date", "day") and not key.endswith("*"))
        found = loaded(path)
        assert found.rejections == ()
        assert len(found.claims) == counters
        assert {c.claimant for c in found.claims} == {"ua-general-staff"}
        axes = [c for c in found.claims if c.claim_id.endswith("direction")]
        assert all(isinstance(c, Claim) and c.marks for c in axes)
