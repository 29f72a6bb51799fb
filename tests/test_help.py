"""Tests that `--help` of every module that can be run prints its usage, and does nothing else."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import pytest

from tests.program import ROOT
from tests.source_files import source_files

PACK = "policies/"
STARTED_BY_PROGRAMS = {
    "__main__.py": "the Pulumi program",
    "policies/__main__.py": "the policy pack, which the engine starts",
    "tests/sandbox/pack/__main__.py": "a policy pack",
    "sandbox/plugin/__main__.py": "the provider, which the Pulumi CLI starts",
    "tests/engine/language_host.py": "the language host, which the Pulumi CLI starts",
    "sandbox/postgresql/tls_proxy.py": "a proxy, which the sandbox starts",
    "tests/drill/runner.py": "a worker, which the drill starts",
}
"""Modules that no person runs."""

PARSERS = ("ArgumentParser(", "import app\n", "from cli.sandbox_run import main\n", "usage: ")


def commands() -> list[str]:
    return [
        path
        for path in source_files(ROOT)
        if path.endswith(".py")
        and path != "tests/test_help.py"  # it holds the text that is looked for
        and path not in STARTED_BY_PROGRAMS
        and ('__name__ == "__main__"' in (ROOT / path).read_text() or path.endswith("/__main__.py"))
    ]


@pytest.mark.parametrize("path", commands())
def test_help_says_how_to_use_a_module_and_runs_nothing(
    path: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # Before it is run: without a parser it would do its work.
    assert any(one in (ROOT / path).read_text() for one in PARSERS)
    monkeypatch.setattr(sys, "argv", [path, "--help"])
    name = path.removeprefix(PACK).removesuffix(".py").removesuffix("/__main__").replace("/", ".")
    with pytest.raises(SystemExit) as ended:
        runpy.run_module(name, run_name="__main__", alter_sys=True)
    said = capsys.readouterr()
    assert "usage" in (said.out + said.err).lower()
    # 2: a module that takes words and has no options prints its usage.
    assert ended.value.code in (0, None, 2)


def test_every_exception_is_still_there() -> None:
    assert [path for path in STARTED_BY_PROGRAMS if not (ROOT / path).is_file()] == []


def test_the_modules_are_found() -> None:
    assert {"docs/generate.py", "sandbox/__main__.py", "ops/__main__.py"} <= set(commands())
    assert Path(ROOT / "docs/generate.py").is_file()
