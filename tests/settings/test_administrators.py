"""Tests of matching administrators with IAM's wildcards, and sessions by role name."""

from __future__ import annotations

import pytest

from settings.administrators import is_administrator

ACCOUNT = "111122223333"
ROLES = f"arn:aws:iam::{ACCOUNT}:role/"
SESSIONS = f"arn:aws:sts::{ACCOUNT}:assumed-role/"


@pytest.mark.parametrize(
    ("pattern", "role"),
    [
        ("pulumi-up", "pulumi-up"),
        ("pulumi-*", "pulumi-up"),
        ("pulumi-*", "pulumi-"),
        ("*", "team/deep/pulumi-up"),
        ("team*", "team/pulumi-up"),
        ("team/*", "team/deep/pulumi-up"),
        ("team-?", "team-a"),
        ("a?b", "a/b"),
        ("[ab]", "[ab]"),
    ],
)
def test_a_role_that_matches_administers(pattern: str, role: str) -> None:
    assert is_administrator(ROLES + role, (f"{ROLES}somebody", ROLES + pattern))


@pytest.mark.parametrize(
    ("pattern", "role"),
    [
        ("pulumi-up", "pulumi-up2"),
        ("pulumi-up", "team/pulumi-up"),
        ("team/*", "pulumi-up"),
        ("team-?", "team-"),
        ("team-?", "team-ab"),
        ("Admin*", "admin"),
        ("[ab]", "a"),
        ("[!x]*", "admin"),
    ],
)
def test_a_role_that_does_not_match_administers_nothing(pattern: str, role: str) -> None:
    assert not is_administrator(ROLES + role, (ROLES + pattern,))


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:iam::999999999999:role/admin",
        f"arn:aws:iam::{ACCOUNT}:user/admin",
        f"arn:aws:iam::{ACCOUNT}:root",
        "admin",
        "",
    ],
)
def test_nobody_else_administers(arn: str) -> None:
    assert not is_administrator(arn, (f"{ROLES}*",))


def test_a_wildcard_does_not_span_a_colon() -> None:
    assert not is_administrator(f"{ROLES}admin", ("arn:aws:*:role/admin", "arn:aws:iam:?111122223333:role/*"))
    assert is_administrator(f"{ROLES}admin", ("arn:aws:iam::*:role/admin",))


@pytest.mark.parametrize("pattern", ["pulumi-up", "team/pulumi-up", "team/*/pulumi-*", "*", "pulumi-u?"])
def test_a_session_is_known_by_the_name_of_its_role(pattern: str) -> None:
    assert is_administrator(f"{SESSIONS}pulumi-up/me@example.com", (ROLES + pattern,))


@pytest.mark.parametrize("pattern", ["pulumi", "team/pulumi", "[p]ulumi-up", "Pulumi-up", "pulumi-up/*x"])
def test_a_session_of_another_role_administers_nothing(pattern: str) -> None:
    assert not is_administrator(f"{SESSIONS}pulumi-up/me@example.com", (ROLES + pattern,))


def test_a_session_of_another_account_administers_nothing() -> None:
    assert not is_administrator("arn:aws:sts::999999999999:assumed-role/pulumi-up/me", (f"{ROLES}pulumi-up",))
