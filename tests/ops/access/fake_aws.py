"""A stack whose AWS answers from lists, for commands that start something."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

import boto3

from ops.core.console import Screen
from ops.core.context import Clock, StackContext
from settings import Settings, read_stack_file
from settings.names import Names
from tests.ops.stack_folder import Only
from tests.parts import parts_settings

SESSION = boto3.Session(region_name="eu-west-1", aws_access_key_id="testing", aws_secret_access_key="testing")
TASK = "arn:aws:ecs:eu-west-1:111122223333:task/aiponge-staging/1a2b"


@dataclass
class Logs:
    """CloudWatch Logs with one page for each look."""

    pages: list[list[dict[str, Any]]] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)

    def can_paginate(self, operation: str) -> bool:
        return operation == "filter_log_events"

    def get_paginator(self, operation: str) -> Logs:
        assert operation == "filter_log_events"
        return self

    def paginate(self, **params: Any) -> Iterator[dict[str, Any]]:
        self.asked.append(params)
        yield {"events": self.pages.pop(0) if self.pages else []}


@dataclass
class FakeAws:
    """Clients by service, and what EC2 lists in the VPC."""

    clients: dict[str, Any]
    vpc: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    lists: dict[str, list[Any]] = field(default_factory=dict)
    names: Names = field(init=False)

    def client(self, service: str) -> Any:
        return self.clients[service]

    def in_vpc(self, operation: str, member: str) -> list[dict[str, Any]]:
        return self.vpc.get(operation, [])

    def list(self, service: str, operation: str, member: str, **params: Any) -> list[Any]:
        return self.lists.get(operation, [])

    def items(self, service: str, operation: str, asked: Any, **params: Any) -> list[Any]:
        return self.lists.get(operation, [])


def context_of(
    aws: FakeAws, settings: Settings | None = None, *, as_json: bool = False, clock: Clock | None = None
) -> StackContext:
    """The context of a command on this stack."""
    made = StackContext(
        "staging",
        settings or parts_settings(),
        SESSION,
        Only,
        Screen(as_json=as_json),
        clock or Clock(now=iter(range(0, 100_000, 100)).__next__, sleep=lambda _: None),
    )
    aws.names = made.settings.names
    made.aws = aws  # type: ignore[assignment]
    return made


def host_settings() -> Settings:
    return read_stack_file("cinematch-staging")


def with_exec() -> Settings:
    """The stack with ECS Exec."""
    settings = parts_settings()
    platform = settings.platform.model_copy(update={"exec_enabled": True})
    return settings.model_copy(update={"platform": platform})


def event(number: int, message: str, stream: str = "user/user/1a2b") -> dict[str, Any]:
    """One log event, so many seconds after 2026-11-29 12:00 UTC."""
    at = 1_795_953_600_000 + number * 1000
    return {"eventId": str(number), "timestamp": at, "message": message, "logStreamName": stream}


def ecs(*described: dict[str, Any], failures: tuple[str, ...] = ()) -> mock.Mock:
    """An ECS that starts a task, and describes it in these states one after the other."""
    client = mock.Mock()
    client.run_task.return_value = {
        "tasks": [] if failures else [{"taskArn": TASK}],
        "failures": [{"reason": one} for one in failures],
    }
    client.describe_tasks.side_effect = [{"tasks": [one]} for one in described]
    return client
