"""Takes each guard away in a copy of the program, one at a time, and sees its test fail (``make guards``).

``python -m tests.guards [--only N ...] [--jobs 2] [--json]``; exit 1 where a test passes without its guard,
or fails with it.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from queue import SimpleQueue

import pytest

from settings.stack_file import ROOT
from tests.guards import Guard, guards

TIMEOUT_S = 600
_print = threading.Lock()


@dataclass(frozen=True)
class Seen:
    """How a guard's test ended with the guard and without."""

    guard: Guard
    with_guard: int
    without_guard: int
    took_s: float

    @property
    def killed(self) -> bool:
        """The test passes with the guard, and fails without."""
        return (self.with_guard, self.without_guard) == (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)

    def __str__(self) -> str:
        codes = f"(exit {self.with_guard}, then {self.without_guard})"
        said = "killed" if self.killed else f"SURVIVED {codes}"
        return (
            f"#{self.guard.attack:<3} {said} {self.took_s:5.1f} s  {self.guard.holds}  by {self.guard.test}"
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Take the guards away and say what was seen."""
    parser = argparse.ArgumentParser(prog="python -m tests.guards", description=__doc__)
    parser.add_argument("--only", type=int, nargs="+", help="these attacks")
    parser.add_argument("--jobs", type=int, default=2, help="copies of the program at work at once")
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")
    options = parser.parse_args(arguments)
    chosen = [guard for guard in guards() if not options.only or guard.attack in options.only]
    with tempfile.TemporaryDirectory() as folder:
        copies: SimpleQueue[Path] = SimpleQueue()
        for number in range(options.jobs):
            copies.put(copied(Path(folder) / str(number)))

        ended: dict[str, int] = {}

        def see(guard: Guard) -> Seen:
            root = copies.get()
            try:
                seen = tried(guard, root, ended)
            finally:
                copies.put(root)
            with _print:
                print(seen, file=sys.stderr, flush=True)
            return seen

        with ThreadPoolExecutor(options.jobs) as pool:
            found = list(pool.map(see, chosen))
    survived = [one for one in found if not one.killed]
    if options.json:
        print(json.dumps([{**asdict(one), "killed": one.killed} for one in found], indent=1))
    else:
        print(f"{len(found) - len(survived)} of {len(found)} were killed: their test fails without the guard")
    return 1 if survived else 0


def tried(guard: Guard, root: Path, known: dict[str, int]) -> Seen:
    """The guard's test in a copy of the program: as it is, unless that is known, then without the guard."""
    began = time.monotonic()
    if guard.test not in known:
        known[guard.test] = run(guard.test, root)
    with without(guard, root):
        ended = run(guard.test, root)
    return Seen(guard, known[guard.test], ended, round(time.monotonic() - began, 1))


def run(test: str, root: Path) -> int:
    """pytest's exit code of one test; 124 where it does not end."""
    command = [sys.executable, "-m", "pytest", "-x", "-p", "no:cacheprovider", test]
    try:
        return subprocess.run(
            command, cwd=root, capture_output=True, timeout=TIMEOUT_S, check=False
        ).returncode
    except subprocess.TimeoutExpired:
        return 124


@contextmanager
def without(guard: Guard, root: Path) -> Iterator[None]:
    """The guard's file in the copy, changed for a while."""
    path = root / guard.file
    changed, before = guard.taken_away(root), path.read_text()
    if path.suffix == ".py":
        compile(changed, guard.file, "exec")  # a guard is to be absent, not a bracket
    try:
        path.write_text(changed)
        _forget_compiled(path)
        yield
    finally:
        path.write_text(before)
        _forget_compiled(path)


def _forget_compiled(path: Path) -> None:
    # Of the same size and second, it would be taken for what stands there now.
    for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
        compiled.unlink()


def copied(root: Path) -> Path:
    """The files of the work tree as they are, in a repository of their own: some tests list tracked files."""
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
    for command in (["init", "-q"], ["add", "-A"]):
        subprocess.run(["git", *command], cwd=root, check=True)
    return root


if __name__ == "__main__":
    sys.exit(main())
