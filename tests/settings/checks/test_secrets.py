"""Tests of the secrets' checks: readers, names, variables and generations."""

from __future__ import annotations

from typing import Any

import pytest

from tests.settings.stack_files import REMOVED, problems, raw

SERVICES = "platform.services"
SECRETS = "secrets"


@pytest.mark.failure(7)
def test_an_unknown_reader_is_refused_and_the_nearest_offered() -> None:
    said = problems((f"{SECRETS}.jwt-secret.readers", ["api-gateway", "usr", "user"]))
    assert said == ['secrets.jwt-secret.readers: "usr" is not a declared service; did you mean "user"?']


@pytest.mark.failure(8)
def test_a_required_secret_without_reader_is_refused() -> None:
    said = problems((f"{SECRETS}.jwt-secret.readers", []))
    assert (
        "secrets.jwt-secret.readers: aiponge/jwt-secret has no reader; "
        "list its readers or set required: false"
    ) in said


@pytest.mark.failure(8)
@pytest.mark.accepts("A31")
def test_a_service_without_a_secret_it_needs_is_refused() -> None:
    readers = [name for name in raw()["platform"]["services"] if name != "music"]
    assert problems((f"{SECRETS}.internal-service-secret.readers", readers)) == [
        "platform.services.music.requiredEnv: music lacks INTERNAL_SERVICE_SECRET; "
        "declare a secret with env INTERNAL_SERVICE_SECRET and reader music"
    ]


@pytest.mark.accepts("A31")
@pytest.mark.parametrize(
    "key", ["entry-encryption-key", "internal-service-secret", "jwt-secret", "database-url"]
)
def test_each_of_the_four_required_secrets_is_missed_when_it_is_gone(key: str) -> None:
    env = raw()["secrets"][key]["env"]
    assert any(f"lacks {env};" in line for line in problems((f"{SECRETS}.{key}", REMOVED)))


@pytest.mark.failure(15)
def test_a_path_of_another_environment_is_refused() -> None:
    assert problems((f"{SECRETS}.jwt-secret.name", "aiponge/staging/jwt-secret")) == [
        "secrets.jwt-secret: stack prod names aiponge/staging/jwt-secret, a path of staging; "
        "environments must not mix"
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
        "secrets.redis-url.env=JWT_SECRET: jwt-secret gives api-gateway this variable too; rename one",
        "platform.services.api-gateway.requiredEnv: api-gateway lacks REDIS_URL; declare a secret with env "
        "REDIS_URL and reader api-gateway",
        "secrets.redis-url.env=JWT_SECRET: jwt-secret gives user this variable too; rename one",
        "platform.services.user.requiredEnv: user lacks REDIS_URL; declare a secret with env REDIS_URL and "
        "reader user",
    ]


def test_two_secrets_of_one_name_are_refused() -> None:
    said = problems((f"{SECRETS}.redis-url.name", "aiponge/jwt-secret"))
    assert said == [
        "secrets.redis-url.name=aiponge/jwt-secret: already the name of jwt-secret; choose another"
    ]


def test_a_ring_whose_name_a_pattern_of_its_secret_would_match_is_refused() -> None:
    said = problems((f"{SECRETS}.jwt-secret.keyring.name", "aiponge/jwt-secret-ring"))
    assert said == [
        "secrets.jwt-secret.keyring.name=aiponge/jwt-secret-ring: starts with aiponge/jwt-secret-; "
        "choose another"
    ]


def test_a_ring_is_declared_to_be_read_by_its_secrets_readers_only() -> None:
    assert problems((f"{SECRETS}.jwt-secret.keyring.readers", ["user", "usr"])) == [
        'secrets.jwt-secret.keyring.readers: "usr" is not a reader of jwt-secret; did you mean "user"?'
    ]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ([], "needs every reader in keyring.readers; add user"),
        ([(f"{SECRETS}.entry-encryption-key.keyring", REMOVED)], "there is none; declare keyring"),
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


def test_a_second_secret_of_the_rotation_function_is_refused() -> None:
    second = {**raw()["secrets"]["database-url"], "name": "aiponge/reports-url", "env": "REPORTS_URL"}
    assert problems((f"{SECRETS}.reports-url", second)) == [
        "secrets.reports-url.kind=postgres-url: the rotation function supports only database-url; remove it"
    ]


@pytest.mark.parametrize(
    ("path", "store", "reader", "key"),
    [
        ("platform.services.music", "database", "music", "database-url"),
        ("platform.services.api-gateway", "cache", "api-gateway", "redis-url"),
        ("platform.tools.reencrypt", "database", "reencrypt", "database-url"),
    ],
)
def test_a_reader_of_a_url_without_a_way_to_the_store_is_refused(
    path: str, store: str, reader: str, key: str
) -> None:
    assert problems((f"{path}.stores", [])) == [
        f"{path}.stores: lacks {store}, so {reader} cannot connect to the URL of {key}; "
        f"add {store}, or remove the reader"
    ]
