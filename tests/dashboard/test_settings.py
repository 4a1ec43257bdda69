"""Flag over environment over file over default, each value read and refused the same way wherever it stands."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from dashboard.errors import SettingsError
from dashboard.settings import SETTINGS, Settings


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "settings.toml"
    path.write_text('port = 8001\ntitle = "From the file"\nempty = true\n')
    return path


def test_nothing_given_gives_the_defaults() -> None:
    assert Settings.load({}, {}) == Settings()
    assert Settings().host == "127.0.0.1"


def test_flag_wins_over_environment_over_file_over_default(file: Path) -> None:
    environ = {
        "CONFLICT_MAP_CONFIG": str(file),
        "CONFLICT_MAP_PORT": "8002",
        "CONFLICT_MAP_TITLE": "From the environment",
    }
    settings = Settings.load({"port": "8003", "title": None}, environ)
    assert (settings.port, settings.title, settings.empty, settings.host) == (
        8003,
        "From the environment",
        True,
        "127.0.0.1",
    )


def test_a_config_flag_wins_over_the_environments_file(file: Path, tmp_path: Path) -> None:
    settings = Settings.load({"config": str(file)}, {"CONFLICT_MAP_CONFIG": str(tmp_path / "absent.toml")})
    assert settings.port == 8001


def test_the_users_file_is_read_where_none_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platformdirs.user_config_path", lambda *_, **__: tmp_path)
    (tmp_path / "settings.toml").write_text("threads = 3\n")
    assert Settings.load({}, {}).threads == 3


@pytest.mark.parametrize(
    ("name", "text"),
    [("port", "eighty"), ("port", "-1"), ("port", "65536"), ("threads", "0"), ("empty", "perhaps")],
)
def test_a_value_that_cannot_be_read_names_its_place(name: str, text: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.load({}, {f"CONFLICT_MAP_{name.upper()}": text})
    assert f"CONFLICT_MAP_{name.upper()}" in str(caught.value)
    assert text in str(caught.value)


@pytest.mark.parametrize("text", ["prot = 8001\n", "port = \n", "\xff"])
def test_a_file_that_cannot_be_taken_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(SettingsError, match=r"settings\.toml"):
        Settings.load({"config": str(path)}, {})


def test_a_named_file_must_exist(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"absent\.toml"):
        Settings.load({}, {"CONFLICT_MAP_CONFIG": str(tmp_path / "absent.toml")})


def test_the_table_has_a_row_for_every_field() -> None:
    assert [s.name for s in SETTINGS] == [f.name for f in fields(Settings)]
    assert all(s.help for s in SETTINGS)


def test_a_store_path_knows_the_home_folder() -> None:
    assert Settings.load({"store": "~/claims"}, {}).store == Path.home() / "claims"
    assert Settings.load({"store": ""}, {}).store is None
