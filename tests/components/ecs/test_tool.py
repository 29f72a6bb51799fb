"""Tests of Tool: run by hand, hardened like a service, with roles, a log group and two secrets of its own."""

from __future__ import annotations

from typing import Any

import pytest

from settings import read_stack_file
from settings.grants import entries, entry_roles
from tests.components.ecs.contained import (
    IMAGE,
    TOOL,
    one_tool,
    platform_of,
    repository_arn,
    repository_url,
    with_platform,
)
from tests.components.ecs.rights import roles, who_may
from tests.components.stand_ins import key_arn, secret_arn, standing_in
from tests.harness import Deployment, Registered


@pytest.fixture(scope="module", params=["prod", "staging"])
def stack(request: pytest.FixtureRequest) -> Deployment:
    return one_tool(request.param)


@pytest.fixture(scope="module")
def prod() -> Deployment:
    return one_tool()


def definition(deployment: Deployment) -> Registered:
    return deployment.only("TaskDefinition")


def only(deployment: Deployment) -> dict[str, Any]:
    (container,) = definition(deployment).document("containerDefinitions")
    return container


@pytest.mark.accepts("A4", "A7")
@pytest.mark.attack(15)
def test_is_handed_the_url_and_the_ring_by_exact_arn_and_nothing_else(stack: Deployment) -> None:
    assert only(stack)["secrets"] == [
        {"name": "DATABASE_URL", "valueFrom": secret_arn("aiponge/database-url")},
        {"name": "ENTRY_ENCRYPTION_KEYRING", "valueFrom": secret_arn("aiponge/entry-encryption-keyring")},
    ]


@pytest.mark.accepts("A3", "A7")
@pytest.mark.attack(15)
def test_its_start_reads_two_secrets_and_its_process_none(stack: Deployment) -> None:
    read: dict[str, set[str]] = {f"aiponge-exec-{TOOL}": set(), f"aiponge-task-{TOOL}": set()}
    for entry in entries(read_stack_file("prod")):
        for role in who_may(stack, "secretsmanager:GetSecretValue", secret_arn(entry.store_name)):
            read[role].add(entry.store_name)
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
    function = settings.names.restore_check_role
    assert set(may["ring"]) - set(may["current"]) == {f"aiponge-exec-{TOOL}", function}
    assert set(may["current"]) <= set(may["ring"])


@pytest.mark.accepts("A40")
def test_its_start_pulls_its_own_image_and_writes_its_own_log_only(stack: Deployment) -> None:
    log, role = stack.only("LogGroup"), {f"aiponge-exec-{TOOL}"}
    assert who_may(stack, "ecr:BatchGetImage", repository_arn(TOOL)) == role
    assert who_may(stack, "ecr:PutImage", repository_arn(TOOL)) == set()
    assert who_may(stack, "logs:PutLogEvents", f"{log.arn}:log-stream:x") == role
    assert who_may(stack, "ecr:BatchGetImage", repository_arn("user")) == set()


@pytest.mark.accepts("A40")
def test_its_log_is_encrypted_kept_and_never_stops_it() -> None:
    deployed = one_tool(cluster={"log_days": 90})
    group = deployed.only("LogGroup")
    assert group["kmsKeyId"] == key_arn("logs")
    assert group["retentionInDays"] == 90
    log = only(deployed)["logConfiguration"]
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
    command = only(one_tool(stack_name))["command"]
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


@pytest.mark.parametrize("architecture", ["X86_64", "ARM64"])
def test_its_processor_is_the_stack_files(architecture: str) -> None:
    platform = platform_of(with_platform(read_stack_file("prod"), architecture=architecture))
    runs_on = definition(one_tool(cluster={"platform": platform}))["runtimePlatform"]
    assert runs_on == {"operatingSystemFamily": "LINUX", "cpuArchitecture": architecture}


def test_it_waits_for_the_permission_to_start(prod: Deployment) -> None:
    start = prod.named(f"containers-{TOOL}-start", "RolePolicy")
    assert start.urn in definition(prod).depends_on


def test_it_runs_the_image_of_its_own_repository_by_digest() -> None:
    assert only(one_tool(image=IMAGE))["image"] == f"{repository_url(TOOL)}@{IMAGE}"


def test_without_an_image_it_cannot_start(prod: Deployment) -> None:
    assert only(prod)["image"].endswith(f"@sha256:{'0' * 64}")


@pytest.mark.accepts("A51")
def test_nobody_opens_a_shell_beside_keys() -> None:
    deployment = one_tool(cluster={"exec_access": standing_in()})
    assert who_may(deployment, "ssmmessages:OpenDataChannel", "*") == set()
    assert only(deployment)["readonlyRootFilesystem"] is True
