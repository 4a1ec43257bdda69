"""The sample says in our own words what the coded article says, and nothing in the article's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from geodata.gazetteer import default
from geodata.ingest import load_file, sample_path
from geodata.model import Claim, Relation, RelationType

RUN = 7
IDS = {
    "s01": "cannot-attack",
    "s02": "made-to-fall-back",
    "s03": "sent-for-troops",
    "s04": "makariv-not-taken",
    "s05": "makariv-matters",
    "s06": "russian-losses",
    "s07": "counter-attack-in-the-south",
    "s08": "back-towards-mykolaiv",
    "s09": "power-to-attack-gone",
    "s10": "reserves-to-the-border",
    "s11": "hitting-back-at-makariv",
    "s12": "ring-around-the-capital",
    "s13": "left-okhtyrka",
    "s14": "cause-hopeless",
    "s15": "desertion",
    "s16": "looting-in-havronshchyna",
    "s17": "flight-to-belarus",
    "s18": "offensive-near-brovary",
    "s19": "losses-near-brovary",
    "s20": "fell-back-near-brovary",
    "s21": "recovering-near-brovary",
    "s22": "static-defence",
    "s23": "restoring-supplies",
    "s25": "preparing-to-resume",
    "s26": "mariupol-repulsed",
    "s27": "mariupol-fighting",
    "s28": "little-progress",
    "s29": "cities-under-fire",
    "s30": "ten-million-displaced",
    "s31": "killed-almost-10000",
    "s32": "figures-deleted",
    "s33": "kp-hacked",
    "s34": "kp-named-its-source",
    "s35": "killed-9861",
    "s36": "wounded-16153",
    "s37": "killed-7000",
    "s38": "four-generals",
    "s39": "wounded-14000-to-21000",
    "s40": "aims-out-of-reach",
    "s42": "supply-lines-hit",
    "s43": "plunder-to-come",
    "s44": "indiscriminate-bombing",
    "s45": "army-got-stuck",
}
SAME = (
    "kind",
    "subtype",
    "claimant",
    "claimant_basis",
    "claimant_alt",
    "relays",
    "actor",
    "actor_alt",
    "target",
    "status",
    "modality",
    "negated",
    "happened",
    "said_at",
    "core",
)


def ours(gold_id: str) -> str:
    return f"2022-03-22-{IDS[gold_id]}"


@pytest.fixture(scope="module")
def gold(shared: Path) -> Mapping[str, Claim]:
    coded = load_file(shared / "gold" / "article.gold.json", gazetteer=default())
    return {c.origin.row: c for c in coded.claims}


@pytest.fixture(scope="module")
def sample() -> Mapping[str, Claim]:
    return {c.claim_id: c for c in load_file(sample_path()).claims}


def places(claim: Claim) -> list[Any]:
    return [(p.name, p.role, p.precision, p.inherited, p.bearing_deg) for p in claim.places]


def figures(claim: Claim) -> list[Any]:
    return [(f.measure, f.unit, f.low, f.high, f.qualifier, f.since) for f in claim.figures]


def translated(relation: Relation) -> Relation:
    if relation.type is RelationType.SOURCED_TO:
        return relation
    return Relation(relation.type, ours(relation.target.removeprefix("seed-")))


def test_every_coded_claim_has_its_own_in_the_sample(gold: Mapping[str, Claim], sample: Mapping[str, Claim]) -> None:
    assert set(IDS) == set(gold)
    assert len({ours(g) for g in IDS} & set(sample)) == 43


@pytest.mark.parametrize("gold_id", IDS)
def test_it_is_coded_alike(gold_id: str, gold: Mapping[str, Claim], sample: Mapping[str, Claim]) -> None:
    theirs, mine = gold[gold_id], sample[ours(gold_id)]
    assert {f: getattr(mine, f) for f in SAME} == {f: getattr(theirs, f) for f in SAME}
    assert places(mine) == places(theirs)
    assert (mine.marks, mine.unplaced) == (theirs.marks, theirs.unplaced)
    assert figures(mine) == figures(theirs)
    assert {r for r in mine.relations if r.target != mine.claim_id} == {translated(r) for r in theirs.relations}


def test_every_other_claim_comes_from_the_four_briefings(sample: Mapping[str, Claim]) -> None:
    others = [c for c in sample.values() if c.claim_id not in {ours(g) for g in IDS}]
    assert len(others) >= 20
    assert {c.document_id for c in others} == {f"sample-2022-{day}" for day in ("02-24", "03-03", "03-07", "03-14")}
    assert all("us-dod-official" in (c.claimant, *c.relays) and c.relays[-1] == "us-dod" for c in others)


def runs(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.casefold())
    return {tuple(words[i : i + RUN]) for i in range(len(words) - RUN + 1)}


def test_no_run_of_seven_words_is_shared(shared: Path, sample: Mapping[str, Claim]) -> None:
    files = [shared / "gold" / "article.txt", *(shared / "data" / "texts").glob("*.txt")]
    assert len(files) == 5
    theirs = set(chain.from_iterable(runs(f.read_text("utf-8")) for f in files))
    documents = load_file(sample_path()).documents
    words = [d.text or "" for d in documents] + [d.title for d in documents]
    words += [t for c in sample.values() for t in (c.statement, c.note)]
    assert not theirs & set(chain.from_iterable(map(runs, words)))
