"""Tests of the lock on a stack file."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ops.core.exits import Exit, Stop
from ops.operations import stack_file_lock
from settings.stack_file import ROOT

HOLD = """
import sys, pathlib, time
from ops.operations import stack_file_lock
with stack_file_lock(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.mark.finding(11)
def test_a_second_command_is_refused_while_the_first_holds_the_lock(tmp_path: Path) -> None:
    path = tmp_path / "Pulumi.staging.yaml"
    refused = pytest.raises(Stop, match="another command is changing")
    with stack_file_lock(path), refused as stop, stack_file_lock(path):
        pass
    assert stop.value.code == Exit.REFUSED


def test_the_lock_is_free_after_its_holder_was_killed(tmp_path: Path) -> None:
    path = tmp_path / "Pulumi.staging.yaml"
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(path)], cwd=ROOT, stdout=subprocess.PIPE)
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    with pytest.raises(Stop), stack_file_lock(path):
        pass
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    with stack_file_lock(path):
        pass


def test_a_lock_leaves_no_file_behind(tmp_path: Path) -> None:
    with stack_file_lock(tmp_path / "Pulumi.staging.yaml"):
        pass
    assert list(tmp_path.iterdir()) == []
