"""Lambda: signed code on a patched runtime, no secret in its environment."""

from __future__ import annotations

from collections.abc import Iterator

from rules.lib.resource_types import FUNCTION
from rules.lib.secret_finder import credential, secretish
from rules.pack.config import Configuration
from rules.pack.properties import Props, is_set, own_key, part, text
from rules.pack.rule import A, M, P, Resource, resource_rule

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


RULES = [
    resource_rule(
        "lambda-no-plain-secrets",
        M,
        FUNCTION,
        "No environment variable is, or is named like, a credential.",
        "hand over the secret's ARN and fetch it at run time",
        finds=_plain_secrets,
    ),
    resource_rule(
        "lambda-env-cmk",
        P,
        FUNCTION,
        "A function's environment is encrypted with a key of ours.",
        "set kms_key_arn",
        holds=lambda function: not is_set(function, "environment") or own_key(function, "kmsKeyArn"),
    ),
    resource_rule(
        "lambda-code-signing",
        A,
        FUNCTION,
        "Only signed code runs.",
        "set code_signing_config_arn",
        holds=lambda function: is_set(function, "codeSigningConfigArn"),
    ),
    resource_rule(
        "lambda-runtime-supported",
        M,
        FUNCTION,
        "A function's runtime is patched.",
        "take a newer runtime",
        holds=lambda function: text(function, "runtime") not in DEPRECATED,
    ),
]
