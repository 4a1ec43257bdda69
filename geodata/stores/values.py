"""Values of the model as the store keeps them: whole, as JSON."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import msgspec

from geodata.model import Claim

__all__ = ["encoded", "revived"]


def encoded(value: Any) -> str:
    """A value of the model as JSON."""
    return msgspec.json.encode(value).decode()


def revived(claim: str, revision: int = 1, recorded_at: datetime | None = None) -> Claim:
    """The claim of a revision; ``recorded_at`` is UTC without a zone, as the file has it."""
    known = recorded_at.replace(tzinfo=UTC) if recorded_at else None
    return replace(msgspec.json.decode(claim, type=Claim), revision=revision, recorded_at=known)
