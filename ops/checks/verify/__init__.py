"""Compares a running stack, as AWS describes it, with its stack file."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from ops.checks.verify import ecs
from ops.checks.verify.audit import account, detection, trail
from ops.checks.verify.data import backup, cache, database, restore_testing
from ops.checks.verify.host import installation
from ops.checks.verify.monitoring import alarms, logs
from ops.checks.verify.network import load_balancer, routes, security_groups, vpc, vpc_endpoints, waf
from ops.checks.verify.registry import REGISTRY, Check
from ops.checks.verify.secrets import grants, keys, leaks, parameters, secrets, values
from ops.core.aws_state import AwsState
from ops.core.findings import Finding, Report
from ops.core.session import sentence
from settings import Settings

__all__ = ["MODULES", "AwsState", "run", "verify"]

MODULES = (
    vpc,
    routes,
    vpc_endpoints,
    security_groups,
    keys,
    secrets,
    values,
    grants,
    parameters,
    database,
    backup,
    restore_testing,
    cache,
    ecs,
    installation,
    leaks,
    load_balancer,
    waf,
    logs,
    alarms,
    trail,
    detection,
    account,
)
"""The modules that register checks when they are imported."""


def verify(
    settings: Settings,
    session: boto3.Session,
    *,
    progress: Callable[[Check], None] = lambda check: None,
) -> Report:
    """Run every check on the stack."""
    return run(AwsState(settings, session), tuple(REGISTRY.values()), progress)


def run(
    aws: AwsState, checks: tuple[Check, ...], progress: Callable[[Check], None] = lambda check: None
) -> Report:
    """Run checks on a stack; a check that AWS does not answer becomes a finding and stops no other."""
    findings: list[Finding] = []
    for check in checks:
        progress(check)
        findings += _answers(check, aws)
    return Report(findings, len(checks))


def _answers(check: Check, aws: AwsState) -> Iterator[Finding]:
    try:
        for found in check.ask(aws):
            yield Finding(
                check.slug,
                found.requirements or check.requirements,
                found.subject,
                found.problem,
                found.remedy,
            )
    except ClientError as error:
        yield _unanswered(check, sentence(error), "allow the call if access was denied, then run again")
    except (BotoCoreError, NotImplementedError) as error:
        yield _unanswered(check, f"AWS did not respond ({type(error).__name__})", "run again")
    except LookupError as error:
        yield _unanswered(check, f"the response of AWS has no {error}", "run again; report it if it persists")


def _unanswered(check: Check, problem: str, remedy: str) -> Finding:
    return Finding(
        check.slug, check.requirements, check.slug, f"cannot be checked: {problem}", remedy, unanswered=True
    )
