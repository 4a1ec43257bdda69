"""How a Ukrainian name is written by others: rules that turn one spelling into another."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["latin_forms", "romanise", "russian_forms"]

_UKRAINIAN: Final = dict(
    zip(
        "абвгґдежзийіклмнопрстуфхцчшщєїюяь",
        "a b v h g d e zh z y i i k l m n o p r s t u f kh ts ch sh shch ie i iu ia".split() + [""],
        strict=True,
    )
)
_UKRAINIAN_INITIAL: Final = {"є": "ye", "ї": "yi", "й": "y", "ю": "yu", "я": "ya"}
_BGN: Final = _UKRAINIAN | {"є": "ye", "ї": "yi", "й": "y", "ю": "yu", "я": "ya"}
_RUSSIAN: Final = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        "a b v g d e e zh z i y k l m n o p r s t u f kh ts ch sh shch _ y _ e yu ya".replace("_", "").split(" "),
        strict=True,
    )
)
_APOSTROPHES: Final = re.compile("['’ʼ]")
_SOFT: Final = (("івськ", "овск"), ("ївськ", "евск"), ("ськ", "ск"), ("цьк", "цк"), ("зьк", "зк"))


def romanise(name: str) -> str:
    """Official romanisation (Cabinet of Ministers resolution 55 of 27 January 2010).

    >>> [romanise(n) for n in ("Миколаїв", "Гавронщина", "Згурівка", "Знам'янка")]
    ['Mykolaiv', 'Havronshchyna', 'Zghurivka', 'Znamianka']
    """
    words = re.split(r"([\s\-]+)", _APOSTROPHES.sub("", name))
    return "".join(_romanise_word(w) for w in words)


def latin_forms(name: str) -> list[str]:
    """The official romanisation and the older BGN/PCGN one ("Mykolayiv") of a Ukrainian name."""
    plain = _APOSTROPHES.sub("", name).lower()
    return [romanise(name), "".join(_BGN.get(c, c) for c in plain)]


def russian_forms(name: str) -> list[str]:
    """The regular Russian spelling of a Ukrainian name, and its romanisation: derived, so of the lowest trust.

    >>> russian_forms("Макарів")
    ['макаров', 'makarov']
    >>> russian_forms("Макарівський")[0]
    'макаровский'
    """
    text = _APOSTROPHES.sub("", name).lower()
    for ukrainian, russian in _SOFT:
        text = text.replace(ukrainian, russian)
    text = re.sub(r"їв\b", "ев", re.sub(r"ів\b", "ов", text))
    text = re.sub(r"(?<![гкхжчшщ])и(?!й\b)", "ы", text).translate(str.maketrans("іїєґ", "ииег"))
    return [text, "".join(_RUSSIAN.get(c, c) for c in text)]


def _romanise_word(word: str) -> str:
    low = word.lower()
    out = ""
    for i, c in enumerate(low):
        if c == "г" and i and low[i - 1] == "з":
            out += "gh"
        else:
            out += (_UKRAINIAN_INITIAL if i == 0 else _UKRAINIAN).get(c, _UKRAINIAN.get(c, c))
    return out[:1].upper() + out[1:] if word[:1].isupper() else out
