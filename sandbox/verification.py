"""Puts live checks to the emulated account; what emulation cannot answer is set apart."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import boto3

from sandbox import samples
from sandbox import unsupported_checks as unsupported_checks
from sandbox.config import StackConfig
from settings import Settings


class Finding(Protocol):
    """One thing that is not as the stack declares it."""

    @property
    def check(self) -> str:
        """The slug of the check that found it."""
        ...

    @property
    def subject(self) -> str:
        """Where: an AWS name, id or ARN."""
        ...

    def to_dict(self) -> dict[str, Any]:
        """The finding as JSON carries it."""
        ...


class Report(Protocol):
    """What the checks found, and how many looked."""

    @property
    def checks(self) -> int:
        """How many checks looked."""
        ...

    @property
    def findings(self) -> Sequence[Finding]:
        """What they found."""
        ...


class Verify(Protocol):
    """The live checks, handed in by the caller: ``ops.checks.verify.verify`` is one."""

    def __call__(self, settings: Settings, session: boto3.Session, /) -> Report:
        """Put every check to the stack."""
        ...


@dataclass
class Verification:
    """What the checks said."""

    checks: int = 0
    findings: list[dict[str, Any]] = field(default_factory=list)
    not_checkable: dict[str, int] = field(default_factory=dict)
    """"check: reason" to how many findings it explains."""
    problem: str = ""

    @property
    def ok(self) -> bool:
        """Nothing found, and the checks ran."""
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
        return Verification(problem="the stack file is wrong: nothing can be verified against it")
    with _pointed_at(endpoint):
        report = verify(settings, session)
    return _sorted_out(report)


def _sorted_out(report: Report) -> Verification:
    done, blind = Verification(checks=report.checks), Counter()
    for finding in report.findings:
        if why := unsupported_checks.reason(finding.check, finding.subject):
            blind[f"{finding.check}: {why}"] += 1
        else:
            done.findings.append(finding.to_dict())
    done.not_checkable = dict(sorted(blind.items()))
    return done


class _pointed_at:
    """boto3 finds another process's emulated AWS by the environment."""

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
