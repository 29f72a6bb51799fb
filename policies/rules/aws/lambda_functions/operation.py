"""Lambda: in two zones of the VPC, contained, traced, and no failed call is lost."""

from __future__ import annotations

from rules.lib.resource_types import FUNCTION
from rules.pack.properties import is_set, number, part, text, values
from rules.pack.rule import A, resource_rule

RULES = [
    resource_rule(
        "lambda-in-vpc",
        A,
        FUNCTION,
        "A function runs in the VPC.",
        "set vpc_config",
        holds=lambda function: is_set(function, "vpcConfig"),
    ),
    resource_rule(
        "lambda-multi-az",
        A,
        FUNCTION,
        "A function in the VPC has subnets in two zones.",
        "give it two subnets",
        holds=lambda function: (
            not is_set(function, "vpcConfig") or len(values(part(function, "vpcConfig"), "subnetIds")) > 1
        ),
    ),
    resource_rule(
        "lambda-dlq",
        A,
        FUNCTION,
        "A call that fails is kept.",
        "set dead_letter_config",
        holds=lambda function: is_set(part(function, "deadLetterConfig"), "targetArn"),
    ),
    resource_rule(
        "lambda-concurrency",
        A,
        FUNCTION,
        "A function cannot take all the account's capacity.",
        "set reserved_concurrent_executions",
        holds=lambda function: number(function, "reservedConcurrentExecutions", -1) >= 0,
    ),
    resource_rule(
        "lambda-tracing",
        A,
        FUNCTION,
        "A function's calls can be traced.",
        'set tracing_config mode="Active"',
        holds=lambda function: text(part(function, "tracingConfig"), "mode") == "Active",
    ),
]
