"""Serves one plugin to the engine, or installs both."""

from __future__ import annotations

import argparse
from pathlib import Path

from sandbox.plugin.scripts import PACKAGES, install
from sandbox.plugin.server import LIMITS, serve


def main() -> None:
    """Serve ``aws`` or ``random``, or write both wrappers with ``install DIR``."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.plugin", description=LIMITS)
    parser.add_argument("what", choices=(*PACKAGES, "install"))
    parser.add_argument("rest", nargs="*", help="the engine's address, or the directory to install into")
    options = parser.parse_args()
    if options.what == "install":
        print(install(Path(options.rest[0])))
    else:
        serve(options.what)


if __name__ == "__main__":
    main()
