"""What must hold on a docker-compose host: its parameters, its ``.env`` lines and its compose file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from settings.errors import nearest
from settings.grants import HOST_READER, entries_read_by
from settings.host_env import HOST_ADDRESS, IMAGE_DIGEST, PLACEHOLDER, short_name
from settings.schema.services import HostSettings
from settings.schema.stack import Settings

_BY_DIGEST = re.compile(r".+@sha256:[0-9a-f]{64}")
_FROM_ENV = re.compile(r"\$\{([A-Z][A-Z0-9_]*)(?::\?.*)?\}")
_LEAST_REASON = 20


def host_problems(settings: Settings, _others: Mapping[str, Any]) -> Iterator[str]:
    """Parameters, placeholders and compose services of the host."""
    host = settings.host
    if host is None:
        return
    yield from _parameter_problems(settings, host)
    yield from _placeholder_problems(settings, host)
    yield from _compose_problems(host)
    yield from _image_problems(host)


def _parameter_problems(settings: Settings, host: HostSettings) -> Iterator[str]:
    names = settings.names
    taken = {entry.store_name for entry in entries_read_by(settings, HOST_READER)}
    for entry in entries_read_by(settings, HOST_READER):
        if entry.store_name.rpartition("/")[0] != names.parameter_path:
            yield f"secrets.{entry.key}.name={entry.store_name}: a host reads {names.parameter_path}/* only"
    for key, parameter in host.parameters.items():
        where = f"platform.parameters.{key}"
        if (parameter.value is None) == (parameter.source is None):
            both = "neither" if parameter.value is None else "both"
            yield f"{where}: has {both} value and source; give one"
        if key in (HOST_ADDRESS, IMAGE_DIGEST) or names.parameter(key) in taken:
            yield f"{where}: the name is taken; choose another"
        source = parameter.source or ""
        if source == "edge.domain" and not settings.edge.domain:
            yield f"{where}.source={source}: the stack has no domain; set edge.domain"


def _placeholder_problems(settings: Settings, host: HostSettings) -> Iterator[str]:
    read = {entry.env: entry for entry in entries_read_by(settings, HOST_READER) if entry.env}
    secret_names = {short_name(entry) for entry in read.values()}
    known = (*host.parameters, HOST_ADDRESS, IMAGE_DIGEST)
    for env, line in host.environment.items():
        where = f"platform.environment.{env}"
        if env in read:
            yield f"{where}: is also a secret ({read[env].key}); remove it"
        if not line.isprintable():
            yield f"{where}: holds a line break or a control character; write one plain line"
        if set("{}") & set(PLACEHOLDER.sub("", line)):
            yield f"{where}: holds a brace that is part of no {{{{name}}}}; remove it"
        for name in PLACEHOLDER.findall(line):
            if name in secret_names:
                yield f"{where}: {{{{{name}}}}} is a secret; it has a variable of its own"
            elif name not in known:
                yield f"{where}: {{{{{name}}}}} is no parameter{nearest(name, known) or '; declare it'}"


def _compose_problems(host: HostSettings) -> Iterator[str]:
    services = host.compose.get("services")
    if not isinstance(services, dict) or not services:
        yield "platform.compose.services: missing; give the application's docker-compose document"
        return
    published: set[str] = set()
    for name, service in services.items():
        where = f"platform.compose.services.{name}"
        if not isinstance(service, dict) or "image" not in service:
            yield f"{where}.image: missing; a host builds nothing"
            continue
        if service.get("privileged") or service.get("network_mode") == "host" or service.get("pid") == "host":
            yield f"{where}: privileged or in the host's namespaces would reach the instance role; remove it"
        if "docker.sock" in str(service.get("volumes", "")):
            yield f"{where}.volumes: the docker socket is root on the host; remove it"
        if "logging" in service:
            yield f"{where}.logging: every container logs to the stack's own group; remove it"
        for port in service.get("ports", ()):
            published.add(str(port).partition(":")[0])
    if published != {str(host.port)}:
        found = ", ".join(sorted(published)) or "none"
        yield f"platform.compose: publishes port {found}; the load balancer enters {host.port} alone"


def _image_problems(host: HostSettings) -> Iterator[str]:
    """A tag can move: what runs is named by digest, or listed with the reason why it is not."""
    services = host.compose.get("services")
    if not isinstance(services, dict):
        return
    used: set[str] = set()
    for name, service in services.items():
        image = str(service.get("image", "")) if isinstance(service, dict) else ""
        used.add(image)
        if image and not _pinned(host, image) and image not in host.unpinned_images:
            where = f"platform.compose.services.{name}.image={image}"
            yield f"{where}: a tag can move; write <repository>@sha256:<digest>, or say why in unpinnedImages"
    for image, reason in host.unpinned_images.items():
        where = f"platform.unpinnedImages.{image}"
        if image not in used or _pinned(host, image):
            yield f"{where}: no service runs it unpinned; remove it"
        elif len(reason) < _LEAST_REASON:
            yield f"{where}: a reason of {len(reason)} characters; say why it has no digest"


def _pinned(host: HostSettings, image: str) -> bool:
    """By digest, in the document itself or in the line of ``.env`` that it takes the image from."""
    variable = _FROM_ENV.fullmatch(image)
    if variable is None:
        return _BY_DIGEST.fullmatch(image) is not None
    return host.environment.get(variable[1], "").endswith(f"@{{{{{IMAGE_DIGEST}}}}}")
