"""The wheel works away from the checkout: built, installed in an environment of its own, started and asked."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import urllib.request
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def wheel(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(checkout)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(out.glob("conflict_map-*.whl"))


@pytest.fixture(scope="module")
def command(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The installed ``conflict-map``; dependencies are those of this environment, the project is the wheel's."""
    root = tmp_path_factory.mktemp("clean") / "venv"
    venv.create(root, with_pip=False, symlinks=True)
    python = root / "bin" / "python"
    install = [sys.executable, "-m", "pip", "--python", str(python), "install", "-q", "--no-deps", "--no-index"]
    done = subprocess.run([*install, str(wheel)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    site = Path(sysconfig.get_path("purelib", vars={"base": str(root)}))
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return root / "bin" / "conflict-map"


@pytest.fixture(scope="module")
def url(command: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server started from the wheel, in a folder that holds nothing else."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    environ = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    arguments = [str(command), "serve", "--port", "0", "--store", str(elsewhere / "store")]
    with subprocess.Popen(
        arguments, cwd=elsewhere, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None and server.stderr is not None
        line = server.stdout.readline()
        if "http://" not in line:
            pytest.fail(line + server.stderr.read())
        yield "http://" + line.split("http://")[1].strip().rstrip("/")
        server.terminate()


def files_of(folder: Path) -> set[str]:
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file() and "__pycache__" not in p.parts}


def test_the_wheel_holds_assets_data_types_and_licence(wheel: Path, checkout: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {f"dashboard/assets/{f}" for f in files_of(checkout / "assets")} <= names
    assert {f"geodata/data/{f}" for f in files_of(checkout / "geodata" / "data")} <= names
    assert "geodata/py.typed" in names
    assert any(n.endswith("licenses/LICENSE") for n in names)
    assert {n.split("/")[0] for n in names if ".dist-info/" not in n} == {"dashboard", "geodata"}


def test_the_project_comes_from_the_wheel(command: Path, checkout: Path) -> None:
    python = command.with_name("python")
    program = "import dashboard, geodata; print(dashboard.__file__, geodata.__file__)"
    found = subprocess.run([str(python), "-c", program], cwd="/", capture_output=True, text=True, check=True).stdout
    assert str(checkout) + os.sep not in found.replace(str(checkout / ".venv"), "")
    assert found.count(str(command.parents[1])) == 2


def test_the_installed_command_serves_the_page_the_data_and_the_assets(url: str, checkout: Path) -> None:
    assets = sorted(f for f in files_of(checkout / "assets") if f.endswith((".mjs", ".css")))
    for path in ("/", "/healthz", "/claims.geojson", *(f"/assets/{name}" for name in assets)):
        with urllib.request.urlopen(url + path, timeout=60) as response:
            assert response.status == 200
            assert response.read()
