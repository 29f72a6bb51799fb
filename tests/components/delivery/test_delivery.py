"""Tests of the deploy role: a host's two documents or the stack's services, and the declared reads only."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

import pytest

from components.delivery import Delivery, DeliveryArgs
from components.delivery.deploy_contract import COMMON, HOST, OPTIONAL
from iam_documents import github_trust
from platforms import traits_of
from settings import Settings, read_stack_file
from settings.grants import DEPLOY_READER, entries_read_by
from tests.components.alone import build, with_secret
from tests.components.host.host_stack import PRIVATE_KEY, PRODUCTION, SSH, STAGING, stack
from tests.components.stand_ins import key_arn, secret_arn
from tests.harness import ACCOUNT, Deployment


@cache
def delivered(name: str) -> Deployment:
    """The deploy role of a shipped stack alone."""
    return delivered_of(read_stack_file(name))


def delivered_of(settings: Settings) -> Deployment:
    """The deploy role of any settings alone."""
    assert settings.delivery is not None
    entries = entries_read_by(settings, DEPLOY_READER)
    args = DeliveryArgs(
        names=settings.names,
        application=settings.application.name,
        settings=settings.delivery,
        pipeline=traits_of(settings).pipeline,
        entries=entries,
        secret_arns={entry.store_name: secret_arn(entry.store_name) for entry in entries},
        secrets_key_arn=key_arn("secrets"),
    )
    return build(lambda: Delivery("delivery", args))


def with_delivery(**fields: Any) -> Settings:
    """The production host stack with other fields of its delivery."""
    settings = read_stack_file(PRODUCTION)
    assert settings.delivery is not None
    return settings.model_copy(update={"delivery": settings.delivery.model_copy(update=fields)})


SSM = f"arn:aws:ssm:eu-west-2:{ACCOUNT}"


@pytest.fixture(scope="module")
def production() -> Deployment:
    return delivered(PRODUCTION)


@pytest.fixture(scope="module")
def containers() -> Deployment:
    return delivered("prod")


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
    deployed = delivered_of(with_delivery(oidc_provider_arn=arn))
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
@pytest.mark.parametrize("name", [PRODUCTION, STAGING])
def test_of_the_secrets_it_reads_the_django_key_alone(name: str) -> None:
    environment = name.removeprefix("cinematch-")
    base = f"{SSM}:parameter/cinematch/{environment}"
    readable = {
        arn
        for action in ("ssm:GetParameter", "ssm:GetParameters")
        for arn in resources(delivered(name), action)
        if "/deploy/" not in arn
    }
    assert readable == {f"{base}/django-secret-key", f"{base}/image-digest"}
    (decrypts,) = granted(delivered(name), "kms:Decrypt")
    assert decrypts["Condition"]["StringEquals"]["kms:EncryptionContext:PARAMETER_ARN"] == [
        f"{base}/django-secret-key"
    ]


@pytest.mark.accepts("B46", "B49")
@pytest.mark.attack(15)
def test_the_pipeline_does_not_read_the_value_before() -> None:
    rotated = delivered_of(with_secret(stack(PRODUCTION), "django-secret-key", generation=2))
    policy = rotated.named("delivery-policy", "RolePolicy")["policy"]
    assert "/cinematch/production/django-secret-key" in policy
    assert "-previous" not in policy


@pytest.mark.accepts("B53")
@pytest.mark.attack(15)
def test_the_pipeline_reads_the_private_key_by_its_name() -> None:
    entering = delivered_of(stack(PRODUCTION, platform=SSH, secrets=PRIVATE_KEY))
    actions = [one["Action"] for one in rights(entering) if "ec2-ssh-key" in str(one["Resource"])]
    assert actions == ["ssm:GetParameter"]


@pytest.mark.accepts("B5", "B41")
@pytest.mark.attack(13)
def test_a_host_pipeline_has_these_rights_and_no_other(production: Deployment) -> None:
    path = f"{SSM}:parameter/cinematch/production"
    facts = {f"{path}/deploy/{fact}" for fact in (*COMMON, *HOST, *OPTIONAL)}
    have = {
        (action, arn)
        for one in rights(production)
        for action in ([one["Action"]] if isinstance(one["Action"], str) else one["Action"])
        for arn in ([one["Resource"]] if isinstance(one["Resource"], str) else one["Resource"])
    }
    assert have == {
        ("ssm:SendCommand", f"{SSM}:document/cinematch-deploy"),
        ("ssm:SendCommand", f"{SSM}:document/cinematch-update"),
        ("ssm:SendCommand", f"arn:aws:ec2:eu-west-2:{ACCOUNT}:instance/*"),
        ("ssm:ListCommandInvocations", "*"),
        ("ssm:ListCommands", "*"),
        ("ssm:PutParameter", f"{path}/image-digest"),
        ("ssm:GetParameter", f"{path}/image-digest"),
        ("ssm:GetParameter", f"{path}/django-secret-key"),
        ("kms:Decrypt", key_arn("secrets")),
        *(("ssm:GetParameter", fact) for fact in facts),
        *(("ssm:GetParameters", fact) for fact in facts),
    }


def test_a_cluster_pipeline_has_these_actions_and_no_other(containers: Deployment) -> None:
    actions = {
        action
        for one in rights(containers)
        for action in ([one["Action"]] if isinstance(one["Action"], str) else one["Action"])
    }
    push = ("BatchCheckLayerAvailability", "BatchGetImage", "CompleteLayerUpload", "DescribeImages")
    push += ("GetAuthorizationToken", "InitiateLayerUpload", "PutImage", "UploadLayerPart")
    ecs = ("RegisterTaskDefinition", "DescribeTaskDefinition", "UpdateService", "DescribeServices")
    assert actions == {
        *(f"ecr:{action}" for action in push),
        *(f"ecs:{action}" for action in (*ecs, "RunTask", "DescribeTasks", "ListTasks", "StopTask")),
        *("iam:PassRole", "ssm:GetParameter", "ssm:GetParameters"),
    }
    for action in ("ecs:DescribeTasks", "ecs:StopTask"):
        assert resources(containers, action) == {f"arn:aws:ecs:eu-west-1:{ACCOUNT}:task/aiponge-prod/*"}


@pytest.mark.parametrize("name", [PRODUCTION, "prod"])
def test_whatever_is_attached_to_the_role_one_day_gives_it_nothing_more(name: str) -> None:
    deployed = delivered(name)
    boundary = deployed.named("delivery-boundary", "Policy")
    assert json.loads(boundary["policy"])["Statement"] == rights(deployed)
    assert deployed.named("delivery-role", "Role")["permissionsBoundary"] == boundary.arn


def test_every_claim_of_the_stack_file_is_in_the_trust(production: Deployment) -> None:
    (statement,) = production.named("delivery-role", "Role").document("assumeRolePolicy")["Statement"]
    assert statement == github_trust(
        statement["Principal"]["Federated"],
        owner="example-org",
        owner_id=1000001,
        repository="cinematch",
        repository_id=2000002,
        environment="production",
        branch="main",
    )


def test_a_workflow_of_the_stack_file_is_in_the_trust_too() -> None:
    workflow = "example-org/infra/.github/workflows/deploy-host.yml@refs/heads/main"
    deployed = delivered_of(with_delivery(workflow=workflow))
    (statement,) = deployed.named("delivery-role", "Role").document("assumeRolePolicy")["Statement"]
    claim = "token.actions.githubusercontent.com:job_workflow_ref"
    assert statement["Condition"]["StringEquals"][claim] == workflow


@pytest.mark.parametrize("name", ["delivery-deploy", "delivery-update"])
def test_a_document_is_a_command_for_machines_that_ends(production: Deployment, name: str) -> None:
    document = production.named(name, "Document")
    assert (document["documentType"], document["targetType"]) == ("Command", "/AWS::EC2::Instance")
    (step,) = json.loads(document["content"])["mainSteps"]
    assert (step["action"], step["inputs"]["timeoutSeconds"]) == ("aws:runShellScript", "1800")
    assert step["precondition"] == {"StringEquals": ["platformType", "Linux"]}


def test_it_writes_down_what_it_deployed_and_nothing_else(production: Deployment) -> None:
    assert resources(production, "ssm:PutParameter") == {f"{SSM}:parameter/cinematch/production/image-digest"}


@pytest.mark.attack(13)
@pytest.mark.parametrize("name", [PRODUCTION, "prod"])
def test_no_action_is_a_pattern_and_open_resources_are_those_that_take_none(name: str) -> None:
    for one in rights(delivered(name)):
        actions = [one["Action"]] if isinstance(one["Action"], str) else one["Action"]
        assert not [action for action in actions if "*" in action]
        if one["Resource"] == "*":
            assert set(actions) <= {
                "ssm:ListCommandInvocations",
                "ssm:ListCommands",
                "ecs:DescribeTaskDefinition",
                "ecs:ListTasks",
                "ecr:GetAuthorizationToken",
            }


@pytest.mark.parametrize("name", [PRODUCTION, "prod"])
def test_the_role_has_one_policy_and_nothing_attached(name: str) -> None:
    deployed = delivered(name)
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
    own = ("api-gateway", "system", "storage", "user", "ai-config", "ai-content", "ai-analytics", "music")
    services = resources(containers, "ecs:UpdateService")
    assert services == {f"arn:aws:ecs{base}service/aiponge-prod/aiponge-{service}" for service in own}
    assert resources(containers, "ecr:PutImage") == {
        f"arn:aws:ecr{base}repository/aiponge/{service}" for service in own
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
