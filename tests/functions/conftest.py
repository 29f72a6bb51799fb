"""Stubbed AWS clients for the tests of the functions."""

from tests.functions.stubs import clients

__all__ = ["clients"]
