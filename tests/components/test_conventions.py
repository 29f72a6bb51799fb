"""Checks the sources of all components and of their tests against Pulumi's conventions."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from settings.stack_file import ROOT

# Attributes that the SDK itself sets on every resource.
SDK_ATTRIBUTES = {"_name", "_type", "_protect", "_provider", "_providers", "_aliases"}
MODULES = sorted(path.relative_to(ROOT) for path in (ROOT / "components").rglob("*.py"))
TESTS = sorted(path.relative_to(ROOT) for path in (ROOT / "tests" / "components").rglob("*.py"))
ALONE = Path("tests/components/alone.py")


def nodes(module: Path) -> Iterator[ast.AST]:
    yield from ast.walk(ast.parse((ROOT / module).read_text()))


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_no_attribute_of_the_sdk_is_set(module: Path) -> None:
    stored = {
        node.attr
        for node in nodes(module)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
    }
    assert stored & SDK_ATTRIBUTES == set()


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_a_component_registers_its_outputs_last(module: Path) -> None:
    for node in nodes(module):
        if isinstance(node, ast.ClassDef) and "pulumi.ComponentResource" in map(ast.unparse, node.bases):
            (constructor,) = (one for one in node.body if getattr(one, "name", "") == "__init__")
            assert isinstance(constructor, ast.FunctionDef)
            last = ast.unparse(constructor.body[-1])
            assert last.startswith("self.register_outputs(")
            assert last != "self.register_outputs({})"


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_a_dependency_is_no_part_of_an_output(module: Path) -> None:
    picked = [ast.unparse(node) for node in nodes(module) if isinstance(node, ast.Subscript)]
    assert not [text for text in picked if text.startswith("pulumi.Output.all(")]


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_no_component_takes_the_settings_of_a_whole_stack(module: Path) -> None:
    imported = {node.module for node in nodes(module) if isinstance(node, ast.ImportFrom)}
    assert "settings.schema.stack" not in imported
    assert "settings" not in imported


def imported(module: Path) -> set[str]:
    """Everything that a module imports, by its full dotted name."""
    found: set[str] = set()
    for node in nodes(module):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("module", TESTS, ids=str)
def test_a_test_of_a_component_runs_no_whole_program(module: Path) -> None:
    runners = ("tests.program", "tests.composition", "runpy", "sandbox.World")
    assert [name for name in imported(module) if name.startswith(runners)] == []


@pytest.mark.parametrize("module", [module for module in TESTS if module != ALONE], ids=str)
def test_a_component_is_declared_through_the_one_helper_that_refuses_a_second(module: Path) -> None:
    assert imported(module) & {"tests.harness", "tests.harness.deploy"} == set()
