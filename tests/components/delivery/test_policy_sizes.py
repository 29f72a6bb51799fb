"""Tests of the distribution of permissions over policies: none too long, and nothing more or less allowed."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest

from components.delivery import policy_sizes
from iam_documents import Request, allow, may
from settings import Settings
from settings.schema.aws_limits import MANAGED_POLICY, ROLE_INLINE_POLICIES
from tests.components.delivery.test_delivery import delivered_of
from tests.harness import ACCOUNT, Deployment
from tests.many_services import settings_with_services

MANY = 30
ROLE = f"arn:aws:iam::{ACCOUNT}:role"
ECS, ECR = f"arn:aws:ecs:eu-west-1:{ACCOUNT}", f"arn:aws:ecr:eu-west-1:{ACCOUNT}"
SSM = f"arn:aws:ssm:eu-west-1:{ACCOUNT}"
TASKS = {"iam:PassedToService": "ecs-tasks.amazonaws.com"}


@cache
def settings(number: int = MANY) -> Settings:
    return settings_with_services("staging", number)


@cache
def delivered(number: int = MANY) -> Deployment:
    return delivered_of(settings(number))


def request(action: str, resource: str, context: dict[str, str]) -> Request:
    return Request(action, resource, f"{ROLE}/aiponge-deploy", context)


def length(document: Any) -> int:
    return len("".join(json.dumps(document, separators=(",", ":")).split()))


def documents(number: int) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The documents of the role's policies, and its boundary."""
    deployed = delivered(number)
    policies = [one.document("policy") for one in deployed.all("aws:iam/policy:Policy")]
    own = deployed.named("delivery-policy", "RolePolicy").document("policy")
    boundary = deployed.named("delivery-boundary", "Policy").document("policy")
    return [own, *(one for one in policies if one != boundary)], boundary


@pytest.mark.parametrize("number", [8, 11, 12, 20, 24, MANY])
def test_no_policy_is_longer_than_iam_allows(number: int) -> None:
    own, boundary = documents(number)
    assert length(own[0]) <= ROLE_INLINE_POLICIES.value
    assert [one for one in (*own[1:], boundary) if length(one) > MANAGED_POLICY.value] == []


def test_many_policies_allow_exactly_what_one_would() -> None:
    def pairs(groups: list[list[Any]]) -> set[tuple[str, str, str]]:
        return {
            (action, resource, json.dumps(one.get("Condition")))
            for group in groups
            for one in group
            for action in ([one["Action"]] if isinstance(one["Action"], str) else one["Action"])
            for resource in ([one["Resource"]] if isinstance(one["Resource"], str) else one["Resource"])
        }

    statements = [
        allow(("s3:GetObject", "s3:PutObject"), [f"arn:aws:s3:::bucket-{n:03}/*" for n in range(800)]),
        allow("ec2:Describe*", "*", {"Bool": {"aws:SecureTransport": "true"}}),
    ]
    groups = policy_sizes.in_managed_policies(statements)
    assert len(groups) > 2
    assert all(policy_sizes.size(group) <= MANAGED_POLICY.value for group in groups)
    assert pairs(groups) == pairs([statements])


def test_the_role_has_these_policies_and_no_other() -> None:
    deployed = delivered()
    attached = deployed.named("delivery-attachments", "RolePolicyAttachmentsExclusive")["policyArns"]
    made = [one.arn for one in deployed.all("aws:iam/policy:Policy") if one.name != "delivery-boundary"]
    assert sorted(attached) == sorted(made)
    assert len(made) >= 2


@pytest.mark.attack(15)
@pytest.mark.parametrize(
    ("action", "resource", "context"),
    [
        ("iam:PassRole", f"{ROLE}/aiponge-exec-reencrypt", TASKS),
        ("iam:PassRole", f"{ROLE}/aiponge-task-reencrypt", TASKS),
        ("iam:PassRole", f"{ROLE}/aiponge-rotate", TASKS),
        ("iam:PassRole", f"{ROLE}/aiponge-deploy", TASKS),
        ("iam:PassRole", f"{ROLE}/aiponge-exec-user", {"iam:PassedToService": "ec2.amazonaws.com"}),
        ("ecs:RegisterTaskDefinition", f"{ECS}:task-definition/aiponge-reencrypt:1", {}),
        ("ecs:RunTask", f"{ECS}:task-definition/aiponge-reencrypt:1", {}),
        ("ecs:UpdateService", f"{ECS}:service/other/aiponge-user", {}),
        ("ecr:PutImage", f"{ECR}:repository/aiponge/reencrypt", {}),
        ("ecr:PutImage", f"{ECR}:repository/other/user", {}),
    ],
)
def test_neither_a_policy_nor_the_boundary_allows_what_belongs_to_others(
    action: str, resource: str, context: dict[str, str]
) -> None:
    own, boundary = documents(MANY)
    for one in (*own, boundary):
        assert not may(request(action, resource, context), [one])


@pytest.mark.parametrize("service", ["api-gateway", "user", "recommendation-30"])
def test_policies_and_boundary_allow_a_deployment_of_every_service(service: str) -> None:
    own, boundary = documents(MANY)
    for action, resource, context in (
        ("iam:PassRole", f"{ROLE}/aiponge-exec-{service}", TASKS),
        ("iam:PassRole", f"{ROLE}/aiponge-task-{service}", TASKS),
        ("ecs:RegisterTaskDefinition", f"{ECS}:task-definition/aiponge-{service}:1", {}),
        ("ecs:UpdateService", f"{ECS}:service/aiponge-staging/aiponge-{service}", {}),
        ("ecr:PutImage", f"{ECR}:repository/aiponge/{service}", {}),
        ("ssm:GetParameter", f"{SSM}:parameter/aiponge/staging/deploy/services/{service}", {}),
    ):
        assert may(request(action, resource, context), own, boundary=boundary), action


def test_a_boundary_that_can_list_the_services_does() -> None:
    own, boundary = documents(8)
    assert [boundary] == own


@pytest.mark.parametrize("number", [8, MANY])
def test_no_read_of_the_services_is_denied_whichever_way_they_are_stored(number: int) -> None:
    """A denied call, unlike a missing parameter, triggers the alarms of denied calls."""
    own, boundary = documents(number)
    asked = request("ssm:GetParameter", f"{SSM}:parameter/aiponge/staging/deploy/services", {})
    assert may(asked, own, boundary=boundary)


def test_the_pipeline_watches_and_stops_tasks_of_its_own_cluster_only() -> None:
    own, boundary = documents(8)
    for cluster, allowed in (("aiponge-staging", True), ("other", False)):
        within = {"ecs:cluster": f"{ECS}:cluster/{cluster}"}
        for action, resource in (
            ("ecs:ListTasks", "*"),
            ("ecs:DescribeTasks", f"{ECS}:task/{cluster}/1a2b"),
            ("ecs:StopTask", f"{ECS}:task/{cluster}/1a2b"),
        ):
            assert may(request(action, resource, within), own, boundary=boundary) is allowed, action
