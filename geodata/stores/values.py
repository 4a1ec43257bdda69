"""Values of the model as JSON, as the store keeps sources, documents and rejections and hands out claims."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any, Final

import msgspec

from geodata.model import Claim, Rejection

__all__ = ["encoded", "refusal_id", "revived"]

_CLAIM: Final = msgspec.json.Decoder(Claim)


def encoded(value: Any) -> str:
    """A value of the model as JSON."""
    return msgspec.json.encode(value).decode()


def revived(values: Iterable[str]) -> tuple[Claim, ...]:
    """The claims that were written as JSON."""
    return tuple(map(_CLAIM.decode, values))


def refusal_id(rejection: Rejection) -> str:
    """What names a rejection in every store: 16 hexadecimal digits."""
    return hashlib.sha256(encoded(rejection).encode()).hexdigest()[:16]
