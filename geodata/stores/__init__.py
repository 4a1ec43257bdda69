"""Where claims are kept: the protocol, the embedded store, and how one is opened."""

from __future__ import annotations

from pathlib import Path

import platformdirs

from geodata.stores.base import AppendReport, Box, ClaimStore, Credit, Hit, Since
from geodata.stores.duckdb import DuckDBStore
from geodata.stores.imports import Gone, Import
from geodata.stores.rows import table_of
from geodata.stores.tables import CLAIMS
from geodata.stores.values import refusal_id
from geodata.stores.writer import Writer

__all__ = [
    "CLAIMS",
    "AppendReport",
    "Box",
    "ClaimStore",
    "Credit",
    "DuckDBStore",
    "Gone",
    "Hit",
    "Import",
    "Since",
    "Writer",
    "default_path",
    "open_store",
    "refusal_id",
    "table_of",
]


def open_store(path: Path | str | None = None, *, create: bool = False) -> DuckDBStore:
    """The store in a folder (:func:`default_path`, if None).

    Parameters
    ----------
    path : folder of the store.
    create : make an empty store where there is none; otherwise that is an error.

    Raises
    ------
    ForeignFileError, CorruptStoreError, StoreError
        If the path holds something else; a damaged store; none, an unreadable one or one of another release.
    """
    return DuckDBStore(Path(path) if path else default_path(), create=create)


def default_path() -> Path:
    """Folder of the user's own store, in the system's place for application data."""
    return Path(platformdirs.user_data_path("conflict-map", appauthor=False)) / "claims"
