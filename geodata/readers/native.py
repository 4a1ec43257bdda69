"""Our own interchange format: the model as JSON, whole or a record a line.

Whole, it is one object ``{format, version, sources, documents, claims, pairings, revisions}``. As JSON Lines, the first
line is ``{format, version, records: "lines"}`` and each other one ``{"source": {...}}``, ``{"document": {...}}`` or
``{"claim": {...}}``, sources and documents before the claims that name them; then what people added by hand,
``{"pairing": {...}}`` of two claims and ``{"revision": {...}}`` of a source. ``export`` says of either where it comes
from and is passed over. A line that was refused may say so with ``refused`` beside its record, as it is given out to be
mended.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, BinaryIO, Final, Literal, TypeAlias

import msgspec

from geodata.errors import ReaderError
from geodata.model import Bundle, Claim, Document, Origin, Pairing, Rejection, Source, SourceRevision
from geodata.readers.base import Options, Record
from geodata.readers.checked import decode, envelope
from geodata.readers.mended import KEY
from geodata.readers.unpacked import opened

__all__ = ["FORMAT", "VERSION", "NativeReader", "line", "plain", "write"]

FORMAT: Final = "conflict-map"
VERSION: Final = 1
Told: TypeAlias = Source | Document | Claim | Pairing | SourceRevision
_KINDS: Final[Mapping[str, type[Told]]] = MappingProxyType(
    {"source": Source, "document": Document, "claim": Claim, "pairing": Pairing, "revision": SourceRevision}
)
_WORDS: Final = {kind: word for word, kind in _KINDS.items()}
_BOM: Final = b"\xef\xbb\xbf"
_LONGEST: Final = 1 << 20
"""Bytes of a first line that is still taken for a head."""
_SNIFF: Final = re.compile(rb'"format"\s*:\s*"' + FORMAT.encode() + b'"')


class _File(msgspec.Struct, forbid_unknown_fields=True):
    format: str
    version: int
    sources: list[msgspec.Raw] = []
    documents: list[msgspec.Raw] = []
    claims: list[msgspec.Raw] = []
    pairings: list[msgspec.Raw] = []
    revisions: list[msgspec.Raw] = []
    export: msgspec.Raw = msgspec.Raw()


class _Head(msgspec.Struct):
    """The first line of a file that has one record a line."""

    version: int
    records: Literal["lines"]


class NativeReader:
    """Reads what :func:`write` writes; fields are those of :mod:`geodata.model`, defaults may be left out."""

    name: Final = "native"
    title: Final = "conflict-map JSON or JSON Lines: sources, documents and claims"
    options: Final[Mapping[str, str]] = MappingProxyType({})

    def sniff(self, head: bytes) -> bool:
        """True if the head names the format."""
        return _SNIFF.search(head) is not None

    def read(self, path: Path, options: Options) -> Iterator[Record]:
        """Sources, then documents, then claims; a record that does not fit the model is a Rejection.

        Raises
        ------
        ReaderError
            If the file is not JSON, or of a version this release does not know.
        """
        if lines := _head(path):
            _check(lines.version, path)
            yield from _lines(path)
            return
        file = envelope(path, _File)
        _check(file.version, path)
        lists: tuple[tuple[str, list[msgspec.Raw], type[Told]], ...] = (
            ("sources", file.sources, Source),
            ("documents", file.documents, Document),
            ("claims", file.claims, Claim),
            ("pairings", file.pairings, Pairing),
            ("revisions", file.revisions, SourceRevision),
        )
        for word, raws, kind in lists:
            for i, raw in enumerate(raws):
                yield decode(raw, kind, Origin(file=path.name, row=f"{word}[{i}]", reader=self.name))


def _head(path: Path) -> _Head | None:
    """The first line, if the file has one record a line."""
    with opened(path) as file:
        first = file.readline(_LONGEST).removeprefix(_BOM)
    try:
        return msgspec.json.decode(first, type=_Head)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None


def _check(version: int, path: Path) -> None:
    if version != VERSION:
        what = f"version {version} of the {FORMAT} format is not known"
        raise ReaderError(what, where=str(path), remedy=f"This release reads version {VERSION}.")


def _lines(path: Path) -> Iterator[Record]:
    with opened(path) as file:
        for number, text in enumerate(file, 1):
            if number > 1 and text.strip():
                yield _line(text, Origin(file=path.name, row=f"line {number}", reader=NativeReader.name))


def _line(text: bytes, origin: Origin) -> Record:
    """The record of a line, or its Rejection."""
    shown = text.decode(errors="replace").rstrip("\n")
    remedy = f'Write {{"<kind>": {{...}}}} with one of: {", ".join(_KINDS)}.'
    try:
        found = msgspec.json.decode(text.decode(), type=dict[str, msgspec.Raw])
    except (msgspec.MsgspecError, UnicodeDecodeError) as e:
        return Rejection("bad_json", origin, "$", shown[:80], f"{e}. {remedy}", shown)
    mark = found.pop(KEY, None)
    if mark is not None:
        origin = _mended(mark, origin)
        shown = msgspec.json.encode(found).decode()
    if len(found) != 1 or (kind := _KINDS.get(next(iter(found)))) is None:
        return Rejection("unknown_record", origin, "$", ", ".join(found), remedy, shown)
    (raw,) = found.values()
    record = decode(raw, kind, origin)
    if isinstance(record, Claim) and origin.mends:
        return replace(record, origin=replace(record.origin, mends=origin.mends))
    return replace(record, raw=shown) if isinstance(record, Rejection) else record


def _mended(mark: msgspec.Raw, origin: Origin) -> Origin:
    """Where a record was refused, and as what."""
    try:
        told = msgspec.json.decode(mark, type=dict[str, str])
    except msgspec.ValidationError:
        return origin
    return replace(
        origin,
        file=told.get("file") or origin.file,
        row=told.get("row") or origin.row,
        mends=told.get("id", ""),
    )


def line(record: Told) -> bytes:
    """The record as a line of JSON Lines, its end included."""
    return msgspec.json.encode({_WORDS[type(record)]: plain(record)}) + b"\n"


def write(bundle: Bundle, file: BinaryIO) -> None:
    """Write the bundle's sources, documents and claims as UTF-8 JSON; reading it back gives equal values.

    Rejections are not part of the format.
    """
    whole = {
        "format": FORMAT,
        "version": VERSION,
        "sources": plain(bundle.sources),
        "documents": plain(bundle.documents),
        "claims": plain(bundle.claims),
        "pairings": plain(bundle.pairings),
        "revisions": plain(bundle.revisions),
    }
    file.write(msgspec.json.format(msgspec.json.encode(whole), indent=1) + b"\n")


def plain(value: Any) -> Any:
    """A value of the model as dicts and lists, fields that hold their default left out."""
    if is_dataclass(value):
        held = ((f, getattr(value, f.name)) for f in fields(value))
        return {f.name: plain(v) for f, v in held if v != f.default}
    return [plain(v) for v in value] if isinstance(value, tuple) else value
