"""Tests of a host's secrets: SecureString parameters with exact names, secrets key and previous value."""

from __future__ import annotations

import json

import pytest

from encryption_keys import fingerprint
from tests.components.alone import with_secret
from tests.components.host.host_stack import PRIVATE_KEY, PRODUCTION, SSH, STAGING, stack
from tests.components.secrets.stored import secrets, secrets_of, value
from tests.components.stand_ins import key_arn
from tests.harness import Deployment

SECRETS = ("django-secret-key", "db-password", "tmdb-token", "llm-api-key")
STACKS = pytest.mark.parametrize("name", [PRODUCTION, STAGING])


@pytest.fixture(scope="module")
def production() -> Deployment:
    return secrets(PRODUCTION)


@pytest.fixture(scope="module")
def rotated() -> Deployment:
    return secrets_of(with_secret(stack(PRODUCTION), "django-secret-key", generation=2))


@pytest.mark.accepts("B2", "B11", "B9", "B34", "B49", "B50", "B51", "B52")
@pytest.mark.attack(8, 39)
@STACKS
def test_every_secret_is_a_secure_string_under_our_key_at_its_exact_name(name: str) -> None:
    environment = name.removeprefix("cinematch-")
    found = {one["name"]: one for one in secrets(name).all("aws:ssm/parameter:Parameter")}
    for secret in SECRETS:
        parameter = found[f"/cinematch/{environment}/{secret}"]
        assert parameter["type"] == "SecureString"
        assert parameter["keyId"] == key_arn("secrets")
        assert "value" in parameter.secrets


@pytest.mark.accepts("B18", "B27")
def test_with_ssh_the_private_key_is_a_secure_string_under_our_key() -> None:
    settings = stack(PRODUCTION, platform=SSH, secrets=PRIVATE_KEY)
    key = secrets_of(settings).named("secrets-ec2-ssh-key", "Parameter")
    assert key["name"] == "/cinematch/production/ec2-ssh-key"
    assert key["type"] == "SecureString"
    assert key["keyId"] == key_arn("secrets")
    assert "value" in key.secrets


@pytest.mark.accepts("B46")
@STACKS
def test_there_is_no_value_before_the_first(name: str) -> None:
    names = [one["name"] for one in secrets(name).all("aws:ssm/parameter:Parameter")]
    assert not [one for one in names if one.endswith("-previous")]


@pytest.mark.accepts("B46")
def test_after_a_rotation_the_value_before_is_kept_as_well_as_the_new_one(rotated: Deployment) -> None:
    before = rotated.named("secrets-django-secret-key-previous", "Parameter")
    assert before["name"] == "/cinematch/production/django-secret-key-previous"
    assert before["value"] == value("django-secret-key", 1)
    assert before["type"] == "SecureString"
    assert "value" in before.secrets
    assert before.protect is False
    current = rotated.named("secrets-django-secret-key", "Parameter")
    assert current["value"] == value("django-secret-key", 2)
    assert before.urn in current.depends_on


@pytest.mark.attack(39)
def test_each_generation_names_the_key_in_another_form_so_that_the_provider_sends_it(
    production: Deployment, rotated: Deployment
) -> None:
    arn = key_arn("secrets")
    changed = ("secrets-django-secret-key", "secrets-django-secret-key-previous")
    assert {rotated.named(name, "Parameter")["keyId"] for name in changed} == {arn.rpartition("/")[2]}
    third = secrets_of(with_secret(stack(PRODUCTION), "django-secret-key", generation=3))
    assert {one.named(changed[0], "Parameter")["keyId"] for one in (production, third)} == {arn}


@pytest.mark.accepts("B46")
def test_what_was_put_is_marked_by_fingerprint_and_by_nothing_else(production: Deployment) -> None:
    marks = production.named("secrets-fingerprints", "Parameter")
    put = {
        one["name"]: one["value"]
        for one in production.all("aws:ssm/parameter:Parameter")
        if one["type"] == "SecureString"
    }
    assert put
    assert marks["name"] == "/cinematch/production/fingerprints"
    assert json.loads(marks["insecureValue"]) == {name: fingerprint(value) for name, value in put.items()}
    assert not marks.secrets
