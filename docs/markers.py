"""Finds the tests that carry a numbered pytest marker, by reading their source."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from settings.stack_file import ROOT

TESTS = ROOT / "tests"


def marked_by_number(mark: str, tests: Path = TESTS) -> dict[int, list[str]]:
    """Test IDs by the numbers of ``@pytest.mark.<mark>(...)``, in the order of their files."""
    found: dict[int, list[str]] = defaultdict(list)
    for path in sorted(tests.rglob("test_*.py")):
        where = path.relative_to(tests.parent).as_posix()
        for name, numbers in marked(path.read_text(), mark):
            for number in numbers:
                found[number].append(f"{where}::{name}")
    return found


def marked(source: str, mark: str) -> Iterator[tuple[str, list[int]]]:
    """Every test of a module with the numbers in the markers of module, class, function and parameters."""
    module = ast.parse(source)
    everywhere = [
        number
        for one in module.body
        if isinstance(one, ast.Assign) and ast.unparse(one.targets[0]) == "pytestmark"
        for number in _numbers(one.value, mark)
    ]
    for name, decorators in _tests(module.body):
        own = (number for decorator in decorators for number in _numbers(decorator, mark))
        if numbers := sorted({*everywhere, *own}):
            yield name, numbers


def _tests(body: list[ast.stmt]) -> Iterator[tuple[str, list[ast.expr]]]:
    """Every test function with its decorators; a method also has those of its class."""
    for one in body:
        if isinstance(one, ast.FunctionDef) and one.name.startswith("test"):
            yield one.name, one.decorator_list
        elif isinstance(one, ast.ClassDef) and one.name.startswith("Test"):
            for name, decorators in _tests(one.body):
                yield f"{one.name}::{name}", [*one.decorator_list, *decorators]


def _numbers(tree: ast.AST, mark: str) -> Iterator[int]:
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and ast.unparse(call.func) == f"pytest.mark.{mark}":
            yield from (int(ast.literal_eval(number)) for number in call.args)
