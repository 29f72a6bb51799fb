"""A running stack is asked, through AWS's own answers, whether it is what its stack file declares."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from ops.checks.verify import ecs
from ops.checks.verify.audit import account, detection, trail
from ops.checks.verify.data import cache, database
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
    cache,
    ecs,
    leaks,
    load_balancer,
    waf,
    logs,
    alarms,
    trail,
    detection,
    account,
)
"""Each registers its checks when it is imported."""


def verify(
    settings: Settings,
    session: boto3.Session,
    *,
    progress: Callable[[Check], None] = lambda check: None,
) -> Report:
    """Put every check to the stack."""
    return run(AwsState(settings, session), tuple(REGISTRY.values()), progress)


def run(
    aws: AwsState, checks: tuple[Check, ...], progress: Callable[[Check], None] = lambda check: None
) -> Report:
    """Put some checks to a stack; one that AWS does not answer is a finding and stops no other."""
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
        yield _unanswered(check, sentence(error), "allow the call if it was denied, then rerun")
    except (BotoCoreError, NotImplementedError) as error:
        yield _unanswered(check, f"AWS gave no answer ({type(error).__name__})", "rerun")
    except LookupError as error:
        yield _unanswered(check, f"AWS's answer has no {error}", "rerun, and report it if it stays")


def _unanswered(check: Check, problem: str, remedy: str) -> Finding:
    return Finding(
        check.slug, check.requirements, check.slug, f"cannot be checked: {problem}", remedy, unanswered=True
    )
