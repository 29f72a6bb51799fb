"""Determines whether a mutation is killed: by its test, and by a preview where it names policies."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

import sandbox.moto.install  # noqa: F401  (imported later, it would bring this tree's `settings` into the other's)
from sandbox import Sandbox
from tests.accounts import own_account
from tests.mutations import Mutation
from tests.mutations.copies import applied

TIMEOUT_S = 600
TIMED_OUT = 124
HARNESS = {module.split(".")[0] for module in (Sandbox.__module__, __name__)}
_previewing = threading.Lock()


@dataclass(frozen=True)
class Preview:
    """The exit code of a preview, and the mandatory policies that refused it."""

    exit_code: int
    policies: frozenset[str]


@dataclass(frozen=True)
class Outcome:
    """The result of a mutation's test without and with the mutation, and of the preview."""

    mutation: Mutation
    without: int
    with_it: int
    took_s: float
    preview: Preview | None = None

    @property
    def killed(self) -> bool:
        """The test passes without the mutation and fails with it; its policies refuse the preview."""
        codes = (self.without, self.with_it)
        return codes == (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED) and refused(
            self.mutation, self.preview
        )

    def __str__(self) -> str:
        said = "killed" if self.killed else f"SURVIVED (test: exit {self.without}, then {self.with_it})"
        by = [self.mutation.test, *(sorted(self.preview.policies) if self.preview else ())]
        return f"{said} {self.took_s:5.1f} s  {self.mutation}  by {', '.join(by)}"


def refused(mutation: Mutation, preview: Preview | None) -> bool:
    """Whether every policy that the mutation names refused its preview."""
    if not mutation.policies:
        return True
    return preview is not None and preview.exit_code == 1 and preview.policies >= set(mutation.policies)


def judge(mutation: Mutation, root: Path, known: dict[str, int]) -> Outcome:
    """Run its test in the copy ``root``, without (unless ``known``) and with the mutation, and preview."""
    began = time.monotonic()
    if mutation.test not in known:
        known[mutation.test] = run(mutation.test, root)
    with applied(mutation, root):
        ended = run(mutation.test, root)
        seen = preview(root) if mutation.policies else None
    return Outcome(mutation, known[mutation.test], ended, round(time.monotonic() - began, 1), seen)


def run(test: str, root: Path) -> int:
    """The exit code of pytest for one test; ``TIMED_OUT`` after the time limit."""
    command = [sys.executable, "-m", "pytest", "-x", "-p", "no:cacheprovider", test]
    try:
        return subprocess.run(
            command, cwd=root, capture_output=True, timeout=TIMEOUT_S, check=False
        ).returncode
    except subprocess.TimeoutExpired:
        return TIMED_OUT


def preview(root: Path) -> Preview:
    """A preview of production by the program and policies in ``root``."""
    with (
        _previewing,
        _unimported(program_names(root)),
        Sandbox("prod", root=root, config=own_account("prod")) as sandbox,
    ):
        result = sandbox.preview()
    policies = frozenset(found.policy for found in result.findings if found.level == "mandatory")
    return Preview(result.exit_code, policies)


def program_names(root: Path) -> set[str]:
    """The top-level modules and packages in ``root``, except those that run the preview."""
    found = {path.relative_to(root).parts[0].removesuffix(".py") for path in root.rglob("*.py")}
    return found - HARNESS - {"__main__"}


@contextmanager
def _unimported(names: set[str]) -> Iterator[None]:
    """Remove these modules from ``sys.modules`` while the other tree's are loaded."""

    def named() -> list[str]:
        return [module for module in sys.modules if module.split(".")[0] in names]

    ours = {module: sys.modules.pop(module) for module in named()}
    try:
        yield
    finally:
        for module in named():
            del sys.modules[module]
        sys.modules.update(ours)
