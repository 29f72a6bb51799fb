"""Lambda: environment variables, code signing, supported runtimes, VPC, callers, dead-letter queues."""

from __future__ import annotations

from rules.lib.deprecations import read
from rules.lib.environment_variables import credentials, variables
from rules.lib.iam import access
from rules.lib.iam.principals import is_everyone
from rules.lib.resource_types import FUNCTION, FUNCTION_PERMISSION, FUNCTION_URL
from rules.pack.properties import Props, is_set, known, number, own_key, part, text, values, word
from rules.pack.rule import A, M, P, resource_rule

_RUNTIMES = read()["lambda_runtimes"]


def _by_service(permission: Props) -> bool:
    return text(permission, "principal").endswith((".amazonaws.com", ".amazonaws.com.cn"))


def _source_bounded(permission: Props) -> bool:
    if is_set(permission, "sourceAccount") or not known(permission, "sourceArn"):
        return True
    return access.source_is_bounded(text(permission, "sourceArn"))


RULES = [
    resource_rule(
        "lambda-no-plain-secrets",
        M,
        FUNCTION,
        "No environment variable has the value or the name of a credential.",
        "pass the secret's ARN, and fetch the value at run time",
        finds=lambda function, _: credentials(variables(function), by_name=True),
    ),
    resource_rule(
        "lambda-env-cmk",
        P,
        FUNCTION,
        "A function's environment variables are encrypted with a customer managed key.",
        "set kms_key_arn",
        holds=lambda function: not is_set(function, "environment") or own_key(function, "kmsKeyArn"),
    ),
    resource_rule(
        "lambda-code-signing",
        A,
        FUNCTION,
        "A function runs signed code only.",
        "set code_signing_config_arn",
        holds=lambda function: is_set(function, "codeSigningConfigArn"),
    ),
    resource_rule(
        "lambda-runtime-supported",
        M,
        FUNCTION,
        "A function's runtime is supported.",
        "use a newer runtime",
        holds=lambda function: not _RUNTIMES.deprecated(word(function, "runtime")),
    ),
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
        "A function in a VPC has subnets in two availability zones.",
        "give it two subnets",
        holds=lambda function: (
            not is_set(function, "vpcConfig") or len(values(part(function, "vpcConfig"), "subnetIds")) > 1
        ),
    ),
    resource_rule(
        "lambda-dlq",
        A,
        FUNCTION,
        "A function has a dead-letter queue for failed asynchronous invocations.",
        "set dead_letter_config",
        holds=lambda function: is_set(part(function, "deadLetterConfig"), "targetArn"),
    ),
    resource_rule(
        "lambda-concurrency",
        A,
        FUNCTION,
        "A function has reserved concurrency, so that it cannot use the whole account's.",
        "set reserved_concurrent_executions",
        holds=lambda function: number(function, "reservedConcurrentExecutions", -1) >= 0,
    ),
    resource_rule(
        "lambda-tracing",
        A,
        FUNCTION,
        "A function is traced with X-Ray.",
        'set tracing_config mode="Active"',
        holds=lambda function: text(part(function, "tracingConfig"), "mode") == "Active",
    ),
    resource_rule(
        "lambda-permission-not-public",
        M,
        FUNCTION_PERMISSION,
        "A function cannot be invoked by the public.",
        "name the principal",
        holds=lambda permission: not is_everyone(text(permission, "principal")),
    ),
    resource_rule(
        "lambda-permission-source",
        M,
        FUNCTION_PERMISSION,
        "A service may invoke a function on behalf of the stack's own account only.",
        "set source_arn or source_account",
        holds=lambda permission: not _by_service(permission) or _source_bounded(permission),
    ),
    resource_rule(
        "lambda-url-auth",
        M,
        FUNCTION_URL,
        "A function URL requires IAM authentication.",
        'set authorization_type="AWS_IAM"',
        holds=lambda url: text(url, "authorizationType") == "AWS_IAM",
    ),
]
