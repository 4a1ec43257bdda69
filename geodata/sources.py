"""The register of claimants and outlets: who they are, whose side they are on, by which names they go."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import msgspec

from geodata.model import UNSTATED, Source

__all__ = ["OpenRegister", "Register", "slug"]

_FILE: Final = Path(__file__).with_name("data") / "sources.json"
_BREAKS: Final = re.compile(r"[\W_]+")


def _none() -> Mapping[str, Any]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Register:
    """Sources by id, found by any of their names. An earlier source keeps a name that a later one claims too.

    Examples
    --------
    >>> register = Register.load()
    >>> register.get("uk-mod").side
    'western'
    >>> register.find("the UK ministry of defence").source_id
    'uk-mod'
    >>> register.find("Nobody in particular") is None
    True
    """

    _sources: Mapping[str, Source] = field(default_factory=_none)
    _names: Mapping[str, str] = field(default_factory=_none)

    @classmethod
    def load(cls) -> Register:
        """The reviewed sources that come with the package."""
        return cls().with_sources(msgspec.json.decode(_FILE.read_bytes(), type=tuple[Source, ...]))

    def __iter__(self) -> Iterator[Source]:
        return iter(self._sources.values())

    def __len__(self) -> int:
        return len(self._sources)

    def get(self, source_id: str) -> Source:
        """The source with exactly that id.

        Raises
        ------
        KeyError
            If there is none.
        """
        return self._sources[source_id]

    def find(self, name: str) -> Source | None:
        """The source with that id, name or alias; case, punctuation and a leading "the" make no difference."""
        source_id = self._names.get(_key(name))
        return None if source_id is None else self._sources[source_id]

    def enter(self, name: str) -> Source:
        """A new source for a name the register does not know: side unknown, not reviewed. Changes nothing.

        >>> Register().enter("Радіо Свобода (Київ)").source_id
        'радіо-свобода-київ'
        """
        return _new(name, self._sources)

    def with_sources(self, sources: Iterable[Source], *, instead: bool = False) -> Register:
        """A register that also holds ``sources``; one with a known id replaces that source and adds to its names.

        With ``instead`` such a one is found no more by those aliases of the other that it has not: they are free.
        """
        grown, given = OpenRegister(self), list(sources)
        if instead:
            grown.forget({source.source_id for source in given})
        for source in given:
            grown.add(source)
        return Register(MappingProxyType(grown.sources), MappingProxyType(grown.names))

    def opened(self) -> OpenRegister:
        """A copy that grows in place, for the many names of a file."""
        return OpenRegister(self)


class OpenRegister:
    """A register that grows in place; it finds as :class:`Register` does."""

    def __init__(self, register: Register) -> None:
        self.sources, self.names = dict(register._sources), dict(register._names)

    def find(self, name: str) -> Source | None:
        """The source with that id, name or alias."""
        source_id = self.names.get(_key(name))
        return None if source_id is None else self.sources[source_id]

    def forget(self, ids: Collection[str]) -> None:
        """Find these sources by their ids and names alone, no longer by aliases."""
        kept = {(i, _key(name)) for i in ids if i in self.sources for name in (i, self.sources[i].name)}
        self.names = {key: i for key, i in self.names.items() if i not in ids or (i, key) in kept}

    def add(self, source: Source) -> None:
        """Hold the source too; one with a known id replaces that source and adds to its names."""
        self.sources[source.source_id] = source
        for name in (source.source_id, source.name, *source.aliases):
            self.names.setdefault(_key(name), source.source_id)

    def enter(self, name: str) -> Source:
        """The new source that now stands for a name the register does not know: side unknown, not reviewed."""
        source = _new(name, self.sources)
        self.add(source)
        return source


def _new(name: str, taken: Mapping[str, Source]) -> Source:
    source_id = stem = slug(name) or UNSTATED
    n = 1
    while source_id in taken:
        n += 1
        source_id = f"{stem}-{n}"
    return Source(source_id=source_id, name=name)


@lru_cache(maxsize=65_536)
def slug(name: str) -> str:
    """A name as an id for URLs: lower case, words joined by hyphens.

    >>> slug("UK Ministry of Defence")
    'uk-ministry-of-defence'
    """
    return _BREAKS.sub("-", name.casefold()).strip("-")


def _key(name: str) -> str:
    return slug(name).removeprefix("the-")
