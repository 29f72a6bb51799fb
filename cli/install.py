"""Installs the command ``strongroom`` of this checkout into the virtual environment that runs this module.

``make setup`` runs ``python -m cli.install`` after it has synchronized the environment with the lock. The
project is not installed as a distribution: a flat layout defeats discovery, a hashed lock refuses ``-e .``,
and the next synchronization would uninstall it.
"""

from __future__ import annotations

import argparse
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAME = "strongroom"
# Through a shell, because a `#!` line cannot contain a Python path with spaces.
SCRIPT = """\
#!/bin/sh
'''exec' "{python}" "$0" "$@"
' '''
from cli.main import main

if __name__ == "__main__":
    main()
"""


def install() -> Path:
    """Write the script, and the line that makes the checkout importable; return the script's path.

    The line puts the checkout after the environment's own packages, so that it shadows none of them.
    """
    packages, scripts = Path(sysconfig.get_path("purelib")), Path(sysconfig.get_path("scripts"))
    (packages / f"{NAME}.pth").write_text(f"{ROOT}\n")
    script = scripts / NAME
    script.write_text(SCRIPT.format(python=sys.executable))
    script.chmod(0o755)
    return script


if __name__ == "__main__":
    argparse.ArgumentParser(prog="python -m cli.install", description=__doc__).parse_args()
    if sys.prefix == sys.base_prefix:
        sys.exit("not in a virtual environment: run `make setup`")
    install()
