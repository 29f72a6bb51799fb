"""Tests of Cache: TLS only, encrypted, one user, and password changes without an outage."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import pulumi
import pytest

from components.data import Cache, CacheArgs
from settings import read_stack_file
from tests.components.alone import build, protected
from tests.components.stand_ins import ISOLATED, key_arn, keys
from tests.harness import Deployment, Registered

FIRST, SECOND = "FirstPasswordForTestsOnly", "SecondPasswordForTestsOnly"


@cache
def cached(
    stack: str = "prod", password: str = FIRST, previous: str | None = None, username: str = "aiponge"
) -> Deployment:
    """The cache of a shipped stack, with user and current and previous password; returns its outputs."""
    settings = read_stack_file(stack)
    assert settings.cache is not None
    declared = settings.cache.model_copy(update={"username": username})

    def program() -> dict[str, Any]:
        before = {} if previous is None else {declared.url_secret: pulumi.Output.secret(previous)}
        made = Cache(
            "cache",
            CacheArgs(
                names=settings.names,
                settings=declared,
                placement=ISOLATED,
                security_group_id="sg-redis",
                keys=keys(),
                values={declared.url_secret: pulumi.Output.secret(password)},
                previous=before,
            ),
            protected(settings),
        )
        pulumi.export("url", made.url)
        return {"urls": made.urls, "members": list(made.member_ids)}

    return build(program)


@pytest.fixture(scope="module")
def prod() -> Deployment:
    return cached()


@pytest.fixture(scope="module")
def rotated() -> Deployment:
    return cached(password=SECOND, previous=FIRST)


def group(deployment: Deployment) -> Registered:
    return deployment.only("aws:elasticache/replicationGroup:ReplicationGroup")


def passwords(deployment: Deployment, user: str) -> list[str]:
    return deployment.named(f"cache-{user}")["authenticationMode"]["passwords"]


def password_in_url(deployment: Deployment) -> str:
    url: str = deployment.exports["url"]
    return url.removeprefix("rediss://aiponge:").removesuffix("@cache.internal:6379")


@pytest.mark.accepts("A30")
def test_it_speaks_tls_only(prod: Deployment) -> None:
    assert group(prod)["transitEncryptionEnabled"] is True
    assert group(prod)["transitEncryptionMode"] == "required"


@pytest.mark.accepts("A30")
def test_it_is_encrypted_with_our_data_key(prod: Deployment) -> None:
    assert group(prod)["atRestEncryptionEnabled"] is True
    assert group(prod)["kmsKeyId"] == key_arn("data")


@pytest.mark.accepts("A23", "A30")
def test_it_stands_in_the_isolated_subnets_in_its_own_group(prod: Deployment) -> None:
    subnets = prod.named("cache-subnets")
    assert subnets["subnetIds"] == ["isolated-a", "isolated-b"]
    assert group(prod)["subnetGroupName"] == subnets["name"]
    assert group(prod)["securityGroupIds"] == ["sg-redis"]
    assert group(prod)["port"] == 6379


@pytest.mark.accepts("A30")
def test_it_is_valkey_8_and_takes_fixes_by_itself(prod: Deployment) -> None:
    one = group(prod)
    assert one["engine"] == "valkey"
    assert one["engineVersion"].startswith("8.")
    assert one["autoMinorVersionUpgrade"] is True
    assert one.ignore_changes == ("engineVersion",)
    assert prod.named("cache-parameters")["family"] == "valkey8"
    assert one["parameterGroupName"] == prod.named("cache-parameters")["name"]


@pytest.mark.accepts("A30")
@pytest.mark.parametrize(("stack", "nodes", "spread"), [("prod", 2, True), ("staging", 1, False)])
def test_production_survives_the_loss_of_a_zone(stack: str, nodes: int, spread: bool) -> None:
    one = group(cached(stack))
    assert one["numCacheClusters"] == nodes
    assert one["multiAzEnabled"] is spread
    assert one["automaticFailoverEnabled"] is spread


@pytest.mark.accepts("A30")
def test_it_is_kept_as_a_snapshot_for_a_week_and_when_it_goes(prod: Deployment) -> None:
    assert group(prod)["snapshotRetentionLimit"] >= 7
    assert re.fullmatch("aiponge-redis-final-[0-9]{8}", group(prod)["finalSnapshotIdentifier"])


@pytest.mark.accepts("A40")
@pytest.mark.parametrize(("stack", "days"), [("prod", 365), ("staging", 30)])
@pytest.mark.parametrize("log", ["slow", "engine"])
def test_both_its_logs_are_encrypted_and_kept(stack: str, days: int, log: str) -> None:
    deployment = cached(stack)
    target = deployment.named(f"cache-{log}-log", "LogGroup")
    assert target["name"] == f"/aiponge/{stack}/redis-{log}"
    assert (target["retentionInDays"], target["kmsKeyId"]) == (days, key_arn("logs"))
    assert {
        "destination": target["name"],
        "destinationType": "cloudwatch-logs",
        "logFormat": "json",
        "logType": f"{log}-log",
    } in group(deployment)["logDeliveryConfigurations"]


@pytest.mark.accepts("A30")
def test_one_user_logs_in_with_a_password_and_cannot_administer(prod: Deployment) -> None:
    user = prod.named("cache-app")
    assert user["userName"] == "aiponge"
    assert user["authenticationMode"]["type"] == "password"
    words = user["accessString"].split()
    assert words[:3] == ["on", "~*", "&*"]
    assert words.index("+@all") < words.index("-@dangerous")
    assert set(words[words.index("-@dangerous") + 1 :]) == {"+info", "+keys"}


@pytest.mark.accepts("A30")
def test_the_default_user_is_switched_off(prod: Deployment) -> None:
    user = prod.named("cache-default")
    assert user["userName"] == "default"
    assert user["accessString"] == "off -@all"
    assert user["authenticationMode"]["type"] == "password"


@pytest.mark.accepts("A30")
def test_the_cache_admits_these_two_users_and_no_other(prod: Deployment) -> None:
    users = prod.named("cache-users")
    assert users["userIds"] == [prod.named(f"cache-{user}")["userId"] for user in ("app", "default")]
    assert group(prod)["userGroupIds"] == [users["userGroupId"]]
    assert {one["engine"] for one in (users, *prod.all("aws:elasticache/user:User"))} == {"valkey"}


def test_at_first_there_is_one_password_and_the_url_carries_it(prod: Deployment) -> None:
    assert passwords(prod, "app") == [password_in_url(prod)] == [FIRST]


@pytest.mark.accepts("A30")
def test_during_a_rotation_the_password_before_still_logs_in(rotated: Deployment) -> None:
    assert passwords(rotated, "app") == [SECOND, FIRST]
    assert password_in_url(rotated) == SECOND


def test_a_password_that_is_no_longer_handed_in_logs_in_no_more() -> None:
    assert passwords(cached(password=SECOND), "app") == [SECOND]


@pytest.mark.accepts("A30")
def test_password_and_url_are_secret_wherever_they_go(rotated: Deployment) -> None:
    known = [*passwords(rotated, "app"), rotated.exports["url"]]
    for one in rotated.resources:
        for key, value in one.inputs.items():
            if any(text in str(value) for text in known):
                assert key in one.secrets, (one.name, key)


@pytest.mark.accepts("A30")
def test_the_url_is_handed_on_as_a_secret(prod: Deployment) -> None:
    assert prod.secret_exports == {"url"}


def test_the_url_is_handed_on_by_the_secret_that_stores_it(prod: Deployment) -> None:
    assert prod.result["urls"] == {"redis-url": prod.exports["url"]}


def test_its_nodes_are_known_before_they_exist(prod: Deployment) -> None:
    assert prod.result["members"] == ["aiponge-redis-001", "aiponge-redis-002"]
    assert cached("staging").result["members"] == ["aiponge-redis-001"]


def test_users_and_passwords_can_be_withdrawn_from_a_protected_cache(prod: Deployment) -> None:
    assert group(prod).protect
    assert not any(prod.named(f"cache-{part}").protect for part in ("app", "default", "users"))


def test_a_user_with_another_name_has_another_id_and_can_be_created_beside_the_first(
    prod: Deployment,
) -> None:
    renamed = cached(username="reader")
    ids = {one.named("cache-app")["userId"] for one in (prod, renamed)}
    assert ids == {"aiponge-redis-aiponge", "aiponge-redis-reader"}
    assert renamed.named("cache-users")["userIds"] == ["aiponge-redis-reader", "aiponge-redis-default"]
