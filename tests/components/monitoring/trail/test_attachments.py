"""Tests of the alarm S5 on calls that attach something to a resource of the stack, or share from it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from components.monitoring.alarms.trail.attachments import attachment_patterns
from settings.schema.aws_limits import FILTER_PATTERN
from tests.components.monitoring.filter_patterns import matches
from tests.components.monitoring.monitored import NAMES
from tests.components.monitoring.test_trail_alarms import patterns_of, trailed
from tests.components.monitoring.trail.records import AWS_SERVICE, SECRETS_KEY, USER, record, session
from tests.harness import Deployment

SOMEBODY, UPDATE = session("somebody"), session("aiponge-pulumi-up")
STRANGER = "999988887777"
GRANT = {
    "keyId": SECRETS_KEY,
    "granteePrincipal": f"arn:aws:iam::{STRANGER}:root",
    "operations": ["Decrypt"],
}
SECRET = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:aiponge/jwt-secret-AbCdEf"
CALLS: list[tuple[str, str, dict[str, Any]]] = [
    ("kms", "CreateGrant", GRANT),
    ("kms", "ReplicateKey", {"keyId": SECRETS_KEY, "replicaRegion": "eu-central-1"}),
    (
        "secretsmanager",
        "ReplicateSecretToRegions",
        {"secretId": SECRET, "addReplicaRegions": [{"region": "eu-central-1"}]},
    ),
    ("secretsmanager", "CancelRotateSecret", {"secretId": SECRET}),
    (
        "rds",
        "ModifyDBSnapshotAttribute",
        {"dBSnapshotIdentifier": "x", "attributeName": "restore", "valuesToAdd": [STRANGER]},
    ),
    ("rds", "CreateDBInstanceReadReplica", {"sourceDBInstanceIdentifier": "aiponge-rds"}),
    ("rds", "StartDBInstanceAutomatedBackupsReplication", {"sourceDBInstanceArn": "arn:x"}),
    ("rds", "AddRoleToDBInstance", {"dBInstanceIdentifier": "aiponge-rds"}),
    ("rds", "StartExportTask", {"sourceArn": "arn:x", "s3BucketName": "elsewhere"}),
    ("elasticache", "CreateGlobalReplicationGroup", {"primaryReplicationGroupId": "aiponge-redis"}),
    ("ec2", "ModifySnapshotAttribute", {"snapshotId": "snap-1", "attributeType": "CREATE_VOLUME_PERMISSION"}),
    ("ec2", "ModifyImageAttribute", {"imageId": "ami-1", "attributeType": "launchPermission"}),
    ("s3", "PutBucketNotification", {"bucketName": "x", "notification": ""}),
    ("s3", "CreateAccessPoint", {"name": "x", "accountId": STRANGER}),
    ("ecr", "SetRepositoryPolicy", {"repositoryName": "aiponge/user", "policyText": "{}"}),
    ("ecr", "PutReplicationConfiguration", {"replicationConfiguration": {"rules": []}}),
    ("lambda", "AddPermission20150331v2", {"functionName": "aiponge-rotate", "principal": STRANGER}),
    ("lambda", "CreateFunctionUrlConfig", {"functionName": "aiponge-rotate", "authType": "NONE"}),
    ("lambda", "CreateEventSourceMapping20150331", {"functionName": "aiponge-rotate"}),
    ("logs", "PutSubscriptionFilter", {"logGroupName": "/aiponge/prod/user", "destinationArn": "arn:x"}),
    ("logs", "PutAccountPolicy", {"policyType": "SUBSCRIPTION_FILTER_POLICY"}),
    ("logs", "PutResourcePolicy", {"policyName": "x", "policyDocument": "{}"}),
    ("logs", "CreateExportTask", {"logGroupName": "/aiponge/prod/user", "destination": "elsewhere"}),
    ("oam", "CreateLink", {"sinkIdentifier": "arn:x"}),
    ("monitoring", "PutMetricStream", {"name": "x"}),
    ("monitoring", "PutAlarmMuteRule", {"name": "x"}),
    ("events", "PutPermission", {"principal": STRANGER}),
    ("ssm", "ModifyDocumentPermission", {"name": "cinematch-deploy", "accountIdsToAdd": [STRANGER]}),
    ("ec2", "CreateTrafficMirrorSession", {"CreateTrafficMirrorSessionRequest": {}}),
    ("ec2", "CreateInstanceConnectEndpoint", {"CreateInstanceConnectEndpointRequest": {}}),
    ("route53", "AssociateVPCWithHostedZone", {"hostedZoneId": "Z1"}),
    ("route53resolver", "AssociateResolverRule", {"vPCId": "vpc-1"}),
    ("ram", "CreateResourceShare", {"principals": [STRANGER]}),
    ("guardduty", "CreateFilter", {"detectorId": "x", "action": "ARCHIVE"}),
    ("guardduty", "CreateIPSet", {"detectorId": "x"}),
    ("access-analyzer", "CreateArchiveRule", {"analyzerName": "x"}),
    ("config", "PutAggregationAuthorization", {"authorizedAccountId": STRANGER}),
    ("iam", "UpdateAssumeRolePolicy", {"roleName": "aiponge-task-user"}),
    ("iam", "DeleteRolePermissionsBoundary", {"roleName": "aiponge-deploy"}),
    ("iam", "CreateOpenIDConnectProvider", {"url": "https://elsewhere.example.com"}),
]


@pytest.fixture(scope="module")
def prod() -> Deployment:
    return trailed()


def counted(deployment: Deployment, line: dict[str, Any]) -> bool:
    return any(matches(pattern, json.dumps(line)) for pattern in patterns_of(deployment, "SecretTamper"))


@pytest.mark.parametrize(("service", "call", "params"), CALLS, ids=[call for _, call, _ in CALLS])
@pytest.mark.parametrize("who", [SOMEBODY, USER], ids=["role", "user"])
def test_a_call_that_attaches_or_shares_is_counted(
    prod: Deployment, service: str, call: str, params: dict[str, Any], who: dict[str, Any]
) -> None:
    assert counted(prod, record(service, call, who, requestParameters=params, readOnly=False))


@pytest.mark.parametrize(
    "who",
    [session("somebody", invoked_by="rds.amazonaws.com"), AWS_SERVICE],
    ids=["in-the-name-of-a-caller", "for-itself"],
)
def test_a_grant_that_a_service_of_aws_creates_is_not_counted(prod: Deployment, who: dict[str, Any]) -> None:
    assert not counted(prod, record("kms", "CreateGrant", who, requestParameters=GRANT, readOnly=False))


def test_a_permission_that_an_update_declares_is_not_counted(prod: Deployment) -> None:
    assert not counted(prod, record("lambda", "AddPermission20150331v2", UPDATE, readOnly=False))


def test_a_grant_in_a_session_of_the_update_role_is_counted(prod: Deployment) -> None:
    assert counted(prod, record("kms", "CreateGrant", UPDATE, requestParameters=GRANT, readOnly=False))


@pytest.mark.parametrize(
    ("service", "call"),
    [("kms", "ListGrants"), ("rds", "DescribeDBSnapshotAttributes"), ("ecr", "GetRepositoryPolicy")],
)
def test_a_call_that_only_reads_attachments_is_not_counted(prod: Deployment, service: str, call: str) -> None:
    assert not counted(prod, record(service, call, SOMEBODY))


def test_each_pattern_is_within_the_limit_of_cloudwatch() -> None:
    assert max(map(len, attachment_patterns(NAMES))) <= FILTER_PATTERN.value
