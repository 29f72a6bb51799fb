"""Tests of the target group: its health check, and the deregistration delay of a stopping target."""

from __future__ import annotations

import pytest

from tests.components.edge.entered import entered
from tests.harness import Deployment


@pytest.fixture(scope="module")
def prod() -> Deployment:
    return entered()


@pytest.mark.accepts("A24")
def test_it_reaches_the_gateway_by_address_on_443_and_asks_whether_it_is_ready(prod: Deployment) -> None:
    group = prod.named("edge-targets")
    assert (group["port"], group["protocol"], group["targetType"]) == (443, "HTTP", "ip")
    assert group["vpcId"] == "vpc-1"
    check = group["healthCheck"]
    assert (check["enabled"], check["path"], check["matcher"], check["protocol"]) == (
        True,
        "/health/startup",
        "200",
        "HTTP",
    )
    assert check["timeout"] < check["interval"]
    assert "name" not in group.inputs


def test_a_target_that_is_not_ready_gets_no_request_after_45_seconds(prod: Deployment) -> None:
    check = prod.named("edge-targets")["healthCheck"]
    assert check["interval"] * check["unhealthyThreshold"] == 45


def test_a_stopping_task_is_drained_as_long_as_it_lives(prod: Deployment) -> None:
    assert prod.named("edge-targets")["deregistrationDelay"] == 30


@pytest.mark.accepts("A24")
def test_a_target_that_speaks_tls_is_spoken_to_in_tls() -> None:
    group = entered(protocol="HTTPS").named("edge-targets")
    assert (group["protocol"], group["healthCheck"]["protocol"]) == ("HTTPS", "HTTPS")
