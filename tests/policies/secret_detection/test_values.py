"""Tests of the credential detector: encoded credentials are found, names, digests and ARNs are not."""

from __future__ import annotations

import base64
import gzip
import random
import string

import pytest
from secret_detection import credential, layers, names_a_credential, scan

ALNUM = string.ascii_letters + string.digits
GENERATED = ["".join(random.Random(seed).choices(ALNUM, k=40)) for seed in range(200)]
KEYS = [base64.b64encode(random.Random(seed).randbytes(32)).decode() for seed in range(200)]


@pytest.mark.parametrize(
    "name",
    [
        "JWT_SECRET",
        "DB_PASSWORD",
        "dbPassword",
        "ENTRY_ENCRYPTION_KEY",
        "API_KEY",
        "GITHUB_TOKEN",
        "DATABASE_URL",
        "APP_DSN",
        "USER_DATABASE_URL",
    ],
)
def test_a_name_that_promises_a_credential_is_known(name: str) -> None:
    assert names_a_credential(name)


@pytest.mark.parametrize(
    "name",
    [
        "SECRET_ARN",
        "PASSWORD_FILE",
        "TOKEN_TTL",
        "LOG_LEVEL",
        "USER_SERVICE_URL",
        "KEYCLOAK",
        "SECRET_NAME",
        "MONKEY",
    ],
)
def test_a_name_about_a_credential_is_not_one(name: str) -> None:
    assert not names_a_credential(name)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("AKIA" + "QWERTYUIOPASDF23", "AWS access key"),
        ("-----BEGIN RSA " + "PRIVATE KEY-----", "private key"),
        ("ghp_" + "aB3d" * 9, "GitHub token"),
        ("sk-" + "ant-" + "a" * 30, "API key"),
        ("postgres://user:word@db.internal:5432/app", "URL with a password"),
        ("rediss://:word@cache:6379", "URL with a password"),
        ("Authorization: Bearer abcdefgh1", "authorization header"),
        ("eyJhbGciOiJI.eyJzdWIiOiJ1.c2lnbmF0dXJl", "JSON web token"),
    ],
)
def test_a_known_form_is_named(text: str, kind: str) -> None:
    assert credential(text) == kind
    assert credential(base64.b64encode(text.encode()).decode()) == kind


@pytest.mark.parametrize("values", [GENERATED, KEYS], ids=["alphanumeric", "base64"])
def test_nearly_every_generated_value_looks_random(values: list[str]) -> None:
    assert sum(credential(value) is not None for value in values) >= 0.97 * len(values)


@pytest.mark.parametrize(
    "text",
    [
        "production",
        "http://user.aiponge.local:3003",
        "arn:aws:secretsmanager:eu-west-1:111122223333:secret:aiponge/jwt-secret-AbCdEf",
        "111122223333.dkr.ecr.eu-west-1.amazonaws.com/aiponge/user@sha256:" + "0a1b" * 16,
        "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
        "ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
        "AWSManagedRulesKnownBadInputsRuleSet",
        "postgres://db.internal:5432/app",
        "postgres://${DB_USER}:${DB_PASSWORD}@db/app",
        base64.b64encode(b"a text that somebody packed, and nothing more").decode(),
    ],
)
def test_what_is_no_credential_is_left_alone(text: str) -> None:
    assert credential(text) is None


@pytest.mark.parametrize(
    "line",
    [
        "export DB_PASSWORD='hunter22'",
        "DB_PASSWORD=hunter22",
        '  "db_password": "hunter22",',
        "- api_key: abc",
    ],
)
def test_an_assignment_to_a_secret_name_is_seen_in_a_script(line: str) -> None:
    assert "assignment to a secret name" in set(scan(f"#!/bin/sh\n{line}\n"))


@pytest.mark.parametrize(
    "line",
    [
        'export DB_PASSWORD="$(fetch)"',
        "DB_PASSWORD=${DB_PASSWORD}",
        "PASSWORD_FILE=/run/x",
        "SECRET_KEY=<set by hand>",
        "TOKEN=/app/token",
    ],
)
def test_a_reference_is_no_credential(line: str) -> None:
    assert set(scan(f"#!/bin/sh\n{line}\n")) == set()


def test_layers_go_four_deep_and_no_deeper() -> None:
    packed = "the innermost text"
    for _ in range(4):
        packed = base64.b64encode(gzip.compress(packed.encode(), mtime=0)).decode()
    assert "the innermost text" in list(layers(packed))
    assert "the innermost text" not in list(layers(base64.b64encode(packed.encode()).decode()))
