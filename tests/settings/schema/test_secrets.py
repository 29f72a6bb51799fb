"""Tests of a secret's generations: the active ones, and the next one."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from settings.schema.secrets import SecretKind, SecretSettings

BASE: dict[str, Any] = {
    "name": "app/key",
    "kind": "aes-256-key",
    "description": "a key for tests",
    "keyring": {"name": "app/keyring", "env": "KEYRING"},
}


def secret(**over: Any) -> SecretSettings:
    return SecretSettings.model_validate(BASE | over)


@pytest.mark.accepts("A11")
@pytest.mark.parametrize(
    ("over", "alive"),
    [
        ({}, (1, 2)),
        ({"generation": 2}, (1, 2, 3)),
        ({"generation": 3, "minGeneration": 2}, (2, 3, 4)),
        ({"generation": 1, "revoked": [2]}, (1, 3)),
        ({"generation": 3, "revoked": [2]}, (1, 3, 4)),
        ({"generation": 2, "minGeneration": 2}, (2, 3)),
    ],
)
def test_a_ring_keeps_previous_current_and_next(over: dict[str, Any], alive: tuple[int, ...]) -> None:
    assert secret(**over).alive == alive


@pytest.mark.parametrize(
    ("kind", "generation", "alive"),
    [
        ("password", 1, (1,)),
        ("password", 2, (2,)),
        ("redis-url", 1, (1,)),
        ("redis-url", 2, (1, 2)),
        ("django-key", 3, (2, 3)),
    ],
)
def test_without_a_ring_only_overlapping_kinds_keep_the_previous(
    kind: str, generation: int, alive: tuple[int, ...]
) -> None:
    assert secret(kind=kind, keyring=None, generation=generation).alive == alive


@pytest.mark.parametrize(
    ("over", "generated", "rotated", "supplied"),
    [
        ({"kind": "hmac-key"}, True, False, False),
        ({"kind": "hmac-key", "initial": "imported"}, True, False, True),
        ({"kind": "redis-url"}, True, False, False),
        ({"kind": "postgres-url"}, False, True, False),
        ({"kind": "external"}, False, False, True),
        ({"kind": "ssh-private-key"}, False, False, True),
    ],
)
def test_a_value_comes_from_pulumi_from_a_function_or_from_an_operator(
    over: dict[str, str], generated: bool, rotated: bool, supplied: bool
) -> None:
    one = secret(**over)
    assert (one.generated, one.rotated_by_function, one.supplied) == (generated, rotated, supplied)


@pytest.mark.parametrize("kind", get_args(SecretKind))
def test_a_connection_url_is_of_a_kind_named_so(kind: str) -> None:
    assert secret(kind=kind).connection_url is kind.endswith("-url")


def test_a_secret_lies_in_secrets_manager_unless_it_says_otherwise() -> None:
    assert not secret().in_parameter_store
    assert secret(store="parameter-store").in_parameter_store
