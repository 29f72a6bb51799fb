"""Tests of the one-off task's image: exactly the required files and packages, in locked versions."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import ops

ROOT = Path(ops.__file__).parents[1]
RECIPE = (ROOT / "ops/reencrypt/Containerfile").read_text()


@pytest.mark.accepts("A10")
def test_runs_with_the_copied_folders_alone(tmp_path: Path) -> None:
    for sources in re.findall(r"^COPY (.*) \S+$", RECIPE, re.M):
        for pattern in sources.split():
            for source in ROOT.glob(pattern.rstrip("/")):
                target = tmp_path / source.relative_to(ROOT)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copytree(source, target, dirs_exist_ok=True) if source.is_dir() else shutil.copy(
                    source, target
                )
    folders = [source.rstrip("/") for source in re.findall(r"^COPY (\S+/) \S+$", RECIPE, re.M)]
    code = (
        "import sys; import ops.reencrypt.cli as cli; cli.read_stack_file('prod')\n"
        "assert cli.__file__.startswith(sys.argv[1]), cli.__file__\n"
        "heavy = {'pulumi', 'pulumi_aws', 'moto', 'pytest'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
        # The virtual environment makes the checkout importable too; nothing may come from there.
        "files = [str(getattr(one, '__file__', '')) for one in sys.modules.values()]\n"
        "strays = [one for one in files if one.startswith(sys.argv[2]) and 'site-packages' not in one]\n"
        "assert not strays, strays\n"
        "unused = {one for one in sys.argv[3:] if one.replace('/', '.') not in sys.modules}\n"
        "assert not unused, unused"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path), str(ROOT), *folders],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def test_pins_what_the_lock_pins() -> None:
    pin = re.compile(r"^([a-z0-9-]+==\S+) \\$", re.M)
    wanted = pin.findall((ROOT / "ops/reencrypt/requirements.txt").read_text())
    locked = pin.findall((ROOT / "requirements.lock").read_text())
    assert len(wanted) > 10
    assert set(wanted) <= set(locked)
