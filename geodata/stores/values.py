"""Values of the model as the store keeps them: whole, as JSON."""

from __future__ import annotations

from typing import Any

import msgspec

from geodata.model import Claim

__all__ = ["encoded", "revived"]


def encoded(value: Any) -> str:
    """A value of the model as JSON."""
    return msgspec.json.encode(value).decode()


def revived(claim: str) -> Claim:
    """The claim that was encoded."""
    return msgspec.json.decode(claim, type=Claim)
