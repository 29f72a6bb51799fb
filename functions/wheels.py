"""Downloads compiled distributions as wheels for Lambda's platform, and reads their members for a package.

The versions and hashes are those of ``requirements.lock``, so that every machine packs the same bytes.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Final

WHEELS: Final = Path(__file__).with_name("lambda_wheels")
LOCK: Final = Path(__file__).parents[1] / "requirements.lock"
PYTHON: Final = "3.13"
"""The version of the functions' runtime."""
_ABIS: Final = (f"cp{PYTHON.replace('.', '')}", "abi3", "none")
# Amazon Linux 2023, the system of the runtime, has glibc 2.34. Functions run on x86_64, Lambda's default.
_PLATFORMS: Final = tuple(f"manylinux_2_{minor}_x86_64" for minor in (34, 28, 17))
_MISSING: Final = "run `make lambda-wheels`, once, while online"


class WheelError(Exception):
    """A wheel is missing or is not the locked one; the message contains the remedy."""


def members(distribution: str, folder: Path | None = None, lock: Path = LOCK) -> dict[str, bytes]:
    """The modules, extension modules, METADATA and licences in the locked wheel of a distribution."""
    folder = folder or WHEELS
    version, hashes = _locked(distribution, lock)
    wheels = sorted(folder.glob(f"{distribution}-{version}-*.whl"))
    if len(wheels) != 1:
        raise WheelError(
            f"{len(wheels)} wheels of {distribution} {version} are in {folder.name}/: {_MISSING}"
        )
    [wheel] = wheels
    if hashlib.sha256(wheel.read_bytes()).hexdigest() not in hashes:
        raise WheelError(f"{wheel.name} has none of the hashes in {lock.name}: delete it, and {_MISSING}")
    with zipfile.ZipFile(wheel) as zipped:
        return {name: zipped.read(name) for name in zipped.namelist() if wanted(PurePosixPath(name))}


def wanted(file: PurePosixPath) -> bool:
    """Whether a file of a distribution is packed: what runs, its METADATA and its licences."""
    if file.parts[0].endswith(".dist-info"):
        return file.name == "METADATA" or "LICENSE" in file.name.upper()
    return file.suffix in (".py", ".so") and ".." not in file.parts


def fetch(distributions: Sequence[str], folder: Path = WHEELS, lock: Path = LOCK) -> list[str]:
    """Download the locked wheels with pip, which checks their hashes; the names of the files."""
    lines = []
    for distribution in distributions:
        version, hashes = _locked(distribution, lock)
        lines.append(f"{distribution}=={version} " + " ".join(f"--hash=sha256:{one}" for one in hashes))
    command = [sys.executable, "-m", "pip", "download", "--disable-pip-version-check", "--quiet"]
    command += ["--no-deps", "--only-binary=:all:", "--require-hashes", "--implementation", "cp"]
    command += ["--python-version", PYTHON]
    command += [part for abi in _ABIS for part in ("--abi", abi)]
    command += [part for platform in _PLATFORMS for part in ("--platform", platform)]
    with tempfile.TemporaryDirectory() as scratch:
        requirements = Path(scratch) / "requirements.txt"
        requirements.write_text("\n".join(lines) + "\n")
        done = subprocess.run(
            [*command, "--dest", scratch, "--requirement", str(requirements)], capture_output=True, text=True
        )
        if done.returncode:
            raise WheelError(f"pip did not download the wheels: {done.stderr.strip().splitlines()[-1:]}")
        folder.mkdir(exist_ok=True)
        for old in folder.glob("*.whl"):
            old.unlink()
        wheels = sorted(Path(scratch).glob("*.whl"))
        for wheel in wheels:
            (folder / wheel.name).write_bytes(wheel.read_bytes())
    return [wheel.name for wheel in wheels]


def _locked(distribution: str, lock: Path) -> tuple[str, frozenset[str]]:
    """The version of a distribution in the lock file, and the hashes of its files."""
    found = re.search(rf"^{re.escape(distribution)}==(\S+)((?: \\\n +--hash=\S+)+)", lock.read_text(), re.M)
    if found is None:
        raise WheelError(f"{distribution} is not in {lock.name}")
    return found[1], frozenset(re.findall(r"--hash=sha256:([0-9a-f]{64})", found[2]))
