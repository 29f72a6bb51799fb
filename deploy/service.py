"""Updates one ECS service to an image, watches the deployment, and rolls back what does not complete."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from deploy import deployments, task_definitions
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
    watched: bool = False
    """Whether only its tasks run and ECS, which watches the service's alarms, has not completed it yet."""


@dataclass(frozen=True)
class _Before:
    """What a service is rolled back to."""

    definition: str
    stopped: bool = False
    """Whether the service had no tasks."""


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
        primary = deployments.primary(service)
        if primary.get("rolloutState") == "FAILED" or not primary.get("desiredCount"):
            return None
        running = task_definitions.described(self.ecs, primary["taskDefinition"])
        return primary["taskDefinition"] if running == self._definition(image) else None

    def deploy(self, image: str, wait: Wait) -> None:
        """Run ``image``, or raise DeployError, with the service rolled back if ECS did not do that itself."""
        before = self._describe()
        definition = task_definitions.register(self.ecs, self._definition(image))
        stopped = not before.get("desiredCount")
        say(f"{self.name}: updating to {task_definitions.short(definition)}")
        self._update(definition, self.first_tasks if stopped else None)
        proven = deployments.completed(before["deployments"]) or deployments.primary(before)
        self._watch(definition, wait, _Before(proven["taskDefinition"], stopped))

    def watch(self, definition: str, wait: Wait) -> None:
        """Wait for a deployment that an earlier run began; it is rolled back to the one before it."""
        service = self._describe()
        older = [one for one in service["deployments"] if one["status"] == "ACTIVE"]
        proven = deployments.completed(older) or next(iter(older), None)
        say(f"{self.name}: {task_definitions.short(definition)} was deployed by an earlier run")
        self._watch(definition, wait, _Before(proven["taskDefinition"]) if proven else None)

    def _watch(self, definition: str, wait: Wait, back_to: _Before | None) -> None:
        begun = wait.now()
        try:
            ended = self._until_ended(definition, wait)
            if ended.watched:
                say(f"{self.name}: only new tasks run, and ECS watches the alarms: waiting as long again")
                ended = self._until_ended(definition, wait)
        except (ClientError, BotoCoreError) as error:
            raise DeployError(
                f"{self.name}: the deployment of {task_definitions.short(definition)} goes on in ECS and "
                f"cannot be watched: {words(error)}. Run this job again to watch it"
            ) from error
        if ended.problem == "":
            say(f"{self.name} runs {task_definitions.short(definition)}")
            return
        if ended.watched:
            raise DeployError(
                f"{self.name}: not completed after {wait.now() - begun:.0f} s: its tasks run, ECS watches "
                "the alarms and rolls back on one. Run this job again to watch it"
            )
        self._explain()
        # All of it ends within one session.
        rest = replace(wait, timeout_s=min(wait.timeout_s, begun + 2 * wait.timeout_s - wait.now()))
        done = "" if ended.replaced else f"; {self._roll_back(back_to, rest)}"
        raise DeployError(f"{self.name}: deployment FAILED: {ended.problem}{done}")

    def _until_ended(self, definition: str, wait: Wait) -> _Ended:
        begun, watched = wait.now(), False

        def ask() -> tuple[_Ended | None, str]:
            nonlocal watched
            service = self._describe()
            primary = deployments.primary(service)
            state, reason = str(primary.get("rolloutState")), str(primary.get("rolloutStateReason", ""))
            # After a rollback ECS reports the old definition's deployment as completed: compare definitions.
            if primary["taskDefinition"] != definition:
                listed = any(one["taskDefinition"] == definition for one in service["deployments"])
                if not listed and wait.now() - begun < VISIBLE_S:
                    return None, f"{self.name}: the deployment is not visible yet"
                now = task_definitions.short(primary["taskDefinition"])
                problem = f"rolled back by ECS, or replaced: {now} is deployed now: {reason}".rstrip(": ")
                return _Ended(problem, replaced=True), f"{self.name}: {state} with {now}"
            running, desired = primary.get("runningCount", 0), primary.get("desiredCount", 0)
            watched = state == "IN_PROGRESS" and running >= desired and deployments.alone(primary, service)
            shown = f"{self.name}: {state}, {running} of {desired} tasks run"
            if state == "COMPLETED":
                return _Ended(""), shown
            return _Ended(reason or "ECS gives no reason") if state == "FAILED" else None, shown

        problem = f"not completed after {wait.timeout_s:.0f} s"
        return wait.until(ask) or _Ended(problem, watched=watched)

    def _roll_back(self, before: _Before | None, wait: Wait) -> str:
        """Deploy what ran before, and say how that ended."""
        if before is None:
            return "nothing ran before it, so nothing was rolled back"
        to = task_definitions.short(before.definition)
        try:
            self._update(before.definition, 0 if before.stopped else None)
            ended = self._until_ended(before.definition, wait)
        except (ClientError, BotoCoreError, DeployError) as error:
            return f"the rollback to {to} failed too: {words(error)}"
        if ended.problem and not ended.watched:
            return f"the rollback to {to} failed too: {ended.problem}"
        return f"rolled back to {to}"

    def _explain(self) -> None:
        """Print what ECS says of a deployment that did not complete; never in place of the failure itself."""
        try:
            for event in self._describe().get("events", [])[:REASONS]:
                complain(f"  {event['message']}")
            arns = self._stopped()
            found = self.ecs.describe_tasks(cluster=self.cluster, tasks=arns) if arns else {}
        except (ClientError, BotoCoreError, DeployError) as error:
            complain(f"  its reasons cannot be read: {words(error)}")
            return
        for task in found.get("tasks", []):
            complain(f"  {task_definitions.short(task['taskArn'])}: {task.get('stoppedReason', 'stopped')}")
            for container in task.get("containers", []):
                if container.get("reason"):
                    complain(f"    {container['name']}: {container['reason']}")

    def _stopped(self) -> list[str]:
        pages = self.ecs.get_paginator("list_tasks").paginate(
            cluster=self.cluster, serviceName=self.name, desiredStatus="STOPPED"
        )
        return [arn for page in pages for arn in page.get("taskArns", [])][:REASONS]

    def _definition(self, image: str) -> dict[str, Any]:
        declared = task_definitions.described(self.ecs, self.facts["baseTaskDefinitionArn"])
        return task_definitions.with_image(declared, self.container, image)

    def _update(self, definition: str, count: int | None) -> None:
        """Without a count it stays: Application Auto Scaling may have changed it since it was read."""
        counted = {} if count is None else {"desiredCount": count}
        self.ecs.update_service(cluster=self.cluster, service=self.name, taskDefinition=definition, **counted)

    def _describe(self) -> dict[str, Any]:
        return deployments.service(self.ecs, self.cluster, self.name)
