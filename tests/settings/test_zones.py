"""Tests of choosing zones: by name, without those whose ids are excluded."""

from __future__ import annotations

import pytest

from settings.schema import NetworkSettings
from settings.zones import chosen_zones

OFFERED = {"eu-west-1c": "euw1-az1", "eu-west-1a": "euw1-az2", "eu-west-1b": "euw1-az3"}


@pytest.mark.parametrize(
    ("azs", "excluded", "chosen"),
    [
        (2, (), ["eu-west-1a", "eu-west-1b"]),
        (3, (), ["eu-west-1a", "eu-west-1b", "eu-west-1c"]),
        (2, ("euw1-az2",), ["eu-west-1b", "eu-west-1c"]),
        (3, ("euw1-az2",), ["eu-west-1b", "eu-west-1c"]),
    ],
)
def test_the_first_zones_by_name_are_chosen(azs: int, excluded: tuple[str, ...], chosen: list[str]) -> None:
    network = NetworkSettings.model_validate({"cidr": "10.0.0.0/16", "azs": azs, "azExclude": excluded})
    assert list(chosen_zones(network, OFFERED)) == chosen


def test_a_chosen_zone_has_its_id() -> None:
    network = NetworkSettings.model_validate({"cidr": "10.0.0.0/16", "azs": 2})
    assert chosen_zones(network, OFFERED)["eu-west-1b"] == "euw1-az3"
