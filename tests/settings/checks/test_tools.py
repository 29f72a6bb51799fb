"""Tests of the tools' checks: names, user, size and readers."""

from __future__ import annotations

from typing import Any

import pytest

from settings.connections import Connection, SecurityGroup, declared_connections
from settings.grants import entries_read_by, known_readers
from tests.settings.stack_files import REMOVED, accept, problems

TOOLS, TOOL = "platform.tools", "platform.tools.reencrypt"
RING = "secrets.entry-encryption-key.keyring.tools"
OTHER = {"command": ["--help"]}


def test_a_tool_may_be_a_reader_and_reads_nothing_that_does_not_name_it() -> None:
    settings = accept((f"{TOOLS}.other", OTHER))
    assert "other" in known_readers(settings)
    assert entries_read_by(settings, "other") == ()
    assert {one.store_name for one in entries_read_by(settings, "reencrypt")} == {
        "aiponge/database-url",
        "aiponge/entry-encryption-keyring",
    }


@pytest.mark.parametrize(("stores", "found"), [([], set()), (["cache"], {"redis"}), (["database"], {"rds"})])
def test_a_tool_reaches_its_stores_only(stores: list[str], found: set[str]) -> None:
    settings = accept((f"{TOOL}.stores", stores), ("secrets.database-url.readers", ["user", *_others()]))
    reached = {
        connection.target.name
        for connection in declared_connections(settings)
        if connection.source == SecurityGroup("reencrypt")
    }
    assert reached == found | {"endpoints", "s3"}
    assert not [
        connection
        for connection in declared_connections(settings)
        if connection.target == SecurityGroup("reencrypt")
    ]


def test_a_stack_without_tools_has_no_edge_for_them() -> None:
    readers = ("secrets.database-url.readers", ["user", *_others()])
    settings = accept((TOOLS, REMOVED), (RING, REMOVED), readers)
    assert Connection(SecurityGroup("reencrypt"), SecurityGroup("rds"), 5432) not in declared_connections(
        settings
    )


def _others() -> list[str]:
    return ["system", "storage", "ai-config", "ai-content", "ai-analytics", "music"]


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        (f"{TOOLS}.user", OTHER, f"{TOOLS}.user: is the name of a service; choose another"),
        (f"{TOOLS}.migrate", OTHER, f"{TOOLS}.migrate: is the name of a one-off task; choose another"),
        (f"{TOOL}.user", "0:0", f"{TOOL}.user=0:0: containers never run as root; name another uid"),
        (
            f"{TOOL}.memoryMib",
            512,
            f"{TOOL}.memoryMib=512: with cpu=2048 Fargate takes 4096 to 16384, above 1024 in whole 1024s; "
            "choose one of them",
        ),
        (
            RING,
            ["reencrpt"],
            f'{RING}: "reencrpt" is not in platform.tools; did you mean "reencrypt"?',
        ),
    ],
)
def test_a_wrong_tool_is_refused(path: str, value: Any, says: str) -> None:
    assert problems((path, value)) == [says]


def test_a_tool_that_reads_the_plain_value_too_is_named_once() -> None:
    said = problems(("secrets.entry-encryption-key.readers", ["user", "reencrypt"]))
    assert f"{RING}: reencrypt is also a reader of the plain value; list it only once" in said


def test_a_tool_reads_no_parameter() -> None:
    said = problems(
        ("secrets.jwt-secret.store", "parameter-store"),
        ("secrets.jwt-secret.name", "/aiponge/jwt-secret"),
        ("secrets.jwt-secret.readers", ["reencrypt"]),
    )
    assert (
        "secrets.jwt-secret.store=parameter-store: reencrypt reads Secrets Manager only; move it there"
        in said
    )
