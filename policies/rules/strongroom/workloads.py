"""Running: images are pinned, deployments roll back, the web ACL blocks, nothing is larger than agreed."""

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
        yield "a failed deployment is not rolled back"
    if number(props, "deploymentMinimumHealthyPercent", 100) < 100:
        yield "a deployment stops healthy tasks first"
    if on(props, "enableExecuteCommand"):
        yield "commands can be run in its tasks"
    least = [
        number(one.props, "minCapacity") for one in stack.referrers(service, SCALING_TARGET, "resourceId")
    ]
    if 0 < min(least or [number(props, "desiredCount", 1)]) < MIN_TASKS:
        yield f"fewer than {MIN_TASKS} tasks run"
    if len(values(part(props, "networkConfiguration"), "subnets")) < 2:
        yield "its tasks lie in one zone"


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
            yield "there are more NAT gateways than agreed"
        return
    if config.instance_classes and text(one.props, "instanceClass") not in config.instance_classes:
        yield "its class is not on the list"
    largest = max(number(one.props, "allocatedStorage"), number(one.props, "maxAllocatedStorage"))
    if 0 < config.storage_gib < largest:
        yield "its storage is over the ceiling"


RULES = [
    resource_rule(
        "own-image-pinned",
        P,
        TASK_DEFINITION,
        "An image is named by digest, or by a tag that cannot move.",
        "use repository@sha256:..., never latest",
        holds=_pinned,
    ),
    stack_rule(
        "own-ecs-resilient",
        P,
        ECS_SERVICE,
        "A service survives a bad deployment and the loss of a zone.",
        "set the circuit breaker with rollback, minimum healthy 100, two tasks in two subnets, no exec (A51)",
        finds=_resilient,
    ),
    resource_rule(
        "own-waf-blocks",
        P,
        WEB_ACL,
        "A web ACL blocks floods and known attacks, it does not only count them.",
        "add a rate rule that blocks and managed groups without count (A53)",
        holds=_blocks,
    ),
    stack_rule(
        "own-size-ceiling",
        A,
        (RDS_INSTANCE, NAT_GATEWAY),
        "Nothing is larger than the environment's ceiling.",
        "choose a smaller class or storage, or raise the ceiling",
        finds=_oversized,
    ),
]
