"""The view part of the address: what is looked at, not what is asked for. ``assets/app/state.mjs`` is its mirror."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final

from geodata.query import Query

__all__ = ["VIEW_PARAMETERS", "query_of"]

VIEW_PARAMETERS: Final = (
    *("mode", "sel", "map", "theme", "present", "panel", "split", "view", "speed", "step", "beat", "play"),
    *("order", "desk", "cols", "sort", "group", "figure", "across", "who"),
)
"""``mode`` (window | cumulative | moment), ``sel`` (claim ids), ``map`` (zoom/lat/lon), ``theme``, ``present`` (1),
``panel``, ``split`` (what a second map shows: source:ID, side:WORD or days:N earlier); of the timeline ``view``
(the stretch shown, from/to), ``speed``, ``step``, ``beat`` (seconds a claim) and ``play`` (event, skip, loop,
reverse); ``order`` of the list (best: what fits the words searched for comes first); ``desk`` (what stands under the
map: table), and of the table ``cols``, ``sort`` (SCHEMA columns, ``-`` before one that is turned round) and ``group``,
of the figures ``figure`` (what is counted of whom), of the sources ``across`` (columns of the matrix: layer, week,
place) and ``who`` (source id of the page opened).
"""


def query_of(params: Mapping[str, list[str]]) -> Query:
    """The query of a page address; a cumulative view has no start, a moment is the window's last minute.

    Raises
    ------
    QueryError
        If a parameter belongs neither to the query nor to the view.

    Examples
    --------
    >>> query_of({"layer": ["retreat"], "present": ["1"]}).to_url()
    'layer=retreat'
    """
    query = Query.from_url(params, ignore=VIEW_PARAMETERS)
    mode = "".join(params.get("mode", []))
    if mode == "cumulative":
        return replace(query, start=None)
    return replace(query, start=query.end - timedelta(minutes=1)) if mode == "moment" and query.end else query
