"""What can be set, in one table; a flag wins over the environment, that over the file, that over the default.

The file is TOML: ``settings.toml`` in the user's configuration folder, or the one that ``--config`` or
``CONFLICT_MAP_CONFIG`` names. Nothing is read until :meth:`Settings.load` is called.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final

from dashboard.errors import SettingsError

__all__ = ["CONFIG_ENV", "SETTINGS", "Setting", "Settings"]

CONFIG_ENV: Final = "CONFLICT_MAP_CONFIG"
"""Environment variable that names the settings file."""

_TRUE: Final = ("1", "true", "yes", "on")
_FALSE: Final = ("0", "false", "no", "off")
_WRITE: Final = ("auto", "on", "off")
_LAST_PORT: Final = 65535


def _port(text: str) -> int:
    if not 0 <= (port := int(text)) <= _LAST_PORT:
        raise ValueError("a port lies between 0 and 65535")
    return port


def _count(text: str) -> int:
    if (count := int(text)) < 1:
        raise ValueError("it must be 1 or more")
    return count


def _write(text: str) -> str:
    if (word := text.lower()) not in _WRITE:
        raise ValueError(f"write {', '.join(_WRITE)}")
    return word


def _flag(text: str) -> bool:
    if (word := text.lower()) not in _TRUE + _FALSE:
        raise ValueError("write true or false")
    return word in _TRUE


def _path(text: str) -> Path | None:
    return Path(text).expanduser() if text else None


def _setting(default: object, help_: str, read: Callable[[str], object] = str) -> Any:
    return field(default=default, metadata={"help": help_, "read": read})


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings in force."""

    host: str = _setting("127.0.0.1", "Address to listen on. There is no login: think before you open it to others.")
    port: int = _setting(8050, "Port to listen on; 0 takes any free one.", _port)
    store: Path | None = _setting(None, "Path of the claim store; not set, it lies in the user's data folder.", _path)
    empty: bool = _setting(False, "Start a new store without the embedded sample.", _flag)
    title: str = _setting("Conflict map", "Title of the page.")
    most: int = _setting(2_000_000, "Most claims that a page holds one by one; of more it is sent counts.", _count)
    threads: int = _setting(8, "Threads that answer requests.", _count)
    write: str = _setting("auto", "Take files on the page: on, off, or auto = from this machine alone.", _write)
    upload_mb: int = _setting(500, "Largest upload on the page, in MiB.", _count)
    upload_minutes: int = _setting(15, "Longest check or load of an upload, in minutes.", _count)

    @classmethod
    def load(cls, flags: Mapping[str, object], environ: Mapping[str, str]) -> Settings:
        """Take each setting from flags, environment, file or default, the first that speaks.

        Parameters
        ----------
        flags : by setting name, and ``config`` for the file; None means *not given*.
        environ : usually ``os.environ``.

        Raises
        ------
        SettingsError
            If a value cannot be read, the named file is absent, or it sets something unknown.
        """
        named = flags.get("config") or environ.get(CONFIG_ENV)
        file = _read_file(Path(str(named))) if named else _read_usual_file()
        given = {s.name: _given(s, flags, environ, file) for s in SETTINGS}
        return cls(**{name: value for name, value in given.items() if value is not _NOT_GIVEN})


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table; ``read`` takes the text of flag, environment or file and may raise ``ValueError``."""

    name: str
    default: object
    help: str
    read: Callable[[str], object]

    @property
    def env(self) -> str:
        """The environment variable.

        >>> SETTINGS[1].env
        'CONFLICT_MAP_PORT'
        """
        return f"CONFLICT_MAP_{self.name.upper()}"


SETTINGS: Final = tuple(Setting(f.name, f.default, f.metadata["help"], f.metadata["read"]) for f in fields(Settings))
"""Every setting there is, in the order of the manual."""

_NOT_GIVEN: Final = object()


def _given(s: Setting, flags: Mapping[str, object], environ: Mapping[str, str], file: Mapping[str, object]) -> object:
    for where, found in (
        (f"--{s.name}", flags.get(s.name)),
        (s.env, environ.get(s.env)),
        ("settings file", file.get(s.name)),
    ):
        if found is None:
            continue
        try:
            return s.read(str(found))
        except ValueError as e:
            raise SettingsError(f"{found!r} is no value for {s.name}: {e}", where=where, remedy=s.help) from e
    return _NOT_GIVEN


def _read_usual_file() -> Mapping[str, object]:
    from platformdirs import user_config_path

    path = user_config_path("conflict-map", appauthor=False) / "settings.toml"
    return _read_file(path) if path.exists() else {}


def _read_file(path: Path) -> Mapping[str, object]:
    try:
        found = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as e:
        raise SettingsError(f"cannot be read: {e}", where=str(path), remedy="It is a TOML file.") from e
    known = ", ".join(s.name for s in SETTINGS)
    if unknown := [name for name in found if name not in {s.name for s in SETTINGS}]:
        raise SettingsError(f"unknown setting {', '.join(unknown)}", where=str(path), remedy=f"Known: {known}.")
    return found
