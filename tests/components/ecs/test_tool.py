"""A tool: run by hand, hardened like a service, with roles and a log of its own, a reader of two secrets."""

from __future__ import annotations

import json
from typing import Any

import pytest

from settings import Settings, read_stack_file
from settings.grants import entries, entry_roles
from tests.components.ecs.contained import IMAGE, changed, contained, declare, facts_of
from tests.components.ecs.test_containers import readers, roles, who_may
from tests.harness import ACCOUNT, REGION, Deployment, Registered, deploy

TOOL = "reencrypt"


@pytest.fixture(scope="module", params=["prod", "staging"])
def stack(request: pytest.FixtureRequest) -> Deployment:
    return contained(request.param)


@pytest.fixture(scope="module")
def prod() -> Deployment:
    return contained("prod")


def definition(deployment: Deployment) -> Registered:
    return deployment.named(f"containers-{TOOL}-task", "TaskDefinition")


def only(deployment: Deployment) -> dict[str, Any]:
    (container,) = definition(deployment).document("containerDefinitions")
    return container


def with_tool(settings: Settings, **fields: Any) -> Settings:
    return changed(settings, tools={TOOL: settings.tools[TOOL].model_copy(update=fields)})


@pytest.mark.accepts("A4", "A7")
@pytest.mark.attack(15)
def test_is_handed_the_url_and_the_ring_by_exact_arn_and_nothing_else(stack: Deployment) -> None:
    arns = {one["name"]: one.arn for one in stack.all("aws:secretsmanager/secret:Secret")}
    assert only(stack)["secrets"] == [
        {"name": "DATABASE_URL", "valueFrom": arns["aiponge/database-url"]},
        {"name": "ENTRY_ENCRYPTION_KEYRING", "valueFrom": arns["aiponge/entry-encryption-keyring"]},
    ]


@pytest.mark.accepts("A3", "A7")
@pytest.mark.attack(15)
def test_its_start_reads_two_secrets_and_its_process_none(stack: Deployment) -> None:
    read: dict[str, set[str]] = {f"aiponge-exec-{TOOL}": set(), f"aiponge-task-{TOOL}": set()}
    for secret in stack.all("aws:secretsmanager/secret:Secret"):
        for role in read.keys() & readers(stack, secret):
            read[role].add(secret["name"])
    assert read == {
        f"aiponge-exec-{TOOL}": {"aiponge/database-url", "aiponge/entry-encryption-keyring"},
        f"aiponge-task-{TOOL}": set(),
    }
    assert roles(stack)[f"aiponge-task-{TOOL}"] == []


@pytest.mark.accepts("A7")
def test_whoever_reads_the_ring_alone_has_no_right_to_the_plain_value() -> None:
    settings = read_stack_file("prod")
    may = {
        one.holds: entry_roles(settings, one)
        for one in entries(settings)
        if one.key == "entry-encryption-key"
    }
    assert set(may["ring"]) - set(may["current"]) == {f"aiponge-exec-{TOOL}"}
    assert set(may["current"]) <= set(may["ring"])


@pytest.mark.accepts("A40")
def test_its_start_pulls_its_own_image_and_writes_its_own_log_only(stack: Deployment) -> None:
    repository, log = (
        stack.named(f"registry-{TOOL}", "Repository"),
        stack.named(f"containers-{TOOL}-log", "LogGroup"),
    )
    role = {f"aiponge-exec-{TOOL}"}
    assert who_may(stack, "ecr:BatchGetImage", repository.arn) == role
    assert who_may(stack, "ecr:PutImage", repository.arn) == set()
    assert who_may(stack, "logs:PutLogEvents", f"{log.arn}:log-stream:x") == role
    assert who_may(stack, "ecr:BatchGetImage", stack.named("registry-user", "Repository").arn).isdisjoint(
        role
    )


@pytest.mark.accepts("A40")
def test_its_log_is_encrypted_kept_and_never_stops_it(stack: Deployment) -> None:
    group = stack.named(f"containers-{TOOL}-log", "LogGroup")
    assert group["kmsKeyId"] == stack.named("keys-logs", "Key").arn
    assert group["retentionInDays"] == stack.named("containers-user-log", "LogGroup")["retentionInDays"]
    log = only(stack)["logConfiguration"]
    assert (log["logDriver"], log["options"]["mode"]) == ("awslogs", "non-blocking")
    assert log["options"]["awslogs-group"] == group["name"]


@pytest.mark.accepts("A51")
def test_it_is_not_root_on_a_read_only_root_without_capabilities(stack: Deployment) -> None:
    main = only(stack)
    assert main["user"] == "65534:65534"
    assert (main["readonlyRootFilesystem"], main["privileged"]) == (True, False)
    assert main["linuxParameters"]["capabilities"] == {"add": [], "drop": ["ALL"]}
    assert main["linuxParameters"]["initProcessEnabled"] is True
    assert [one["mountOptions"] for one in main["linuxParameters"]["tmpfs"]] == [
        ["noexec", "nosuid", "nodev"]
    ]
    assert main["portMappings"] == []


@pytest.mark.accepts("A4")
@pytest.mark.attack(6)
def test_nothing_secret_is_in_its_environment_or_its_arguments(stack: Deployment) -> None:
    assert only(stack)["environment"] == []
    sources = [part for part in only(stack)["command"] if ":" in part and "lib_entries" not in part]
    assert sources == ["env:DATABASE_URL", "env:ENTRY_ENCRYPTION_KEYRING"]
    assert definition(stack).secrets == frozenset()


@pytest.mark.parametrize("stack_name", ["prod", "staging"])
def test_its_arguments_count_and_change_nothing(stack_name: str) -> None:
    command = only(contained(stack_name))["command"]
    assert command[:2] == ["--stack", stack_name]
    assert not {"--apply", "--yes"} & set(command)


def test_its_definition_is_its_own(prod: Deployment) -> None:
    one = definition(prod)
    assert one["family"] == f"aiponge-{TOOL}"
    assert (one["cpu"], one["memory"], one["networkMode"]) == ("2048", "4096", "awsvpc")
    assert one["requiresCompatibilities"] == ["FARGATE"]
    assert one["skipDestroy"] is True
    names = {role.arn: role["name"] for role in prod.all("aws:iam/role:Role")}
    assert names[one["executionRoleArn"]] == f"aiponge-exec-{TOOL}"
    assert names[one["taskRoleArn"]] == f"aiponge-task-{TOOL}"
    assert one.arn not in {service["taskDefinition"] for service in prod.all("aws:ecs/service:Service")}


@pytest.mark.parametrize("architecture", ["X86_64", "ARM64"])
def test_its_processor_is_the_stack_files(architecture: str) -> None:
    settings = changed(read_stack_file("prod"), architecture=architecture)
    platform = definition(deploy(lambda: facts_of(declare(settings))))["runtimePlatform"]
    assert platform == {"operatingSystemFamily": "LINUX", "cpuArchitecture": architecture}


def test_it_waits_for_the_permission_to_start(prod: Deployment) -> None:
    start = prod.named(f"containers-{TOOL}-start", "RolePolicy")
    assert start.urn in definition(prod).depends_on


def test_it_runs_the_image_of_its_own_repository_by_digest() -> None:
    settings = with_tool(read_stack_file("prod"), image=IMAGE)
    deployment = deploy(lambda: facts_of(declare(settings)))
    url = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/aiponge/{TOOL}"
    assert only(deployment)["image"] == f"{url}@{IMAGE}"


def test_without_an_image_it_cannot_start(prod: Deployment) -> None:
    assert only(prod)["image"].endswith(f"@sha256:{'0' * 64}")


@pytest.mark.accepts("A51")
def test_nobody_opens_a_shell_beside_keys() -> None:
    deployment = deploy(lambda: facts_of(declare(changed(read_stack_file("staging"), exec_enabled=True))))
    assert f"aiponge-task-{TOOL}" not in who_may(deployment, "ssmmessages:OpenDataChannel", "*")
    assert only(deployment)["readonlyRootFilesystem"] is True


def test_it_is_told_to_operators_beside_the_other_one_off_tasks(prod: Deployment) -> None:
    assert prod.result["facts"]["oneOffTasks"][TOOL] == {
        "taskDefinitionArn": definition(prod).arn,
        "subnetIds": ["private-a", "private-b"],
        "securityGroupId": f"sg-{TOOL}",
    }
    assert prod.result["tool_logs"] == {TOOL: f"/aiponge/prod/{TOOL}"}


def test_a_stack_without_tools_has_none() -> None:
    settings = changed(read_stack_file("prod"), tools={})
    settings = settings.model_copy(update={"secrets": _without_tools(settings)})
    deployment = deploy(lambda: facts_of(declare(settings)))
    assert TOOL not in json.dumps([one.inputs for one in deployment.resources], default=str)


def _without_tools(settings: Settings) -> dict[str, Any]:
    found = dict(settings.secrets)
    for key, secret in found.items():
        ring = secret.keyring.model_copy(update={"tools": ()}) if secret.keyring else None
        kept = tuple(one for one in secret.readers if one != TOOL)
        found[key] = secret.model_copy(update={"keyring": ring, "readers": kept})
    return found
