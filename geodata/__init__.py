"""Claims about a war: who said what happened where and when, through whom, in which words.

The names below are loaded when they are first asked for, so importing the package costs nothing.

>>> import geodata
>>> geodata.Query(layer=("retreat",)).describe()
'retreat claims'
"""

from __future__ import annotations

from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from geodata.errors import GeodataError
    from geodata.gazetteer import Gazetteer
    from geodata.ingest import load_file
    from geodata.model import Bundle, Claim, Document, Rejection, Source
    from geodata.query import Query
    from geodata.schema import SCHEMA
    from geodata.sources import Register
    from geodata.spans import Span
    from geodata.stores import ClaimStore, open_store

__all__ = [
    "SCHEMA",
    "Bundle",
    "Claim",
    "ClaimStore",
    "Document",
    "Gazetteer",
    "GeodataError",
    "Query",
    "Register",
    "Rejection",
    "Source",
    "Span",
    "load_file",
    "open_store",
]

_ROOMS: Final = MappingProxyType(
    {
        "errors": ("GeodataError",),
        "gazetteer": ("Gazetteer",),
        "ingest": ("load_file",),
        "model": ("Bundle", "Claim", "Document", "Rejection", "Source"),
        "query": ("Query",),
        "schema": ("SCHEMA",),
        "sources": ("Register",),
        "spans": ("Span",),
        "stores": ("ClaimStore", "open_store"),
    }
)


def __getattr__(name: str) -> Any:
    for room, names in _ROOMS.items():
        if name in names:
            return getattr(import_module(f"geodata.{room}"), name)
    raise AttributeError(f"module 'geodata' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
