"""Tests of the KMS keys: one per purpose, rotated, usable by the declared roles and services only."""

from __future__ import annotations

from typing import Any

import pytest

from iam_documents import Request, build, decide, may_use_key
from tests.components.alone import keys
from tests.harness import ACCOUNT, Deployment

ROOT_ARN = f"arn:aws:iam::{ACCOUNT}:root"
ROLE = f"arn:aws:iam::{ACCOUNT}:role"
ADMINISTRATORS = [
    f"{ROLE}/aiponge-pulumi-up",
    f"{ROLE}/aws-reserved/sso.amazonaws.com/*AWSReservedSSO_Administrator_*",
]
PURPOSES = ("secrets", "data", "logs", "alerts", "audit", "backup")
OTHER_READERS = ("task-user", "exec-reencrypt", "rotate", "check-restored-database")


@pytest.fixture(scope="module")
def prod() -> Deployment:
    return keys()


@pytest.fixture(scope="module")
def host() -> Deployment:
    """The keys of a host stack."""
    return keys("cinematch-production")


def statements(deployment: Deployment, purpose: str) -> dict[str, dict[str, Any]]:
    policy = deployment.named(f"keys-{purpose}", "Key").document("policy")
    return {statement["Sid"]: statement for statement in policy["Statement"]}


@pytest.mark.accepts("A3", "A16")
def test_each_purpose_has_a_key_and_an_alias_of_its_own(prod: Deployment) -> None:
    aliases = {alias["name"]: alias["targetKeyId"] for alias in prod.all("Alias")}
    assert aliases == {f"alias/aiponge-{purpose}": f"keys-{purpose}-id" for purpose in PURPOSES}


@pytest.mark.accepts("A16")
@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_key_rotates_and_is_hard_to_lose(prod: Deployment, purpose: str) -> None:
    key = prod.named(f"keys-{purpose}", "Key")
    assert key["enableKeyRotation"] is True
    assert key["deletionWindowInDays"] == 30
    assert key["bypassPolicyLockoutSafetyCheck"] is False
    assert key["isEnabled"] is True
    assert (key["rotationPeriodInDays"], key["keyUsage"]) == (365, "ENCRYPT_DECRYPT")
    assert key.protect is True


@pytest.mark.parametrize("purpose", PURPOSES)
def test_administrators_manage_a_key_without_using_it(prod: Deployment, purpose: str) -> None:
    statement = statements(prod, purpose)["Administer"]
    assert statement["Condition"] == {"ArnLike": {"aws:PrincipalArn": [*ADMINISTRATORS, ROOT_ARN]}}
    assert not {action for action in statement["Action"] if "crypt" in action or "GenerateData" in action}


@pytest.mark.parametrize("purpose", PURPOSES)
def test_no_statement_is_open_to_everybody(prod: Deployment, purpose: str) -> None:
    for statement in statements(prod, purpose).values():
        ours = statement["Principal"] == {"AWS": ROOT_ARN} and "Condition" in statement
        assert ours or "Service" in statement["Principal"]


@pytest.mark.accepts("A3", "A7")
def test_secrets_are_decrypted_by_their_readers_through_the_stores_only(prod: Deployment) -> None:
    statement = statements(prod, "secrets")["ReadSecrets"]
    assert statement["Action"] == ["kms:Decrypt"]
    services = (
        "api-gateway",
        "system",
        "storage",
        "user",
        "ai-config",
        "ai-content",
        "ai-analytics",
        "music",
    )
    readers = {f"{ROLE}/aiponge-exec-{name}" for name in services}
    readers |= {f"{ROLE}/aiponge-{name}" for name in OTHER_READERS}
    assert set(statement["Condition"]["ArnEquals"]["aws:PrincipalArn"]) == readers
    assert statement["Condition"]["StringEquals"] == {
        "kms:ViaService": ["secretsmanager.eu-west-1.amazonaws.com", "ssm.eu-west-1.amazonaws.com"]
    }


@pytest.mark.accepts("A3")
def test_secrets_are_encrypted_by_administrators_and_the_rotation_only(prod: Deployment) -> None:
    statement = statements(prod, "secrets")["WriteSecrets"]
    assert statement["Condition"]["ArnLike"]["aws:PrincipalArn"] == [
        *ADMINISTRATORS,
        f"{ROLE}/aiponge-rotate",
    ]
    assert statement["Action"] == ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"]
    assert statement["Condition"]["StringEquals"] == {
        "kms:ViaService": ["secretsmanager.eu-west-1.amazonaws.com", "ssm.eu-west-1.amazonaws.com"]
    }


def test_administrators_use_the_data_key_through_the_services_that_store_data_only(prod: Deployment) -> None:
    services = ("rds", "elasticache", "ecr", "ec2", "secretsmanager", "backup", "lambda")
    via = {"kms:ViaService": [f"{service}.eu-west-1.amazonaws.com" for service in services]}
    condition = {"ArnLike": {"aws:PrincipalArn": ADMINISTRATORS}, "StringEquals": via}
    data = statements(prod, "data")
    assert data["UseThroughServices"]["Condition"] == condition
    assert data["AllowGrantsForServices"]["Action"] == ["kms:CreateGrant"]
    assert data["AllowGrantsForServices"]["Condition"] == {
        **condition,
        "Bool": {"kms:GrantIsForAWSResource": "true"},
    }


@pytest.mark.accepts("A33")
def test_the_rotation_opens_the_master_secret_and_nothing_else_of_the_data_key(prod: Deployment) -> None:
    statement = statements(prod, "data")["ReadMasterSecret"]
    assert statement["Action"] == ["kms:Decrypt"]
    assert statement["Condition"] == {
        "ArnEquals": {"aws:PrincipalArn": [f"{ROLE}/aiponge-rotate"]},
        "StringEquals": {"kms:ViaService": ["secretsmanager.eu-west-1.amazonaws.com"]},
    }


@pytest.mark.accepts("A3")
def test_no_reader_of_a_secret_may_use_the_data_key_but_the_rotation(prod: Deployment) -> None:
    used_by = {
        arn
        for sid, statement in statements(prod, "data").items()
        if sid != "Describe"
        for test in ("ArnEquals", "ArnLike")
        for arn in statement["Condition"].get(test, {}).get("aws:PrincipalArn", [])
    }
    # Previews show the variables of functions; AWS Backup restores. Neither reads a secret.
    others = {f"{ROLE}/aiponge-{name}" for name in ("rotate", "pulumi-plan", "backup", "restore")}
    assert used_by == {*ADMINISTRATORS, ROOT_ARN, *others}


FUNCTION = f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:aiponge-rotate"


@pytest.mark.parametrize(
    ("context", "allowed"),
    [
        ({"kms:ViaService": "lambda.eu-west-1.amazonaws.com"}, True),
        ({"kms:ViaService": "rds.eu-west-1.amazonaws.com"}, False),
        ({}, False),
        (
            {
                "kms:ViaService": "lambda.eu-west-1.amazonaws.com",
                "kms:EncryptionContext:aws:lambda:FunctionArn": FUNCTION.replace("aiponge", "other"),
            },
            False,
        ),
    ],
)
def test_a_preview_decrypts_the_variables_of_the_applications_functions_only(
    prod: Deployment, context: dict[str, str], allowed: bool
) -> None:
    arn, policy = key_of(prod, "data")
    given = {"kms:EncryptionContext:aws:lambda:FunctionArn": FUNCTION, **context}
    request = Request("kms:Decrypt", arn, f"{ROLE}/aiponge-pulumi-plan", given)
    assert may_use_key(request, EVERYTHING, policy) is allowed


def test_the_data_key_is_lent_to_aws_services_only(prod: Deployment) -> None:
    condition = statements(prod, "data")["AllowGrantsForServices"]["Condition"]
    assert condition["Bool"] == {"kms:GrantIsForAWSResource": "true"}


def test_the_log_key_serves_the_log_groups_of_this_application_only(prod: Deployment) -> None:
    statement = statements(prod, "logs")["EncryptLogs"]
    assert statement["Principal"] == {"Service": "logs.eu-west-1.amazonaws.com"}
    groups = statement["Condition"]["ArnLike"]["kms:EncryptionContext:aws:logs:arn"]
    assert all(ACCOUNT in group and "aiponge" in group for group in groups)


@pytest.mark.accepts("A41")
def test_alarms_may_publish_through_the_alert_key(prod: Deployment) -> None:
    services: set[str] = set()
    for sid, statement in statements(prod, "alerts").items():
        if sid.startswith("Publish"):
            named = statement["Principal"]["Service"]
            services |= {named} if isinstance(named, str) else set(named)
            assert set(statement["Action"]) == {"kms:Decrypt", "kms:GenerateDataKey*"}
    assert services == {"cloudwatch.amazonaws.com", "events.amazonaws.com", "events.rds.amazonaws.com"}


@pytest.mark.parametrize("service", ["cloudwatch.amazonaws.com", "events.rds.amazonaws.com"])
@pytest.mark.parametrize(
    ("sent", "decision"),
    [
        ({}, "allowed"),
        ({"aws:SourceAccount": ACCOUNT}, "allowed"),
        ({"aws:SourceAccount": "444455556666"}, "implicitDeny"),
    ],
)
def test_an_alarm_of_another_account_does_not_use_the_alert_key_and_one_without_a_source_does(
    prod: Deployment, service: str, sent: dict[str, str], decision: str
) -> None:
    arn, policy = key_of(prod, "alerts")
    request = Request("kms:GenerateDataKey", arn, service, sent)
    assert decide([policy], request, names_principal=True) == decision


def test_only_eventbridge_uses_the_alert_key_unconditionally(prod: Deployment) -> None:
    """EventBridge supports no source condition key for an encrypted topic."""
    free = [s["Principal"] for s in statements(prod, "alerts").values() if "Condition" not in s]
    assert free == [{"Service": "events.amazonaws.com"}]


def test_containers_have_no_key_for_sessions(prod: Deployment) -> None:
    assert not [one for one in prod.all("Key") if one.name == "keys-sessions"]


def test_only_administrators_open_sessions_and_only_the_host_holds_them(host: Deployment) -> None:
    sessions = statements(host, "sessions")
    assert sessions["OpenSessions"]["Action"] == ["kms:GenerateDataKey"]
    assert sessions["OpenSessions"]["Condition"]["ArnLike"]["aws:PrincipalArn"] == [
        f"{ROLE}/cinematch-pulumi-up",
        f"{ROLE}/aws-reserved/sso.amazonaws.com/*AWSReservedSSO_Administrator_*",
    ]
    assert sessions["DecryptSessions"]["Action"] == ["kms:Decrypt"]
    assert sessions["DecryptSessions"]["Condition"] == {
        "ArnEquals": {"aws:PrincipalArn": [f"{ROLE}/cinematch-ec2-role"]}
    }


RECORDER = f"{ROLE}/aiponge-config"
ANALYZER = f"{ROLE}/aws-service-role/access-analyzer.amazonaws.com/AWSServiceRoleForAccessAnalyzer"
EVERYTHING = [build.document(build.allow("*", "*"))]
DESCRIPTIONS = ("DescribeKey", "GetKeyPolicy", "GetKeyRotationStatus", "ListGrants", "ListResourceTags")


def key_of(deployment: Deployment, purpose: str) -> tuple[str, dict[str, Any]]:
    key = deployment.named(f"keys-{purpose}", "Key")
    return key.arn, key.document("policy")


@pytest.mark.parametrize("purpose", PURPOSES)
@pytest.mark.parametrize("principal", [f"{ROLE}/aiponge-pulumi-plan", RECORDER, ANALYZER])
@pytest.mark.parametrize("action", DESCRIPTIONS)
def test_previews_and_the_auditors_of_aws_describe_a_key_where_their_policies_allow_it(
    prod: Deployment, purpose: str, principal: str, action: str
) -> None:
    arn, policy = key_of(prod, purpose)
    request = Request(f"kms:{action}", arn, principal)
    assert may_use_key(request, EVERYTHING, policy)
    assert not may_use_key(request, [], policy)


@pytest.mark.parametrize("purpose", PURPOSES)
@pytest.mark.parametrize(
    "action", ["Decrypt", "GenerateDataKey", "PutKeyPolicy", "CreateGrant", "DescribeKey"]
)
def test_other_principals_with_every_permission_get_nothing_from_a_key(
    prod: Deployment, purpose: str, action: str
) -> None:
    arn, policy = key_of(prod, purpose)
    assert not may_use_key(Request(f"kms:{action}", arn, f"{ROLE}/aiponge-deploy"), EVERYTHING, policy)


@pytest.mark.parametrize("purpose", PURPOSES)
@pytest.mark.parametrize("action", ["Decrypt", "GenerateDataKey", "PutKeyPolicy", "CreateGrant"])
def test_who_describes_a_key_does_not_use_or_administer_it(
    prod: Deployment, purpose: str, action: str
) -> None:
    arn, policy = key_of(prod, purpose)
    for principal in (f"{ROLE}/aiponge-pulumi-plan", ANALYZER):
        assert not may_use_key(Request(f"kms:{action}", arn, principal), EVERYTHING, policy)


MALWARE = (
    f"{ROLE}/aws-service-role/malware-protection.guardduty.amazonaws.com/"
    "AWSServiceRoleForAmazonGuardDutyMalwareProtection"
)
AGENTLESS = (
    f"{ROLE}/aws-service-role/agentless.inspector2.amazonaws.com/AWSServiceRoleForAmazonInspector2Agentless"
)
BY_EC2 = {"kms:ViaService": "ec2.eu-west-2.amazonaws.com"}


@pytest.mark.parametrize(
    ("action", "principal", "context", "allowed"),
    [
        ("kms:CreateGrant", MALWARE, {"kms:GrantIsForAWSResource": "true"}, True),
        ("kms:CreateGrant", MALWARE, {}, False),
        ("kms:ReEncryptFrom", MALWARE, BY_EC2, True),
        ("kms:ReEncryptTo", MALWARE, BY_EC2, True),
        ("kms:ReEncryptTo", MALWARE, {}, False),
        ("kms:DescribeKey", MALWARE, {}, True),
        ("kms:Decrypt", MALWARE, BY_EC2, False),
        ("kms:Decrypt", AGENTLESS, BY_EC2, True),
        ("kms:Decrypt", AGENTLESS, {}, False),
        ("kms:CreateGrant", AGENTLESS, {"kms:GrantIsForAWSResource": "true"}, False),
        ("kms:Decrypt", ANALYZER, BY_EC2, False),
    ],
)
def test_the_scanners_of_aws_read_the_encrypted_volumes_of_hosts(
    host: Deployment, action: str, principal: str, context: dict[str, str], allowed: bool
) -> None:
    arn, policy = key_of(host, "data")
    assert may_use_key(Request(action, arn, principal, context), EVERYTHING, policy) is allowed


LINKED = f"{ROLE}/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
GRANT = {"kms:GrantIsForAWSResource": "true"}


@pytest.mark.parametrize(
    ("action", "principal", "context", "allowed"),
    [
        ("kms:GenerateDataKeyWithoutPlaintext", LINKED, {}, True),
        ("kms:Decrypt", LINKED, {}, True),
        ("kms:CreateGrant", LINKED, GRANT, True),
        ("kms:CreateGrant", LINKED, {}, False),
        ("kms:Decrypt", LINKED.replace("111122223333", "444455556666"), {}, False),
        ("kms:Decrypt", f"{LINKED}_other", {}, False),
        ("kms:Decrypt", f"{ROLE}/cinematch-ec2-role", {}, False),
    ],
)
def test_auto_scaling_may_start_encrypted_machines_without_a_policy_of_its_own(
    host: Deployment, action: str, principal: str, context: dict[str, str], allowed: bool
) -> None:
    """Its service-linked role has no permission on any key."""
    (key,) = (one for one in host.all("Key") if one.name == "keys-data")
    request = Request(action, key.arn, principal, context)
    assert may_use_key(request, [], key.document("policy")) is allowed
