"""Tests of the network's checks: addresses, zones, NAT gateways."""

from __future__ import annotations

from ipaddress import IPv4Network

import pytest

from tests.settings.stack_files import problems


@pytest.mark.failure(1)
def test_an_address_space_of_another_stack_is_refused() -> None:
    others = {"Pulumi.staging.yaml": IPv4Network("10.20.0.0/16")}
    assert problems(others=others) == [
        "network.cidr 10.20.0.0/16 overlaps 10.20.0.0/16 (Pulumi.staging.yaml); choose another /16"
    ]


@pytest.mark.failure(1)
def test_an_address_space_of_a_peer_is_refused() -> None:
    assert problems(("network.peers", ["10.20.128.0/17"])) == [
        "network.cidr 10.20.0.0/16 overlaps the peer 10.20.128.0/17; choose another /16"
    ]


@pytest.mark.failure(2)
def test_a_small_address_space_is_refused_with_the_size_it_needs() -> None:
    assert problems(("network.cidr", "10.20.0.0/24")) == [
        "network.cidr /24 cannot hold 9 subnets with 30% growth; need /20 or larger"
    ]


def test_the_smallest_address_space_that_fits_is_accepted() -> None:
    assert problems(("network.cidr", "10.20.0.0/20")) == []


@pytest.mark.failure(3)
def test_one_zone_is_refused() -> None:
    assert problems(("network.azs", 1)) == [
        "network.azs=1: RDS subnet groups and the ALB need 2 or more (prod: 3); set 2, 3 or 4"
    ]


@pytest.mark.failure(3)
def test_a_fifth_zone_is_refused() -> None:
    assert problems(("network.azs", 5)) == ["network.azs=5: at most 4; set 2, 3 or 4"]


@pytest.mark.failure(5)
def test_no_nat_is_refused_for_every_service_that_calls_outside() -> None:
    said = problems(("network.nat", "none"))
    assert (
        "platform.services.music.external: service music has external=true but nat=none: "
        "set nat or external=false"
    ) in said
    assert len(said) == 6
