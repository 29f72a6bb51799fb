"""The files of this checkout: what git tracks, or every file of a source archive."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
GENERATED = frozenset(
    {".git", ".venv", ".sandbox", ".hypothesis", ".pytest_cache", ".ruff_cache", "__pycache__", "build"}
)
"""Folders that setup, tests and runs make."""


@cache
def files() -> tuple[str, ...]:
    """Paths relative to the root, with forward slashes, sorted."""
    if (ROOT / ".git").exists():
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        return tuple(sorted(path for path in listed.split("\0") if path and (ROOT / path).is_file()))
    return tuple(sorted(path.relative_to(ROOT).as_posix() for path in _walk(ROOT)))


def _walk(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            if path.name not in GENERATED:
                yield from _walk(path)
        elif path.is_file():
            yield path
