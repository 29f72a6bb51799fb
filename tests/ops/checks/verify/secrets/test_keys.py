"""Verification of the KMS keys: theirs, rotating, and open to nobody without a condition."""

from __future__ import annotations

import json

import pytest

from tests.ops.live import Live, Make, Undo


def _key(live: Live, purpose: str) -> str:
    return live.client("kms").describe_key(KeyId=f"alias/aiponge-{purpose}")["KeyMetadata"]["KeyId"]


def rotation_off(live: Live) -> Undo:
    kms, key = live.client("kms"), _key(live, "data")
    kms.disable_key_rotation(KeyId=key)
    return lambda: kms.enable_key_rotation(KeyId=key)


def _statement_added(**statement: object) -> Make:
    def make(live: Live) -> Undo:
        kms, key = live.client("kms"), _key(live, "logs")
        before = kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"]
        policy = json.loads(before)
        added = {"Effect": "Allow", "Action": "kms:*", "Resource": "*", **statement}
        policy["Statement"].append(added)
        kms.put_key_policy(KeyId=key, PolicyName="default", Policy=json.dumps(policy))
        return lambda: kms.put_key_policy(KeyId=key, PolicyName="default", Policy=before)

    return make


def disabled(live: Live) -> Undo:
    kms, key = live.client("kms"), _key(live, "alerts")
    kms.disable_key(KeyId=key)
    return lambda: kms.enable_key(KeyId=key)


def alias_moved(live: Live) -> Undo:
    kms, logs, alerts = live.client("kms"), _key(live, "logs"), _key(live, "alerts")
    kms.update_alias(AliasName="alias/aiponge-alerts", TargetKeyId=logs)
    return lambda: kms.update_alias(AliasName="alias/aiponge-alerts", TargetKeyId=alerts)


A3 = pytest.mark.accepts("A3")
OWN_ROOT = "arn:aws:iam::222233334444:root"
SLIPS = [
    pytest.param(rotation_off, "keys-rotate", marks=pytest.mark.accepts("A16")),
    pytest.param(disabled, "keys-present", marks=pytest.mark.accepts("A16")),
    pytest.param(_statement_added(Principal="*"), "keys-policy", marks=A3, id="everybody"),
    pytest.param(
        _statement_added(Principal={"AWS": ["*"]}),
        "keys-policy",
        marks=A3,
        id="every_aws",
    ),
    pytest.param(
        _statement_added(Principal={"AWS": OWN_ROOT}),
        "keys-policy",
        marks=A3,
        id="whole_account",
    ),
    pytest.param(
        _statement_added(Principal={"AWS": "arn:aws:iam::999999999999:role/friend"}, Condition={"Bool": {}}),
        "keys-policy",
        marks=A3,
        id="another_account",
    ),
]


@pytest.mark.parametrize(("slip", "slug"), SLIPS)
def test_each_slip_of_a_key_is_found_by_its_check(live: Live, slip: Make, slug: str) -> None:
    assert {one.check for one in live.findings_of(slip)} == {slug}


@pytest.mark.accepts("A3")
def test_a_key_that_serves_two_purposes_is_found(live: Live) -> None:
    found = [one for one in live.findings_of(alias_moved) if one.check == "keys-present"]
    assert [one.problem for one in found] == ["one key serves logs, alerts"]
