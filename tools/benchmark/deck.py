"""deck.gl and MapLibre for the yardstick page: fetched by npm for measuring only, checked, and bundled by esbuild.

Versions and digests of what the page is made of stand here; npm checks what those bring along. Nothing of it is shipped.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
CACHE: Final = HERE.parents[1] / ".cache" / "bench"
PATIENCE_S: Final = 180
PACKAGES: Final = {
    "@deck.gl/core": ("9.4.0", "0isP+x2eGNxteO7lT650lYO7oiAYXAu4aF1jG+BMi8aKYh38HtPugLq1TlQTravIXzBSi5Oe1oZNuVj8h4ZEjA=="),
    "@deck.gl/extensions": ("9.4.0", "KHtB0233PSVRac8oHTk0RDivOBORLRIvSQgMpteNxVUO1lRPEa3yoMj4AE2qcKa2w2jqwaT9zt881uyFEB0eSg=="),
    "@deck.gl/layers": ("9.4.0", "jSL/xje2Ez7DmnP8AAIdhhg6IAtfXMmnXiUAKNgpl/TTaEL+iL5TAnagCdt39H3azmKVcCG33kOlIoWFAuLuRg=="),
    "@deck.gl/mapbox": ("9.4.0", "otpLp3HgJKWl5KgeQ8J+8oraKAa/nOThtSB5w93KsZSN6Oq467o8vXaWjkas9aPOVoqHIM33GG/wCEYbPDuATQ=="),
    "maplibre-gl": ("6.17.0", "2chIZwpLGenoUQOcnm9Pk4SLbA8ppNFq8jlpXiq9vcYm3Y1wJ3fc82FL0GLwBaPYJCLzPv/mC46KEupVov75rQ=="),
    "esbuild": ("0.28.2", "HKVLS8dvII+xoKW9kmqxbRKrnWEXfJJr/FZhhJmiqIB0e053QNYFqOBouTMO/k5sID4MvCiUCvv8b9M4h32wIA=="),
}  # fmt: skip
"""Name -> version and SHA-512 of its archive in Base64, as npm writes it."""
VERSIONS: Final = ", ".join(
    f"{name} {PACKAGES[full][0]}" for name, full in (("deck.gl", "@deck.gl/core"), ("maplibre-gl", "maplibre-gl"))
)


class UnavailableError(Exception):
    """Why there is no deck.gl to measure, in a few words for the table."""


def bundled(cache: Path = CACHE) -> Path:
    """The folder with ``deck.mjs`` and ``worker.mjs``, made on the first call; UnavailableError if it cannot be made."""
    folder, modules = cache / "deck", cache / "node_modules"
    if not (modules / ".package-lock.json").exists():
        _install(cache)
    check(json.loads((modules / ".package-lock.json").read_text()))
    worker = modules / "maplibre-gl" / "dist" / "maplibre-gl-worker.mjs"
    command = [
        str(modules / ".bin" / "esbuild"),
        f"deck={HERE / 'deck.mjs'}",
        f"worker={worker}",
        "--bundle",
        "--minify",
    ]
    options = ["--format=esm", "--out-extension:.js=.mjs", f"--outdir={folder}", "--log-level=error"]
    _ran([*command, *options], cache, "esbuild failed", NODE_PATH=str(modules))
    return folder


def check(lock: dict[str, dict[str, dict[str, str]]]) -> None:
    """UnavailableError unless npm's record of what it installed names our versions and digests."""
    for name, (version, digest) in PACKAGES.items():
        found = lock["packages"].get(f"node_modules/{name}", {})
        if (found.get("version"), found.get("integrity")) != (version, f"sha512-{digest}"):
            raise UnavailableError(f"{name} {found.get('version')} is not the one expected")


def _install(cache: Path) -> None:
    if not shutil.which("npm"):
        raise UnavailableError("needs npm")
    cache.mkdir(parents=True, exist_ok=True)
    (cache / "package.json").write_text('{"private": true}\n')
    names = [f"{name}@{version}" for name, (version, _) in PACKAGES.items()]
    quiet = ["--ignore-scripts", "--no-package-lock", "--no-save", "--no-audit", "--no-fund", "--loglevel=error"]
    _ran(["npm", "install", *quiet, *names], cache, "npm could not fetch it")


def _ran(command: list[str], folder: Path, failure: str, **environ: str) -> None:
    try:
        done = subprocess.run(
            command, cwd=folder, env=os.environ | environ, capture_output=True, timeout=PATIENCE_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UnavailableError(failure) from error
    if done.returncode:
        raise UnavailableError(failure)
