"""Builds the package of a Lambda function as a Pulumi archive."""

from __future__ import annotations

from pathlib import Path

import pulumi

from functions.package import build
from settings.load import in_sandbox


def archive(function: str, directory: Path) -> pulumi.Archive:
    """Build the package into ``directory``, relative to the program: the state has no absolute path."""
    return pulumi.FileArchive(str(build(function, directory, complete=not in_sandbox())))
