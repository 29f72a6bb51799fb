"""Updates one ECS service to an image, watches the deployment, and rolls back what does not complete."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from deploy import task_definitions
from deploy.errors import DeployError, words
from deploy.waiting import Wait, complain, say

REASONS = 5
"""How many events and stopped tasks are shown of a deployment that failed."""
VISIBLE_S = 60
"""Seconds in which ECS may still answer with the deployment of before the update."""


@dataclass(frozen=True)
class _Ended:
    """How a deployment ended: without a problem, or with one."""

    problem: str
    replaced: bool = False
    """Whether another deployment has taken its place."""


@dataclass(frozen=True)
class Service:
    """One service of the cluster, and what the deploy contract says of it."""

    ecs: Any = field(repr=False)
    cluster: str
    facts: Mapping[str, Any]
    first_tasks: int
    """The desired count for a service that has none."""

    @property
    def name(self) -> str:
        """The service's name in ECS."""
        return str(self.facts["serviceName"])

    @property
    def container(self) -> str:
        """The container that runs the image."""
        return str(self.facts["containerName"])

    def deployed(self, image: str) -> str | None:
        """The definition of the latest deployment, if it is that of ``image`` from the declared one.

        An interrupted job that runs again then watches that deployment instead of making another.
        """
        service = self._describe()
        primary = _primary(service)
        if primary.get("rolloutState") == "FAILED" or not primary.get("desiredCount"):
            return None
        running = task_definitions.described(self.ecs, primary["taskDefinition"])
        return primary["taskDefinition"] if running == self._definition(image) else None

    def deploy(self, image: str, wait: Wait) -> None:
        """Run ``image``, or raise DeployError, with the service rolled back if ECS did not do that itself."""
        before = self._describe()
        definition = task_definitions.register(self.ecs, self._definition(image))
        count = before["desiredCount"] or self.first_tasks
        say(f"{self.name}: updating to {task_definitions.short(definition)}, {count} tasks")
        self._update(definition, count)
        self._watch(definition, wait, back_to=before)

    def watch(self, definition: str, wait: Wait) -> None:
        """Wait for a deployment that an earlier run began; it is rolled back to the one before it."""
        service = self._describe()
        older = [one["taskDefinition"] for one in service["deployments"] if one["status"] == "ACTIVE"]
        say(f"{self.name}: {task_definitions.short(definition)} was deployed by an earlier run")
        back_to = {"taskDefinition": older[0], "desiredCount": service["desiredCount"]} if older else None
        self._watch(definition, wait, back_to)

    def _watch(self, definition: str, wait: Wait, back_to: Mapping[str, Any] | None) -> None:
        ended = self._until_ended(definition, wait)
        if ended.problem == "":
            say(f"{self.name} runs {task_definitions.short(definition)}")
            return
        self._explain()
        done = "" if ended.replaced else f"; {self._roll_back(back_to, wait)}"
        raise DeployError(f"{self.name}: deployment FAILED: {ended.problem}{done}")

    def _until_ended(self, definition: str, wait: Wait) -> _Ended:
        begun, seen = wait.now(), False

        def ask() -> tuple[_Ended | None, str]:
            nonlocal seen
            primary = _primary(self._describe())
            state, reason = str(primary.get("rolloutState")), str(primary.get("rolloutStateReason", ""))
            # After a rollback ECS reports the old definition's deployment as completed: compare definitions.
            if primary["taskDefinition"] != definition:
                if not seen and wait.now() - begun < VISIBLE_S:
                    return None, f"{self.name}: the deployment is not visible yet"
                now = task_definitions.short(primary["taskDefinition"])
                problem = f"rolled back by ECS, or replaced: {now} is deployed now: {reason}".rstrip(": ")
                return _Ended(problem, replaced=True), f"{self.name}: {state} with {now}"
            seen = True
            shown = f"{self.name}: {state}, {primary['runningCount']} of {primary['desiredCount']} tasks run"
            if state == "COMPLETED":
                return _Ended(""), shown
            return _Ended(reason or "ECS gives no reason") if state == "FAILED" else None, shown

        return wait.until(ask) or _Ended(f"not completed after {wait.timeout_s:.0f} s")

    def _roll_back(self, before: Mapping[str, Any] | None, wait: Wait) -> str:
        """Deploy what ran before, and say how that ended."""
        if before is None:
            return "nothing ran before it, so nothing was rolled back"
        definition, count = before["taskDefinition"], before["desiredCount"]
        to = task_definitions.short(definition)
        try:
            self._update(definition, count)
            ended = self._until_ended(definition, wait)
        except (ClientError, BotoCoreError) as error:
            return f"the rollback to {to} failed too: {words(error)}"
        return (
            f"the rollback to {to} failed too: {ended.problem}" if ended.problem else f"rolled back to {to}"
        )

    def _explain(self) -> None:
        """Print what ECS says of a deployment that did not complete; never in place of the failure itself."""
        try:
            for event in self._describe().get("events", [])[:REASONS]:
                complain(f"  {event['message']}")
            arns = self._stopped()
            tasks = self.ecs.describe_tasks(cluster=self.cluster, tasks=arns)["tasks"] if arns else []
        except (ClientError, BotoCoreError) as error:
            complain(f"  its reasons cannot be read: {words(error)}")
            return
        for task in tasks:
            complain(f"  {task_definitions.short(task['taskArn'])}: {task.get('stoppedReason', 'stopped')}")
            for container in task.get("containers", []):
                if container.get("reason"):
                    complain(f"    {container['name']}: {container['reason']}")

    def _stopped(self) -> list[str]:
        pages = self.ecs.get_paginator("list_tasks").paginate(
            cluster=self.cluster, serviceName=self.name, desiredStatus="STOPPED"
        )
        return [arn for page in pages for arn in page["taskArns"]][:REASONS]

    def _definition(self, image: str) -> dict[str, Any]:
        declared = task_definitions.described(self.ecs, self.facts["baseTaskDefinitionArn"])
        return task_definitions.with_image(declared, self.container, image)

    def _update(self, definition: str, count: int) -> None:
        self.ecs.update_service(
            cluster=self.cluster, service=self.name, taskDefinition=definition, desiredCount=count
        )

    def _describe(self) -> dict[str, Any]:
        answer = self.ecs.describe_services(cluster=self.cluster, services=[self.name])
        if not answer["services"]:
            reasons = ", ".join(one.get("reason", "") for one in answer.get("failures", []))
            raise DeployError(
                f"{self.name}: no such service in cluster {self.cluster}: {reasons}".rstrip(": ")
            )
        return answer["services"][0]


def _primary(service: Mapping[str, Any]) -> dict[str, Any]:
    return next(one for one in service["deployments"] if one["status"] == "PRIMARY")
