"""The README's notebook and its table of columns: both are what the code gives."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from geodata.ingest import load_file, sample_path
from geodata.schema import SCHEMA, Column, Dtype
from geodata.stores import open_store


@pytest.fixture(scope="module")
def readme(checkout: Path) -> str:
    return (checkout / "README.md").read_text("utf-8")


def test_the_notebook_prints_what_the_readme_says(checkout: Path, readme: str, tmp_path: Path) -> None:
    (code, said) = re.findall(r"```python\n(.*?)```\n+```text\n(.*?)```", readme, re.DOTALL)[0]
    home = {"XDG_DATA_HOME": str(tmp_path), "HOME": str(tmp_path), "LOCALAPPDATA": str(tmp_path)}
    environment = {**os.environ, **home, "PYTHONPATH": str(checkout)}
    where = [sys.executable, "-c", "from geodata.stores import default_path; print(default_path())"]
    path = subprocess.run(where, env=environment, capture_output=True, text=True, check=True).stdout.strip()
    store = open_store(Path(path), create=True)
    store.append(load_file(sample_path()))
    store.close()
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == (said, "")


def line(column: Column) -> str:
    """A column as the README has it."""
    words = " or ".join(f"`{word}`" for word in column.words) if column.words and len(column.words) <= 3 else ""
    unit = f" ({column.unit})" if column.unit and column.dtype is not Dtype.INSTANT else ""
    return f"| `{column.name}` | {column.dtype}{unit} | {column.meaning}{f': {words}' if words else ''} |"


def test_the_table_of_columns_is_that_of_the_schema(readme: str) -> None:
    start = readme.index("| Column | Holds | Meaning |")
    rows = readme[start:].split("\n\n")[0].splitlines()[2:]
    assert rows == [line(column) for column in SCHEMA]
