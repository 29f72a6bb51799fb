"""Everything a host must know, and the files that follow from it; all of it may be read by anybody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class LogGroups:
    """Names of the log groups that a host writes to."""

    app: str
    auth: str
    syslog: str


@dataclass(frozen=True, kw_only=True)
class HostSpec:
    """Everything a host must know; all of it may be read by anybody who may describe the instance."""

    region: str
    group_name: str
    """The auto scaling group, which the host's metrics are named after."""
    app_dir: str
    port: int
    health_path: str
    parameters: Sequence[str]
    """Exact names of the parameters it fetches."""
    optional: Sequence[str]
    """Those of them, by the last part of their names, that need not be there."""
    env_lines: Mapping[str, str]
    """Variables of ``.env``; ``{{name}}`` stands for a parameter's value."""
    compose: Mapping[str, Any]
    first_image: str | None
    authorized_keys: Sequence[str]
    log_groups: LogGroups


def env_template(spec: HostSpec) -> str:
    """The lines of ``.env`` before a single value is known."""
    return "".join(f"{name}={line}\n" for name, line in sorted(spec.env_lines.items()))


def compose_document(spec: HostSpec) -> dict[str, Any]:
    """The application's compose document, every container logging to the stack's own group."""
    document = deepcopy(dict(spec.compose))
    for service in document["services"].values():
        service["logging"] = {
            "driver": "awslogs",
            "options": {
                "awslogs-region": spec.region,
                "awslogs-group": spec.log_groups.app,
                "tag": "{{.Name}}/{{.ID}}",
                # A log service that hangs must not hang the application.
                "mode": "non-blocking",
                "max-buffer-size": "25m",
            },
        }
    return document
