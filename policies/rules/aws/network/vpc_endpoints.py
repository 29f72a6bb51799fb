"""VPC endpoints and endpoint services: presence, zones, endpoint policies, manual acceptance."""

from __future__ import annotations

from rules.lib.iam import access, conditions, documents
from rules.lib.iam.documents import Statement
from rules.lib.resource_types import (
    VPC,
    VPC_ENDPOINT,
    VPC_ENDPOINT_SERVICE,
)
from rules.pack.graph import Stack
from rules.pack.properties import is_set, on, text, values
from rules.pack.rule import A, M, Resource, resource_rule, stack_rule

WANTED_ENDPOINTS = ("ecr.api", "ecr.dkr", "secretsmanager", "kms", "logs", "ssm", "s3")


def _present(vpc: Resource, stack: Stack) -> bool:
    services = [text(one.props, "serviceName") for one in stack.referrers(vpc, VPC_ENDPOINT, "vpcId")]
    return all(any(service.endswith(f".{wanted}") for service in services) for wanted in WANTED_ENDPOINTS)


def _unscoped(one: Statement) -> bool:
    """Whether it allows every principal every resource, without a condition on either."""
    return access.is_public(one) and one.anywhere and not conditions.bound_the_holder(one.conditions)


RULES = [
    resource_rule(
        "vpce-service-manual",
        M,
        VPC_ENDPOINT_SERVICE,
        "Connections to an endpoint service must be accepted.",
        "set acceptance_required=True",
        holds=lambda service: on(service, "acceptanceRequired"),
    ),
    stack_rule(
        "vpce-present",
        A,
        VPC,
        "AWS services are reached through VPC endpoints.",
        f"add endpoints for {', '.join(WANTED_ENDPOINTS)}",
        holds=_present,
    ),
    resource_rule(
        "vpce-policy-scoped",
        A,
        VPC_ENDPOINT,
        "An endpoint has a policy that restricts principals or resources.",
        "set a policy that names accounts or resources in it",
        holds=lambda endpoint: (
            is_set(endpoint, "policy") and not any(map(_unscoped, documents.allows(endpoint.get("policy"))))
        ),
    ),
    resource_rule(
        "vpce-multi-az",
        A,
        VPC_ENDPOINT,
        "An interface endpoint is in two availability zones.",
        "give it subnets in two zones",
        holds=lambda endpoint: (
            text(endpoint, "vpcEndpointType") != "Interface" or len(values(endpoint, "subnetIds")) > 1
        ),
    ),
]
