"""Tests of the task roles: no service reads, pulls or logs what belongs to another."""

from __future__ import annotations

import itertools

import pytest

from iam_documents import Request, may
from settings import read_stack_file
from settings.grants import entries, grants
from tests.components.ecs.contained import IMAGE, SERVICES, contained, one_service, repository_arn
from tests.components.ecs.rights import ROLES, roles, who_may
from tests.components.stand_ins import key_arn, secret_arn
from tests.harness import ACCOUNT, REGION, Deployment

SECRETS = "secretsmanager.eu-west-1.amazonaws.com"
AGENT = f"arn:aws:ecr:{REGION}:*:repository/aws-guardduty-agent-fargate"


@pytest.fixture(scope="module")
def prod() -> Deployment:
    return contained()


@pytest.mark.accepts("A7")
@pytest.mark.attack(15)
@pytest.mark.parametrize("stack", ["prod", "staging"])
def test_a_roles_own_policy_alone_opens_no_secret_of_another(stack: str) -> None:
    # Without the secrets' resource policies, so that the roles' own policies are tested alone.
    deployment, rights = contained(stack), grants(read_stack_file(stack))
    for entry in entries(read_stack_file(stack)):
        allowed = who_may(deployment, "secretsmanager:GetSecretValue", secret_arn(entry.store_name))
        functions = {"aiponge-rotate", "aiponge-check-restored-database"}
        assert allowed == set(rights.readers[entry.store_name]) - functions


@pytest.mark.accepts("A7")
@pytest.mark.attack(15)
def test_a_role_decrypts_its_own_secrets_through_the_store_only(prod: Deployment) -> None:
    key, identity = key_arn("secrets"), roles(prod)["aiponge-exec-storage"]
    own, foreign = secret_arn("aiponge/database-url"), secret_arn("aiponge/entry-encryption-key")

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
    secrets = [secret_arn(entry.store_name) for entry in entries(read_stack_file("prod"))]
    for arn in (*secrets, key_arn("secrets")):
        assert who_may(prod, action, arn) == set()


@pytest.mark.accepts("A7")
def test_a_role_pulls_images_of_its_own_service_only(prod: Deployment) -> None:
    for service in SERVICES:
        repository = repository_arn(service)
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


@pytest.mark.parametrize("name", ["api-gateway", "user"])
def test_an_image_changes_nothing_about_who_reads_what(prod: Deployment, name: str) -> None:
    start = f"containers-{name}-start"
    assert one_service(name, image=IMAGE).named(start)["policy"] == prod.named(start)["policy"]


def test_services_differ_in_every_role_they_have(prod: Deployment) -> None:
    definitions = [prod.named(f"containers-{service}-task", "TaskDefinition") for service in SERVICES]
    for one, other in itertools.combinations(definitions, 2):
        assert one["taskRoleArn"] != other["taskRoleArn"]
        assert one["executionRoleArn"] != other["executionRoleArn"]


@pytest.mark.accepts("B59")
@pytest.mark.parametrize(("watched", "agents"), [(True, [AGENT]), (False, [])])
def test_a_task_may_pull_guarddutys_agent_where_it_is_watched(watched: bool, agents: list[str]) -> None:
    start = one_service(cluster={"runtime_monitoring": watched}).named("containers-user-start")
    (pulls,) = (one for one in start.document("policy")["Statement"] if "ecr:BatchGetImage" in one["Action"])
    listed = pulls["Resource"] if isinstance(pulls["Resource"], list) else [pulls["Resource"]]
    assert listed == [repository_arn("user"), *agents]
