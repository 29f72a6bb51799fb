"""Tests that verification finds what is attached by hand, each kind by its own finding and remedy."""

from __future__ import annotations

import pytest

from ops.checks.verify.attachments import service_of
from ops.checks.verify.attachments.row import Read
from ops.checks.verify.attachments.table import TABLE
from tests.ops.checks.verify.attachments.plants import (
    audit,
    containers,
    data,
    roles,
    secrets,
    storage,
    watching,
)
from tests.ops.checks.verify.attachments.plants.plant import Plant
from tests.ops.live import Live

CONTAINERS: tuple[Plant, ...] = (
    *secrets.PLANTS,
    *data.PLANTS,
    *containers.PLANTS,
    *storage.PLANTS,
    *audit.PLANTS,
    *watching.PLANTS,
    *roles.PLANTS,
)


def row_of(plant: Plant) -> Read:
    """The row of the table that reads the attachment."""
    (found,) = (
        row for row in TABLE[plant.type] if isinstance(row, Read) and row.attachment == plant.attachment
    )
    return found


@pytest.mark.parametrize("plant", CONTAINERS, ids=lambda plant: plant.id)
def test_an_attachment_made_by_hand_is_found(live: Live, plant: Plant) -> None:
    findings = live.findings_of(plant.make, f"attached-{service_of(plant.type)}")
    remedy = row_of(plant).remedy
    assert [one.problem for one in findings if one.remedy == remedy and plant.says in one.problem], findings
    assert [str(one) for one in findings if one.unanswered or one.remedy != remedy] == []
