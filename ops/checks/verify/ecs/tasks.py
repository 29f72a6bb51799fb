"""What the stack declares to run in its cluster, each beside what ECS says of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from ops.core.aws_state import Estate, Item
from settings.schema.services import ContainersSettings, ServiceSettings, ToolSettings

BATCH = 10  # what DescribeServices takes
SIDECAR = "tls"


@dataclass(frozen=True, kw_only=True)
class Defined:
    """What a task gets: the definition of a service's next one, or of a one-off."""

    name: str
    """The service or tool whose secrets, roles and log it has."""
    settings: ServiceSettings | ToolSettings
    definition: Item
    subject: str
    """How findings call it."""

    def containers(self) -> list[Item]:
        """Every container of a task."""
        return self.definition.get("containerDefinitions", [])

    def own(self) -> list[Item]:
        """The application's containers, without the one that only ends TLS."""
        return [one for one in self.containers() if one["name"] != SIDECAR]


@dataclass(frozen=True, kw_only=True)
class Running(Defined):
    """One declared service, what ECS says of it, and the definition its next task gets."""

    service: Item


def platform_of(estate: Estate) -> ContainersSettings | None:
    """What the stack declares of its containers; None where it has a host instead."""
    return estate.settings.containers


def cluster_name(estate: Estate) -> str:
    """The stack's cluster."""
    return estate.names.cluster


def cluster_of(estate: Estate) -> Item | None:
    """What ECS says of the cluster; None where it has none."""
    name = cluster_name(estate)
    answer = estate.ask("ecs", "describe_clusters", clusters=[name], include=["SETTINGS", "CONFIGURATIONS"])
    return next((one for one in answer["clusters"] if one["status"] == "ACTIVE"), None)


def listed(estate: Estate) -> dict[str, Item]:
    """Active services of the cluster, by name."""
    cluster = cluster_name(estate)
    arns = estate.list("ecs", "list_services", "serviceArns", cluster=cluster)
    found: dict[str, Item] = {}
    for start in range(0, len(arns), BATCH):
        some = arns[start : start + BATCH]
        answer = estate.ask("ecs", "describe_services", cluster=cluster, services=some)
        found |= {one["serviceName"]: one for one in answer["services"] if one["status"] != "INACTIVE"}
    return found


def running(estate: Estate) -> Iterator[Running]:
    """Every declared service that exists, with the definition of its primary deployment."""
    if not platform_of(estate) or not cluster_of(estate):
        return
    there = listed(estate)
    for name, settings in estate.settings.services.items():
        service = there.get(estate.names.part(name))
        if service is not None:
            arn = primary_of(service).get("taskDefinition") or service["taskDefinition"]
            yield Running(
                name=name,
                settings=settings,
                definition=_definition(estate, arn),
                subject=f"service {service['serviceName']}",
                service=service,
            )


def one_off(estate: Estate) -> Iterator[tuple[str, str, ServiceSettings | ToolSettings]]:
    """The declared tasks that nothing keeps running: family, whose secrets they have, settings."""
    platform = platform_of(estate)
    for task, one in platform.one_off_tasks.items() if platform else ():
        yield estate.names.part(task), one.service, estate.settings.services[one.service]
    for tool, settings in estate.settings.tools.items():
        yield estate.names.part(tool), tool, settings


def defined(estate: Estate) -> Iterator[Defined]:
    """Every definition that tasks of the stack are made from."""
    yield from running(estate)
    for family, name, settings in one_off(estate):
        definition = newest_definition(estate, family)
        if definition is not None:
            yield Defined(name=name, settings=settings, definition=definition, subject=f"task {family}")


def _definition(estate: Estate, arn: str) -> Item:
    return estate.ask("ecs", "describe_task_definition", taskDefinition=arn)["taskDefinition"]


def newest_definition(estate: Estate, family: str) -> Item | None:
    """What whoever names the family alone gets: the highest revision that is not withdrawn."""
    arns = estate.list(
        "ecs", "list_task_definitions", "taskDefinitionArns", familyPrefix=family, status="ACTIVE"
    )
    newest = max(arns, key=lambda arn: int(arn.rpartition(":")[2]), default=None)
    return _definition(estate, newest) if newest else None


def begun(task: Item) -> datetime | None:
    """When a task was made: it may have read its secrets before it counts as started."""
    return task.get("createdAt") or task.get("startedAt")


def primary_of(service: Item) -> Item:
    """The deployment that a service is to run alone; empty where it has none."""
    return next((one for one in service.get("deployments", []) if one["status"] == "PRIMARY"), {})
