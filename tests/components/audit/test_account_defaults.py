"""Tests of the account-wide resources: created by the stack that owns the account, with strong settings."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from settings.schema.audit import AuditSettings
from settings.stack_file import stack_names
from tests.components.alone import audit, audit_of
from tests.harness import ACCOUNT, REGION, Deployment

ONCE = (
    "Detector",
    "DetectorFeature",
    "Analyzer",
    "aws:cfg/recorder:Recorder",
    "DeliveryChannel",
    "RecorderStatus",
    "Enabler",
    "AccountPasswordPolicy",
    "InstanceMetadataDefaults",
    "EncryptionByDefault",
)
FEATURES = {
    "S3_DATA_EVENTS",
    "RDS_LOGIN_EVENTS",
    "EBS_MALWARE_PROTECTION",
    "RUNTIME_MONITORING",
    "LAMBDA_NETWORK_LOGS",
}


@pytest.fixture(scope="module")
def prod() -> Deployment:
    return audit()


@cache
def audited(**given: Any) -> Deployment:
    """An audit with these settings."""
    return audit_of(AuditSettings.model_validate(given))


@pytest.mark.parametrize("kind", ONCE)
def test_a_stack_that_does_not_say_so_makes_nothing_that_an_account_has_once(kind: str) -> None:
    assert audited().all(kind) == []
    assert len(audited().all("Trail")) == 1


@pytest.mark.parametrize("stack", stack_names())
def test_every_shipped_stack_owns_its_account(stack: str) -> None:
    deployed = audit(stack)
    assert [kind for kind in ONCE if not deployed.all(kind)] == []


@pytest.mark.accepts("B59")
def test_guardduty_watches_everything_and_tells_soon(prod: Deployment) -> None:
    detector = prod.only("Detector")
    assert detector["enable"] is True
    assert detector["findingPublishingFrequency"] == "FIFTEEN_MINUTES"
    features = prod.all("DetectorFeature")
    status = {one["name"]: one["status"] for one in features}
    assert status.pop("EKS_AUDIT_LOGS") == "DISABLED"
    assert status == dict.fromkeys(FEATURES, "ENABLED")
    assert {one["detectorId"] for one in features} == {detector.id}


@pytest.mark.accepts("B59")
def test_guardduty_installs_its_agents_on_machines_and_in_tasks(prod: Deployment) -> None:
    told = {one["name"]: one.inputs.get("additionalConfigurations") for one in prod.all("DetectorFeature")}
    assert told.pop("RUNTIME_MONITORING") == [
        {"name": "EKS_ADDON_MANAGEMENT", "status": "DISABLED"},
        {"name": "EC2_AGENT_MANAGEMENT", "status": "ENABLED"},
        {"name": "ECS_FARGATE_AGENT_MANAGEMENT", "status": "ENABLED"},
    ]
    assert set(told.values()) == {None}


def test_a_feature_that_a_stack_leaves_out_is_disabled() -> None:
    """AWS enables every feature of a new detector."""
    features = audited(accountWide=True, guardDuty=("S3_DATA_EVENTS",)).all("DetectorFeature")
    status = {one["name"]: one["status"] for one in features}
    assert status.pop("S3_DATA_EVENTS") == "ENABLED"
    assert status.keys() == {*FEATURES, "EKS_AUDIT_LOGS"} - {"S3_DATA_EVENTS"}
    assert set(status.values()) == {"DISABLED"}
    (runtime,) = (one for one in features if one["name"] == "RUNTIME_MONITORING")
    assert {one["status"] for one in runtime["additionalConfigurations"]} == {"DISABLED"}


@pytest.mark.accepts("B60")
def test_what_outsiders_reach_and_what_nobody_uses_is_analyzed(prod: Deployment) -> None:
    found = {one["type"]: one.inputs for one in prod.all("Analyzer")}
    assert set(found) == {"ACCOUNT", "ACCOUNT_UNUSED_ACCESS"}
    assert found["ACCOUNT"]["analyzerName"] == "aiponge-external"
    unused = found["ACCOUNT_UNUSED_ACCESS"]
    assert unused["analyzerName"] == "aiponge-unused"
    assert unused["configuration"] == {"unusedAccess": {"unusedAccessAge": 90}}


@pytest.mark.accepts("B38")
def test_passwords_are_long_mixed_and_change(prod: Deployment) -> None:
    assert prod.only("AccountPasswordPolicy").inputs == {
        "minimumPasswordLength": 14,
        "requireLowercaseCharacters": True,
        "requireUppercaseCharacters": True,
        "requireNumbers": True,
        "requireSymbols": True,
        "maxPasswordAge": 90,
        "passwordReusePrevention": 24,
        "allowUsersToChangePassword": True,
        "hardExpiry": False,
    }


@pytest.mark.accepts("B62")
def test_a_machine_made_by_hand_gives_its_role_to_those_only_who_ask_properly(prod: Deployment) -> None:
    assert prod.only("InstanceMetadataDefaults").inputs == {
        "httpEndpoint": "enabled",
        "httpTokens": "required",
        "httpPutResponseHopLimit": 1,
        "instanceMetadataTags": "disabled",
    }


@pytest.mark.accepts("B62")
def test_a_disk_made_by_hand_is_encrypted(prod: Deployment) -> None:
    assert prod.only("EncryptionByDefault")["enabled"] is True


@pytest.mark.accepts("B62")
def test_inspector_searches_machines_images_and_functions(prod: Deployment) -> None:
    enabler = prod.only("Enabler")
    assert enabler["accountIds"] == [ACCOUNT]
    assert enabler["resourceTypes"] == ["EC2", "ECR", "LAMBDA"]


def test_where_inspector_shall_search_nothing_it_is_left_alone() -> None:
    assert audited(accountWide=True, inspector=()).all("Enabler") == []


def test_config_records_every_type_and_is_on(prod: Deployment) -> None:
    recorder = prod.only("aws:cfg/recorder:Recorder")
    assert recorder["recordingGroup"] == {"allSupported": True, "includeGlobalResourceTypes": True}
    assert recorder["roleArn"] == prod.named("audit-config", "aws:iam/role:Role").arn
    status, channel = prod.only("RecorderStatus"), prod.only("DeliveryChannel")
    assert status["isEnabled"] is True
    assert channel.urn in status.depends_on
    assert prod.named("audit-config", "RolePolicyAttachment").urn in recorder.depends_on
    assert {
        recorder.urn,
        prod.named("audit-config", "RolePolicy").urn,
        prod.named("audit-config-policy", "BucketPolicy").urn,
    } <= channel.depends_on


def test_config_delivers_to_its_own_bucket_under_the_audit_key(prod: Deployment) -> None:
    channel = prod.only("DeliveryChannel")
    assert channel["s3BucketName"] == f"aiponge-config-{ACCOUNT}-{REGION}"
    assert channel["s3KmsKeyArn"].endswith(":keys-audit")
    (rule,) = prod.named("audit-config-encryption")["rules"]
    assert rule["applyServerSideEncryptionByDefault"]["kmsMasterKeyId"].endswith(":keys-audit")


def test_configs_role_looks_around_and_writes_nowhere_else(prod: Deployment) -> None:
    role = prod.named("audit-config", "aws:iam/role:Role")
    assert role.document("assumeRolePolicy")["Statement"] == [
        {
            "Effect": "Allow",
            "Principal": {"Service": "config.amazonaws.com"},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
        }
    ]
    assert prod.named("audit-config", "RolePolicyAttachment")["policyArn"] == (
        "arn:aws:iam::aws:policy/service-role/AWS_ConfigRole"
    )
    bucket = f"arn:aws:s3:::aiponge-config-{ACCOUNT}-{REGION}"
    looks, writes, encrypts = prod.named("audit-config", "RolePolicy").document("policy")["Statement"]
    assert (looks["Action"], looks["Resource"]) == ("s3:GetBucketAcl", bucket)
    assert writes["Action"] == ["s3:PutObject", "s3:PutObjectAcl"]
    assert writes["Resource"] == f"{bucket}/AWSLogs/{ACCOUNT}/Config/*"
    assert writes["Condition"] == {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}
    assert encrypts["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
    assert encrypts["Resource"].endswith(":keys-audit")
    assert encrypts["Condition"] == {"StringEquals": {"kms:ViaService": f"s3.{REGION}.amazonaws.com"}}
