"""The declared services and one-off tasks, each with its task definition as ECS describes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from ops.core.aws_state import AwsState, Item
from settings.schema.services import ContainersSettings, ServiceSettings, ToolSettings
from settings.schema.tasks import SidecarSettings

SIDECAR = "tls"


@dataclass(frozen=True, kw_only=True)
class Defined:
    """The task definition of a service's next task, or of a one-off task."""

    name: str
    """The service or tool whose secrets, roles and log group it has."""
    settings: ServiceSettings | ToolSettings
    definition: Item
    subject: str
    """Its name in findings."""

    def containers(self) -> list[Item]:
        """All container definitions."""
        return self.definition.get("containerDefinitions", [])

    def own(self) -> list[Item]:
        """The container definitions without those of sidecars."""
        return [one for one in self.containers() if one["name"] not in {SIDECAR, *self.sidecars}]

    @property
    def sidecars(self) -> Mapping[str, SidecarSettings]:
        """The declared sidecars, by the name of their container."""
        return self.settings.sidecars if isinstance(self.settings, ServiceSettings) else {}


@dataclass(frozen=True, kw_only=True)
class Running(Defined):
    """One declared service, as ECS describes it, with the task definition of its primary deployment."""

    service: Item


def platform_of(aws: AwsState) -> ContainersSettings | None:
    """The stack's container settings; None where it has a host instead."""
    return aws.settings.containers


def cluster_name(aws: AwsState) -> str:
    """The name of the stack's cluster."""
    return aws.names.cluster


def cluster_of(aws: AwsState) -> Item | None:
    """The active cluster as ECS describes it; None where there is none."""
    names, asked = [cluster_name(aws)], ["SETTINGS", "CONFIGURATIONS"]
    found = aws.items("ecs", "describe_clusters", names, may_be_absent=True, include=asked)
    return next((one for one in found if one["status"] == "ACTIVE"), None)


def listed(aws: AwsState) -> dict[str, Item]:
    """The services of the cluster that are not INACTIVE, by name."""
    cluster = cluster_name(aws)
    arns = aws.list("ecs", "list_services", "serviceArns", cluster=cluster)
    found = aws.items("ecs", "describe_services", arns, may_be_absent=True, cluster=cluster)
    return {one["serviceName"]: one for one in found if one["status"] != "INACTIVE"}


def running(aws: AwsState) -> Iterator[Running]:
    """Every declared service that exists, with the task definition of its primary deployment."""
    if not platform_of(aws) or not cluster_of(aws):
        return
    there = listed(aws)
    for name, settings in aws.settings.services.items():
        service = there.get(aws.names.part(name))
        if service is not None:
            arn = primary_of(service).get("taskDefinition") or service["taskDefinition"]
            yield Running(
                name=name,
                settings=settings,
                definition=_definition(aws, arn),
                subject=f"service {service['serviceName']}",
                service=service,
            )


def one_off(aws: AwsState) -> Iterator[tuple[str, str, ServiceSettings | ToolSettings]]:
    """The declared one-off tasks: family, name of the service or tool whose secrets they read, settings."""
    platform = platform_of(aws)
    for task, one in platform.one_off_tasks.items() if platform else ():
        yield aws.names.part(task), one.service, aws.settings.services[one.service]
    for tool, settings in aws.settings.tools.items():
        yield aws.names.part(tool), tool, settings


def defined(aws: AwsState) -> Iterator[Defined]:
    """The task definitions that are in use, of services and one-off tasks."""
    yield from running(aws)
    for family, name, settings in one_off(aws):
        definition = newest_definition(aws, family)
        if definition is not None:
            yield Defined(name=name, settings=settings, definition=definition, subject=f"task {family}")


def _definition(aws: AwsState, arn: str) -> Item:
    return aws.ask("ecs", "describe_task_definition", taskDefinition=arn)["taskDefinition"]


def newest_definition(aws: AwsState, family: str) -> Item | None:
    """The latest active revision of a task definition family."""
    arns = aws.list(
        "ecs", "list_task_definitions", "taskDefinitionArns", familyPrefix=family, status="ACTIVE"
    )
    newest = max(arns, key=lambda arn: int(arn.rpartition(":")[2]), default=None)
    return _definition(aws, newest) if newest else None


def begun(task: Item) -> datetime | None:
    """When a task was created: secrets are injected before ``startedAt``."""
    return task.get("createdAt") or task.get("startedAt")


def primary_of(service: Item) -> Item:
    """The primary deployment of a service; empty where it has none."""
    return next((one for one in service.get("deployments", []) if one["status"] == "PRIMARY"), {})
