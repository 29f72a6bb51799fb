"""Tests of the fingerprints in tags: one for each key, and a different key in the store is an error."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pulumi
import pytest

from components.secrets import Values, ValuesArgs
from settings import read_stack_file
from settings.store_state import kids_tag
from tests.components.alone import build
from tests.components.secrets.valued import ring, values_of, with_entry_key
from tests.harness import Deployment


@pytest.fixture(scope="module")
def prod() -> Deployment:
    return values_of(read_stack_file("prod"))


def derived(preview: bool = False, **stored: Mapping[int, str]) -> Deployment:
    """The keyring of the entry key, where the store has these fingerprints."""
    secrets = {"entry-encryption-key": read_stack_file("prod").secrets["entry-encryption-key"]}

    def program() -> pulumi.Output[str]:
        values = Values(
            "values",
            ValuesArgs(secrets=secrets, supplied={}, stored_kids={"entry-encryption-key": stored["kids"]}),
        )
        return values.rings["entry-encryption-key"]

    return build(program, preview=preview)


def test_the_key_that_the_store_has_is_derived_again(prod: Deployment) -> None:
    kids = {generation: entry["kid"] for generation, entry in ring(prod).items()}
    assert {one["generation"]: one["kid"] for one in json.loads(derived(kids=kids).result)["keys"]} == kids


@pytest.mark.finding(1)
@pytest.mark.parametrize("generation", [1, 2])
@pytest.mark.parametrize("preview", [True, False])
def test_another_key_under_a_generation_that_the_store_has_is_refused(
    prod: Deployment, generation: int, preview: bool
) -> None:
    known = ring(prod)[generation]["kid"]
    with pytest.raises(pulumi.RunError) as refused:
        derived(preview, kids={generation: "ABCDEFGHJKLM"})
    says = f"generation {generation} is the key ABCDEFGHJKLM in the store and {known} from this state: "
    assert str(refused.value).startswith(f"secrets.entry-encryption-key: {says}")
    assert ring(prod)[generation]["key"] not in str(refused.value)


def test_a_generation_that_no_ring_holds_any_more_is_not_compared(prod: Deployment) -> None:
    assert derived(kids={9: "ABCDEFGHJKLM"}).result


@pytest.mark.parametrize("generation", [1, 3])
def test_the_fingerprints_are_those_of_the_keys_of_the_ring(generation: int) -> None:
    deployment = values_of(with_entry_key(generation=generation))
    kids = {number: entry["kid"] for number, entry in ring(deployment).items()}
    assert deployment.result["kids"]["entry-encryption-key"] == kids_tag(kids)
