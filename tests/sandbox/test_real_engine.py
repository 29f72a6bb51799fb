"""Compares the real engine, on the sandbox's plugins, with the sandbox: steps, refusals, secrets in state."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox import Sandbox, plugin
from sandbox import session as keep

SMALL = Path(__file__).parent / "programs" / "small"
NEEDED = ("pulumi", "pulumi-language-python", "pulumi-language-python-exec")
MISSING = [name for name in NEEDED if shutil.which(name) is None]
pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"not on PATH: {', '.join(MISSING)}")


class Engine:
    """One project of the CLI, with its state in a directory."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder, self.environment = folder, environment

    def run(self, *arguments: str) -> str:
        """Run a command that must succeed; return its output."""
        done = subprocess.run(
            ["pulumi", *arguments, "--non-interactive"],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
        return done.stdout

    def counts(self) -> dict[str, int]:
        """What a preview would do, by operation."""
        return json.loads(self.run("preview", "--json"))["changeSummary"]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Sandbox, str]]:
    project = shutil.copytree(SMALL, tmp_path / "program", ignore=shutil.ignore_patterns(".sandbox"))
    sandbox = Sandbox("small", root=project, pack=None)
    home = keep.Session.of(tmp_path, "small")
    with sandbox, keep.serving(home, sandbox.account, sandbox.role, 0) as endpoint:
        yield sandbox, endpoint


@pytest.fixture
def engine(tmp_path: Path, served: tuple[Sandbox, str]) -> Engine:
    sandbox, endpoint = served
    environment = {
        **os.environ,
        **keep.environment(endpoint, sandbox.region),
        "PATH": f"{plugin.install(tmp_path / 'bin')}{os.pathsep}{os.environ['PATH']}",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_CONFIG_PASSPHRASE": "x",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_HOME": str(tmp_path / "home"),
        "PULUMI_BACKEND_URL": (tmp_path / "state").as_uri(),
    }
    (tmp_path / "state").mkdir()
    made = Engine(sandbox.root, environment)
    made.run("stack", "init", "small")
    return made


def own(sandbox: Sandbox, **config: Any) -> dict[str, int]:
    """The steps of the sandbox for the same program, in the CLI's words."""
    return sandbox.preview(config).counts


@pytest.mark.attack(3)
def test_the_engine_and_the_sandbox_take_the_same_steps(
    tmp_path: Path, served: tuple[Sandbox, str], engine: Engine
) -> None:
    sandbox, _ = served
    assert engine.counts() == own(sandbox)
    engine.run("up", "--yes", "--skip-preview")
    assert engine.counts() == {"same": 10}
    value = sandbox.client("secretsmanager").get_secret_value(SecretId="toy/token")["SecretString"]
    for file in (tmp_path / "state").rglob("*"):
        assert not file.is_file() or value.encode() not in file.read_bytes(), file.name
    engine.run("config", "set", "strongroom:generation", "2")
    assert engine.counts() == {"create": 1, "delete": 1, "replace": 1, "same": 8}
    engine.run("up", "--yes", "--skip-preview")
    stages = sandbox.client("secretsmanager").describe_secret(SecretId="toy/token")["VersionIdsToStages"]
    assert sorted(stages.values()) == [["AWSCURRENT"], ["AWSPREVIOUS"]]
    engine.run("destroy", "--yes", "--skip-preview")
    assert sandbox.client("secretsmanager").list_secrets()["SecretList"] == []
