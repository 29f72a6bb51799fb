"""Lambda: called by those who are named, on a runtime that is patched, no secret in its environment."""

from __future__ import annotations

from collections.abc import Iterator

from .configuration import Configuration
from .detector import credential, secretish
from .reading import Props, is_set, number, own_key, part, text, values
from .rule import A, M, P, Resource, inspect, require

FUNCTION = "aws:lambda/function:Function"
PERMISSION = "aws:lambda/permission:Permission"
URL = "aws:lambda/functionUrl:FunctionUrl"
DEPRECATED = frozenset(
    (
        *(
            "nodejs",
            "nodejs4.3",
            "nodejs6.10",
            "nodejs8.10",
            "nodejs10.x",
            "nodejs12.x",
            "nodejs14.x",
            "nodejs16.x",
        ),
        *("nodejs18.x", "python2.7", "python3.6", "python3.7", "python3.8", "python3.9", "java8", "go1.x"),
        *(
            "dotnetcore1.0",
            "dotnetcore2.0",
            "dotnetcore2.1",
            "dotnetcore3.1",
            "dotnet5.0",
            "dotnet6",
            "dotnet7",
        ),
        *("ruby2.5", "ruby2.7", "provided"),
    )
)


def variables(function: Props) -> Iterator[tuple[str, str]]:
    """Name and value of every environment variable."""
    environment = part(part(function, "environment"), "variables")
    for name in environment:
        yield name, str(environment[name])


def _plain_secrets(function: Resource, _: Configuration) -> Iterator[str]:
    for name, value in variables(function.props):
        if kind := credential(value):
            yield f"environment.{name} looks like a credential ({kind})"
        elif value and secretish(name):
            yield f"environment.{name} is named like a credential"


def _by_service(permission: Props) -> bool:
    return text(permission, "principal").endswith(".amazonaws.com")


RULES = [
    inspect(
        "lambda-no-plain-secrets",
        M,
        FUNCTION,
        "No environment variable is, or is named like, a credential.",
        "hand over the secret's ARN and fetch it at run time",
        _plain_secrets,
    ),
    require(
        "lambda-env-cmk",
        P,
        FUNCTION,
        "A function's environment is encrypted with a key of ours.",
        "set kms_key_arn",
        lambda function: not is_set(function, "environment") or own_key(function, "kmsKeyArn"),
    ),
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
    require(
        "lambda-code-signing",
        A,
        FUNCTION,
        "Only signed code runs.",
        "set code_signing_config_arn",
        lambda function: is_set(function, "codeSigningConfigArn"),
    ),
    require(
        "lambda-runtime-supported",
        M,
        FUNCTION,
        "A function's runtime is patched.",
        "take a newer runtime",
        lambda function: text(function, "runtime") not in DEPRECATED,
    ),
    require(
        "lambda-permission-not-public",
        M,
        PERMISSION,
        "Nobody in general may call a function.",
        "name the principal",
        lambda permission: text(permission, "principal") != "*",
    ),
    require(
        "lambda-permission-source",
        M,
        PERMISSION,
        "A service calls a function only on behalf of our own account.",
        "set source_arn or source_account",
        lambda permission: (
            not _by_service(permission)
            or is_set(permission, "sourceArn")
            or is_set(permission, "sourceAccount")
        ),
    ),
    require(
        "lambda-url-auth",
        M,
        URL,
        "A function's URL asks who is there.",
        'set authorization_type="AWS_IAM"',
        lambda url: text(url, "authorizationType") == "AWS_IAM",
    ),
]
