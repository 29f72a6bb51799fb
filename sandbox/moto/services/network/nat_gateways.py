"""VPC: a deleted NAT gateway frees its elastic address and its network interface; moto keeps both."""

from __future__ import annotations

from typing import Any

from sandbox.moto.hooks import Asked, Params, corrects


@corrects("ec2", "DeleteNatGateway")
def free_addresses(asked: Asked, answer: Params) -> Params:
    """Take the addresses from the gateway's interface, and delete the interface."""
    ec2: Any = asked.backend
    gateway = ec2.nat_gateways[asked.params["NatGatewayId"]]
    for address in ec2.addresses:
        if address.eni is not None and address.eni is gateway._eni:
            address.eni = address.association_id = None
    ec2.enis.pop(gateway._eni.id, None)
    return answer
