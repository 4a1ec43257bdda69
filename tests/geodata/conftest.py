"""A store of each class, empty and with the claims of the contract."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from geodata.stores import ClaimStore
from tests.geodata.contract import BUNDLE, STORES

Opens = Callable[[Path], ClaimStore]


@pytest.fixture(scope="module", params=STORES, ids=["duckdb"])
def opens(request: pytest.FixtureRequest) -> Opens:
    """Opens the store at a path, made if need be."""
    found: Opens = request.param
    return found


@pytest.fixture
def empty(opens: Opens, tmp_path: Path) -> Iterator[ClaimStore]:
    with closing(opens(tmp_path / "store")) as store:
        yield store


@pytest.fixture(scope="module")
def pattern(opens: Opens, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What :func:`store` copies: filling a store takes longer than copying it."""
    path = tmp_path_factory.mktemp("pattern") / "store"
    with closing(opens(path)) as filled:
        filled.append(BUNDLE)
    return path


@pytest.fixture
def store(opens: Opens, pattern: Path, tmp_path: Path) -> Iterator[ClaimStore]:
    with closing(opens(shutil.copytree(pattern, tmp_path / "filled"))) as filled:
        yield filled
