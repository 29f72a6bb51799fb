"""The network's edges: access lists, endpoints and addresses let through no more than is used."""

from __future__ import annotations

from collections.abc import Iterable

from rules.lib import iam_documents as documents
from rules.lib.ingress_rules import acl_ingress
from rules.lib.resource_types import (
    DEFAULT_NETWORK_ACL,
    EIP,
    EIP_ASSOCIATION,
    NAT_GATEWAY,
    NETWORK_ACL,
    NETWORK_ACL_ASSOCIATION,
    NETWORK_ACL_RULE,
    VPC,
    VPC_ENDPOINT,
)
from rules.pack.config import Configuration
from rules.pack.graph import Stack
from rules.pack.properties import is_set, text, values
from rules.pack.rule import A, M, Resource, ResourceRule, resource_rule, stack_rule

_ACLS = (NETWORK_ACL, NETWORK_ACL_RULE, DEFAULT_NETWORK_ACL)
WANTED_ENDPOINTS = ("ecr.api", "ecr.dkr", "secretsmanager", "kms", "logs", "ssm", "s3")


def _no_public(port: int) -> ResourceRule:
    def finds(one: Resource, _: Configuration) -> Iterable[str]:
        if any(opening.public and opening.covers(port) for opening in acl_ingress(one)):
            yield f"port {port} is open to the world"

    return resource_rule(
        f"nacl-no-public-{port}",
        M,
        _ACLS,
        f"No access list lets the world in to {port}.",
        "allow the VPC's own addresses",
        finds=finds,
    )


def _every_port(one: Resource, _: Configuration) -> Iterable[str]:
    if any(opening.public and opening.every_port for opening in acl_ingress(one)):
        yield ""


def _attached(address: Resource, stack: Stack) -> bool:
    return (
        is_set(address.props, "instance")
        or is_set(address.props, "networkInterface")
        or bool(stack.referrers(address, NAT_GATEWAY, "allocationId"))
        or bool(stack.referrers(address, EIP_ASSOCIATION, "allocationId"))
    )


def _present(vpc: Resource, stack: Stack) -> bool:
    services = [text(one.props, "serviceName") for one in stack.referrers(vpc, VPC_ENDPOINT, "vpcId")]
    return all(any(service.endswith(f".{wanted}") for service in services) for wanted in WANTED_ENDPOINTS)


RULES = [
    *(_no_public(port) for port in (20, 21, 22, 3389)),
    resource_rule(
        "nacl-no-all-ports",
        A,
        _ACLS,
        "No access list lets the world in on every port.",
        "name the ports or the addresses",
        finds=_every_port,
    ),
    stack_rule(
        "nacl-attached",
        A,
        NETWORK_ACL,
        "Every access list guards a subnet.",
        "set subnet_ids or remove it",
        holds=lambda acl, stack: (
            is_set(acl.props, "subnetIds")
            or bool(stack.referrers(acl, NETWORK_ACL_ASSOCIATION, "networkAclId"))
        ),
    ),
    stack_rule(
        "eip-attached",
        A,
        EIP,
        "Every public address belongs to something.",
        "attach it or release it",
        holds=_attached,
    ),
    stack_rule(
        "vpce-present",
        A,
        VPC,
        "AWS services are reached without the Internet.",
        f"add endpoints for {', '.join(WANTED_ENDPOINTS)}",
        holds=_present,
    ),
    resource_rule(
        "vpce-policy-scoped",
        A,
        VPC_ENDPOINT,
        "An endpoint's policy says for whom and what.",
        "set a policy that names accounts or resources",
        holds=lambda endpoint: (
            is_set(endpoint, "policy")
            and not any(one.anybody and one.unconstrained for one in documents.allows(endpoint.get("policy")))
        ),
    ),
    resource_rule(
        "vpce-multi-az",
        A,
        VPC_ENDPOINT,
        "An interface endpoint lies in two zones.",
        "give it two subnets",
        holds=lambda endpoint: (
            text(endpoint, "vpcEndpointType") != "Interface" or len(values(endpoint, "subnetIds")) > 1
        ),
    ),
]
