"""Print the path of a Chromium that runs; with ``--install``, get what is missing from the system's package manager.

Looks at ``$CHROMIUM``, the usual names on the PATH, the usual folders and Playwright's own downloads. Playwright's
driver needs one library that a small system lacks; ``--install`` sees to that too. Nothing is installed unless told,
and then only as root or with a passwordless sudo. Where that is not possible the command to type is named and the exit
code is 1.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

NAMES: Final = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome", "microsoft-edge")
APPLICATIONS: Final = (
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
)


class Manager(NamedTuple):
    """How a package manager installs, and what its packages are called."""

    install: str
    browser: str
    """Chromium and a font with Latin and Cyrillic: the map writes its labels with the fonts of the system."""
    driver: str
    update: str = ""
    needs_root: bool = True


MANAGERS: Final = {
    "apt-get": Manager(
        "apt-get install -y -qq --no-install-recommends",
        "chromium fonts-dejavu-core",
        "libatomic1",
        "apt-get update -qq",
    ),
    "dnf": Manager("dnf install -y -q", "chromium dejavu-sans-fonts", "libatomic"),
    "pacman": Manager("pacman -Sy --noconfirm", "chromium ttf-dejavu", "gcc-libs"),
    "zypper": Manager("zypper --non-interactive install", "chromium dejavu-fonts", "libatomic1"),
    "brew": Manager("brew install --cask", "chromium", "", needs_root=False),
}


def candidates(environ: Mapping[str, str]) -> Iterator[Path]:
    """Where a Chromium may lie, likeliest first."""
    if named := environ.get("CHROMIUM"):
        yield Path(named)
    yield from (Path(found) for name in NAMES if (found := shutil.which(name, path=environ.get("PATH"))))
    yield from APPLICATIONS
    cache = Path(
        environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path(environ.get("HOME", "~")).expanduser() / ".cache/ms-playwright"
    )
    yield from sorted(cache.glob("chromium-*/chrome-*/chrome"), reverse=True)


def runs(path: Path) -> bool:
    """Tell whether the browser starts at all; a distribution's placeholder script does not."""
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=60, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def find(environ: Mapping[str, str]) -> Path | None:
    """Return the first Chromium that runs, or None."""
    return next((path for path in candidates(environ) if path.exists() and runs(path)), None)


def driver_runs() -> bool:
    """Tell whether Playwright's driver starts."""
    command = [sys.executable, "-m", "playwright", "--version"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def privilege(manager: Manager) -> list[str] | None:
    """Return what goes before a command so that it may install; None if it may not."""
    if not manager.needs_root or os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode == 0:
        return [sudo, "-n"]
    return None


def install(*what: str) -> None:
    """Install ``browser``, ``driver`` or both, or stop and name the command.

    Raises
    ------
    SystemExit
        If there is no known package manager, no right to use it, or it fails.
    """
    missing = f"Missing for the browser tests: {' and '.join(what)}."
    manager = next((m for name, m in MANAGERS.items() if shutil.which(name)), None)
    if manager is None:
        sys.exit(f"{missing} Install Chromium and name it: CHROMIUM=/path/to/chromium make test")
    packages = " ".join(getattr(manager, name) for name in what)
    commands = [c for c in (manager.update, f"{manager.install} {packages}") if c]
    before = privilege(manager)
    if before is None:
        sys.exit(f"{missing} Installing is not allowed from here. Type: sudo {' && sudo '.join(commands)}")
    for command in commands:
        print(f"{missing} {command}", file=sys.stderr)
        run([*before, *command.split()])


def run(command: Sequence[str]) -> None:
    """Run a command that says nothing unless it fails."""
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{done.stdout}{done.stderr}{' '.join(command)!r} failed. Run it by hand, then try again.")


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--install", action="store_true", help="install what is missing")
    if parser.parse_args().install:
        works = {"browser": find(os.environ) is not None, "driver": driver_runs()}
        if missing := [name for name, there in works.items() if not there]:
            install(*missing)
    found = find(os.environ)
    if found is None:
        sys.exit("No Chromium was found. Run: python tools/find_chromium.py --install")
    print(found)


if __name__ == "__main__":
    main()
