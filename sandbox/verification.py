"""Runs the live checks on the emulated account, and separates findings that emulation cannot answer."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import boto3

import emulation_limits
from sandbox import samples
from sandbox.config import StackConfig
from settings import Settings


class Finding(Protocol):
    """One difference between the account and the stack's declaration."""

    @property
    def check(self) -> str:
        """The slug of the check that found it."""
        ...

    @property
    def subject(self) -> str:
        """The AWS name, id or ARN concerned."""
        ...

    @property
    def unanswered(self) -> bool:
        """Whether AWS did not answer the check."""
        ...

    def to_dict(self) -> dict[str, Any]:
        """The finding as JSON carries it."""
        ...


class Report(Protocol):
    """The result of the live checks."""

    @property
    def checks(self) -> int:
        """How many checks ran."""
        ...

    @property
    def findings(self) -> Sequence[Finding]:
        """The findings."""
        ...


class Verify(Protocol):
    """The live checks, passed by the caller: ``ops.checks.verify.verify`` is one."""

    def __call__(self, settings: Settings, session: boto3.Session, /) -> Report:
        """Run every check on the stack."""
        ...


@dataclass
class Verification:
    """The outcome of the live checks."""

    checks: int = 0
    findings: list[dict[str, Any]] = field(default_factory=list)
    not_checkable: dict[str, int] = field(default_factory=dict)
    """Number of findings by "check: reason"."""
    problem: str = ""

    @property
    def ok(self) -> bool:
        """Whether the checks ran and found nothing."""
        return not (self.findings or self.problem)

    def to_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        return vars(self)


def run(
    verify: Verify, config: StackConfig, session: boto3.Session, root: Path, endpoint: str | None = None
) -> Verification:
    """Verify the stack as the operator would."""
    settings = samples.settings_of(config, root)
    if settings is None:
        return Verification(problem="the stack file is invalid: correct it, then verify again")
    with _pointed_at(endpoint):
        report = verify(settings, session)
    return sorted_out(report)


def sorted_out(report: Report) -> Verification:
    """The findings that count, and how often emulation cannot answer a check."""
    done, blind = Verification(checks=report.checks), Counter()
    for finding in report.findings:
        if why := emulation_limits.reason(finding.check, unanswered=finding.unanswered):
            blind[f"{finding.check}: {why}"] += 1
        else:
            done.findings.append(finding.to_dict())
    done.not_checkable = dict(sorted(blind.items()))
    return done


class _pointed_at:
    """Sets the environment variable with which boto3 reaches another process's emulated AWS."""

    def __init__(self, endpoint: str | None) -> None:
        self._endpoint, self._before = endpoint, os.environ.get("AWS_ENDPOINT_URL")

    def __enter__(self) -> None:
        if self._endpoint:
            os.environ["AWS_ENDPOINT_URL"] = self._endpoint

    def __exit__(self, *_: object) -> None:
        if self._endpoint:
            restore(os.environ, "AWS_ENDPOINT_URL", self._before)


def restore(environment: Any, key: str, before: str | None) -> None:
    """Set a variable back to what it was."""
    if before is None:
        environment.pop(key, None)
    else:
        environment[key] = before
