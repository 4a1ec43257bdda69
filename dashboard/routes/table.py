"""The table of claims: its columns, a page of rows in any order, and all that it shows as a file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from functools import partial
from typing import Any, Final

from flask import Flask, Response, request

from dashboard.cells import COLUMNS, FIRST, GROUP_WORDS, columns_needed, group_name, table_rows
from dashboard.routes.answers import reply
from geodata import export
from geodata.errors import QueryError, StoreError
from geodata.notebook import EntryKind
from geodata.query import Query
from geodata.stores.base import Arranged, ClaimStore

__all__ = ["register"]

_OWN: Final = ("cols", "sort", "group", "offset", "limit", "find")
_MOST: Final = 500
_NAMES: Final = frozenset(c.name for c in COLUMNS)


def register(server: Flask, store: ClaimStore) -> None:
    """Add ``/table``, ``/table.csv`` and ``/table/columns`` to ``server``."""
    columns = {"first": FIRST, "columns": [asdict(c) for c in COLUMNS], "groups": dict(GROUP_WORDS)}
    server.add_url_rule("/table/columns", endpoint="/table/columns", view_func=lambda: columns)
    for path, mimetype, body in (("/table", "application/json", _page), ("/table.csv", "text/csv", _csv)):
        view = partial(_answer, store, body, mimetype)
        server.add_url_rule(path, endpoint=path, view_func=view)


def _answer(store: ClaimStore, body: Any, mimetype: str) -> Response:
    names = [n for n in request.args.get("cols", "").split(",") if n] or list(FIRST)
    if unknown := [n for n in names if n not in _NAMES]:
        raise QueryError(f"no column {', '.join(unknown)}", names=("cols",), remedy="See /table/columns.")
    return reply(store, lambda query: body(store, query, names), mimetype, _OWN)


def _beside(store: ClaimStore) -> Mapping[str, Mapping[str, str]]:
    """Tags and notes by claim id, as cells have them."""
    tags: dict[str, list[str]] = {}
    notes: dict[str, list[str]] = {}
    for entry in reversed(store.notebook.entries()):
        if entry.kind is EntryKind.NOTE:
            tags.setdefault(entry.claim_id, []).extend(entry.tags)
            notes.setdefault(entry.claim_id, []).extend([entry.text] if entry.text else [])
    return {
        "tags": {i: ", ".join(dict.fromkeys(words)) for i, words in tags.items()},
        "notes": {i: " / ".join(texts) for i, texts in notes.items()},
    }


def _arranged(store: ClaimStore, query: Query) -> Arranged:
    order = [word for word in request.args.get("sort", "").split(",") if word]
    try:
        return store.arranged(query, order=order, group=request.args.get("group", ""))
    except StoreError as e:
        raise QueryError(e.what, names=("sort", "group"), remedy=e.remedy) from e


def _page(store: ClaimStore, query: Query, names: Sequence[str]) -> bytes:
    """Rows from ``offset`` on, or those around the claim to ``find``; groups where the rows begin."""
    limit = max(1, min(request.args.get("limit", 100, type=int), _MOST))
    found = _arranged(store, query)
    at = found.position(request.args["find"]) if "find" in request.args else None
    offset = max(0, request.args.get("offset", 0, type=int) if at is None else at // limit * limit)
    by = request.args.get("group", "")
    groups = [asdict(replace(g, label=group_name(by, g))) for g in found.groups] if "offset" not in request.args else []
    rows = table_rows(found.page(columns_needed(names), offset=offset, limit=limit), names, _beside(store))
    if query.text:
        spots = store.spots(query.text, [cell for row in rows for cell in row.cells])
        wide = len(names)
        rows = tuple(
            replace(row, hits=tuple(map(tuple, spots[k * wide : k * wide + wide]))) for k, row in enumerate(rows)
        )
    answer = {"total": len(found), "offset": offset, "found": at, "groups": groups, "rows": [asdict(r) for r in rows]}
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()


def _csv(store: ClaimStore, query: Query, names: Sequence[str]) -> Iterator[str]:
    """Exactly what the table shows: its rows, columns and order, values as in every export."""
    return export.chosen_lines(_arranged(store, query), names, _beside(store))
