"""What readers keep at the desk: notes, tags, saved views, and what has come since their last visit.

GET  /notes        {"writes", "entries", "tags"}: all that is kept, the latest first
GET  /notes.jsonl  every revision, to be taken in elsewhere
POST /notes        an entry, or the next revision of one; where files are taken alone
POST /notes.jsonl  lines of another notebook; likewise. {"new", "known", "refused"}: bad lines with their reasons
GET  /suggest      ?q=: places, sources and number of claims that what is typed may mean
GET  /spots        ?q=&claim=: where the words stand in the statement, quote and document of a claim, in code points
GET  /since        {"version", "new", "changed", "retracted", "contradicted"}: counts under the page's query
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, replace
from difflib import get_close_matches
from typing import Any, Final

import msgspec
from flask import Flask, Response, request
from flask.typing import ResponseReturnValue

from dashboard.state import query_of
from dashboard.uploads import access
from dashboard.uploads.jobs import Uploads
from geodata.errors import QueryError
from geodata.gazetteer import default, fold
from geodata.model import News
from geodata.notebook import Entry, EntryKind
from geodata.query import Query
from geodata.stores.base import ClaimStore

__all__ = ["register"]

_SHOWN: Final = 5
_FUZZY: Final = 4
"""Letters from which a name may be misspelled."""
_LIKE: Final = 0.74
"""Least share of letters in common (difflib), so that one wrong letter of five passes."""


def register(server: Flask, store: ClaimStore, uploads: Uploads | None) -> None:
    """Add the routes; without uploads nothing is written."""

    def check() -> None:
        access.check(request, uploads and uploads.write)

    def tell() -> ResponseReturnValue:
        entries = store.notebook.entries()
        tags = Counter(t for e in entries if e.kind is EntryKind.NOTE for t in e.tags)
        body = {
            "writes": uploads is not None,
            "entries": [_plain(e) for e in entries],
            "tags": dict(tags.most_common()),
        }
        return body, 200, {"Cache-Control": "no-store"}

    def write() -> ResponseReturnValue:
        check()
        try:
            entry = msgspec.json.decode(request.get_data(), type=Entry)
        except (msgspec.DecodeError, ValueError) as e:
            raise QueryError(f"no entry: {e}", remedy="Send kind, author, text, claim_id, tags.") from e
        return _plain(store.notebook.write(replace(entry, revision=0, written_at=None)))

    def take() -> ResponseReturnValue:
        check()
        taken = store.notebook.take(request.get_data().splitlines())
        return {"new": taken.new, "known": taken.known, "refused": taken.reasons()}

    def give() -> Response:
        head = {"Content-Disposition": 'attachment; filename="notes.jsonl"', "Cache-Control": "no-store"}
        return Response(store.notebook.lines(), mimetype="application/jsonl", headers=head)

    server.add_url_rule("/notes", endpoint="notes", view_func=tell)
    server.add_url_rule("/notes", endpoint="write-note", view_func=write, methods=["POST"])
    server.add_url_rule("/notes.jsonl", endpoint="notes.jsonl", view_func=give)
    server.add_url_rule("/notes.jsonl", endpoint="take-notes", view_func=take, methods=["POST"])
    server.add_url_rule("/suggest", endpoint="suggest", view_func=lambda: suggest(store, request.args.get("q", "")))
    server.add_url_rule("/spots", endpoint="spots", view_func=lambda: spots(store))
    server.add_url_rule("/since", endpoint="since", view_func=lambda: since(store))


def since(store: ClaimStore) -> dict[str, Any]:
    """How many claims are new, changed, retracted and newly contradicted since the version that ``since`` names."""
    query = query_of(request.args.to_dict(flat=False))
    now = store.version()
    counts = {part: store.count(replace(query, since=f"{query.since or now}:{part}")) for part in News}
    return {"version": now, **counts}


def spots(store: ClaimStore) -> dict[str, Any]:
    """Where what is searched for stands in a claim's statement, quote and document: ``[start, end)`` in code points."""
    claim = store.get(request.args.get("claim", ""))
    document = store.documents([claim.document_id]).get(claim.document_id)
    texts = (claim.statement, claim.quote or "", (document and document.text) or "")
    return {"spots": store.spots(request.args.get("q", ""), texts)}


def suggest(store: ClaimStore, typed: str) -> dict[str, Any]:
    """What typed letters may mean: places of the store, also misspelled or in another script, sources, words."""
    word = fold(typed)
    places = [g for g in store.arranged(Query(), group="place").groups if g.value and g.label]
    exact = {c.place.place_id for c in default().find(typed)} if word else set()
    folded = [fold(g.label) for g in places]
    near = (
        set(get_close_matches(_latin(word), map(_latin, folded), n=_SHOWN, cutoff=_LIKE))
        if len(word) >= _FUZZY
        else set()
    )
    ranked = [
        (rank, -g.claims, g.label, g.claims)
        for g, name in zip(places, folded, strict=True)
        if (rank := 0 if g.value in exact or name.startswith(word) else 1 if _latin(name) in near else 2) < 2 and word
    ]
    counts = store.facets(Query())["source"]
    sources = [s for s in store.sources().values() if word and word in fold(s.name) and s.source_id in counts]
    sources.sort(key=lambda s: -counts[s.source_id])
    return {
        "places": [{"name": name, "claims": n, "near": rank == 1} for rank, _, name, n in sorted(ranked)[:_SHOWN]],
        "sources": [{"id": s.source_id, "name": s.name, "claims": counts[s.source_id]} for s in sources[:_SHOWN]],
        "claims": store.count(Query(text=typed)) if word else 0,
    }


def _latin(folded: str) -> str:
    """A folded name in Latin letters, as Ukraine writes its names (resolution 55 of 2010, without its initial forms).

    >>> _latin("харків"), _latin("макарив"), _latin("kyiv")
    ('kharkiv', 'makaryv', 'kyiv')
    """
    return folded.translate(_LETTERS)


_LETTERS: Final = str.maketrans(
    dict(zip("абвгґдеєжзиійклмнопрстуфхцчшщюяыэё", (
        *"abvhgde", "ie", "zh", "z", "y", "i", "i", *"klmnoprstuf", "kh", "ts", "ch", "sh", "shch", "iu", "ia", *"yee",
    ), strict=True))
)  # fmt: skip


def _plain(entry: Entry) -> dict[str, Any]:
    return asdict(entry) | {"written_at": entry.written_at and entry.written_at.isoformat(timespec="seconds")}
