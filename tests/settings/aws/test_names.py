"""Tests of the names of zones, endpoint services, cache users and image repositories."""

from __future__ import annotations

import pytest

from settings.aws.names import IMAGE_REPOSITORY, ZONE
from tests.settings.stack_files import problems


@pytest.mark.parametrize("zone", ["use1-az3", "euw1-az1", "apne1-az4", "usw2-lax1-az1"])
def test_the_id_of_a_zone_is_accepted(zone: str) -> None:
    assert ZONE(zone) == zone


@pytest.mark.parametrize("zone", ["us-east-1a", "az1", "use1", "USE1-AZ3"])
def test_a_zone_by_name_is_refused(zone: str) -> None:
    (said,) = problems(("network.azExclude", [zone]))
    assert said.startswith(
        f"network.azExclude[0]={zone}: must be the id of an availability zone, as use1-az3"
    )


@pytest.mark.parametrize("service", ["com.amazonaws.eu-west-1.logs", "ecr/api", "ECR.api", ""])
def test_an_endpoint_service_of_another_form_is_refused(service: str) -> None:
    found = problems(("network.endpoints", ["ecr.api", "ecr.dkr", "logs", "secretsmanager", service]))
    assert [one.rpartition(": ")[2] for one in found] == [
        "must be the name of a service without com.amazonaws.REGION., as ecr.api"
    ]


def test_the_default_user_of_the_cache_is_refused() -> None:
    (said,) = problems(("cache.username", "default"))
    assert said == (
        "cache.username=default: is the user that every Valkey server has, which the stack disables; "
        "choose another"
    )


@pytest.mark.parametrize("name", ["App", "a_b", "a--b", "a-", "", "a" * 32])
def test_another_form_of_a_cache_user_is_refused(name: str) -> None:
    found = problems(("cache.username", name))
    assert found[0].startswith(
        f"cache.username={name}: must be 1 to 31 lower-case letters, digits and single"
    )


@pytest.mark.parametrize(
    "repository", ["example-org/app", "app", "registry.example.com:5000/a/b_c", "public.ecr.aws/x/y"]
)
def test_an_image_repository_is_accepted(repository: str) -> None:
    assert IMAGE_REPOSITORY(repository) == repository


@pytest.mark.parametrize(
    "repository", ["https://a/b", "a/b:1", "a/b@sha256:0", "A/b", "a//b", "/a", "a/", ""]
)
def test_an_image_repository_with_more_than_its_name_is_refused(repository: str) -> None:
    found = problems(("platform.repository", repository), stack="cinematch-production")
    assert found[0].startswith(
        f"platform.repository={repository}: must be an image repository without https://"
    )
