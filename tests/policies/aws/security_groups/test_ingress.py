"""Tests of messages about open ports, which name the port."""

from __future__ import annotations

import pytest

from tests.policies.messages import said

INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"


@pytest.mark.failure(20)
@pytest.mark.parametrize("cidr", ["::/0", "2000::/3"])
def test_ssh_from_the_world_is_named_by_port(cidr: str) -> None:
    message = said("sg-no-public-ssh", INGRESS, cidrIpv6=cidr, fromPort=22, toPort=22)
    assert message.startswith("it: port 22 is open to the Internet")


@pytest.mark.failure(20)
@pytest.mark.parametrize("half", ["0.0.0.0/1", "128.0.0.0/1"])
def test_half_the_world_is_the_world(half: str) -> None:
    assert "port 22" in said("sg-no-public-ssh", INGRESS, cidrIpv4=half, fromPort=22, toPort=22)
