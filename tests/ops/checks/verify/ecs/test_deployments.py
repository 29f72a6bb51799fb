"""Tests of the deployments' checks: running tasks against the last deployment and their secrets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from ops.checks.verify.ecs import deployments as module
from ops.checks.verify.ecs.deployments import no_shells, rollback, rollback_alarms, rollout
from ops.checks.verify.ecs.tasks import Running
from ops.core.secret_stores import Value
from settings.grants import entries
from tests.ops.checks.verify.ecs.redeploying import USER, service
from tests.ops.live import Answers, Live, Undo, declared


@pytest.mark.accepts("A9")
@pytest.mark.attack(45)
def test_a_task_older_than_a_secret_it_reads_is_found(live: Live) -> None:
    versions = live.backend("secretsmanager").secrets["aiponge/jwt-secret"].versions.values()
    version = next(one for one in versions if "AWSCURRENT" in one["version_stages"])

    def newer_value(_: Live) -> Undo:
        before = version["createdate"]
        version["createdate"] = int((datetime.now(UTC) + timedelta(hours=1)).timestamp())
        return lambda: version.update(createdate=before)

    found = live.findings_of(newer_value)
    assert {one.check for one in found} == {"containers-stale"}
    assert all("is older than aiponge/jwt-secret" in one.problem for one in found)


@pytest.mark.accepts("A9")
@pytest.mark.attack(45)
def test_a_task_that_was_made_before_a_secret_and_started_after_it_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    changed, settings = datetime(2026, 1, 1, tzinfo=UTC), declared()
    task = {
        "taskArn": "arn:aws:ecs:eu-west-1:1:task/c/0123456789abcdef",
        "createdAt": changed - timedelta(seconds=5),
        "startedAt": changed + timedelta(seconds=5),
    }
    one = Running(
        name="user",
        settings=settings.services["user"],
        definition={},
        subject="service",
        service={"serviceName": USER},
    )
    monkeypatch.setattr(module, "running", lambda _: [one])
    monkeypatch.setattr(module, "_tasks", lambda *_: [task])
    secret = next(one for one in entries(settings) if one.store_name == "aiponge/jwt-secret")
    monkeypatch.setattr(module, "stored_values", lambda _: [(secret, Value("", "v1", changed))])
    aws: Any = SimpleNamespace(settings=settings)
    assert [found.problem for found in module.stale(aws)] == [
        "task 01234567 is older than aiponge/jwt-secret"
    ]


class _Answers(Answers):
    """A running stack with ECS responses that a test sets."""

    def ask(self, service: str, operation: str, **params: Any) -> Any:
        if operation == "describe_task_definition":
            params["taskDefinition"] = params["taskDefinition"].rpartition(":")[0]
        return self.aws.ask(service, operation, **params)

    def items(self, service: str, operation: str, asked: Sequence[str], **params: Any) -> Any:
        found = self.aws.items(service, operation, asked, **params)
        if operation == "describe_services":
            return [{**one, **self.changes} if one["serviceName"] == USER else one for one in found]
        if operation == "describe_tasks":
            return [{**one, "stoppedReason": "Essential container exited"} for one in found]
        return found

    def list(self, service: str, operation: str, member: str, **params: Any) -> Any:
        if operation == "list_tasks":
            params["desiredStatus"] = "RUNNING"
        return self.aws.list(service, operation, member, **params)


@pytest.mark.failure(29)
@pytest.mark.accepts("A46", "A51")
def test_a_deployment_that_was_rolled_back_says_what_runs_and_why(live: Live) -> None:
    expected = service(live)["taskDefinition"].rpartition(":")[0] + ":43"
    primary = {"status": "PRIMARY", "taskDefinition": expected[:-2] + "42", "rolloutState": "FAILED"}
    aws: Any = _Answers(live, taskDefinition=expected, deployments=[primary])
    (problem,) = rollout(aws)
    assert (problem.subject, problem.problem) == (
        f"service {USER}",
        "deployment FAILED, running :42, expected :43; last stop reason Essential container exited",
    )


@pytest.mark.accepts("A51")
@pytest.mark.parametrize(
    "breaker", [{}, {"enable": True, "rollback": False}, {"enable": False, "rollback": True}]
)
def test_a_deployment_without_rollback_is_found(live: Live, breaker: dict[str, bool]) -> None:
    aws: Any = _Answers(live, deploymentConfiguration={"deploymentCircuitBreaker": breaker})
    assert [one.subject for one in rollback(aws)] == [f"service {USER}"]


SLOW = "aiponge-AL10-slow-calls-api-gateway-to-user"


@pytest.mark.accepts("A51")
@pytest.mark.parametrize(
    "alarms",
    [
        {},
        {"enable": True, "rollback": False, "alarmNames": [SLOW]},
        {"enable": False, "rollback": True, "alarmNames": [SLOW]},
        {"enable": True, "rollback": True, "alarmNames": []},
    ],
)
def test_a_deployment_that_no_alarm_rolls_back_is_found(live: Live, alarms: dict[str, Any]) -> None:
    aws: Any = _Answers(live, deploymentConfiguration={"alarms": alarms})
    assert [one.problem for one in rollback_alarms(aws)] == ["no alarm rolls its deployments back"]


@pytest.mark.accepts("A51")
def test_a_deployment_that_depends_on_an_alarm_that_was_deleted_is_found(live: Live) -> None:
    alarms = {"enable": True, "rollback": True, "alarmNames": [SLOW, "aiponge-AL99-deleted"]}
    aws: Any = _Answers(live, deploymentConfiguration={"alarms": alarms})
    (problem,) = rollback_alarms(aws)
    assert problem.problem == "its deployments depend on aiponge-AL99-deleted, which does not exist"


@pytest.mark.accepts("A51")
def test_a_service_that_takes_shells_is_found_where_the_stack_forbids_them(live: Live) -> None:
    aws: Any = _Answers(live, enableExecuteCommand=True)
    assert [one.subject for one in no_shells(aws)] == [f"service {USER}"]


@pytest.mark.accepts("A46")
def test_a_service_with_too_few_tasks_is_found(live: Live) -> None:
    aws: Any = _Answers(live, desiredCount=5, runningCount=3)
    assert [one.problem for one in rollout(aws)] == ["runs 3 of 5 tasks"]
