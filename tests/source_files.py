"""Lists the files of the source tree: by git in a checkout, by walking the tree in an unpacked archive."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path


def source_files(root: Path, *, untracked: bool = False) -> list[str]:
    """Paths relative to ``root``: tracked files and, on request, new ones; all files of an archive."""
    if not (root / ".git").exists() or shutil.which("git") is None:
        return walked(root)
    chosen = ["--cached", "--others", "--exclude-standard"] if untracked else ["--cached"]
    listed = subprocess.run(
        ["git", "ls-files", "-z", *chosen], cwd=root, capture_output=True, text=True, check=True
    )
    return sorted(path for path in set(listed.stdout.split("\0")) if path and (root / path).is_file())


def walked(root: Path) -> list[str]:
    """Every file below ``root`` that its ``.gitignore`` does not name."""
    rules = (root / ".gitignore").read_text().split()
    return sorted(_below(root, root, rules))


def _below(folder: Path, root: Path, rules: list[str]) -> Iterator[str]:
    for entry in os.scandir(folder):
        path = Path(entry.path).relative_to(root).as_posix()
        is_folder = entry.is_dir(follow_symlinks=False)
        if entry.name == ".git" or _ignored(path, is_folder, rules):
            continue
        if is_folder:
            yield from _below(Path(entry.path), root, rules)
        elif entry.is_file():
            yield path


def _ignored(path: str, is_folder: bool, rules: list[str]) -> bool:
    """The result of the last matching rule; a rule names a path from the root, or a name at any depth."""
    ignored = False
    for rule in rules:
        pattern = rule.removeprefix("!")
        if pattern.endswith("/") and not is_folder:
            continue
        pattern = pattern.rstrip("/")
        subject = path if "/" in pattern else path.rpartition("/")[2]
        if fnmatch(subject, pattern.removeprefix("/")):
            ignored = not rule.startswith("!")
    return ignored
