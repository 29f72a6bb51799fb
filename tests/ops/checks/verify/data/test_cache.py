"""Tests of the cache's checks: TLS, users, subnets and snapshots."""

from __future__ import annotations

from typing import Any

import pytest

from ops.checks.verify.data import cache
from tests.ops.live import Answers, Live

NAME = "aiponge-redis"


class _Answers(Answers):
    """A running stack whose ElastiCache responses have one change."""

    def list(self, service: str, operation: str, member: str, **params: Any) -> Any:
        changes = self.changes.get(operation, {})
        if isinstance(changes, list):
            return changes
        return [{**one, **changes} for one in self.aws.list(service, operation, member, **params)]


SLIPS = [
    pytest.param(cache.encrypted, {"TransitEncryptionEnabled": False}, "does not use TLS", id="plain"),
    pytest.param(
        cache.encrypted,
        {"TransitEncryptionMode": "preferred"},
        "accepts connections without TLS",
        id="both",
    ),
    pytest.param(
        cache.encrypted, {"AtRestEncryptionEnabled": False}, "its storage is not encrypted", id="disk"
    ),
    pytest.param(
        cache.encrypted, {"KmsKeyId": None}, "its storage is not encrypted with alias/aiponge-data", id="key"
    ),
    pytest.param(
        cache.users,
        {"UserGroupIds": []},
        "has no user group: every client that reaches it may log in",
        id="no_users",
    ),
    pytest.param(
        cache.kept,
        {"SnapshotRetentionLimit": 0},
        "keeps snapshots for 0 days, declared are 7",
        id="snapshots",
    ),
    pytest.param(cache.present, {"Status": "creating"}, "is creating", id="not_there_yet"),
]


@pytest.mark.accepts("A30")
@pytest.mark.parametrize(("ask", "changes", "problem"), SLIPS)
def test_each_loosened_setting_of_the_cache_is_found(
    live: Live, ask: Any, changes: dict[str, Any], problem: str
) -> None:
    aws: Any = _Answers(live, describe_replication_groups=changes)
    assert [(one.subject, one.problem) for one in ask(aws)] == [(NAME, problem)]


@pytest.mark.accepts("A30")
def test_a_default_user_that_is_on_is_found(live: Live) -> None:
    aws: Any = _Answers(live, describe_users={"AccessString": "on ~* +@all"})
    assert [one.problem for one in cache.users(aws)] == ["allows the undeclared user default"]


@pytest.mark.accepts("A30")
def test_a_user_without_a_password_is_found(live: Live) -> None:
    aws: Any = _Answers(live, describe_users={"Authentication": {"Type": "no-password"}})
    assert [one.problem for one in cache.users(aws)] == ["its user aiponge has no password"]


@pytest.mark.accepts("A40")
def test_a_cache_that_keeps_its_logs_to_itself_is_found(live: Live) -> None:
    aws: Any = _Answers(live, describe_replication_groups={"LogDeliveryConfigurations": []})
    problems = [one.problem for one in cache.logs(aws)]
    assert problems == ["does not deliver its engine-log", "does not deliver its slow-log"]


@pytest.mark.accepts("A23", "A30")
@pytest.mark.parametrize(
    ("change", "problems"),
    [
        ({}, []),
        ({"CacheSubnetGroupName": "default"}, ["is not in the isolated subnets only"]),
        (
            {"SecurityGroups": [{"SecurityGroupId": "sg-0"}]},
            ["its security group is not aiponge-redis alone"],
        ),
    ],
    ids=["right", "subnets", "group"],
)
def test_a_node_in_other_subnets_or_behind_another_group_is_found(
    live: Live, change: dict[str, Any], problems: list[str]
) -> None:
    groups = live.client("ec2").describe_security_groups(Filters=[{"Name": "group-name", "Values": [NAME]}])
    node = {
        "CacheClusterId": f"{NAME}-001",
        "CacheSubnetGroupName": "aiponge-redis-isolated",
        "SecurityGroups": [{"SecurityGroupId": groups["SecurityGroups"][0]["GroupId"]}],
    }
    aws: Any = _Answers(live, describe_cache_clusters=[node | change])
    assert [one.problem for one in cache.private(aws)] == problems
