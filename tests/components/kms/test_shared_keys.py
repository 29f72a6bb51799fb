"""Tests of the keys of buckets and queues: used by declared roles, through one service only."""

from __future__ import annotations

import pytest

from components.kms.shared_keys import shared_use
from iam_documents import Request, allow, document, may_use_key
from settings.parts import bucket_access
from tests.parts import parts_settings

SETTINGS = parts_settings()
NAMES = SETTINGS.names
KEY = f"arn:aws:kms:eu-west-1:{NAMES.account_id}:key/1"
POLICY = document(*shared_use(NAMES, "s3", bucket_access(SETTINGS).values(), SETTINGS.administrators))
EVERYTHING = document(allow("kms:*", "*"))


def may_use(role: str, action: str, service: str = "s3") -> bool:
    context = {"kms:ViaService": f"{service}.eu-west-1.amazonaws.com"}
    return may_use_key(Request(f"kms:{action}", KEY, NAMES.role_arn(role), context), [EVERYTHING], POLICY)


@pytest.mark.parametrize(
    ("role", "decrypts", "encrypts"),
    [
        ("aiponge-task-storage", True, True),
        ("aiponge-task-reencrypt", True, False),
        ("aiponge-task-music", False, False),
        ("aiponge-exec-storage", False, False),
        ("aiponge-pulumi-up", True, True),
    ],
)
def test_readers_decrypt_and_writers_encrypt(role: str, decrypts: bool, encrypts: bool) -> None:
    assert may_use(role, "Decrypt") is decrypts
    assert may_use(role, "GenerateDataKey") is encrypts


@pytest.mark.parametrize("service", ["sqs", "secretsmanager"])
def test_no_other_service_uses_the_key(service: str) -> None:
    assert not may_use("aiponge-task-storage", "Decrypt", service)
    assert not may_use("aiponge-pulumi-up", "GenerateDataKey", service)
