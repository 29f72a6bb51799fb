"""Tests of the platform's settings: containers or a host, never both."""

from __future__ import annotations

import pytest

from settings import read_stack_file
from tests.program import CONTAINER_STACKS, STACKS
from tests.settings.stack_files import accept


@pytest.mark.parametrize("stack", STACKS)
def test_a_stack_has_one_platform(stack: str) -> None:
    settings = read_stack_file(stack)
    assert (settings.containers or settings.host) is settings.platform
    assert (settings.host is None) is (stack in CONTAINER_STACKS)
    assert bool(settings.services) is (stack in CONTAINER_STACKS)
    assert bool(settings.host_roles) is (stack not in CONTAINER_STACKS)


def test_the_load_balancer_leads_to_the_gateway_or_to_the_host() -> None:
    assert accept(("platform.services.api-gateway.port", 8443)).targets == {"api-gateway": 8443}
    assert read_stack_file("cinematch-production").targets == {"host": 8000}


def test_the_rotated_secret_is_the_database_url() -> None:
    rotated = read_stack_file("prod").rotated_secret
    assert rotated
    assert rotated.name == "aiponge/database-url"


def test_a_stack_without_a_database_url_rotates_none() -> None:
    assert read_stack_file("cinematch-production").rotated_secret is None
