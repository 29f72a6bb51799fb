"""Runs a stack of many services in the sandbox: `make test-growth`, apart from `make test`."""
