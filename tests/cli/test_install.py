"""Tests of ``cli.install``: the command runs from any folder and shadows no installed package."""

from __future__ import annotations

import os
import re
import subprocess
import sysconfig
import venv
from pathlib import Path

import pytest

from settings.stack_file import ROOT

VERSION = re.findall(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(), re.M)[0]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with the packages of this one, and the command installed as `make setup` does."""
    folder = tmp_path_factory.mktemp("with a space") / "venv"
    venv.create(folder)
    (packages,) = folder.glob("lib/python*/site-packages")
    (packages / "packages.pth").write_text(sysconfig.get_path("purelib") + "\n")
    for _ in range(2):
        subprocess.run([folder / "bin" / "python", "-m", "cli.install"], cwd=ROOT, check=True)
    return folder


def run(environment: Path, folder: Path, *arguments: str, **variables: str) -> str:
    """The output of the command, run outside the checkout."""
    done = subprocess.run(
        [environment / "bin" / "strongroom", *arguments],
        cwd=folder,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def python(environment: Path, folder: Path, code: str) -> str:
    """The output of Python code that runs in that environment."""
    command = [environment / "bin" / "python", "-c", code]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout


def test_the_version_is_printed_in_any_folder(environment: Path, tmp_path: Path) -> None:
    assert run(environment, tmp_path, "--version") == f"strongroom {VERSION}\n"


def test_the_help_names_the_commands_of_ops_and_of_the_sandbox(environment: Path, tmp_path: Path) -> None:
    shown = run(environment, tmp_path, "--help")
    assert "Usage: strongroom" in shown
    for command in ("up", "preview", "verify", "rotate"):
        assert re.search(rf"^\W*{command} ", shown, re.M), command


def test_the_shell_completes_commands(environment: Path, tmp_path: Path) -> None:
    completed = run(
        environment,
        tmp_path,
        _STRONGROOM_COMPLETE="complete_bash",
        COMP_WORDS="strongroom pre",
        COMP_CWORD="1",
    )
    assert completed.split() == ["preview", "preflight"]


def test_the_shell_completes_the_stacks_of_the_checkout(environment: Path, tmp_path: Path) -> None:
    completed = run(
        environment,
        tmp_path,
        _STRONGROOM_COMPLETE="complete_bash",
        COMP_WORDS="strongroom due --stack cine",
        COMP_CWORD="3",
    )
    assert completed.split() == ["cinematch-production", "cinematch-staging"]


def test_the_script_for_the_shell_is_printed(environment: Path, tmp_path: Path) -> None:
    shown = run(environment, tmp_path, _STRONGROOM_COMPLETE="source_bash")
    assert "_STRONGROOM_COMPLETE=complete_bash" in shown


def test_the_checkout_comes_after_the_packages(environment: Path, tmp_path: Path) -> None:
    path = python(environment, tmp_path, "import sys; print(*sys.path[1:], sep='\\n')").splitlines()
    assert path[-1] == str(ROOT)


def test_no_package_of_the_environment_shadows_one_of_the_program() -> None:
    ours = {path.name for path in ROOT.iterdir() if path.is_dir() and (path / "__init__.py").is_file()}
    ours |= {path.stem for path in ROOT.glob("*.py")}
    installed = {path.name.partition(".")[0] for path in Path(sysconfig.get_path("purelib")).iterdir()}
    assert ours & installed == set()


def test_the_policy_pack_imports_its_own_rules(environment: Path, tmp_path: Path) -> None:
    code = f"import sys; sys.path.insert(0, {str(ROOT / 'policies')!r}); import rules; print(rules.__file__)"
    assert python(environment, tmp_path, code).strip() == str(ROOT / "policies" / "rules" / "__init__.py")


def test_both_module_forms_run_in_any_folder(environment: Path, tmp_path: Path) -> None:
    for module in ("ops", "sandbox"):
        command = [environment / "bin" / "python", "-m", module, "--help"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert f"python -m {module}" in done.stdout
