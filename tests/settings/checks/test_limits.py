"""Tests of what a stack file can make too long or too many for AWS: the last allowed, and one more."""

from __future__ import annotations

from typing import Any

import pytest

from settings.schema import aws_limits as limits
from tests.settings.stack_files import REMOVED, problems

PREFIX = "application.namePrefix"
HOST = "cinematch-production"
LONG = "a" * 29


@pytest.mark.parametrize(
    ("stack", "prefix", "said"),
    [
        ("prod", "a" * 26, ""),
        (
            "prod",
            "a" * 27,
            f"the default user of the cache {'a' * 27}-redis-default would have 41 characters",
        ),
        (HOST, "a" * 28, ""),
        (HOST, LONG, f"the load balancer {LONG}-alb would have 33 characters, AWS allows 32; use 1 less"),
    ],
)
def test_a_prefix_that_makes_a_name_too_long_is_refused(stack: str, prefix: str, said: str) -> None:
    found = [one for one in problems((PREFIX, prefix), stack=stack) if one.startswith(PREFIX)]
    assert len(found) == bool(said)
    assert all(one.startswith(f"{PREFIX}={prefix}: {said}") for one in found)


def test_a_user_of_the_cache_that_makes_its_id_too_long_is_refused() -> None:
    username = "a" * 26
    assert problems(("cache.username", username)) == []
    assert problems(("cache.username", f"{username}a")) == [
        f"cache.username={username}a: the user of the cache aiponge-redis-{username}a would have "
        "41 characters, AWS allows 40; use 1 less"
    ]


def test_the_name_of_a_secret_leaves_room_for_its_alarm() -> None:
    path = "secrets.jwt-secret.name"
    assert problems((path, "a" * 229)) == []
    assert problems((path, "a" * 230)) == [
        f"{path}={'a' * 230}: the alarm on its age would have a name of 256 characters, AWS allows 255; "
        "use 1 less"
    ]


def test_names_of_secrets_that_differ_in_slashes_only_are_refused() -> None:
    path = "secrets.jwt-secret.name"
    assert problems((path, "aiponge-redis-url"), ("secrets.jwt-secret.keyring.name", "aiponge/ring")) == [
        "secrets.redis-url.name=aiponge/redis-url: differs from aiponge-redis-url only in its "
        "slashes; choose another"
    ]


def test_names_of_restore_tests_are_counted_with_the_environment() -> None:
    environment = "e" * 33
    assert problems(("environment.name", environment)) == []
    (said,) = problems(("environment.name", f"{environment}e"))
    assert said.endswith("would have 51 characters, AWS allows 50; use 1 less")


@pytest.mark.parametrize("prefix", ["a--b", "ab-"])
def test_a_prefix_that_rds_does_not_take_is_refused(prefix: str) -> None:
    said = "RDS takes single hyphens between letters and digits; choose another"
    assert f"{PREFIX}={prefix}: {said}" in problems((PREFIX, prefix))


@pytest.mark.parametrize(
    ("prefix", "why"),
    [
        ("sg-app", "a security group's name must not begin with sg-"),
        ("sthree-app", "S3 reserves the names of buckets that begin with it"),
        ("awesome", ""),
        ("awsome", "Parameter Store reserves names that begin with aws or ssm"),
        ("ssmith", "Parameter Store reserves names that begin with aws or ssm"),
        ("sgapp", ""),
    ],
)
def test_a_prefix_that_another_name_reserves_is_refused(prefix: str, why: str) -> None:
    found = [one for one in problems((PREFIX, prefix)) if one.startswith(PREFIX)]
    assert found == ([f"{PREFIX}={prefix}: {why}; choose another"] if why else [])


@pytest.mark.parametrize(
    ("prefix", "refused"), [("internal", True), ("internal-x", True), ("internals", False)]
)
def test_a_prefix_that_load_balancers_reserve_is_refused(prefix: str, refused: bool) -> None:
    said = f"{PREFIX}={prefix}: a load balancer's name must not begin with internal-; choose another"
    assert (said in problems((PREFIX, prefix))) is refused


def service(port: int) -> dict[str, Any]:
    return {"port": port, "stores": ["database"], "requiredEnv": []}


@pytest.mark.parametrize("more", [0, 1])
def test_a_service_whose_role_would_have_too_long_a_name_is_refused(more: int) -> None:
    prefix = "a" * 25
    name = "s" * (limits.ROLE_NAME.value - len(f"{prefix}-exec-") + more)
    found = problems((PREFIX, prefix), (f"platform.services.{name}", service(4001)))
    said = f"the role {prefix}-exec-{name} would have 65 characters, AWS allows 64; use 1 less"
    assert (f"platform.services.{name}: {said}" in found) is bool(more)


@pytest.mark.parametrize("more", [0, 1])
def test_more_rules_than_a_security_group_can_have_are_refused(more: int) -> None:
    # The gateway calls seven services of the stack file, and has rules for the cache, endpoints and S3.
    added = limits.RULES_OF_SECURITY_GROUP.value - 7 - 3 + more
    # Without backups, whose function has one more rule for the endpoints.
    services = ((f"platform.services.s{n}", service(4000 + n)) for n in range(added))
    found = problems(("backup", REMOVED), *services)
    over = [one for one in found if "rules, AWS allows 60" in one]
    groups = {one.split(" would have ")[0].rpartition(" ")[2]: one.split(" would have ")[1] for one in over}
    assert set(groups) == ({"api-gateway", "endpoints"} if more else set())
    assert all(one.startswith("61 ") for one in groups.values())
