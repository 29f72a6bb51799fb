"""Tests of the function that redeploys readers: those without a newer deployment, even if others fail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from functions.redeploy_readers import handler

SECRET = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:aiponge/database-url-AbCdEf"
ROTATED_AT = datetime(2026, 9, 1, 3, 0, tzinfo=UTC)
LONG_AGO = ROTATED_AT - timedelta(days=9)


class Cluster:
    """Responds as ECS does: services that it cannot describe are in ``failures`` of a successful response."""

    def __init__(self, *services: str) -> None:
        self.deployments = {name: [self.deployment(LONG_AGO)] for name in services}
        self.refused: dict[str, Exception] = {}
        """Errors to raise instead of a response, by service or call."""
        self.asked: list[dict[str, Any]] = []

    def deployment(self, made_at: datetime, state: str = "COMPLETED") -> dict[str, Any]:
        return {"status": "PRIMARY", "createdAt": made_at, "rolloutState": state}

    def describe_services(self, *, cluster: str, services: list[str]) -> dict[str, Any]:
        assert 1 <= len(services) <= 10, "InvalidParameterException"
        if refusal := self.refused.get("describe_services"):
            raise refusal
        known = [one for one in services if one in self.deployments]
        base = f"arn:aws:ecs:eu-central-1:111122223333:service/{cluster}/"
        return {
            "services": [{"serviceName": one, "deployments": self.deployments[one]} for one in known],
            "failures": [{"arn": base + one, "reason": "MISSING"} for one in services if one not in known],
        }

    def update_service(self, **request: Any) -> None:
        self.asked.append(request)
        service = request["service"]
        if refusal := self.refused.get(service):
            raise refusal
        for one in self.deployments[service]:
            one["status"] = "ACTIVE"
        self.deployments[service].append(self.deployment(ROTATED_AT + timedelta(minutes=1), "IN_PROGRESS"))

    @property
    def redeployed(self) -> list[str]:
        return [request["service"] for request in self.asked]


def refusal(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code}}, "UpdateService")


def redeploy(cluster: Cluster, readers: Sequence[str] = ("user", "music")) -> handler.Outcome:
    return handler.redeploy(cluster, "aiponge", readers, ROTATED_AT)


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Cluster:
    cluster = Cluster("user", "music")
    monkeypatch.setattr(boto3, "client", lambda *_, **__: cluster)
    for name, value in {"SECRET_ARN": SECRET, "CLUSTER": "aiponge", "READERS": '["user", "music"]'}.items():
        monkeypatch.setenv(name, value)
    return cluster


def event(secret: str = SECRET, name: str = "RotationSucceeded") -> dict[str, Any]:
    detail = {"eventName": name, "additionalEventData": {"SecretId": secret}}
    return {"time": "2026-09-01T03:00:00Z", "detail": detail}


def test_starts_exactly_the_readers_anew(cluster: Cluster) -> None:
    assert handler.handle(event()) == {"redeployed": ["user", "music"], "already_newer": []}
    assert cluster.asked == [
        {"cluster": "aiponge", "service": name, "forceNewDeployment": True} for name in ("user", "music")
    ]


@pytest.mark.parametrize("other", [event(secret=SECRET + "x"), event(name="RotationFailed"), {}])
def test_acts_on_no_other_event(cluster: Cluster, other: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="not the rotation"):
        handler.handle(other)
    assert cluster.asked == []


@pytest.mark.finding(9)
@pytest.mark.parametrize("state", ["IN_PROGRESS", "COMPLETED"])
def test_leaves_alone_a_reader_that_was_deployed_since_the_rotation(cluster: Cluster, state: str) -> None:
    """The operator's command redeployed it and waits for that deployment."""
    cluster.deployments["user"] = [cluster.deployment(ROTATED_AT, state)]
    assert handler.handle(event()) == {"redeployed": ["music"], "already_newer": ["user"]}
    assert cluster.redeployed == ["music"]


@pytest.mark.parametrize(
    ("made_at", "state"),
    [(ROTATED_AT - timedelta(seconds=1), "IN_PROGRESS"), (ROTATED_AT + timedelta(minutes=1), "FAILED")],
)
def test_redeploys_a_reader_whose_deployment_is_older_or_failed(made_at: datetime, state: str) -> None:
    cluster = Cluster("user", "music")
    cluster.deployments["user"] = [cluster.deployment(made_at, state)]
    assert redeploy(cluster).redeployed == ["user", "music"]


def test_compares_with_the_deployment_that_a_rollback_went_back_to() -> None:
    cluster = Cluster("user")
    failed = cluster.deployment(ROTATED_AT + timedelta(minutes=1), "FAILED") | {"status": "ACTIVE"}
    cluster.deployments["user"] = [failed, cluster.deployment(LONG_AGO)]
    assert redeploy(cluster, ["user"]).redeployed == ["user"]


def test_asks_about_ten_services_at_a_time() -> None:
    readers = [f"reader-{number}" for number in range(23)]
    assert redeploy(Cluster(*readers), readers).redeployed == readers


def test_names_the_reader_that_failed_after_trying_all() -> None:
    cluster = Cluster("user", "music")
    cluster.refused["user"] = refusal("ServiceNotActiveException")
    with pytest.raises(
        handler.RedeploymentFailed, match=r"^not redeployed: user \(ServiceNotActiveException\)$"
    ):
        redeploy(cluster)
    assert cluster.redeployed == ["user", "music"]


def test_names_the_reader_that_ecs_does_not_know_after_trying_all() -> None:
    cluster = Cluster("music")
    with pytest.raises(handler.RedeploymentFailed, match=r"^not redeployed: user \(MISSING\)$"):
        redeploy(cluster)
    assert cluster.redeployed == ["music"]


@pytest.mark.parametrize(
    ("problem", "code"),
    [
        (refusal("ThrottlingException"), "ThrottlingException"),
        (refusal("AccessDeniedException"), "AccessDeniedException"),
        (EndpointConnectionError(endpoint_url="https://ecs"), "EndpointConnectionError"),
    ],
)
def test_fails_where_nothing_was_answered_and_the_retry_does_only_the_rest(
    problem: Exception, code: str
) -> None:
    cluster = Cluster("user", "music")
    cluster.refused["music"] = problem
    with pytest.raises(handler.RedeploymentFailed, match=rf"^not redeployed: music \({code}\)$"):
        redeploy(cluster)
    cluster.refused = {"describe_services": problem}
    with pytest.raises(handler.RedeploymentFailed, match=rf"user \({code}\), music \({code}\)$"):
        redeploy(cluster)
    cluster.refused.clear()
    cluster.asked.clear()
    assert redeploy(cluster) == handler.Outcome(redeployed=["music"], already_newer=["user"])
