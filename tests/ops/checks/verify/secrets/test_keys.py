"""Tests of the KMS keys' checks: customer managed, rotated, and not open to every principal."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ops.checks.verify.secrets import keys
from settings import Settings
from settings.kms_purposes import kms_purposes
from tests.ops.live import Live, Make, Undo, declared


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
    assert [one.problem for one in found] == ["this key is used for several purposes: logs, alerts"]


class Keys:
    """KMS responses for the keys of a stack, with the changes of a test."""

    def __init__(self, settings: Settings, changed: str = "", **changes: Any) -> None:
        self.settings, self.names, self._changed, self._changes = settings, settings.names, changed, changes
        self.key_arns = {
            purpose: self.arn(purpose)
            for purpose in kms_purposes(settings)
            if purpose != "exec" and (purpose != changed or "missing" not in changes)
        }

    def arn(self, purpose: str) -> str:
        return f"arn:aws:kms:{self.settings.region}:{self.settings.account_id}:key/{purpose}"

    def ask(self, service: str, operation: str, **asked: Any) -> Any:
        purpose = str(asked.get("KeyId", "")).rpartition("/")[2]
        changes = self._changes if purpose == self._changed else {}
        return getattr(self, f"_{operation}")(purpose, changes)

    def items(self, service: str, operation: str, asked: list[str], **_: Any) -> Any:
        assert (operation, asked) == ("describe_clusters", [self.names.cluster])
        key = self._changes.get("named", self.arn("exec"))
        sessions = {"executeCommandConfiguration": {"kmsKeyId": key} if key else {}}
        return [{"clusterName": self.names.cluster, "configuration": sessions}]

    def _describe_key(self, purpose: str, changes: dict[str, Any]) -> Any:
        state = changes.get("state", "Enabled")
        return {"KeyMetadata": {"Arn": self.arn(purpose), "KeyManager": "CUSTOMER", "KeyState": state}}

    def _get_key_rotation_status(self, _: str, changes: dict[str, Any]) -> Any:
        return {"KeyRotationEnabled": changes.get("rotates", True)}

    def _get_key_policy(self, _: str, changes: dict[str, Any]) -> Any:
        who = changes.get("principal", "arn:aws:iam::222233334444:role/aiponge-pulumi-up")
        statement = {"Sid": "Use", "Effect": "Allow", "Principal": {"AWS": who}, "Action": "kms:*"}
        statement |= {"Condition": changes["condition"]} if "condition" in changes else {}
        return {"Policy": json.dumps({"Statement": [statement]})}


def with_shells() -> Settings:
    """A stack with ECS Exec enabled."""
    settings = declared()
    platform = settings.platform.model_copy(update={"exec_enabled": True})
    return settings.model_copy(update={"platform": platform})


HOST, SHELLS = declared("cinematch-staging"), with_shells()
HOSTS = (HOST, "sessions", "alias/cinematch-sessions")
TASKS = (SHELLS, "exec", "ECS Exec key of cluster aiponge-staging")


def said(aws: Any) -> list[tuple[str, str]]:
    checks = (keys.present, keys.rotate, keys.policies)
    return [(one.subject, one.problem) for check in checks for one in check(aws)]


@pytest.mark.parametrize("settings", [HOST, SHELLS], ids=["host", "shells"])
def test_keys_as_declared_have_no_finding(settings: Settings) -> None:
    assert said(Keys(settings)) == []


@pytest.mark.accepts("A16")
@pytest.mark.parametrize(("settings", "purpose", "called"), [HOSTS, TASKS], ids=["sessions", "exec"])
@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"state": "PendingDeletion"}, "its key is PendingDeletion"),
        ({"rotates": False}, "automatic key rotation is off"),
        ({"principal": "*"}, "Use in its key policy allows every principal"),
    ],
    ids=["state", "rotation", "policy"],
)
def test_the_keys_of_shell_sessions_are_verified_like_every_other(
    settings: Settings, purpose: str, called: str, changes: dict[str, Any], problem: str
) -> None:
    assert said(Keys(settings, purpose, **changes)) == [(called, problem)]


OWN, ROLE = HOST.account_id, f"arn:aws:iam::{HOST.account_id}:role/aws-service-role/one"


@pytest.mark.accepts("A3")
@pytest.mark.parametrize(
    ("condition", "bound"),
    [
        ({"StringEquals": {"kms:CallerAccount": OWN}, "ArnEquals": {"aws:PrincipalArn": ROLE}}, True),
        ({"StringEquals": {"kms:CallerAccount": OWN}}, False),
        ({"ArnEquals": {"aws:PrincipalArn": ROLE}}, False),
        ({"StringLike": {"kms:CallerAccount": OWN}, "ArnEquals": {"aws:PrincipalArn": ROLE}}, False),
        ({"StringEquals": {"kms:CallerAccount": OWN}, "ArnLike": {"aws:PrincipalArn": ROLE}}, False),
        ({"StringEquals": {"kms:CallerAccount": OWN}, "ArnEquals": {"aws:PrincipalArn": f"{ROLE}*"}}, False),
        (
            {
                "StringEquals": {"kms:CallerAccount": [OWN, "999999999999"]},
                "ArnEquals": {"aws:PrincipalArn": ROLE},
            },
            False,
        ),
        (
            {
                "StringEquals": {"kms:CallerAccount": OWN},
                "ArnEquals": {"aws:PrincipalArn": [ROLE, ROLE.replace(OWN, "999999999999")]},
            },
            False,
        ),
    ],
)
def test_every_principal_is_allowed_only_where_conditions_require_exact_roles_of_the_account(
    condition: dict[str, Any], bound: bool
) -> None:
    found = said(Keys(HOST, "data", principal="*", condition=condition))
    problem = "Use in its key policy allows every principal"
    assert found == ([] if bound else [("alias/cinematch-data", problem)])


def test_a_missing_key_of_sessions_on_hosts_is_found() -> None:
    found = said(Keys(HOST, "sessions", missing=True))
    assert found == [("alias/cinematch-sessions", "this alias has no key")]


def test_a_cluster_that_names_no_key_for_shells_is_found() -> None:
    found = said(Keys(SHELLS, named=""))
    assert found == [("ECS Exec key of cluster aiponge-staging", "the cluster names no key")]


def test_a_key_of_shells_that_serves_another_purpose_is_found() -> None:
    logs = Keys(SHELLS).arn("logs")
    assert said(Keys(SHELLS, named=logs)) == [(logs, "this key is used for several purposes: logs, exec")]
