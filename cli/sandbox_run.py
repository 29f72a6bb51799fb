"""Runs the sandbox with the operator's live checks, and ends the process with its exit code."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable
from typing import NoReturn

import boto3

from cli import report_page
from ops.checks.verify import run as run_checks
from ops.checks.verify.registry import REGISTRY
from ops.core.aws_state import AwsState
from ops.core.findings import Report
from sandbox import Result, Sandbox, cli
from settings import Settings

COLLECT_AFTER = 100_000  # objects; see end_with


class LiveChecks:
    """The operator's live checks; the page that follows them reuses what they read from AWS."""

    def __call__(self, settings: Settings, session: boto3.Session, /) -> Report:
        """Run every check on the stack."""
        self._aws = AwsState(settings, session)
        return run_checks(self._aws, tuple(REGISTRY.values()))

    def write_page(self, sandbox: Sandbox, result: Result) -> None:
        """Write the page of the stack that was checked."""
        report_page.write_page(sandbox, result, self._aws)


def main() -> NoReturn:
    """Run ``python -m sandbox preview|up``."""
    checks = LiveChecks()
    end_with(lambda: cli.main(verify=checks, write_page=checks.write_page))


def run(options: cli.Options) -> NoReturn:
    """Run one command with the given options."""
    checks = LiveChecks()
    end_with(lambda: cli.run(options, verify=checks, write_page=checks.write_page))


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
