"""Tests of the readers' checks: the roles that can read a secret are its declared readers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.ops.live import Live, Make, Undo

JWT = "aiponge/jwt-secret"


def _arn(live: Live, name: str = JWT) -> str:
    return live.client("secretsmanager").describe_secret(SecretId=name)["ARN"]


def _granted(role: str, *, via: bool = True, wide: bool = False) -> Make:
    """Add a policy to a role that allows reading the session key's secret."""

    def make(live: Live) -> Undo:
        iam, secret = live.client("iam"), "*" if wide else _arn(live)
        key = live.client("kms").describe_key(KeyId="alias/aiponge-secrets")["KeyMetadata"]["Arn"]
        condition = {"StringEquals": {"kms:EncryptionContext:SecretARN": secret}} if via and not wide else {}
        statements = [
            {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": secret},
            {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": key, "Condition": condition},
        ]
        text = json.dumps({"Version": "2012-10-17", "Statement": statements})
        iam.put_role_policy(RoleName=role, PolicyName="by-hand", PolicyDocument=text)
        return lambda: iam.delete_role_policy(RoleName=role, PolicyName="by-hand")

    return make


def _policy(change: Any) -> Make:
    """Change or remove the secret's resource policy."""

    def make(live: Live) -> Undo:
        store, arn = live.client("secretsmanager"), _arn(live)
        before = store.get_resource_policy(SecretId=arn)["ResourcePolicy"]
        after = change(json.loads(before))
        if after is None:
            store.delete_resource_policy(SecretId=arn)
        else:
            store.put_resource_policy(SecretId=arn, ResourcePolicy=json.dumps(after))
        return lambda: store.put_resource_policy(SecretId=arn, ResourcePolicy=before)

    return make


def _both(*makes: Make) -> Make:
    def make(live: Live) -> Undo:
        undos = [one(live) for one in makes]
        return lambda: [undo() for undo in reversed(undos)]

    return make


def _key_opened(live: Live) -> Undo:
    """Let any principal of the account with a permission of its own use the secrets key."""
    kms = live.client("kms")
    key = kms.describe_key(KeyId="alias/aiponge-secrets")["KeyMetadata"]["Arn"]
    before = kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"]
    policy = json.loads(before)
    account = {"AWS": f"arn:aws:iam::{key.split(':')[4]}:root"}
    policy["Statement"].append(
        {"Effect": "Allow", "Principal": account, "Action": "kms:Decrypt", "Resource": "*"}
    )
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=json.dumps(policy))
    return lambda: kms.put_key_policy(KeyId=key, PolicyName="default", Policy=before)


def _reader_lost(live: Live) -> Undo:
    iam, role = live.client("iam"), "aiponge-exec-user"
    before = iam.get_role_policy(RoleName=role, PolicyName="start")["PolicyDocument"]
    kept = [one for one in before["Statement"] if one["Action"] != "secretsmanager:GetSecretValue"]
    iam.put_role_policy(
        RoleName=role, PolicyName="start", PolicyDocument=json.dumps({**before, "Statement": kept})
    )
    return lambda: iam.put_role_policy(RoleName=role, PolicyName="start", PolicyDocument=json.dumps(before))


def _without(action: str) -> Any:
    return lambda policy: {
        **policy,
        "Statement": [one for one in policy["Statement"] if action not in str(one)],
    }


@pytest.mark.accepts("A7", "A15")
@pytest.mark.attack(15)
def test_a_reader_too_many_is_found_once_nothing_holds_it_back(live: Live) -> None:
    opened = _policy(lambda _: None)
    findings = live.findings_of(_both(_granted("aiponge-exec-music"), opened))
    texts = {(one.check, f"{one.subject}: {one.problem}") for one in findings}
    assert (
        "grants-readers",
        f"{JWT}: role aiponge-exec-music can read it and is not a declared reader",
    ) in texts
    assert {slug for slug, _ in texts} == {
        "attached-iam",
        "grants-readers",
        "grants-decrypt",
        "grants-policy",
    }


@pytest.mark.accepts("A3", "A7")
@pytest.mark.attack(15)
def test_a_secrets_own_policy_holds_a_widened_role_back_but_its_key_right_is_found(live: Live) -> None:
    findings = live.findings_of(_granted("aiponge-exec-music"))
    attached, finding = sorted(findings, key=lambda one: one.check)
    assert (attached.check, attached.subject) == ("attached-iam", "role aiponge-exec-music")
    assert (finding.check, finding.subject) == ("grants-decrypt", "role aiponge-exec-music")
    assert f"may decrypt {JWT}" in finding.problem


@pytest.mark.accepts("A7")
@pytest.mark.attack(13)
def test_a_decrypt_right_without_a_condition_is_found(live: Live) -> None:
    findings = live.findings_of(_granted("aiponge-task-music", wide=True))
    # The key policy names its readers, and this role is not one: it can read nothing.
    assert {one.check for one in findings} == {"attached-iam"}
    findings = live.findings_of(_granted("aiponge-exec-music", wide=True), "grants")
    assert {(one.check, one.subject) for one in findings} == {("grants-decrypt", "role aiponge-exec-music")}
    assert f"may decrypt {JWT} and is not a declared reader" in {one.problem for one in findings}


@pytest.mark.accepts("A7")
@pytest.mark.attack(13)
def test_a_decrypt_right_beside_the_stores_is_found_once_the_key_is_open(live: Live) -> None:
    findings = live.findings_of(_both(_granted("aiponge-task-music", wide=True), _key_opened))
    found = {(one.subject, one.problem) for one in findings if one.check == "grants-decrypt"}
    beside = "may decrypt with the secrets key outside Secrets Manager and Parameter Store"
    assert found == {("role aiponge-task-music", beside)}


@pytest.mark.accepts("A3")
def test_a_secret_without_a_policy_is_found(live: Live) -> None:
    (finding,) = live.findings_of(_policy(lambda _: None))
    assert (finding.check, finding.subject, finding.problem) == (
        "grants-policy",
        JWT,
        "has no resource policy",
    )


@pytest.mark.accepts("A3")
def test_a_secret_whose_policy_lets_strangers_write_is_found(live: Live) -> None:
    findings = live.findings_of(_policy(_without("OnlyReadersAndOwners")))
    assert {one.check for one in findings} == {"grants-policy"}


@pytest.mark.accepts("A3")
def test_a_policy_that_locks_its_administrators_out_is_found(live: Live) -> None:
    shut = {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}
    findings = live.findings_of(_policy(lambda policy: {**policy, "Statement": [shut]}))
    assert any("denies administrator" in one.problem for one in findings if one.check == "grants-policy")
    # Its readers are denied too.
    assert {one.check for one in findings} == {"grants-policy", "grants-readers"}


@pytest.mark.accepts("A7")
def test_a_reader_that_lost_its_right_is_found_for_each_of_its_secrets(live: Live) -> None:
    findings = live.findings_of(_reader_lost)
    assert {one.check for one in findings} == {"grants-readers"}
    assert all(one.problem == "its declared reader aiponge-exec-user cannot read it" for one in findings)
    assert "aiponge/entry-encryption-key" in {one.subject for one in findings}


@pytest.mark.accepts("A3")
def test_an_administrator_of_everything_else_reads_nothing(live: Live) -> None:
    iam = live.client("iam")
    iam.create_role(RoleName="almighty", AssumeRolePolicyDocument="{}")
    arn = "arn:aws:iam::aws:policy/AdministratorAccess"
    iam.attach_role_policy(RoleName="almighty", PolicyArn=arn)

    def undo() -> None:
        iam.detach_role_policy(RoleName="almighty", PolicyArn=arn)
        iam.delete_role(RoleName="almighty")

    assert live.findings_of(lambda _: undo) == []
