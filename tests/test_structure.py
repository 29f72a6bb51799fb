"""Checks the limits on folders and modules, and the direction of imports."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.program import PACKAGES, ROOT

MODULES_PER_FOLDER = 14
LINES_PER_MODULE = 200
LINES_OF_MAIN = 290
# Entry points of `python -m ops` and `python -m sandbox`, which only start the command line of cli/. Nothing
# imports them, so they do not affect how packages depend on each other.
ENTRY_POINTS = frozenset({"ops.__main__", "sandbox.__main__"})
# Tables of data: their length is the number of their rows.
TABLES: frozenset[str] = frozenset()


@cache
def modules() -> tuple[Path, ...]:
    """Every module of the product, relative to the root."""
    found = [path.relative_to(ROOT) for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    return tuple(sorted(found))


def folders() -> dict[str, list[str]]:
    """Folder to its modules, without ``__init__`` and ``__main__``."""
    held: dict[str, list[str]] = defaultdict(list)
    for path in modules():
        if not path.name.startswith("__"):
            held[path.parent.as_posix()].append(path.name)
    return held


def dotted(path: Path) -> str:
    """The name that imports use; the policy pack's folder is on the path itself."""
    parts = list(path.with_suffix("").parts)
    if parts[0] == "policies":
        parts = parts[1:] or parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def imports() -> dict[str, frozenset[str]]:
    """Module to the modules of the product that it imports when it is loaded."""
    names = {dotted(path): path for path in modules()}
    return {name: frozenset(_imported(path, names) - {name}) for name, path in names.items()}


def package_imports() -> dict[str, frozenset[str]]:
    """The same without the entry points."""
    return {name: others for name, others in imports().items() if name not in ENTRY_POINTS}


def as_known(module: str) -> str:
    """The name of an imported module; the program imports a part of the pack by its folder."""
    return module.removeprefix("policies.")


def _imported(path: Path, known: dict[str, Path]) -> set[str]:
    found: set[str] = set()
    for node in _on_load(ast.parse((ROOT / path).read_text())):
        if isinstance(node, ast.Import):
            found |= {as_known(alias.name) for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            module = as_known(f"{dotted(path.parent)}.{node.module}" if node.level else node.module)
            inner = {f"{module}.{alias.name}" for alias in node.names}
            submodules = inner & known.keys()
            found |= submodules
            if len(submodules) < len(inner):
                found.add(module)
    return found & known.keys()


def _on_load(module: ast.Module) -> Iterator[ast.AST]:
    """The statements that run on import: not those in functions, nor those for type checkers."""
    waiting: list[ast.AST] = list(module.body)
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            continue
        waiting.extend(ast.iter_child_nodes(node))


def top(name: str) -> str:
    """The package that a module belongs to; the pack is one."""
    return name.partition(".")[0]


@pytest.mark.parametrize("folder", sorted(folders()))
def test_a_folder_holds_few_modules(folder: str) -> None:
    assert len(folders()[folder]) <= MODULES_PER_FOLDER, sorted(folders()[folder])


@pytest.mark.parametrize("path", modules(), ids=str)
def test_a_module_is_short(path: Path) -> None:
    lines = (ROOT / path).read_text().count("\n")
    assert lines <= LINES_PER_MODULE or path.as_posix() in TABLES


def test_every_table_of_data_is_still_there() -> None:
    assert {path for path in TABLES if not (ROOT / path).is_file()} == set()


def test_the_composition_is_short() -> None:
    lines = (ROOT / "__main__.py").read_text().count("\n")
    assert lines <= LINES_OF_MAIN


@pytest.mark.parametrize("path", [path for path in modules() if path.name == "__init__.py"], ids=str)
def test_a_package_says_what_it_offers(path: Path) -> None:
    described = ast.get_docstring(ast.parse((ROOT / path).read_text())) or ""
    assert len(described.split()) >= 3, "the docstring of a package says what is in it"


def test_no_modules_import_each_other_in_a_circle() -> None:
    circles: list[list[str]] = []
    done: set[str] = set()

    def visit(name: str, way: list[str]) -> None:
        if name in way:
            circles.append([*way[way.index(name) :], name])
        elif name not in done:
            for other in sorted(imports()[name]):
                visit(other, [*way, name])
            done.add(name)

    for name in sorted(imports()):
        visit(name, [])
    assert circles == []


def test_no_two_packages_import_each_other() -> None:
    between = {
        (top(name), top(other))
        for name, others in package_imports().items()
        for other in others
        if top(name) != top(other)
    }
    assert {pair for pair in between if pair[::-1] in between} == set()


def test_only_the_command_line_imports_ops_and_sandbox() -> None:
    users: dict[str, set[str]] = defaultdict(set)
    for name, others in package_imports().items():
        users[top(name)] |= {top(other) for other in others}
    both = {name for name, used in users.items() if {"ops", "sandbox"} <= used | {name}}
    assert both == {"cli"}


@pytest.mark.parametrize("name", sorted(ENTRY_POINTS))
def test_an_entry_point_only_starts_the_command_line(name: str) -> None:
    assert {top(other) for other in imports()[name]} == {"cli"}
    assert [user for user, others in imports().items() if name in others] == []


def test_components_know_no_configuration_environment_clock_or_account() -> None:
    forbidden = {"boto3", "botocore", "os", "time", "datetime", "settings.load", "ops", "sandbox", "policies"}
    known: set[str] = set()
    for path in (ROOT / "components").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                known |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                known |= {node.module, node.module.partition(".")[0]}
    assert known & forbidden == set()


def test_ops_loads_no_component_even_when_a_command_runs() -> None:
    loaders = [
        path.relative_to(ROOT).as_posix()
        for package in ("cli", "ops", "settings")
        for path in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and top(node.module or "") == "components"
    ]
    assert loaders == []
