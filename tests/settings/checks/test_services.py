"""Tests of the services' checks: sizes, sidecars, data stores."""

from __future__ import annotations

import pytest

from tests.settings.stack_files import problems

SERVICES = "platform.services"
GATEWAY, USER = "platform.services.api-gateway", "platform.services.user"
DIGEST = f"111122223333.dkr.ecr.eu-west-1.amazonaws.com/tls@sha256:{'a' * 64}"


def test_a_sidecar_of_the_gateway_by_digest_is_accepted() -> None:
    assert problems((f"{GATEWAY}.tlsSidecarImage", DIGEST)) == []


def test_a_sidecar_of_another_service_is_refused() -> None:
    assert problems((f"{USER}.tlsSidecarImage", DIGEST)) == [
        f"{USER}.tlsSidecarImage: only the gateway may have one; remove it"
    ]


def test_a_sidecar_by_tag_is_refused() -> None:
    assert problems((f"{GATEWAY}.tlsSidecarImage", "tls:latest")) == [
        f"{GATEWAY}.tlsSidecarImage=tls:latest: a tag can change; write it as <repository>@sha256:<digest>"
    ]


@pytest.mark.parametrize(
    ("cpu", "memory"), [(256, 512), (256, 2048), (512, 1024), (1024, 2048), (4096, 30720)]
)
def test_a_size_that_fargate_has_is_accepted(cpu: int, memory: int) -> None:
    assert problems((f"{USER}.cpu", cpu), (f"{USER}.memoryMib", memory)) == []


@pytest.mark.parametrize(
    ("cpu", "memory", "least", "most"),
    [(256, 4096, 512, 2048), (512, 512, 1024, 4096), (512, 1536, 1024, 4096), (4096, 4096, 8192, 30720)],
)
def test_a_size_that_fargate_has_not_is_refused(cpu: int, memory: int, least: int, most: int) -> None:
    assert problems((f"{USER}.cpu", cpu), (f"{USER}.memoryMib", memory)) == [
        f"{USER}.memoryMib={memory}: with cpu={cpu} Fargate takes {least} to {most}, "
        "above 1024 in whole 1024s; choose one of them"
    ]


def test_a_service_that_reads_a_parameter_is_refused() -> None:
    said = problems(
        ("secrets.jwt-secret.store", "parameter-store"), ("secrets.jwt-secret.name", "/aiponge/jwt-secret")
    )
    assert (
        "secrets.jwt-secret.store=parameter-store: api-gateway reads Secrets Manager only; move it there"
        in said
    )


@pytest.mark.failure(6)
def test_two_services_on_one_port_are_refused() -> None:
    assert problems((f"{SERVICES}.music.port", 3003)) == [
        "platform.services.music.port: services user and music share Service Connect alias port 3003; "
        "choose another"
    ]


@pytest.mark.failure(6)
@pytest.mark.parametrize(("port", "owner"), [(443, "the gateway"), (5432, "PostgreSQL"), (6379, "Redis")])
def test_a_reserved_port_is_refused(port: int, owner: str) -> None:
    said = problems((f"{SERVICES}.music.port", port))
    assert f"platform.services.music.port={port}: reserved for {owner}; choose another" in said


def test_a_root_container_is_refused() -> None:
    assert problems((f"{SERVICES}.user.user", "0:0")) == [
        "platform.services.user.user=0:0: containers never run as root; name another uid"
    ]


@pytest.mark.parametrize("user", ["joe", "1000:staff", "1000:", "-1", "01000", "1000:1000:1", ""])
def test_a_user_by_name_is_refused(user: str) -> None:
    assert problems((f"{SERVICES}.user.user", user)) == [
        f"platform.services.user.user={user}: is not UID:GID in numbers; write it as 1000:1000"
    ]


@pytest.mark.parametrize("user", ["1000", "65534:65534", "1000:0"])
def test_a_user_by_number_is_accepted(user: str) -> None:
    assert problems((f"{SERVICES}.user.user", user)) == []


def test_missing_endpoints_are_named() -> None:
    assert problems(("network.endpoints", ["logs"])) == [
        "network.endpoints lacks ecr.api, ecr.dkr, secretsmanager: "
        "services reach AWS through endpoints only; add them"
    ]


def test_a_call_to_an_unknown_service_is_refused() -> None:
    said = problems((f"{SERVICES}.user.calls", ["musik"]))
    assert said == ['platform.services.user.calls: "musik" is not a declared service; did you mean "music"?']


@pytest.mark.parametrize("name", ["user", "api-gateway"])
def test_a_call_of_a_service_to_itself_is_refused(name: str) -> None:
    said = problems((f"{SERVICES}.{name}.calls", [name]))
    assert said == [f'platform.services.{name}.calls: "{name}" is the service itself; remove it']


def test_shell_access_to_production_is_refused() -> None:
    (said,) = problems(("platform.execEnabled", True))
    assert said.startswith("platform.execEnabled=true: ")
