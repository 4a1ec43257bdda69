"""What the store keeps: :data:`CLAIMS`, the model's claim as typed columns, and the tables made of it.

The newest revision of each claim is a row of ``claims``, beside columns made from it, its source and its document;
older revisions are rows of ``past``. So every revision is kept once, and claims are made again from its row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import pyarrow as pa

from geodata.model import (
    UNSTATED,
    AttributionMode,
    Basis,
    Coding,
    Kind,
    Layer,
    Modality,
    Precision,
    RelationType,
    Role,
    Status,
    Unplaced,
)
from geodata.spans import TimePrecision
from geodata.stores import authored, imports

__all__ = ["CLAIM", "CLAIMS", "DAILY", "FORMAT", "GRID", "MAGIC", "TABLES", "columns", "words"]

MAGIC: Final = "conflict-map claims"
FORMAT: Final = 8
"""The version of the tables; a store of another one is refused."""

_TEXT: Final = pa.string()
_TEXTS: Final = pa.list_(_TEXT)
_NUMBER: Final = pa.float64()
_INTEGER: Final = pa.int32()
_FLAG: Final = pa.bool_()
_INSTANT: Final = pa.timestamp("us", "UTC")
_SPAN: Final = pa.struct({"start": _INTEGER, "end": _INTEGER})
_PLACE: Final = pa.struct(
    {
        "mention": _TEXT,
        "role": _TEXT,
        "precision": _TEXT,
        "place_id": _TEXT,
        "name": _TEXT,
        "span": _SPAN,
        "inherited": _FLAG,
        "bearing_deg": _NUMBER,
        "lon": _NUMBER,
        "lat": _NUMBER,
        "note": _TEXT,
        "shape": _TEXT,
    }
)
_MARK: Final = pa.struct(
    {
        "lon": _NUMBER,
        "lat": _NUMBER,
        "precision": _TEXT,
        "role": _TEXT,
        "radius_km": _NUMBER,
        "place_id": _TEXT,
        "shape": _TEXT,
        "bearing_deg": _NUMBER,
        "basis": _TEXT,
    }
)
_FIGURE: Final = pa.struct(
    {
        "measure": _TEXT,
        "unit": _TEXT,
        "low": _NUMBER,
        "high": _NUMBER,
        "best": _NUMBER,
        "qualifier": _TEXT,
        "text": _TEXT,
        "span": _SPAN,
        "since": _TEXT,
    }
)
_RELATION: Final = pa.struct({"type": _TEXT, "target": _TEXT})
_NULL: Final = "NULL"

_COLUMNS: Final[tuple[tuple[str, pa.DataType, str], ...]] = (
    ("claim_id", _TEXT, ""),
    ("statement", _TEXT, ""),
    ("kind", _TEXT, ""),
    ("claimant", _TEXT, f"'{UNSTATED}'"),
    ("claimant_basis", _TEXT, f"'{Basis.STATED}'"),
    ("claimant_alt", _TEXTS, "[]"),
    ("relays", _TEXTS, "[]"),
    ("attribution_mode", _TEXT, f"'{AttributionMode.INDIRECT}'"),
    ("document_id", _TEXT, "''"),
    ("span_start", _INTEGER, _NULL),
    ("span_end", _INTEGER, _NULL),
    ("quote", _TEXT, "''"),
    ("subtype", _TEXT, "''"),
    ("actor", _TEXT, "''"),
    ("actor_alt", _TEXTS, "[]"),
    ("target", _TEXT, "''"),
    ("status", _TEXT, f"'{Status.ASSERTED}'"),
    ("modality", _TEXT, f"'{Modality.CLAIMED}'"),
    ("negated", _FLAG, "false"),
    ("coding", _TEXT, f"'{Coding.HAND}'"),
    ("happened_start", _INSTANT, _NULL),
    ("happened_end", _INSTANT, _NULL),
    ("happened_precision", _TEXT, f"'{TimePrecision.OPEN}'"),
    ("said_start", _INSTANT, _NULL),
    ("said_end", _INSTANT, _NULL),
    ("said_precision", _TEXT, _NULL),
    ("places", pa.list_(_PLACE), "[]"),
    ("marks", pa.list_(_MARK), "[]"),
    ("unplaced", _TEXT, _NULL),
    ("figures", pa.list_(_FIGURE), "[]"),
    ("relations", pa.list_(_RELATION), "[]"),
    ("note", _TEXT, "''"),
    ("dataset", _TEXT, "''"),
    ("origin_file", _TEXT, "''"),
    ("origin_row", _TEXT, "''"),
    ("origin_reader", _TEXT, "''"),
    ("core", _FLAG, "true"),
)
"""Name, type, and what stands where the column is left out: SQL of the model's default, or nothing if it must be."""

CLAIMS: Final = pa.schema([pa.field(name, kind, nullable=default == _NULL) for name, kind, default in _COLUMNS])
"""A claim as a row of Arrow, one column a field of :class:`geodata.model.Claim`, in its order.

What the model nests one deep lies flat: ``span_*``, ``happened_*``, ``said_*`` (``said_precision`` null = not stated)
and ``origin`` (``dataset``, ``origin_file``, ``origin_row``, ``origin_reader``); ``attribution`` is named
``attribution_mode``. Words of the codebook are text, dictionaries too; instants are UTC; lists are never null.
``revision`` and ``recorded_at`` are the store's to set.
"""

_WORDS: Final[Mapping[str, type[StrEnum]]] = MappingProxyType(
    {
        "kind": Kind,
        "claimant_basis": Basis,
        "attribution_mode": AttributionMode,
        "status": Status,
        "modality": Modality,
        "coding": Coding,
        "happened_precision": TimePrecision,
        "said_precision": TimePrecision,
        "unplaced": Unplaced,
        "role": Role,
        "precision": Precision,
        "basis": Basis,
        "type": RelationType,
    }
)
"""What the text columns and fields of these names may hold."""


def words(values: Iterable[str]) -> str:
    """The SQL type of a column that holds only these words."""
    return "ENUM (" + ", ".join(f"'{v}'" for v in values) + ")"


def columns(table: str = "") -> str:
    """The columns of CLAIMS as a SELECT list, of the table named (with its dot) where several are read."""
    return ", ".join(f"{table}{name}" for name in CLAIMS.names)


def _type(field: pa.Field) -> str:
    kind = field.type
    if field.name in _WORDS:
        return words(_WORDS[field.name])
    if pa.types.is_list(kind):
        return f"{_type(kind.value_field)}[]"
    if pa.types.is_struct(kind):
        return "STRUCT(" + ", ".join(f'"{f.name}" {_type(f)}' for f in kind) + ")"
    return _SQL[kind]


_SQL: Final = {_TEXT: "VARCHAR", _NUMBER: "DOUBLE", _INTEGER: "INTEGER", _FLAG: "BOOLEAN", _INSTANT: "TIMESTAMP"}


def _column(name: str, default: str) -> str:
    needed = "" if default == _NULL else " NOT NULL"
    return f"{name} {_type(CLAIMS.field(name))}{needed}" + (f" DEFAULT {default}" if default else "")


_GIVEN: Final = ", ".join(_column(name, default) for name, _, default in _COLUMNS)
_KEPT: Final = ", ".join(f"{field.name} {_type(field)}" for field in CLAIMS)
_KEPT_AS: Final = f"{_KEPT}, revision INTEGER, recorded_at TIMESTAMP"
GRID: Final = 20
"""Zoom of the Web Mercator tiles that ``x`` and ``y`` number, from the north-west; 38 m at the equator."""
DAILY: Final = 10
"""Zoom of the tiles of the table ``daily``, a third of a degree wide."""
TABLES: Final = (
    "CREATE TABLE meta (magic VARCHAR, format INTEGER, store_id VARCHAR, created TIMESTAMP)",
    "CREATE TABLE sources (id VARCHAR, value VARCHAR)",
    "CREATE TABLE documents (id VARCHAR, value VARCHAR)",
    *imports.TABLES,
    "CREATE TABLE blocks (block VARCHAR, claim_id VARCHAR)",
    "CREATE TABLE footings (footing INTEGER, voices VARCHAR[], opposed VARCHAR[])",
    *authored.TABLES,
    f"CREATE TABLE past ({_KEPT_AS})",
    f"CREATE TABLE claims ({_KEPT_AS}, layer {words(Layer)}, precision {words(Precision)}, side VARCHAR,"
    " claimant_name VARCHAR, document_title VARCHAR, publisher VARCHAR, published VARCHAR, url VARCHAR,"
    " licence VARCHAR, attribution VARCHAR, citation VARCHAR, graphic BOOLEAN, contradicted BOOLEAN, sides INTEGER,"
    " event VARCHAR, footing INTEGER, corroborated BOOLEAN, retracted BOOLEAN, denied BOOLEAN,"
    " mark_places VARCHAR[], key INTEGER, added INTEGER, changed INTEGER,"
    " contradicted_in INTEGER, retracted_in INTEGER, edge TIMESTAMP, x INTEGER, y INTEGER)",
    "CREATE SEQUENCE keys",
    "CREATE TABLE words (word VARCHAR, keys INTEGER[])",
    "CREATE TABLE place_words (word VARCHAR)",
    "CREATE TABLE further (key INTEGER, x INTEGER, y INTEGER)",
    f"CREATE TABLE daily (first DATE, last DATE, x INTEGER, y INTEGER, layer {words(Layer)}, further BOOLEAN,"
    " claims BIGINT)",
)
"""The tables of a store. Sources, documents and rejections are JSON; ``mark_places`` names the place of each mark.

``key`` is a claim's row: a row put in anew has another. ``added`` and ``changed`` number the versions that brought the
claim and that changed its row last, ``contradicted_in`` and ``retracted_in`` those since which it has stood so (null:
it does not). ``edge`` is when a claim is counted: its start, or its last instant where that is open. ``x`` and ``y``
are the tile of its first mark, ``further`` has those of the others. ``words`` is the text index: batch by batch the
keys of each word, of which some may be gone. ``daily`` counts claims and further marks by first and last day; its
counts add up, a row taken out being counted as less than nothing.

``blocks`` names the claims that may speak of one happening. ``footings`` has whose voices say the same as a claim and
what excludes it, as sorted source ids, a row for each two lists that occur; ``claims.footing`` points into it and is
null until the claim is settled.
"""

GIVEN: Final = f"CREATE OR REPLACE TEMP TABLE given ({_GIVEN}, nth BIGINT)"
"""Claims on their way in, with what is left out filled in, numbered as they came."""


def _instant(column: str) -> str:
    return f"strftime({column}, '%Y-%m-%dT%H:%M:%S.%fZ')"


def _span(name: str) -> str:
    start, end = _instant(f"{name}_start"), _instant(f"{name}_end")
    return f"{{'start': {start}, 'end': {end}, 'precision': {name}_precision}}"


_NESTED: Final = {
    "attribution": "attribution_mode",
    "span": "CASE WHEN span_start IS NOT NULL THEN {'start': span_start, 'end': span_end} END",
    "happened": _span("happened"),
    "said_at": f"CASE WHEN said_precision IS NOT NULL THEN {_span('said')} END",
    "origin": "{'dataset': dataset, 'file': origin_file, 'row': origin_row, 'reader': origin_reader}",
    "recorded_at": _instant("recorded_at"),
}
_AS_IS: Final = (
    "claim_id", "statement", "kind", "claimant", "claimant_basis", "claimant_alt", "relays", "document_id", "quote",
    "subtype", "actor", "actor_alt", "target", "status", "modality", "negated", "coding", "places", "marks", "unplaced",
    "figures", "relations", "note", "core", "revision",
)  # fmt: skip
CLAIM: Final = (
    "CAST(to_json({"
    + ", ".join(f"'{name}': {value}" for name, value in ({n: n for n in _AS_IS} | _NESTED).items())
    + "}) AS VARCHAR)"
)
"""A row of ``claims`` or ``past`` as the claim's JSON."""
