"""Imports operator-supplied values from a checked file or standard input, and renders ``.env`` files."""
