"""The package of a Lambda function as the input of a Pulumi resource."""

from __future__ import annotations

from pathlib import Path

import pulumi

from functions.package import build
from settings.load import in_sandbox


def archive(function: str, directory: Path) -> pulumi.Archive:
    """Build the package into ``directory``, below the program: the state holds no path of this machine."""
    return pulumi.FileArchive(str(build(function, directory, complete=not in_sandbox())))
