"""``python -m sandbox`` with ``--engine pulumi`` keeps, updates and interrupts a stack as without it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox import cli
from sandbox.session import PULUMI, Session
from tests.engine.processes import engine_processes
from tests.program import ROOT
from tests.sandbox.toy import HEAD, no_checks, project

PROGRAM = """
topic = aws.sns.Topic("t", name="t", display_name=config.get("v") or "one")
pulumi.export("arn", topic.arn)
"""
WAITING = """
import time
time.sleep(600)
"""


@pytest.fixture
def started(tmp_path: Path) -> Iterator[list[subprocess.Popen[str]]]:
    """Processes in groups of their own, as a terminal starts them."""
    processes: list[subprocess.Popen[str]] = []
    yield processes
    for process in processes:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
            process.wait(60)


def start(started: list[subprocess.Popen[str]], folder: Path, *more: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "sandbox", "up", "--stack", "dev", "--root", str(folder), "--no-verify"]
    process = subprocess.Popen(
        [*command, "--engine", PULUMI, *more],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    started.append(process)
    return process


def test_a_kept_stack_is_updated_by_the_engine_that_created_it(
    tmp_path: Path, started: list[subprocess.Popen[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = project(tmp_path, PROGRAM)
    process = start(started, folder, "--keep")
    assert process.stdout
    for line in process.stdout:
        if line.startswith("export "):
            break
    home = Session.of(folder, "dev")
    assert home.engine() == PULUMI
    options = cli.Options("up", "dev", root=folder, no_verify=True)
    assert cli.run(options, verify=no_checks) == 0
    assert "done: = 2 same" in capsys.readouterr().out
    (folder / "__main__.py").write_text(HEAD + PROGRAM.replace('"one"', '"two"'))
    assert cli.run(options, verify=no_checks) == 0
    assert "~ 1 update" in capsys.readouterr().out
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(60) == 0
    assert not home.folder.exists()


def test_an_interrupted_update_exits_130_and_leaves_no_process(
    tmp_path: Path, started: list[subprocess.Popen[str]]
) -> None:
    process = start(started, project(tmp_path, PROGRAM + WAITING))
    while not (engines := engine_processes(process.pid)):
        assert process.poll() is None
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(60) == 130
    assert not [pid for pid in engines if Path(f"/proc/{pid}").exists()]
