"""Tests of restarting readers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ops.core.console import Screen
from ops.core.context import Clock, StackContext
from ops.core.exits import Exit, Stop
from ops.rotation import readers
from settings import read_stack_file
from tests.ops.stack_folder import Only

CHANGED = datetime(2026, 1, 1, tzinfo=UTC)
OLD, NEW = CHANGED - timedelta(hours=1), CHANGED + timedelta(minutes=1)


class Cluster:
    """ECS with two services; ``later`` are its descriptions of the forced deployment, one per call."""

    def __init__(self, *later: tuple[str, str, datetime], count: int = 1) -> None:
        self._later, self._count, self.forced = list(later), count, list[str]()
        self._now = ("before", "COMPLETED", OLD)

    def update_service(self, **given: Any) -> dict[str, Any]:
        assert given.keys() == {"cluster", "service", "forceNewDeployment"}
        self.forced.append(given["service"])
        return {"service": self._service(given["service"], "forced", "IN_PROGRESS")}

    def describe_services(self, *, cluster: str, services: list[str]) -> dict[str, Any]:
        if self.forced:
            self._now = self._later.pop(0) if len(self._later) > 1 else self._later[0]
        return {"services": [self._service(name, *self._now[:2]) for name in services]}

    def _service(self, name: str, deployment: str, state: str) -> dict[str, Any]:
        made = {"before": OLD, "forced": NEW, "redeployed": NEW + timedelta(seconds=1)}[deployment]
        primary = {"status": "PRIMARY", "id": deployment, "rolloutState": state, "createdAt": made}
        counts = {"desiredCount": self._count, "runningCount": self._count}
        return {"serviceName": name, "status": "ACTIVE", "deployments": [primary], **counts}

    def can_paginate(self, operation: str) -> bool:
        return operation == "list_tasks"

    def get_paginator(self, operation: str) -> Any:
        assert operation == "list_tasks"
        return self

    def paginate(self, **_: Any) -> list[dict[str, Any]]:
        return [{"taskArns": ["task"] * self._count}]

    def describe_tasks(self, **_: Any) -> dict[str, Any]:
        return {"tasks": [{"createdAt": self._now[2], "startedAt": NEW}] * self._count}


@pytest.fixture
def restart(monkeypatch: pytest.MonkeyPatch) -> Callable[[Cluster], None]:
    def run(cluster: Cluster) -> None:
        settings, clock = read_stack_file("staging"), Clock(poll_s=0.001, rollout_s=0.05)
        session: Any = None
        context = StackContext("staging", settings, session, Only, Screen(as_json=False), clock)
        monkeypatch.setattr(context.aws, "client", lambda service: cluster)
        readers.restart(context, settings.secrets["jwt-secret"].readers, CHANGED)

    return run


@pytest.mark.attack(45)
def test_exactly_and_until_they_are_healthy_and_new(restart: Callable[[Cluster], None]) -> None:
    cluster = Cluster(
        ("forced", "IN_PROGRESS", OLD), ("forced", "COMPLETED", OLD), ("forced", "COMPLETED", NEW)
    )
    restart(cluster)
    assert cluster.forced == ["aiponge-api-gateway", "aiponge-user"]


@pytest.mark.finding(9)
@pytest.mark.attack(45)
def test_and_a_second_deployment_by_the_redeploy_function_counts(restart: Callable[[Cluster], None]) -> None:
    restart(Cluster(("forced", "IN_PROGRESS", OLD), ("redeployed", "COMPLETED", NEW)))


@pytest.mark.attack(45)
@pytest.mark.parametrize(
    ("ends", "says"),
    [
        (("forced", "FAILED", NEW), "failed or was rolled back"),
        (("redeployed", "FAILED", NEW), "failed or was rolled back"),
        (("before", "COMPLETED", NEW), "failed or was rolled back"),
        (("redeployed", "COMPLETED", OLD), "still deploying: aiponge-api-gateway, aiponge-user"),
        (("forced", "IN_PROGRESS", NEW), "still deploying: aiponge-api-gateway, aiponge-user"),
        (("forced", "COMPLETED", OLD), "still deploying: aiponge-api-gateway, aiponge-user"),
    ],
)
def test_and_a_deployment_that_does_not_end_well_is_no_success(
    restart: Callable[[Cluster], None], ends: tuple[str, str, datetime], says: str
) -> None:
    with pytest.raises(Stop, match=says) as stop:
        restart(Cluster(ends))
    assert stop.value.code == Exit.PARTLY


def test_only_where_something_runs(restart: Callable[[Cluster], None]) -> None:
    cluster = Cluster(("forced", "COMPLETED", NEW), count=0)
    restart(cluster)
    assert cluster.forced == []
