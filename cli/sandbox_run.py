"""Runs the sandbox with the operator's live checks, and ends the process with its exit code."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable
from typing import NoReturn

from ops.checks.verify import verify
from sandbox import cli

COLLECT_AFTER = 100_000  # objects; see end_with


def main() -> NoReturn:
    """Run ``python -m sandbox preview|up``."""
    end_with(lambda: cli.main(verify=verify))


def run(options: cli.Options) -> NoReturn:
    """Run one command with the given options."""
    end_with(lambda: cli.run(options, verify=verify))


def end_with(command: Callable[[], int]) -> NoReturn:
    """Run a command and end the process.

    A run creates some 800,000 objects that live until its end. Garbage collection would take a quarter of
    the run's time, and freeing them one by one three seconds more, so both are skipped.
    """
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER, 50, 100)
    code = command()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
