"""A browser counts only if it runs; where none may be installed, the command to type is named."""

from __future__ import annotations

import os
from pathlib import Path

import find_chromium
import pytest


def browser(path: Path, exit_code: int = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\nexit {exit_code}\n")
    path.chmod(0o755)
    return path


@pytest.fixture(autouse=True)
def no_applications(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(find_chromium, "APPLICATIONS", ())


def test_the_named_browser_comes_first(tmp_path: Path) -> None:
    named, usual = browser(tmp_path / "mine"), browser(tmp_path / "bin" / "chromium")
    assert find_chromium.find({"CHROMIUM": str(named), "PATH": str(usual.parent)}) == named


def test_a_placeholder_that_does_not_run_is_passed_over(tmp_path: Path) -> None:
    browser(tmp_path / "bin" / "chromium", exit_code=1)
    real = browser(tmp_path / "bin" / "google-chrome")
    assert find_chromium.find({"PATH": str(real.parent), "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path)}) == real


def test_playwrights_newest_download_is_found(tmp_path: Path) -> None:
    for build in ("chromium-1100", "chromium-1200"):
        browser(tmp_path / build / "chrome-linux" / "chrome")
    found = find_chromium.find({"PATH": str(tmp_path / "bin"), "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path)})
    assert found == tmp_path / "chromium-1200" / "chrome-linux" / "chrome"


def test_none_is_none(tmp_path: Path) -> None:
    assert find_chromium.find({"PATH": str(tmp_path), "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path)}) is None


def test_without_the_right_to_install_the_command_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    browser(tmp_path / "apt-get")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(SystemExit, match=r"sudo apt-get update .* sudo apt-get install .* chromium"):
        find_chromium.install("browser")


def test_a_passwordless_sudo_may_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = tmp_path / "log"
    (tmp_path / "sudo").write_text(f'#!/bin/sh\nprintf "%s\\n" "$*" >> {log}\n')
    (tmp_path / "sudo").chmod(0o755)
    browser(tmp_path / "dnf")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    find_chromium.install("browser", "driver")
    assert log.read_text().splitlines() == ["-n true", "-n dnf install -y -q chromium dejavu-sans-fonts libatomic"]


def test_no_known_package_manager_asks_for_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SystemExit, match="CHROMIUM="):
        find_chromium.install("browser")
