"""Lambda: in two zones of the VPC, contained, traced, and no failed call is lost."""

from __future__ import annotations

from rules.lib.resource_types import FUNCTION
from rules.pack.properties import is_set, number, part, text, values
from rules.pack.rule import A, require

RULES = [
    require(
        "lambda-in-vpc",
        A,
        FUNCTION,
        "A function runs in the VPC.",
        "set vpc_config",
        lambda function: is_set(function, "vpcConfig"),
    ),
    require(
        "lambda-multi-az",
        A,
        FUNCTION,
        "A function in the VPC has subnets in two zones.",
        "give it two subnets",
        lambda function: (
            not is_set(function, "vpcConfig") or len(values(part(function, "vpcConfig"), "subnetIds")) > 1
        ),
    ),
    require(
        "lambda-dlq",
        A,
        FUNCTION,
        "A call that fails is kept.",
        "set dead_letter_config",
        lambda function: is_set(part(function, "deadLetterConfig"), "targetArn"),
    ),
    require(
        "lambda-concurrency",
        A,
        FUNCTION,
        "A function cannot take all the account's capacity.",
        "set reserved_concurrent_executions",
        lambda function: number(function, "reservedConcurrentExecutions", -1) >= 0,
    ),
    require(
        "lambda-tracing",
        A,
        FUNCTION,
        "A function's calls can be traced.",
        'set tracing_config mode="Active"',
        lambda function: text(part(function, "tracingConfig"), "mode") == "Active",
    ),
]
