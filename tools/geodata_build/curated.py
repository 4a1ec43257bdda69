"""The hand-made part of the gazetteer, kept in ``curated.toml``."""

from __future__ import annotations

import functools
import tomllib
from pathlib import Path
from typing import Any

__all__ = ["curated", "regions"]


@functools.cache
def curated() -> dict[str, Any]:
    """The file's tables: ``place`` (seas, borders, regions, an island), ``countries`` and ``oblasts`` (spellings)."""
    return tomllib.loads(Path(__file__).with_name("curated.toml").read_text(encoding="utf8"))


def regions() -> dict[str, list[str]]:
    """Informal regions: place id -> ISO codes of the oblasts they consist of."""
    return {p["id"]: p["oblasts"] for p in curated()["place"] if "oblasts" in p}
