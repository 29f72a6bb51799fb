"""Copies the work tree, and applies a mutation to a copy temporarily."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from settings.stack_file import ROOT
from tests.mutations import Mutation
from tests.source_files import source_files


def copy_tree(root: Path) -> Path:
    """Copy the source files of this tree to ``root``."""
    for name in source_files(ROOT, untracked=True):
        source, target = ROOT / name, root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)
    return root


@contextmanager
def applied(mutation: Mutation, root: Path) -> Iterator[None]:
    """Apply the mutation to its file under ``root``, and restore the file afterwards."""
    path = root / mutation.file
    changed, before = mutation.mutated(root), path.read_text()
    if path.suffix == ".py":
        compile(changed, mutation.file, "exec")  # a syntax error would fail any test
    try:
        path.write_text(changed)
        _forget_compiled(path)
        yield
    finally:
        path.write_text(before)
        _forget_compiled(path)


def _forget_compiled(path: Path) -> None:
    # Python compares only size and whole seconds, and would use the stale compiled file.
    for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
        compiled.unlink()
