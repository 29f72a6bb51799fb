"""Tools written in Go are built once for each version, and a sentence says what is missing."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tests.program import ROOT
from tests.sandbox.automation.test_binary import executable
from tools.go import build

GO = """case "$1" in
version) {version} ;;
build) {build} ;;
esac"""
BUILT = 'while [ "$1" != -o ]; do shift; done; : >"$2"; echo "$*" >>"$XDG_CACHE_HOME/built"'
each = pytest.mark.parametrize("tool", build.TOOLS.values(), ids=lambda tool: tool.name)


@pytest.fixture(autouse=True)
def _nothing_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in ("path", "cache"):
        (tmp_path / folder).mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def go(tmp_path: Path, version: str = "echo go version go1.26.8", building: str = BUILT) -> None:
    executable(tmp_path / "path" / "go", GO.format(version=version, build=building))


@each
def test_a_tool_is_built_into_the_cache(tmp_path: Path, tool: build.Tool) -> None:
    go(tmp_path)
    path = build.ensure(tool)
    assert path == tmp_path / "cache" / "strongroom" / f"{tool.name}-{tool.version}" / "bin" / tool.name
    assert path.is_file()
    assert os.listdir(path.parent) == [tool.name]


@each
def test_a_built_tool_is_not_built_again(tmp_path: Path, tool: build.Tool) -> None:
    go(tmp_path)
    assert build.ensure(tool) == build.ensure(tool)
    assert len((tmp_path / "cache" / "built").read_text().splitlines()) == 1


def test_a_new_engine_on_path_is_not_built(tmp_path: Path) -> None:
    found = executable(tmp_path / "path" / "pulumi", "echo v3.1000.0")
    assert build.ensure(build.TOOLS["pulumi"]) == found


@each
def test_without_go_the_error_says_what_to_install(
    tool: build.Tool, capsys: pytest.CaptureFixture[str]
) -> None:
    assert build.main([tool.name]) == 1
    said = capsys.readouterr().err
    assert f"Go {tool.go} or newer is needed to build {tool.name}, and there is no `go` on PATH" in said
    assert "https://go.dev/dl/" in said
    assert tool.version in said


def test_a_go_that_is_too_old_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = "echo 'go: go.mod requires go >= 1.26.6 (running go 1.24.4; GOTOOLCHAIN=local)' >&2; exit 1"
    go(tmp_path, version=old)
    assert build.main(["pulumi"]) == 1
    assert "running go 1.24.4" in capsys.readouterr().err


def test_a_go_from_before_toolchains_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    go(tmp_path, version="echo go version go1.19.8 linux/amd64")
    assert build.main(["pulumi"]) == 1
    assert "go1.19.8" in capsys.readouterr().err


def test_a_failed_build_leaves_no_tool(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    go(tmp_path, building="exit 2")
    assert build.main(["actionlint"]) == 1
    assert "`go build` of actionlint failed" in capsys.readouterr().err
    assert not build.TOOLS["actionlint"].path.exists()


def test_every_tool_line_can_be_built() -> None:
    files = (ROOT / "tools" / "go").glob("*/go.mod")
    lines = [line for file in files for line in re.findall(r"^tool (\S+)$", file.read_text(), re.M)]
    assert sorted(lines) == sorted(tool.package for tool in build.TOOLS.values())


def test_workflows_deploy_with_the_engine_that_is_tested() -> None:
    action = (ROOT / ".github" / "actions" / "pulumi" / "action.yml").read_text()
    assert f'pulumi-version: "{build.TOOLS["pulumi"].version}"' in action
