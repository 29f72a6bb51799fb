"""Generates docs/secrets.md: the numbered attacks on secrets, and the tests of each from their markers."""

from __future__ import annotations

import ast
import csv
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from settings.stack_file import ROOT
from tests.mutations import mutations

TESTS = ROOT / "tests"
ROWS = TESTS / "attack_rows.tsv"
MARK = "attack"
HEAD = """# Attacks on secrets

Each numbered attack and failure, and the tests that cover it. This page is generated from the markers
`@pytest.mark.attack(N)` (`make docs`). How: E the Pulumi engine where it is on PATH, else the sandbox's,
P the policy pack, L the rotation function with an emulated store and PostgreSQL, R re-encryption on
PostgreSQL, C commands against an emulated AWS, U the resource graph, S a scan of files.

| # | how | attack | tests |
| --- | --- | --- | --- |
"""


MUTATIONS_HEAD = """
## Mutations

`make mutations` edits a copy of the program so that one of these guarantees no longer holds, and checks
that a test of that attack fails, for each of them (`tests/mutations/`).

| # | guarantee | file |
| --- | --- | --- |
"""


def page() -> str:
    """The page as Markdown: the attacks with their tests, and the guarantees that mutations remove."""
    listed = (one for one in mutations() if one.attack is not None)
    lines = (f"| {one.attack} | {one.holds} | `{one.file}` |\n" for one in listed)
    return _answered() + MUTATIONS_HEAD + "".join(lines)


def _answered() -> str:
    answered = answers(TESTS)
    lines = []
    for row in rows():
        tests = "<br>".join(f"`{test}`" for test in answered.get(int(row["number"]), ())) or "none"
        lines.append(f"| {row['number']} | {' '.join(row['proof'])} | {row['attack']} | {tests} |\n")
    return HEAD + "".join(lines)


def rows() -> list[dict[str, str]]:
    """The rows of tests/attack_rows.tsv: number, proof, attack."""
    with ROWS.open() as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def answers(tests: Path) -> dict[int, list[str]]:
    """The tests of each attack, by number, in order of their files."""
    found: dict[int, list[str]] = defaultdict(list)
    for path in sorted(tests.rglob("test_*.py")):
        where = path.relative_to(tests.parent).as_posix()
        for name, numbers in marked(path.read_text()):
            for number in numbers:
                found[number].append(f"{where}::{name}")
    return found


def marked(source: str) -> Iterator[tuple[str, list[int]]]:
    """Every test of a module with the attacks in the markers of module, class, function and parameters."""
    module = ast.parse(source)
    everywhere = [
        number
        for one in module.body
        if isinstance(one, ast.Assign) and ast.unparse(one.targets[0]) == "pytestmark"
        for number in _numbers(one.value)
    ]
    for name, decorators in _tests(module.body):
        own = (number for decorator in decorators for number in _numbers(decorator))
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


def _numbers(tree: ast.AST) -> Iterator[int]:
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and ast.unparse(call.func) == f"pytest.mark.{MARK}":
            yield from (int(ast.literal_eval(number)) for number in call.args)
