"""Tests of the host's role: it reads its own parameters by name, and writes its own logs and metrics."""

from __future__ import annotations

from typing import Any

import pytest

from iam_documents import Request, decide
from tests.components.alone import with_secret
from tests.components.host.host_stack import PRODUCTION, STAGING, stack
from tests.components.host.hosted import hosted, hosted_of
from tests.components.stand_ins import key_arn
from tests.harness import ACCOUNT, Deployment

REGION = "eu-west-2"
READ = ("django-secret-key", "django-secret-key-previous", "db-password", "tmdb-token", "llm-api-key")
"""With the names that exist after a rotation only: docs/decisions/009."""
PLAIN = ("db-host", "db-name", "db-username", "dockerhub-image", "domain-name")


@pytest.fixture(scope="module")
def production() -> Deployment:
    return hosted()


def parameter_arns(environment: str, names: tuple[str, ...]) -> list[str]:
    base = f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/cinematch/{environment}"
    return [f"{base}/{name}" for name in names]


@pytest.mark.accepts("B30")
@pytest.mark.attack(13)
@pytest.mark.parametrize("name", [PRODUCTION, STAGING])
def test_the_role_reads_exactly_its_declared_parameters(name: str) -> None:
    environment = name.removeprefix("cinematch-")
    policy = hosted(name).named("host-ssm-parameters", "RolePolicy")
    assert (policy["name"], policy["role"]) == ("cinematch-ec2-ssm-parameters", "cinematch-ec2-role")
    reads, decrypts = policy.document("policy")["Statement"]
    assert reads["Action"] == "ssm:GetParameters"
    assert reads["Resource"] == parameter_arns(environment, (*READ, *PLAIN, "image-digest"))
    assert decrypts["Action"] == "kms:Decrypt"
    assert decrypts["Resource"] == key_arn("secrets")
    assert decrypts["Condition"] == {
        "StringEquals": {
            "kms:ViaService": f"ssm.{REGION}.amazonaws.com",
            "kms:EncryptionContext:PARAMETER_ARN": parameter_arns(environment, READ),
        }
    }


@pytest.mark.accepts("B30", "B10")
def test_the_role_has_those_two_policies_and_nothing_attached(production: Deployment) -> None:
    exact = production.named("host-policies", "RolePoliciesExclusive")
    assert exact["roleName"] == "cinematch-ec2-role"
    assert sorted(exact["policyNames"]) == ["cinematch-ec2-agents", "cinematch-ec2-ssm-parameters"]
    attached = production.named("host-attachments", "RolePolicyAttachmentsExclusive")
    assert (attached["roleName"], attached["policyArns"]) == ("cinematch-ec2-role", [])


@pytest.mark.accepts("B4", "B10")
def test_only_machines_take_the_role(production: Deployment) -> None:
    role = production.named("host-role", "Role")
    assert role["name"] == "cinematch-ec2-role"
    (statement,) = role.document("assumeRolePolicy")["Statement"]
    assert statement["Principal"] == {"Service": "ec2.amazonaws.com"}
    assert role["maxSessionDuration"] == 3600
    profile = production.only("InstanceProfile")
    assert profile["role"] == "cinematch-ec2-role"


@pytest.mark.accepts("B15")
def test_the_agents_read_no_parameter_and_no_document_of_this_account(production: Deployment) -> None:
    statements = production.named("host-agents", "RolePolicy").document("policy")["Statement"]
    actions = {
        action
        for one in statements
        for action in ([one["Action"]] if isinstance(one["Action"], str) else one["Action"])
    }
    assert not [action for action in actions if "Parameter" in action or "*" in action]
    services = {action.split(":")[0] for action in actions}
    assert services == {"ssmmessages", "ssm", "kms", "logs", "cloudwatch", "s3"}
    own = f"arn:aws:ssm:{REGION}:{ACCOUNT}:document/cinematch-deploy"
    document = production.named("host-agents", "RolePolicy").document("policy")
    asked = Request("ssm:GetDocument", own, f"arn:aws:iam::{ACCOUNT}:role/cinematch-ec2-role")
    assert decide([document], asked) == "implicitDeny"


@pytest.mark.accepts("B15", "B30")
@pytest.mark.attack(13)
def test_the_agents_have_these_rights_and_no_other(production: Deployment) -> None:
    statements = production.named("host-agents", "RolePolicy").document("policy")["Statement"]
    logs = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/cinematch/production"
    groups = ("app", "host/auth", "host/syslog", "ssm-sessions", "ssm-commands")
    channels = [
        f"ssmmessages:{verb}{what}Channel" for verb in ("Create", "Open") for what in ("Control", "Data")
    ]
    here = [f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance/*"]
    assert {
        (action, resource)
        for one in statements
        for action in _listed(one["Action"])
        for resource in _listed(one["Resource"])
    } == {
        *((action, "*") for action in channels),
        *((f"ssm:{one}", here[0]) for one in ("UpdateInstanceInformation", "PutComplianceItems")),
        *(
            (f"ssm:{one}", "*")
            for one in (
                "GetDeployablePatchSnapshotForInstance",
                "GetManifest",
                "ListAssociations",
                "PutConfigurePackageResult",
                "PutInventory",
            )
        ),
        ("ssm:ListInstanceAssociations", here[0]),
        *(
            (f"ssm:{one}", where)
            for one in ("DescribeAssociation", "UpdateInstanceAssociationStatus")
            for where in (f"arn:aws:ssm:{REGION}:{ACCOUNT}:association/*", here[0])
        ),
        *(
            (f"ssm:{one}", where)
            for one in ("DescribeDocument", "GetDocument", "UpdateAssociationStatus")
            for where in (
                f"arn:aws:ssm:{REGION}:*:document/AWS-*",
                f"arn:aws:ssm:{REGION}:*:document/AmazonGuardDuty-*",
                f"arn:aws:ssm:{REGION}:*:document/AmazonInspector2-*",
                here[0],
            )
        ),
        ("s3:GetObject", f"arn:aws:s3:::aws-patch-manager-{REGION}-*/*"),
        ("kms:Decrypt", key_arn("sessions")),
        *(("logs:DescribeLogStreams", f"{logs}/{group}:*") for group in groups),
        *(
            (f"logs:{action}", f"{logs}/{group}:log-stream:*")
            for action in ("CreateLogStream", "PutLogEvents")
            for group in groups
        ),
        ("logs:DescribeLogGroups", "*"),
        ("cloudwatch:PutMetricData", "*"),
    }


def _listed(given: Any) -> list[str]:
    return [given] if isinstance(given, str) else given


@pytest.mark.accepts("B62")
def test_the_host_writes_to_its_own_log_groups_only(production: Deployment) -> None:
    statements = production.named("host-agents", "RolePolicy").document("policy")["Statement"]
    (writes,) = (one for one in statements if "logs:PutLogEvents" in one["Action"])
    groups = ("app", "host/auth", "host/syslog", "ssm-sessions", "ssm-commands")
    assert writes["Resource"] == [
        f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/cinematch/production/{group}:log-stream:*"
        for group in groups
    ]
    (metrics,) = (one for one in statements if one["Action"] == "cloudwatch:PutMetricData")
    namespaces = ["CWAgent", "cinematch/production/host"]
    assert metrics["Condition"] == {"StringEquals": {"cloudwatch:namespace": namespaces}}


@pytest.mark.accepts("B46")
def test_a_rotation_changes_neither_the_machine_nor_its_rights(production: Deployment) -> None:
    rotated = hosted_of(with_secret(stack(), "django-secret-key", generation=2))
    for name, kind in (("host-template", "LaunchTemplate"), ("host-ssm-parameters", "RolePolicy")):
        assert rotated.named(name, kind).inputs == production.named(name, kind).inputs
