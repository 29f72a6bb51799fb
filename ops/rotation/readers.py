"""Restarts the readers of a secret until every task is newer than the secret."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from typing import Any

from ops.checks.verify.ecs.tasks import begun, cluster_name
from ops.core import answers
from ops.core.context import StackContext
from ops.core.exits import Exit, Stop
from ops.rotation import host
from settings.grants import HOST_READER
from settings.schema.secrets import SecretSettings


def stale(context: StackContext, secret: SecretSettings, since: datetime) -> list[str]:
    """A message for each service that runs a task created before ``since``."""
    found: list[str] = []
    for name in _services(context, secret.readers):
        old = [task for task in _tasks(context, name) if not _newer(task, since)]
        if old:
            found.append(
                f"service {name} runs {len(old)} tasks that started before {since:%Y-%m-%d %H:%M:%S}"
            )
    return found


def restart(context: StackContext, readers: Collection[str], since: datetime) -> None:
    """Restart exactly these readers and wait until each is healthy and newer than ``since``."""
    if HOST_READER in readers:
        host.refresh(context)
    started = dict(_deployments(context, readers))
    for name in started:
        context.say(f"service {name}: new deployment started")
    waiting = dict(started)

    def all_done() -> bool:
        for service in _described(context, list(waiting)):
            name = service["serviceName"]
            if _rolled_out(service, waiting[name]) and all(
                _newer(task, since) for task in _tasks(context, name)
            ):
                context.say(f"service {name}: healthy, all tasks are new", "green")
                del waiting[name]
        return not waiting

    if not context.clock.until(context.clock.rollout_s, all_done):
        raise Stop(
            Exit.PARTLY,
            f"still deploying: {', '.join(waiting)}; read their events, then continue with --resume",
        )


def _deployments(context: StackContext, readers: Collection[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Force one deployment for each reader with tasks: the service's name and the deployment."""
    client, names = context.aws.client("ecs"), _services(context, readers)
    described = _described(context, names)
    there = {service["serviceName"] for service in described}
    for name in names:
        if name not in there:
            context.say(f"service {name}: does not exist, nothing to deploy")
    for service in described:
        name = service["serviceName"]
        if not service.get("desiredCount"):
            context.say(f"service {name}: has no tasks, nothing to deploy")
            continue
        answer = client.update_service(
            cluster=cluster_name(context.aws), service=name, forceNewDeployment=True
        )
        yield name, _primary(answer["service"])


def _rolled_out(service: dict[str, Any], mine: dict[str, Any]) -> bool:
    """Whether the primary deployment is complete: the forced one, or a newer one of the redeploy function.

    :class:`Stop` after a rollback, which makes an older deployment the primary one again.
    """
    primary, name = _primary(service), service["serviceName"]
    newer = primary.get("id") == mine.get("id") or _created(primary) > _created(mine)
    if primary.get("rolloutState") == "FAILED" or not newer:
        raise Stop(
            Exit.PARTLY,
            f"service {name}: deployment failed or was rolled back; read events, then continue with --resume",
        )
    complete = primary.get("rolloutState") == "COMPLETED"
    return complete and service.get("runningCount", 0) >= service.get("desiredCount", 0)


def _created(deployment: dict[str, Any]) -> datetime:
    made = deployment.get("createdAt")
    return made.astimezone(UTC) if isinstance(made, datetime) else datetime.min.replace(tzinfo=UTC)


def _services(context: StackContext, readers: Collection[str]) -> list[str]:
    services = context.settings.services
    return [context.aws.names.part(reader) for reader in readers if reader in services]


def _described(context: StackContext, names: list[str]) -> list[dict[str, Any]]:
    client, cluster = context.aws.client("ecs"), cluster_name(context.aws)
    found = answers.items(client, "describe_services", names, may_be_absent=True, cluster=cluster)
    return [one for one in found if one["status"] != "INACTIVE"]


def _tasks(context: StackContext, service: str) -> list[dict[str, Any]]:
    """The tasks of the service with desired status RUNNING."""
    client, cluster = context.aws.client("ecs"), cluster_name(context.aws)
    asked = {"cluster": cluster, "serviceName": service, "desiredStatus": "RUNNING"}
    arns = answers.listed(client, "list_tasks", "taskArns", **asked)
    # A task that has stopped since it was listed no longer has to run.
    return answers.items(client, "describe_tasks", arns, may_be_absent=True, cluster=cluster)


def _newer(task: dict[str, Any], since: datetime) -> bool:
    began = begun(task)
    return began is not None and began.astimezone(UTC) > since.astimezone(UTC)


def _primary(service: dict[str, Any]) -> dict[str, Any]:
    return next((one for one in service.get("deployments", []) if one["status"] == "PRIMARY"), {})
