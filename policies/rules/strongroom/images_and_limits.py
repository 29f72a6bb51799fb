"""Checks pinned images, rollback of deployments, blocking web ACLs and size limits."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rules.aws.load_balancing.waf import counts_only, managed, rules
from rules.lib.environment_variables import containers
from rules.lib.resource_types import (
    ECS_SERVICE,
    NAT_GATEWAY,
    RDS_INSTANCE,
    SCALING_TARGET,
    TASK_DEFINITION,
    WEB_ACL,
)
from rules.pack.graph import Stack
from rules.pack.properties import Props, is_set, number, on, part, text, values
from rules.pack.rule import A, P, Resource, resource_rule, stack_rule

MIN_TASKS = 2
_BY_DIGEST = re.compile(r".+@sha256:[0-9a-f]{64}")
_FROM_OWN_REGISTRY = re.compile(r"\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com/.+:(?!latest$)[\w.-]+")


def _pinned(task: Props) -> bool:
    images = [text(container, "image") for container in containers(task)]
    return all(_BY_DIGEST.fullmatch(image) or _FROM_OWN_REGISTRY.fullmatch(image) for image in images)


def _resilient(service: Resource, stack: Stack) -> Iterator[str]:
    props = service.props
    breaker = part(props, "deploymentCircuitBreaker")
    if not (on(breaker, "enable") and on(breaker, "rollback")):
        yield "the deployment circuit breaker does not roll back"
    if number(props, "deploymentMinimumHealthyPercent", 100) < 100:
        yield "deployment_minimum_healthy_percent is below 100"
    if on(props, "enableExecuteCommand"):
        yield "ECS Exec is enabled"
    least = [
        number(one.props, "minCapacity") for one in stack.referrers(service, SCALING_TARGET, "resourceId")
    ]
    if 0 < min(least or [number(props, "desiredCount", 1)]) < MIN_TASKS:
        yield f"fewer than {MIN_TASKS} tasks run"
    if len(values(part(props, "networkConfiguration"), "subnets")) < 2:
        yield "its tasks are in one availability zone"


def _blocks(acl: Props) -> bool:
    found = rules(acl)
    rated = any(
        is_set(part(rule, "statement"), "rateBasedStatement") and is_set(part(rule, "action"), "block")
        for rule in found
    )
    return rated and any(text(managed(rule), "name") and not counts_only(rule) for rule in found)


def _oversized(one: Resource, stack: Stack) -> Iterator[str]:
    config = stack.config
    if one.type == NAT_GATEWAY:
        if 0 < config.nat_gateways < len(stack.all(NAT_GATEWAY)):
            yield "there are more NAT gateways than natGateways allows"
        return
    if config.instance_classes and text(one.props, "instanceClass") not in config.instance_classes:
        yield "its class is not in instanceClasses"
    largest = max(number(one.props, "allocatedStorage"), number(one.props, "maxAllocatedStorage"))
    if 0 < config.storage_gib < largest:
        yield "its storage is above storageGib"


RULES = [
    resource_rule(
        "own-image-pinned",
        P,
        TASK_DEFINITION,
        "An image is named by digest, or by an immutable tag of an ECR repository.",
        "use repository@sha256:DIGEST, never the tag latest",
        holds=_pinned,
    ),
    stack_rule(
        "own-ecs-resilient",
        P,
        ECS_SERVICE,
        "A service tolerates a failed deployment and the loss of an availability zone.",
        "set the circuit breaker with rollback, minimum healthy 100, two tasks, two subnets, no ECS Exec",
        finds=_resilient,
        requirements=("A51",),
    ),
    resource_rule(
        "own-waf-blocks",
        P,
        WEB_ACL,
        "A web ACL blocks request floods and known attacks instead of counting them.",
        "add a rate-based rule with Block, and managed rule groups that are not overridden with Count",
        holds=_blocks,
        requirements=("A53",),
    ),
    stack_rule(
        "own-size-ceiling",
        A,
        (RDS_INSTANCE, NAT_GATEWAY),
        "No resource exceeds the size limits of its environment.",
        "choose a smaller class or storage, or raise the limit in the pack's configuration",
        finds=_oversized,
    ),
]
