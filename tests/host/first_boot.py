"""A stand-in for a new host: writes the files of user data, and runs its commands and timers with stubs."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from components.host.user_data import user_data
from tests.host.machine import machine

AGENT_TOOL = "opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl"
KEY = "937616F3450B7D806CBD9725D58167303B789C72"

# Each stub records its call. A line of the file "fail.<step>" fails one call of the step with that output.
# The file "idle.<step>" lets the step return 0 without any effect.
_STUBS = {
    "apt-get": """
        [[ "$*" == *DPkg::Lock::Timeout=[1-9]* ]] || unexpected "apt does not wait for the lock of dpkg: $*"
        [[ "$*" == *Dpkg::Options::=--force-confold* ]] || unexpected "dpkg may ask about a configuration: $*"
        case "$*" in
        *" update") step update ;;
        *" install "*/agent.deb) step agent && install amazon-cloudwatch-agent "$here/$tool" ;;
        *" install "*) step install && for package in ${*##* install }; do install "$package"; done ;;
        *) unexpected "$*" ;;
        esac""",
    "dpkg": """
        case "$*" in
        --print-architecture) echo amd64 ;;
        "--force-confold --configure -a") step configure ;;
        "--status "*) [[ -e $here/packages/$2 ]] && echo "Status: install ok installed" ;;
        *) unexpected "$*" ;;
        esac""",
    "snap": """
        case "$*" in
        "wait system seed.loaded") step seed ;;
        "install aws-cli --classic") step snap && command aws ;;
        *) unexpected "$*" ;;
        esac""",
    "systemctl": """
        case "$*" in
        daemon-reload) ;;
        "enable --now docker")
            step docker && [[ -e $here/packages/docker.io ]] && mkdir -p "$here/active/docker" ;;
        "enable --now "*.timer) mkdir -p "$here/timers/$3" ;;
        "enable "*) step "enable.$2" && mkdir -p "$here/enabled/$2" ;;
        "restart metadata-guard")
            step guard && grep ^ExecStart= "$here/etc/systemd/system/metadata-guard.service" |
                sed 's/^ExecStart=//' >"$here/guard" && bash "$here/guard" ;;
        "start --no-block app-update")
            [[ -e $here/active/docker ]] || exit 1
            step start && mkdir -p "$here/active/app-update" ;;
        "is-enabled "*) [[ -e $here/enabled/$2 ]] ;;
        "is-active app-update") [[ -e $here/active/$2 ]] && echo activating || { echo inactive; exit 3; } ;;
        "is-active docker") [[ -e $here/active/$2 ]] ;;
        *) unexpected "$*" ;;
        esac""",
    "iptables": """
        [[ "$*" == -[CI]" DOCKER-USER -d 169.254.169.254 -j DROP -w 60" ]] || unexpected "$*"
        [[ -e $here/active/docker ]] || exit 1
        if [[ $1 == -C ]]; then [[ -e $here/dropped ]]; else touch "$here/dropped"; fi""",
    "curl": """
        while (($# > 1)); do [[ $1 != --output ]] || printf content >"$2"; shift; done
        step curl""",
    "gpg": """
        [[ "$*" != *--verify* ]] || echo "[GNUPG:] VALIDSIG $key 2026"
        step gpg""",
    "sleep": ":",
    "timeout": 'shift; exec "$@"',
}
_COMMANDS = {
    "docker": '[[ "$*" == "compose version" ]] || unexpected "$*"',
    "aws": """
        [[ $1 != --version ]] || { echo aws-cli/2.31.0 Python/3.13; exit; }
        where="--region eu-west-2 --namespace app/test/host"
        [[ "$*" == "cloudwatch put-metric-data $where --metric-data "* ]] || unexpected "$*"
        step report && printf '%s\\n' "${*:8}" >>"$here/reports" """,
    "ctl": """
        if [[ "$*" == "-a status" ]]; then
            [[ -e $here/active/agent ]] && state=running || state=stopped
            printf '{\\n "status": "%s",\\n "starttime": "",\\n "configstatus": "configured"\\n}\\n' "$state"
        else
            [[ "$*" == "-a fetch-config -m ec2 -s -c file:/etc/cloudwatch-agent.json" ]] || unexpected "$*"
            step agent-start && mkdir -p "$here/active/agent"
        fi""",
}
_STUB = """#!/bin/bash
here={here} tool={tool} key={key}
printf '%s %s\\n' "{command}" "$*" >>"$here/calls"
unexpected() {{ printf '%s\\n' "{command}: $*" >>"$here/unexpected"; exit 99; }}
install() {{ mkdir -p "$here/packages/$1"; [[ $1 != docker.io ]] || command docker
    [[ -z ${{2-}} ]] || {{ mkdir -p "${{2%/*}}"; cp "$here/commands/ctl" "$2"; }} }}
command() {{ cp "$here/commands/$1" "$here/bin/$1"; }}
step() {{
    if [[ -s $here/fail.$1 ]]; then
        head -n 1 "$here/fail.$1" >&2
        sed -i 1d "$here/fail.$1"
        exit 100
    fi
    [[ ! -e $here/idle.$1 ]] || exit 0
}}
{body}
"""


@dataclass
class FirstBoot:
    """One host in a folder."""

    root: Path
    document: dict[str, Any]

    def fails(self, step: str, *said: str) -> None:
        """Let the next calls of a step fail, each with this output."""
        (self.root / f"fail.{step}").write_text("".join(f"{line}\n" for line in said))

    def idles(self, step: str, idle: bool = True) -> None:
        """Let a step return 0 without an effect, or no longer."""
        mark = self.root / f"idle.{step}"
        mark.touch() if idle else mark.unlink()

    def loses(self, path: str) -> None:
        """Take away an effect: a folder or file of the host."""
        lost = self.root / path
        lost.rmdir() if lost.is_dir() else lost.unlink()

    def boot(self) -> None:
        """Run the commands of user data, once and whatever they return, as cloud-init does."""
        for command in self.document["runcmd"]:
            self._run([str(self.root / command[0][1:]) if command[0][0] == "/" else command[0], *command[1:]])

    def tick(self) -> int:
        """Let every enabled timer start its service; the exit status of the last."""
        status = 0
        for timer in (self.root / "timers").glob("*.timer"):
            unit = (self.root / f"etc/systemd/system/{timer.stem}.service").read_text()
            started = re.search(r"^ExecStart=(.*)$", unit, re.MULTILINE)
            assert started is not None
            status = self._run([str(self.root / started[1][1:])]).returncode
        return status

    def _run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            command,
            env={"PATH": f"{self.root}/bin:/usr/bin:/bin"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        unexpected = self.root / "unexpected"
        assert not unexpected.exists(), unexpected.read_text()
        return done

    def has(self, path: str) -> bool:
        """Whether the host has a folder or file."""
        return (self.root / path).exists()

    @property
    def complete(self) -> bool:
        """Whether every part works, found without the script."""
        parts = (
            "active/docker",
            "packages/iptables",
            "dropped",
            "bin/aws",
            "active/app-update",
            "active/agent",
        )
        return all(map(self.has, parts))

    def calls(self, beginning: str) -> list[str]:
        """The calls that begin like this, in order."""
        calls = self.root / "calls"
        every = calls.read_text().splitlines() if calls.exists() else []
        return [call for call in every if call.startswith(beginning)]

    @property
    def reports(self) -> list[tuple[int, list[str]]]:
        """What the host reported: the number of missing parts, and their names."""
        reports = self.root / "reports"
        lines = reports.read_text().splitlines() if reports.exists() else []
        return [
            (int(re.findall(r"Value=(\d+),", line)[0]), re.findall(r"\{Name=Part,Value=([a-z-]+)\}", line))
            for line in lines
        ]


def first_boot(root: Path) -> FirstBoot:
    """A host with nothing installed."""
    (root / "spec").mkdir()
    document = yaml.safe_load(user_data(machine(root / "spec").spec))
    here = root / "host"
    for folder in ("bin", "commands", "packages", "active", "enabled", "timers"):
        (here / folder).mkdir(parents=True)
    for folder, stubs in (("bin", _STUBS), ("commands", _COMMANDS)):
        for command, body in stubs.items():
            stub = here / folder / command
            stub.write_text(_STUB.format(here=here, tool=AGENT_TOOL, key=KEY, command=command, body=body))
            stub.chmod(0o755)
    for one in document["write_files"]:
        path = here / one["path"][1:]
        path.parent.mkdir(parents=True, exist_ok=True)
        text = re.sub(r"(?m)^PATH=.*$", f"PATH={here}/bin:/usr/bin:/bin", one["content"])
        path.write_text(re.sub(r"(?<![\w./:])(?=/root/|/opt/aws/)", str(here), text))
        path.chmod(int(one.get("permissions", "0644"), 8))
    units = here / "etc/systemd/system"
    for unit in units.glob("*.service"):
        unit.write_text(unit.read_text().replace(f"ExecStart={here}", "ExecStart="))
    return FirstBoot(here, document)
