"""Resolve pyproject.toml into requirements.txt and requirements-dev.txt, every file pinned by its hash.

``requirements.txt`` holds what ``make run`` installs, the editable build included; ``requirements-dev.txt``
adds what checks and builds. The files name no index, so they work with any mirror. They are resolved with
the oldest Python supported and hold the hashes of every published file, so newer ones install from them too.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

CHECKOUT: Final = Path(__file__).resolve().parents[1]
HEADER: Final = "# Made by `make requirements` from pyproject.toml; not to be edited by hand.\n"
OLDEST: Final = (3, 11)
OPTIONS: Final = (
    "--quiet",
    "--upgrade",
    "--generate-hashes",
    "--allow-unsafe",
    "--strip-extras",
    "--no-header",
    "--no-annotate",
    "--no-emit-index-url",
    "--no-emit-trusted-host",
    "--no-emit-find-links",
    "--build-deps-for=editable",
)


def compile_requirements(target: str, *options: str) -> None:
    """Write one requirements file; what this machine adds to the index has no say in it."""
    environ = {k: v for k, v in os.environ.items() if k not in ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL")}
    command = [sys.executable, "-m", "piptools", "compile", *OPTIONS, *options, "-o", target, "pyproject.toml"]
    subprocess.run(command, cwd=CHECKOUT, env={**environ, "PIP_CONFIG_FILE": os.devnull}, check=True)
    path = CHECKOUT / target
    path.write_text(HEADER + path.read_text("utf-8"), "utf-8")


def main() -> None:
    """Run the command line."""
    if sys.version_info[:2] != OLDEST:
        sys.exit(f"Resolve with Python {'.'.join(map(str, OLDEST))}, the oldest supported.")
    compile_requirements("requirements.txt")
    compile_requirements("requirements-dev.txt", "--extra=dev", "--constraint=requirements.txt")


if __name__ == "__main__":
    main()
