"""Words as they are searched for: how a text is cut and folded, what a search asks for, and where it is found.

A word is a run of letters and digits. Case, stress marks, apostrophes and the accents of Latin letters are folded
away and ``ё`` is ``е``; ``і``, ``ї``, ``й`` and ``ґ`` stay the letters they are.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["Term", "folded", "found", "indexed", "pattern", "terms"]

_APOSTROPHES: Final = "'’ʼ‘`´"
_MARKS: Final = f"\u0300-\u036f{_APOSTROPHES}"
_RUN: Final = re.compile(rf"[^\W_](?:[^\W_]|[{_MARKS}])*")
_WORD: Final = re.compile(r"[^\W_]+")
_ASKED: Final = re.compile(r'"([^"]*)"|“([^”]*)”|«([^»]*)»|(\S+)')


def _bare(letter: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", letter) if not unicodedata.combining(c))


_FOLD: Final = str.maketrans(
    {chr(i): _bare(chr(i)) for i in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00))}
    | {"ł": "l", "ø": "o", "đ": "d", "ё": "е"}
    | dict.fromkeys((*_APOSTROPHES, *map(chr, range(0x300, 0x370))), "")
)
_SPELLED: Final = {
    base: "[" + base + "".join(chr(c) for c, to in _FOLD.items() if to == base and chr(c).islower()) + "]"
    for base in {to for to in _FOLD.values() if len(to) == 1}
}
"""The letters that a folded letter may be."""
_DOUBLE: Final = _SPELLED["s"] + f"[{_MARKS}]*" + _SPELLED["s"]
_BYTES: Final = bytes(
    i if i > 127 or i == ord("'") else ord(chr(i).lower()) if chr(i).isalnum() else 32 for i in range(256)
)
"""What each byte of UTF-8 becomes before words are told apart: ASCII loses case and punctuation, the rest stays."""

_ENDINGS: Final = tuple(
    sorted(
        "ами ями ого ому его ему ими ыми ої ій ий ый ой ая яя ую юю ее ое ие ые ів їв ов ев ам ям ах ях ом ем ою ею єю"
        " а я о е є и ы і ї у ю ь й ing ed es s".split(),
        key=len,
        reverse=True,
    )
)
"""Endings of nouns, adjectives and verbs in Ukrainian, Russian and English, the longest first."""
_STEM: Final = 4
"""Letters that must remain before an ending."""


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that is asked for: a phrase of exact words, or a word that others may begin with."""

    words: tuple[str, ...]
    exact: bool = False
    near: tuple[str, ...] = ()
    """Names of places spelled nearly so, where nothing is spelled so."""

    @property
    def prefix(self) -> str:
        """What a word begins with that meets this term, its ending taken off."""
        word = self.words[0]
        for ending in _ENDINGS:
            if word.endswith(ending) and len(word) - len(ending) >= _STEM:
                return word[: -len(ending)]
        return word

    def met(self, word: str) -> bool:
        """True if a folded word meets a term that is no phrase."""
        return word in self.near if self.near else word == self.words[0] if self.exact else word.startswith(self.prefix)


def folded(text: str) -> list[str]:
    """The words of a text as they are searched.

    >>> folded("Об’єкт «Ёлка» у Києві, Évreux – straße")
    ['обєкт', 'елка', 'у', 'києві', 'evreux', 'strasse']
    """
    if text.isascii() and text.isalnum():
        return [text.lower()]
    return _WORD.findall(unicodedata.normalize("NFC", text).casefold().translate(_FOLD))


def terms(text: str) -> tuple[Term, ...]:
    """What a search asks for: each word, in any order, and each phrase in quotation marks, word for word."""
    asked: dict[Term, None] = {}
    for *quoted, word in _ASKED.findall(text):
        if phrase := tuple(folded("".join(quoted))):
            asked[Term(phrase, exact=True)] = None
        asked |= dict.fromkeys(Term((w,)) for w in folded(word))
    return tuple(asked)


def pattern(phrase: Sequence[str]) -> str:
    """A regular expression (RE2) that finds folded words one after the other within one line of a lower-case text."""
    spelled = (f"[{_MARKS}]*".join(_SPELLED.get(c, c) for c in w).replace(_DOUBLE, f"(?:{_DOUBLE}|ß)") for w in phrase)
    edge = r"[^\pL\pN]"
    return f"(?:^|{edge})" + r"[^\pL\pN\n]+".join(spelled) + f"(?:$|{edge})"


def indexed(texts: pa.StringArray, keys: pa.Array) -> pa.Table:
    """The words of the texts in order, and the keys of the texts that have each: ``word``, ``keys`` (int32 lists)."""
    offsets, held = texts.buffers()[1:]
    plain = pa.py_buffer(bytes(held or b"").translate(_BYTES))
    runs = pc.ascii_split_whitespace(pa.StringArray.from_buffers(len(texts), offsets, plain, offset=texts.offset))
    run = runs.flatten().dictionary_encode()
    parts = [folded(r) for r in run.dictionary.to_pylist()]
    spelled, codes = np.unique(np.array([w for part in parts for w in part], object), return_inverse=True)
    ends = pa.array(np.cumsum([0, *map(len, parts)]), pa.int32())
    words = pa.ListArray.from_arrays(ends, pa.array(codes.astype(np.int64))).take(run.indices)
    text = np.repeat(keys.to_numpy(), np.asarray(runs.value_lengths())).astype(np.int64)
    pairs = words.flatten().to_numpy() << 32 | np.repeat(text, np.asarray(words.value_lengths()))
    pairs.sort()
    pairs = pairs[np.append(True, pairs[1:] != pairs[:-1])] if len(pairs) else pairs
    bounds = pa.array(np.searchsorted(pairs, np.arange(len(spelled) + 1) << 32), pa.int32())
    held_by = pa.ListArray.from_arrays(bounds, pa.array((pairs & 0xFFFFFFFF).astype(np.int32)))
    return pa.table({"word": pa.array(spelled, pa.string()), "keys": held_by})


def found(text: str, asked: Sequence[Term]) -> tuple[tuple[int, int], ...]:
    """Where a text meets the terms, as ``[start, end)`` in code points, in order and apart from each other."""
    runs = [(m.start(), m.end(), w) for m in _RUN.finditer(text) for w in folded(m[0])]
    spans = sorted(span for term in asked for span in _met(runs, term))
    apart: list[tuple[int, int]] = []
    for start, end in spans:
        if apart and start < apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        else:
            apart.append((start, end))
    return tuple(apart)


def _met(runs: Sequence[tuple[int, int, str]], term: Term) -> Iterator[tuple[int, int]]:
    n = len(term.words)
    for i, (start, end, word) in enumerate(runs):
        if n == 1 and term.met(word):
            yield start, end
        elif n > 1 and tuple(w for *_, w in runs[i : i + n]) == term.words:
            yield start, runs[i + n - 1][1]
