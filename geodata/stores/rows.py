"""Claims as rows of :data:`geodata.stores.tables.CLAIMS`, a column at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import accumulate
from operator import attrgetter
from typing import Any, Final

import pyarrow as pa

from geodata.model import Claim
from geodata.stores.tables import CLAIMS

__all__ = ["table_of"]

_RENAMED: Final[Mapping[str, Callable[[Any], Any]]] = {
    "attribution_mode": attrgetter("attribution"),
    "happened_start": attrgetter("happened.start"),
    "happened_end": attrgetter("happened.end"),
    "happened_precision": attrgetter("happened.precision"),
    "said_start": lambda c: c.said_at and c.said_at.start,
    "said_end": lambda c: c.said_at and c.said_at.end,
    "said_precision": lambda c: c.said_at and c.said_at.precision,
    "span_start": lambda c: c.span and c.span.start,
    "span_end": lambda c: c.span and c.span.end,
    "dataset": attrgetter("origin.dataset"),
    "origin_file": attrgetter("origin.file"),
    "origin_row": attrgetter("origin.row"),
    "origin_reader": attrgetter("origin.reader"),
}


def table_of(claims: Sequence[Claim], columns: Sequence[str] = CLAIMS.names) -> pa.Table:
    """The claims as a table with columns of CLAIMS, in the order given."""
    schema = pa.schema([CLAIMS.field(name) for name in columns])
    found = [_array(map(_RENAMED.get(f.name, attrgetter(f.name)), claims), f.type) for f in schema]
    return pa.Table.from_arrays(found, schema=schema)


def _array(values: Iterable[Any], kind: pa.DataType) -> pa.Array:
    held = list(values)
    if pa.types.is_list(kind):
        offsets = pa.array(accumulate(map(len, held), initial=0), pa.int32())
        return pa.ListArray.from_arrays(offsets, _array((v for vs in held for v in vs), kind.value_type), type=kind)
    if pa.types.is_struct(kind):
        parts = [_array((v and getattr(v, f.name) for v in held), f.type) for f in kind]
        return pa.StructArray.from_arrays(
            parts, fields=list(kind), mask=pa.array([v is None for v in held], pa.bool_())
        )
    return pa.array(held, kind)
