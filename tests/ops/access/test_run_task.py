"""Tests of ``ops run``."""

from __future__ import annotations

import json
from typing import Any
from unittest import mock

import pytest

from ops.access import run_task
from ops.core.exits import Exit, Stop
from tests.ops.access.fake_aws import TASK, FakeAws, Logs, context_of, ecs, event, host_settings

VPC = {
    "describe_security_groups": [
        {"GroupName": "aiponge-user", "GroupId": "sg-user"},
        {"GroupName": "aiponge-storage", "GroupId": "sg-storage"},
    ],
    "describe_subnets": [
        {"SubnetId": "subnet-2", "Tags": [{"Key": "Name", "Value": "aiponge-private-b"}]},
        {"SubnetId": "subnet-1", "Tags": [{"Key": "Name", "Value": "aiponge-private-a"}]},
        {"SubnetId": "subnet-9", "Tags": [{"Key": "Name", "Value": "aiponge-public-a"}]},
    ],
}


def task(status: str, code: int | None = None, **more: Any) -> dict[str, Any]:
    container = {"name": "report", **({} if code is None else {"exitCode": code})}
    return {"taskArn": TASK, "lastStatus": status, "containers": [container], **more}


def run(client: mock.Mock, *arguments: str, write: bool = True, as_json: bool = False) -> Exit:
    log = Logs([[event(1, "done", "report/report/1a2b"), event(2, "another task", "report/report/9")]])
    aws = FakeAws({"ecs": client, "logs": log}, VPC)
    return run_task.command(context_of(aws, as_json=as_json), "report", arguments, write)


def test_it_runs_the_latest_revision_as_its_service() -> None:
    client = ecs(task("PENDING"), task("STOPPED", 0))
    assert run(client) is Exit.DONE
    client.run_task.assert_called_once_with(
        cluster="aiponge-staging",
        taskDefinition="aiponge-report",
        launchType="FARGATE",
        startedBy="ops-run",
        networkConfiguration={
            "awsvpcConfiguration": {
                "subnets": ["subnet-1", "subnet-2"],
                "securityGroups": ["sg-user"],
                "assignPublicIp": "DISABLED",
            }
        },
    )


def test_arguments_replace_the_command() -> None:
    client = ecs(task("STOPPED", 0))
    run(client, "node", "report.js", "--month", "11")
    assert client.run_task.call_args.kwargs["overrides"] == {
        "containerOverrides": [{"name": "report", "command": ["node", "report.js", "--month", "11"]}]
    }


def test_its_own_log_and_its_result_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(ecs(task("STOPPED", 0))) is Exit.DONE
    assert capsys.readouterr().out.splitlines() == [
        "report: started 1a2b",
        "2026-11-29T12:00:01.000Z report/report/1a2b done",
        "report: ended with 0",
    ]


def test_a_task_that_fails_is_a_failure(capsys: pytest.CaptureFixture[str]) -> None:
    ended = task("STOPPED", 3, stoppedReason="Essential container in task exited")
    assert run(ecs(ended), as_json=True) is Exit.FINDING
    said = json.loads(capsys.readouterr().out)
    assert (said["task"], said["exitCode"]) == (TASK, 3)
    assert said["reason"] == "Essential container in task exited"


def test_a_task_that_could_not_start_is_a_failure(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(ecs(task("STOPPED", stoppedReason="CannotPullContainerError"))) is Exit.FINDING
    assert "report: did not run: CannotPullContainerError" in capsys.readouterr().out


def test_without_apply_nothing_is_started(capsys: pytest.CaptureFixture[str]) -> None:
    client = ecs()
    assert run(client, "node", "x.js", write=False) is Exit.DONE
    client.run_task.assert_not_called()
    assert capsys.readouterr().out.splitlines() == [
        "would run aiponge-report (latest revision) as user, with node x.js",
        "add --apply to run it",
    ]


def test_what_ecs_refuses_is_said() -> None:
    with pytest.raises(Stop, match="report: ECS started no task: Capacity is unavailable"):
        run(ecs(failures=("Capacity is unavailable at this time",)))


def test_a_task_that_does_not_end_is_named_with_what_to_do() -> None:
    client = ecs(*[task("RUNNING")] * 2000)
    with pytest.raises(Stop, match="ops logs report --follow") as stop:
        run(client)
    assert stop.value.code is Exit.PARTLY


@pytest.mark.parametrize("name", ["user", "unknown"])
def test_a_service_or_an_unknown_name_is_refused(name: str) -> None:
    with pytest.raises(Stop, match=f"{name} is not declared in") as stop:
        run_task.command(context_of(FakeAws({})), name, (), True)
    assert stop.value.code is Exit.BAD_INPUT


def test_a_host_has_no_tasks() -> None:
    with pytest.raises(Stop, match="staging has a host, and no tasks"):
        run_task.command(context_of(FakeAws({}), host_settings()), "report", (), True)
