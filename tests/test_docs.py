"""The documents name what the code has, and no committed file names a machine or a registry."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

import geodata.errors
from dashboard.cli import COMMANDS
from dashboard.errors import ANSWERS, EXIT_REJECTED
from dashboard.settings import CONFIG_ENV, SETTINGS

# Spelt apart so that this file passes its own test.
REGISTRIES = ("py" + "pi.org", "pythonhosted" + ".org", "registry.npm" + "js.org", "deb." + "debian.org")
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:wo" r"rk|ro" r"ot|ho" r"me|Us" r"ers|opt)/\w")


@pytest.fixture(scope="module")
def readme(checkout: Path) -> str:
    return (checkout / "README.md").read_text("utf-8")


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda s: s.name)
def test_every_setting_is_documented(setting, readme: str) -> None:
    default = "" if setting.default is None else str(setting.default).lower()
    row = next((line for line in readme.splitlines() if line.startswith(f"| `{setting.name}`")), "")
    assert setting.env in row
    assert default in row.lower()


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_documented(command: str, readme: str) -> None:
    assert f"conflict-map {command}" in readme


def test_the_settings_file_is_documented(readme: str) -> None:
    assert CONFIG_ENV in readme


@pytest.mark.parametrize("cls", ANSWERS, ids=lambda c: c.__name__)
def test_every_error_class_is_documented_with_its_answer(cls: type, readme: str) -> None:
    status, exit_code = ANSWERS[cls]
    assert f"| `{cls.__name__}` | {status} | {exit_code} |" in readme


def test_the_exit_code_of_refused_rows_is_documented(readme: str) -> None:
    assert f"exit code {EXIT_REJECTED}" in readme


def test_the_error_trees_drawing_is_whole() -> None:
    assert all(name in (geodata.errors.__doc__ or "") for name in geodata.errors.__all__)


def test_the_changelog_begins_with_this_version(checkout: Path) -> None:
    from dashboard import __version__

    versions = re.findall(r"^## \[(.+?)\]", (checkout / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert __version__ in versions[:2]


def test_the_pinned_requirements_hold_every_dependency(checkout: Path) -> None:
    project = tomllib.loads((checkout / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = {
        "requirements.txt": project["dependencies"],
        "requirements-dev.txt": project["optional-dependencies"]["dev"],
    }
    for file, dependencies in wanted.items():
        text = (checkout / file).read_text("utf-8")
        pinned = set(re.findall(r"^([a-z0-9-]+)==", text, re.MULTILINE))
        assert {re.split(r"[<>=]", d)[0] for d in dependencies} <= pinned
        assert text.count("==") <= text.count("--hash=sha256:")


def test_no_committed_file_names_a_registry_or_a_path_of_a_machine(checkout: Path) -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=checkout, capture_output=True, text=True, check=True).stdout
    guilty = []
    for name in filter(None, listed.split("\0")):
        path = checkout / name
        if not path.is_file() or b"\0" in (content := path.read_bytes())[:8192]:
            continue
        text = content.decode("utf-8")
        if MACHINE_PATH.search(text) or any(host in text for host in REGISTRIES):
            guilty.append(name)
    assert not guilty
