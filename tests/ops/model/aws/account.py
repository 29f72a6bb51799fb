"""An AWS account in memory: what its clients share, and a hook around each write."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from botocore.exceptions import ClientError

ACCOUNT = "111122223333"
CALLER = f"arn:aws:sts::{ACCOUNT}:assumed-role/aiponge-pulumi-up/session"
MASTER = "rds!db-master"
"""The secret that RDS keeps for the master user."""
NEVER = datetime.min.replace(tzinfo=UTC)
P = ParamSpec("P")
R = TypeVar("R")


class AroundWrite(Protocol):
    """Carries out one write; a test ends or fails a command here."""

    def __call__(self, call: str, write: Callable[[], R]) -> R: ...


class Now:
    """The time, a little later at each call: no two events have the same moment."""

    def __init__(self) -> None:
        self._last = datetime.now(UTC)

    def __call__(self) -> datetime:
        self._last = max(self._last + timedelta(microseconds=1), datetime.now(UTC))
        return self._last


@dataclass
class Secret:
    """One secret; only its current version is kept."""

    tags: dict[str, str] = field(default_factory=dict)
    value: str | None = None
    version: str = ""
    created: datetime = NEVER


@dataclass(frozen=True)
class Task:
    """One running copy of a service, and what it read when it started."""

    created: datetime
    read: dict[str, str] = field(repr=False)


class FakeAws:
    """One account, and the session from which ``ops`` makes its clients."""

    def __init__(self, clients: dict[str, type[Client]], around: AroundWrite) -> None:
        self._clients, self.around = clients, around
        self.now, self.versions = Now(), 0
        self.secrets: dict[str, Secret] = {MASTER: Secret(value="kept by RDS", version="version-0")}
        self.parameters: dict[str, str] = {}
        self.objects: dict[str, bytes] = {}
        self.role_policies: dict[str, str] = {}
        self.snapshots: list[datetime] = []
        self.reads: dict[str, list[str]] = {}
        """The secrets that each service reads when a task of it starts."""
        self.tasks: dict[str, Task] = {}

    def client(self, service: str, **_: Any) -> Any:
        return self._clients[service](self)

    def value(self, name: str) -> str:
        """The current value of one secret."""
        value = self.secrets[name].value
        assert value is not None, f"{name} has no value"
        return value

    def deploy(self, service: str) -> None:
        """Replace a service's task by one that reads the secrets now."""
        self.tasks[service] = Task(self.now(), {name: self.value(name) for name in self.reads[service]})


class Client:
    """What every client has; a call that is not here is an error of the test."""

    def __init__(self, aws: FakeAws) -> None:
        self.aws = aws

    def can_paginate(self, operation: str) -> bool:
        return False


C = TypeVar("C", bound=Client)


def writes(method: Callable[Concatenate[C, P], R]) -> Callable[Concatenate[C, P], R]:
    """Mark a call that changes the account."""

    @wraps(method)
    def called(self: C, *args: P.args, **kwargs: P.kwargs) -> R:
        return self.aws.around(method.__name__, lambda: method(self, *args, **kwargs))

    return called


def refused(code: str, operation: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": code}}, operation)


def tag_list(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def arn_of(name: str) -> str:
    return f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:{name}-AbCdEf"


def named(arns: list[str], names: Iterable[str]) -> list[str]:
    """The names of these ARNs."""
    known = {arn_of(name): name for name in names}
    return [known[arn] for arn in arns]
