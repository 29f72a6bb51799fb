"""A mistake in a stack file is named with its path, its value, the rule and the remedy."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Any

import pytest

from tests.settings.stack_files import REMOVED, problems, raw

SERVICES, SECRETS = "platform.services", "secrets"


@pytest.mark.parametrize("stack", ["prod", "staging"])
def test_the_shipped_stacks_are_accepted(stack: str) -> None:
    assert problems(stack=stack) == []


@pytest.mark.failure(1)
def test_an_address_space_of_another_stack_is_refused() -> None:
    others = {"Pulumi.staging.yaml": IPv4Network("10.20.0.0/16")}
    assert problems(others=others) == [
        "network.cidr 10.20.0.0/16 overlaps 10.20.0.0/16 (Pulumi.staging.yaml); choose another /16"
    ]


@pytest.mark.failure(1)
def test_an_address_space_of_a_peer_is_refused() -> None:
    assert problems(("network.peers", ["10.20.128.0/17"])) == [
        "network.cidr 10.20.0.0/16 overlaps the peer 10.20.128.0/17; choose another /16"
    ]


@pytest.mark.failure(2)
def test_a_small_address_space_is_refused_with_the_size_it_needs() -> None:
    assert problems(("network.cidr", "10.20.0.0/24")) == [
        "network.cidr /24 cannot hold 9 subnets with 30% growth; need /20 or larger"
    ]


def test_the_smallest_address_space_that_fits_is_accepted() -> None:
    assert problems(("network.cidr", "10.20.0.0/20")) == []


@pytest.mark.failure(3)
def test_one_zone_is_refused() -> None:
    assert problems(("network.azs", 1)) == [
        "network.azs=1: RDS subnet groups and the ALB need 2 or more (prod: 3); set 2, 3 or 4"
    ]


@pytest.mark.failure(3)
def test_a_fifth_zone_is_refused() -> None:
    assert problems(("network.azs", 5)) == ["network.azs=5: at most 4; set 2, 3 or 4"]


@pytest.mark.failure(5)
def test_no_nat_is_refused_for_every_service_that_calls_outside() -> None:
    said = problems(("network.nat", "none"))
    assert "service music has external=true but nat=none: set nat or external=false" in said
    assert len(said) == 6


@pytest.mark.failure(6)
def test_two_services_on_one_port_are_refused() -> None:
    assert problems((f"{SERVICES}.music.port", 3003)) == [
        "services user and music share Service Connect alias port 3003"
    ]


@pytest.mark.failure(6)
@pytest.mark.parametrize(("port", "owner"), [(443, "the gateway"), (5432, "PostgreSQL"), (6379, "Redis")])
def test_a_reserved_port_is_refused(port: int, owner: str) -> None:
    said = problems((f"{SERVICES}.music.port", port))
    assert f"platform.services.music.port={port}: reserved for {owner}; choose another" in said


@pytest.mark.failure(7)
def test_an_unknown_reader_is_refused_and_the_nearest_offered() -> None:
    said = problems((f"{SECRETS}.jwt-secret.readers", ["api-gateway", "usr", "user"]))
    assert said == ['secret jwt-secret: reader "usr" is no service; did you mean "user"?']


@pytest.mark.failure(8)
def test_a_required_secret_without_reader_is_refused() -> None:
    said = problems((f"{SECRETS}.jwt-secret.readers", []))
    assert "aiponge/jwt-secret has no reader; list its readers or set required: false" in said


@pytest.mark.failure(8)
@pytest.mark.accepts("A31")
def test_a_service_without_a_secret_it_needs_is_refused() -> None:
    readers = [name for name in raw()["platform"]["services"] if name != "music"]
    assert problems((f"{SECRETS}.internal-service-secret.readers", readers)) == [
        "music lacks INTERNAL_SERVICE_SECRET: "
        "declare a secret with env INTERNAL_SERVICE_SECRET and reader music"
    ]


@pytest.mark.accepts("A31")
@pytest.mark.parametrize(
    "key", ["entry-encryption-key", "internal-service-secret", "jwt-secret", "database-url"]
)
def test_each_of_the_four_required_secrets_is_missed_when_it_is_gone(key: str) -> None:
    env = raw()["secrets"][key]["env"]
    assert any(f"lacks {env}:" in line for line in problems((f"{SECRETS}.{key}", REMOVED)))


@pytest.mark.failure(9)
@pytest.mark.accepts("A42")
def test_six_days_of_backups_are_refused() -> None:
    assert problems(("database.backupRetentionDays", 6)) == [
        "database.backupRetentionDays=6: minimum 7 (A42)"
    ]


def test_seven_days_of_backups_are_accepted() -> None:
    assert problems(("database.backupRetentionDays", 7)) == []


@pytest.mark.failure(13)
def test_a_door_without_certificate_is_refused() -> None:
    said = problems(("edge", {"waf": True}), stack="staging")
    assert said == [
        "edge: neither certificateArn nor (domain, zoneId); HTTP-only listeners are not built",
    ]


@pytest.mark.failure(14)
def test_a_certificate_of_another_region_is_refused() -> None:
    arn = "arn:aws:acm:us-east-1:111122223333:certificate/1"
    (said,) = problems(("edge.certificateArn", arn))
    assert said == f"edge.certificateArn: {arn} is not in eu-west-1; the load balancer needs one that is"


@pytest.mark.failure(15)
def test_a_path_of_another_environment_is_refused() -> None:
    assert problems((f"{SECRETS}.jwt-secret.name", "aiponge/staging/jwt-secret")) == [
        "secrets.jwt-secret: stack prod names aiponge/staging/jwt-secret, a path of staging; "
        "environments must not mix (B43)"
    ]


@pytest.mark.failure(40)
@pytest.mark.parametrize(
    ("change", "missing"),
    [
        (("monitoring.email", REMOVED), "monitoring.email"),
        (("edge.domain", REMOVED), "edge.domain"),
        (("delivery", {}), "delivery.repositoryId"),
    ],
)
def test_production_is_refused_until_somebody_signed_off(change: tuple[str, Any], missing: str) -> None:
    needs = "prod needs monitoring.email, edge.domain, delivery.repositoryId before it goes live"
    assert f"{needs}; missing: {missing}" in problems(change)


def test_staging_needs_no_sign_off() -> None:
    assert problems(("monitoring.email", REMOVED), stack="staging") == []


@pytest.mark.parametrize("name", ["postgres", "admin", "root", "rdsadmin"])
@pytest.mark.accepts("A52")
def test_a_guessable_admin_name_is_refused(name: str) -> None:
    assert problems(("database.username", name)) == [
        f"database.username={name}: every attacker tries it first; choose another"
    ]


def test_a_generation_below_the_oldest_kept_is_refused() -> None:
    assert problems((f"{SECRETS}.jwt-secret.minGeneration", 2)) == [
        "secrets.jwt-secret.generation=1: below minGeneration=2; generations only rise"
    ]


def test_a_revoked_generation_cannot_be_current() -> None:
    assert problems((f"{SECRETS}.jwt-secret.revoked", [1, 2])) == [
        "secrets.jwt-secret.generation=1: is revoked; choose 3"
    ]


def test_two_secrets_in_one_variable_of_a_reader_are_refused() -> None:
    assert problems((f"{SECRETS}.redis-url.env", "JWT_SECRET")) == [
        "secrets jwt-secret and redis-url both give api-gateway the variable JWT_SECRET; rename one",
        "api-gateway lacks REDIS_URL: declare a secret with env REDIS_URL and reader api-gateway",
        "secrets jwt-secret and redis-url both give user the variable JWT_SECRET; rename one",
        "user lacks REDIS_URL: declare a secret with env REDIS_URL and reader user",
    ]


def test_two_secrets_of_one_name_are_refused() -> None:
    said = problems((f"{SECRETS}.redis-url.name", "aiponge/jwt-secret"))
    assert said == [
        "secrets.redis-url.name=aiponge/jwt-secret: already the name of jwt-secret; names are unique"
    ]


def test_a_ring_whose_name_a_pattern_of_its_secret_would_match_is_refused() -> None:
    said = problems((f"{SECRETS}.jwt-secret.keyring.name", "aiponge/jwt-secret-ring"))
    assert said == [
        "secrets.jwt-secret.keyring.name=aiponge/jwt-secret-ring: begins with aiponge/jwt-secret-; "
        "choose another"
    ]


def test_a_ring_is_declared_to_be_read_by_its_secrets_readers_only() -> None:
    assert problems((f"{SECRETS}.jwt-secret.keyring.readers", ["user", "usr"])) == [
        'secrets.jwt-secret.keyring.readers: "usr" is no reader of jwt-secret; did you mean "user"?'
    ]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ([], "user know one key; list them in keyring.readers"),
        ([(f"{SECRETS}.entry-encryption-key.keyring", REMOVED)], "there is no ring; declare keyring"),
    ],
)
def test_envelopes_are_declared_only_where_every_reader_goes_by_the_ring(
    changes: list[tuple[str, Any]], says: str
) -> None:
    (said,) = problems((f"{SECRETS}.entry-encryption-key.envelope", "enc2"), *changes)
    assert said.startswith("secrets.entry-encryption-key.envelope=enc2: ")
    assert says in said


def test_envelopes_are_accepted_once_every_reader_goes_by_the_ring() -> None:
    entry = f"{SECRETS}.entry-encryption-key"
    assert problems((f"{entry}.envelope", "enc2"), (f"{entry}.keyring.readers", ["user"])) == []


def test_a_key_that_encrypts_no_rows_has_no_envelope() -> None:
    assert problems((f"{SECRETS}.jwt-secret.envelope", "enc2")) == [
        "secrets.jwt-secret.envelope=enc2: kind jwt-hs256-key encrypts no rows; remove it"
    ]


def test_a_variable_that_is_also_a_secret_is_refused() -> None:
    said = problems((f"{SERVICES}.user.environment", {"JWT_SECRET": "not a secret"}))
    assert said == ["platform.services.user.environment.JWT_SECRET: is also a secret (jwt-secret); remove it"]


def test_a_root_container_is_refused() -> None:
    assert problems((f"{SERVICES}.user.user", "0:0")) == [
        "platform.services.user.user=0:0: containers never run as root; name another uid"
    ]


def test_missing_endpoints_are_named() -> None:
    assert problems(("network.endpoints", ["logs"])) == [
        "network.endpoints lacks ecr.api, ecr.dkr, secretsmanager: "
        "services reach AWS through endpoints only; add them"
    ]


def test_a_foreign_administrator_is_refused() -> None:
    said = problems(("administrators", ["arn:aws:iam::999999999999:role/x"]))
    assert said == [
        "administrators: arn:aws:iam::999999999999:role/x is not in account 111122223333; "
        "environments share no roles"
    ]


def test_no_administrator_is_refused() -> None:
    assert any(line.startswith("administrators: ") for line in problems(("administrators", [])))


def test_a_call_to_an_unknown_service_is_refused() -> None:
    said = problems((f"{SERVICES}.user.calls", ["musik"]))
    assert said == ['platform.services.user.calls: "musik" is no service; did you mean "music"?']


def test_shell_access_to_production_is_refused() -> None:
    (said,) = problems(("platform.execEnabled", True))
    assert said.startswith("platform.execEnabled=true: ")
