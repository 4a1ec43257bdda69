"""Print the path of a Chromium that runs; with ``--install``, get one from the system's package manager first.

Looks at ``$CHROMIUM``, the usual names on the PATH, the usual folders and Playwright's own downloads. Nothing
is installed unless told, and then only as root or with a passwordless sudo. Where that is not possible the
command to type is named and the exit code is 1.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

NAMES: Final = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome", "microsoft-edge")
APPLICATIONS: Final = (
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
)
# The map writes its labels with the fonts of the system, so one with Latin and Cyrillic comes along.
MANAGERS: Final = {
    "apt-get": ("apt-get update -qq", "apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core"),
    "dnf": ("dnf install -y -q chromium dejavu-sans-fonts",),
    "pacman": ("pacman -Sy --noconfirm chromium ttf-dejavu",),
    "zypper": ("zypper --non-interactive install chromium dejavu-fonts",),
    "apk": ("apk add chromium font-dejavu",),
    "brew": ("brew install --cask chromium",),
}
ROOTLESS: Final = frozenset({"brew"})


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


def manager() -> str | None:
    """Return the package manager of this system, or None."""
    return next((name for name in MANAGERS if shutil.which(name)), None)


def privilege(name: str) -> list[str] | None:
    """Return what goes before the command so that it may install; None if it may not."""
    if name in ROOTLESS or os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode == 0:
        return [sudo, "-n"]
    return None


def install() -> None:
    """Install Chromium, or stop and name the command.

    Raises
    ------
    SystemExit
        If there is no known package manager, no right to use it, or it fails.
    """
    name = manager()
    if name is None:
        sys.exit("No Chromium was found. Install one and name it: CHROMIUM=/path/to/chromium make test")
    commands = MANAGERS[name]
    before = privilege(name)
    if before is None:
        sys.exit(f"No Chromium was found, and installing it is not allowed. Type: sudo {' && sudo '.join(commands)}")
    for command in commands:
        print(f"No Chromium was found: {command}", file=sys.stderr)
        environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        done = subprocess.run([*before, *command.split()], env=environ, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.exit(f"{done.stdout}{done.stderr}{command!r} failed. Install Chromium by hand, then try again.")


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--install", action="store_true", help="install Chromium where none is found")
    arguments = parser.parse_args()
    found = find(os.environ)
    if found is None and arguments.install:
        install()
        found = find(os.environ)
    if found is None:
        sys.exit("No Chromium was found. Run: python tools/find_chromium.py --install")
    print(found)


if __name__ == "__main__":
    main()
