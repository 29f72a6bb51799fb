"""The running services are the declared ones: private, unprivileged, rolled out, with their own secrets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from ops.verify.estate import Estate, Item
from ops.verify.network import subnets
from ops.verify.registry import Problem, check
from ops.verify.secrets import current, present
from settings.grants import entries_read_by
from settings.services import ContainersSettings, ServiceSettings, ToolSettings

BATCH = 10  # what DescribeServices takes
SIDECAR = "tls"
_BY_PROGRAM = "run `pulumi up`"
_DEPLOY = "deploy it again from its base definition"


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


def cluster_name(estate: Estate) -> str:
    """The stack's cluster."""
    return estate.names.part(estate.names.environment)


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
    if not _platform(estate) or not _cluster(estate):
        return
    there = listed(estate)
    for name, settings in estate.settings.services.items():
        service = there.get(estate.names.part(name))
        if service is not None:
            arn = _primary(service).get("taskDefinition") or service["taskDefinition"]
            yield Running(
                name=name,
                settings=settings,
                definition=_definition(estate, arn),
                subject=f"service {service['serviceName']}",
                service=service,
            )


def one_off(estate: Estate) -> Iterator[tuple[str, str, ServiceSettings | ToolSettings]]:
    """The declared tasks that nothing keeps running: family, whose secrets they have, settings."""
    platform = _platform(estate)
    for task, one in platform.one_off_tasks.items() if platform else ():
        yield estate.names.part(task), one.service, estate.settings.services[one.service]
    for tool, settings in estate.settings.tools.items():
        yield estate.names.part(tool), tool, settings


def defined(estate: Estate) -> Iterator[Defined]:
    """Every definition that tasks of the stack are made from."""
    yield from running(estate)
    for family, name, settings in one_off(estate):
        definition = _newest(estate, family)
        if definition is not None:
            yield Defined(name=name, settings=settings, definition=definition, subject=f"task {family}")


@check("containers-cluster", "A22", "A51")
def cluster(estate: Estate) -> Iterator[Problem]:
    """The cluster is there, and keeps the metrics that alarms read."""
    if not _platform(estate):
        return
    found = _cluster(estate)
    if found is None:
        yield Problem(f"cluster {cluster_name(estate)}", "does not exist", _BY_PROGRAM)
        return
    insights = {one["name"]: one["value"] for one in found.get("settings", [])}
    if insights.get("containerInsights") not in ("enabled", "enhanced"):
        yield Problem(f"cluster {cluster_name(estate)}", "its Container Insights are off", _BY_PROGRAM)


@check("containers-services", "A4", "A8", "A22", "A38")
def every_service(estate: Estate) -> Iterator[Problem]:
    """Each declared service and one-off task exists, and no other service runs in the cluster."""
    if not _platform(estate) or not _cluster(estate):
        return
    there, wanted = listed(estate), {estate.names.part(name) for name in estate.settings.services}
    for name in sorted(wanted - there.keys()):
        yield Problem(f"service {name}", "does not exist", _BY_PROGRAM)
    for name in sorted(there.keys() - wanted):
        yield Problem(f"service {name}", "runs in the cluster and is undeclared", "delete it, or declare it")
    for family, _, _ in one_off(estate):
        if _newest(estate, family) is None:
            yield Problem(f"task {family}", "has no definition", _BY_PROGRAM)


@check("containers-network", "A22", "A38")
def private(estate: Estate) -> Iterator[Problem]:
    """Each service lies in the private subnets alone, behind its own group, without a public address."""
    inside = {one["SubnetId"] for one in subnets(estate, "private")}
    groups = {
        one["GroupName"]: one["GroupId"]
        for one in estate.in_vpc("describe_security_groups", "SecurityGroups")
    }
    for one in running(estate):
        network = one.service.get("networkConfiguration", {}).get("awsvpcConfiguration", {})
        if network.get("assignPublicIp", "DISABLED") != "DISABLED":
            yield Problem(one.subject, "gives its tasks public addresses", _BY_PROGRAM)
        outside = set(network.get("subnets", [])) - inside
        if outside or not network.get("subnets"):
            yield Problem(
                one.subject, f"is not in the private subnets alone ({_joined(outside)})", _BY_PROGRAM
            )
        if network.get("securityGroups") != [groups.get(estate.names.part(one.name))]:
            yield Problem(one.subject, "is not behind its own security group alone", _BY_PROGRAM)


@check("containers-secrets", "A4", "A8", "A12", "A13", "A31", "A32")
def secrets(estate: Estate) -> Iterator[Problem]:
    """Each task is handed exactly its declared secrets, by full ARN."""
    arns = {name: secret["ARN"] for name, (_, secret) in present(estate).items()}
    for one in defined(estate):
        wanted = {
            entry.env: arns.get(entry.store_name)
            for entry in entries_read_by(estate.settings, one.name)
            if entry.env
        }
        for container in one.own():
            given = {pair["name"]: pair["valueFrom"] for pair in container.get("secrets", [])}
            for env in sorted(wanted.keys() - given.keys()):
                yield Problem(one.subject, f"lacks the secret {env}", _DEPLOY)
            for env in sorted(given.keys() - wanted.keys()):
                yield Problem(one.subject, f"is handed {env}, of which it is no declared reader", _DEPLOY)
            for env in sorted(given.keys() & wanted.keys()):
                if wanted[env] and given[env] != wanted[env]:  # a missing secret is another check's finding
                    yield Problem(one.subject, f"{env} does not come from {wanted[env]}", _DEPLOY)


@check("containers-environment", "A4", "A8")
def environment(estate: Estate) -> Iterator[Problem]:
    """No secret's variable is a plain one."""
    secret = {
        env
        for entry in estate.settings.secrets.values()
        for env in (entry.env, entry.keyring.env if entry.keyring else None)
    }
    for one in defined(estate):
        for container in one.containers():
            for env in sorted({pair["name"] for pair in container.get("environment", [])} & secret):
                yield Problem(one.subject, f"has {env} in clear in its environment", _DEPLOY)


@check("containers-roles", "A7", "A51")
def roles(estate: Estate) -> Iterator[Problem]:
    """Each task starts and runs with its own two roles."""
    for one in defined(estate):
        for member, role in (
            ("executionRoleArn", estate.names.execution_role(one.name)),
            ("taskRoleArn", estate.names.task_role(one.name)),
        ):
            if one.definition.get(member) != estate.names.role_arn(role):
                yield Problem(one.subject, f"its {member} is not {role}", _DEPLOY)


@check("containers-hardening", "A51")
def hardening(estate: Estate) -> Iterator[Problem]:
    """Containers are read-only, not root, without capabilities, and run images by digest."""
    platform = _platform(estate)
    for one in defined(estate):
        for container in one.containers():
            shells = bool(platform and platform.exec_enabled) and isinstance(one.settings, ServiceSettings)
            for problem in _loose(container, one.settings, writable=shells):
                yield Problem(f"{one.subject} ({container['name']})", problem, _DEPLOY)


@check("containers-logging", "A40")
def logging(estate: Estate) -> Iterator[Problem]:
    """Every container logs to its service's group, and never blocks on it."""
    for one in defined(estate):
        group = estate.names.log_group(one.name)
        for container in one.containers():
            log = container.get("logConfiguration") or {}
            options, subject = log.get("options", {}), f"{one.subject} ({container['name']})"
            if log.get("logDriver") != "awslogs" or options.get("awslogs-group") != group:
                yield Problem(subject, f"does not log to {group}", _DEPLOY)
            elif options.get("mode") != "non-blocking":
                yield Problem(subject, "stops when its log stops: mode is not non-blocking", _DEPLOY)


@check("containers-exec", "A51")
def no_shells(estate: Estate) -> Iterator[Problem]:
    """Nobody opens a shell in a task where the stack does not allow it."""
    platform = _platform(estate)
    for one in running(estate):
        if one.service.get("enableExecuteCommand") and not (platform and platform.exec_enabled):
            yield Problem(one.subject, "takes shells (ECS Exec), declared is execEnabled: false", _BY_PROGRAM)


@check("containers-rollback", "A51")
def rollback(estate: Estate) -> Iterator[Problem]:
    """A deployment that fails is stopped and rolled back."""
    for one in running(estate):
        breaker = one.service.get("deploymentConfiguration", {}).get("deploymentCircuitBreaker", {})
        if not (breaker.get("enable") and breaker.get("rollback")):
            yield Problem(one.subject, "its circuit breaker with rollback is off", _BY_PROGRAM)


@check("containers-rollout", "A8", "A46")
def rollout(estate: Estate) -> Iterator[Problem]:
    """The primary deployment is the definition the service names, finished, with all its tasks."""
    for one in running(estate):
        primary = _primary(one.service)
        state, wanted = primary.get("rolloutState"), one.service.get("desiredCount", 0)
        revision = str(primary.get("taskDefinition", "")).rpartition(":")[2]
        if state == "FAILED":
            expected = one.service["taskDefinition"].rpartition(":")[2]
            why = _last_stop(estate, one) or primary.get("rolloutStateReason", "unknown")
            yield Problem(
                one.subject,
                f"deployment FAILED, running :{revision}, expected :{expected}; last stop reason {why}",
                "mend the cause, then deploy again",
            )
        elif primary.get("taskDefinition") not in (None, one.service["taskDefinition"]):
            expected = one.service["taskDefinition"].rpartition(":")[2]
            yield Problem(
                one.subject, f"runs :{revision}, expected :{expected}", "was it rolled back? read its events"
            )
        if one.service.get("runningCount", 0) < wanted:
            count = one.service.get("runningCount", 0)
            yield Problem(one.subject, f"runs {count} of {wanted} tasks", "read its events and stopped tasks")


@check("containers-stale", "A9", "A33")
def stale(estate: Estate) -> Iterator[Problem]:
    """Every running task started after the current version of each secret it reads."""
    held = current(estate)
    for one in running(estate):
        for task in _tasks(estate, one, "RUNNING"):
            started = task.get("startedAt")
            for entry in entries_read_by(estate.settings, one.name):
                value = held.get(entry.store_name)
                if value and started and started.astimezone(UTC) < value.created.astimezone(UTC):
                    yield Problem(
                        one.subject,
                        f"task {task['taskArn'].rpartition('/')[2][:8]} is older than {entry.store_name}",
                        "deploy it again: `aws ecs update-service --force-new-deployment`",
                    )


@check("images", "A51")
def images(estate: Estate) -> Iterator[Problem]:
    """Each image has its repository: tags never move, pushes are scanned, layers are under the data key."""
    if not _platform(estate):
        return
    prefix = f"{estate.names.prefix}/"
    there = {
        one["repositoryName"]: one
        for one in estate.list("ecr", "describe_repositories", "repositories")
        if one["repositoryName"].startswith(prefix)
    }
    for service in (*estate.settings.services, *estate.settings.tools):
        one, subject = there.get(f"{prefix}{service}"), f"repository {prefix}{service}"
        if one is None:
            yield Problem(subject, "does not exist", _BY_PROGRAM)
            continue
        if one.get("imageTagMutability") != "IMMUTABLE":
            yield Problem(subject, "its tags may move", _BY_PROGRAM)
        if not one.get("imageScanningConfiguration", {}).get("scanOnPush"):
            yield Problem(subject, "does not scan what is pushed", _BY_PROGRAM)
        if not estate.is_key(one.get("encryptionConfiguration", {}).get("kmsKey"), "data"):
            yield Problem(subject, f"is not encrypted with {estate.names.key_alias('data')}", _BY_PROGRAM)


def _platform(estate: Estate) -> ContainersSettings | None:
    platform = estate.settings.platform
    return platform if isinstance(platform, ContainersSettings) else None


def _cluster(estate: Estate) -> Item | None:
    name = cluster_name(estate)
    answer = estate.ask("ecs", "describe_clusters", clusters=[name], include=["SETTINGS", "CONFIGURATIONS"])
    return next((one for one in answer["clusters"] if one["status"] == "ACTIVE"), None)


def _definition(estate: Estate, arn: str) -> Item:
    return estate.ask("ecs", "describe_task_definition", taskDefinition=arn)["taskDefinition"]


def _newest(estate: Estate, family: str) -> Item | None:
    """What whoever names the family alone gets: the highest revision that is not withdrawn."""
    arns = estate.list(
        "ecs", "list_task_definitions", "taskDefinitionArns", familyPrefix=family, status="ACTIVE"
    )
    newest = max(arns, key=lambda arn: int(arn.rpartition(":")[2]), default=None)
    return _definition(estate, newest) if newest else None


def _primary(service: Item) -> Item:
    return next((one for one in service.get("deployments", []) if one["status"] == "PRIMARY"), {})


def _tasks(estate: Estate, one: Running, status: str) -> list[Item]:
    names = {"cluster": cluster_name(estate), "serviceName": one.service["serviceName"]}
    arns = estate.list("ecs", "list_tasks", "taskArns", **names, desiredStatus=status)
    if not arns:
        return []
    return estate.ask("ecs", "describe_tasks", cluster=names["cluster"], tasks=arns[:100])["tasks"]


def _last_stop(estate: Estate, one: Running) -> str | None:
    stopped = [task for task in _tasks(estate, one, "STOPPED") if task.get("stoppedReason")]
    return stopped[-1]["stoppedReason"] if stopped else None


def _loose(container: Item, settings: ServiceSettings | ToolSettings, *, writable: bool) -> Iterator[str]:
    linux: dict[str, Any] = container.get("linuxParameters") or {}
    capabilities = linux.get("capabilities") or {}
    if container.get("readonlyRootFilesystem") is not True and not writable:
        yield "its root file system is writable"
    if container.get("privileged"):
        yield "is privileged"
    if str(container.get("user", "")).split(":")[0] in ("", "0", "root"):
        yield "runs as root"
    elif container["user"] != settings.user:
        yield f"does not run as {settings.user}"
    if "ALL" not in capabilities.get("drop", []) or capabilities.get("add"):
        yield "keeps Linux capabilities"
    if linux.get("initProcessEnabled") is not True:
        yield "has no init process"
    if "@sha256:" not in container.get("image", ""):
        yield "runs an image by tag"


def _joined(ids: set[str]) -> str:
    return ", ".join(sorted(ids)) or "none"
