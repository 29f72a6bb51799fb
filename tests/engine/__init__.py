"""Runs shipped stacks on the Pulumi engine and compares it with the in-process one (``make test-engine``)."""
