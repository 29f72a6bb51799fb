"""Tests that verification finds what is attached by hand, each kind by its own finding and remedy."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ops.checks.verify.attachments import service_of
from ops.checks.verify.attachments.row import Read
from ops.checks.verify.attachments.table import TABLE
from sandbox import Sandbox, samples
from tests.accounts import own_account
from tests.ops.checks.verify.attachments.plants import (
    audit,
    containers,
    data,
    edge,
    host,
    roles,
    secrets,
    storage,
    vpc,
    watching,
)
from tests.ops.checks.verify.attachments.plants.plant import Plant
from tests.ops.live import Live, Remembered

CONTAINERS: tuple[Plant, ...] = (
    *secrets.PLANTS,
    *data.PLANTS,
    *containers.PLANTS,
    *storage.PLANTS,
    *audit.PLANTS,
    *watching.PLANTS,
    *roles.PLANTS,
    *vpc.PLANTS,
    *edge.PLANTS,
)
HOST_STACK = "cinematch-staging"


@pytest.fixture(scope="module")
def host_stack() -> Iterator[Live]:
    """A running host stack."""
    with Sandbox(HOST_STACK, config=own_account(HOST_STACK)) as sandbox:
        up = sandbox.up(policies=False)
        assert up.exit_code == 0, up.error
        config, _ = samples.fill(sandbox.config(), sandbox.root)
        settings = samples.settings_of(config, sandbox.root)
        assert settings is not None
        aws = Remembered(settings, sandbox.session)
        yield Live(sandbox, settings, aws)


def row_of(plant: Plant) -> Read:
    """The row of the table that reads the attachment."""
    reads = (row for row in TABLE[plant.type] if isinstance(row, Read))
    return next(row for row in reads if row.attachment == plant.attachment)


def assert_found(live: Live, plant: Plant) -> None:
    findings = live.findings_of(plant.make, f"attached-{service_of(plant.type)}")
    remedy = row_of(plant).remedy
    assert [one.problem for one in findings if one.remedy == remedy and plant.says in one.problem], findings
    assert [str(one) for one in findings if one.unanswered or one.remedy != remedy] == []


@pytest.mark.parametrize("plant", CONTAINERS, ids=lambda plant: plant.id)
def test_an_attachment_made_by_hand_is_found(live: Live, plant: Plant) -> None:
    assert_found(live, plant)


@pytest.mark.parametrize("plant", host.PLANTS, ids=lambda plant: plant.id)
def test_an_attachment_made_by_hand_to_a_host_stack_is_found(host_stack: Live, plant: Plant) -> None:
    assert_found(host_stack, plant)


def test_every_attachment_that_is_read_is_planted_once() -> None:
    read = [(type_, row.attachment) for type_, rows in TABLE.items() for row in rows if isinstance(row, Read)]
    planted = [(one.type, one.attachment) for one in (*CONTAINERS, *host.PLANTS)]
    assert sorted(planted) == sorted(read)
