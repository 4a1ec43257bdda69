"""The application for a WSGI server: ``gunicorn "dashboard.wsgi:application()"``.

Settings come from the environment and the settings file. Nothing is opened when the module is imported.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from dashboard.app import create_app
from dashboard.settings import Settings
from dashboard.uploads.access import may_write
from dashboard.uploads.jobs import Uploads
from dashboard.uploads.upload import Limits
from geodata.errors import StoreLockedError
from geodata.ingest import load_file, sample_path
from geodata.stores import default_path, open_store
from geodata.stores.files import Folder

if TYPE_CHECKING:
    from flask import Flask

    from geodata.stores import ClaimStore

__all__ = ["application", "open_or_seed"]


def application(settings: Settings | None = None, address: str = "") -> Flask:
    """Return the Flask application over the store of the settings, those of the environment if None.

    Parameters
    ----------
    address : what the server listens on; where it is not told, only ``write = on`` lets files in.

    Raises
    ------
    SettingsError
        If a setting cannot be read.
    StoreError
        If the store cannot be opened; it is left untouched.
    """
    settings = settings or Settings.load({}, os.environ)
    store = open_or_seed(settings)
    uploads = None
    if may_write(settings.write, address):
        limits = Limits(settings.upload_mb << 20, settings.upload_minutes * 60.0)
        uploads = Uploads(settings.store or default_path(), settings.write, limits)
    return create_app(store, settings, uploads).server


def open_or_seed(settings: Settings) -> ClaimStore:
    """Open the store; one that is not there yet is made, with the embedded sample unless ``empty`` is set."""
    path = settings.store or default_path()
    new = Folder(path).current() is None
    store = open_store(path, create=True)
    if new and not settings.empty:
        with suppress(StoreLockedError):  # another worker came first and is at it
            store.append(load_file(sample_path()))
    return store
