"""Checks of a docker-compose host: its parameters, its ``.env`` lines and its compose document."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from settings.errors import nearest
from settings.grants import HOST_READER, entries_read_by
from settings.host_env import HOST_ADDRESS, IMAGE_DIGEST, PLACEHOLDER, PLAIN, QUOTABLE, env_value, short_name
from settings.schema.services import HostSettings
from settings.schema.stack import Settings

_BY_DIGEST = re.compile(r".+@sha256:[0-9a-f]{64}")
_FROM_ENV = re.compile(r"\$\{([A-Z][A-Z0-9_]*)(?::\?.*)?\}")
_LEAST_REASON = 20


def host_problems(settings: Settings, _others: Mapping[str, Any]) -> Iterator[str]:
    """Check parameters, placeholders and compose services of the host."""
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
            yield f"secrets.{entry.key}.name={entry.store_name}: a host reads only {names.parameter_path}/*"
    for key, parameter in host.parameters.items():
        where = f"platform.parameters.{key}"
        if (parameter.value is None) == (parameter.source is None):
            both = "neither value nor source" if parameter.value is None else "both value and source"
            yield f"{where}: has {both}; give one of them"
        if key in (HOST_ADDRESS, IMAGE_DIGEST) or names.parameter(key) in taken:
            yield f"{where}: the name is already used; choose another"
        if parameter.value is not None:
            yield from _value_problems(host, key, parameter.value)
        source = parameter.source or ""
        if source == "edge.domain" and not settings.edge.domain:
            yield f"{where}.source={source}: the stack has no domain; set edge.domain"


def _value_problems(host: HostSettings, key: str, value: str) -> Iterator[str]:
    """Check a parameter's own value, which the host writes into ``.env`` in place of ``{{key}}``."""
    where = f"platform.parameters.{key}.value"
    if not value:
        yield f"{where}: is empty, and Parameter Store keeps no empty value; remove the parameter"
    elif not re.fullmatch(f"{QUOTABLE}+", value):
        yield (
            f"{where}: may hold letters, digits and ._~:/@%+=,!#$^&*()- only, since it goes into .env; "
            "write other text as a line of platform.environment"
        )
    elif not re.fullmatch(f"{PLAIN}+", value):
        for env, line in host.environment.items():
            if f"{{{{{key}}}}}" in line and not PLACEHOLDER.fullmatch(line):
                yield (
                    f"platform.environment.{env}: {{{{{key}}}}} holds one of !#$^&*(), which needs a line "
                    f'of its own; write only "{{{{{key}}}}}" here'
                )


def _placeholder_problems(settings: Settings, host: HostSettings) -> Iterator[str]:
    read = {entry.env: entry for entry in entries_read_by(settings, HOST_READER) if entry.env}
    secret_names = {short_name(entry) for entry in read.values()}
    known = (*host.parameters, HOST_ADDRESS, IMAGE_DIGEST)
    for env, line in host.environment.items():
        where = f"platform.environment.{env}"
        if env in read:
            yield f"{where}: is also a secret ({read[env].key}); remove it"
        try:
            env_value(line)
        except ValueError as error:
            yield f"{where}: {error}"
        if set("{}") & set(PLACEHOLDER.sub("", line)):
            yield f"{where}: contains a brace that is not part of {{{{name}}}}; remove it"
        for name in PLACEHOLDER.findall(line):
            if name in secret_names:
                yield f"{where}: {{{{{name}}}}} is a secret; remove it here, the secret's env is its variable"
            elif name not in known:
                yield f"{where}: {{{{{name}}}}} is not a parameter{nearest(name, known) or '; declare it'}"


def _compose_problems(host: HostSettings) -> Iterator[str]:
    services = host.compose.get("services")
    if not isinstance(services, dict) or not services:
        yield "platform.compose.services: missing; add the application's docker-compose document"
        return
    published: set[str] = set()
    for name, service in services.items():
        where = f"platform.compose.services.{name}"
        if not isinstance(service, dict) or "image" not in service:
            yield f"{where}.image: missing; add it, because a host does not build images"
            continue
        if service.get("privileged") or service.get("network_mode") == "host" or service.get("pid") == "host":
            yield f"{where}: privileged or in the host's namespaces it can use the instance role; remove it"
        if "docker.sock" in str(service.get("volumes", "")):
            yield f"{where}.volumes: the Docker socket gives root access to the host; remove it"
        if "logging" in service:
            yield f"{where}.logging: every container logs to the stack's log group; remove it"
        for port in service.get("ports", ()):
            published.add(str(port).partition(":")[0])
    if published != {str(host.port)}:
        found = ", ".join(sorted(published)) or "none"
        yield f"platform.compose: publishes port {found}; publish only {host.port}, for the load balancer"


def _image_problems(host: HostSettings) -> Iterator[str]:
    """Check that each image is named by digest, or listed under ``unpinnedImages`` with a reason."""
    services = host.compose.get("services")
    if not isinstance(services, dict):
        return
    used: set[str] = set()
    for name, service in services.items():
        image = str(service.get("image", "")) if isinstance(service, dict) else ""
        used.add(image)
        if image and not _pinned(host, image) and image not in host.unpinned_images:
            where = f"platform.compose.services.{name}.image={image}"
            yield (
                f"{where}: a tag can change; write <repository>@sha256:<digest>, or give a reason under "
                "unpinnedImages"
            )
    for image, reason in host.unpinned_images.items():
        where = f"platform.unpinnedImages.{image}"
        if image not in used or _pinned(host, image):
            yield f"{where}: no service uses it without a digest; remove it"
        elif len(reason) < _LEAST_REASON:
            yield f"{where}: a reason of {len(reason)} characters; write at least {_LEAST_REASON}"


def _pinned(host: HostSettings, image: str) -> bool:
    """Whether an image is named by digest, in the document or in the ``.env`` line that it refers to."""
    variable = _FROM_ENV.fullmatch(image)
    if variable is None:
        return _BY_DIGEST.fullmatch(image) is not None
    return host.environment.get(variable[1], "").endswith(f"@{{{{{IMAGE_DIGEST}}}}}")
