"""Operator-supplied values come in through a checked file or standard input, never through a command line."""
