"""The rule by which claims are taken to speak of one happening, and what each says of it.

The numbers and lists below are choices of this project unless a source is named; they are shown wherever a group is
explained, and a stated relation goes before any of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from geodata.model import Kind, Modality, Status

__all__ = [
    "FAMILY",
    "FIGHT",
    "PARTIES",
    "STATES",
    "TOLL",
    "TOLL_KINDS",
    "UNREAL",
    "WITHDRAWN",
    "Rule",
    "bounds",
    "party",
    "stance",
]


@dataclass(frozen=True, slots=True)
class Rule:
    """What "the same" means. Two values of it that are equal group the same claims in the same way.

    In a town, claims of one *family* of kinds that can have happened at one time speak of one happening. Anywhere
    wider the kind and the party must be the same too: the vaguer the place, the more must agree.
    """

    max_days: float = 2.0
    """Spans longer than this meet only spans with the same first and last day: a month is not the day within it."""
    near_km: float = 20.0
    """A point without a gazetteer id is the place of its name within this distance; the control tables' own measure."""
    approx: float = 0.1
    """Share by which "about 7,000" reaches up and down, and "almost 10,000" down (CODEBOOK 7 gives the closed side)."""
    as_of_days: float = 1.0
    """Running totals no farther apart than this are of one time; a report of the evening is dated to either day."""


FIGHT: Final = "fight"
TOLL: Final = "toll"
FAMILY: Final = MappingProxyType(
    {
        **dict.fromkeys(
            (Kind.ADVANCE, Kind.CAPTURE, Kind.RETREAT, Kind.OFFENSIVE, Kind.FAILED_CAPTURE, Kind.REPULSED, Kind.CLASH),
            FIGHT,
        ),
        **dict.fromkeys((Kind.BOMBARDMENT, Kind.STRIKE), "fire"),
        **dict.fromkeys((Kind.REINFORCEMENT, Kind.REGROUP), "movement"),
        **dict.fromkeys((Kind.DEFENCE, Kind.STALLED), "static"),
        **dict.fromkeys((Kind.LOSSES, Kind.CASUALTIES), TOLL),
        Kind.DISPLACEMENT: "displacement",
        Kind.DESERTION: "desertion",
        Kind.LOOTING: "looting",
    }
)
"""Kinds that one happening may be called by. Judgements, statements and ``other`` say too little to be grouped."""

TOLL_KINDS: Final = frozenset({Kind.LOSSES, Kind.CASUALTIES, Kind.DISPLACEMENT})
"""Kinds whose party is the one that suffers, not the one that acts (CODEBOOK 3)."""

STATES: Final = frozenset({"contested", "truce", "gray_zone", "uncontrolled"})
"""Subtypes that say who holds a town by naming nobody; ``unknown`` claims nothing."""

UNREAL: Final = frozenset({Status.INTENDED, Status.PREDICTED})
"""Not said to have happened, so never one happening with something that is."""

WITHDRAWN: Final = frozenset({Modality.DENIED, Modality.RETRACTED, Modality.UNCONFIRMED})
"""A claim in such a voice backs nothing, though it may be contradicted."""

PARTIES: Final = MappingProxyType(
    {
        **dict.fromkeys(
            (
                "ru", "russia", "russian federation", "russian forces", "russian troops", "government of russia",
                "donetsk people's republic", "donetsk pr", "dpr", "luhansk people's republic", "luhansk pr", "lpr",
            ),
            "RU",
        ),
        **dict.fromkeys(("ua", "ukraine", "ukrainian forces", "ukrainian army", "government of ukraine"), "UA"),
        "both": "",
    }
)  # fmt: skip
"""Names of those who fight on one side; any other name stands for itself."""

_OTHER_PARTY: Final = MappingProxyType({"RU": "UA", "UA": "RU"})
_FAILED: Final = frozenset({Kind.FAILED_CAPTURE, Kind.REPULSED})


def party(actor: str) -> str:
    """The fighting side an actor belongs to; empty for nobody and for both.

    >>> party("Russian forces"), party("Luhansk People's Republic"), party("both"), party("Maidan")
    ('RU', 'RU', '', 'maidan')
    """
    name = actor.strip().casefold()
    return PARTIES.get(name, name)


def stance(kind: str, subtype: str, negated: bool, who: str, *, town: bool) -> str:
    """What a claim says of the happening, in a word that can be compared: ``holds:UA``, ``lost:RU``, ``fighting``.

    Outside towns, and for all that is no fight, it is the kind, negated or not. ``held by`` and ``not taken by the
    other`` are one where two parties fight: a failed Russian attempt on a town leaves it with Ukraine.

    >>> stance("repulsed", "", False, "RU", town=True), stance("capture", "", False, "RU", town=True)
    ('holds:UA', 'holds:RU')
    >>> stance("capture", "", True, "Chad", town=True)
    'lost:Chad'
    >>> stance("clash", "counter_attack", False, "UA", town=True), stance("clash", "", False, "", town=True)
    ('stands:UA', 'fighting')
    """
    if subtype in STATES and town:
        return f"state:{subtype}"
    if not town or FAMILY.get(Kind(kind), FIGHT) != FIGHT:
        return f"no {kind}" if negated else kind
    held = kind == Kind.CAPTURE or subtype == "transfer"
    if who and (held or kind == Kind.RETREAT or kind in _FAILED):
        return _control(who, held != negated)
    if who and subtype == "counter_attack" and not negated:
        return f"stands:{who}"
    return "no fighting" if negated else "fighting"


def _control(who: str, holds: bool) -> str:
    if holds:
        return f"holds:{who}"
    other = _OTHER_PARTY.get(who)
    return f"holds:{other}" if other else f"lost:{who}"


_LOW_OPEN: Final = frozenset({"almost", "nearly", "up to", "less than", "fewer than", "at most", "under"})
_HIGH_OPEN: Final = frozenset({"more", "more than", "over", "at least", "exceeding"})
_NEARLY: Final = frozenset({"almost", "nearly"})
_ABOUT: Final = frozenset({"about", "around", "some", "approximately", "approx", "roughly", "circa", "estimated"})


def bounds(figure: tuple[float | None, float | None, str], rule: Rule) -> tuple[float, float]:
    """The closed range a claimed number can mean: (low, high), infinite where a side is open.

    Parameters
    ----------
    figure : low, high (None or NaN where not stated) and qualifier as coded; CODEBOOK 7 codes "almost X" as a high and
        "more than X" as a low alone.

    >>> bounds((None, 10_000, "almost"), Rule()), bounds((10_000_000, None, "more than"), Rule())
    ((9000.0, 10000.0), (10000000.0, inf))
    >>> bounds((14_000, 21_000, "between"), Rule())
    (14000.0, 21000.0)
    """
    low, high = (None if n is None or n != n else n for n in figure[:2])  # noqa: PLR0124 - a null is NaN in a column
    word = figure[2].casefold()
    if word in _NEARLY and high is not None:
        return high * (1 - rule.approx), float(high)
    if word in _ABOUT and low is not None and high is not None and low == high:
        return low * (1 - rule.approx), high * (1 + rule.approx)
    if word in _HIGH_OPEN:
        high = None
    if word in _LOW_OPEN:
        low = None
    return (float("-inf") if low is None else float(low)), (float("inf") if high is None else float(high))
