"""Tests of Values: format, secret outputs, and new generations that change no other value."""

from __future__ import annotations

import base64
import json
from typing import Any

import pulumi
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from components.secrets import Values, ValuesArgs
from encryption_keys import derive, kid
from settings import read_stack_file
from settings.schema.secrets import SecretSettings
from tests.components.alone import build, with_secret
from tests.components.secrets.valued import ring, values_of, with_entry_key
from tests.harness import Deployment

LEAKING = ("RandomBytes", "RandomId", "RandomString", "RandomUuid", "RandomPet")


@pytest.fixture(scope="module")
def prod() -> Deployment:
    return values_of(read_stack_file("prod"))


@pytest.fixture(scope="module")
def rotated() -> Deployment:
    return values_of(with_entry_key(generation=2))


@pytest.mark.accepts("A4", "A5", "A13", "A14", "A32")
@pytest.mark.parametrize("key", ["entry-encryption-key", "internal-service-secret", "jwt-secret"])
def test_a_key_is_the_canonical_base64_of_32_bytes(prod: Deployment, key: str) -> None:
    text = prod.exports[key]
    assert len(text) == 44
    raw = base64.b64decode(text, validate=True)
    assert len(raw) == 32
    assert base64.b64encode(raw).decode() == text


@pytest.mark.accepts("A2")
def test_the_entry_key_makes_a_round_trip_of_aes_256_gcm(prod: Deployment) -> None:
    cipher = AESGCM(base64.b64decode(prod.exports["entry-encryption-key"]))
    assert cipher.decrypt(b"n" * 12, cipher.encrypt(b"n" * 12, b"an entry", None), None) == b"an entry"


@pytest.mark.accepts("A5")
@pytest.mark.attack(1)
@pytest.mark.parametrize("leaking", LEAKING)
def test_no_value_comes_from_a_type_whose_id_is_the_value(prod: Deployment, leaking: str) -> None:
    assert prod.all(leaking) == []
    assert prod.all("RandomPassword")


@pytest.mark.accepts("A6")
def test_every_value_is_a_pulumi_secret(prod: Deployment) -> None:
    assert prod.secret_exports == set(prod.exports)
    assert {"entry-encryption-key", "entry-encryption-key ring", "redis-url"} <= prod.secret_exports


@pytest.mark.accepts("A11")
def test_a_ring_publishes_the_next_key_before_it_is_current(prod: Deployment) -> None:
    assert {n: entry["status"] for n, entry in ring(prod).items()} == {1: "current", 2: "next"}


@pytest.mark.accepts("A9", "A11")
def test_a_rotation_promotes_the_published_key_and_keeps_the_old(
    prod: Deployment, rotated: Deployment
) -> None:
    before, after = ring(prod), ring(rotated)
    assert {n: entry["status"] for n, entry in after.items()} == {1: "decrypt-only", 2: "current", 3: "next"}
    assert {n: after[n]["key"] for n in before} == {n: before[n]["key"] for n in before}
    assert rotated.exports["entry-encryption-key"] == after[2]["key"]


@pytest.mark.accepts("A9")
def test_a_rotation_touches_no_other_value(prod: Deployment, rotated: Deployment) -> None:
    def values(deployment: Deployment) -> dict[str, str]:
        return {key: value for key, value in deployment.exports.items() if "entry" not in key}

    assert values(prod)
    assert values(prod) == values(rotated)


def test_a_key_is_named_by_its_fingerprint(prod: Deployment) -> None:
    assert all(entry["kid"] == kid(entry["key"]) for entry in ring(prod).values())


@pytest.mark.accepts("A30", "B46")
@pytest.mark.parametrize(
    ("stack", "key"), [("cinematch-production", "django-secret-key"), ("prod", "redis-url")]
)
def test_after_a_rotation_the_value_before_is_the_one_that_was_in_force(stack: str, key: str) -> None:
    before = read_stack_file(stack)
    first, second = values_of(before), values_of(with_secret(before, key, generation=2))
    assert second.result["previous"] == {key: first.exports[key]}
    assert second.exports[key] != first.exports[key]


def test_a_revoked_generation_is_no_value_before() -> None:
    settings = with_secret(read_stack_file("prod"), "redis-url", generation=2, revoked=(1,))
    assert values_of(settings).result["previous"] == {}


def test_a_retired_generation_leaves_the_ring() -> None:
    deployment = values_of(with_entry_key(generation=3, min_generation=2))
    assert sorted(ring(deployment)) == [2, 3, 4]
    assert "values-entry-encryption-key-g1" not in {r.name for r in deployment.all("RandomPassword")}


def test_an_imported_first_generation_is_taken_as_it_is() -> None:
    given = derive("aes-256-key", "s" * 64, "app/key", 1)
    secret = SecretSettings.model_validate(
        {
            "name": "app/key",
            "kind": "aes-256-key",
            "description": "a key for tests",
            "initial": "imported",
            "keyring": {"name": "app/ring", "env": "RING"},
        }
    )

    def program() -> pulumi.Output[Any]:
        supplied = {"key": pulumi.Output.secret(given)}
        values = Values("values", ValuesArgs(secrets={"key": secret}, supplied=supplied))
        return pulumi.Output.all(values.current["key"], values.rings["key"])

    deployment = build(program)
    current, document = deployment.result
    assert current == given
    assert [entry["generation"] for entry in json.loads(document)["keys"]] == [1, 2]
    assert [r.name for r in deployment.all("RandomPassword")] == ["values-key-g2"]


@pytest.mark.finding(1)
@pytest.mark.parametrize("stack", ["prod", "staging"])
def test_the_seeds_of_ring_keys_are_protected_in_every_environment(stack: str) -> None:
    settings = read_stack_file(stack)
    rings = [key for key, secret in settings.secrets.items() if secret.keyring]
    seeds = {f"values-{key}-g{generation}" for key in rings for generation in (1, 2)}
    assert {one.name for one in values_of(settings).all("RandomPassword") if one.protect} == seeds


def test_a_password_can_be_replaced_while_the_stack_is_protected(prod: Deployment) -> None:
    assert not prod.named("values-redis-url-g1", "RandomPassword").protect
