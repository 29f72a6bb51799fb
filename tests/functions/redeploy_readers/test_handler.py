"""Redeployment after a rotation: exactly the readers, all that can be."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from functions.redeploy_readers import handler

SECRET = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:aiponge/database-url-AbCdEf"


class Cluster:
    """Remembers what it was asked, and refuses some of it."""

    def __init__(self, *refused: str) -> None:
        self.refused = refused
        self.asked: list[dict[str, Any]] = []

    def update_service(self, **request: Any) -> None:
        self.asked.append(request)
        if request["service"] in self.refused:
            raise ClientError({"Error": {"Code": "ServiceNotActiveException"}}, "UpdateService")


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Cluster:
    cluster = Cluster()
    monkeypatch.setattr(boto3, "client", lambda _: cluster)
    for name, value in {"SECRET_ARN": SECRET, "CLUSTER": "aiponge", "READERS": '["user", "music"]'}.items():
        monkeypatch.setenv(name, value)
    return cluster


def event(secret: str = SECRET, name: str = "RotationSucceeded") -> dict[str, Any]:
    return {"detail": {"eventName": name, "additionalEventData": {"SecretId": secret}}}


def test_starts_exactly_the_readers_anew(cluster: Cluster) -> None:
    assert handler.handle(event()) == {"redeployed": ["user", "music"]}
    assert cluster.asked == [
        {"cluster": "aiponge", "service": name, "forceNewDeployment": True} for name in ("user", "music")
    ]


@pytest.mark.parametrize("other", [event(secret=SECRET + "x"), event(name="RotationFailed"), {}])
def test_acts_on_no_other_event(cluster: Cluster, other: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="not the rotation"):
        handler.handle(other)
    assert cluster.asked == []


def test_names_the_reader_that_failed_after_trying_all() -> None:
    cluster = Cluster("user")
    with pytest.raises(
        handler.RedeploymentFailed, match=r"not redeployed: user \(ServiceNotActiveException\)"
    ):
        handler.redeploy(cluster, "aiponge", ["user", "music"])
    assert [request["service"] for request in cluster.asked] == ["user", "music"]
