"""Tests of the stack file's own tags and limits in the configuration of the policy pack."""

from __future__ import annotations

import pytest

from settings import read_stack_file
from settings.policy_config import GATES, pack_config
from tests.parts import parts_deployment, parts_settings
from tests.program import STACKS

LIMITS = {"instanceClasses", "storageGib", "natGateways"}


def test_declared_limits_reach_the_policy_pack() -> None:
    config = pack_config(parts_settings())
    assert all(config[gate]["natGateways"] == 1 for gate in GATES)
    assert not {"instanceClasses", "storageGib"} & config[GATES[0]].keys()


def test_own_tags_are_required_of_every_resource_and_set_by_the_provider() -> None:
    tags = {"App": "aiponge", "Env": "staging", "ManagedBy": "pulumi", "CostCentre": "4711"}
    assert parts_settings().default_tags == tags
    assert set(tags) <= set(pack_config(parts_settings())[GATES[0]]["requiredTags"])
    provider = parts_deployment().only("pulumi:providers:aws")
    assert "4711" in str(provider["defaultTags"])


def test_own_tags_do_not_tell_the_stacks_resources_from_others() -> None:
    assert "CostCentre" not in parts_settings().tags


@pytest.mark.parametrize("stack", STACKS)
def test_a_stack_without_limits_configures_none(stack: str) -> None:
    assert not LIMITS & pack_config(read_stack_file(stack))[GATES[0]].keys()
