"""Builds permissions that several roles share: reading secrets, and opening Session Manager channels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from iam_documents.build import Statement, allow

_CHANNELS = (
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
)


def open_channels() -> Statement:
    """Allow the channels that the SSM agent needs for sessions, in a task or on a host."""
    return allow(_CHANNELS, "*")  # these actions have no resource type


def read_secrets(secret_arns: Sequence[Any], key_arn: Any, region: str) -> tuple[Statement, ...]:
    """Allow reading exactly these Secrets Manager secrets, and decrypting only through Secrets Manager."""
    if not secret_arns:
        return ()
    return (
        allow("secretsmanager:GetSecretValue", list(secret_arns)),
        allow(
            "kms:Decrypt",
            key_arn,
            {
                "StringEquals": {
                    "kms:ViaService": f"secretsmanager.{region}.amazonaws.com",
                    "kms:EncryptionContext:SecretARN": list(secret_arns),
                }
            },
        ),
    )


def read_parameters(
    action: str, parameter_arns: Sequence[str], secret_arns: Sequence[str], key_arn: Any, region: str
) -> tuple[Statement, ...]:
    """Allow reading exactly these parameters, and decrypting the SecureString ones among them."""
    if not parameter_arns:
        return ()
    reads = allow(action, list(parameter_arns))
    if not secret_arns:
        return (reads,)
    decrypts = allow(
        "kms:Decrypt",
        key_arn,
        {
            "StringEquals": {
                "kms:ViaService": f"ssm.{region}.amazonaws.com",
                "kms:EncryptionContext:PARAMETER_ARN": list(secret_arns),
            }
        },
    )
    return (reads, decrypts)


def of_functions(region: str, function_arns: str) -> dict[str, dict[str, str]]:
    """The condition that a key decrypts variables of these Lambda functions, for Lambda only."""
    return {
        "StringEquals": {"kms:ViaService": f"lambda.{region}.amazonaws.com"},
        "ArnLike": {"kms:EncryptionContext:aws:lambda:FunctionArn": function_arns},
    }
