"""The article coded by hand goes through the readers and the ingest unharmed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from geodata.gazetteer import default
from geodata.ingest import load_file, report
from geodata.model import Bundle, Claim, Precision, Role

SOURCES = {
    "UA_GENSTAFF": "ua-general-staff",
    "UA_CDS": "ua-cds",
    "UK_MOD": "uk-mod",
    "UN": "un",
    "RU_KP": "ru-kp",
    "RU_MOD": "ru-mod",
    "US_INTEL": "us-intel",
    "NYT": "nyt",
    "RUSI_BRONK": "rusi-bronk",
    "US_DEF_OFFICIAL": "us-dod-official",
    "MAILONLINE": "mailonline",
    "VOA": "voa",
    "ARTICLE": "article",
    "UNSPECIFIED": "unstated",
}


@pytest.fixture(scope="module")
def gold(shared: Path) -> Mapping[str, Any]:
    return json.loads((shared / "gold" / "article.gold.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def coded(shared: Path) -> Bundle:
    document = str(shared / "gold" / "article.txt")
    return load_file(shared / "gold" / "article.gold.json", gazetteer=default(), options={"document": document})


@pytest.fixture(scope="module")
def claims(coded: Bundle) -> Mapping[str, Claim]:
    return {c.origin.row: c for c in coded.claims}


def test_all_43_claims_are_kept(coded: Bundle, gold: Mapping[str, Any]) -> None:
    outcome = report(coded)
    assert (outcome.kept, outcome.rejected) == (43, 0)
    assert len(gold["claims"]) == 43
    assert not outcome.dangling
    assert not outcome.unreviewed


def test_every_field_arrives(claims: Mapping[str, Claim], gold: Mapping[str, Any]) -> None:
    for g in gold["claims"]:
        c = claims[g["id"]]
        assert c.span is not None
        assert (c.span.start, c.span.end, c.quote) == (g["start"], g["end"], g["quote"])
        assert c.claimant == SOURCES[g["claimant"]]
        assert list(c.claimant_alt) == [SOURCES[s] for s in g["claimant_alt"]]
        assert list(c.relays) == [SOURCES[s] for s in g["relayed_by"]]
        assert (c.claimant_basis == "stated") == g["claimant_explicit"]
        assert (c.kind, c.subtype or None) == (g["event_type"], g["subtype"])
        assert (c.modality, c.status, c.attribution) == (g["modality"], g["status"], g["attribution"]["mode"])
        assert (c.core, list(c.actor_alt)) == (g["core"], g.get("actor_alt", []))
        assert [(p.mention, p.role, p.precision, p.inherited) for p in c.places] == [
            (p["mention"], p["role"], p["precision"], p["inherited"]) for p in g["places"]
        ]
        assert [(f.measure, f.low, f.high, f.qualifier or None) for f in c.figures] == [
            (f["measure"], f["min"], f["max"], f["approx"]) for f in g["figures"]
        ]
        assert [(r.type, r.target.removeprefix("seed-")) for r in c.relations] == [
            (r["type"], SOURCES.get(r["target"], r["target"])) for r in g["relations"]
        ]


def test_sides_are_those_of_the_codebook(coded: Bundle, gold: Mapping[str, Any]) -> None:
    sides = {s.source_id: s.side for s in coded.sources}
    assert {SOURCES[k]: s["side"].lower() for k, s in gold["sources"].items()}.items() <= sides.items()


def test_every_place_is_found(claims: Mapping[str, Claim]) -> None:
    assert [(c, p.mention) for c, claim in claims.items() for p in claim.places if not p.place_id] == []


def test_the_hard_places_are_drawn_as_what_they_are(claims: Mapping[str, Claim]) -> None:
    assert {m.precision for m in claims["s08"].marks} == {Precision.DIRECTION}
    assert [m.precision for m in claims["s13"].marks] == [Precision.DISTRICT]
    assert [m.precision for m in claims["s16"].marks if m.role is Role.LOCATION] == [Precision.SETTLEMENT]
    assert Precision.BORDER in {m.precision for m in claims["s17"].marks}
    assert Precision.SETTLEMENT not in {m.precision for m in claims["s18"].marks}


def test_what_is_not_drawn_says_why(coded: Bundle) -> None:
    assert all(bool(c.marks) != bool(c.unplaced) for c in coded.claims)
    assert Counter(bool(c.marks) for c in coded.claims)[True] >= 16


def test_a_shifted_span_is_refused_and_the_others_stay(shared: Path, tmp_path: Path, gold: Mapping[str, Any]) -> None:
    broken = json.loads(json.dumps(gold))
    broken["claims"][12]["start"] += 1
    path = tmp_path / "broken.json"
    path.write_text(json.dumps(broken), "utf-8")
    bundle = load_file(path, options={"document": str(shared / "gold" / "article.txt")})
    assert len(bundle.claims) == 42
    assert [(r.reason, r.field, r.origin.row) for r in bundle.rejections] == [("span_mismatch", "span", "s13")]
