"""Tests of the shared permissions: exact resources, and decryption of nothing else."""

from __future__ import annotations

import pytest

from iam_documents import Request, document, may
from iam_documents.permissions import open_channels, read_parameters, read_secrets

ROLE = "arn:aws:iam::111122223333:role/aiponge-exec-user"
SECRET = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:aiponge/jwt-secret-AbCdEf"
PARAMETER = "arn:aws:ssm:eu-west-1:111122223333:parameter/cinematch/prod/django-secret-key"
PLAIN = "arn:aws:ssm:eu-west-1:111122223333:parameter/cinematch/prod/debug"
KEY = "arn:aws:kms:eu-west-1:111122223333:key/1"


def _decrypts(service: str, context: str, arn: str) -> Request:
    keys = {"kms:ViaService": f"{service}.eu-west-1.amazonaws.com", f"kms:EncryptionContext:{context}": arn}
    return Request("kms:Decrypt", KEY, ROLE, keys)


def test_a_shell_takes_its_four_channels_and_no_more() -> None:
    assert open_channels() == {
        "Effect": "Allow",
        "Action": [
            "ssmmessages:CreateControlChannel",
            "ssmmessages:CreateDataChannel",
            "ssmmessages:OpenControlChannel",
            "ssmmessages:OpenDataChannel",
        ],
        "Resource": "*",
    }


@pytest.mark.parametrize(
    ("request_", "through"),
    [
        (Request("secretsmanager:GetSecretValue", SECRET, ROLE), True),
        (Request("secretsmanager:GetSecretValue", SECRET + "x", ROLE), False),
        (Request("secretsmanager:PutSecretValue", SECRET, ROLE), False),
        (_decrypts("secretsmanager", "SecretARN", SECRET), True),
        (_decrypts("secretsmanager", "SecretARN", SECRET + "x"), False),
        (_decrypts("ssm", "SecretARN", SECRET), False),
        (Request("kms:Decrypt", KEY, ROLE), False),
        (
            Request("kms:Decrypt", KEY + "x", ROLE, _decrypts("secretsmanager", "SecretARN", SECRET).context),
            False,
        ),
    ],
)
def test_a_reader_of_secrets_reads_and_decrypts_exactly_those(request_: Request, through: bool) -> None:
    assert may(request_, [document(*read_secrets((SECRET,), KEY, "eu-west-1"))]) is through


@pytest.mark.parametrize(
    ("request_", "through"),
    [
        (Request("ssm:GetParameters", PARAMETER, ROLE), True),
        (Request("ssm:GetParameters", PLAIN, ROLE), True),
        (Request("ssm:GetParameters", PLAIN + "x", ROLE), False),
        (Request("ssm:GetParametersByPath", PARAMETER, ROLE), False),
        (_decrypts("ssm", "PARAMETER_ARN", PARAMETER), True),
        (_decrypts("ssm", "PARAMETER_ARN", PLAIN), False),
        (_decrypts("secretsmanager", "PARAMETER_ARN", PARAMETER), False),
        (Request("kms:Decrypt", KEY, ROLE), False),
    ],
)
def test_a_reader_of_parameters_decrypts_the_secret_ones_alone(request_: Request, through: bool) -> None:
    statements = read_parameters("ssm:GetParameters", (PARAMETER, PLAIN), (PARAMETER,), KEY, "eu-west-1")
    assert may(request_, [document(*statements)]) is through


def test_who_reads_nothing_has_no_statement() -> None:
    assert read_secrets((), KEY, "eu-west-1") == ()
    assert read_parameters("ssm:GetParameters", (), (), KEY, "eu-west-1") == ()


def test_who_reads_no_secret_parameter_may_not_decrypt() -> None:
    (only,) = read_parameters("ssm:GetParameters", (PLAIN,), (), KEY, "eu-west-1")
    assert only["Action"] == "ssm:GetParameters"
