"""Compares a running stack, as AWS describes it, with its stack file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from ops.checks.verify import attachments, ecs
from ops.checks.verify.audit import account, detection, trail
from ops.checks.verify.data import backup, cache, database, restore_testing
from ops.checks.verify.host import installation
from ops.checks.verify.monitoring import alarm_metrics, alarms, logs
from ops.checks.verify.network import load_balancer, routes, security_groups, vpc, vpc_endpoints, waf
from ops.checks.verify.registry import REGISTRY, Check
from ops.checks.verify.secrets import grants, keys, leaks, parameters, secrets, values
from ops.checks.verify.shared import buckets, queues, schedules
from ops.checks.verify.unanswered import why
from ops.core.aws_state import AwsState, recorded
from ops.core.findings import Answered, Finding, Report
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
    buckets,
    queues,
    schedules,
    ecs,
    installation,
    leaks,
    load_balancer,
    waf,
    logs,
    alarms,
    alarm_metrics,
    trail,
    detection,
    account,
    attachments,
)
"""The modules that register checks when they are imported."""
SUBJECTS_AT_ONCE = 8
"""How many subjects are checked at a time: AWS answers each service independently of the others."""


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
    """Run checks on a stack, several subjects at once; findings come in the order of the checks.

    A check that AWS does not answer becomes a finding and stops no other.
    """
    by_subject: dict[str, list[Check]] = {}
    for check in checks:
        by_subject.setdefault(check.subject, []).append(check)
    one_at_a_time = Lock()

    def make(some: list[Check]) -> dict[str, tuple[list[Finding], Answered]]:
        made = {}
        for check in some:
            with one_at_a_time:
                progress(check)
            with recorded() as asked:
                findings = list(_answers(check, aws))
            made[check.slug] = findings, Answered(check.slug, tuple(asked.calls), tuple(asked.attachments))
        return made

    with ThreadPoolExecutor(SUBJECTS_AT_ONCE) as threads:
        done = {slug: one for made in threads.map(make, by_subject.values()) for slug, one in made.items()}
    findings = [finding for check in checks for finding in done[check.slug][0]]
    return Report(findings, len(checks), [done[check.slug][1] for check in checks])


def _answers(check: Check, aws: AwsState) -> Iterator[Finding]:
    try:
        for found in check.ask(aws):
            yield Finding(
                check.slug,
                found.requirements or check.requirements,
                found.subject,
                found.problem,
                found.remedy,
                found.unanswered,
            )
    except (ClientError, BotoCoreError, NotImplementedError, LookupError) as error:
        problem, remedy = why(error)
        yield Finding(
            check.slug,
            check.requirements,
            check.slug,
            f"cannot be checked: {problem}",
            remedy,
            unanswered=True,
        )
