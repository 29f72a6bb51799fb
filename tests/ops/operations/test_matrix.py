"""Tests of every command that writes: interrupted at each of its boundaries, and run again."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

import pytest

from tests.ops.operations.commands import COMMANDS, RETIRED
from tests.ops.operations.killed import killed_at_each_boundary

CLOSING = ["before the record is closed", "record kept"]
STEP = ("begun", "edited", "updated", "proven", "done")


def steps(*names: str) -> list[str]:
    return ["record written", *(f"{name}: {part}" for name in names for part in STEP), *CLOSING]


RETIREMENT = steps(f"secrets.{RETIRED}.minGeneration: 2")
RETIREMENT[1:1] = ["proof: begun", "proof: done"]
READERS = ["readers: begun", "readers: done", *CLOSING]
BOUNDARIES = {
    "rotate redis-url": steps("secrets.redis-url.generation: 2"),
    "rotate redis-url --compromised": steps(
        "secrets.redis-url.generation: 2", "secrets.redis-url.revoked: and 1"
    ),
    "rotate jwt-secret": steps("secrets.jwt-secret.generation: 2"),
    "rotate jwt-secret --compromised": steps(
        "secrets.jwt-secret.revoked: and 2", "secrets.jwt-secret.generation: 3"
    ),
    "rotate django-secret-key (on a host)": steps("secrets.django-secret-key.generation: 2"),
    "rotate database-url": [
        "record written",
        "rotation: begun",
        "rotation started",
        "rotation: done",
        *READERS,
    ],
    "rotate database-url --abort": ["pending version dropped", "rotation: failed", *CLOSING],
    "repoint database-url": ["record written", "address: begun", "address put", "address: done", *READERS],
    f"retire {RETIRED}": RETIREMENT,
    "bootstrap": [
        *("CreateKey", "CreateAlias", "EnableKeyRotation", "CreateBucket", "PutPublicAccessBlock"),
        *("PutBucketOwnershipControls", "PutBucketVersioning", "PutBucketEncryption", "PutBucketTagging"),
        *("PutBucketPolicy", "CreateOpenIDConnectProvider", "CreatePolicy", "CreateRole"),
        *("UpdateAssumeRolePolicy", "PutRolePermissionsBoundary", "UpdateRole", "PutRolePolicy"),
        *("UpdateAssumeRolePolicy (2)", "PutRolePermissionsBoundary (2)", "UpdateRole (2)"),
        "PutRolePolicy (2)",
        *("CreateRole (2)", "UpdateAssumeRolePolicy (3)", "UpdateRole (3)", "AttachRolePolicy"),
        *("CreateRole (3)", "UpdateAssumeRolePolicy (4)", "UpdateRole (4)", "AttachRolePolicy (2)"),
    ],
    "destroy": [
        *("record written", "unprotect: begun", "unprotect: done"),
        *("delete: begun", "emptied", "deleted", "delete: done"),
        *("log groups: begun", "log groups: done", *CLOSING),
    ],
    "restore-drill": [
        *("record written", "restore: begun", "restore started", "restore: done"),
        *("isolation: begun", "isolation: done", "check: begun", "check: done"),
        *("deletion: begun", "deletion: done", *CLOSING),
    ],
    "import-env": ["values checked", "tmdb-token: set", "llm-api-key: set"],
}
INCIDENT = (
    "record written",
    "sessions of aiponge-deploy: begun",
    "secrets.jwt-secret.generation: 3: edited",
    "update 1: done",
    "update 2: readers restarted",
    "secret redis-url: done",
    "rotation started",
    "rotation started (2)",
    "version in force (2)",
    "master password of the database: asked for",
    *CLOSING,
)
"""Some of an incident's boundaries: each item has two, and each step of a secret three."""


@cache
def outcomes(command: str) -> dict[str, str]:
    """The failures of reruns by boundary."""
    with tempfile.TemporaryDirectory() as folder, COMMANDS[command](Path(folder)) as standing:
        return killed_at_each_boundary(standing.run, standing.again)


@pytest.mark.finding(10)
@pytest.mark.attack(44)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_rerun_finishes_what_was_ended_at_any_boundary(command: str) -> None:
    failed = {boundary: why for boundary, why in outcomes(command).items() if why}
    assert not failed, "\n".join(f"{boundary}:\n{why}" for boundary, why in failed.items())


@pytest.mark.parametrize("command", BOUNDARIES)
def test_the_ends_are_at_every_step(command: str) -> None:
    assert [*outcomes(command)] == BOUNDARIES[command]


def test_the_ends_of_an_incident_are_at_every_item_and_every_step() -> None:
    assert [one for one in INCIDENT if one not in outcomes("incident")] == []
    assert BOUNDARIES.keys() | {"incident"} == COMMANDS.keys()


def test_no_command_is_without_boundaries() -> None:
    """The matrix of commands and boundaries is printed; show it with ``pytest -s``."""
    for command in COMMANDS:
        print(f"\n{command}: {len(outcomes(command))} boundaries")
        for boundary, why in outcomes(command).items():
            print(f"  {boundary:60} {'FAILED' if why else 'a rerun finished it'}")
    assert [command for command in COMMANDS if len(outcomes(command)) < 2] == []
