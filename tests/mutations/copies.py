"""Copies of the work tree, and a mutation applied to a copy for a while."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from settings.stack_file import ROOT
from tests.mutations import Mutation


def copy_tree(root: Path) -> Path:
    """The files of the work tree that git tracks or would add, in a repository of their own at ``root``."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        source, target = ROOT / name, root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.exists():
            shutil.copy(source, target)
    for command in (["init", "-q"], ["add", "-A"]):  # some tests list the tracked files
        subprocess.run(["git", *command], cwd=root, check=True)
    return root


@contextmanager
def applied(mutation: Mutation, root: Path) -> Iterator[None]:
    """The mutation in its file under ``root``; afterwards the file is as it was."""
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
    # Python compares size and second only, and would take the compiled file for what stands there now.
    for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
        compiled.unlink()
