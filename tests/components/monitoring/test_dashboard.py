"""Tests of the dashboard: alarms sorted by severity, rows of full width, widgets with log queries."""

from __future__ import annotations

import pytest

from components.monitoring.dashboard import dashboard_url
from tests.components.monitoring.monitored import (
    NAMES,
    TOPICS,
    alarms,
    assert_rows_fill_the_width,
    composites,
    monitored,
    widgets,
)
from tests.harness import ACCOUNT, REGION, Deployment


@pytest.fixture(scope="module")
def prod() -> Deployment:
    return monitored()


def test_the_dashboard_has_its_name_and_address(prod: Deployment) -> None:
    assert prod.only("Dashboard")["dashboardName"] == "aiponge-prod"
    url = dashboard_url(NAMES)
    assert url == (
        f"https://{REGION}.console.aws.amazon.com/cloudwatch/home?region={REGION}"
        "#dashboards/dashboard/aiponge-prod"
    )


def test_the_dashboard_shows_alarms_that_exist_the_loudest_first(prod: Deployment) -> None:
    (shown,) = (one["properties"]["alarms"] for one in widgets(prod) if one["type"] == "alarm")
    base = f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:"
    notifying = {one["name"]: one["alarmActions"] for one in alarms(prod) if "alarmActions" in one.inputs}
    notifying |= {one["alarmName"]: one["alarmActions"] for one in composites(prod)}
    loud = {base + name for name, told in notifying.items() if told == [TOPICS["critical"]]}
    assert set(shown) == {base + name for name in notifying}
    assert set(shown[: len(loud)]) == loud
    assert len(shown) <= 100


def test_the_dashboard_fills_its_width_and_overlaps_nowhere(prod: Deployment) -> None:
    assert_rows_fill_the_width(widgets(prod))


def test_the_dashboard_asks_the_logs_of_every_service_for_reasons(prod: Deployment) -> None:
    (query,) = (one["properties"]["query"] for one in widgets(prod) if one["type"] == "log")
    for one in prod.all("LogDataProtectionPolicy"):
        assert f"SOURCE '{one['logGroupName']}'" in query
