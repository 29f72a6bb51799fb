"""Tests of Refresh: a change of a declared parameter runs the update document on the stack's own host."""

from __future__ import annotations

import pytest

from components.host import Refresh, RefreshArgs
from tests.components.alone import build
from tests.components.host.host_stack import stack
from tests.components.stand_ins import waited_for
from tests.harness import ACCOUNT, Deployment

PARAMETERS = ("/cinematch/production/django-secret-key", "/cinematch/production/db-host")
DOCUMENT_ARN = f"arn:aws:ssm:eu-west-2:{ACCOUNT}:document/cinematch-update"


@pytest.fixture(scope="module")
def production() -> Deployment:
    return build(
        lambda: Refresh(
            "refresh",
            RefreshArgs(
                names=stack().names,
                parameters=PARAMETERS,
                document_arn=DOCUMENT_ARN,
                tags={"App": "cinematch", "Env": "production", "Name": "cinematch-server"},
                depends_on=[waited_for("host")],
            ),
        )
    )


@pytest.mark.accepts("B47")
def test_the_given_names_are_heard_and_no_other(production: Deployment) -> None:
    rule = production.named("refresh-rule", "EventRule")
    assert rule["state"] == "ENABLED"
    assert rule.document("eventPattern") == {
        "source": ["aws.ssm"],
        "detail-type": ["Parameter Store Change"],
        "detail": {
            "name": list(PARAMETERS),
            "operation": ["Create", "Update", "Delete"],
        },
    }


@pytest.mark.accepts("B47")
def test_the_host_of_the_stack_runs_the_update_document(production: Deployment) -> None:
    target = production.named("refresh-target", "EventTarget")
    assert target["rule"] == "cinematch-parameter-changed"
    assert target["arn"] == DOCUMENT_ARN
    assert target["roleArn"] == production.named("refresh-role", "Role").arn
    assert target["runCommandTargets"] == [{"key": "tag:Name", "values": ["cinematch-server"]}]
    assert "input" not in target.inputs


def test_its_role_runs_that_document_on_hosts_of_this_stack_and_does_nothing_else(
    production: Deployment,
) -> None:
    on_document, on_hosts = production.named("refresh-permission", "RolePolicy").document("policy")[
        "Statement"
    ]
    base = f"eu-west-2:{ACCOUNT}"
    assert on_document == {
        "Effect": "Allow",
        "Action": "ssm:SendCommand",
        "Resource": f"arn:aws:ssm:{base}:document/cinematch-update",
    }
    assert on_hosts == {
        "Effect": "Allow",
        "Action": "ssm:SendCommand",
        "Resource": f"arn:aws:ec2:{base}:instance/*",
        "Condition": {
            "StringEquals": {
                "ssm:resourceTag/App": "cinematch",
                "ssm:resourceTag/Env": "production",
                "ssm:resourceTag/Name": "cinematch-server",
            }
        },
    }
    exact = production.named("refresh-policies", "RolePoliciesExclusive")
    assert exact["roleName"] == "cinematch-parameter-changed"
    assert exact["policyNames"] == ["cinematch-parameter-changed"]
    assert production.named("refresh-attachments", "RolePolicyAttachmentsExclusive")["policyArns"] == []


def test_only_eventbridge_takes_its_role_and_for_this_account(production: Deployment) -> None:
    role = production.named("refresh-role", "Role")
    assert role["maxSessionDuration"] == 3600
    (statement,) = role.document("assumeRolePolicy")["Statement"]
    assert statement == {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
    }


def test_first_values_are_not_heard(production: Deployment) -> None:
    waits = {urn.rsplit("::", 1)[1] for urn in production.named("refresh-rule", "EventRule").depends_on}
    assert "host" in waits


def test_nothing_is_sent_before_its_role_may_send(production: Deployment) -> None:
    waits = {urn.rsplit("::", 1)[1] for urn in production.named("refresh-target", "EventTarget").depends_on}
    assert "refresh-permission" in waits
