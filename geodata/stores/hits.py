"""Searching: what the words of a query mean in a store, and the claims they are found in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

from geodata.stores import sql
from geodata.stores.base import Hit
from geodata.stores.words import Term, found, terms

__all__ = ["highlighted", "ranked", "ranked_sql", "resolved"]

_NEAR: Final = """
SELECT word FROM place_words WHERE damerau_levenshtein(word, $1) <= $2 
ORDER BY damerau_levenshtein(word, $1), word LIMIT 5
"""
_FUZZY: Final = 5
"""Letters of a word that may be one letter off; from twice as many less two, two."""

_THREE: Final = 3

Rows = Callable[[str, Sequence[Any]], list[Any]]


def resolved(text: str, rows: Rows) -> tuple[Term, ...]:
    """The terms of a text, those that no word meets otherwise.

    A number is looked for with its digits parted in threes, another word among names of places spelled nearly so.
    """
    return tuple(_resolved(term, rows) for term in terms(text))


def _resolved(term: Term, rows: Rows) -> Term:
    word = term.words[0]
    number = word.isascii() and word.isdigit() and len(word) > _THREE and word[0] != "0"
    if term.exact or (len(word) < _FUZZY and not number):
        return term
    values: list[Any] = []
    known = sql.meets(term, lambda value: values.append(value) or f"${len(values)}")  # type: ignore[func-returns-value]
    if rows(f"SELECT 1 FROM words WHERE {known} LIMIT 1", values):
        return term
    if number:
        return Term(tuple(f"{int(word):,}".split(",")), exact=True)
    return replace(term, near=tuple(near for (near,) in rows(_NEAR, (word, 1 if len(word) < 2 * _FUZZY - 2 else 2))))


def ranked(where: sql.Where, asked: Sequence[Term]) -> tuple[str, tuple[Any, ...]]:
    """The ``WITH`` clause of the conditions with ``ranked`` (columns key, score) of what was found, and the ``$n``."""
    values = list(where.values)

    def bind(value: Any) -> str:
        values.append(value)
        return f"${len(values)}"

    each = " UNION ALL ".join(
        f"SELECT key, max(CASE WHEN word = {bind(t.words[0])} THEN 1.0 ELSE 0.5 END) AS share"
        f" FROM (SELECT word, unnest(keys) AS key FROM words WHERE {sql.meets(t, bind)})"
        " WHERE key IN (FROM hits) GROUP BY key"
        for t in asked
    )
    score = f"ranked AS MATERIALIZED (SELECT key, sum(share) / {len(asked)} AS score FROM ({each}) GROUP BY key)"
    return f"{where.head}, {score}", tuple(values)


def ranked_sql(where: sql.Where, asked: Sequence[Term], paging: str) -> tuple[str, tuple[Any, ...]]:
    """The claims found (columns id, score, statement, quote), best first, then the latest, and the ``$n``."""
    head, values = ranked(where, asked)
    statement = f"""{head},
        best AS MATERIALIZED (
            SELECT c.rowid AS place, score FROM (SELECT rowid, key, edge FROM claims {where.sql()}) c
            JOIN ranked USING (key) ORDER BY score DESC, edge DESC NULLS LAST, key {paging})
        SELECT claim_id, score, statement, quote FROM claims JOIN best ON claims.rowid = place
        ORDER BY score DESC, edge DESC NULLS LAST, key"""
    return statement, values


def highlighted(rows: Sequence[tuple[str, float, str, str]], asked: Sequence[Term]) -> tuple[Hit, ...]:
    """The rows found, with where the terms stand in them."""
    return tuple(
        Hit(i, float(score), found(statement, asked), found(quote, asked)) for i, score, statement, quote in rows
    )
