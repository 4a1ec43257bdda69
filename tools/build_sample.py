"""Compile the sample: the briefings in tools/sample/*.toml -> geodata/data/sample/sample.json.

Each file is one briefing with its claims. Spans are found from the quotes, places and marks by the packaged
gazetteer, so this runs again whenever the words, the gazetteer or the way of drawing change:

    python tools/build_sample.py
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from geodata import gazetteer
from geodata.ingest import collect, ingest, report, sample_path
from geodata.model import Bundle, Claim, Document, Origin, Relation, RelationType, TextSpan
from geodata.readers import Record
from geodata.readers.native import write
from geodata.sources import Register
from geodata.spans import Span, day, days, until

FOLDER = Path(__file__).with_name("sample")
DATASET = "conflict-map sample"


def main() -> int:
    bundle = compile_sample()
    outcome = report(bundle)
    if bundle.rejections or outcome.dangling or outcome.unreviewed:
        print(*bundle.rejections, *outcome.dangling, *outcome.unreviewed, sep="\n", file=sys.stderr)
        return 1
    with sample_path().open("wb") as file:
        write(bundle, file)
    print(f"{len(bundle.documents)} documents, {len(bundle.claims)} claims; unplaced: {dict(outcome.unplaced)}")
    return 0


def compile_sample() -> Bundle:
    briefings = {path: tomllib.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.toml"))}
    full_ids = {c["id"]: f"{b['published']}-{c['id']}" for b in briefings.values() for c in b["claims"]}
    records = (r for path, briefing in briefings.items() for r in compile_briefing(path.name, briefing, full_ids))
    return collect(ingest(records, register=Register.load(), gazetteer=gazetteer.default()))


def compile_briefing(file: str, briefing: dict[str, Any], full_ids: dict[str, str]) -> Iterator[Record]:
    text = briefing["text"].strip()
    yield Document(
        document_id=briefing["id"],
        title=briefing["title"],
        publisher=DATASET,
        published=briefing["published"].isoformat(),
        licence="CC0-1.0",
        attribution=briefing["attribution"],
        language="en",
        text=text,
        note=briefing.get("note", ""),
    )
    for entry in briefing["claims"]:
        origin = Origin(dataset=DATASET, file=file, row=entry["id"])
        yield compile_claim(briefing["defaults"] | entry, text, full_ids, origin, briefing["id"])


def compile_claim(
    entry: dict[str, Any], text: str, full_ids: dict[str, str], origin: Origin, document_id: str
) -> Claim:
    span = only(text, entry["quote"])
    fields = entry | {
        "claim_id": full_ids[entry.pop("id")],
        "document_id": document_id,
        "span": span,
        "happened": parse_span(entry["happened"]),
        "said_at": parse_span(entry["said_at"]),
        "places": [compile_place(p, text, span) for p in entry.get("places", [])],
        "figures": [{**f, "span": near(text, f["text"], span)} for f in entry.get("figures", [])],
        "relations": [parse_relation(r, full_ids) for r in entry.get("relations", [])],
        "origin": origin,
    }
    return msgspec.convert(msgspec.to_builtins(fields), Claim)


def compile_place(place: dict[str, Any], text: str, span: TextSpan) -> dict[str, Any]:
    return {"name": place["mention"], **place, "span": near(text, place["mention"], span)}


def only(text: str, quote: str) -> TextSpan:
    """The one place where the text says this."""
    if text.count(quote) != 1:
        raise SystemExit(f"the text says {text.count(quote)} times: {quote}")
    return TextSpan(text.index(quote), text.index(quote) + len(quote))


def near(text: str, words: str, span: TextSpan) -> TextSpan:
    """Where the words stand inside the span, else the last time before it."""
    at = text.find(words, span.start, span.end)
    if at < 0:
        at = text.rfind(words, 0, span.end)
    if at < 0:
        raise SystemExit(f"neither the quote nor what precedes it says: {words}")
    return TextSpan(at, at + len(words))


def parse_span(words: str) -> Span:
    """``2022-03-22`` a day, ``2022-03-12..2022-03-13`` days, ``..2022-03-22`` on or before that day."""
    first, dots, last = words.partition("..")
    if not dots:
        return day(date.fromisoformat(first))
    if not first:
        return until(date.fromisoformat(last))
    return days(date.fromisoformat(first), date.fromisoformat(last))


def parse_relation(words: str, full_ids: dict[str, str]) -> Relation:
    kind, target = words.split()
    to_source = kind == RelationType.SOURCED_TO
    return Relation(RelationType(kind), target if to_source else full_ids[target])


if __name__ == "__main__":
    sys.exit(main())
