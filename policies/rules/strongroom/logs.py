"""Checks that log groups are declared in the stack and that access logs can be delivered."""

from __future__ import annotations

from rules.lib.environment_variables import containers
from rules.lib.resource_types import BUCKET, FLOW_LOG, FUNCTION, LOG_GROUP, TASK_DEFINITION, WEB_ACL_LOGGING
from rules.lib.s3_buckets import algorithms, takes_access_logs
from rules.pack.graph import Stack
from rules.pack.properties import part, text
from rules.pack.rule import M, Resource, stack_rule

_DESTINATIONS = {FLOW_LOG: "logDestination", WEB_ACL_LOGGING: "logDestinationConfigs"}


def _log_names(stack: Stack) -> frozenset[str]:
    return frozenset(text(group.props, "name") for group in stack.all(LOG_GROUP))


def _declared(one: Resource, stack: Stack) -> bool:
    declared = stack.once("log groups", _log_names)
    if one.type == TASK_DEFINITION:
        if stack.refers(one, "containerDefinitions", LOG_GROUP):
            return True
        options = [
            part(part(container, "logConfiguration"), "options") for container in containers(one.props)
        ]
        return all(text(each, "awslogs-group") in ("", *declared) for each in options)
    if one.type == FUNCTION:
        logs = part(one.props, "loggingConfig")
        own = text(logs, "logGroup") or f"/aws/lambda/{text(one.props, 'name')}"
        return bool(stack.refers(one, "loggingConfig", LOG_GROUP)) or own in declared
    return bool(stack.refers(one, _DESTINATIONS[one.type], LOG_GROUP, BUCKET))


def _target_encryption(bucket: Resource, stack: Stack) -> bool:
    return not takes_access_logs(bucket, stack) or all(one == "AES256" for one in algorithms(bucket, stack))


RULES = [
    stack_rule(
        "own-log-declared",
        M,
        (TASK_DEFINITION, FUNCTION, *_DESTINATIONS),
        "Every log group that a resource writes to is declared in the stack, with retention and key.",
        "add the LogGroup, and refer to it",
        holds=_declared,
        requirements=("A40",),
    ),
    stack_rule(
        "own-s3-log-target-sse",
        M,
        BUCKET,
        "A bucket for access logs is encrypted with SSE-S3; AWS cannot deliver them to any other.",
        'set sse_algorithm="AES256"',
        holds=_target_encryption,
    ),
]
