"""Tests of the facts of a platform: load balancer target, pipeline permissions, secret store."""

from __future__ import annotations

import pytest

from components.delivery import CONTAINERS, HOST
from platforms import traits_of
from settings import Settings, read_stack_file
from settings.schema.services import HostSettings
from tests.components.alone import with_service
from tests.components.ecs.contained import IMAGE


def on_host() -> Settings:
    host = HostSettings.model_construct(kind="host", port=8000, health_path="/health/")
    return read_stack_file("prod").model_copy(update={"platform": host})


def test_a_host_is_reached_as_a_machine_on_its_port() -> None:
    target = traits_of(on_host()).target
    assert target
    assert (target.port, target.protocol, target.kind, target.health_path) == (
        8000,
        "HTTP",
        "instance",
        "/health/",
    )


@pytest.mark.accepts("A24")
def test_behind_a_sidecar_it_speaks_tls_all_the_way() -> None:
    settings = with_service(read_stack_file("prod"), "api-gateway", tls_sidecar_image=f"tls@{IMAGE}")
    target = traits_of(settings).target
    assert target
    assert target.protocol == "HTTPS"


def test_a_pipeline_is_told_what_its_platform_gives() -> None:
    assert traits_of(read_stack_file("prod")).pipeline.facts == CONTAINERS
    assert traits_of(on_host()).pipeline.facts == HOST


def test_only_a_hosts_pipeline_has_command_documents() -> None:
    assert traits_of(read_stack_file("prod")).pipeline.documents == {}
    assert set(traits_of(on_host()).pipeline.documents) == {"deploy", "update"}


def test_containers_read_from_secrets_manager_and_hosts_from_parameter_store() -> None:
    assert traits_of(read_stack_file("prod")).secret_service == "secretsmanager"
    assert traits_of(on_host()).secret_service == "ssm"
