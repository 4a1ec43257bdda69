"""The house keeps its floors: imports go down, nothing is too large, the domain knows no screen."""

from __future__ import annotations

import ast
import graphlib
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[1]
FLOORS = (
    ("geodata.errors",),
    ("geodata.spans",),
    ("geodata.vocabulary",),
    ("geodata.model",),
    ("geodata.schema",),
    ("geodata.sources", "geodata.gazetteer", "geodata.query", "geodata.notebook"),
    ("geodata.recipes",),
    ("geodata.geocode", "geodata.shapes", "geodata.corroborate"),
    ("geodata.readers", "geodata.stores"),
    ("geodata.ingest", "geodata.export", "geodata.survey"),
    ("geodata.bulk",),
    ("geodata.loading", "geodata.refusals"),
    ("geodata",),
    ("dashboard",),
    ("dashboard.errors",),
    ("dashboard.settings", "dashboard.ids", "dashboard.labels", "dashboard.state"),
    ("dashboard.view", "dashboard.columns"),
    ("dashboard.beside", "dashboard.cells", "dashboard.comparing", "dashboard.counted", "dashboard.ledger"),
    ("dashboard.clocks", "dashboard.figures", "dashboard.layout"),
    ("dashboard.callbacks", "dashboard.routes", "dashboard.live", "dashboard.uploads"),
    ("dashboard.desk", "dashboard.byhand"),
    ("dashboard.app",),
    ("dashboard.wsgi", "dashboard.importing"),
    ("dashboard.cli",),
    ("dashboard.__main__",),
)
FLOOR = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
SCREEN = {"dash", "plotly", "flask", "werkzeug", "dashboard"}
MAX_MODULE, MAX_LINE, MAX_FUNCTION, MAX_ARGUMENTS = 400, 120, 40, 6

SOURCES = sorted([*(CHECKOUT / "geodata").rglob("*.py"), *(CHECKOUT / "dashboard").rglob("*.py")])
TOOLS = sorted((CHECKOUT / "tools").rglob("*.py"))
SCRIPTS = sorted(p for p in (CHECKOUT / "assets").rglob("*") if p.suffix in {".mjs", ".js"})


def module_of(path: Path) -> str:
    parts = path.relative_to(CHECKOUT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(p): p for p in SOURCES}


def room_of(module: str) -> str:
    """``geodata.stores.duckdb`` lives in the room ``geodata.stores``."""
    return ".".join(module.split(".")[:2])


def imports_of(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Every import as (module, name); there are no relative ones."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: relative import"
            yield from ((node.module or "", alias.name) for alias in node.names)


def own_imports(path: Path) -> set[str]:
    """The modules of this project that a file imports; ``from geodata import errors`` is geodata.errors."""
    found = set()
    for module, name in imports_of(ast.parse(path.read_text("utf-8"))):
        if module.split(".")[0] in ("geodata", "dashboard"):
            found.add(f"{module}.{name}" if f"{module}.{name}" in MODULES else module)
    return found


def name(path: Path) -> str:
    return str(path.relative_to(CHECKOUT))


def too_high(importer: str, imported: str) -> bool:
    mine, theirs = room_of(importer), room_of(imported)
    return mine != theirs and FLOOR[theirs] >= FLOOR[mine]


def test_the_floors_catch_an_upward_and_a_sideways_import() -> None:
    assert too_high("geodata.model", "geodata.ingest")
    assert too_high("geodata.stores.duckdb", "geodata.readers.native")
    assert too_high("geodata.query", "dashboard.view")
    assert not too_high("geodata.stores.duckdb", "geodata.stores.base")


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_every_module_has_a_room(path: Path) -> None:
    assert room_of(module_of(path)) in FLOOR, "name its room in FLOORS, or move it into one"


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_imports_go_only_downward(path: Path) -> None:
    module = module_of(path)
    assert not [i for i in sorted(own_imports(path)) if too_high(module, i)]


def test_there_is_no_circle() -> None:
    graph = {module: own_imports(path) - {module} for module, path in MODULES.items()}
    graphlib.TopologicalSorter(graph).prepare()


@pytest.mark.parametrize("path", [p for p in SOURCES if module_of(p).startswith("geodata")], ids=name)
def test_the_domain_knows_no_screen(path: Path) -> None:
    roots = {module.split(".")[0] for module, _ in imports_of(ast.parse(path.read_text("utf-8")))}
    assert not roots & SCREEN


def test_every_package_imported_is_a_declared_dependency() -> None:
    declared = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    allowed = {re.split("[<>=]", d)[0] for d in declared}
    roots = {m.split(".")[0] for p in SOURCES for m, _ in imports_of(ast.parse(p.read_text("utf-8")))}
    outside = roots - sys.stdlib_module_names - {"geodata", "dashboard"}
    distributions = packages_distributions()
    assert not {m for m in outside if not {d.lower() for d in distributions.get(m, [m])} & allowed}


@pytest.mark.parametrize("path", [*SOURCES, *TOOLS, *SCRIPTS], ids=name)
def test_no_module_is_too_long(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= MAX_MODULE


@pytest.mark.parametrize("path", SCRIPTS, ids=name)
def test_no_line_of_a_script_is_too_long(path: Path) -> None:
    """Prettier lays them out, ruff the Python; neither breaks a long text or comment."""
    assert max(map(len, path.read_text("utf-8").splitlines())) <= MAX_LINE


@pytest.mark.parametrize("path", [*SOURCES, *TOOLS], ids=name)
def test_no_function_is_too_long_or_takes_too_much(path: Path) -> None:
    bad = [f.name for f in functions(path) if length(f) > MAX_FUNCTION or arguments(f) > MAX_ARGUMENTS]
    assert not bad


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length(f: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from ``def`` to the end, the docstring left out."""
    lines = (f.end_lineno or f.lineno) - f.lineno + 1
    if ast.get_docstring(f) is None:
        return lines
    docstring = f.body[0]
    return lines - ((docstring.end_lineno or docstring.lineno) - docstring.lineno + 1)


def arguments(f: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    named = [a.arg for a in (*f.args.posonlyargs, *f.args.args, *f.args.kwonlyargs)]
    return len([a for a in named if a not in ("self", "cls")])
