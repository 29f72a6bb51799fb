"""Tests of the names of secrets and parameters."""

from __future__ import annotations

import pytest

from tests.settings.stack_files import problems

SECRET, PARAMETER = "secrets.jwt-secret.name", "secrets.tmdb-token.name"
PATH = "/cinematch/production"


@pytest.mark.parametrize("name", ["a b", "a:b", "aiponge/jwt#1", "a" * 513, "aiponge\\jwt"])
def test_a_name_that_secrets_manager_refuses_is_refused(name: str) -> None:
    assert (
        f"{SECRET}={name}: the name of a secret is 1 to 512 letters, digits and the characters /_+=.@-; "
        "choose another"
    ) in problems((SECRET, name))


def test_the_name_of_a_keyring_is_checked_too() -> None:
    (said,) = problems(("secrets.jwt-secret.keyring.name", "key ring"))
    assert said.startswith("secrets.jwt-secret.keyring.name=key ring: the name of a secret is ")


@pytest.mark.parametrize(
    "name",
    [
        f"{PATH}/a b",
        f"{PATH}/a:b",
        "/aws/a",
        "/SSM-x/a",
        f"{PATH}//a",
        f"{PATH}/",
        "/a" * 16,
        f"/{'a' * 1011}",
    ],
)
def test_a_name_that_parameter_store_refuses_is_refused(name: str) -> None:
    found = problems((PARAMETER, name), stack="cinematch-production")
    assert [
        one for one in found if one.startswith(f"{PARAMETER}={name}: the name of a parameter is at most 15 ")
    ]


@pytest.mark.parametrize("name", ["aiponge/jwt_key", "a_b+c=d.e@f-g", "a" * 229])
def test_other_names_of_secrets_are_accepted(name: str) -> None:
    assert problems((SECRET, name)) == []
