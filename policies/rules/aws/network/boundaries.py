"""The network's edges: access lists, endpoints and addresses let through no more than is used."""

from __future__ import annotations

from collections.abc import Iterable

from rules.lib import iam_documents as documents
from rules.lib.ingress_rules import acl_ingress
from rules.lib.topology import VPC
from rules.pack.config import Configuration
from rules.pack.graph import Stack
from rules.pack.properties import is_set, text, values
from rules.pack.rule import A, M, Resource, ResourceRule, inspect, relate, require

ACL = "aws:ec2/networkAcl:NetworkAcl"
ACL_RULE = "aws:ec2/networkAclRule:NetworkAclRule"
DEFAULT_ACL = "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl"
ACL_ASSOCIATION = "aws:ec2/networkAclAssociation:NetworkAclAssociation"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
EIP = "aws:ec2/eip:Eip"
EIP_ASSOCIATION = "aws:ec2/eipAssociation:EipAssociation"
NAT = "aws:ec2/natGateway:NatGateway"
_ACLS = (ACL, ACL_RULE, DEFAULT_ACL)
WANTED_ENDPOINTS = ("ecr.api", "ecr.dkr", "secretsmanager", "kms", "logs", "ssm", "s3")


def _no_public(port: int) -> ResourceRule:
    def finds(one: Resource, _: Configuration) -> Iterable[str]:
        if any(opening.public and opening.covers(port) for opening in acl_ingress(one)):
            yield f"port {port} is open to the world"

    return inspect(
        f"nacl-no-public-{port}",
        M,
        _ACLS,
        f"No access list lets the world in to {port}.",
        "allow the VPC's own addresses",
        finds,
    )


def _every_port(one: Resource, _: Configuration) -> Iterable[str]:
    if any(opening.public and opening.every_port for opening in acl_ingress(one)):
        yield ""


def _attached(address: Resource, stack: Stack) -> bool:
    return (
        is_set(address.props, "instance")
        or is_set(address.props, "networkInterface")
        or bool(stack.referrers(address, NAT, "allocationId"))
        or bool(stack.referrers(address, EIP_ASSOCIATION, "allocationId"))
    )


def _present(vpc: Resource, stack: Stack) -> bool:
    services = [text(one.props, "serviceName") for one in stack.referrers(vpc, ENDPOINT, "vpcId")]
    return all(any(service.endswith(f".{wanted}") for service in services) for wanted in WANTED_ENDPOINTS)


RULES = [
    *(_no_public(port) for port in (20, 21, 22, 3389)),
    inspect(
        "nacl-no-all-ports",
        A,
        _ACLS,
        "No access list lets the world in on every port.",
        "name the ports or the addresses",
        _every_port,
    ),
    relate(
        "nacl-attached",
        A,
        ACL,
        "Every access list guards a subnet.",
        "set subnet_ids or remove it",
        lambda acl, stack: (
            is_set(acl.props, "subnetIds") or bool(stack.referrers(acl, ACL_ASSOCIATION, "networkAclId"))
        ),
    ),
    relate(
        "eip-attached",
        A,
        EIP,
        "Every public address belongs to something.",
        "attach it or release it",
        _attached,
    ),
    relate(
        "vpce-present",
        A,
        VPC,
        "AWS services are reached without the Internet.",
        f"add endpoints for {', '.join(WANTED_ENDPOINTS)}",
        _present,
    ),
    require(
        "vpce-policy-scoped",
        A,
        ENDPOINT,
        "An endpoint's policy says for whom and what.",
        "set a policy that names accounts or resources",
        lambda endpoint: (
            is_set(endpoint, "policy")
            and not any(one.anybody and one.unconstrained for one in documents.allows(endpoint.get("policy")))
        ),
    ),
    require(
        "vpce-multi-az",
        A,
        ENDPOINT,
        "An interface endpoint lies in two zones.",
        "give it two subnets",
        lambda endpoint: (
            text(endpoint, "vpcEndpointType") != "Interface" or len(values(endpoint, "subnetIds")) > 1
        ),
    ),
]
