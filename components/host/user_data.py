"""Builds the user data of a host: what to install, what to read and from where; never a secret.

Nothing here is an output, so no value that only AWS knows can get into user data.
"""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import yaml

from components.host.cloudwatch_agent import agent_config
from components.host.installation import START, installation
from components.host.scripts import GRANTS, SCRIPT, HostSpec, grants, text, update_script, written
from settings.schema import aws_limits
from settings.schema.compose.interpolation import literal

MAX_BYTES = aws_limits.USER_DATA.value


def user_data(spec: HostSpec) -> str:
    """The cloud-init document of one host."""
    files = [
        written(SCRIPT, update_script(spec), "0700"),
        written(GRANTS, grants(), "0600"),
        written(f"{spec.app_dir}/docker-compose.yml", _yaml(compose_document(spec))),
        written(f"{spec.app_dir}/env.template", env_template(spec)),
        written("/usr/local/bin/docker-compose", text("docker-compose.sh"), "0755"),
        written("/etc/docker/daemon.json", json.dumps({"live-restore": True, "no-new-privileges": True})),
        *installation(
            region=spec.region,
            group=spec.group_name,
            namespace=spec.namespace,
            agent_config=agent_config(spec.group_name, spec.log_groups),
        ),
    ]
    document: dict[str, Any] = {
        "disable_root": True,
        "ssh_pwauth": False,
        "ssh_authorized_keys": list(spec.authorized_keys),
        "write_files": files,
        "runcmd": [list(command) for command in START],
    }
    return "#cloud-config\n" + _yaml(document)


def encoded(text: str) -> str:
    """The document in base64, as EC2 takes it; compressed where it is too long, which cloud-init reads too.

    What fits is left as it is: another encoding would be a new version of every launch template.
    """
    data = text.encode()
    if len(data) > MAX_BYTES:
        data = gzip.compress(data, mtime=0)
    if len(data) > MAX_BYTES:
        raise ValueError(
            f"user data has {len(data)} bytes compressed, EC2 takes {MAX_BYTES}: shorten platform.compose"
        )
    return base64.b64encode(data).decode()


def env_template(spec: HostSpec) -> str:
    """The lines of ``.env`` with placeholders instead of values."""
    return "".join(f"{name}={line}\n" for name, line in sorted(spec.env_lines.items()))


def compose_document(spec: HostSpec) -> dict[str, Any]:
    """The application's compose document, with every container logging to the stack's log group."""
    document = deepcopy(dict(spec.compose))
    for service in document["services"].values():
        options = {
            "awslogs-region": spec.region,
            "awslogs-group": spec.log_groups.app,
            "tag": "{{.Name}}/{{.ID}}",
            # Non-blocking: an unavailable log service must not block the application.
            "mode": "non-blocking",
            "max-buffer-size": "25m",
        }
        service["logging"] = {
            "driver": "awslogs",
            "options": {key: literal(value) for key, value in options.items()},
        }
    return document


class _Dumper(yaml.SafeDumper):
    """Keep texts of several lines as literal blocks, so that user data can be read."""


_Dumper.add_representer(
    str,
    lambda dumper, text: dumper.represent_scalar(
        "tag:yaml.org,2002:str", text, style="|" if "\n" in text else None
    ),
)


def _yaml(document: Mapping[str, Any]) -> str:
    return yaml.dump(document, Dumper=_Dumper, sort_keys=False, width=4096)
