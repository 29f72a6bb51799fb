"""Collects the report of a stack in the sandbox, and writes its page after an update."""

from __future__ import annotations

import time
from pathlib import Path

from cli.kept_sandbox import deployed
from ops.core.aws_state import AwsState
from ops.core.findings import Finding
from ops.core.findings import Report as Verified
from report.collect import Policies, PolicyRule, Source, Violation, collect
from report.schema import Report
from report.write import FOLDER, write
from sandbox import Result, Sandbox, verification
from sandbox.engines import sandbox_of
from sandbox.redaction import Mask
from sandbox.session import Session
from sandbox.verification import Verification


def write_page(sandbox: Sandbox, result: Result, aws: AwsState) -> None:
    """Write the page of a stack that is up; ``result`` gets its file and the application's URL."""
    began = time.monotonic()
    report = report_of(sandbox, result, result.verification, aws)
    file = write(report, sandbox.root / FOLDER / f"{sandbox.stack}.html")
    result.page, result.url = str(file.relative_to(sandbox.root)), report.url
    result.next_command = (
        f".venv/bin/strongroom report --stack {sandbox.stack}"
        if sandbox.served
        else f"make up STACK={sandbox.stack} ARGS=--keep"
    )
    took = round(time.monotonic() - began, 2)
    total = round(result.seconds.pop("total") + took, 2)
    result.seconds |= {"page": took, "total": total}


def of_kept_sandbox(stack: str, aws: AwsState, verified: Verified, root: Path) -> Report:
    """The report of a stack in its kept sandbox; the policy pack judges what an update would declare now."""
    home = Session.of(root, stack)
    with sandbox_of(stack, home.engine(), home, root=root, endpoint=home.endpoint()) as sandbox:
        result = sandbox.preview()
        return report_of(sandbox, result, verification.sorted_out(verified), aws)


def report_of(sandbox: Sandbox, result: Result, verified: Verification, aws: AwsState) -> Report:
    """The report of a stack in the sandbox; should a value of a secret be in it, it is masked."""
    mask = Mask(sandbox.config(), [*result.resources, *sandbox.deployed().values()])
    found = collect(source_of(sandbox, result, verified, aws))
    return Report.model_validate(mask.value(found.model_dump(mode="json")))


def source_of(sandbox: Sandbox, result: Result, verified: Verification, aws: AwsState) -> Source:
    """What the report of a stack in the sandbox is collected from."""
    return Source(
        stack=sandbox.stack,
        aws=aws,
        deployed=deployed(sandbox),
        findings=[_finding(one) for one in verified.findings],
        checks=verified.checks,
        where="sandbox",
        policies=policies_of(result),
        not_covered=[f"not checkable in the sandbox: {why}" for why in verified.not_checkable],
        root=sandbox.root,
    )


def policies_of(result: Result) -> Policies:
    """The rules of the policy pack and their violations in one run."""
    return Policies(
        [PolicyRule(one.name, one.description, one.remedy, one.severity) for one in result.policies],
        [Violation(one.policy, one.level, one.message, one.urn, one.requirements) for one in result.findings],
    )


def _finding(one: dict[str, object]) -> Finding:
    return Finding(**{**one, "requirements": tuple(one["requirements"])})  # type: ignore[arg-type]
