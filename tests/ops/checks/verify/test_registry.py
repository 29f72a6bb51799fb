"""Tests of the registry: the list of checks, and a check that AWS does not answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError

from emulation_limits import reason
from ops.checks.verify import run
from ops.checks.verify.registry import REGISTRY, Check, Problem, check
from tests.acceptance import ROWS
from tests.ops.live import Live

SLUGS = [
    "account-defaults",
    "account-passwords",
    "account-roles",
    "account-root",
    "account-users",
    "alarms-delivered",
    "alarms-fed",
    "alarms-heard",
    "alarms-present",
    "alarms-topics",
    "alarms-wired",
    "attached-accessanalyzer",
    "attached-acm",
    "attached-autoscaling",
    "attached-cfg",
    "attached-cloudtrail",
    "attached-cloudwatch",
    "attached-ec2",
    "attached-ecr",
    "attached-ecs",
    "attached-elasticache",
    "attached-guardduty",
    "attached-iam",
    "attached-inspector2",
    "attached-kms",
    "attached-lambda",
    "attached-lb",
    "attached-rds",
    "attached-route53",
    "attached-s3",
    "attached-secretsmanager",
    "attached-servicediscovery",
    "attached-sns",
    "attached-ssm",
    "attached-wafv2",
    "audit-files",
    "audit-queries",
    "audit-trail",
    "audit-trail-calls",
    "audit-trail-logging",
    "backup-plan",
    "backup-restore-tests",
    "backup-selection",
    "backup-vault-policies",
    "backup-vaults",
    "buckets-encrypted",
    "buckets-present",
    "buckets-private",
    "buckets-recoverable",
    "buckets-users",
    "cache-encrypted",
    "cache-kept",
    "cache-logs",
    "cache-present",
    "cache-private",
    "cache-users",
    "connections-groups",
    "connections-rules",
    "containers-cluster",
    "containers-environment",
    "containers-exec",
    "containers-hardening",
    "containers-logging",
    "containers-network",
    "containers-roles",
    "containers-rollback",
    "containers-rollback-alarms",
    "containers-rollout",
    "containers-secrets",
    "containers-services",
    "containers-stale",
    "database-backups",
    "database-encrypted",
    "database-insights",
    "database-multi-az",
    "database-operation",
    "database-parameters",
    "database-present",
    "database-private",
    "database-tls",
    "detection-analyzers",
    "detection-detector",
    "detection-recorder",
    "edge-attributes",
    "edge-certificate",
    "edge-firewall",
    "edge-firewall-log",
    "edge-listeners",
    "edge-log-bucket",
    "edge-present",
    "edge-target",
    "grants-decrypt",
    "grants-policy",
    "grants-readers",
    "host-installation",
    "images",
    "keys-policy",
    "keys-present",
    "keys-rotate",
    "leaks-functions",
    "leaks-parameters",
    "leaks-task-definitions",
    "leaks-user-data",
    "logs-counted",
    "logs-encrypted",
    "logs-kept",
    "logs-masked",
    "logs-present",
    "network-default-group",
    "network-endpoints",
    "network-flow-logs",
    "network-isolated-acl",
    "network-isolated-routes",
    "network-private-routes",
    "network-public-addresses",
    "network-public-tier",
    "network-subnets",
    "network-vpc",
    "parameters-encrypted",
    "parameters-inventory",
    "parameters-readers",
    "parameters-secret",
    "parameters-unchanged",
    "queues-dead-letters",
    "queues-encrypted",
    "queues-present",
    "queues-users",
    "schedules-present",
    "schedules-undeclared",
    "secrets-age",
    "secrets-current",
    "secrets-inventory",
    "secrets-key",
    "secrets-pending",
    "secrets-tags",
    "values-database-url",
    "values-keys",
    "values-passwords",
    "values-redis-url",
    "values-rings",
]


def test_the_checks_are_these() -> None:
    assert sorted(REGISTRY) == sorted(SLUGS)


def test_every_check_names_rows_that_exist() -> None:
    known = {line.split("\t")[0] for line in ROWS.read_text().splitlines()}
    for one in REGISTRY.values():
        assert one.requirements, one.slug
        assert set(one.requirements) <= known, one.slug


def test_a_slug_is_given_once() -> None:
    slug = next(iter(REGISTRY))
    with pytest.raises(ValueError, match=slug):
        check(slug)(lambda aws: iter(()))


def _refuses(error: Exception) -> Check:
    def ask(_: Any) -> Iterator[Problem]:
        yield Problem("first", "is wrong", "correct it")
        raise error

    return Check("refuses", ("A1",), ask)


DENIED = ClientError({"Error": {"Code": "AccessDenied", "Message": "user x may not y"}}, "DescribeVpcs")


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (DENIED, "the AWS call DescribeVpcs failed: AccessDenied (the role may not do this)"),
        (ConnectTimeoutError(endpoint_url="https://aws"), "AWS did not respond (ConnectTimeoutError)"),
        (KeyError("Vpcs"), "the response of AWS has no 'Vpcs'"),
    ],
    ids=["denied", "unreachable", "incomplete"],
)
@pytest.mark.attack(43)
def test_an_unanswered_check_is_a_finding_and_stops_no_other(error: Exception, text: str) -> None:
    quiet = Check("quiet", ("A2",), lambda aws: iter((Problem("second", "is wrong", "correct it"),)))
    aws: Any = None
    report = run(aws, (_refuses(error), quiet))
    assert [one.subject for one in report.findings] == ["first", "refuses", "second"]
    unanswered = report.findings[1]
    assert unanswered.unanswered
    assert unanswered.problem == f"cannot be checked: {text}"
    assert not report.unanswered


def test_a_report_of_nothing_but_silence_says_so() -> None:
    silent = Check("silent", (), lambda aws: _raise(DENIED))
    aws: Any = None
    assert run(aws, (silent,)).unanswered


def _raise(error: Exception) -> Iterator[Problem]:
    raise error
    yield


@pytest.mark.accepts("A38", "A39")
def test_a_healthy_stack_has_no_finding_but_what_the_emulation_cannot_answer(live: Live) -> None:
    assert [str(one) for one in live.healthy if not reason(one.check)] == []
