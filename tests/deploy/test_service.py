"""Tests of the deployment of an ECS service."""

from __future__ import annotations

from copy import deepcopy
from datetime import datetime
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from deploy.errors import DeployError
from deploy.service import Service
from tests.deploy.scripted import THROTTLED, Clock, Refused, Scripted

FAMILY = "arn:aws:ecs:eu-west-1:111122223333:task-definition/aiponge-user"
BASE, BEFORE, NEW = f"{FAMILY}:3", f"{FAMILY}:42", f"{FAMILY}:43"
REPOSITORY = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/aiponge/user"
IMAGE = f"{REPOSITORY}@sha256:{'b' * 64}"
DECLARED: dict[str, Any] = {
    "family": "aiponge-user",
    "taskDefinitionArn": BASE,
    "revision": 3,
    "status": "ACTIVE",
    "requiresAttributes": [],
    "compatibilities": ["FARGATE"],
    "registeredBy": "arn:aws:sts::111122223333:assumed-role/aiponge-pulumi-up/1",
    "cpu": "512",
    "containerDefinitions": [
        {"name": "user", "image": "old", "secrets": [{"name": "JWT_SECRET", "valueFrom": "arn:secret"}]},
        {"name": "tls", "image": "sidecar"},
    ],
}


def deployment(definition: str, state: str, status: str = "PRIMARY", reason: str = "") -> dict[str, Any]:
    return {
        "status": status,
        "taskDefinition": definition,
        "rolloutState": state,
        "rolloutStateReason": reason,
        "desiredCount": 3,
        "runningCount": 1,
    }


def services(*deployments: dict[str, Any], desired: int = 3, events: tuple[str, ...] = ()) -> dict[str, Any]:
    one = {
        "serviceName": "aiponge-user",
        "desiredCount": desired,
        "taskDefinition": deployments[0]["taskDefinition"],
        "deployments": list(deployments),
        "events": [{"message": text} for text in events],
    }
    return {"services": [one], "failures": []}


RUNS_BEFORE = services(deployment(BEFORE, "COMPLETED"))
COMPLETED = services(deployment(NEW, "COMPLETED"))
IN_PROGRESS = services(deployment(NEW, "IN_PROGRESS"), deployment(BEFORE, "COMPLETED", "ACTIVE"))


@pytest.fixture
def ecs() -> Scripted:
    made = Scripted(
        "ecs",
        describe_task_definition={"taskDefinition": DECLARED},
        register_task_definition={"taskDefinition": {"taskDefinitionArn": NEW}},
        update_service={"service": {}},
        list_tasks={"taskArns": []},
    )
    made.say("describe_services", RUNS_BEFORE, IN_PROGRESS, COMPLETED)
    return made


def service(ecs: Scripted) -> Service:
    facts = {"serviceName": "aiponge-user", "baseTaskDefinitionArn": BASE, "containerName": "user"}
    return Service(ecs.client, "aiponge-prod", facts, first_tasks=2)


def failure(ecs: Scripted, clock: Clock | None = None) -> str:
    with pytest.raises(DeployError) as raised:
        service(ecs).deploy(IMAGE, (clock or Clock()).wait())
    return str(raised.value)


def updates(ecs: Scripted) -> list[str]:
    return [one["taskDefinition"] for one in ecs.params("update_service")]


def test_only_the_image_is_replaced_and_secrets_come_from_the_declared_definition(ecs: Scripted) -> None:
    service(ecs).deploy(IMAGE, Clock().wait())
    (registered,) = ecs.params("register_task_definition")
    assert registered == {
        "family": "aiponge-user",
        "cpu": "512",
        "containerDefinitions": [
            {**DECLARED["containerDefinitions"][0], "image": IMAGE},
            DECLARED["containerDefinitions"][1],
        ],
    }


def test_the_desired_count_is_left_to_application_auto_scaling(ecs: Scripted) -> None:
    """It may have changed since the service was read, 25 minutes earlier for a roll back."""
    service(ecs).deploy(IMAGE, Clock().wait())
    (update,) = ecs.params("update_service")
    assert update == {
        "cluster": "aiponge-prod",
        "service": "aiponge-user",
        "taskDefinition": NEW,
    }


def test_the_newest_deployment_is_found_wherever_ecs_lists_it(ecs: Scripted) -> None:
    before = deployment(BEFORE, "COMPLETED", "ACTIVE")
    turned = [
        services(*reversed(one["services"][0]["deployments"]))
        if len(one["services"][0]["deployments"]) > 1
        else one
        for one in (RUNS_BEFORE, IN_PROGRESS, services(deployment(NEW, "COMPLETED"), before), COMPLETED)
    ]
    ecs.say("describe_services", *turned)
    service(ecs).deploy(IMAGE, Clock().wait())
    assert updates(ecs) == [NEW]


def test_a_service_at_zero_gets_its_first_tasks(ecs: Scripted) -> None:
    ecs.say("describe_services", services(deployment(BASE, "COMPLETED"), desired=0), COMPLETED)
    service(ecs).deploy(IMAGE, Clock().wait())
    assert ecs.params("update_service")[0]["desiredCount"] == 2


def test_a_container_that_the_definition_lacks_is_named(ecs: Scripted) -> None:
    other = deepcopy(DECLARED)
    other["containerDefinitions"][0]["name"] = "web"
    ecs.say("describe_task_definition", {"taskDefinition": other})
    assert failure(ecs) == "task definition aiponge-user: no container user, it has web, tls"
    assert updates(ecs) == []


def test_the_deployment_of_before_is_not_taken_for_a_rollback_just_after_the_update(ecs: Scripted) -> None:
    """Reads of ECS are eventually consistent."""
    ecs.say("describe_services", RUNS_BEFORE, RUNS_BEFORE, IN_PROGRESS, COMPLETED)
    service(ecs).deploy(IMAGE, Clock().wait())
    assert updates(ecs) == [NEW]


def test_an_update_that_never_becomes_visible_is_a_failure(ecs: Scripted) -> None:
    ecs.say("describe_services", RUNS_BEFORE)
    assert "aiponge-user:42 is deployed now" in failure(ecs)


@pytest.mark.failure(29)
def test_a_rollback_that_ecs_calls_completed_is_a_failure(ecs: Scripted) -> None:
    rolled = services(deployment(BEFORE, "COMPLETED", reason="circuit breaker"))
    ecs.say("describe_services", RUNS_BEFORE, IN_PROGRESS, rolled)
    assert failure(ecs) == (
        "aiponge-user: deployment FAILED: rolled back by ECS, or replaced: aiponge-user:42 is deployed now: "
        "circuit breaker"
    )
    assert updates(ecs) == [NEW]


@pytest.mark.failure(29)
def test_a_failed_rollout_is_rolled_back(ecs: Scripted) -> None:
    failed = services(deployment(NEW, "FAILED", reason="tasks failed to start"))
    ecs.say("describe_services", RUNS_BEFORE, failed, failed, RUNS_BEFORE)
    assert failure(ecs) == (
        "aiponge-user: deployment FAILED: tasks failed to start; rolled back to aiponge-user:42"
    )
    assert updates(ecs) == [NEW, BEFORE]


def test_a_deployment_that_does_not_complete_is_rolled_back(ecs: Scripted) -> None:
    ecs.say("describe_services", RUNS_BEFORE, *[IN_PROGRESS] * 14, RUNS_BEFORE)
    assert failure(ecs) == (
        "aiponge-user: deployment FAILED: not completed after 120 s; rolled back to aiponge-user:42"
    )


def test_the_rollback_of_a_first_deployment_stops_its_tasks(ecs: Scripted) -> None:
    none = services(deployment(BASE, "COMPLETED"), desired=0)
    ecs.say("describe_services", none, services(deployment(NEW, "FAILED", reason="no image")), none)
    failure(ecs)
    last = ecs.params("update_service")[-1]
    assert (last["taskDefinition"], last["desiredCount"]) == (BASE, 0)


def test_a_rollback_that_is_refused_is_told_beside_the_failure(ecs: Scripted) -> None:
    ecs.say("describe_services", RUNS_BEFORE, services(deployment(NEW, "FAILED", reason="no image")))
    ecs.say("update_service", {"service": {}}, Refused("AccessDeniedException", "not allowed"))
    assert failure(ecs) == (
        "aiponge-user: deployment FAILED: no image; the rollback to aiponge-user:42 failed too: "
        "UpdateService: AccessDeniedException: not allowed"
    )


def test_a_rollback_that_does_not_complete_is_told(ecs: Scripted) -> None:
    failed = services(deployment(NEW, "FAILED", reason="no image"))
    back = services(deployment(BEFORE, "IN_PROGRESS"))
    ecs.say("describe_services", RUNS_BEFORE, failed, failed, back)
    assert "the rollback to aiponge-user:42 failed too: not completed after 120 s" in failure(ecs)


@pytest.mark.parametrize(
    "answer", [THROTTLED, Refused("ServerException", status=500), EndpointConnectionError(endpoint_url="x")]
)
def test_one_call_that_is_not_answered_does_not_end_the_watch(ecs: Scripted, answer: Any) -> None:
    ecs.say("describe_services", RUNS_BEFORE, IN_PROGRESS, answer, COMPLETED)
    service(ecs).deploy(IMAGE, Clock().wait())
    assert updates(ecs) == [NEW]


def test_a_refused_call_ends_the_watch_at_once(ecs: Scripted) -> None:
    ecs.say("describe_services", RUNS_BEFORE, IN_PROGRESS, Refused("AccessDeniedException"))
    assert failure(ecs) == (
        "aiponge-user: the deployment of aiponge-user:43 goes on in ECS and cannot be watched: "
        "DescribeServices: AccessDeniedException: said by AWS. Run this job again to watch it"
    )
    assert len(ecs.params("describe_services")) == 3
    assert updates(ecs) == [NEW]


def test_the_reasons_of_a_failure_are_shown_in_the_words_of_ecs(
    ecs: Scripted, capsys: pytest.CaptureFixture[str]
) -> None:
    failed = services(
        deployment(NEW, "FAILED"), events=("(service aiponge-user) was unable to place a task",)
    )
    ecs.say("describe_services", RUNS_BEFORE, failed, failed, RUNS_BEFORE)
    ecs.say("list_tasks", {"taskArns": ["arn:aws:ecs:eu-west-1:111122223333:task/aiponge-prod/1a2b"]})
    task = {
        "taskArn": "arn:aws:ecs:eu-west-1:111122223333:task/aiponge-prod/1a2b",
        "stoppedReason": "CannotPullContainerError",
        "containers": [{"name": "user", "reason": "image not found"}, {"name": "tls"}],
    }
    ecs.say("describe_tasks", {"tasks": [task]})
    failure(ecs)
    assert capsys.readouterr().err.splitlines() == [
        "  (service aiponge-user) was unable to place a task",
        "  1a2b: CannotPullContainerError",
        "    user: image not found",
    ]


def test_only_the_newest_reasons_are_shown(ecs: Scripted, capsys: pytest.CaptureFixture[str]) -> None:
    failed = services(deployment(NEW, "FAILED"), events=tuple(f"event {number}" for number in range(9)))
    ecs.say("describe_services", RUNS_BEFORE, failed, failed, RUNS_BEFORE)
    ecs.say("list_tasks", {"taskArns": [f"task/{number}" for number in range(9)]})
    ecs.say("describe_tasks", {"tasks": []})
    failure(ecs)
    assert capsys.readouterr().err.splitlines() == [f"  event {number}" for number in range(5)]
    (listed,), (described,) = ecs.params("list_tasks"), ecs.params("describe_tasks")
    assert (listed["desiredStatus"], listed["serviceName"]) == ("STOPPED", "aiponge-user")
    assert described["tasks"] == [f"task/{number}" for number in range(5)]


def test_two_containers_of_one_name_are_refused(ecs: Scripted) -> None:
    twice = {**DECLARED, "containerDefinitions": [{"name": "user"}, {"name": "user"}]}
    ecs.say("describe_task_definition", {"taskDefinition": twice})
    assert "no container user, it has user, user" in failure(ecs)
    assert updates(ecs) == []


def test_reasons_that_cannot_be_read_do_not_hide_the_failure(ecs: Scripted) -> None:
    failed = services(deployment(NEW, "FAILED", reason="no image"))
    ecs.say("describe_services", RUNS_BEFORE, failed, failed, RUNS_BEFORE)
    ecs.say("list_tasks", Refused("AccessDeniedException"))
    assert "deployment FAILED: no image; rolled back" in failure(ecs)


def test_a_service_that_disappears_meanwhile_does_not_hide_the_failure(ecs: Scripted) -> None:
    ecs.say("describe_services", RUNS_BEFORE, services(deployment(NEW, "FAILED", reason="no image")), {})
    assert failure(ecs) == (
        "aiponge-user: deployment FAILED: no image; the rollback to aiponge-user:42 failed too: "
        "aiponge-user: no such service in cluster aiponge-prod"
    )


def test_a_deleted_service_that_ecs_still_describes_is_not_deployed(ecs: Scripted) -> None:
    deleted = {"serviceName": "aiponge-user", "status": "INACTIVE", "desiredCount": 0, "deployments": []}
    ecs.say("describe_services", {"services": [deleted]})
    assert failure(ecs).startswith(
        "aiponge-user: the service in cluster aiponge-prod is INACTIVE and has no deployment"
    )
    assert updates(ecs) == []


# --- alarms: ECS watches them after the new tasks run, and rolls back itself

BAKES = services({**deployment(NEW, "IN_PROGRESS"), "runningCount": 3})


def test_a_deployment_whose_alarms_ecs_still_watches_is_not_rolled_back_when_time_is_up(
    ecs: Scripted,
) -> None:
    ecs.say("describe_services", RUNS_BEFORE, *[BAKES] * 20, COMPLETED)
    service(ecs).deploy(IMAGE, Clock().wait())
    assert updates(ecs) == [NEW]


def test_a_deployment_whose_alarms_are_watched_for_long_is_left_to_ecs(ecs: Scripted) -> None:
    ecs.say("describe_services", RUNS_BEFORE, BAKES)
    clock = Clock()
    assert "not completed after 240 s: its tasks run, ECS watches the alarms" in failure(ecs, clock)
    assert clock.at == 240
    assert updates(ecs) == [NEW]


@pytest.mark.failure(29)
def test_an_alarm_while_ecs_watches_is_a_failure_that_ecs_rolls_back(ecs: Scripted) -> None:
    rolled = services(deployment(BEFORE, "IN_PROGRESS", reason="alarm"), deployment(NEW, "FAILED", "ACTIVE"))
    ecs.say("describe_services", RUNS_BEFORE, *[BAKES] * 20, rolled)
    assert "rolled back by ECS, or replaced: aiponge-user:42 is deployed now: alarm" in failure(ecs)
    assert updates(ecs) == [NEW]


def test_tasks_that_stop_while_alarms_are_watched_are_rolled_back_within_the_session(ecs: Scripted) -> None:
    stopped = services(deployment(NEW, "IN_PROGRESS"))
    back = services({**deployment(BEFORE, "IN_PROGRESS"), "runningCount": 2})
    ecs.say("describe_services", RUNS_BEFORE, *[BAKES] * 13, *[stopped] * 14, back)
    clock = Clock()
    failure(ecs, clock)
    assert updates(ecs) == [NEW, BEFORE]
    assert clock.at == 240


def test_a_rollback_whose_alarms_are_still_watched_is_one(ecs: Scripted) -> None:
    failed = services(deployment(NEW, "FAILED", reason="no image"))
    back = services({**deployment(BEFORE, "IN_PROGRESS"), "runningCount": 3})
    ecs.say("describe_services", RUNS_BEFORE, failed, failed, back)
    assert failure(ecs).endswith("no image; rolled back to aiponge-user:42")


def test_time_is_up_while_tasks_of_before_still_run(ecs: Scripted) -> None:
    both = services({**deployment(NEW, "IN_PROGRESS"), "runningCount": 3}, deployment(BEFORE, "", "ACTIVE"))
    ecs.say("describe_services", RUNS_BEFORE, *[both] * 14, RUNS_BEFORE)
    assert "not completed after 120 s; rolled back to aiponge-user:42" in failure(ecs)


# --- reads of ECS that disagree


def test_an_older_answer_after_a_newer_one_is_not_taken_for_a_rollback(ecs: Scripted) -> None:
    ecs.say("describe_services", RUNS_BEFORE, IN_PROGRESS, RUNS_BEFORE, IN_PROGRESS, COMPLETED)
    service(ecs).deploy(IMAGE, Clock().wait())
    assert updates(ecs) == [NEW]


def test_a_rollback_within_the_first_minute_is_noticed_at_once(ecs: Scripted) -> None:
    rolled = services(deployment(BEFORE, "IN_PROGRESS"), deployment(NEW, "FAILED", "ACTIVE"))
    ecs.say("describe_services", RUNS_BEFORE, rolled)
    clock = Clock()
    assert "rolled back by ECS" in failure(ecs, clock)
    assert clock.at == 0


def test_a_deployment_that_never_completed_is_not_what_is_gone_back_to(ecs: Scripted) -> None:
    """The job of another commit was interrupted."""
    other = services(deployment(f"{FAMILY}:41", "IN_PROGRESS"), deployment(BEFORE, "COMPLETED", "ACTIVE"))
    failed = services(deployment(NEW, "FAILED", reason="no image"))
    ecs.say("describe_services", other, failed, failed, RUNS_BEFORE)
    failure(ecs)
    assert updates(ecs) == [NEW, BEFORE]


def test_a_second_run_goes_back_to_the_older_one_that_completed(ecs: Scripted) -> None:
    older = deployment(f"{FAMILY}:41", "IN_PROGRESS", "ACTIVE")
    began = services(deployment(NEW, "IN_PROGRESS"), older, deployment(BEFORE, "COMPLETED", "ACTIVE"))
    failed = services(deployment(NEW, "FAILED", reason="no image"))
    ecs.say("describe_services", began, failed, failed, RUNS_BEFORE)
    with pytest.raises(DeployError, match="rolled back to aiponge-user:42"):
        service(ecs).watch(NEW, Clock().wait())
    assert updates(ecs) == [BEFORE]


def test_what_register_task_definition_does_not_take_is_left_out(ecs: Scripted) -> None:
    answered = {*ecs.client.meta.service_model.shape_for("TaskDefinition").members}
    taken = {*ecs.client.meta.service_model.shape_for("RegisterTaskDefinitionRequest").members}
    refused = {name: datetime(2026, 1, 1) for name in answered - taken if name.endswith("At")}
    assert "deleteRequestedAt" in refused
    ecs.say("describe_task_definition", {"taskDefinition": {**DECLARED, **refused}})
    service(ecs).deploy(IMAGE, Clock().wait())
    (registered,) = ecs.params("register_task_definition")
    assert set(registered) == {"family", "cpu", "containerDefinitions"}


def test_a_service_that_is_not_there_is_named_with_its_cluster(ecs: Scripted) -> None:
    ecs.say("describe_services", {"services": [], "failures": [{"reason": "MISSING"}]})
    assert failure(ecs) == "aiponge-user: no such service in cluster aiponge-prod: MISSING"


# --- a job that runs again


def copied(image: str) -> dict[str, Any]:
    copy = deepcopy(DECLARED)
    copy["taskDefinitionArn"], copy["revision"] = NEW, 43
    copy["containerDefinitions"][0]["image"] = image
    return copy


def deployed(ecs: Scripted, latest: dict[str, Any]) -> str | None:
    """What a second run finds: the latest definition first, then the declared one."""
    ecs.say("describe_task_definition", {"taskDefinition": latest}, {"taskDefinition": DECLARED})
    return service(ecs).deployed(IMAGE)


def test_a_second_run_finds_the_deployment_of_the_same_image(ecs: Scripted) -> None:
    ecs.say("describe_services", IN_PROGRESS)
    assert deployed(ecs, copied(IMAGE)) == NEW


def test_another_image_is_another_deployment(ecs: Scripted) -> None:
    ecs.say("describe_services", IN_PROGRESS)
    assert deployed(ecs, copied(f"{REPOSITORY}@sha256:{'c' * 64}")) is None


def test_a_changed_declaration_is_another_deployment(ecs: Scripted) -> None:
    ecs.say("describe_services", IN_PROGRESS)
    assert deployed(ecs, {**copied(IMAGE), "cpu": "256"}) is None


def test_a_failed_deployment_is_made_again(ecs: Scripted) -> None:
    ecs.say("describe_services", services(deployment(NEW, "FAILED")))
    assert deployed(ecs, copied(IMAGE)) is None


def test_a_service_without_tasks_is_deployed_again(ecs: Scripted) -> None:
    ecs.say("describe_services", services({**deployment(NEW, "COMPLETED"), "desiredCount": 0}))
    assert deployed(ecs, copied(IMAGE)) is None


def test_a_running_deployment_is_watched_to_its_end(ecs: Scripted) -> None:
    ecs.say("describe_services", IN_PROGRESS, IN_PROGRESS, COMPLETED)
    service(ecs).watch(NEW, Clock().wait())
    assert updates(ecs) == []


def test_a_running_deployment_that_fails_is_rolled_back_to_the_older_one(ecs: Scripted) -> None:
    failed = services(deployment(NEW, "FAILED", reason="no image"))
    ecs.say("describe_services", IN_PROGRESS, failed, failed, RUNS_BEFORE)
    with pytest.raises(DeployError, match="rolled back to aiponge-user:42"):
        service(ecs).watch(NEW, Clock().wait())
    (update,) = ecs.params("update_service")
    assert update["taskDefinition"] == BEFORE
    assert "desiredCount" not in update


def test_a_failure_with_nothing_before_it_rolls_nothing_back(ecs: Scripted) -> None:
    failed = services(deployment(NEW, "FAILED", reason="no image"))
    ecs.say("describe_services", services(deployment(NEW, "IN_PROGRESS")), failed)
    with pytest.raises(DeployError, match="nothing ran before it, so nothing was rolled back"):
        service(ecs).watch(NEW, Clock().wait())
