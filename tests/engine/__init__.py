"""Runs shipped stacks on the Pulumi engine and compares it with the in-process one (``make test-engine``)."""

import pytest

pytest.register_assert_rewrite("tests.engine.both", "tests.engine.checkout")
