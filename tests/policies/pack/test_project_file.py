"""Tests of PulumiPolicy.yaml: the pack runs in the program's virtual environment."""

from __future__ import annotations

from pathlib import Path

import yaml

from tests.program import ROOT


def options(file: Path) -> tuple[str, Path]:
    """The toolchain, and the virtual environment: its path is relative to the file's folder."""
    given = yaml.safe_load(file.read_text("utf-8"))["runtime"]["options"]
    return given["toolchain"], (file.parent / given["virtualenv"]).resolve()


def test_the_pack_names_the_environment_of_the_program() -> None:
    assert options(ROOT / "policies" / "PulumiPolicy.yaml") == options(ROOT / "Pulumi.yaml")
