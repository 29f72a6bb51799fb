"""Runs staging with 30 services in the sandbox, where every call is checked against AWS's limits."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ops.checks.verify import verify
from sandbox import Result, Sandbox
from tests.accounts import own_account
from tests.many_services import with_services

SERVICES = 30


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(
        "staging", config={**own_account("staging"), **with_services("staging", SERVICES)}
    ) as opened:
        yield opened


@pytest.fixture(scope="module")
def first(sandbox: Sandbox) -> Result:
    return sandbox.up(verify=verify)


def test_a_preview_breaks_no_mandatory_policy(sandbox: Sandbox) -> None:
    """Before the first update, as the tests of this module run in order."""
    planned = sandbox.preview()
    assert planned.error == ""
    assert [one for one in planned.findings if one.level == "mandatory"] == []
    assert planned.counts.keys() == {"create"}


def test_it_comes_up_and_verifies_without_finding(sandbox: Sandbox, first: Result) -> None:
    assert first.error == ""
    assert [str(finding) for finding in first.verification.findings] == []
    ecs = sandbox.client("ecs")
    pages = ecs.get_paginator("list_services").paginate(cluster="aiponge-staging")
    assert sum(len(page["serviceArns"]) for page in pages) == SERVICES


def test_a_second_update_and_a_refresh_change_nothing(sandbox: Sandbox, first: Result) -> None:
    assert sandbox.up().counts == {"same": first.counts["create"]}
    assert sandbox.refresh().counts == {"same": first.counts["create"]}
