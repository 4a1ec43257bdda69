"""CAMEO event codes: which of our kinds they are, and their words. Codes are text: ``0874`` is not 874.

Words by the CAMEO 1.1b3 code list; a code that has no words here has those of the code above it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from geodata.model import Kind

__all__ = ["Cameo", "cameo"]


class Cameo(NamedTuple):
    """What a code stands for."""

    kind: Kind
    words: str


_CODE: Final = re.compile(r"(0[1-9]|1\d|20)\d{1,2}")
_CODES: Final[Mapping[str, Cameo]] = MappingProxyType(
    {code: Cameo(Kind.OTHER, words) for code, words in {
        "01": "make a public statement",
        "02": "appeal",
        "03": "express intent to cooperate",
        "04": "consult",
        "05": "engage in diplomatic cooperation",
        "06": "engage in material cooperation",
        "07": "provide aid",
        "08": "yield",
        "0871": "declare a truce or ceasefire",
        "0872": "ease a military blockade",
        "0873": "demobilize armed forces",
        "09": "investigate",
        "10": "demand",
        "11": "disapprove",
        "12": "reject",
        "13": "threaten",
        "14": "protest",
        "15": "exhibit force posture",
        "16": "reduce relations",
        "17": "coerce",
        "171": "seize or damage property",
        "173": "arrest, detain, or charge with legal action",
        "175": "use tactics of violent repression",
        "18": "assault",
        "181": "abduct, hijack, or take hostage",
        "183": "conduct suicide, car, or other non-military bombing",
        "191": "impose a blockade, restrict movement",
        "20": "use unconventional mass violence",
        "203": "engage in ethnic cleansing",
        "204": "use weapons of mass destruction",
    }.items()} | {
        "016": Cameo(Kind.INFORMATION, "deny responsibility"),
        "0874": Cameo(Kind.RETREAT, "retreat or surrender militarily"),
        "154": Cameo(Kind.REINFORCEMENT, "mobilize or increase armed forces"),
        "19": Cameo(Kind.CLASH, "fight"),
        "190": Cameo(Kind.CLASH, "use conventional military force"),
        "192": Cameo(Kind.CAPTURE, "occupy territory"),
        "193": Cameo(Kind.CLASH, "fight with small arms and light weapons"),
        "194": Cameo(Kind.BOMBARDMENT, "fight with artillery and tanks"),
        "195": Cameo(Kind.BOMBARDMENT, "employ aerial weapons"),
        "1951": Cameo(Kind.BOMBARDMENT, "employ precision-guided aerial munitions"),
        "1952": Cameo(Kind.BOMBARDMENT, "employ remotely piloted aerial munitions"),
        "196": Cameo(Kind.CLASH, "violate a ceasefire"),
        "201": Cameo(Kind.DISPLACEMENT, "engage in mass expulsion"),
        "202": Cameo(Kind.CASUALTIES, "engage in mass killings"),
    }
)  # fmt: skip


def cameo(code: str) -> Cameo | None:
    """What an event code of three or four digits stands for; None if it is no such code (a leading zero lost).

    >>> cameo("0874").words, cameo("172").words, cameo("874") is None, cameo("43") is None
    ('retreat or surrender militarily', 'coerce', True, True)
    """
    if not _CODE.fullmatch(code):
        return None
    return next((_CODES[code[:n]] for n in (4, 3, 2) if code[:n] in _CODES), None)
