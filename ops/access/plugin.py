"""Hands a session to the Session Manager plugin; its token is in the environment, never on a command line."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from typing import Any

from ops.core.context import StackContext
from ops.core.exits import Exit, Stop

PLUGIN = "session-manager-plugin"
OLDEST = (1, 2, 497)
"""The first version that takes the session's token from the environment."""
RESPONSE = "AWS_SSM_START_SESSION_RESPONSE"
INSTALL = (
    "https://docs.aws.amazon.com/systems-manager/latest/userguide/"
    "session-manager-working-with-install-plugin.html"
)


def require_plugin() -> str:
    """The path of the plugin; :class:`Stop` where it is missing or too old."""
    found = shutil.which(PLUGIN)
    if found is None:
        raise Stop(Exit.BAD_INPUT, f"{PLUGIN} is not installed; install it: {INSTALL}")
    asked = subprocess.run([found, "--version"], capture_output=True, text=True, check=False)
    version = asked.stdout.strip()
    numbers = tuple(int(part) for part in version.split(".")[:3] if part.isdigit())
    if numbers < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        raise Stop(
            Exit.BAD_INPUT,
            f"{PLUGIN} {version or '?'} is older than {oldest}; install a newer one: {INSTALL}",
        )
    return found


def run_plugin(
    context: StackContext, plugin: str, session: Mapping[str, Any], asked: Mapping[str, Any]
) -> Exit:
    """Run the plugin until the session ends; exit code 1 where it fails."""
    client = context.aws.client("ssm")
    region, endpoint = context.settings.region, client.meta.endpoint_url
    profile = context.session.profile_name or ""
    members = {key: session[key] for key in session if key != "ResponseMetadata"}
    ended = subprocess.run(
        [plugin, RESPONSE, region, "StartSession", profile, json.dumps(dict(asked)), endpoint],
        env={**os.environ, RESPONSE: json.dumps(members)},
        check=False,
    )
    return Exit.DONE if ended.returncode == 0 else Exit.FINDING
