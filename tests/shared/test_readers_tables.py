"""The real samples of control and, through a mapping, of VIINA: every row is accounted for."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from geodata.gazetteer import default
from geodata.ingest import collect, ingest, report
from geodata.model import Kind, Precision, RelationType
from geodata.readers import detect
from geodata.readers.mapped import MappedReader
from geodata.sources import Register

MAPPING = """
dataset = "viina-slice"

[document]
title = "VIINA 2.0, a selection by keyword"
licence = "ODbL 1.0"
attribution = "Contains information from VIINA 2.0 (Yuri Zhukov and Natalie Ayers)"

[columns]
event_id_1pd = "id"
date = "said"
sources_matching = "relay"
source_urls = "url"
target_terms = "subtype"
asciiname = "place"
ADM1_NAME = "within"
ADM2_NAME = "within"
longitude = "lon"
latitude = "lat"
representative_text = "quote"

[constants]
kind = "strike"
"""


def lines(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_control_is_read_row_by_row(shared: Path) -> None:
    (path,) = (shared / "data/control_points").glob("*.csv")
    reader = detect(path)
    assert reader.name == "control"
    found = collect(ingest(reader.read(path, {}), register=Register.load(), gazetteer=default()))
    blank = [row for row in lines(path) if not row["Held by"].strip() or not row["update"].strip()]
    assert len(found.rejections) == len(blank)
    odds = [c for c in found.claims if c.relations]
    assert {c.places[0].mention for c in odds} == {"Volnovakha"}
    assert {r.type for c in odds for r in c.relations} == {RelationType.CONTRADICTS}
    assert {c.actor for c in found.claims if c.kind is Kind.CAPTURE} <= {
        "Ukraine", "Russia", "Donetsk People's Republic", "Luhansk People's Republic",
    }  # fmt: skip
    assert all(m.precision is Precision.SETTLEMENT and m.shape is None for c in found.claims for m in c.marks)


@pytest.mark.parametrize("pattern", ["viina_2022*.csv", "viina_2023*.csv"])
def test_viina_comes_in_through_a_mapping(shared: Path, tmp_path: Path, pattern: str) -> None:
    (path,) = (shared / "data/viina").glob(pattern)
    (tmp_path / "map.toml").write_text(MAPPING)
    records = MappedReader().read(path, {"map": str(tmp_path / "map.toml")})
    found = collect(ingest(records, register=Register.load(), gazetteer=default()))
    rows = lines(path)
    assert report(found).read == len(rows)
    assert not found.rejections
    assert [c.claim_id for c in found.claims] == [f"viina-slice-{row['event_id_1pd']}" for row in rows]
    assert all(c.quote == row["representative_text"].strip() for c, row in zip(found.claims, rows, strict=True)
               if not c.note)  # fmt: skip
    assert all(c.said_at and c.happened.start is None for c in found.claims)
    assert all("ODbL" in d.licence for d in found.documents)
