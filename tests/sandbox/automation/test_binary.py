"""The Pulumi CLI on PATH is used where it is new enough, else the built one; an error says what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.automation import binary
from sandbox.config import BadInput


@pytest.fixture(autouse=True)
def _nothing_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def executable(path: Path, script: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def on_path(tmp_path: Path, version: str) -> Path:
    return executable(tmp_path / "path" / "pulumi", f"echo v{version}")


def built() -> Path:
    return executable(binary.cached("pulumi", binary.pinned()), "exit 0")


def test_the_version_on_path_is_used_when_it_is_the_tested_one(tmp_path: Path) -> None:
    built()
    expected = on_path(tmp_path, binary.pinned())
    assert binary.find() == expected


@pytest.mark.parametrize("version", ["3.1000.0", "4.0.0", "3.1000.0-beta.1"])
def test_a_newer_version_on_path_is_used(tmp_path: Path, version: str) -> None:
    expected = on_path(tmp_path, version)
    assert binary.find() == expected


@pytest.mark.parametrize("version", ["3.9.1000", "2.999.0", "unreadable"])
def test_an_older_version_on_path_is_not_used(tmp_path: Path, version: str) -> None:
    on_path(tmp_path, version)
    expected = built()
    assert binary.find() == expected


def test_the_built_one_is_used_where_path_has_none() -> None:
    expected = built()
    assert binary.find() == expected


def test_a_missing_cli_is_an_error_that_says_what_to_run() -> None:
    with pytest.raises(BadInput, match="no `pulumi` on PATH, and none is built: run `make engine`"):
        binary.find()


def test_an_old_cli_is_an_error_that_names_both_versions(tmp_path: Path) -> None:
    on_path(tmp_path, "3.9.0")
    with pytest.raises(BadInput, match=f"3.9.0, older than {binary.pinned()}, and none is built"):
        binary.find()
