"""Records which calls the code of each Lambda function makes through boto3, on services that answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

import boto3
from botocore import xform_name
from botocore.session import get_session

from functions.postgresql.session import Login
from functions.redeploy_readers import handler as redeploy
from functions.rotate_database import handler as rotate
from tests.harness import Registered
from tests.roles import api_calls
from tests.strict_secrets_manager import StrictSecretsManager

Recorded = tuple[str, Mapping[str, Any]]
"""The IAM action of a call, and its parameters."""
STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")


class Recorder:
    """A client of a service that notes every call before it passes it to ``target``."""

    def __init__(self, service: str, target: Any, calls: list[Recorded]) -> None:
        self.service, self.target, self.calls = service, target, calls
        operations = get_session().get_service_model(service).operation_names
        self.operations = {xform_name(one): one for one in operations}

    def __getattr__(self, name: str) -> Callable[..., Any]:
        action = api_calls.action(self.service, self.operations[name])

        def call(**params: Any) -> Any:
            self.calls.append((action, params))
            return getattr(self.target, name)(**params)

        return call


@dataclass
class Database:
    """A database that accepts every login."""

    logins: list[str] = field(default_factory=list)

    def set_password(self, master: Login, login: Login) -> bool:
        self.logins.append(login.user)
        return True

    def grant_restore_reader(self, master: Login) -> None:
        pass

    def prove(self, login: Login, master: str) -> None:
        assert login.user in self.logins


class Services:
    """ECS, with services that had no deployment."""

    def describe_services(self, *, cluster: str, services: list[str]) -> dict[str, Any]:
        return {"services": [{"serviceName": one, "deployments": []} for one in services]}

    def update_service(self, **request: Any) -> None:
        assert request["forceNewDeployment"]


def recorded(function: Registered, variables: Mapping[str, str]) -> list[Recorded]:
    """Every call that a function makes in its work: two rotations and a wait, or a redeployment."""
    run = {"rotate": _rotations, "redeploy-readers": _redeployment}
    return run[next(what for what in run if function["name"].endswith(f"-{what}"))](variables)


def _rotations(variables: Mapping[str, str]) -> list[Recorded]:
    calls: list[Recorded] = []
    store, secret = StrictSecretsManager(), variables["SECRET_ARN"]
    store.create_secret(Name=secret)
    master = json.dumps({"username": "master", "password": "sample"})
    store.create_secret(Name=variables["MASTER_SECRET_ARN"], SecretString=master)
    with _client(variables, Recorder("secretsmanager", store, calls)):
        with mock.patch.object(rotate, "PostgreSQL", return_value=Database()):
            for token in ("1" * 32, "2" * 32):
                store.rotate_secret(SecretId=secret, ClientRequestToken=token)
                for step in STEPS:
                    rotate.handle({"SecretId": secret, "ClientRequestToken": token, "Step": step})
        rotate.handle({"Wait": secret})
    return calls


def _redeployment(variables: Mapping[str, str]) -> list[Recorded]:
    calls: list[Recorded] = []
    detail = {
        "eventName": "RotationSucceeded",
        "additionalEventData": {"SecretId": variables["SECRET_ARN"]},
    }
    with _client(variables, Recorder("ecs", Services(), calls)):
        redeploy.handle({"time": "2026-11-29T03:00:00Z", "detail": detail})
    return calls


@contextmanager
def _client(variables: Mapping[str, str], client: Recorder) -> Iterator[None]:
    with mock.patch.dict("os.environ", variables), mock.patch.object(boto3, "client", return_value=client):
        yield
