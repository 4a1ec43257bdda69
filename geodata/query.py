"""A filter over claims as a frozen value that can write itself as a URL and as an English sentence.

An empty tuple means *no filter on this*. Values of one field are alternatives, fields are combined with
*and*. The window is half-open ``[start, end)`` in UTC and matches every claim whose span overlaps it; a claim dated to
days has no hour, so it is matched by its date on the clock of ``zone``. With ``clock=said`` the span is that in which
it was said. ``known`` asks for what could be known at an instant, by what had been said or what the store had recorded:
a claim counts from the instant by which it certainly had been, and what takes it back or contradicts it likewise.
Nothing here runs a query.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final
from urllib.parse import quote, urlencode

from geodata.errors import QueryError, SpanError
from geodata.model import Coding, Kind, Layer, Modality, Precision, Standing, Unplaced
from geodata.spans import EVER, Clock, Span, TimePrecision, Zone, parse_instant

__all__ = ["FACETS", "LENS", "PARAMETERS", "Query"]

FACETS: Final = ("source", "side", "layer", "kind", "actor", "precision", "modality", "coding")
"""The fields whose values are counted, by their URL word."""

LENS: Final = ("only_by", "all_by", "not_by", "standing")
"""The fields that ask who else says so; ``min_sides`` is the one of them that is a number."""

_TIMES: Final = ("from", "to", "clock", "known", "by", "zone")
_ASKED: Final = ("q", "place", "bbox", "tag", "since", "unplaced", "event", "claim")
PARAMETERS: Final = (*FACETS, *LENS, "min_sides", *_TIMES, *_ASKED)
"""Every URL parameter a query may have."""

_SIDE: Final = "side:"
_LISTS: Final = (*FACETS, *LENS, "place", "tag", "bbox", "unplaced", "event", "claim")
_WORDS: Final = {
    "layer": Layer,
    "kind": Kind,
    "precision": Precision,
    "modality": Modality,
    "coding": Coding,
    "standing": Standing,
    "unplaced": Unplaced,
}
_CHOICES: Final[Mapping[str, Sequence[StrEnum]]] = {
    "zone": tuple(Zone),
    "clock": (Clock.HAPPENED, Clock.SAID),
    "by": (Clock.SAID, Clock.RECORDED),
}
_STANDS: Final = {Standing.ALONE: "said by one voice alone"}
_NEWS: Final = {"contradicted": "newly contradicted"}
_CODED: Final = {"hand": "by hand", "assisted": "with a model's help", "machine": "by machine"}


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked for, fields by URL word except ``start`` (``from``), ``end`` (``to``) and ``text`` (``q``).

    Examples
    --------
    >>> q = Query.from_url({"layer": "retreat", "from": "2022-03-01", "to": "2022-03-23"})
    >>> q.to_url()
    'layer=retreat&from=2022-03-01&to=2022-03-23'
    >>> q.describe()
    'retreat claims, 1 to 22 March 2022'
    >>> Query().describe()
    'all claims'
    """

    source: tuple[str, ...] = ()
    """Claimant ids."""
    side: tuple[str, ...] = ()
    """Sides of the claimant."""
    layer: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    actor: tuple[str, ...] = ()
    precision: tuple[str, ...] = ()
    """Of the claim's first mark; ``country`` and ``none`` are the tray."""
    modality: tuple[str, ...] = ()
    coding: tuple[str, ...] = ()
    """Who turned the report into a claim. Nothing is left out unless asked for; the page asks."""
    only_by: tuple[str, ...] = ()
    """Voices: nobody else says the same, as far as the store knows. A voice is a source id, or ``side:`` and a side."""
    all_by: tuple[str, ...] = ()
    """Voices each of which says the same: "A and B"; of a side, any source of it."""
    not_by: tuple[str, ...] = ()
    """Voices none of which says the same: "A but not B" with ``all_by``."""
    standing: tuple[str, ...] = ()
    """How it stands among the others (:class:`geodata.model.Standing`)."""
    min_sides: int = 0
    """At least so many independent sides say the same; 0 and 1 ask for nothing."""
    start: datetime | None = None
    end: datetime | None = None
    clock: Clock = Clock.HAPPENED
    """What the window is about: ``happened`` or ``said``. A claim that does not state when it was said lies in all."""
    known: datetime | None = None
    """As it could be known at this instant; a claim that does not state when it was said never could by the said."""
    by: Clock = Clock.SAID
    """What made it known: ``said`` or ``recorded``; of no account without ``known``."""
    zone: Zone = Zone.UTC
    text: str = ""
    """Words that must all stand in statement, quote, place, claimant or document title, in any order.

    A word is met by every word that begins with it, its own ending taken off (``обстріли`` and ``обстріл`` find the
    same), and a word that nothing meets by names of places spelled nearly so, a number by the same with its digits
    parted in threes. What stands in quotation marks is met word for word. Case, stress marks, apostrophes and the
    accents of Latin letters are ignored, ``ё`` is ``е``. A text without a letter or digit asks for nothing.
    """
    place: tuple[str, ...] = ()
    """Gazetteer ids of the claim's first mark, or of its first mention where nothing is drawn."""
    tag: tuple[str, ...] = ()
    """Tags that readers have given it."""
    since: str = ""
    """Token of a store's version: what has come or changed after it; ``:`` and a word of News, that part alone."""
    bbox: tuple[float, ...] = ()
    """West, south, east, north (EPSG:4326), across 180 degrees where ``west > east``: a mark stands there, give or take
    40 m; that of an area is its symbol."""
    unplaced: tuple[str, ...] = ()
    """Reasons why a claim has no mark: the tray, or a part of it."""
    event: tuple[str, ...] = ()
    """Ids of happenings as :mod:`geodata.corroborate` groups them: what several say of one."""
    claim: tuple[str, ...] = ()
    """Claim ids."""

    def __post_init__(self) -> None:
        for word, enum in _WORDS.items():
            known = {str(v) for v in enum}
            if bad := [v for v in getattr(self, word) if v not in known]:
                raise QueryError(
                    f"{word}={','.join(bad)} is not known",
                    names=(word,),
                    remedy=f"Use one of: {', '.join(sorted(known))}.",
                )
        for word, choices in _CHOICES.items():
            if (chosen := getattr(self, word)) not in choices:
                remedy = f"Use one of: {', '.join(choices)}."
                raise QueryError(f"{word}={chosen} is not known", names=(word,), remedy=remedy)
            object.__setattr__(self, word, type(choices[0])(chosen))
        if self.known is None:
            object.__setattr__(self, "by", Clock.SAID)
        else:
            object.__setattr__(self, "known", _whole_minute(self.known))
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, tuple) and field.name != "bbox":
                object.__setattr__(self, field.name, tuple(dict.fromkeys(str(v) for v in value)))
        try:
            window = self.window
        except SpanError as e:
            raise QueryError("the window is empty: from is not before to", names=("from", "to")) from e
        object.__setattr__(self, "bbox", _box(self.bbox))
        object.__setattr__(self, "start", window.start)
        object.__setattr__(self, "end", window.end)
        object.__setattr__(self, "text", " ".join(self.text.split()))
        object.__setattr__(self, "min_sides", self.min_sides if self.min_sides > 1 else 0)

    @property
    def window(self) -> Span:
        """The time asked for as a span; open where nothing is asked."""
        return _window(self.start, self.end)

    @property
    def wall(self) -> Span:
        """The window as clocks of ``zone`` show it, written as if it were UTC: what a claim without an hour meets."""
        start, end = (t and self.zone.wall(t) for t in (self.start, self.end))
        if start and end and end <= start and self.start and self.end:  # the hour that a clock shows twice
            end = start + (self.end - self.start)
        return _window(start, end)

    def meets(self, span: Span) -> bool:
        """True if a claim that happened in ``span`` lies in the window.

        >>> from datetime import date
        >>> from geodata.spans import day
        >>> kyiv = Query.from_url({"from": "2022-03-21T22:00Z", "to": "2022-03-22T22:00Z", "zone": "kyiv"})
        >>> [kyiv.meets(day(date(2022, 3, d))) for d in (21, 22, 23)]
        [False, True, False]
        """
        return span.overlaps(self.wall if span.of_days else self.window)

    def knows(self, said: Span | None, recorded: datetime | None) -> bool:
        """True if a claim said in ``said`` and first recorded at ``recorded`` was known at the instant asked for.

        >>> from datetime import date
        >>> from geodata.spans import day
        >>> asked = (Query.from_url({"known": t}) for t in ("2022-03-22T09:00Z", "2022-03-23"))
        >>> [query.knows(day(date(2022, 3, 22)), None) for query in asked]
        [False, True]
        """
        told = recorded if self.by is Clock.RECORDED else said.end if said else None
        return self.known is None or (told is not None and told <= self.known)

    @staticmethod
    def voices(named: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The source ids and the sides among the values of ``only_by``, ``all_by`` or ``not_by``.

        >>> Query.voices(("side:russian", "uk_mod"))
        (('uk_mod',), ('russian',))
        """
        held = tuple(named)
        sides = tuple(v.removeprefix(_SIDE) for v in held if v.startswith(_SIDE))
        return tuple(v for v in held if not v.startswith(_SIDE)), sides

    def without(self, *names: str) -> Query:
        """The same query with the named fields left out, for counting a facet beside its alternatives."""
        empty = Query()
        return replace(self, **{n: getattr(empty, n) for n in names})

    @classmethod
    def from_url(cls, params: Mapping[str, str | Iterable[str]], *, ignore: Iterable[str] = ()) -> Query:
        """Read URL parameters; several values are separated by commas or by repeating the parameter.

        Parameters
        ----------
        params : mapping of name to one value or several.
        ignore : names that belong to somebody else (view state) and are passed over.

        Raises
        ------
        QueryError
            If a parameter is unknown or a value cannot be read; ``names`` lists the parameters.
        """
        skip = set(ignore)
        given = {k: [v] if isinstance(v, str) else list(v) for k, v in params.items() if k not in skip}
        if unknown := sorted(set(given) - set(PARAMETERS)):
            raise QueryError(
                f"unknown parameter {', '.join(unknown)}",
                names=tuple(unknown),
                remedy=f"Known: {', '.join(PARAMETERS)}.",
            )
        listed = {k: tuple(p for v in vs for p in v.split(",") if p) for k, vs in given.items() if k in _LISTS}
        chosen = {k: text for k in _CHOICES if (text := "".join(given.get(k, [])[:1]))}
        times: dict[str, datetime] = {}
        for word, name in (("from", "start"), ("to", "end"), ("known", "known")):
            if text := "".join(given.get(word, [])[:1]).strip():
                try:
                    times[name] = parse_instant(text.replace(" ", "+"))
                except SpanError as e:
                    raise QueryError(f"{word}={text}: {e.what}", names=(word,), remedy=e.remedy) from e
        asked = "".join(given.get("min_sides", [])[:1]).strip() or "0"
        if not asked.isdecimal():
            raise QueryError(f"min_sides={asked} is no number", names=("min_sides",), remedy="Write min_sides=2.")
        text, sides = " ".join(given.get("q", [])), int(asked)
        since = "".join(given.get("since", [])[:1]).strip()
        return cls(**listed, **times, **chosen, min_sides=sides, text=text, since=since)  # type: ignore[arg-type]

    def to_url(self) -> str:
        """The query as a URL query string, without ``?``; empty for the query that asks for everything."""
        pairs = [(word, ",".join(getattr(self, word))) for word in (*FACETS, *LENS)]
        pairs += [
            ("min_sides", str(self.min_sides or "")),
            ("from", _stamp(self.start)),
            ("to", _stamp(self.end)),
            ("clock", "" if self.clock is Clock.HAPPENED else self.clock),
            ("known", _stamp(self.known)),
            ("by", "" if self.by is Clock.SAID else self.by),
            ("zone", "" if self.zone is Zone.UTC else self.zone),
            ("q", self.text),
            ("place", ",".join(self.place)),
            ("tag", ",".join(self.tag)),
            ("since", self.since),
            ("bbox", ",".join(f"{v:.6f}".rstrip("0").rstrip(".") for v in self.bbox)),
            ("unplaced", ",".join(self.unplaced)),
            ("event", ",".join(self.event)),
            ("claim", ",".join(self.claim)),
        ]
        return urlencode([(k, v) for k, v in pairs if v], quote_via=quote, safe=",:")

    def phrase(self, names: Mapping[str, str] | None = None) -> str:
        """What is asked apart from time, in English: ``retreat claims, said by Ukrainian sources``.

        ``names`` maps ids of sources and places to display names; ids stand in where it has none.
        """
        shown = [_either(_plain(words)) for words in (self.modality, self.kind or self.layer) if words]
        parts = [" ".join([*shown, "claims"])]
        if self.source:
            parts.append("said by " + _either([(names or {}).get(s, s) for s in self.source]))
        if self.side:
            parts.append(f"said by {_either([_side(s) for s in self.side])} sources")
        parts += self._lens(names or {})
        if self.actor:
            parts.append(f"about {_either(self.actor)}")
        if self.precision:
            parts.append(f"placed to a {_either(_plain(self.precision))}")
        if self.coding and len(self.coding) < len(_CODED):
            parts.append(f"coded {_either([_CODED[c] for c in self.coding])}")
        if self.text:
            parts.append(f"with “{self.text}”")
        parts += self._kept(names or {})
        if self.unplaced:
            parts.append("not on the map")
        if self.event:
            parts.append("of one happening" if len(self.event) == 1 else f"of {len(self.event)} happenings")
        if self.claim:
            parts.append(f"{len(self.claim)} picked by hand")
        return "all claims" if parts == ["claims"] else ", ".join(parts)

    def _kept(self, names: Mapping[str, str]) -> Iterable[str]:
        """What is asked about places, readers' tags and the store's versions, in English."""
        if self.place:
            yield f"at {_either([names.get(p, p) for p in self.place])}"
        if self.bbox:
            yield "between {:.2f} and {:.2f} east, {:.2f} and {:.2f} north".format(*self.bbox[::2], *self.bbox[1::2])
        if self.tag:
            yield f"tagged {_either(self.tag)}"
        if self.since:
            token, _, part = self.since.partition(":")
            yield f"{_NEWS.get(part, part) or 'new or changed'} since version {token.rpartition('-')[2]}"

    def _lens(self, names: Mapping[str, str]) -> Iterable[str]:
        """What is asked about the other voices, in English."""
        only, every, none = ([_named(s, names) for s in ids] for ids in (self.only_by, self.all_by, self.not_by))
        if only:
            yield f"said by {_either(only)} and nobody else"
        if every:
            yield f"said by {_either(every, 'and')}"
        if none:
            yield f"not said by {_either(none)}"
        if self.min_sides:
            yield f"said by at least {self.min_sides} independent sides"
        if self.standing:
            yield _either([_STANDS.get(Standing(s), s) for s in self.standing])

    def describe(self, names: Mapping[str, str] | None = None) -> str:
        """The whole query in English, the sentence printed over a map or an export."""
        parts = [self.phrase(names)]
        if self.start is not None or self.end is not None:
            dated = self.wall.describe()
            if self.zone is Zone.KYIV:
                dated = f"{dated.replace(' UTC', '')}, Kyiv time"
            parts.append(f"said {dated}" if self.clock is Clock.SAID else dated)
        if self.known:
            parts.append(self.state_of_knowledge)
        return ", ".join(parts)

    @property
    def state_of_knowledge(self) -> str:
        """``known`` in words; empty where it asks for nothing.

        >>> Query.from_url({"known": "2022-03-14T09:00Z"}).state_of_knowledge
        'as known on 14 March 2022, 09:00 UTC, by what had been said'
        """
        if self.known is None:
            return ""
        shown, clock = self.zone.wall(self.known), "Kyiv time" if self.zone is Zone.KYIV else "UTC"
        told = "this store had recorded" if self.by is Clock.RECORDED else "had been said"
        return f"as known on {shown.day} {shown:%B %Y, %H:%M} {clock}, by what {told}"


def _whole_minute(t: datetime) -> datetime:
    return t.astimezone(UTC).replace(second=0, microsecond=0)


def _box(values: Iterable[str | float]) -> tuple[float, ...]:
    """Four numbers as degrees, to the sixth place; nothing is no box."""
    given = [str(v) for v in values if v != ""]
    try:
        box = tuple(round(float(v), 6) + 0.0 for v in given)
    except ValueError:
        box = (math.nan,)
    if not box or (len(box) == 4 and max(map(abs, box[::2])) <= 180 and -90 <= box[1] <= box[3] <= 90):
        return box
    raise QueryError(f"bbox={','.join(given)} is no box", names=("bbox",), remedy="Write west,south,east,north.")


def _window(start: datetime | None, end: datetime | None) -> Span:
    if start is None and end is None:
        return EVER
    midnight = all(t is None or not (t.hour or t.minute or t.second or t.microsecond) for t in (start, end))
    return Span(start, end, TimePrecision.RANGE if midnight else TimePrecision.MINUTE)


def _stamp(t: datetime | None) -> str:
    if t is None:
        return ""
    return f"{t:%Y-%m-%d}" if not (t.hour or t.minute or t.second) else f"{t:%Y-%m-%dT%H:%M}Z"


def _plain(words: Iterable[str]) -> list[str]:
    return [w.replace("_", " ") for w in words]


def _either(words: Sequence[str], joint: str = "or") -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {joint} {words[-1]}"


def _named(voice: str, names: Mapping[str, str]) -> str:
    if voice.startswith(_SIDE):
        return f"{_side(voice.removeprefix(_SIDE))} sources"
    return names.get(voice, voice)


def _side(side: str) -> str:
    return {"un": "UN", "ngo": "NGO"}.get(side, side.capitalize())
