"""Our own interchange format: the model as JSON, one object ``{format, version, sources, documents, claims}``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, BinaryIO, Final

import msgspec

from geodata.errors import ReaderError
from geodata.model import Bundle, Claim, Document, Origin, Source
from geodata.readers.base import Options, Record
from geodata.readers.checked import decode, envelope

__all__ = ["FORMAT", "VERSION", "NativeReader", "plain", "write"]

FORMAT: Final = "conflict-map"
VERSION: Final = 1
_SNIFF: Final = re.compile(rb'"format"\s*:\s*"' + FORMAT.encode() + b'"')


class _File(msgspec.Struct, forbid_unknown_fields=True):
    format: str
    version: int
    sources: list[msgspec.Raw] = []
    documents: list[msgspec.Raw] = []
    claims: list[msgspec.Raw] = []


class NativeReader:
    """Reads what :func:`write` writes; fields are those of :mod:`geodata.model`, defaults may be left out."""

    name: Final = "native"
    title: Final = "conflict-map JSON: sources, documents and claims"
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
        file = envelope(path, _File)
        if file.version != VERSION:
            raise ReaderError(
                f"version {file.version} of the {FORMAT} format is not known",
                where=str(path),
                remedy=f"This release reads version {VERSION}.",
            )
        lists: tuple[tuple[str, list[msgspec.Raw], type[Source | Document | Claim]], ...] = (
            ("sources", file.sources, Source),
            ("documents", file.documents, Document),
            ("claims", file.claims, Claim),
        )
        for word, raws, kind in lists:
            for i, raw in enumerate(raws):
                yield decode(raw, kind, Origin(file=path.name, row=f"{word}[{i}]", reader=self.name))


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
    }
    file.write(msgspec.json.format(msgspec.json.encode(whole), indent=1) + b"\n")


def plain(value: Any) -> Any:
    """A value of the model as dicts and lists, fields that hold their default left out."""
    if is_dataclass(value):
        held = ((f, getattr(value, f.name)) for f in fields(value))
        return {f.name: plain(v) for f, v in held if v != f.default}
    return [plain(v) for v in value] if isinstance(value, tuple) else value
