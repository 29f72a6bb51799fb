"""Operator-supplied values come in through a checked file or standard input, never through a command line."""

from ops.import_env.cli import app

__all__ = ["app"]
