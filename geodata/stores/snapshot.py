"""One version of a store, opened read-only and known to be ours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb

from geodata.errors import CorruptStoreError, ForeignFileError, StoreError
from geodata.stores import history, tables

__all__ = ["Snapshot", "number_in", "opened", "sound"]

_CONFIG: Final[dict[str, str | bool | int | float | list[str]]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "temp_directory": "",
}
"""One configuration for every reader, as DuckDB demands within a process; nothing is fetched, nothing written."""
_DAMAGE: Final = re.compile(r"corrupt|checksum|not a valid|enough bytes|deserializ", re.IGNORECASE)
_NEWER: Final = re.compile(r"version number|newer", re.IGNORECASE)
_RESTORE: Final = "It is left as it is; restore it from a copy, or import into a new store."
_AGAIN: Final = (
    "It is made from the files that were imported: import those into a new store, or export its claims as .json with"
    " the release that wrote it and import that; then remove the old folder."
)
_UPGRADE: Final = "Use the release that wrote it, or a later one."


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A version, the token that stands for it, and a connection to take cursors from."""

    version: Path
    token: str
    con: duckdb.DuckDBPyConnection


def opened(version: Path) -> Snapshot:
    """The version, opened.

    Raises
    ------
    FileNotFoundError
        If it is not there (any more).
    ForeignFileError, CorruptStoreError, StoreError
        If it is not ours; damaged; unreadable or of another release.
    """
    where = str(version)
    try:
        version.open("rb").close()
    except PermissionError as e:
        raise StoreError(f"cannot be read: {e.strerror}", where=where, remedy="Check its permissions.") from e
    try:
        con = duckdb.connect(version, read_only=True, config=_CONFIG)
        con.sql("SET enable_progress_bar = false")
        history.attach(con)
        magic, form, store_id = _meta(con)
    except duckdb.CatalogException as e:
        raise ForeignFileError("a database, but not of claims", where=where, remedy="Name another path.") from e
    except duckdb.Error as e:
        if not version.exists():
            raise FileNotFoundError(version) from e
        if _NEWER.search(str(e)):
            raise StoreError(f"written by a newer DuckDB: {e}", where=where, remedy=_UPGRADE) from e
        raise CorruptStoreError(f"cannot be opened: {e}", where=where, remedy=_RESTORE) from e
    if magic != tables.MAGIC:
        raise ForeignFileError("a database, but not of claims", where=where, remedy="Name another path.")
    if form != tables.FORMAT:
        what = f"a claim store of format {form}, this release knows {tables.FORMAT}"
        raise StoreError(what, where=where, remedy=_UPGRADE if form > tables.FORMAT else _AGAIN)
    return Snapshot(version, f"{store_id}-{version.stem.rpartition('-')[2]}", con)


def number_in(token: str, snapshot: Snapshot) -> int:
    """The number of the version that a token stands for.

    Raises
    ------
    StoreError
        If it is of another store, or of a version to come.
    """
    store_id, _, number = token.rpartition("-")
    own, _, newest = snapshot.token.rpartition("-")
    if store_id != own or not re.fullmatch(r"[0-9]{1,9}", number) or int(number) > int(newest):
        what = f"{token!r} names no version of this store"
        raise StoreError(what, where=str(snapshot.version.parent), remedy="Ask for all claims again.")
    return int(number)


@contextmanager
def sound(path: Path) -> Iterator[None]:
    """Turn what DuckDB raises inside the block into an error of the store."""
    try:
        yield
    except duckdb.Error as e:
        if _DAMAGE.search(str(e)):
            raise CorruptStoreError(f"damaged: {e}", where=str(path), remedy=_RESTORE) from e
        raise StoreError(f"the engine failed: {e}", where=str(path), remedy="Check memory and disk space.") from e


def _meta(con: duckdb.DuckDBPyConnection) -> tuple[str, int, str]:
    rows = con.sql("SELECT magic, format, store_id FROM meta").fetchall()
    return rows[0] if len(rows) == 1 else ("", 0, "")
