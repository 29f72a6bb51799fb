"""Collects every text that the program can show to a user on one page (``python -m tests.messages``).

A text is a string literal of at least three words outside docstrings: messages of errors and findings,
remedies, help, alarm descriptions. The fields of an f-string are shown as ``{expression}``.
"""

from __future__ import annotations

import argparse
import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
SNAPSHOT = Path(__file__).with_name("snapshots") / "messages.txt"
SOURCES = (
    "__main__.py",
    "aws_lookups.py",
    *("cli", "components", "deploy", "encryption_keys", "functions", "iam_documents", "ops", "platforms"),
    *("policies", "sandbox", "settings"),
)
WORDS = re.compile(r"[A-Za-z]{2,}[,;:.]? [a-z]{1,}[,;:.]? [a-z]{1,}")


def messages(root: Path = ROOT) -> Iterator[tuple[str, list[str]]]:
    """Each module's path with its texts in the order of the source; modules without texts are left out."""
    for path in _modules(root):
        found = [_one_line(text) for text in _texts(ast.parse(path.read_text())) if WORDS.search(text)]
        if found:
            yield path.relative_to(root).as_posix(), found


def page(root: Path = ROOT) -> str:
    """All texts as one page, a paragraph for each module."""
    return "\n".join(f"{path}\n" + "".join(f"  {text}\n" for text in found) for path, found in messages(root))


def _modules(root: Path) -> Iterator[Path]:
    for source in SOURCES:
        path = root / source
        yield from [path] if path.suffix else sorted(path.rglob("*.py"))


def _texts(node: ast.AST) -> Iterator[str]:
    """The literals below ``node``; an f-string is one text, a string statement (a docstring) none."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(map(_part, node.values))
    else:
        for child in ast.iter_child_nodes(node):
            yield from _texts(child)


def _part(part: ast.expr) -> str:
    if isinstance(part, ast.FormattedValue):
        return "{" + ast.unparse(part.value) + "}"
    return part.value if isinstance(part, ast.Constant) and isinstance(part.value, str) else ""


def _one_line(text: str) -> str:
    return re.sub(r"\s*\n\s*", " / ", text.strip())


if __name__ == "__main__":
    argparse.ArgumentParser(prog="python -m tests.messages", description=__doc__).parse_args()
    SNAPSHOT.write_text(page())
