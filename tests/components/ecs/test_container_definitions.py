"""Tests of container definitions: hardened, canonical, and without secrets until they are injected."""

from __future__ import annotations

import json
from typing import Any

import pytest

from components.ecs.container_definitions import Container, Task, containers, definition
from settings import read_stack_file
from tests.components.alone import build
from tests.components.ecs.contained import SERVICES, contained
from tests.components.stand_ins import secret_arn
from tests.harness import ACCOUNT, Deployment, Registered

SIDECAR_IMAGE = f"{ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/tls@sha256:{'b' * 64}"


@pytest.fixture(scope="module")
def prod() -> Deployment:
    return contained()


def task(service: str = "user", *, command: tuple[str, ...] = (), root: bool = False, **fields: Any) -> Task:
    settings = read_stack_file("prod")
    assert settings.containers
    return Task(
        name=service,
        service=service,
        settings=settings.services[service].model_copy(update=fields),
        names=settings.names,
        health_check=settings.containers.health_check_of(service),
        environment=settings.containers.environment,
        urls={"MUSIC_SERVICE_URL": "http://music:3007"},
        command=command,
        writable_root=root,
    )


def only(task: Task) -> Container:
    (found,) = containers(task)
    return found


def of(container: Container, name: str) -> dict[str, str]:
    return {pair["name"]: pair["value"] for pair in container[name]}


def main_of(deployment: Deployment, service: str) -> dict[str, Any]:
    (found,) = definition_of(deployment, service).document("containerDefinitions")
    return found


def definition_of(deployment: Deployment, service: str) -> Registered:
    return deployment.named(f"containers-{service}-task", "TaskDefinition")


@pytest.mark.accepts("A51")
@pytest.mark.parametrize("service", SERVICES)
def test_the_root_file_system_is_read_only_beside_memory(prod: Deployment, service: str) -> None:
    main = main_of(prod, service)
    assert main["readonlyRootFilesystem"] is True
    assert main["linuxParameters"]["tmpfs"] == [
        {"containerPath": "/tmp", "mountOptions": ["noexec", "nosuid", "nodev"], "size": 128}
    ]


@pytest.mark.accepts("A51")
@pytest.mark.parametrize("service", SERVICES)
def test_the_process_is_nobody_and_may_nothing(prod: Deployment, service: str) -> None:
    main = main_of(prod, service)
    assert main["user"] == "1000:1000"
    assert main["privileged"] is False
    assert main["linuxParameters"]["capabilities"] == {"add": [], "drop": ["ALL"]}
    assert main["linuxParameters"]["initProcessEnabled"] is True


@pytest.mark.accepts("A40")
@pytest.mark.parametrize("service", SERVICES)
def test_it_logs_to_its_own_declared_group_without_ever_blocking(prod: Deployment, service: str) -> None:
    log = main_of(prod, service)["logConfiguration"]
    assert (log["logDriver"], log["secretOptions"]) == ("awslogs", [])
    assert log["options"] == {
        "awslogs-group": prod.named(f"containers-{service}-log", "LogGroup")["name"],
        "awslogs-region": "eu-west-1",
        "awslogs-stream-prefix": service,
        "max-buffer-size": "25m",
        "mode": "non-blocking",
    }


@pytest.mark.parametrize(("service", "port"), [("api-gateway", 443), ("user", 3003)])
def test_it_is_asked_every_half_minute_whether_it_lives(prod: Deployment, service: str, port: int) -> None:
    check = main_of(prod, service)["healthCheck"]
    assert check["command"][:3] == ["CMD", "node", "-e"]
    assert of(main_of(prod, service), "environment")["PORT"] == str(port)
    assert 'fetch("http://127.0.0.1:" + process.env.PORT + "/health")' in check["command"][-1]
    assert (check["interval"], check["timeout"], check["retries"], check["startPeriod"]) == (30, 10, 3, 40)
    assert main_of(prod, service)["stopTimeout"] == 30


@pytest.mark.accepts("A24")
@pytest.mark.parametrize(
    ("service", "controls"),
    [
        ("api-gateway", [{"namespace": "net.ipv4.ip_unprivileged_port_start", "value": "0"}]),
        ("user", []),
    ],
)
def test_only_a_process_below_1024_may_bind_there(
    prod: Deployment, service: str, controls: list[dict[str, str]]
) -> None:
    assert main_of(prod, service)["systemControls"] == controls


def test_the_limit_of_low_ports_is_exact() -> None:
    assert only(task(port=1023))["systemControls"]
    assert only(task(port=1024))["systemControls"] == []


def test_it_is_told_its_name_its_port_and_where_its_peers_are() -> None:
    assert of(only(task()), "environment") == {
        "LOG_LEVEL": "info",
        "MUSIC_SERVICE_URL": "http://music:3007",
        "NODE_ENV": "production",
        "PORT": "3003",
        "SERVICE_NAME": "user-service",
    }


def test_staging_too_runs_in_production_mode() -> None:
    assert of(main_of(contained("staging"), "user"), "environment")["NODE_ENV"] == "production"


def test_the_stack_file_has_the_last_word_on_plain_variables() -> None:
    assert of(only(task(environment={"LOG_LEVEL": "debug"})), "environment")["LOG_LEVEL"] == "debug"


@pytest.mark.accepts("A4", "A8", "A13")
def test_secrets_come_by_full_arn_and_never_as_plain_variables(prod: Deployment) -> None:
    main = main_of(prod, "user")
    arns = {secret["name"]: secret["valueFrom"] for secret in main["secrets"]}
    assert arns["ENTRY_ENCRYPTION_KEY"] == secret_arn("aiponge/entry-encryption-key")
    assert arns["INTERNAL_SERVICE_SECRET"] == secret_arn("aiponge/internal-service-secret")
    assert not set(arns) & set(of(main, "environment"))


@pytest.mark.accepts("A4", "A12", "A13")
@pytest.mark.parametrize(
    ("env", "readers"),
    [
        ("ENTRY_ENCRYPTION_KEY", {"user"}),
        ("ENTRY_ENCRYPTION_KEYRING", {"user"}),
        ("JWT_SECRET", {"api-gateway", "user"}),
        ("INTERNAL_SERVICE_SECRET", set(SERVICES)),
        ("DATABASE_URL", set(SERVICES) - {"api-gateway"}),
        ("REDIS_URL", {"api-gateway", "user", "ai-config", "ai-analytics"}),
    ],
)
def test_a_secret_reaches_exactly_its_readers(prod: Deployment, env: str, readers: set[str]) -> None:
    holders = {
        service
        for service in SERVICES
        if env in {secret["name"] for secret in main_of(prod, service)["secrets"]}
    }
    assert holders == readers


@pytest.mark.parametrize("service", SERVICES)
def test_the_text_is_canonical_and_holds_no_null(prod: Deployment, service: str) -> None:
    text = definition_of(prod, service)["containerDefinitions"]
    assert text == json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"))
    assert "null" not in text
    for container in json.loads(text):
        for key in ("environment", "secrets"):
            names = [pair["name"] for pair in container[key]]
            assert names == sorted(names)
        assert all(mapping["hostPort"] == mapping["containerPort"] for mapping in container["portMappings"])
        for key in ("environment", "mountPoints", "portMappings", "systemControls", "volumesFrom"):
            assert isinstance(container[key], list)


def test_the_order_of_settings_changes_nothing() -> None:
    first = task(environment={"ALPHA": "1", "BETA": "2"}, writable_paths=("/tmp", "/cache"))
    second = task(environment={"BETA": "2", "ALPHA": "1"}, writable_paths=("/cache", "/tmp"))
    texts = build(lambda: [definition(one, "image", {"B": "b", "A": "a"}) for one in (first, second)]).result
    assert texts[0] == texts[1]


def test_the_skeleton_holds_no_image_and_no_secret() -> None:
    assert not {"image", "secrets"} & set(only(task()))


def test_a_shell_needs_a_writable_root() -> None:
    assert only(task(root=True))["readonlyRootFilesystem"] is False


def test_a_one_off_task_runs_its_command_and_serves_nobody() -> None:
    main = only(task("system", command=("npm", "run", "migrate")))
    assert main["command"] == ["npm", "run", "migrate"]
    assert main["portMappings"] == []
    assert "healthCheck" not in main


@pytest.mark.accepts("A24")
def test_a_sidecar_takes_the_port_and_ends_tls_before_the_process() -> None:
    pair = {one["name"]: one for one in containers(task("api-gateway", tls_sidecar_image=SIDECAR_IMAGE))}
    assert [mapping["containerPort"] for mapping in pair["tls"]["portMappings"]] == [443]
    assert pair["api-gateway"]["portMappings"] == []
    assert of(pair["api-gateway"], "environment")["PORT"] == "8080"
    assert of(pair["tls"], "environment")["UPSTREAM"] == "http://127.0.0.1:8080"
    assert pair["tls"]["dependsOn"] == [{"condition": "START", "containerName": "api-gateway"}]


@pytest.mark.accepts("A51")
def test_a_sidecar_is_as_hardened_as_the_process_and_sees_no_secret() -> None:
    gateway = task("api-gateway", tls_sidecar_image=SIDECAR_IMAGE)
    text = build(lambda: definition(gateway, "own-image", {"JWT_SECRET": "arn"})).result
    main, sidecar = json.loads(text)
    assert (main["name"], main["image"], main["secrets"]) == (
        "api-gateway",
        "own-image",
        [{"name": "JWT_SECRET", "valueFrom": "arn"}],
    )
    assert (sidecar["name"], sidecar["image"], sidecar["secrets"]) == ("tls", SIDECAR_IMAGE, [])
    for key in ("user", "privileged", "readonlyRootFilesystem", "linuxParameters"):
        assert sidecar[key] == main[key]
    assert sidecar["systemControls"]


@pytest.mark.parametrize("sidecar", [None, SIDECAR_IMAGE])
def test_a_task_ends_when_any_of_its_containers_does(sidecar: str | None) -> None:
    found = containers(task(tls_sidecar_image=sidecar))
    assert [one["essential"] for one in found] == [True] * (1 if sidecar is None else 2)
