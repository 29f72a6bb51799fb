"""Describes the services, tools or host of a running stack."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from ops.checks.show.alarms import Alarms, alarms_by_part
from ops.checks.verify.ecs.tasks import newest_definition, running
from ops.checks.verify.network.load_balancer import balancer
from ops.core.aws_state import AwsState, Item
from ops.core.console import Screen
from ops.core.exits import Exit, Stop
from ops.core.resources.host_group import host_group
from settings.errors import nearest
from settings.grants import HOST_READER, entries_read_by
from settings.parts import shared_variables
from settings.schema.tasks import NO_IMAGE


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One service, tool or host as it runs."""

    name: str
    kind: str
    """``service``, ``tool`` or ``host``."""
    image: str | None
    """The image that it runs, by digest; None before the first deployment."""
    running: int
    desired: int
    secrets: list[str]
    """Names of the secrets that it reads, in their store."""
    variables: list[str]
    """Environment variables that name its buckets and queues."""
    log_group: str
    url: str | None
    alarms: dict[str, str]
    """The state of each alarm about it, by the alarm's name."""

    @property
    def alarming(self) -> list[str]:
        """Names of the alarms that are not OK."""
        return [name for name, state in self.alarms.items() if state == "ALARM"]

    @property
    def healthy(self) -> bool:
        """Whether as many tasks run as there should be, and no alarm is on."""
        return self.running >= self.desired and not self.alarming


def command(aws: AwsState, screen: Screen, stack: str, name: str | None) -> Exit:
    """Print everything that runs, or one part of it; exit code 1 where a part is not healthy."""
    known = known_names(aws)
    if name is not None and name not in known:
        hint = nearest(name, known) or f"; choose one of: {', '.join(known)}"
        raise Stop(Exit.BAD_INPUT, f"{name} is not a service, tool or host of {stack}{hint}")
    found = [one for one in shown(aws) if name in (None, one.name)]
    missing = [one for one in known if name in (None, one) and one not in {each.name for each in found}]
    screen.document({"stack": stack, "parts": [asdict(one) for one in found], "missing": missing})
    for one in found:
        for line in _lines(one):
            screen.line(line, "" if one.healthy else "red")
    for one in missing:
        screen.line(f"{one}: does not exist; run `pulumi up`", "red")
    return Exit.DONE if not missing and all(one.healthy for one in found) else Exit.FINDING


def known_names(aws: AwsState) -> tuple[str, ...]:
    """The services and tools that the stack file declares, or the host."""
    return (HOST_READER,) if aws.settings.host else (*aws.settings.services, *aws.settings.tools)


def shown(aws: AwsState) -> Iterator[Shown]:
    """Everything of the stack that exists."""
    alarms = alarms_by_part(aws, known_names(aws))
    if aws.settings.host:
        yield from _host(aws, alarms)
        return
    for one in running(aws):
        image = next((each["image"] for each in one.containers() if each["name"] == one.name), None)
        yield Shown(
            name=one.name,
            kind="service",
            image=_image(image),
            running=one.service["runningCount"],
            desired=one.service["desiredCount"],
            url=_url(aws, one.name),
            secrets=_secrets(aws, one.name),
            variables=sorted(shared_variables(aws.settings, one.name)),
            log_group=aws.names.log_group(one.name),
            alarms=alarms[one.name],
        )
    for tool in aws.settings.tools:
        definition = newest_definition(aws, aws.names.part(tool))
        if definition is not None:
            yield Shown(
                name=tool,
                kind="tool",
                image=_image(definition["containerDefinitions"][0]["image"]),
                running=0,
                desired=0,
                url=None,
                secrets=_secrets(aws, tool),
                variables=sorted(shared_variables(aws.settings, tool)),
                log_group=aws.names.log_group(tool),
                alarms=alarms[tool],
            )


def _host(aws: AwsState, alarms: Alarms) -> Iterator[Shown]:
    group = host_group(aws)
    if group is None:
        return
    inside = [one for one in group["Instances"] if one["LifecycleState"] == "InService"]
    yield Shown(
        name=HOST_READER,
        kind="host",
        image=_deployed(aws),
        running=len(inside),
        desired=group["DesiredCapacity"],
        url=_public_url(aws),
        secrets=_secrets(aws, HOST_READER),
        variables=sorted(shared_variables(aws.settings, HOST_READER)),
        log_group=aws.names.log_group("app"),
        alarms=alarms[HOST_READER],
    )


def _secrets(aws: AwsState, name: str) -> list[str]:
    return [entry.store_name for entry in entries_read_by(aws.settings, name)]


def _image(image: str | None) -> str | None:
    return None if image is None or image.endswith(NO_IMAGE) else image


def _deployed(aws: AwsState) -> str | None:
    """The image that a pipeline deployed to the host."""
    asked = [{"Key": "Name", "Values": [aws.names.image_digest_parameter]}]
    if not aws.list("ssm", "describe_parameters", "Parameters", ParameterFilters=asked):
        return None
    found: Item = aws.ask("ssm", "get_parameter", Name=aws.names.image_digest_parameter)
    return found["Parameter"]["Value"]


def _url(aws: AwsState, service: str) -> str | None:
    """The public URL of the gateway; of another service the one in the cluster, where it listens."""
    platform = aws.settings.containers
    if platform is not None and service == platform.gateway:
        return _public_url(aws)
    port = aws.settings.services[service].port
    return None if port is None else f"http://{service}:{port}"


def _public_url(aws: AwsState) -> str | None:
    """The URL of the load balancer: its domain, or the name that AWS gave it."""
    edge = aws.settings.edge
    if edge is None:
        return None
    if edge.domain:
        return f"https://{edge.domain}"
    one = balancer(aws)
    return f"https://{one['DNSName']}" if one else None


def _lines(one: Shown) -> Iterator[str]:
    count = f"{one.running} of {one.desired} running" if one.kind != "tool" else "runs on request"
    yield f"{one.kind} {one.name}: {count}, {len(one.alarming)} of {len(one.alarms)} alarms on"
    yield f"  image      {one.image or 'none before the first deployment'}"
    if one.url:
        yield f"  url        {one.url}"
    yield f"  log group  {one.log_group}"
    yield f"  secrets    {', '.join(one.secrets) or 'none'}"
    if one.variables:
        yield f"  variables  {', '.join(one.variables)} (buckets and queues)"
    for name in one.alarming:
        yield f"  ALARM      {name}"
