"""A store of each class, empty and with the claims of the contract."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from geodata.stores import ClaimStore
from tests.geodata.contract import BUNDLE, STORES


@pytest.fixture(params=STORES, ids=["duckdb"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ClaimStore]:
    store = request.param(tmp_path / "store")
    yield store
    store.close()


@pytest.fixture
def store(empty: ClaimStore) -> ClaimStore:
    empty.append(BUNDLE)
    return empty
