"""Builds the user data of a host: what to install, what to read and from where; never a secret.

Nothing here is an output, so no value that only AWS knows can get into user data.
"""

from __future__ import annotations

import base64
import gzip
import json
import shlex
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from components.host.cloudwatch_agent import LogGroups, agent_config
from functions.package import CA_BUNDLE_URL
from functions.postgresql.restore_reader import CREATE_ROLE, GRANT_SELECT
from settings.schema import aws_limits

MAX_BYTES = aws_limits.USER_DATA.value
SCRIPT = "/root/update-app.sh"
GRANTS = "/root/restore-reader.sql"
_AGENT_SCRIPT = "/root/install-agent.sh"
_AGENT_CONFIG = "/etc/cloudwatch-agent.json"
_FILES = Path(__file__).parent / "files"
_SETTINGS_LINE = "#@settings@\n"
# AWS CLI v2 and the SSM agent are snaps on Ubuntu; the rest comes from its archive.
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/snap/bin"
_PACKAGES = ("docker.io", "docker-compose-v2", "iptables", "gnupg", "curl", "postgresql-client")


@dataclass(frozen=True, kw_only=True)
class HostSpec:
    """The input of user data; every principal that may describe the instance can read it."""

    region: str
    group_name: str
    """Name of the Auto Scaling group: a dimension of the host's metrics."""
    app_dir: str
    port: int
    health_path: str
    parameters: Sequence[str]
    """Exact names of the parameters it reads."""
    optional: Sequence[str]
    """Those of them that may have no value, by the last part of their names."""
    env_lines: Mapping[str, str]
    """Variables of ``.env``; ``{{name}}`` is replaced by the parameter's value."""
    compose: Mapping[str, Any]
    first_image: str | None
    authorized_keys: Sequence[str]
    log_groups: LogGroups
    login: Sequence[str] = ()
    """The parameters with the database's address, name, user and password; empty where it reads not all."""


@dataclass(frozen=True, kw_only=True)
class Pace:
    """Times, paths and file owner of the update script; tests use others."""

    path: str = _PATH
    owner: str = "root:root"
    health_tries: int = 30
    health_pause_s: float = 2
    lock_wait_s: int = 600
    grants_file: str = GRANTS
    ca_file: str = "/root/rds-global-bundle.pem"


def user_data(spec: HostSpec) -> str:
    """The cloud-init document of one host."""
    files = [
        _file(SCRIPT, update_script(spec), "0700"),
        _file(GRANTS, grants(), "0600"),
        _file(f"{spec.app_dir}/docker-compose.yml", _yaml(compose_document(spec)), "0644"),
        _file(f"{spec.app_dir}/env.template", env_template(spec), "0644"),
        _file("/usr/local/bin/docker-compose", _text("docker-compose.sh"), "0755"),
        _file(
            "/etc/docker/daemon.json", json.dumps({"live-restore": True, "no-new-privileges": True}), "0644"
        ),
        _file("/etc/systemd/system/app-update.service", _text("app-update.service"), "0644"),
        _file("/etc/systemd/system/metadata-guard.service", _text("metadata-guard.service"), "0644"),
        _file(_AGENT_CONFIG, json.dumps(agent_config(spec.group_name, spec.log_groups)), "0644"),
        _file(
            _AGENT_SCRIPT,
            _script("install-agent.sh", {"region": spec.region, "config": _AGENT_CONFIG}),
            "0700",
        ),
    ]
    document: dict[str, Any] = {
        "disable_root": True,
        "ssh_pwauth": False,
        "ssh_authorized_keys": list(spec.authorized_keys),
        "package_update": True,
        "packages": list(_PACKAGES),
        "write_files": files,
        "runcmd": [
            ["systemctl", "daemon-reload"],
            ["systemctl", "enable", "--now", "metadata-guard.service"],
            ["snap", "install", "aws-cli", "--classic"],
            ["systemctl", "enable", "app-update.service"],
            ["systemctl", "start", "--no-block", "app-update.service"],
            [_AGENT_SCRIPT],
        ],
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
        service["logging"] = {
            "driver": "awslogs",
            "options": {
                "awslogs-region": spec.region,
                "awslogs-group": spec.log_groups.app,
                "tag": "{{.Name}}/{{.ID}}",
                # Non-blocking: an unavailable log service must not block the application.
                "mode": "non-blocking",
                "max-buffer-size": "25m",
            },
        }
    return document


def update_script(spec: HostSpec, pace: Pace | None = None) -> str:
    """The update script, with its settings in one block at the top."""
    pace = pace or Pace()
    return _script(
        "update-app.sh",
        {
            "PATH": pace.path,
            "region": spec.region,
            "app_dir": spec.app_dir,
            "parameters": list(spec.parameters),
            "optional": list(spec.optional),
            "first_image": spec.first_image or "",
            "health_url": f"http://localhost:{spec.port}{spec.health_path}",
            "health_tries": str(pace.health_tries),
            "health_pause": str(pace.health_pause_s),
            "lock_wait": str(pace.lock_wait_s),
            "owner": pace.owner,
            "login": list(spec.login),
            "grants_file": pace.grants_file,
            "ca_file": pace.ca_file,
            "ca_url": CA_BUNDLE_URL,
        },
    )


def grants() -> str:
    """The statements that create the role for restored copies, as the master, who owns the tables here."""
    return "".join(f"{' '.join(statement.split())};\n" for statement in (CREATE_ROLE, GRANT_SELECT))


def _script(name: str, settings: Mapping[str, str | list[str]]) -> str:
    text = _text(name)
    lines = "".join(f"{key}={_quoted(value)}\n" for key, value in settings.items())
    if text.count(_SETTINGS_LINE) != 1:
        raise ValueError(f"{name} has no single settings line")
    return text.replace(_SETTINGS_LINE, lines)


def _quoted(value: str | list[str]) -> str:
    return shlex.quote(value) if isinstance(value, str) else f"({' '.join(map(shlex.quote, value))})"


def _text(name: str) -> str:
    """A file without its comments, except those at its top: user data has a limit."""
    lines = (_FILES / name).read_text().splitlines(keepends=True)
    body = next((number for number, line in enumerate(lines) if not line.startswith("#")), len(lines))
    kept = [line for line in lines[body:] if line == _SETTINGS_LINE or not line.lstrip().startswith("#")]
    return "".join([*lines[:body], *kept])


def _file(path: str, content: str, permissions: str) -> dict[str, str]:
    return {"path": path, "owner": "root:root", "permissions": permissions, "content": content}


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
