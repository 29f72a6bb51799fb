"""Builds the package of a Lambda function as a Pulumi archive."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pulumi

from functions.package import build
from settings.load import in_sandbox


def archive(function: str, directory: Path) -> pulumi.Archive:
    """Build the package into ``directory``, relative to the program: the state has no absolute path."""
    return pulumi.FileArchive(str(build(function, directory, complete=not in_sandbox())))


def archives(functions: Sequence[str], directory: Path) -> dict[str, pulumi.Archive]:
    """Build the packages of several functions, by function."""
    return {function: archive(function, directory) for function in functions}
