"""Tests of the pack's process: names and levels, one evaluation per request, unknown values reported."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from rules import ALL
from rules.lib.resource_types import BUCKET_ENCRYPTION
from rules.pack.pack import RESOURCE_GATE, STACK_GATE

from settings.policy_config import GATES
from tests.policies.cases.ecs_lambda_elasticache import CACHE_INPUTS, RANDOM
from tests.policies.cases.kms_secrets_manager_ssm import ANYBODY, ROOT
from tests.policies.cases.rds import DATABASE
from tests.policies.judge import UNKNOWN, Entry
from tests.policies.protocol import Pack, served

INSTANCE = "aws:rds/instance:Instance"
KEY = "aws:kms/key:Key"
SECRET_VERSION = "aws:secretsmanager/secretVersion:SecretVersion"
SOUND = Entry(INSTANCE, DATABASE)
A_KEY = {"description": "data", "enableKeyRotation": True, "deletionWindowInDays": 30, "policy": ROOT}


def urn(type_: str, name: str = "one") -> str:
    return f"urn:pulumi:test::strongroom::{type_}::{name}"


@pytest.fixture(scope="module")
def preview() -> Iterator[Pack]:
    with served(production=False) as pack:
        yield pack


@pytest.fixture(scope="module")
def update() -> Iterator[Pack]:
    with served(preview=False) as pack:
        yield pack


def test_serves_every_rule_as_a_policy_of_its_own(update: Pack) -> None:
    assert sorted(policy.name for policy in update.info.policies) == sorted(rule.name for rule in ALL)


def test_a_production_rule_is_mandatory_in_production_and_advisory_elsewhere(
    preview: Pack, update: Pack
) -> None:
    levels = [{one.name: one.enforcementLevel for one in pack.info.policies} for pack in (preview, update)]
    assert [level["rds-multi-az"] for level in levels] == [0, 1]
    assert [level["rds-not-public"] for level in levels] == [1, 1]
    assert [level["rds-custom-admin"] for level in levels] == [0, 0]


def test_a_policy_carries_the_requirements_of_its_rule_as_tags(update: Pack) -> None:
    tags = {one.name: list(one.tags) for one in update.info.policies}
    assert tags == {rule.name: list(rule.requirements) for rule in ALL}
    assert (tags["rds-not-public"], tags["sg-no-public-ssh"]) == (["A19"], ["B44"])


def test_a_sound_resource_has_no_finding(update: Pack) -> None:
    assert update.analyze(urn(INSTANCE), SOUND) == []


@pytest.mark.failure(10)
def test_a_finding_bears_the_rules_name_level_and_remedy(update: Pack) -> None:
    (found,) = update.analyze(urn(INSTANCE, "aiponge-db"), SOUND.but(publiclyAccessible=True))
    assert (found.policy, found.level) == ("rds-not-public", "mandatory")
    assert found.message.endswith("aiponge-db: publicly_accessible=True is forbidden")


def test_every_broken_rule_is_reported_once(update: Pack) -> None:
    found = update.analyze(urn(INSTANCE), SOUND.but(storageEncrypted=False, multiAz=False))
    assert sorted(one.policy for one in found) == ["rds-multi-az", "rds-storage-encrypted"]


def test_one_resource_says_nothing_about_the_next(update: Pack) -> None:
    update.analyze(urn(INSTANCE), SOUND.but(publiclyAccessible=True))
    assert update.analyze(urn(INSTANCE), SOUND) == []


def test_a_stack_rule_names_the_resource_it_is_about(update: Pack) -> None:
    bare = urn(KEY, "bare")
    found = update.analyze_stack({bare: Entry(KEY, {**A_KEY, "policy": None})})
    assert [(one.policy, one.level, one.urn) for one in found] == [("kms-policy-defined", "mandatory", bare)]


def test_a_rule_that_waits_for_a_value_is_said_at_the_end_of_a_preview(preview: Pack) -> None:
    key = Entry(KEY, {**A_KEY, "policy": UNKNOWN})
    assert preview.analyze(urn(KEY), key) == []
    (found,) = preview.analyze_stack({urn(KEY): key})
    assert (found.policy, found.level, found.urn) == (STACK_GATE, "advisory", urn(KEY))
    assert "not evaluated yet: kms-policy-no-wildcard" in found.message


def test_a_rule_that_waited_is_judged_when_the_value_is_known(preview: Pack) -> None:
    preview.analyze(urn(KEY), Entry(KEY, {**A_KEY, "policy": UNKNOWN}))
    (found,) = preview.analyze(urn(KEY), Entry(KEY, {**A_KEY, "policy": ANYBODY}))
    assert found.policy == "kms-policy-no-wildcard"
    assert preview.analyze_stack({}) == []


def test_an_update_leaves_nothing_unevaluated(update: Pack) -> None:
    levels = {one.name: one.enforcementLevel for one in update.info.policies}
    assert levels[STACK_GATE] == 1


def test_the_configuration_reaches_every_rule_through_the_two_gates() -> None:
    given = {"production": False, "secrets": ["aiponge/jwt-secret"]}
    with served(config={RESOURCE_GATE: given, STACK_GATE: given}) as pack:
        secret = Entry(
            "aws:secretsmanager/secret:Secret",
            {
                "name": "aiponge/jwt-secrets",
                "kmsKeyId": "arn:k",
                "description": "d",
                "recoveryWindowInDays": 7,
            },
        )
        (found,) = pack.analyze(urn("aws:secretsmanager/secret:Secret"), secret)
        assert found.policy == "own-secret-declared"
        assert "did you mean aiponge/jwt-secret?" in found.message


def test_settings_know_the_gates_by_name() -> None:
    assert GATES == (RESOURCE_GATE, STACK_GATE)


def test_a_secret_handed_on_in_clear_is_seen_by_its_mark(update: Pack) -> None:
    version = Entry(SECRET_VERSION, {"secretId": "s", "secretString": RANDOM})
    changed = update.remediate(urn(SECRET_VERSION), version, frozenset({"secretString"}))
    assert list(changed.remediations) == []
    leak = Entry(
        "aws:cloudwatch/dashboard:Dashboard", {"dashboardBody": json.dumps({"text": f"see {RANDOM}"})}
    )
    update.remediate(urn(leak.type), leak, frozenset())
    (found,) = update.analyze(urn(leak.type), leak)
    assert (found.policy, found.level) == ("own-not-pulumi-secret", "mandatory")
    assert RANDOM not in found.message


def test_a_secret_handed_on_as_a_secret_is_left_alone(update: Pack) -> None:
    marked: dict[str, Any] = {"dashboardBody": f"see {RANDOM}"}
    leak = Entry("aws:cloudwatch/dashboard:Dashboard", marked)
    update.remediate(urn(leak.type, "marked"), leak, frozenset({"dashboardBody"}))
    assert update.analyze(urn(leak.type, "marked"), leak) == []


def test_an_exempted_finding_is_silent_in_any_stack_and_asked_for_when_it_is_gone() -> None:
    cache = Entry("aws:elasticache/replicationGroup:ReplicationGroup", {**CACHE_INPUTS, "port": 6379})
    sealed = Entry(
        BUCKET_ENCRYPTION, {"rules": [{"applyServerSideEncryptionByDefault": {"kmsMasterKeyId": "k"}}]}
    )
    with served(stack="anything", preview=False, production=False) as pack:
        assert pack.analyze(urn(cache.type, "cache-group"), cache) == []
        (found,) = pack.analyze(urn(cache.type, "another-group"), cache)
        assert (found.policy, found.level) == ("redis-non-default-port", "advisory")
        both = {urn(cache.type, "cache-group"): cache, urn(sealed.type, "edge-logs-encryption"): sealed}
        audit = {one.message for one in pack.analyze_stack(both) if one.policy == "own-exemption-audit"}
        assert not any("redis-non-default-port" in one for one in audit)
        assert any("edge-logs-encryption from s3-cmk is not used" in one for one in audit)
        assert not any("alb-target-https" in one for one in audit), "the stack has no such resource"
