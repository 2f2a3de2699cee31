"""How the package is laid out: imports run one way, modules stay small and have names one can say."""

from __future__ import annotations

import ast
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "src" / "reegraph"
LONGEST = 400  # lines of a module
VAGUE = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "constants",
    "models",
    "misc",
    "base",
    "core",
    "tools",
}

# Left to right, as DESIGN.md draws it. A part may import itself and what stands before it.
ORDER = (
    ("errors", "terms", "folders", "sentence", "wording", "table", "window"),
    ("curation",),
    ("gap", "triples", "statements", "disagreements", "tokens"),
    ("store",),
    ("questions", "pages", "names"),
    ("reason", "validate", "snapshot", "build", "reasoner"),
    ("evidence", "prover"),
    ("scenario",),
    ("plain",),
    ("graph", "export", "publish"),
    ("server", "web", "mcp"),
    ("cli",),
)
PLACE = {name: place for place, names in enumerate(ORDER) for name in names}


@cache
def modules() -> dict[str, Path]:
    """The package's modules by dotted name, the shop window left out."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        parts = parts[:-1] if parts[-1] == "__init__" else parts
        if parts:
            found[".".join(parts)] = path
    return found


def imported(path: Path) -> set[str]:
    """The modules of the package that a file imports, wherever in the file; "" for the shop window."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: a relative import"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            if name.partition(".")[0] == "reegraph":
                inner = name.removeprefix("reegraph").removeprefix(".")
                while inner and inner not in modules():
                    inner = inner.rpartition(".")[0]
                found.add(inner)
    return found


@pytest.mark.parametrize("name", modules())
def test_has_its_place(name: str) -> None:
    """Every module stands in the order; a new one is given its place here."""
    assert name.partition(".")[0] in PLACE, f"{name} has no place: put it into ORDER"


@pytest.mark.parametrize("name", modules())
def test_imports_run_left_to_right(name: str) -> None:
    """A module imports only what stands before it, and never the shop window."""
    here = PLACE.get(name.partition(".")[0], 99)
    backwards = {
        other for other in imported(modules()[name]) if PLACE.get(other.partition(".")[0], 99) > here
    }
    assert backwards == set()


def test_no_cycle() -> None:
    """No module imports itself by way of others."""
    graph = {name: imported(path) - {name} for name, path in modules().items()}
    assert len(list(TopologicalSorter(graph).static_order())) >= len(graph)


def test_the_window_is_no_workshop() -> None:
    """The package's own __init__ imports and lists names, and defines nothing."""
    tree = ast.parse((PACKAGE / "__init__.py").read_text(encoding="utf-8"))
    assert not [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    assert "" not in {name for path in modules().values() for name in imported(path)}


@pytest.mark.parametrize("name", modules())
def test_is_small(name: str) -> None:
    """A module has at most 400 lines."""
    assert len(modules()[name].read_text(encoding="utf-8").splitlines()) <= LONGEST


@pytest.mark.parametrize("name", modules())
def test_has_a_name(name: str) -> None:
    """A module is one noun that says what it holds."""
    assert not VAGUE & set(name.split("."))


def test_nobody_copies_the_order() -> None:
    """Each name has one place."""
    names = [name for group in ORDER for name in group]
    assert len(names) == len(set(names))
