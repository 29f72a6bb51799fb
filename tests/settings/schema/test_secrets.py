"""A secret's generations: which are alive, and which comes next."""

from __future__ import annotations

from typing import Any

import pytest

from settings.schema.secrets import SecretSettings

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
