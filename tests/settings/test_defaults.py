"""Tests of the endpoints that a stack has where its file names none."""

from __future__ import annotations

import pytest

from tests.settings.stack_files import REMOVED, accept

COLUMNS = [{"table": "notes", "key": "id", "column": "text", "owner": "user_id"}]
KEY = {
    "name": "/cinematch/production/notes-key",
    "kind": "aes-256-key",
    "description": "AES-256 key of notes",
    "readers": ["deploy"],
    "keyring": {"name": "cinematch/notes-keyring", "env": "NOTES_KEYRING"},
    "encryptedColumns": COLUMNS,
}


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
        ("prod", ("ecr.api", "ecr.dkr", "logs", "secretsmanager")),
        ("staging", ("ecr.api", "ecr.dkr", "logs", "secretsmanager")),
        ("cinematch-production", ("ssm", "ssmmessages", "logs")),
    ],
)
def test_the_platform_chooses_the_endpoints(stack: str, expected: tuple[str, ...]) -> None:
    assert accept(("network.endpoints", REMOVED), stack=stack).network.endpoints == expected


def test_a_host_whose_restore_tests_decrypt_reaches_secrets_manager() -> None:
    settings = accept(
        ("network.endpoints", REMOVED), ("secrets.notes-key", KEY), stack="cinematch-production"
    )
    assert settings.network.endpoints == ("ssm", "ssmmessages", "logs", "secretsmanager")


def test_an_empty_list_stays_empty() -> None:
    assert accept(("network.endpoints", []), stack="cinematch-production").network.endpoints == ()
