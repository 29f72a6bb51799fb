"""A stand-in for a host: runs the real update script with stub commands that reject unknown calls."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from components.host.cloudwatch_agent import LogGroups
from components.host.role import parameter_names
from components.host.scripts import HostSpec, Pace, update_script
from components.host.user_data import env_template
from settings.grants import HOST_READER, entries_read_by
from settings.host_env import database_login, env_lines, optional_names
from settings.schema.services import HostSettings
from tests.components.host.host_stack import stack

OLD, NEW = f"sha256:{'a' * 64}", f"sha256:{'b' * 64}"
SECRETS = {
    "django-secret-key": "canaryDjango0123456789abcdefABCDEF",
    "db-password": "canaryDatabase0123456789abcdefABCD",
    "tmdb-token": "eyJcanary.eyJtoken-0_9.signature",
    "llm-api-key": "sk-canary-0123456789_abcdef",
}
PLAIN = {
    "db-host": "db.internal",
    "db-name": "cinematch",
    "db-username": "cinematch_admin",
    "dockerhub-image": "example-org/cinematch",
    "domain-name": "api.cinematch.example.com",
}
STEPS = ("mktemp", "chown", "chmod", "sync", "ln", "mv", "rm", "hostname", "aws", "docker", "curl", "psql")
"""The commands of the script before which it can be killed."""

# Each stub records its call; an unknown call leaves a mark that fails the test.
_STUBS = {
    "aws": """
        [[ "$*" == "ssm get-parameters --region eu-west-2 --with-decryption --names "* ]] || unexpected "$@"
        [[ "$*" == *" --query Parameters[].[Name,Version,Value] --output text" ]] || unexpected "$@"
        set -- "${@:7}"
        names=("${@:1:$#-4}")
        ((${#names[@]} <= 10)) || unexpected "more than ten names"
        [[ ! -e $here/denied ]] || { echo "AccessDeniedException" >&2; exit 254; }
        for name in "${names[@]}"; do
            [[ $name == /cinematch/production/* ]] || unexpected "$name"
            entry=$here/store/${name##*/}
            [[ ! -e $entry ]] || printf "%s\\t%s\\n" "$name" "$(cat "$entry")"
        done""",
    "docker": """
        case "$*" in
        "compose --project-directory $app up -d --force-recreate --remove-orphans --wait --wait-timeout 300")
            cp -- "$app/.env" "$here/started.$(ls "$here" | grep -c '^started')"
            stat -c '%a %u' "$app/.env" >>"$here/modes"
            printf 'container with %s\\n' "$(cat "$app/.env")"
            next results ;;
        "image prune --all --force --filter until=240h") ;;
        *) unexpected "$@" ;;
        esac""",
    "curl": """
        if [[ "$*" == *" https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem" ]]; then
            [[ "$*" == "--fail --silent --proto =https --output $here/ca.pem.new "* ]] || unexpected "$@"
            echo authorities >"$here/ca.pem.new"
            next downloads
        fi
        [[ "$*" == *" http://localhost:8000/health/" && "$*" == --fail* ]] || unexpected "$@"
        next health""",
    "psql": """
        [[ "$*" == "--no-psqlrc --quiet --set=ON_ERROR_STOP=1 --file=$here/grants.sql" ]] || unexpected "$@"
        [[ $PGSSLMODE == verify-full && $(<"$PGSSLROOTCERT") == authorities ]] || unexpected "$PGSSLMODE"
        printf '%s ' "$PGHOST" "$PGDATABASE" "$PGUSER" "$PGPASSWORD" >"$here/login"
        next grants""",
    "hostname": """
        [[ "$*" == "-I" ]] || unexpected "$@"
        echo "10.40.3.7 172.17.0.1 " """,
}
_STUB = """#!/bin/bash
here={here}
app={app}
printf '%s %s\\n' {command} "$*" >>"$here/calls"
unexpected() {{ printf '%s\\n' "{command} $*" >>"$here/unexpected"; exit 99; }}
# The first line of a queue is this call's exit status; an empty queue means success.
next() {{
    local status
    status=$(head -n 1 "$here/$1" 2>/dev/null)
    sed -i 1d "$here/$1" 2>/dev/null
    exit "${{status:-0}}"
}}
if [[ -e $here/kill ]]; then
    left=$(<"$here/kill")
    echo $((left - 1)) >"$here/kill"
    if ((left == 0)); then kill -KILL "$PPID"; exit 1; fi
fi
{body}
"""


@dataclass
class Machine:
    """One host in a folder."""

    root: Path
    app: Path
    spec: HostSpec
    pace: Pace
    results: dict[str, list[int]] = field(default_factory=dict)

    def put(self, **values: str) -> None:
        """Store new values, each as the next version."""
        for name, value in values.items():
            entry = self.root / "store" / name.replace("_", "-")
            version = int(entry.read_text().split("\t")[0]) + 1 if entry.exists() else 1
            entry.write_text(f"{version}\t{value}")

    def drop(self, name: str) -> None:
        """Remove one parameter from the store."""
        (self.root / "store" / name).unlink()

    def queue(self, which: str, *statuses: int) -> None:
        """Set what the next calls of docker, curl or psql return: results, health, downloads, grants."""
        (self.root / which).write_text("".join(f"{status}\n" for status in statuses))

    def kill_before(self, call: int) -> None:
        """Kill the script before its nth command."""
        (self.root / "kill").write_text(str(call))

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the script; a call that a stub does not know fails the test."""
        script = self.root / "update-app.sh"
        script.write_text(update_script(self.spec, self.pace))
        done = subprocess.run(
            ["bash", str(script), *arguments], capture_output=True, text=True, timeout=30, check=False
        )
        (self.root / "kill").unlink(missing_ok=True)
        unexpected = self.root / "unexpected"
        assert not unexpected.exists(), unexpected.read_text()
        return done

    @property
    def env(self) -> dict[str, str]:
        """The lines of ``.env``."""
        return lines((self.app / ".env").read_text())

    @property
    def calls(self) -> list[str]:
        """Every command that was called, with its arguments."""
        return (self.root / "calls").read_text().splitlines()

    @property
    def started_with(self) -> list[dict[str, str]]:
        """The content of ``.env`` at each start, in order."""
        return [lines(path.read_text()) for path in sorted(self.root.glob("started.*"))]


def lines(text: str) -> dict[str, str]:
    """Parse KEY=VALUE lines; raises an error for a partly written last line."""
    assert text.endswith("\n")
    return dict(line.split("=", 1) for line in text.splitlines())


def machine(root: Path, *, extra: Sequence[str] = (), values: Mapping[str, str] | None = None) -> Machine:
    """A new host whose parameters all have a value; ``extra`` names additional parameters."""
    settings = stack()
    platform = settings.platform
    assert isinstance(platform, HostSettings)
    assert settings.database
    entries = entries_read_by(settings, HOST_READER)
    app, stubs = root / "app", root / "bin"
    for folder in (app, stubs, root / "store"):
        folder.mkdir()
    names = parameter_names(settings.names, entries, tuple(platform.parameters))
    spec = HostSpec(
        region="eu-west-2",
        group_name="group",
        namespace="app/test/host",
        app_dir=str(app),
        port=8000,
        health_path="/health/",
        parameters=[*names, *map(settings.names.parameter, extra)],
        optional=optional_names(entries),
        env_lines=env_lines(platform.environment, entries),
        compose=platform.compose,
        first_image=None,
        authorized_keys=(),
        log_groups=LogGroups(app="/app", auth="/auth", syslog="/syslog"),
        login=database_login(platform.parameters, entries, settings.database.password_secret),
    )
    pace = Pace(
        path=f"{stubs}:/usr/bin:/bin",
        owner=f"{os.getuid()}:{os.getgid()}",
        health_tries=2,
        health_pause_s=0,
        lock_wait_s=0,
        grants_file=str(root / "grants.sql"),
        ca_file=str(root / "ca.pem"),
    )
    for command in STEPS:
        body = _STUBS.get(command) or f'exec {shutil.which(command, path="/usr/bin:/bin")} "$@"'
        stub = stubs / command
        stub.write_text(_STUB.format(here=root, app=app, command=command, body=body))
        stub.chmod(0o755)
    (app / "env.template").write_text(env_template(spec))
    made = Machine(root, app, spec, pace)
    for name, value in {**SECRETS, **PLAIN, "image-digest": OLD, **(values or {})}.items():
        made.put(**{name.replace("-", "_"): value})
    return made


KILLED = -signal.SIGKILL
