"""Tests of a one-off task (a migration) before a deployment."""

from __future__ import annotations

from typing import Any

import pytest

from deploy import one_off_task
from deploy.errors import DeployError
from tests.deploy.scripted import THROTTLED, Clock, Refused, Scripted

IMAGE = f"111122223333.dkr.ecr.eu-west-1.amazonaws.com/aiponge/user@sha256:{'b' * 64}"
FAMILY = "arn:aws:ecs:eu-west-1:111122223333:task-definition/aiponge-migrate"
TASK = "arn:aws:ecs:eu-west-1:111122223333:task/aiponge-prod/1a2b"
FACTS = {
    "taskDefinitionArn": f"{FAMILY}:3",
    "containerName": "migrate",
    "subnetIds": ["subnet-a", "subnet-b"],
    "securityGroupId": "sg-1",
}
AGENT = {"name": "aws-guardduty-agent-x", "exitCode": 0}


def definition(image: str) -> dict[str, Any]:
    containers = [{"name": "agent", "image": "agent"}, {"name": "migrate", "image": image}]
    return {"taskDefinition": {"family": "aiponge-migrate", "containerDefinitions": containers}}


def task(status: str, *containers: dict[str, Any], reason: str = "") -> dict[str, Any]:
    one = {
        "taskArn": TASK,
        "taskDefinitionArn": f"{FAMILY}:9",
        "lastStatus": status,
        "containers": list(containers),
        "stoppedReason": reason,
    }
    return {"tasks": [one]}


@pytest.fixture
def ecs() -> Scripted:
    made = Scripted(
        "ecs",
        describe_task_definition=definition("old"),
        list_tasks={"taskArns": []},
        register_task_definition={"taskDefinition": {"taskDefinitionArn": f"{FAMILY}:9"}},
        run_task={"tasks": [{"taskArn": TASK}]},
        stop_task={},
    )
    made.say("describe_tasks", task("PENDING"), task("STOPPED", {"name": "migrate", "exitCode": 0}))
    return made


def run(ecs: Scripted, timeout_s: float = 600) -> None:
    one_off_task.run(ecs.client, "aiponge-prod", "migrate", FACTS, IMAGE, Clock().wait(timeout_s))


def failure(ecs: Scripted, timeout_s: float = 600) -> str:
    with pytest.raises(DeployError) as raised:
        run(ecs, timeout_s)
    return str(raised.value)


def test_it_runs_the_new_image_in_its_own_container(ecs: Scripted) -> None:
    run(ecs)
    (registered,) = ecs.params("register_task_definition")
    assert registered["containerDefinitions"] == [
        {"name": "agent", "image": "agent"},
        {"name": "migrate", "image": IMAGE},
    ]


def test_it_runs_without_a_public_address_in_the_subnets_of_the_contract(ecs: Scripted) -> None:
    run(ecs)
    (ran,) = ecs.params("run_task")
    assert ran["taskDefinition"] == f"{FAMILY}:9"
    assert ran["networkConfiguration"]["awsvpcConfiguration"] == {
        "subnets": ["subnet-a", "subnet-b"],
        "securityGroups": ["sg-1"],
        "assignPublicIp": "DISABLED",
    }


def test_an_agent_that_ended_well_does_not_hide_a_migration_that_failed(ecs: Scripted) -> None:
    """GuardDuty adds its agent to tasks, and its container may be the first of the answer."""
    ecs.say("describe_tasks", task("STOPPED", AGENT, {"name": "migrate", "exitCode": 1}))
    assert failure(ecs).startswith("migrate ended with 1: nothing was deployed")


def test_an_agent_that_failed_does_not_fail_a_migration(ecs: Scripted) -> None:
    ecs.say("describe_tasks", task("STOPPED", {**AGENT, "exitCode": 1}, {"name": "migrate", "exitCode": 0}))
    run(ecs)


def test_a_container_that_never_ran_is_a_failure_with_its_reason(
    ecs: Scripted, capsys: pytest.CaptureFixture[str]
) -> None:
    container = {"name": "migrate", "reason": "CannotPullContainerError: not found"}
    ecs.say("describe_tasks", task("STOPPED", AGENT, container, reason="Task failed to start"))
    assert failure(ecs).startswith("migrate did not run: nothing was deployed")
    assert capsys.readouterr().err == "migrate: Task failed to start; CannotPullContainerError: not found\n"


def test_only_the_reasons_that_ecs_gives_are_shown(ecs: Scripted, capsys: pytest.CaptureFixture[str]) -> None:
    ecs.say("describe_tasks", task("STOPPED", AGENT, {"name": "migrate", "exitCode": 1}, reason="Essential"))
    failure(ecs)
    assert capsys.readouterr().err == "migrate: Essential\n"


def test_a_task_that_ended_well_is_said_to(ecs: Scripted, capsys: pytest.CaptureFixture[str]) -> None:
    run(ecs)
    assert capsys.readouterr().out.endswith("migrate: ended with 0\n")


def test_a_task_that_ecs_does_not_start_is_a_failure_with_its_reasons(ecs: Scripted) -> None:
    ecs.say("run_task", {"tasks": [], "failures": [{"reason": "RESOURCE:FARGATE", "detail": "no capacity"}]})
    assert failure(ecs) == (
        "migrate: ECS started no task: RESOURCE:FARGATE no capacity: nothing was deployed"
    )


def test_a_throttled_call_does_not_end_the_wait(ecs: Scripted) -> None:
    ecs.say("describe_tasks", THROTTLED, task("STOPPED", {"name": "migrate", "exitCode": 0}))
    run(ecs)


def test_a_task_that_is_not_visible_yet_is_waited_for(ecs: Scripted) -> None:
    ecs.say("describe_tasks", {"tasks": []}, task("STOPPED", {"name": "migrate", "exitCode": 0}))
    run(ecs)


def test_a_migration_that_does_not_end_in_time_is_stopped(ecs: Scripted) -> None:
    ecs.say("describe_tasks", task("RUNNING"))
    assert "migrate: not ended after 60 s, stopped: nothing was deployed" in failure(ecs, timeout_s=60)
    (stopped,) = ecs.params("stop_task")
    assert stopped == {"cluster": "aiponge-prod", "task": TASK, "reason": "not ended after 60 s"}


def test_a_migration_of_an_interrupted_job_is_watched_not_run_twice(ecs: Scripted) -> None:
    ecs.say("list_tasks", {"taskArns": [TASK]})
    ecs.say("describe_task_definition", definition("old"), definition(IMAGE))
    ecs.say(
        "describe_tasks",
        task("RUNNING"),
        task("RUNNING"),
        task("STOPPED", {"name": "migrate", "exitCode": 0}),
    )
    run(ecs)
    assert ecs.params("run_task") == []


def test_only_running_tasks_of_its_own_family_are_looked_for(ecs: Scripted) -> None:
    run(ecs)
    assert ecs.params("list_tasks") == [
        {"cluster": "aiponge-prod", "family": "aiponge-migrate", "desiredStatus": "RUNNING"}
    ]


def test_a_migration_of_another_image_that_still_runs_is_not_joined_by_a_second(ecs: Scripted) -> None:
    ecs.say("list_tasks", {"taskArns": [TASK]})
    ecs.say("describe_tasks", task("RUNNING"))
    assert failure(ecs) == (
        "migrate: 1a2b runs another image: wait until it has ended, or stop it with "
        "`aws ecs stop-task --cluster aiponge-prod --task 1a2b`"
    )
    assert ecs.params("run_task") == []


@pytest.mark.parametrize("answer", [{}, {"tasks": []}, task("STOPPED", {"name": "migrate", "exitCode": 1})])
def test_a_migration_that_has_ended_since_it_was_listed_is_not_waited_for(
    ecs: Scripted, answer: dict[str, Any]
) -> None:
    ecs.say("list_tasks", {"taskArns": [TASK]})
    ecs.say("describe_tasks", answer, task("STOPPED", {"name": "migrate", "exitCode": 0}))
    run(ecs)
    assert len(ecs.params("run_task")) == 1


def test_a_task_that_cannot_be_watched_any_longer_is_said_to_go_on(ecs: Scripted) -> None:
    ecs.say("describe_tasks", task("RUNNING"), Refused("ExpiredTokenException", "expired"))
    assert failure(ecs) == (
        "migrate: 1a2b goes on in ECS and cannot be watched: DescribeTasks: ExpiredTokenException: expired: "
        "nothing was deployed. Run this job again to watch it"
    )


def test_a_task_that_cannot_be_stopped_is_told(ecs: Scripted) -> None:
    ecs.say("describe_tasks", task("RUNNING"))
    ecs.say("stop_task", Refused("AccessDeniedException", "no"))
    assert failure(ecs, timeout_s=60) == (
        "migrate: not ended after 60 s; 1a2b cannot be stopped: StopTask: AccessDeniedException: no: "
        "nothing was deployed"
    )


def test_an_answer_without_tasks_says_why_nothing_was_started(ecs: Scripted) -> None:
    """AWS omits what is empty."""
    ecs.say("run_task", {"failures": [{"reason": "RESOURCE:FARGATE"}]})
    assert failure(ecs) == "migrate: ECS started no task: RESOURCE:FARGATE: nothing was deployed"


def test_a_task_without_containers_did_not_run(ecs: Scripted) -> None:
    stopped = {"taskArn": TASK, "taskDefinitionArn": "x", "lastStatus": "STOPPED", "stoppedReason": "no ENI"}
    ecs.say("describe_tasks", {"tasks": [stopped]})
    assert failure(ecs).startswith("migrate did not run: nothing was deployed")
