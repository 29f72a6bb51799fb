"""Renders the scripts that a host runs as root; one block at their top has the settings, never a secret."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from components.host.cloudwatch_agent import LogGroups
from functions.package import CA_BUNDLE_URL
from functions.postgresql.restore_reader import CREATE_ROLE, GRANT_SELECT
from settings.host_env import PLAIN, QUOTABLE

SCRIPT = "/root/update-app.sh"
GRANTS = "/root/restore-reader.sql"
_FILES = Path(__file__).parent / "files"
_SETTINGS_LINE = "#@settings@\n"
# AWS CLI v2 and the SSM agent are snaps on Ubuntu; the rest comes from its archive.
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/snap/bin"

Setting = str | int | float | Sequence[str]


@dataclass(frozen=True, kw_only=True)
class HostSpec:
    """The input of user data; every principal that may describe the instance can read it."""

    region: str
    group_name: str
    """Name of the Auto Scaling group: a dimension of the host's metrics."""
    namespace: str
    """The namespace of the metrics that the host itself reports."""
    app_dir: str
    port: int
    health_path: str
    parameters: Sequence[str]
    """Exact names of the parameters it reads."""
    optional: Sequence[str]
    """Those of them that may have no value, by the last part of their names."""
    env_lines: Mapping[str, str]
    """Values of ``.env`` as ``env_value`` writes them; ``{{name}}`` is replaced by the parameter's value."""
    compose: Mapping[str, Any]
    first_image: str | None
    authorized_keys: Sequence[str]
    log_groups: LogGroups
    login: Sequence[str] = ()
    """The parameters with the database's address, name, user and password; empty where it reads not all."""


@dataclass(frozen=True, kw_only=True)
class Pace:
    """Times, paths and file owner of the update script; tests use others."""

    path: str = PATH
    owner: str = "root:root"
    health_tries: int = 30
    health_pause_s: float = 2
    lock_wait_s: int = 600
    grants_file: str = GRANTS
    ca_file: str = "/root/rds-global-bundle.pem"


def update_script(spec: HostSpec, pace: Pace | None = None) -> str:
    """The update script, with its settings in one block at the top."""
    pace = pace or Pace()
    return script(
        "update-app.sh",
        {
            "PATH": pace.path,
            "region": spec.region,
            "app_dir": spec.app_dir,
            "parameters": list(spec.parameters),
            "optional": list(spec.optional),
            "plain_shape": f"^{PLAIN}+$",
            "value_shape": f"^{QUOTABLE}+$",
            "first_image": spec.first_image or "",
            "health_url": f"http://localhost:{spec.port}{spec.health_path}",
            "health_tries": str(pace.health_tries),
            "health_pause": str(pace.health_pause_s),
            "lock_wait": str(pace.lock_wait_s),
            "owner": pace.owner,
            "grants_file": pace.grants_file,
            "ca_file": pace.ca_file,
            "ca_url": CA_BUNDLE_URL,
            # Last: before another setting, secret scanners take its names for a user name and a password.
            "login": list(spec.login),
        },
    )


def grants() -> str:
    """The statements that create the role for restored copies, as the master, who owns the tables here."""
    return "".join(f"{' '.join(statement.split())};\n" for statement in (CREATE_ROLE, GRANT_SELECT))


def script(name: str, settings: Mapping[str, Setting]) -> str:
    """A shell script with these settings."""
    content = text(name)
    lines = "".join(f"{key}={_quoted(value)}\n" for key, value in settings.items())
    if content.count(_SETTINGS_LINE) != 1:
        raise ValueError(f"{name} has no single settings line")
    return content.replace(_SETTINGS_LINE, lines)


def text(name: str) -> str:
    """A file without its comments, except those at its top: user data has a limit."""
    lines = (_FILES / name).read_text().splitlines(keepends=True)
    body = next((number for number, line in enumerate(lines) if not line.startswith("#")), len(lines))
    kept = [line for line in lines[body:] if line == _SETTINGS_LINE or not line.lstrip().startswith("#")]
    return "".join([*lines[:body], *kept])


def written(path: str, content: str, permissions: str | None = None) -> dict[str, str]:
    """An entry of cloud-init's ``write_files``, readable by all where it has no permissions of its own."""
    own = {"permissions": permissions} if permissions else {}
    return {"path": path, "owner": "root:root", **own, "content": content}


def _quoted(value: Setting) -> str:
    if isinstance(value, str | int | float):
        return shlex.quote(str(value))
    return f"({' '.join(map(shlex.quote, value))})"
