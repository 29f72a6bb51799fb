"""Prepares the project folder that the CLI works in: configuration, plugins, policy pack, state."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from pulumi import automation

from sandbox import plugin
from sandbox.automation import binary
from sandbox.config import BadInput, StackConfig
from sandbox.engine.runner import ORGANIZATION


class Workspace:
    """One stack's project folder; the program itself stays where it is (``main``)."""

    def __init__(self, folder: Path, config: StackConfig, environment: dict[str, str]) -> None:
        self.folder, self._stack, self._project = folder, config.stack, config.project
        self._written: StackConfig | None = None
        self._command = binary.find()
        for part in ("state", "home"):
            (folder / part).mkdir(parents=True, exist_ok=True, mode=0o700)
        self.environment = {
            **environment,
            "PATH": os.pathsep.join(
                [str(plugin.install(folder / "plugins")), str(self._command.parent), os.environ["PATH"]]
            ),
            "PULUMI_HOME": str(folder / "home"),
            "PULUMI_BACKEND_URL": (folder / "state").as_uri(),
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS": "true",
        }

    def stack(self, program: Callable[[], Any], secrets_provider: str) -> automation.Stack:
        """The stack in the state folder; it is made where it is missing."""
        built = self._command == binary.cached("pulumi", binary.pinned())
        root = str(self._command.parents[1]) if built else None
        options = automation.LocalWorkspaceOptions(
            work_dir=str(self.folder),
            pulumi_command=automation.PulumiCommand(root=root),
            env_vars=self.environment,
            secrets_provider=secrets_provider,
        )
        return automation.create_or_select_stack(
            stack_name=self._stack, project_name=self._project, program=program, opts=options
        )

    def project(self, program: Path) -> None:
        """Write the project file; the program's own is not used, because the CLI writes beside it."""
        project = {"name": self._project, "runtime": "python", "main": str(program)}
        (self.folder / "Pulumi.yaml").write_text(yaml.safe_dump(project))

    def configure(self, config: StackConfig) -> None:
        """Write the configuration; secret values reach the CLI by its input and are encrypted in the file."""
        if config == self._written:
            return
        path = self.folder / f"Pulumi.{self._stack}.yaml"
        file = yaml.safe_load(path.read_text()) if path.is_file() else {}
        file["config"] = {k: v for k, v in config.values.items() if k not in config.secret_keys}
        path.write_text(yaml.safe_dump(file))
        for key in sorted(config.secret_keys & config.values.keys()):
            value = config.values[key]
            parts = {f"{key}.{name}": text for name, text in value.items()} if isinstance(value, dict) else {}
            for name, text in (parts or {key: value}).items():
                self.run("config", "set", "--secret", *(["--path"] if parts else []), name, given=str(text))
        self._written = config

    def run(self, *arguments: str, given: str = "") -> None:
        """Run a command of the CLI on the stack; BadInput has its error."""
        command = [self._command, *arguments, "--stack", self._stack, "--non-interactive"]
        environment = {**os.environ, **self.environment}
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=environment,
            input=given,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise BadInput(f"pulumi {' '.join(arguments)} failed: {done.stderr.strip()}")

    def pack(
        self, pack: Path, root: Path, config: StackConfig, policy_config: dict[str, Any], *, preview: bool
    ) -> dict[str, Any]:
        """The options of a run with a policy pack.

        The pack is an executable, because a folder needs the language host. The engine passes its own address
        as the argument, and not what the language host would set: the stack and its configuration.
        """
        self.environment.update(
            PULUMI_ORGANIZATION=ORGANIZATION,
            PULUMI_PROJECT=config.project,
            PULUMI_STACK=config.stack,
            PULUMI_DRY_RUN=str(preview).lower(),
            PULUMI_CONFIG=json.dumps(config.texts()),
            PYTHONDONTWRITEBYTECODE="1",
        )
        settings = self.folder / "policy-config.json"
        settings.write_text(json.dumps(policy_config))
        path = self.folder / "pack"
        words = [sys.executable, "-u", "-m", "pulumi.policy"]
        path.write_text(
            f"#!/bin/sh\ncd {shlex.quote(str(root))}\n"
            f'exec {shlex.join(words)} "$1" {shlex.quote(str(pack.resolve()))}\n'
        )
        path.chmod(0o700)
        return {"policy_packs": [str(path)], "policy_pack_configs": [str(settings)]}
