"""Lambda: called by those who are named."""

from __future__ import annotations

from rules.lib.resource_types import FUNCTION_PERMISSION, FUNCTION_URL
from rules.pack.properties import Props, is_set, text
from rules.pack.rule import M, resource_rule


def _by_service(permission: Props) -> bool:
    return text(permission, "principal").endswith(".amazonaws.com")


RULES = [
    resource_rule(
        "lambda-permission-not-public",
        M,
        FUNCTION_PERMISSION,
        "Nobody in general may call a function.",
        "name the principal",
        holds=lambda permission: text(permission, "principal") != "*",
    ),
    resource_rule(
        "lambda-permission-source",
        M,
        FUNCTION_PERMISSION,
        "A service calls a function only on behalf of our own account.",
        "set source_arn or source_account",
        holds=lambda permission: (
            not _by_service(permission)
            or is_set(permission, "sourceArn")
            or is_set(permission, "sourceAccount")
        ),
    ),
    resource_rule(
        "lambda-url-auth",
        M,
        FUNCTION_URL,
        "A function's URL asks who is there.",
        'set authorization_type="AWS_IAM"',
        holds=lambda url: text(url, "authorizationType") == "AWS_IAM",
    ),
]
