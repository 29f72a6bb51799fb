"""A pipeline runs our two documents on our hosts, or replaces its own services; it reads no more."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.components.host_stack import PRODUCTION, STAGING
from tests.harness import ACCOUNT, Deployment
from tests.program import run_program, shipped

SSM = f"arn:aws:ssm:eu-west-2:{ACCOUNT}"


@pytest.fixture(scope="module")
def production() -> Deployment:
    return shipped(PRODUCTION)


@pytest.fixture(scope="module")
def containers() -> Deployment:
    return shipped("prod")


def rights(deployment: Deployment) -> list[dict[str, Any]]:
    return deployment.named("delivery-policy", "RolePolicy").document("policy")["Statement"]


def granted(deployment: Deployment, action: str) -> list[dict[str, Any]]:
    return [
        one
        for one in rights(deployment)
        if action in ([one["Action"]] if isinstance(one["Action"], str) else one["Action"])
    ]


def resources(deployment: Deployment, action: str) -> set[str]:
    found = [one["Resource"] for one in granted(deployment, action)]
    return {arn for one in found for arn in ([one] if isinstance(one, str) else one)}


@pytest.mark.accepts("B5", "B16", "B26")
def test_the_role_is_taken_for_an_hour_from_one_repository_and_environment(production: Deployment) -> None:
    role = production.named("delivery-role", "Role")
    assert role["name"] == "cinematch-deploy"
    assert role["maxSessionDuration"] == 3600
    (statement,) = role.document("assumeRolePolicy")["Statement"]
    claims = statement["Condition"]["StringEquals"]
    issuer = "token.actions.githubusercontent.com"
    assert claims[f"{issuer}:repository_id"] == "2000002"
    assert claims[f"{issuer}:environment"] == "production"
    assert statement["Principal"]["Federated"].endswith(":delivery-github")


@pytest.mark.accepts("B26")
def test_githubs_provider_is_made_for_sts_alone(production: Deployment) -> None:
    provider = production.only("OpenIdConnectProvider")
    assert provider["url"] == "https://token.actions.githubusercontent.com"
    assert provider["clientIdLists"] == ["sts.amazonaws.com"]


@pytest.mark.failure(27)
def test_a_given_provider_is_used_instead() -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"
    deployed = run_program(PRODUCTION, {"strongroom:delivery": {"oidcProviderArn": arn}})
    assert deployed.all("OpenIdConnectProvider") == []
    (statement,) = deployed.named("delivery-role", "Role").document("assumeRolePolicy")["Statement"]
    assert statement["Principal"] == {"Federated": arn}


@pytest.mark.accepts("B5")
def test_only_our_documents_run_and_only_on_our_hosts(production: Deployment) -> None:
    on_documents, on_hosts = granted(production, "ssm:SendCommand")
    assert on_documents["Resource"] == [
        f"{SSM}:document/cinematch-deploy",
        f"{SSM}:document/cinematch-update",
    ]
    assert on_hosts["Resource"] == f"arn:aws:ec2:eu-west-2:{ACCOUNT}:instance/*"
    assert on_hosts["Condition"] == {
        "StringEquals": {"ssm:resourceTag/App": "cinematch", "ssm:resourceTag/Env": "production"}
    }


@pytest.mark.accepts("B49", "B50", "B51", "B52")
@pytest.mark.attack(15)
@pytest.mark.parametrize("stack", [PRODUCTION, STAGING])
def test_of_the_secrets_it_reads_the_django_key_alone(stack: str) -> None:
    environment = stack.removeprefix("cinematch-")
    base = f"{SSM}:parameter/cinematch/{environment}"
    readable = {
        arn
        for action in ("ssm:GetParameter", "ssm:GetParameters")
        for arn in resources(shipped(stack), action)
        if "/deploy/" not in arn
    }
    assert readable == {f"{base}/django-secret-key", f"{base}/image-digest"}
    (decrypts,) = granted(shipped(stack), "kms:Decrypt")
    assert decrypts["Condition"]["StringEquals"]["kms:EncryptionContext:PARAMETER_ARN"] == [
        f"{base}/django-secret-key"
    ]


def test_it_writes_down_what_it_deployed_and_nothing_else(production: Deployment) -> None:
    assert resources(production, "ssm:PutParameter") == {f"{SSM}:parameter/cinematch/production/image-digest"}


@pytest.mark.attack(13)
@pytest.mark.parametrize("stack", [PRODUCTION, "prod"])
def test_no_action_is_a_pattern_and_open_resources_are_those_that_take_none(stack: str) -> None:
    for one in rights(shipped(stack)):
        actions = [one["Action"]] if isinstance(one["Action"], str) else one["Action"]
        assert not [action for action in actions if "*" in action]
        if one["Resource"] == "*":
            assert set(actions) <= {
                "ssm:GetCommandInvocation",
                "ssm:ListCommandInvocations",
                "ecs:DescribeTaskDefinition",
                "ecr:GetAuthorizationToken",
            }


@pytest.mark.parametrize("stack", [PRODUCTION, "prod"])
def test_the_role_has_one_policy_and_nothing_attached(stack: str) -> None:
    deployed = shipped(stack)
    name = deployed.named("delivery-role", "Role")["name"]
    exact = deployed.named("delivery-policies", "RolePoliciesExclusive")
    assert (exact["roleName"], exact["policyNames"]) == (name, [name])
    assert deployed.named("delivery-attachments", "RolePolicyAttachmentsExclusive")["policyArns"] == []


@pytest.mark.accepts("B5")
def test_a_digest_reaches_the_shell_as_a_variable_and_has_one_shape(production: Deployment) -> None:
    document = production.named("delivery-deploy", "Document")
    content = json.loads(document["content"])
    assert (document["name"], content["schemaVersion"]) == ("cinematch-deploy", "2.2")
    digest = content["parameters"]["ImageDigest"]
    assert digest["interpolationType"] == "ENV_VAR"
    assert digest["allowedPattern"] == "^sha256:[0-9a-f]{64}$"
    assert re.fullmatch(digest["allowedPattern"], f"sha256:{'0' * 64}")
    assert content["mainSteps"][0]["inputs"]["runCommand"] == ['/root/update-app.sh "$SSM_ImageDigest"']
    assert "{{" not in document["content"]


@pytest.mark.accepts("B47", "B57")
def test_the_update_document_takes_nothing_and_runs_the_same_script(production: Deployment) -> None:
    content = json.loads(production.named("delivery-update", "Document")["content"])
    assert content["parameters"] == {}
    assert content["mainSteps"][0]["inputs"]["runCommand"] == ["/root/update-app.sh"]


def test_a_cluster_pipeline_touches_its_own_families_services_and_repositories(
    containers: Deployment,
) -> None:
    base = f":eu-west-1:{ACCOUNT}:"
    families = resources(containers, "ecs:RegisterTaskDefinition")
    assert f"arn:aws:ecs{base}task-definition/aiponge-user:*" in families
    assert f"arn:aws:ecs{base}task-definition/aiponge-migrate:*" in families
    services = resources(containers, "ecs:UpdateService")
    assert services == {
        f"arn:aws:ecs{base}service/aiponge-prod/{one['name']}"
        for one in containers.all("aws:ecs/service:Service")
    }
    assert resources(containers, "ecr:PutImage") == {
        f"arn:aws:ecr{base}repository/{one['name']}"
        for one in containers.all("Repository")
        if one["name"] != "aiponge/reencrypt"
    }


@pytest.mark.attack(15)
def test_a_cluster_pipeline_neither_changes_nor_runs_nor_pushes_a_tool_that_holds_keys(
    containers: Deployment,
) -> None:
    assert not [one for one in rights(containers) if "reencrypt" in json.dumps(one)]


def test_a_cluster_pipeline_hands_on_the_roles_of_its_own_tasks_to_tasks_only(containers: Deployment) -> None:
    (hands,) = granted(containers, "iam:PassRole")
    assert hands["Condition"] == {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}
    assert set(hands["Resource"]) >= {
        f"arn:aws:iam::{ACCOUNT}:role/aiponge-exec-user",
        f"arn:aws:iam::{ACCOUNT}:role/aiponge-task-user",
    }
    assert not [arn for arn in hands["Resource"] if "rotate" in arn or "*" in arn]


def test_a_cluster_pipeline_runs_the_one_off_tasks_alone(containers: Deployment) -> None:
    (runs,) = granted(containers, "ecs:RunTask")
    assert "user" not in str(runs["Resource"])
    assert runs["Condition"] == {
        "ArnEquals": {"ecs:cluster": f"arn:aws:ecs:eu-west-1:{ACCOUNT}:cluster/aiponge-prod"}
    }


def test_a_cluster_has_no_command_documents(containers: Deployment) -> None:
    assert containers.all("aws:ssm/document:Document") == []
