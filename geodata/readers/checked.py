"""JSON records decoded against a type; what does not fit becomes a Rejection that says where and what."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, TypeVar, get_args, get_type_hints

import msgspec

from geodata.errors import ReaderError, SpanError
from geodata.model import Origin, Rejection
from geodata.readers.unpacked import whole

__all__ = ["decode", "envelope"]

T = TypeVar("T")

_AT: Final = re.compile(r" - at `(\$.*)`$")
_STEP: Final = re.compile(r"\.(\w+)|\[(\d+)\]")


def envelope(path: Path, kind: type[T]) -> T:
    """The whole file, unpacked if it is packed, as ``kind``; its ``msgspec.Raw`` fields stay undecoded.

    Raises
    ------
    ReaderError
        If the file cannot be read, is not UTF-8 JSON, or its outermost object does not fit.
    """
    data = whole(path)
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError) as e:
        raise ReaderError(f"not a readable JSON file of this format: {e}", where=str(path), remedy="Mend it.") from e


def decode(raw: msgspec.Raw, kind: type[T], origin: Origin) -> T | Rejection:
    """One record as ``kind``, or the Rejection with JSON path, value, remedy and the record as it stands."""
    text = bytes(raw).decode()
    given = msgspec.json.decode(raw)
    try:
        record = msgspec.json.decode(raw, type=kind)
    except msgspec.ValidationError as e:
        return _refusal(str(e), given, kind, Rejection("bad_value", origin, raw=text))
    except SpanError as e:
        return Rejection("bad_span", origin, "$", remedy=str(e), raw=text)
    if unknown := next(_unknown(given, record, "$"), None):
        path, name, value = unknown
        names = ", ".join(f.name for f in fields(_type_at(kind, path)))
        return Rejection("unknown_field", origin, f"{path}.{name}", _text(value), f"Use one of: {names}.", text)
    return record


def _refusal(message: str, given: Any, kind: type, draft: Rejection) -> Rejection:
    found = _AT.search(message)
    path, what = (found[1] if found else "$"), _AT.sub("", message)
    missing = what.startswith("Object missing")
    hint = _type_at(kind, path)
    words = list(hint) if isinstance(hint, type) and issubclass(hint, StrEnum) else []
    return Rejection(
        reason="missing_field" if missing else draft.reason,
        origin=draft.origin,
        field=f"{path}.{what.split('`')[1]}" if missing else path,
        value="" if missing else _text(_value_at(given, path)),
        remedy=f"Use one of: {', '.join(words)}." if words else f"{what}.",
        raw=draft.raw,
    )


def _unknown(given: Any, record: Any, path: str) -> Iterator[tuple[str, str, Any]]:
    """(path, name, value) of each field that the record at the path does not have; a name may hold any character."""
    if isinstance(given, dict) and is_dataclass(record):
        names = record.__dataclass_fields__
        for name, value in given.items():
            if name not in names:
                yield path, name, value
            elif isinstance(value, dict | list):
                yield from _unknown(value, getattr(record, name), f"{path}.{name}")
    elif isinstance(given, list) and isinstance(record, tuple):
        for i, pair in enumerate(zip(given, record, strict=True)):
            yield from _unknown(*pair, f"{path}[{i}]")


def _value_at(given: Any, path: str) -> Any:
    for name, index in _STEP.findall(path):
        given = given[name] if name else given[int(index)]
    return given


def _text(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _type_at(kind: Any, path: str) -> Any:
    """The class a JSON path leads to; containers and ``None`` are looked through."""
    for name, _ in _STEP.findall(path):
        if name:
            kind = _core(get_type_hints(kind)[name])
    return kind


def _core(hint: Any) -> Any:
    while inner := [a for a in get_args(hint) if a not in (type(None), ...)]:
        hint = inner[0]
    return hint
