"""Checks of a host's compose document: its model, and what its services must have together."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator

from pydantic import ValidationError

from settings.checks.host.images import image_problems
from settings.checks.host.interpolation import interpolation_problems
from settings.checks.host.mounts import mount_problems
from settings.errors import describe, nearest
from settings.grants import HOST_READER, entries_read_by
from settings.schema.compose import ComposeDocument, ComposeService
from settings.schema.compose.dependencies import COMPLETED, HEALTHY
from settings.schema.services import HostSettings
from settings.schema.stack import Settings

WHERE = "platform.compose"
APPLICATION_BYTES = 8000
"""How long the compose document and the lines of ``.env`` may be, compressed: user data has 16 KiB, and the
scripts of the host need the rest."""


def compose_problems(settings: Settings, host: HostSettings) -> Iterator[str]:
    """Check the compose document, each service for itself and all of them together."""
    if not host.compose.get("services"):
        yield f"{WHERE}.services: missing; add the application's docker-compose document"
        return
    try:
        document = ComposeDocument.model_validate(host.compose, strict=True)
    except ValidationError as error:
        yield from describe(WHERE, error, ComposeDocument)
        return
    variables = {*host.environment, *(one.env for one in entries_read_by(settings, HOST_READER) if one.env)}
    yield from interpolation_problems(WHERE, host.compose, variables)
    yield from mount_problems(f"{WHERE}.services", document, host.app_dir)
    yield from _port_problems(document, host)
    for name, service in document.services.items():
        yield from _dependency_problems(f"{WHERE}.services.{name}", service, document)
        yield from _restart_problems(name, service, document)
        yield from _network_problems(f"{WHERE}.services.{name}", service, document)
    yield from _circle_problems(document)
    yield from image_problems(f"{WHERE}.services", document, host)
    packed = len(gzip.compress(json.dumps([host.compose, host.environment]).encode(), mtime=0))
    if packed > APPLICATION_BYTES:
        yield (
            f"{WHERE}: with platform.environment it has {packed} bytes compressed, and user data has room "
            f"for {APPLICATION_BYTES}; declare fewer services, or put files into the images"
        )


def _port_problems(document: ComposeDocument, host: HostSettings) -> Iterator[str]:
    ports = [port for service in document.services.values() for port in service.ports]
    published = [f"{one.published}/{one.protocol}".removesuffix("/tcp") for one in ports]
    if published != [str(host.port)]:
        found = ", ".join(published) or "none"
        yield (
            f"{WHERE}: publishes port {found}; publish only {host.port} (platform.port), once, for the load "
            "balancer"
        )


def _dependency_problems(where: str, service: ComposeService, document: ComposeDocument) -> Iterator[str]:
    for name, dependency in service.depends_on.items():
        path = f"{where}.depends_on.{name}"
        if name not in document.services:
            yield f"{path}: is not a service{nearest(name, tuple(document.services)) or '; remove it'}"
            continue
        check = document.services[name].healthcheck
        if dependency.condition == HEALTHY and check is not None and check.disabled:
            yield f"{path}.condition={HEALTHY}: {name} has its health check disabled; enable it"
        if dependency.condition == COMPLETED and document.services[name].long_running:
            restart = document.services[name].restart
            yield f'{path}: {name} never completes with restart: {restart}; write restart: "no" there'


def _restart_problems(name: str, service: ComposeService, document: ComposeDocument) -> Iterator[str]:
    """Check that a service which ends is waited for; otherwise `compose up --wait` fails when it ends."""
    waited_for = any(
        one.depends_on[name].condition == COMPLETED
        for one in document.services.values()
        if name in one.depends_on
    )
    if not service.long_running and not waited_for:
        yield (
            f"{WHERE}.services.{name}.restart={service.restart}: an update fails when the container ends; "
            "write restart: unless-stopped, or, for a task that runs once, let another service depend on it "
            f"with condition: {COMPLETED}"
        )


def _network_problems(where: str, service: ComposeService, document: ComposeDocument) -> Iterator[str]:
    known = (*document.networks, "default")
    for name in service.networks:
        if name not in known:
            hint = nearest(name, known) or "; add it under networks"
            yield f"{where}.networks: {name} is not declared{hint}"


def _circle_problems(document: ComposeDocument) -> Iterator[str]:
    done: set[str] = set()
    for first in document.services:
        way = [first]
        while way:
            following = (name for name in document.services[way[-1]].depends_on if name in document.services)
            step = next((name for name in following if name not in done), None)
            if step is None:
                done.add(way.pop())
            elif step in way:
                circle = " -> ".join([*way[way.index(step) :], step])
                yield f"{WHERE}.services: {circle} wait for each other; remove one depends_on"
                return
            else:
                way.append(step)
