"""Containers: no service reads, pulls or logs another's, and each starts after those it calls."""

from __future__ import annotations

import itertools
import re
from typing import Any

import pytest

from components.ecs.service_connect import callees_first, urls
from iam_documents import Request, may, may_use_key
from settings import Settings, read_stack_file
from settings.connections import SecurityGroup, declared_connections
from settings.grants import entries, grants
from settings.schema.services import ContainersSettings
from tests.components.ecs.contained import (
    INTERNAL,
    ROLES,
    SERVICES,
    changed,
    contained,
    declare,
    facts_of,
    with_images,
    with_service,
)
from tests.harness import ACCOUNT, REGION, Deployment, Registered, deploy

SECRETS = "secretsmanager.eu-west-1.amazonaws.com"


@pytest.fixture(scope="module")
def prod() -> Deployment:
    return contained("prod")


@pytest.fixture(scope="module")
def open_shells() -> Deployment:
    return deploy(lambda: facts_of(declare(changed(read_stack_file("staging"), exec_enabled=True))))


def platform_of(settings: Settings) -> ContainersSettings:
    assert isinstance(settings.platform, ContainersSettings)
    return settings.platform


def roles(deployment: Deployment) -> dict[str, list[dict[str, Any]]]:
    """Every role of the graph by name, with the documents of its policies."""
    found: dict[str, list[dict[str, Any]]] = {
        role["name"]: [] for role in deployment.all("aws:iam/role:Role")
    }
    for policy in deployment.all("aws:iam/rolePolicy:RolePolicy"):
        found[policy["role"]].append(policy.document("policy"))
    return found


def readers(deployment: Deployment, secret: Registered) -> set[str]:
    """The roles that get the value: past their own policies, the secret's, and its key's."""
    key = deployment.named("keys-secrets", "Key")
    denies = next(
        policy.document("policy")
        for policy in deployment.all("SecretPolicy")
        if policy["secretArn"] == secret.arn
    )
    through = {"kms:ViaService": SECRETS, "kms:EncryptionContext:SecretARN": secret.arn}
    found = set()
    for role, identity in roles(deployment).items():
        principal = f"{ROLES}/{role}"
        read = Request("secretsmanager:GetSecretValue", secret.arn, principal)
        decrypt = Request("kms:Decrypt", key.arn, principal, through)
        if may(read, identity, resource=denies) and may_use_key(decrypt, identity, key.document("policy")):
            found.add(role)
    return found


def who_may(deployment: Deployment, action: str, resource: str) -> set[str]:
    """The roles whose own policies allow the call."""
    return {
        role
        for role, identity in roles(deployment).items()
        if may(Request(action, resource, f"{ROLES}/{role}"), identity)
    }


@pytest.mark.accepts("A3", "A7", "A12")
@pytest.mark.attack(15)
@pytest.mark.parametrize("stack", ["prod", "staging"])
@pytest.mark.parametrize("entry", entries(read_stack_file("prod")), ids=lambda entry: entry.store_name)
def test_of_all_roles_exactly_the_declared_readers_get_a_secret(stack: str, entry: Any) -> None:
    deployment = contained(stack)
    label = f"secrets-{entry.key}{'-ring' if entry.ring else ''}"
    declared = set(grants(read_stack_file(stack)).readers[entry.store_name]) - {"aiponge-rotate"}
    assert declared
    assert readers(deployment, deployment.named(label, "Secret")) == declared


@pytest.mark.accepts("A7")
@pytest.mark.attack(15)
@pytest.mark.parametrize("stack", ["prod", "staging"])
def test_a_roles_own_policy_alone_opens_no_secret_of_another(stack: str) -> None:
    # Without the secrets' policies, so that neither guard leans on the other.
    deployment, rights = contained(stack), grants(read_stack_file(stack))
    for entry in entries(read_stack_file(stack)):
        label = f"secrets-{entry.key}{'-ring' if entry.ring else ''}"
        allowed = who_may(deployment, "secretsmanager:GetSecretValue", deployment.named(label, "Secret").arn)
        assert allowed == set(rights.readers[entry.store_name]) - {"aiponge-rotate"}


@pytest.mark.accepts("A7")
@pytest.mark.attack(15)
def test_a_role_decrypts_its_own_secrets_through_the_store_only(prod: Deployment) -> None:
    key, identity = prod.named("keys-secrets", "Key").arn, roles(prod)["aiponge-exec-storage"]
    own = prod.named("secrets-database-url", "Secret").arn
    foreign = prod.named("secrets-entry-encryption-key", "Secret").arn

    def decrypts(context: dict[str, str]) -> bool:
        return may(Request("kms:Decrypt", key, f"{ROLES}/aiponge-exec-storage", context), identity)

    assert decrypts({"kms:ViaService": SECRETS, "kms:EncryptionContext:SecretARN": own})
    assert not decrypts({"kms:ViaService": SECRETS, "kms:EncryptionContext:SecretARN": foreign})
    assert not decrypts({"kms:EncryptionContext:SecretARN": own})
    assert not decrypts({})


@pytest.mark.accepts("A7")
@pytest.mark.parametrize(
    "action",
    [
        "secretsmanager:PutSecretValue",
        "secretsmanager:UpdateSecretVersionStage",
        "secretsmanager:DeleteSecret",
        "secretsmanager:PutResourcePolicy",
        "secretsmanager:ListSecrets",
        "kms:Encrypt",
        "kms:CreateGrant",
        "ssm:GetParameters",
        "rds:DescribeDBInstances",
        "sts:AssumeRole",
        "iam:PassRole",
    ],
)
def test_no_role_may_do_anything_else_with_a_secret_or_a_right(prod: Deployment, action: str) -> None:
    for secret in [*prod.all("Secret"), prod.named("keys-secrets", "Key")]:
        assert who_may(prod, action, secret.arn) == set()


@pytest.mark.accepts("A7")
def test_a_role_pulls_images_of_its_own_service_only(prod: Deployment) -> None:
    for service in SERVICES:
        repository = prod.named(f"registry-{service}", "Repository").arn
        assert who_may(prod, "ecr:BatchGetImage", repository) == {f"aiponge-exec-{service}"}
        assert who_may(prod, "ecr:PutImage", repository) == set()


@pytest.mark.accepts("A40")
def test_a_role_writes_to_the_log_of_its_own_service_only(prod: Deployment) -> None:
    for service in SERVICES:
        stream = f"{prod.named(f'containers-{service}-log', 'LogGroup').arn}:log-stream:x"
        assert who_may(prod, "logs:PutLogEvents", stream) == {f"aiponge-exec-{service}"}
        assert who_may(prod, "logs:DeleteLogGroup", stream.removesuffix(":log-stream:x")) == set()


@pytest.mark.accepts("A7")
def test_only_a_runtime_secret_gives_the_process_itself_a_right(prod: Deployment) -> None:
    assert {name for name, documents in roles(prod).items() if documents and "-task-" in name} == {
        "aiponge-task-user"
    }


@pytest.mark.accepts("A7")
def test_a_role_is_taken_by_ecs_alone_for_tasks_of_this_account_and_region(prod: Deployment) -> None:
    for role in prod.all("aws:iam/role:Role"):
        (statement,) = role.document("assumeRolePolicy")["Statement"]
        assert statement["Principal"] == {"Service": "ecs-tasks.amazonaws.com"}
        assert statement["Action"] == "sts:AssumeRole"
        assert statement["Condition"] == {
            "StringEquals": {"aws:SourceAccount": ACCOUNT},
            "ArnLike": {"aws:SourceArn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:*"},
        }


@pytest.mark.accepts("A7")
@pytest.mark.parametrize("service", SERVICES)
def test_a_service_starts_with_one_role_and_runs_with_another(prod: Deployment, service: str) -> None:
    definition = prod.named(f"containers-{service}-task", "TaskDefinition")
    by_arn = {role.arn: role["name"] for role in prod.all("aws:iam/role:Role")}
    assert by_arn[definition["executionRoleArn"]] == f"aiponge-exec-{service}"
    assert by_arn[definition["taskRoleArn"]] == f"aiponge-task-{service}"


def test_the_cluster_measures_every_task(prod: Deployment) -> None:
    cluster = prod.only("aws:ecs/cluster:Cluster")
    assert cluster["name"] == "aiponge-prod"
    assert cluster["settings"] == [{"name": "containerInsights", "value": "enhanced"}]
    assert cluster["serviceConnectDefaults"] == {"namespace": prod.named("containers-namespace").arn}


@pytest.mark.accepts("A40")
def test_the_clusters_own_log_is_there_before_it_encrypted_and_kept(prod: Deployment) -> None:
    group = prod.named("containers-insights", "LogGroup")
    assert group["name"] == "/aws/ecs/containerinsights/aiponge-prod/performance"
    assert (group["retentionInDays"], group["kmsKeyId"]) == (365, prod.named("keys-logs", "Key").arn)
    assert group.urn in prod.only("aws:ecs/cluster:Cluster").depends_on


@pytest.mark.accepts("A51")
def test_production_has_no_way_into_a_task(prod: Deployment) -> None:
    assert "configuration" not in prod.only("aws:ecs/cluster:Cluster").inputs
    assert who_may(prod, "ssmmessages:OpenDataChannel", "*") == set()


@pytest.mark.accepts("A51")
def test_a_shell_where_allowed_is_encrypted_and_recorded(open_shells: Deployment) -> None:
    how = open_shells.only("aws:ecs/cluster:Cluster")["configuration"]["executeCommandConfiguration"]
    assert how == {
        "kmsKeyId": open_shells.named("containers-exec", "Key").arn,
        "logging": "OVERRIDE",
        "logConfiguration": {
            "cloudWatchEncryptionEnabled": True,
            "cloudWatchLogGroupName": "/aiponge/staging/exec",
        },
    }
    log = open_shells.named("containers-exec-log", "LogGroup")
    assert log["kmsKeyId"] == open_shells.named("keys-logs", "Key").arn
    assert open_shells.named("containers-user-service", "aws:ecs/service:Service")["enableExecuteCommand"]
    tasks = {f"aiponge-task-{service}" for service in SERVICES}
    assert who_may(open_shells, "ssmmessages:OpenDataChannel", "*") == tasks


@pytest.mark.accepts("A51")
@pytest.mark.attack(15)
def test_a_shell_gives_no_task_a_right_to_another_secret(open_shells: Deployment) -> None:
    for secret in open_shells.all("Secret"):
        # By its own policy alone: the secret's and its key's would hold back what this gives too much.
        allowed = who_may(open_shells, "secretsmanager:GetSecretValue", secret.arn)
        assert {role for role in allowed if "-task-" in role} <= {"aiponge-task-user"}
        assert readers(open_shells, secret) <= allowed


@pytest.mark.accepts("A51")
def test_the_channel_of_a_shell_opens_for_tasks_and_administrators_only(open_shells: Deployment) -> None:
    key = open_shells.named("containers-exec", "Key")
    assert key["enableKeyRotation"] is True
    openers = {
        role
        for role, identity in roles(open_shells).items()
        if may_use_key(Request("kms:Decrypt", key.arn, f"{ROLES}/{role}"), identity, key.document("policy"))
    }
    assert openers == {f"aiponge-task-{service}" for service in SERVICES}


@pytest.mark.accepts("A51")
@pytest.mark.parametrize(
    ("role", "action", "allowed"),
    [
        ("aiponge-task-user", "kms:Decrypt", True),
        ("aiponge-task-user", "kms:CreateGrant", False),
        ("aiponge-exec-user", "kms:Decrypt", False),
        ("somebody-with-every-right", "kms:Decrypt", False),
        ("aiponge-pulumi-up", "kms:PutKeyPolicy", True),
        ("aiponge-pulumi-up", "kms:GenerateDataKey", True),
        ("aiponge-pulumi-up", "kms:Decrypt", False),
        ("aiponge-pulumi-up", "kms:Encrypt", False),
        ("aiponge-task-user", "kms:GenerateDataKey", False),
    ],
)
def test_the_key_of_a_shell_itself_says_who_may_use_it(
    open_shells: Deployment, role: str, action: str, allowed: bool
) -> None:
    key = open_shells.named("containers-exec", "Key")
    every_right = [{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}]
    request = Request(action, key.arn, f"{ROLES}/{role}")
    assert may_use_key(request, every_right, key.document("policy")) is allowed


@pytest.mark.accepts("A51")
def test_a_shell_writes_to_its_own_record_and_to_no_other_log(open_shells: Deployment) -> None:
    record, other = (
        f"{open_shells.named(f'containers-{log}-log', 'LogGroup').arn}:log-stream:x"
        for log in ("exec", "user")
    )
    tasks = {f"aiponge-task-{service}" for service in SERVICES}
    assert who_may(open_shells, "logs:PutLogEvents", record) == tasks
    assert who_may(open_shells, "logs:PutLogEvents", other) == {"aiponge-exec-user"}


@pytest.mark.accepts("A25")
def test_the_gateway_is_told_where_every_service_is_and_they_of_nobody() -> None:
    settings = read_stack_file("prod")
    assert urls(platform_of(settings), "api-gateway") == {
        f"{name.replace('-', '_').upper()}_SERVICE_URL": f"http://{name}:{port}"
        for name, port in INTERNAL.items()
    }
    assert not any(urls(platform_of(settings), service) for service in INTERNAL)


@pytest.mark.accepts("A26")
def test_a_declared_call_gives_address_and_edge_together_to_the_caller_only() -> None:
    settings = with_service(read_stack_file("prod"), "user", calls=("system",))
    assert urls(platform_of(settings), "user") == {"SYSTEM_SERVICE_URL": "http://system:3001"}
    assert urls(platform_of(settings), "system") == {}
    added = set(declared_connections(settings)) - set(declared_connections(read_stack_file("prod")))
    (edge,) = added
    assert (edge.source, edge.target, edge.port) == (SecurityGroup("user"), SecurityGroup("system"), 3001)


def test_every_address_given_is_an_edge_and_every_edge_between_services_an_address() -> None:
    settings = with_service(read_stack_file("prod"), "music", calls=("system", "ai-config"))
    opened = {
        (edge.source.name, edge.target.name)
        for edge in declared_connections(settings)
        if isinstance(edge.source, SecurityGroup)
        and isinstance(edge.target, SecurityGroup)
        and {edge.source.name, edge.target.name} <= set(SERVICES)
    }
    told = {
        (caller, re.sub(r"http://(.+):\d+", r"\1", url))
        for caller in SERVICES
        for url in urls(platform_of(settings), caller).values()
    }
    assert told == opened


def test_a_service_comes_after_those_it_calls() -> None:
    settings = with_service(read_stack_file("prod"), "system", calls=("music",))
    order = callees_first(platform_of(settings))
    assert order.index("music") < order.index("system") < order.index("api-gateway")
    assert sorted(order) == sorted(SERVICES)
    assert order[-1] == "api-gateway"


def test_services_that_call_each_other_are_all_there_once() -> None:
    settings = with_service(read_stack_file("prod"), "system", calls=("music",))
    settings = with_service(settings, "music", calls=("system",))
    assert sorted(callees_first(platform_of(settings))) == sorted(SERVICES)
    deployment = deploy(lambda: facts_of(declare(settings)))
    assert len(deployment.all("aws:ecs/service:Service")) == len(SERVICES)


def test_a_one_off_task_has_roles_secrets_and_log_of_its_service_and_none_runs_it(prod: Deployment) -> None:
    one_off = prod.named("containers-system-migrate", "TaskDefinition")
    own = prod.named("containers-system-task", "TaskDefinition")
    assert one_off["family"] == "aiponge-migrate"
    assert one_off["taskRoleArn"] == own["taskRoleArn"]
    assert one_off["executionRoleArn"] == own["executionRoleArn"]
    (migrate,), (system,) = (one.document("containerDefinitions") for one in (one_off, own))
    assert migrate["command"] == ["npm", "run", "migrate"]
    assert migrate["secrets"] == system["secrets"]
    assert migrate["image"] == system["image"]
    assert one_off.arn not in {service["taskDefinition"] for service in prod.all("aws:ecs/service:Service")}


def test_it_hands_out_what_pipelines_and_monitoring_need(prod: Deployment) -> None:
    facts = prod.result["facts"]
    assert facts["clusterName"] == "aiponge-prod"
    assert facts["services"]["user"] == {
        "serviceName": "aiponge-user",
        "taskFamily": "aiponge-user",
        "baseTaskDefinitionArn": prod.named("containers-user-task", "TaskDefinition").arn,
        "containerName": "user",
        "containerPort": 3003,
        "repositoryUrl": f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/aiponge/user",
        "logGroup": "/aiponge/prod/user",
    }
    assert facts["oneOffTasks"]["migrate"] == {
        "taskDefinitionArn": prod.named("containers-system-migrate", "TaskDefinition").arn,
        "subnetIds": ["private-a", "private-b"],
        "securityGroupId": "sg-system",
    }
    assert prod.result["log_groups"] == {service: f"/aiponge/prod/{service}" for service in SERVICES}
    assert prod.result["service_names"] == {service: f"aiponge-{service}" for service in SERVICES}
    assert set(prod.result["role_arns"]) == {role.arn for role in prod.all("aws:iam/role:Role")}


def test_nothing_here_is_secret_but_stored_values_and_passwords(prod: Deployment) -> None:
    holders = {(one.type.rsplit(":", 1)[1], key) for one in prod.resources for key in one.secrets}
    assert holders <= {("SecretVersion", "secretString"), ("User", "authenticationMode")}


def test_every_name_of_a_child_belongs_to_its_component(prod: Deployment) -> None:
    for one in prod.resources:
        if one.parent and "strongroom:index:" in one.parent:
            assert one.name.startswith(one.parent.rsplit("::", 1)[1])


@pytest.mark.parametrize("service", SERVICES)
def test_images_change_nothing_about_who_reads_what(service: str) -> None:
    policies = (
        deployment.named(f"containers-{service}-start").document("policy")
        for deployment in (contained("prod"), with_images())
    )
    first, second = policies
    assert first == second


def test_the_first_preview_knows_nothing_and_still_runs() -> None:
    previewed = deploy(lambda: facts_of(declare(read_stack_file("prod"))), preview=True)
    names = {one.urn for one in previewed.resources}
    assert names == {one.urn for one in contained("prod").resources}


def test_services_differ_in_every_role_they_have(prod: Deployment) -> None:
    definitions = [prod.named(f"containers-{service}-task", "TaskDefinition") for service in SERVICES]
    for one, other in itertools.combinations(definitions, 2):
        assert one["taskRoleArn"] != other["taskRoleArn"]
        assert one["executionRoleArn"] != other["executionRoleArn"]
