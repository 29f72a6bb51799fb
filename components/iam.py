"""Trust and permission documents as data: exact resources, and a condition wherever AWS knows one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

Statement = Mapping[str, Any]
"""One statement of an IAM document; resources may be outputs."""
OPEN_CHANNELS = (
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
)
"""What Systems Manager's agent needs for a shell, in a task and on a host alike."""


def document(*statements: Statement) -> pulumi.Output[str]:
    """The JSON text of a policy document."""
    return pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": list(statements)})


def service_trust(service: str, account_id: str | None = None) -> pulumi.Output[str]:
    """A trust document for one AWS service, on behalf of this account where the service says whose it is.

    EC2 and Lambda send no ``aws:SourceAccount`` when they take a role: leave ``account_id`` out for them.
    """
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sts:AssumeRole",
    }
    if account_id is not None:
        statement["Condition"] = {"StringEquals": {"aws:SourceAccount": account_id}}
    return document(statement)


def allow(
    actions: str | Sequence[str],
    resources: pulumi.Input[str] | Sequence[pulumi.Input[str]],
    condition: Mapping[str, Any] | None = None,
) -> Statement:
    """Permission for ``actions`` on exactly ``resources``."""
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Action": actions if isinstance(actions, str) else list(actions),
        "Resource": list(resources) if isinstance(resources, list | tuple) else resources,
    }
    if condition:
        statement["Condition"] = condition
    return statement


def read_secrets(
    secret_arns: Sequence[pulumi.Input[str]], key_arn: pulumi.Input[str], region: str
) -> tuple[Statement, ...]:
    """Permission to read exactly these Secrets Manager secrets, and to decrypt nothing else."""
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
    action: str,
    parameter_arns: Sequence[str],
    secret_arns: Sequence[str],
    key_arn: pulumi.Input[str],
    region: str,
) -> tuple[Statement, ...]:
    """Permission to read exactly these parameters, and to decrypt those of them that are secret."""
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
