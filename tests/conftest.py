"""Fixtures that more than one part of the tests shares."""

from tests.postgres import postgres as postgres
