"""Refresh: a change of a declared parameter runs the update document, on the stack's own host alone."""

from __future__ import annotations

import pytest

from tests.components.host.host_stack import PRODUCTION, STAGING
from tests.components.host.host_stack import stack as stack_of
from tests.components.host.hosted import hosted, hosted_of
from tests.harness import ACCOUNT, Deployment

NAMES = (
    *("django-secret-key", "django-secret-key-previous", "db-password", "tmdb-token", "llm-api-key"),
    *("db-host", "db-name", "db-username", "dockerhub-image", "domain-name"),
)


@pytest.fixture(scope="module")
def production() -> Deployment:
    return hosted()


@pytest.mark.accepts("B47")
@pytest.mark.parametrize("stack", [PRODUCTION, STAGING])
def test_the_declared_names_are_heard_and_no_other(stack: str) -> None:
    rule = hosted(stack).named("refresh-rule", "EventRule")
    assert rule["state"] == "ENABLED"
    assert rule.document("eventPattern") == {
        "source": ["aws.ssm"],
        "detail-type": ["Parameter Store Change"],
        "detail": {
            "name": [f"/cinematch/{stack.removeprefix('cinematch-')}/{name}" for name in NAMES],
            "operation": ["Create", "Update", "Delete"],
        },
    }


@pytest.mark.accepts("B47")
def test_the_host_of_the_stack_runs_the_update_document(production: Deployment) -> None:
    target = production.named("refresh-target", "EventTarget")
    assert target["rule"] == "cinematch-parameter-changed"
    assert target["arn"] == production.named("delivery-update", "Document").arn
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
    assert "host-group" in waits


def test_nothing_is_sent_before_its_role_may_send(production: Deployment) -> None:
    waits = {urn.rsplit("::", 1)[1] for urn in production.named("refresh-target", "EventTarget").depends_on}
    assert "refresh-permission" in waits


def test_a_stack_without_a_pipeline_has_no_document_to_run() -> None:
    deployed = hosted_of(stack_of(STAGING).model_copy(update={"delivery": None}))
    assert [one for one in deployed.resources if one.name.startswith("refresh")] == []
