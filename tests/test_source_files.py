"""Tests of the list of source files, in a checkout and in an unpacked archive."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from settings.stack_file import ROOT
from tests.source_files import source_files, walked

IGNORED = (
    ".venv/bin/python",
    "build/a.zip",
    "ops/__pycache__/a.pyc",
    "a.pem",
    ".env",
    "sub/.env.prod",
    "policy-config.json",
)
KEPT = (
    ".env.example",
    ".gitignore",
    ".github/ci.yml",
    "sub/policy-config.json",
    "sub/building.py",
    "ops/a.py",
)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A folder with files that are ignored and files that are not."""
    for name in (*IGNORED, *KEPT):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    shutil.copy(ROOT / ".gitignore", tmp_path / ".gitignore")
    return tmp_path


def test_an_archive_is_walked_without_what_is_ignored(tree: Path) -> None:
    assert source_files(tree) == sorted(KEPT)


def test_a_walk_finds_what_git_would_add(tree: Path) -> None:
    subprocess.run(["git", "init", "--quiet"], cwd=tree, check=True)
    assert source_files(tree, untracked=True) == walked(tree)


def test_a_checkout_lists_only_what_git_tracks(tree: Path) -> None:
    for command in (["init", "--quiet"], ["add", "ops/a.py"]):
        subprocess.run(["git", *command], cwd=tree, check=True)
    assert source_files(tree) == ["ops/a.py"]


def test_a_file_that_was_deleted_is_not_listed(tree: Path) -> None:
    for command in (["init", "--quiet"], ["add", "ops/a.py"]):
        subprocess.run(["git", *command], cwd=tree, check=True)
    (tree / "ops/a.py").unlink()
    assert source_files(tree) == []


def test_the_project_is_found_whole() -> None:
    assert {"README.md", "__main__.py", ".github/pins.yaml", "tests/test_source_files.py"} <= set(
        walked(ROOT)
    )
