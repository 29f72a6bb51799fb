"""Tests of the comparison of two stacks: shared values are found, and none is shown."""

from __future__ import annotations

from typing import Any

import pytest

from encryption_keys import derive_key, ring_document
from ops.checks.verify.secrets import against
from ops.core.secret_stores import Value
from tests.ops.live import declared

NOW: Any = None
KEY = {name: derive_key("k" * 64, secret=name, generation=1) for name in "abcdef"}


class _Store:
    """What :mod:`ops.checks.verify.secrets.against` reads of a running stack."""

    def __init__(self, **texts: str) -> None:
        self.texts = {name.replace("__", "/").replace("_", "-"): text for name, text in texts.items()}


@pytest.fixture(autouse=True)
def _stores(monkeypatch: pytest.MonkeyPatch) -> None:
    from settings.grants import entries

    known = {entry.store_name: entry for entry in entries(declared())}
    monkeypatch.setattr(
        against,
        "stored_values",
        lambda store: [(known[name], Value(text, "v1", NOW)) for name, text in store.texts.items()],
    )


def _found(mine: _Store, theirs: _Store) -> list[str]:
    estates: Any = (mine, theirs)
    return [str(one) for one in against.compare(estates[0], estates[1], "staging").findings]


def _ring(*keys: tuple[int, str, Any]) -> str:
    return ring_document("jwt-hs256-key", keys)


@pytest.mark.accepts("B43")
@pytest.mark.failure(16)
@pytest.mark.attack(12, 42)
def test_a_value_in_two_environments_is_found() -> None:
    shared = _Store(aiponge__jwt_secret=KEY["a"])
    (text,) = _found(shared, _Store(aiponge__jwt_secret=KEY["a"]))
    assert text.startswith("aiponge/jwt-secret: has the same value as staging; rotate one of them")
    assert KEY["a"] not in text


@pytest.mark.accepts("B43")
def test_different_values_are_not_found() -> None:
    assert _found(_Store(aiponge__jwt_secret=KEY["a"]), _Store(aiponge__jwt_secret=KEY["b"])) == []


@pytest.mark.accepts("B43")
@pytest.mark.attack(42)
def test_a_value_under_another_name_is_found() -> None:
    theirs = _Store(aiponge__internal_service_secret=KEY["a"])
    (text,) = _found(_Store(aiponge__jwt_secret=KEY["a"]), theirs)
    assert "has the same value as aiponge/internal-service-secret of staging" in text


@pytest.mark.accepts("B43")
@pytest.mark.attack(42)
def test_a_key_that_another_environment_keeps_in_its_ring_is_found() -> None:
    ring = _ring((1, KEY["a"], "decrypt-only"), (2, KEY["b"], "current"), (3, KEY["c"], "next"))
    (text,) = _found(_Store(aiponge__jwt_secret=KEY["a"]), _Store(aiponge__jwt_keyring=ring))
    assert "aiponge/jwt-keyring of staging" in text


@pytest.mark.accepts("B43")
@pytest.mark.attack(12, 42)
def test_urls_are_compared_by_their_password_alone() -> None:
    mine = _Store(aiponge__redis_url="rediss://aiponge:SamePassword0001@prod:6379")
    theirs = _Store(aiponge__redis_url="rediss://aiponge:SamePassword0001@staging:6379")
    (text,) = _found(mine, theirs)
    assert "SamePassword" not in text
    other = _Store(aiponge__redis_url="rediss://aiponge:AnotherPassword2@prod:6379")
    assert _found(other, theirs) == []
