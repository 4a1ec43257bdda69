"""Values on their way into the store's file and out of it: JSON, instants, tables that a statement reads."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final

import duckdb
import msgspec
import pyarrow as pa

from geodata.model import Claim, Rejection

__all__ = ["as_arrow", "encoded", "naive", "refusal_id", "revived"]

_CLAIM: Final = msgspec.json.Decoder(Claim)


def naive(instant: datetime) -> datetime:
    """A UTC instant as the file keeps it."""
    return instant.astimezone(UTC).replace(tzinfo=None)


@contextmanager
def as_arrow(con: duckdb.DuckDBPyConnection, table: pa.Table) -> Iterator[None]:
    """Statements in the block can read the table as ``arrow``."""
    con.register("arrow", table)
    yield
    con.unregister("arrow")  # not where it failed: the transaction is over, and the next takes the name


def encoded(value: Any) -> str:
    """A value of the model as JSON."""
    return msgspec.json.encode(value).decode()


def revived(values: Iterable[str]) -> tuple[Claim, ...]:
    """The claims that were written as JSON."""
    return tuple(map(_CLAIM.decode, values))


def refusal_id(rejection: Rejection) -> str:
    """What names a rejection in every store: 16 hexadecimal digits."""
    return hashlib.sha256(encoded(rejection).encode()).hexdigest()[:16]
