"""Checks the parents of all resources of shipped stacks, and that none depends on a whole component."""

from __future__ import annotations

import pytest

from tests.harness import Deployment
from tests.program import STACKS, shipped

SECRET_INPUTS = {
    ("SecretVersion", "secretString"),
    ("User", "authenticationMode"),
    ("Instance", "password"),
    ("Parameter", "value"),
}


@pytest.fixture(scope="module", params=STACKS)
def stack(request: pytest.FixtureRequest) -> Deployment:
    """A whole shipped stack."""
    return shipped(request.param)


def test_every_name_of_a_child_belongs_to_its_component(stack: Deployment) -> None:
    children = [one for one in stack.resources if "strongroom:index:" in one.parent]
    assert children
    for one in children:
        assert one.name.startswith(one.parent.rsplit("::", 1)[1])


def test_nothing_waits_for_a_whole_component(stack: Deployment) -> None:
    components = {one.urn for one in stack.resources if one.type.startswith("strongroom:")}
    assert [one.name for one in stack.resources if one.depends_on & components] == []


def test_nothing_is_secret_but_stored_values_and_passwords(stack: Deployment) -> None:
    holders = {(one.type.rsplit(":", 1)[1], key) for one in stack.resources for key in one.secrets}
    assert holders <= SECRET_INPUTS
