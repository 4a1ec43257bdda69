"""A store with the sample, and the app over it, without a server and without a browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from dash import Dash

from dashboard.app import create_app
from dashboard.settings import Settings
from geodata.ingest import load_file, sample_path
from geodata.stores import open_store
from geodata.stores.base import ClaimStore


@pytest.fixture(scope="session")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClaimStore]:
    """The sample in a store."""
    store = open_store(tmp_path_factory.mktemp("dashboard") / "store", create=True)
    store.append(load_file(sample_path()))
    yield store
    store.close()


@pytest.fixture(scope="session")
def app(stored: ClaimStore) -> Dash:
    """The app over the sample."""
    return create_app(stored, Settings())


@pytest.fixture
def client(app: Dash):
    """A client of the app's server."""
    return app.server.test_client()


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[ClaimStore]:
    """A store without a claim."""
    store = open_store(tmp_path / "store", create=True)
    yield store
    store.close()
